"""Who reads, cuts and embeds for a library that is being built: this machine, or others."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Protocol, Self

from index.models.embedder import Embedder, Vectors
from index.store.recipe import SPECIAL, passage_tokens
from ingest.bounded.pool import Pool, Results
from ingest.bounded.quarantine import Quarantine
from ingest.page import Page
from ingest.text.passage import cut
from ingest.values import Document, Passage


class Work(Protocol):
    """What can be done apart from the one who writes; a context manager."""

    def __enter__(self) -> Self: ...

    def __exit__(self, *raised: object) -> None: ...

    def read(self, pages: Iterable[Page]) -> Iterator[tuple[Page, Results]]:
        """Yield each page with what it holds, in the order given.

        Raises:
            ArchiveUnreachable: the archive cannot be read now.
        """

    def cut(self, document: Document) -> list[Passage]:
        """Return the passages of a document for the library's model."""

    def embed(self, embedder: Embedder, texts: Sequence[str]) -> Vectors:
        """Return the vectors of texts by a model, float32 (n, dimension)."""


class Here:
    """Work done on this machine.

    Args:
        quarantine: what is not read, and where what made a reader fail is held.
        embedder: the library's model.
    """

    def __init__(self, quarantine: Quarantine, embedder: Embedder) -> None:
        self._pool = Pool(quarantine)
        self._embedder = embedder

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *raised: object) -> None:
        self._pool.__exit__(*raised)

    def read(self, pages: Iterable[Page]) -> Iterator[tuple[Page, Results]]:
        """See `Work`."""
        return self._pool.read(pages)

    def cut(self, document: Document) -> list[Passage]:
        """See `Work`."""
        return cut_for(self._embedder, document)

    def embed(self, embedder: Embedder, texts: Sequence[str]) -> Vectors:
        """See `Work`."""
        return embedder.embed(texts)


def cut_for(embedder: Embedder, document: Document) -> list[Passage]:
    """Return the passages of a document for a model."""
    return cut(document, embedder.token_starts, passage_tokens(embedder) - SPECIAL)
