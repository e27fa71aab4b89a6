"""The primer in Chinese: our own wording of every sentence of a note, aligned with the English.

A note and its Chinese have the same pieces in the same order (the tests hold that), so a sentence's
Chinese is the piece at its place.
"""

from functools import cache

from assistant.answering.pieces import pieces
from ingest.primer_zh import files_of


def in_chinese(slug: str, text: str) -> str | None:
    """Return a sentence, heading or item of a note in Chinese, as it reads; None if there is none.

    Args:
        slug: the note's name, what follows `ingest.values.PRIMER` in its address.
        text: the piece as `assistant.answering.pieces` gives it.
    """
    return _aligned(slug).get(text)


@cache
def _aligned(slug: str) -> dict[str, str]:
    found = files_of(slug)
    if found is None:
        return {}
    english, other = ([piece.text for piece in pieces(text)] for text in found)
    return dict(zip(english, other, strict=True)) if len(english) == len(other) else {}
