"""LangChain over FAISS; it has no words without a further package."""

from pathlib import Path

from langchain_community.vectorstores import FAISS
from langchain_huggingface import HuggingFaceEmbeddings


class System:
    """The system as `driver` wants it."""

    def __init__(self, model: Path, folder: Path) -> None:
        self._folder = str(folder / "index")
        self._model = HuggingFaceEmbeddings(model_name=str(model), model_kwargs={"device": "cpu"})

    def index(self, documents: list[tuple[str, str]]) -> None:
        """Index and save."""
        self._store = FAISS.from_texts(
            [text for _, text in documents],
            self._model,
            metadatas=[{"id": number} for number, _ in documents],
        )
        self._store.save_local(self._folder)

    def load(self) -> None:
        """Open what was saved: it was pickled by this very benchmark."""
        self._store = FAISS.load_local(
            self._folder, self._model, allow_dangerous_deserialization=True
        )

    def search(self, query: str, k: int) -> list[str]:
        """Return the ids found."""
        return [found.metadata["id"] for found in self._store.similarity_search(query, k)]
