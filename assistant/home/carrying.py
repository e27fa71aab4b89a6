"""Carrying a library from home to home: written into one file, and taken out of it."""

import shutil
from collections.abc import Callable
from pathlib import Path

from assistant.home.keeping import HomeWriter, Progress
from index.building import verify
from index.models.embedder import Embedder
from index.search.opening import embedder_of
from index.store import carry, lockfile, sums
from index.store.generation import Home
from ingest.disk import expanded
from ingest.errors import UsageError


def export(writer: HomeWriter, file: Path, *, archive: bool) -> int:
    """See :meth:`assistant.desk.Desk.export`."""
    if writer.home.served is not None:
        raise UsageError(
            f"The library of this home lies at {writer.home.served}: move it into a folder by "
            f"`refdesk rebuild --library {writer.home.root / 'library'}`, then export."
        )
    with writer.writing():
        current = writer.home.current()
        if current is not None and (harm := sums.damage(current, every_byte=True)):
            raise UsageError(
                f"The library in {writer.home.root} is damaged ({harm[0][0]}: {harm[0][1]}): "
                "run `refdesk check --repair` first."
            )
        file = expanded(file)
        lock = file.with_name(file.name + lockfile.SUFFIX)
        if lock.exists():
            raise UsageError(f"{lock} exists already: choose another name.")
        if archive and writer.archive.store is not None:
            raise UsageError(
                f"The archive lies at {writer.archive.store.url}: export without --archive, or "
                "bring it back first with `refdesk archive home`."
            )
        size = carry.export(writer.home, file, archive=archive)
        lockfile.write(lockfile.lock_of(writer.home), lock)
        return size


def carry_in(
    home: Home, file: Path, opened: Callable[[str | None], Embedder], progress: Progress
) -> None:
    """See :meth:`assistant.desk.Desk.carry_in`; ``opened`` opens the model of a library.

    With its archive a library is made anew from that; without, it is compared with itself.
    """
    if home.served is not None:
        raise UsageError(
            f"An import goes into a folder, and this library lies at {home.served}: import "
            f"into another home, then `refdesk rebuild --library {home.served}` there."
        )
    with home.writing():
        carry.finish(home)
        arrived = carry.unpack(home, expanded(file))
        try:
            embedder = opened(embedder_of(arrived.home))
            if arrived.archive:
                _make_anew(HomeWriter(arrived.home, embedder, progress))
            else:
                folder = arrived.home.current()
                assert folder is not None  # noqa: S101  # the manifest names it
                for fault in verify.faults(folder, embedder):
                    raise UsageError(
                        f"{file} is not to be believed: {fault}. Nothing was taken in."
                    )
        except BaseException:
            carry.discard(home)
            raise
        carry.settle(home)


def _make_anew(writer: HomeWriter) -> None:
    """Make the library of an archive that arrived; the one that came with it goes.

    A record that was damaged where it comes from is damaged here, and `refdesk check` says so.
    """
    came = writer.home.generations()
    # what the other home wrote counts as this one's; what was imported there spoke for nobody
    writer.archive.seal.ready()
    writer.update(0, afresh=True)
    folder = writer.home.current()
    assert folder is not None  # noqa: S101  # made a line ago
    if not verify.sample_fits(folder, writer.embedder):
        # the vectors it brought are not those of its passages: they are computed here
        (writer.home.cache / "vectors.sqlite").unlink(missing_ok=True)
        writer.update(0, afresh=True)
    for generation in came:
        shutil.rmtree(generation, ignore_errors=True)
