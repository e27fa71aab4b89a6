"""Haystack, hybrid: its document store in memory, BM25 and vectors joined by reciprocal rank."""

import os
from pathlib import Path

os.environ["HAYSTACK_TELEMETRY_ENABLED"] = "False"

from haystack import Document
from haystack.components.joiners import DocumentJoiner
from haystack.components.retrievers.in_memory import (
    InMemoryBM25Retriever,
    InMemoryEmbeddingRetriever,
)
from haystack.document_stores.in_memory import InMemoryDocumentStore
from haystack_integrations.components.embedders.sentence_transformers import (
    SentenceTransformersDocumentEmbedder,
    SentenceTransformersTextEmbedder,
)


class System:
    """The system as `driver` wants it."""

    def __init__(self, model: Path, folder: Path) -> None:
        self._file = str(folder / "store.json")
        self._model = str(model)
        self._texts = SentenceTransformersTextEmbedder(model=self._model, progress_bar=False)
        self._texts.warm_up()

    def index(self, documents: list[tuple[str, str]]) -> None:
        """Index and save."""
        embedder = SentenceTransformersDocumentEmbedder(model=self._model, progress_bar=False)
        embedder.warm_up()
        store = InMemoryDocumentStore()
        given = [Document(id=number, content=text) for number, text in documents]
        store.write_documents(embedder.run(given)["documents"])
        store.save_to_disk(self._file)
        self._use(store)

    def load(self) -> None:
        """Open what was saved."""
        self._use(InMemoryDocumentStore.load_from_disk(self._file))

    def search(self, query: str, k: int) -> list[str]:
        """Return the ids found."""
        vector = self._texts.run(query)["embedding"]
        dense = self._dense.run(query_embedding=vector, top_k=k)["documents"]
        words = self._words.run(query=query, top_k=k)["documents"]
        return [found.id for found in self._joiner.run([dense, words], top_k=k)["documents"]]

    def _use(self, store: InMemoryDocumentStore) -> None:
        self._dense = InMemoryEmbeddingRetriever(store)
        self._words = InMemoryBM25Retriever(store)
        self._joiner = DocumentJoiner(join_mode="reciprocal_rank_fusion")
