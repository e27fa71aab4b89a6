"""What is asked of a library by who compares sentences: its words, its vectors, its judge."""

from collections.abc import Sequence
from typing import Protocol

from index.models.cross_encoder import CrossEncoderJudge
from index.models.embedder import Embedder
from index.search.dense import Vectors


class Texts(Protocol):
    """Texts whose sentences can be compared: a library, or what a test holds in memory."""

    @property
    def embedder(self) -> Embedder:
        """The model of the vectors."""

    @property
    def judge(self) -> CrossEncoderJudge | None:
        """The judge that was named, if any."""

    def terms(self, text: str) -> list[str]:
        """Return the distinct content terms of ``text``: stems and Han bigrams, no stop words."""

    def idf(self, terms: Sequence[str]) -> dict[str, float]:
        """Return how rare each term is in these texts."""

    def sentence_vectors(self, sentences: Sequence[str]) -> Vectors:
        """Return the vectors of at least one sentence, shape (len(sentences), dimension)."""

    def with_other_forms(self, query: str) -> str:
        """Return a query with the long or short forms of the abbreviations in it added."""
