"""LlamaIndex over a flat FAISS index; it has no words without a further package."""

from pathlib import Path

import faiss
from llama_index.core import Document, StorageContext, VectorStoreIndex, load_index_from_storage
from llama_index.embeddings.huggingface import HuggingFaceEmbedding
from llama_index.vector_stores.faiss import FaissVectorStore

DIMENSION = 384


class System:
    """The system as `driver` wants it."""

    def __init__(self, model: Path, folder: Path) -> None:
        self._folder = str(folder / "index")
        self._model = HuggingFaceEmbedding(model_name=str(model), device="cpu")

    def index(self, documents: list[tuple[str, str]]) -> None:
        """Index and save."""
        store = FaissVectorStore(faiss_index=faiss.IndexFlatIP(DIMENSION))
        self._index = VectorStoreIndex.from_documents(
            [Document(text=text, doc_id=number) for number, text in documents],
            storage_context=StorageContext.from_defaults(vector_store=store),
            embed_model=self._model,
        )
        self._index.storage_context.persist(self._folder)

    def load(self) -> None:
        """Open what was saved."""
        context = StorageContext.from_defaults(
            vector_store=FaissVectorStore.from_persist_dir(self._folder), persist_dir=self._folder
        )
        self._index = load_index_from_storage(context, embed_model=self._model)

    def search(self, query: str, k: int) -> list[str]:
        """Return the documents of the nodes found."""
        found = self._index.as_retriever(similarity_top_k=k).retrieve(query)
        return list(dict.fromkeys(node.node.ref_doc_id for node in found))
