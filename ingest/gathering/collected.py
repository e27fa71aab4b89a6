"""A list from a file or a folder of this machine, with what goes into the archive beside it."""

from dataclasses import replace
from pathlib import Path

from ingest.archive import given
from ingest.archive.values import Resource
from ingest.bounded.lists import ListReader
from ingest.errors import UsageError
from ingest.exports.given import MOST_BYTES
from ingest.exports.vault import read_vault
from ingest.lists.catalog_file import CuratedList, Ignored


def read(
    path: Path, name: str, base: str | None, reader: ListReader
) -> tuple[CuratedList, list[Resource]]:
    """Read a list, and what is a document of its own: a Markdown list, the notes of a vault.

    What another program exported is no document: its entries are all it says.

    Raises:
        UsageError: nothing is there, or it cannot be read as a list.
    """
    path = path.expanduser()
    if path.is_dir():
        passed: list[str] = []
        resources = list(given.resources(path, passed.append))
        curated = read_vault(path.resolve(), name, reader.parse)
        notes = (*curated.ignored, *(Ignored(str(path), "", said) for said in passed))
        return replace(curated, ignored=notes), resources
    curated = reader.read(bytes_of(path), file=str(path), name=name, base=base)
    return curated, [] if curated.form else list(given.resources(path))


def bytes_of(path: Path) -> bytes:
    """Return the bytes of a list's file.

    Raises:
        UsageError: it cannot be read, or is too large to be one.
    """
    try:
        size = path.expanduser().stat().st_size
        if size > MOST_BYTES:
            raise UsageError(f"{path} is larger than {MOST_BYTES / 1e6:.0f} MB: split it.")
        return path.expanduser().read_bytes()
    except OSError as error:
        raise UsageError(f"The list {path} cannot be read: {error.strerror}.") from error
