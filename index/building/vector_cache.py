"""Vectors already computed, by text and model: nothing is embedded twice, a killed run resumes.

Those of refdesk's own passages ship with it and are not computed at all.
"""

import contextlib
import hashlib
import sqlite3
import zlib
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from index.building.given_vectors import given_vector
from index.models.embedder import Embedder
from index.search.dense import Vectors
from ingest.disk import make_way, remove

Embed = Callable[[Embedder, Sequence[str]], Vectors]
"""Has a model embed texts."""

_BATCH = 256
_IN_THE_WAY = (
    sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM, sqlite3.SQLITE_NOMEM,
)  # fmt: skip
"""What the disk or another process says; everything else the file itself is to blame for."""


class VectorCache:
    """An SQLite file of vectors keyed by a hash of model fingerprint and text.

    Each vector is kept with its CRC-32; one that does not fit is computed again, and a file that
    cannot be read is begun anew.
    """

    def __init__(self, path: Path, embedder: Embedder, embed: Embed = Embedder.embed) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        make_way(path)
        self._path = path
        self._embedder = embedder
        self._embed = embed
        try:
            self._db = _open(path)
        except sqlite3.DatabaseError as error:
            self._db = self._anew(error)

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
                vector = self._kept(key)
                if vector is None:
                    vector = given_vector(key)
                if vector is None:
                    missing.append(place)
                else:
                    out[start + place] = vector
            if missing:
                fresh = self._embed(self._embedder, [batch[place] for place in missing])
                for place, vector in zip(missing, fresh, strict=True):
                    out[start + place] = vector
                rows = [
                    (keys[place], sealed(vector.tobytes()))
                    for place, vector in zip(missing, fresh, strict=True)
                ]
                try:
                    self._keep(rows)
                except sqlite3.DatabaseError as error:
                    self._db = self._anew(error)
                    self._keep(rows)
            progress(start + len(batch))
        return out

    def _kept(self, key: bytes) -> Vectors | None:
        try:
            row = self._db.execute("SELECT vector FROM vectors WHERE key = ?", (key,)).fetchone()
        except sqlite3.DatabaseError as error:
            self._db = self._anew(error)
            return None
        plain = None if row is None else unsealed(row[0], 4 * self._embedder.dimension)
        return None if plain is None else np.frombuffer(plain, dtype=np.float32)

    def _keep(self, rows: Sequence[tuple[bytes, bytes]]) -> None:
        self._db.executemany("INSERT OR REPLACE INTO vectors VALUES (?, ?)", rows)
        self._db.commit()

    def _anew(self, error: sqlite3.DatabaseError) -> sqlite3.Connection:
        """Begin again, unless it is the disk or another process that is in the way."""
        if (getattr(error, "sqlite_errorcode", 0) & 0xFF) in _IN_THE_WAY:
            raise error
        with contextlib.suppress(AttributeError, sqlite3.Error):
            self._db.close()
        for beside in ("", "-journal", "-wal", "-shm"):
            remove(self._path.with_name(self._path.name + beside))
        return _open(self._path)

    def close(self) -> None:
        """Close the file."""
        self._db.close()

    def _key(self, text: str) -> bytes:
        return hashlib.sha256(f"{self._embedder.fingerprint}\n{text}".encode()).digest()


def sealed(vector: bytes) -> bytes:
    """Return the bytes of a vector as they are kept."""
    return vector + zlib.crc32(vector).to_bytes(4, "little")


def unsealed(kept: object, size: int) -> bytes | None:
    """Return the ``size`` bytes of a vector that is kept, None where they are not what was kept.

    Those of before they were sealed are taken as they are.
    """
    if not isinstance(kept, bytes) or len(kept) not in (size, size + 4):
        return None
    return kept[:size] if len(kept) == size or sealed(kept[:size]) == kept else None


def _open(path: Path) -> sqlite3.Connection:
    db = sqlite3.connect(path)
    try:
        db.execute(
            "CREATE TABLE IF NOT EXISTS vectors (key BLOB PRIMARY KEY, vector BLOB NOT NULL)"
            " WITHOUT ROWID"
        )
    except sqlite3.Error:
        db.close()
        raise
    return db
