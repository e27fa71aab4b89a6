"""Files on disk: their hashes, the small JSON records beside them, and the lock that guards both.

Knows nothing of models: a record says which size and modification time a file had when it was
checked, so that it need not be read again.
"""

import contextlib
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from ingest.disk import json_of, own_text, write_whole
from ingest.errors import ModelUnavailable

MARKER = "verified.json"
"""Name of the record of a folder's checked files."""

Progress = Callable[[str, int, int], None]
"""Told of a long step as (what, done, total); bytes, unless the step says otherwise."""

_CHUNK = 1 << 20


def size_of(path: Path) -> int:
    """Return the size of a file in bytes, 0 if there is none."""
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return 0


def stamp(path: Path) -> dict[str, int]:
    """Return size in bytes and modification time in ns of a file."""
    status = path.stat()
    return {"size": status.st_size, "mtime_ns": status.st_mtime_ns}


def read_record(path: Path) -> dict[str, Any]:
    """Read a record; one that is missing or damaged is empty, and made anew by checking."""
    try:
        record = json_of(own_text(path))
    except (OSError, ValueError):
        return {}
    return record if isinstance(record, dict) else {}


def write_record(path: Path, record: dict[str, Any]) -> None:
    """Write a record whole or not at all; the caller holds the lock."""
    write_whole(path, json.dumps(record, indent=1) + "\n")


@contextlib.contextmanager
def locked(models_dir: Path, name: str, progress: Progress | None = None) -> Iterator[None]:
    """Hold the lock of one model; other processes that want it wait."""
    import filelock  # here: a start with all models in place needs no lock

    models_dir.mkdir(parents=True, exist_ok=True)
    lock = filelock.FileLock(models_dir / f".{name}.lock")
    try:
        lock.acquire(timeout=0)
    except filelock.Timeout:
        if progress:
            progress(f"{name}: another process is at it, waiting", 0, 0)
        lock.acquire()
    try:
        yield
    finally:
        lock.release()


@contextlib.contextmanager
def readably(name: str, folder: Path) -> Iterator[None]:
    """Turn errors of the file system into an error for people.

    Raises:
        ModelUnavailable: in place of an OSError.
    """
    try:
        yield
    except OSError as error:
        raise ModelUnavailable(
            f"The files of the model {name} in {folder} cannot be read or written: {error}. "
            "Check the disk and the permissions, then run the command again."
        ) from error


def add_to_record(
    path: Path, more: dict[str, Any], models_dir: Path, name: str, progress: Progress | None = None
) -> None:
    """Add to a record of the model ``name``, where that can be written.

    A record saves work and nothing else: on a disk that is full or read-only, files are hashed
    again at the next start. The caller does not hold the lock.
    """
    with contextlib.suppress(OSError), locked(models_dir, name, progress):
        write_record(path, read_record(path) | more)


def is_marked(path: Path, sha256: str, marks: dict[str, Any]) -> bool:
    """Say whether a record has a file as it is now under this SHA-256."""
    try:
        return bool(marks.get(path.name) == {"sha256": sha256, **stamp(path)})
    except OSError:
        return False


def marked(path: Path, sha256: str) -> dict[str, Any]:
    """Return what a record says of a file that has this SHA-256."""
    return {path.name: {"sha256": sha256, **stamp(path)}}


def mark(path: Path, sha256: str) -> None:
    """Record in the file's folder that it was found to have this SHA-256; the caller locks it."""
    record = path.with_name(MARKER)
    write_record(record, read_record(record) | marked(path, sha256))
