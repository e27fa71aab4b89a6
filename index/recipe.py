"""What a library depends on beside its pages: a change of any of it asks for a rebuild."""

from index.embedder import Embedder
from ingest.values import READER

FORMAT = 3
"""Version of the files of a generation: one of another version is not opened."""

PASSAGE_TOKENS = 200
"""Longest passage in tokens of the embedding model; the rest is for title and heading."""


def settings(embedder: Embedder) -> dict[str, str]:
    """Return the settings a generation is built with."""
    return {
        "format": str(FORMAT),
        "reader": str(READER),
        "passage_tokens": str(PASSAGE_TOKENS),
        "embedder": embedder.name,
        "fingerprint": embedder.fingerprint,
    }
