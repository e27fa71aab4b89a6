"""txtai, hybrid: its dense vectors (FAISS) and its BM25, joined by its own weights."""

from pathlib import Path

from txtai import Embeddings


class System:
    """The system as `driver` wants it."""

    def __init__(self, model: Path, folder: Path) -> None:
        self._folder = str(folder / "index")
        self._embeddings = Embeddings(path=str(model), hybrid=True)

    def index(self, documents: list[tuple[str, str]]) -> None:
        """Index and save."""
        self._embeddings.index(documents)
        self._embeddings.save(self._folder)

    def load(self) -> None:
        """Open what was saved."""
        self._embeddings.load(self._folder)

    def search(self, query: str, k: int) -> list[str]:
        """Return the ids found."""
        return [number for number, _ in self._embeddings.search(query, k)]
