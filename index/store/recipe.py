"""What a library depends on beside its pages: a change of any of it asks for a rebuild."""

from index.models.embedder import Embedder
from ingest.text.passage import LEAST_LIMIT
from ingest.values import READER

FORMAT = 9
"""Version of the files of a generation: one of another version is not opened.

A test holds what it stands for: the tables and the fields of the word index.
"""

PASSAGE_TOKENS = 200
"""Longest passage in tokens of the embedding model, special ones included."""

SPECIAL = 2
"""Tokens that every text gets around it."""

_HEADING = 56  # tokens left for title and heading, which stand before a passage's text


def passage_tokens(embedder: Embedder) -> int:
    """Return the longest passage for a model, in its tokens, special ones included.

    A model with a low limit gets shorter ones: what lies beyond the limit is not embedded. Where
    title and heading would leave less than half of it, the passage has half.
    """
    room = max(embedder.limit - _HEADING, embedder.limit // 2)
    return max(min(PASSAGE_TOKENS, room), LEAST_LIMIT + SPECIAL)


def settings(embedder: Embedder) -> dict[str, str]:
    """Return the settings a generation is built with."""
    return {
        "format": str(FORMAT),
        "reader": str(READER),
        "passage_tokens": str(passage_tokens(embedder)),
        "embedder": embedder.name,
        "fingerprint": embedder.fingerprint,
    }
