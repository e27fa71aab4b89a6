"""The files of a served library on this machine: fetched when another generation counts.

Documents, catalog and words are asked in ways only SQLite and tantivy answer, so each desk holds
those files of the generation that counts, compared with their sums, and asks Milvus for the rest.
"""

import shutil
import tempfile
from pathlib import Path

from index.milvus import generations
from index.milvus.client import LibraryUnavailable, Server, connected
from index.milvus.generations import Manifest, Pointer
from index.store import sums
from index.store.generation import Home
from index.store.served import Served
from ingest.errors import NothingFound, UsageError


def follow(home: Home, served: Served) -> Path:
    """Return the folder of the generation that counts, its files fetched if they are not here.

    Raises:
        NothingFound: the server holds no such library.
        LibraryUnavailable: it cannot be reached, or what it gives is damaged.
    """
    server = connected(served)
    shelf = generations.pointed(server)
    if shelf is None:
        raise NothingFound(
            f"There is no library at {served} yet: `refdesk rebuild --library {served}` puts that "
            "of a home there."
        )
    here = home.current()
    if here is not None and (known := _pointer(here)) and known.shelf == shelf:
        return here
    manifest = generations.current(server)
    if manifest is None:
        raise LibraryUnavailable(f"The library {served} was dropped just now: try again.")
    final = home.library / manifest.generation
    if not (final.is_dir() and _pointer(final) == manifest.pointer):
        _fetch(home, server, manifest, final)
    home.point(final)
    for folder in home.generations():  # what was forgotten may stand in older ones
        if int(folder.name) < int(final.name):
            shutil.rmtree(folder, ignore_errors=True)
    return final


def _pointer(folder: Path) -> Pointer | None:
    try:
        return Pointer.of(folder)
    except (OSError, ValueError, TypeError):
        return None


def _fetch(home: Home, server: Server, manifest: Manifest, final: Path) -> None:
    home.library.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix="fetch-", dir=home.library))
    try:
        generations.fetch(server, manifest, folder)
        if not sums.is_noted(folder) or (harm := sums.damage(folder, every_byte=True)):
            what = f"{harm[0][0]}: {harm[0][1]}" if sums.is_noted(folder) else "no sums"
            raise LibraryUnavailable(
                f"What the library {server.served} gives is damaged ({what}): `refdesk rebuild` in "
                "the home it was made from makes it anew."
            )
        if final.is_dir() and _pointer(final) == manifest.pointer:
            return  # another thread was faster, and somebody may have opened it
        if final.exists():
            shutil.rmtree(final)
        folder.rename(final)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def begin(home: Home, served: Served, *, anew: bool) -> int:
    """Get ready to write the next generation; return the least number it may have.

    What unfinished ones left is dropped. ``anew`` takes a library over that another home made.

    Raises:
        UsageError: it is the library of another home.
    """
    server = connected(served)
    shelf = generations.pointed(server)
    if shelf is None:
        for folder in home.generations():  # of a library that was dropped, or never counted
            shutil.rmtree(folder)
    else:
        manifest = generations.current(server)
        if manifest is not None and manifest.owner != home.identity() and not anew:
            raise UsageError(
                f"The library {served} was made by another home, and what that took in would go: "
                "change it there, name another library, or let `refdesk rebuild` put this home's "
                "in its place."
            )
        if not anew:
            follow(home, served)
    return 1 + max(generations.numbers(server), default=0)


def share(home: Home, served: Served, folder: Path, pointer: Pointer) -> None:
    """Put the files of a finished generation on the server and let it count there.

    The generation before stays for those who are reading it; older ones and unfinished ones go.
    """
    server = connected(served)
    before = generations.pointed(server)
    generations.put(server, folder, Manifest(folder.stem, home.identity(), pointer))
    generations.point(server, pointer.shelf)
    generations.sweep(server, {pointer.shelf, *filter(None, [before])})


def only_current(served: Served) -> None:
    """Drop every generation but the one that counts: what was forgotten stands in them."""
    server = connected(served)
    shelf = generations.pointed(server)
    if shelf is not None:
        generations.sweep(server, {shelf})
