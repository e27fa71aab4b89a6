"""The files that another program keeps with its entries, as documents of their own.

What a list names is anybody's word: only files below the folder that a person gave are read.
"""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from urllib.parse import unquote

from ingest.archive import given
from ingest.archive.values import Resource
from ingest.disk import real
from ingest.errors import UsageError
from ingest.lists.catalog_file import Attached, CuratedList, Ignored

Allowed = Callable[[Path, Attached], bool]
"""Says whether a file, its links followed, is one a person gave."""

OUTSIDE = "an attached file outside of the folder that was given"
NOT_SENT = "an attached file: it was not sent along"


def with_files(
    curated: CuratedList, base: Path, allowed: Allowed
) -> tuple[CuratedList, list[Resource]]:
    """Return a list with the attached files that are taken, these as resources, the rest ignored.

    Args:
        curated: the list.
        base: the folder that relative paths begin at.
        allowed: see `Allowed`.
    """
    left: list[Ignored] = []
    kept: list[Attached] = []
    resources: dict[str, Resource] = {}
    for file in curated.attached:
        try:
            resource = _resource(file, base, allowed)
        except UsageError as error:
            left.append(Ignored(file.path, file.title, str(error)))
            continue
        kept.append(file)
        resources[resource.url] = replace(resource, about=file.about)
    taken = replace(curated, attached=tuple(kept), ignored=(*curated.ignored, *left))
    return taken, list(resources.values())


def not_sent(curated: CuratedList) -> CuratedList:
    """Return a list that came without its attached files, which are ignored by name."""
    left = (Ignored(file.path, file.title, NOT_SENT) for file in curated.attached)
    return replace(curated, attached=(), ignored=(*curated.ignored, *left))


def below(folder: Path) -> Allowed:
    """Allow what lies below a folder."""
    root = real(folder)
    return lambda file, _: file.is_relative_to(root)


def in_storage(file: Path, attached: Attached) -> bool:
    """Allow what lies where Zotero keeps its files: ``storage/KEY/NAME``."""
    folder = file.parent
    return bool(attached.key) and folder.name == attached.key and folder.parent.name == "storage"


def _resource(file: Attached, base: Path, allowed: Allowed) -> Resource:
    try:
        spelled = (base / file.path, base / unquote(file.path))
        path = next((spelling for spelling in spelled if spelling.exists()), spelled[0])
        path = real(path)
        if not allowed(path, file):
            raise UsageError(OUTSIDE)
        if not path.is_file():
            raise UsageError("an attached file that is not there")
    except (OSError, ValueError, RuntimeError) as error:  # no path of this system
        raise UsageError("an attached file whose path cannot be read") from error
    if path.suffix.lower() not in given.MEDIA_TYPES or path.suffix.lower() == ".jsonl":
        raise UsageError(f"an attached file of a kind that is not read ({path.suffix.lower()})")
    return given.resource(path)
