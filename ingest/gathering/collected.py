"""A list from a file or a folder of this machine, with what goes into the archive beside it."""

from dataclasses import replace
from pathlib import Path

from ingest import disk
from ingest.archive import given
from ingest.archive.values import Resource
from ingest.bounded.lists import ListReader
from ingest.disk import expanded, real
from ingest.errors import UsageError
from ingest.exports import registry
from ingest.exports.given import MOST_BYTES
from ingest.exports.vault import read_vault
from ingest.gathering import attached, zotero
from ingest.gathering.sent import file_name, upload_address
from ingest.lists.catalog_file import CuratedList, Ignored

_WITH_FILES = (".rdf", ".bib", ".ris", ".json")


def read(
    path: Path, name: str, base: str | None, reader: ListReader
) -> tuple[CuratedList, list[Resource]]:
    """Read a list, and what is a document of its own: a Markdown list, the notes of a vault.

    What another program exported is no document, but the files it attached are, as far as they lie
    below the folder of the export.

    Raises:
        UsageError: nothing is there, or it cannot be read as a list.
    """
    path = expanded(path)
    if path.is_dir() and (export := _export_in(path)):
        path = export
    if path.is_dir():
        passed: list[str] = []
        resources = list(given.resources(path, passed.append))
        curated = read_vault(real(path), name, reader.parse, reader.read)
        notes = (*curated.ignored, *(Ignored(str(path), "", said) for said in passed))
        return replace(curated, ignored=notes), resources
    curated = reader.read(bytes_of(path), file=str(path), name=name, base=base)
    if not curated.form:
        return curated, list(given.resources(path))
    return attached.with_files(curated, path.parent, attached.below(path.parent))


def read_zotero(where: str, name: str, reader: ListReader) -> tuple[CuratedList, list[Resource]]:
    """Read the library of a running Zotero, and the files in its storage as documents.

    Raises:
        UsageError: see `zotero.library`; or it holds nothing.
    """
    curated = reader.read(zotero.library(where), file="zotero.json", name=name)
    return attached.with_files(curated, Path("/"), attached.in_storage)


def read_sent(name: str, data: bytes, reader: ListReader) -> CuratedList:
    """Read a list that was sent as a file of this name.

    Raises:
        UsageError: it cannot be read as a list.
    """
    name = file_name(name)
    if not name:
        raise UsageError("A file that is sent needs a name: send it with one.")
    curated = reader.read(data, file=name, name=Path(name).stem)
    return attached.not_sent(replace(curated, given=upload_address(name)))


def _export_in(folder: Path) -> Path | None:
    """Return the one export of a folder that a reference manager wrote with its files beside it."""
    if not (folder / "files").is_dir():
        return None
    there = [file for file in sorted(folder.iterdir())
             if file.suffix.lower() in _WITH_FILES and file.is_file()
             and registry.is_export(file.name, bytes_of(file))]  # fmt: skip
    return there[0] if len(there) == 1 else None


def bytes_of(path: Path) -> bytes:
    """Return the bytes of a list's file.

    Raises:
        UsageError: it cannot be read, or is too large to be one.
    """
    try:
        return disk.bytes_of(expanded(path), MOST_BYTES)
    except ValueError as error:
        raise UsageError(f"{path} cannot be a list: {error}. Split it.") from error
    except OSError as error:
        raise UsageError(f"The list {path} cannot be read: {error.strerror}.") from error
