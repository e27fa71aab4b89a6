"""Looking for damage in a whole home and in what people keep, and putting right what can be."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from assistant.kept.store import KeptKind
from index.building import check as library_check
from index.models import check as weights_check
from index.store import sums
from index.store.generation import Home
from ingest.archive import check as archive_check
from ingest.archive.warc import Archive
from ingest.disk import remove
from ingest.lists import catalog
from ingest.values import Damage


@dataclass(frozen=True, slots=True)
class Checkup:
    """What of a home is damaged, and what was and was put right."""

    damages: tuple[Damage, ...]
    repaired: tuple[Damage, ...] = ()


def damages(home: Home, kept: Sequence[KeptKind]) -> list[Damage]:
    """Return every damage of a home and of what people ``kept``.

    Every byte of archive, library and weights is read.
    """
    archive = Archive(home.archive)
    harm = [*library_check.damages(home), *archive_check.damages(archive)]
    harm += weights_check.damages(home.models)
    for lost in catalog.unreadable(archive):
        cure = "it counts no more: the list is as it was before; add it again"
        harm.append(Damage(lost.url, lost.reason, cure, repairable=False))
    cure = "`refdesk check --repair` puts it aside and begins it anew"
    harm += [
        Damage(each.name, "cannot be read, or not all of it", cure)
        for each in kept
        if not each.is_sound()
    ]
    return harm


def repair(home: Home, kept: Sequence[KeptKind], make_anew: Callable[[], object]) -> None:
    """Put right what can be; ``make_anew`` makes the library from the archive.

    The caller holds the home's write lock.
    """
    archive_check.repair(Archive(home.archive))
    weights_check.repair(home.models)
    wanting = library_check.repair(home)
    for each in kept:
        if not each.is_sound():
            each.set_aside()
    if not wanting or home.without_archive.exists():
        return
    make_anew()
    for older in home.generations()[:-1]:
        if sums.damage(older, every_byte=True):
            remove(older)


def compared(before: list[Damage], left: list[Damage]) -> Checkup:
    """Return what is left of what was found, and what was put right."""
    places = {(damage.where, damage.what) for damage in left}
    mended = (damage for damage in before if (damage.where, damage.what) not in places)
    return Checkup(tuple(left), tuple(mended))
