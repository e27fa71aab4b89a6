"""refdesk itself, by the `Desk` its commands use: archive, store and both indexes are written."""

import os
import sys
from pathlib import Path

sys.path.insert(0, os.environ["REFDESK_CHECKOUT"])

from assistant.desk import Desk


class System:
    """The system as `driver` wants it; ``model`` is not used: refdesk has its own copy."""

    def __init__(self, model: Path, folder: Path) -> None:
        self._corpus = folder.parent / "corpus.jsonl"
        models = folder / "models"
        if not models.exists():
            models.symlink_to(os.environ["REFDESK_TEST_MODELS"])
        self._desk = Desk(folder, llm="extractive")
        self._desk._opened.embedder()  # as a peer's model is loaded before it indexes

    def index(self, documents: list[tuple[str, str]]) -> None:
        """Take in the same corpus, which refdesk reads itself."""
        self._desk.ingest([self._corpus], seed=False, offline=True)

    def load(self) -> None:
        """Open the library."""

    def search(self, query: str, k: int) -> list[str]:
        """Return the best documents; several passages of one count once."""
        found: dict[str, None] = {}
        for hit in self._desk.library.search(query, 3 * k):
            found.setdefault(hit.passage.url.partition("#")[2])
        return list(found)[:k]
