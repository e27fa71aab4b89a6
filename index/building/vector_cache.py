"""Vectors already computed, by text and model: nothing is embedded twice, a killed run resumes."""

import hashlib
import sqlite3
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from index.models.embedder import Embedder
from index.search.dense import Vectors

_BATCH = 256


class VectorCache:
    """An SQLite file of vectors keyed by a hash of model fingerprint and text."""

    def __init__(self, path: Path, embedder: Embedder) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._db = sqlite3.connect(path)
        self._db.execute(
            "CREATE TABLE IF NOT EXISTS vectors (key BLOB PRIMARY KEY, vector BLOB NOT NULL)"
            " WITHOUT ROWID"
        )
        self._embedder = embedder

    def embed(self, texts: Sequence[str], progress: Callable[[int], None]) -> Vectors:
        """Return the vectors of ``texts``, shape (len(texts), dimension), computing what is new.

        ``progress`` is told how many of them are done.
        """
        out = np.empty((len(texts), self._embedder.dimension), dtype=np.float32)
        for start in range(0, len(texts), _BATCH):
            batch = texts[start : start + _BATCH]
            keys = [self._key(text) for text in batch]
            missing = []
            for place, key in enumerate(keys):
                row = self._db.execute(
                    "SELECT vector FROM vectors WHERE key = ?", (key,)
                ).fetchone()
                if row is None:
                    missing.append(place)
                else:
                    out[start + place] = np.frombuffer(row[0], dtype=np.float32)
            if missing:
                fresh = self._embedder.embed([batch[place] for place in missing])
                for place, vector in zip(missing, fresh, strict=True):
                    out[start + place] = vector
                self._db.executemany(
                    "INSERT OR REPLACE INTO vectors VALUES (?, ?)",
                    [
                        (keys[place], vector.tobytes())
                        for place, vector in zip(missing, fresh, strict=True)
                    ],
                )
                self._db.commit()
            progress(start + len(batch))
        return out

    def close(self) -> None:
        """Close the file."""
        self._db.close()

    def _key(self, text: str) -> bytes:
        return hashlib.sha256(f"{self._embedder.fingerprint}\n{text}".encode()).digest()
