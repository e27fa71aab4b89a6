"""The tokenizer of a checkpoint, by the library `tokenizers`: nothing padded, nothing cut."""

from pathlib import Path

import tokenizers


class Wordpieces:
    """A tokenizer for counting and cutting. Safe to use from several threads."""

    def __init__(self, tokenizer: tokenizers.Tokenizer) -> None:
        """Take a tokenizer over; what it was set to pad or cut is forgotten."""
        self._tokenizer = tokenizer
        self._tokenizer.no_padding()
        self._tokenizer.no_truncation()

    @classmethod
    def open(cls, path: Path) -> "Wordpieces":
        """Read a ``tokenizer.json``."""
        return cls(tokenizers.Tokenizer.from_file(str(path)))

    def ids(self, text: str) -> list[int]:
        """Return the tokens of a text, the special ones around it included."""
        return list(self._tokenizer.encode(text).ids)

    def starts(self, text: str) -> list[int]:
        """Return the offsets at which the tokens of a text start, without the special ones."""
        encoding = self._tokenizer.encode(text, add_special_tokens=False)
        return [start for start, _ in encoding.offsets]
