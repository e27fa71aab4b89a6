"""What the files of a generation were when it was finished: their sizes and SHA-256.

A generation never changes, so whatever differs later is damage. Opening compares sizes, and all
bytes of what is small; a writer that builds on a generation, and a check, compare everything.
"""

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ingest.disk import own_text, sha256_of
from ingest.errors import UsageError

_NAME = "sums.json"
_SMALL = 16_000_000
"""Bytes of all files together up to which opening compares all of them: some 20 ms."""

_SMALL_FILE = 64_000


class DamagedLibrary(UsageError):
    """A library is no longer what was written."""


def write(folder: Path, before: Path | None = None) -> None:
    """Note the files of a finished generation; those shared with the one before are known."""
    known = _read(before) if before is not None else None
    rows = {}
    for file in sorted(f for f in folder.rglob("*") if f.is_file()):
        if file.suffix == ".lock" or file.name == _NAME:
            continue
        name = file.relative_to(folder).as_posix()
        old = (known or {}).get(name)
        shared = old is not None and before is not None and _is_same(file, before / name)
        rows[name] = old if shared else [file.stat().st_size, sha256_of(file)]
    body = json.dumps(rows, sort_keys=True)
    seal = hashlib.sha256(body.encode()).hexdigest()
    (folder / _NAME).write_text(f"{seal}\n{body}\n", encoding="utf-8")


def damage(folder: Path, *, every_byte: bool) -> list[tuple[str, str]]:
    """Return the files of a generation that are no longer what was written, and how they differ.

    A generation from before this was noted cannot be compared: nothing is found.
    """
    rows = _read(folder)
    if rows is None:
        if (folder / _NAME).exists():
            return [(_NAME, "the record of its files is damaged")]
        return []
    whole = every_byte or sum(size for size, _ in rows.values()) <= _SMALL
    return list(_compared(folder, rows, whole=whole))


def _compared(folder: Path, rows: dict[str, Any], *, whole: bool) -> Iterator[tuple[str, str]]:
    for name, (size, digest) in rows.items():
        file = folder / name
        if not file.is_file():
            yield name, "it is not there"
        elif file.stat().st_size != size:
            yield name, f"it has {file.stat().st_size} bytes instead of {size}"
        elif (whole or size <= _SMALL_FILE) and sha256_of(file) != digest:
            yield name, "its bytes were changed"


def is_noted(folder: Path) -> bool:
    """Say whether it is known what the files of a generation were."""
    return _read(folder) is not None


def _read(folder: Path) -> dict[str, Any] | None:
    try:
        seal, body = own_text(folder / _NAME).split("\n")[:2]
    except (OSError, ValueError):
        return None
    if hashlib.sha256(body.encode()).hexdigest() != seal:
        return None
    sums: dict[str, Any] = json.loads(body)
    return sums


def _is_same(file: Path, other: Path) -> bool:
    return other.is_file() and other.samefile(file)
