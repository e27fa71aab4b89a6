"""Moving the WARC files of an archive to an object store, from one to another, or back."""

import contextlib
from collections.abc import Callable

from ingest.archive.shelf import ObjectStore, Warc, checked, settle_at
from ingest.archive.warc import Archive
from ingest.disk import settle, sha256_of
from ingest.errors import UsageError

Progress = Callable[[str, int, int], None]


def move(archive: Archive, url: str | None, progress: Progress) -> int:
    """Move all files to the object store at ``url``, to the folder for None; return how many.

    All are copied and compared before the archive counts as being there, and go where they were
    after that: a move that breaks off changed nothing, and goes on when it is begun again. The
    caller holds the home's write lock; the archive is to be opened anew.

    Raises:
        UsageError: the address is none, or files of another archive lie there.
        ArchiveUnreachable: a store cannot be used.
    """
    old = archive.store
    new = None if url is None else ObjectStore(checked(url))
    if (old.url if old else None) == (new.url if new else None):
        return 0
    files = archive.files()
    there = {} if new is None else {warc.name: warc for warc in new.warcs()}
    if new is not None and (foreign := sorted(set(there) - {warc.name for warc in files})):
        raise UsageError(
            f"{new.url} holds {foreign[0]}, which is not of this archive: give a prefix of its own."
        )
    for done, warc in enumerate(files):
        progress("moving the archive", done, len(files))
        if new is None:
            _bring(archive, warc)
        else:
            _send(archive, warc, new, there.get(warc.name))
    settle_at(archive.folder, new.url if new else None)
    for warc in files:
        if old is not None:
            # the archive is in its new place already: what stays behind costs room alone
            with contextlib.suppress(UsageError):
                old.remove(warc.name)
        if new is not None:
            (archive.folder / warc.name).unlink(missing_ok=True)
    return len(files)


def _bring(archive: Archive, warc: Warc) -> None:
    """Copy a file into the folder, if it is not there."""
    target = archive.folder / warc.name
    if archive.store is None or target.exists():
        return
    partial = target.with_name(f"{warc.name}.part")
    archive.store.fetch(warc.name, partial)
    settle(partial, target)


def _send(archive: Archive, warc: Warc, store: ObjectStore, there: Warc | None) -> None:
    file = archive.folder / warc.name
    made = not file.exists()
    _bring(archive, warc)
    try:
        if there is None or store.sha256(warc.name) != sha256_of(file):
            store.put(warc.name, file)
    finally:
        if made:
            file.unlink()
