"""Looking for damage in a whole home, and putting right what can be without losing anything."""

from collections.abc import Callable
from dataclasses import dataclass

from assistant.answering import gaps
from assistant.kept import notes, threads
from assistant.kept.notes import Notes
from assistant.kept.threads import Threads
from index.building import check as library_check
from index.models import check as weights_check
from index.store import sums
from index.store.generation import Home
from ingest.archive import check as archive_check
from ingest.archive.warc import Archive
from ingest.disk import remove_tree
from ingest.lists import catalog
from ingest.values import Damage


@dataclass(frozen=True, slots=True)
class Checkup:
    """What of a home is damaged, and what was and was put right."""

    damages: tuple[Damage, ...]
    repaired: tuple[Damage, ...] = ()


def damages(home: Home) -> list[Damage]:
    """Return every damage of a home; every byte of archive, library and weights is read."""
    archive = Archive(home.archive)
    harm = [*library_check.damages(home), *archive_check.damages(archive)]
    harm += weights_check.damages(home.models)
    for lost in catalog.unreadable(archive):
        cure = "it counts no more: the list is as it was before; add it again"
        harm.append(Damage(lost.url, lost.reason, cure, repairable=False))
    if not gaps.is_sound(home.root):
        cure = "`refdesk check --repair` puts it aside and begins it anew"
        harm.append(Damage("gaps.sqlite", "cannot be read", cure))
    for name, kept in _kept(home).items():
        if not kept.is_sound():
            cure = "`refdesk check --repair` puts it aside and begins it anew"
            harm.append(Damage(name, "cannot be read, or not all of it", cure))
    return harm


def repair(home: Home, make_anew: Callable[[], object]) -> None:
    """Put right what can be; ``make_anew`` makes the library from the archive.

    The caller holds the home's write lock.
    """
    archive_check.repair(Archive(home.archive))
    weights_check.repair(home.models)
    wanting = library_check.repair(home)
    if not gaps.is_sound(home.root):
        file = gaps.file_of(home.root)
        file.replace(file.with_suffix(".damaged"))
    for kept in _kept(home).values():
        if not kept.is_sound():
            kept.set_aside()
    if not wanting or home.without_archive.exists():
        return
    make_anew()
    for older in home.generations()[:-1]:
        if sums.damage(older, every_byte=True):
            remove_tree(older)


def _kept(home: Home) -> dict[str, Threads | Notes]:
    """Return what people keep in a home, by the name of its file."""
    return {
        threads.file_of(home.root).name: Threads(home.root),
        notes.file_of(home.root).name: Notes(home.root),
    }


def compared(before: list[Damage], left: list[Damage]) -> Checkup:
    """Return what is left of what was found, and what was put right."""
    places = {(damage.where, damage.what) for damage in left}
    mended = (damage for damage in before if (damage.where, damage.what) not in places)
    return Checkup(tuple(left), tuple(mended))
