"""Carrying a library elsewhere, and comparing libraries: ``export``, ``diff``, ``check --lock``."""

import sys
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer

from index.store.differences import Differences, differences
from index.store.lockfile import SUFFIX, write
from ingest.disk import expanded
from ingest.errors import FoundWanting
from ui.cli.lists import changes_lines, changes_object
from ui.cli.options import HomeOption, JsonOption, open_desk, print_json
from ui.cli.progress import ShownProgress
from ui.cli.terminal import clean


def archive(
    place: Annotated[str | None, typer.Argument(metavar="[URL|home]")] = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Say where the archive's files lie, or move them: to an object store, or back into the home.

    URL: s3://BUCKET/PREFIX, gs://BUCKET/PREFIX, az://CONTAINER/PREFIX or file:///FOLDER; the prefix
    is this home's alone. Keys come from the environment (AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY,
    AWS_ENDPOINT_URL). Pages are read from there by ranges; the home keeps indexes and its key.

    Example: refdesk archive s3://reading/team
    """
    from ingest.archive.warc import Archive  # a question does not wait for what reads archives

    with ShownProgress() as progress:
        desk = open_desk(home, progress)
        moved = 0
        if place is not None:
            moved = desk.move_archive(None if place == "home" else place)
        held = Archive(desk.home.archive)
        files = held.files()
    where = held.store.url if held.store else str(held.folder)
    size = sum(warc.size for warc in files)
    if as_json:
        print_json({"archive": where, "files": len(files), "bytes": size, "moved": moved})
        return
    sys.stdout.write(f"{where}: {len(files)} files, {size / 1e6:.1f} MB\n")


def export(
    file: Path,
    home: HomeOption = None,
    archive: Annotated[
        bool, typer.Option("--archive", help="With the archive: it can be changed over there.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Write the library into one file, for another machine, and its lockfile beside it.

    The lockfile names every source with the SHA-256 of its text and its passages: `check --lock`
    compares another home with it. A FILE that ends in .lock.json is the lockfile alone.

    Example: refdesk export library.tar.gz --archive
    """
    with ShownProgress() as progress:
        desk = open_desk(home, progress)
        if file.name.endswith(SUFFIX):
            lock = file
            size = write(desk.lock(), expanded(lock))
        else:
            lock = file.with_name(file.name + SUFFIX)
            size = desk.export(file, archive=archive)
    if as_json:
        print_json({"file": str(file), "bytes": size, "lock": str(lock)})
        return
    sys.stdout.write(f"{file}: {size / 1e6:.1f} MB\n")
    if lock != file:
        sys.stdout.write(f"{lock}: what is in it\n")


def diff(
    before: Annotated[Path, typer.Argument(metavar="A")],
    now: Annotated[Path | None, typer.Argument(metavar="[B]")] = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Say what changed from one library to another: sources and lists.

    A and B are homes, exports or lockfiles; without B, A is compared with this home.

    Example: refdesk diff monday.lock.json
    """
    from assistant.packs import lock_at

    with ShownProgress() as progress:
        first = lock_at(before)
        second = open_desk(home, progress).lock() if now is None else lock_at(now)
    difference = differences(first, second)
    if as_json:
        print_json(_object(difference))
    else:
        sys.stdout.write(clean("\n".join(_lines(difference)) or "Nothing changed.") + "\n")


def check_lock(lock: Path, home: Path | None, *, as_json: bool) -> None:
    """Compare a home with a lockfile or an export.

    Raises:
        FoundWanting: something of it is not here, or is otherwise.
    """
    from assistant.packs import lock_at

    with ShownProgress() as progress:
        desk = open_desk(home, progress)
        held = lock_at(lock)
        difference = differences(held, desk.lock())
    if as_json:
        print_json(
            {"home": str(desk.home.root), "same": not difference.wanting, **_object(difference)}
        )
    elif difference.wanting:
        sys.stdout.write(clean("\n".join(_lines(difference))) + "\n")
    else:
        sys.stdout.write(f"All {len(held.documents)} sources of {lock} are here as they were.\n")
    if difference.wanting:
        raise FoundWanting(f"{desk.home.root} is not what {lock} says.")


def _object(difference: Differences) -> dict[str, Any]:
    said = asdict(difference)
    changes = {curated.name: changes_object(curated) for curated in difference.lists_changed}
    return said | {"lists_changed": changes}


def _lines(difference: Differences) -> Iterator[str]:
    for source in difference.added:
        yield f"+ {source.title} {source.url}"
    for source in difference.dropped:
        yield f"- {source.title} {source.url}"
    for moved in difference.moved:
        yield f"> {moved.title} {moved.before}  =>  {moved.now}"
    for changed in difference.changed:
        passages = f"{changed.kept} passages as they were, {changed.gone} gone, {changed.new} new"
        yield f"~ {changed.title} {changed.url} ({passages})"
    for source in difference.cut_anew:
        yield f"~ {source.title} {source.url} (the same text, cut into other passages)"
    for name in difference.lists_added:
        yield f"+ list {name}"
    for name in difference.lists_dropped:
        yield f"- list {name}"
    for changes in difference.lists_changed:
        yield f"~ list {changes.name}"
        yield from (f"  {line}" for line in changes_lines(changes))
