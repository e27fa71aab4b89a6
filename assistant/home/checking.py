"""Looking for damage in a whole home and in what people keep, and putting right what can be."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass

import ingest.pipeline as pipeline
from assistant.kept.store import KeptKind
from index.building import check as library_check
from index.models import check as weights_check
from index.store import sums
from index.store.generation import Home
from index.store.sqlite import LISTED, Store
from ingest.archive import check as archive_check
from ingest.archive.warc import Archive
from ingest.disk import remove
from ingest.lists import catalog
from ingest.page import Page
from ingest.values import Damage

_NOTHING: tuple[list[str], list[str]] = ([], [])


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
    harm += _apart(home, archive)
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
    wanting = library_check.repair(home) or bool(_differ(home, Archive(home.archive))[1])
    for each in kept:
        if not each.is_sound():
            each.set_aside()
    if not wanting or home.without_archive.exists():
        return
    make_anew()
    for older in home.generations()[:-1]:
        if sums.damage(older, every_byte=True):
            remove(older)


def _apart(home: Home, archive: Archive) -> Iterator[Damage]:
    """Yield where a sound library and a readable archive do not hold the same pages."""
    lost, wanting = _differ(home, archive)
    if lost:
        what = f"no record of {len(lost)} pages that the library has (the first: {lost[0]})"
        cure = "give or fetch them again; `refdesk rebuild` lets go of them"
        yield Damage("archive", what, cure, repairable=False)
    if wanting:
        what = f"{len(wanting)} pages of the archive are not in it as they are (the first: "
        cure = "`refdesk check --repair` takes them in, and so does `refdesk rebuild`"
        yield Damage("library", f"{what}{wanting[0]})", cure)


def _differ(home: Home, archive: Archive) -> tuple[list[str], list[str]]:
    """Return the pages that the library alone has, and those that it has not as the archive has."""
    current = home.current()
    if (
        current is None
        or not sums.is_noted(current)  # a folder of a person's own things
        or home.without_archive.exists()
        or sums.damage(current, every_byte=True)
        or archive.lost()
        or any(bad.damaged for bad in archive.bad())
    ):
        return _NOTHING
    with closing(Store(current / "library.sqlite")) as store:
        held = {u: d for u, d in store.page_digests().items() if not u.startswith(LISTED)}
    pages = {page.url: page.digest for page in pipeline.pages(archive) if isinstance(page, Page)}
    wanting = [url for url, digest in pages.items() if held.get(url) != digest]
    return sorted(held.keys() - pages.keys()), wanting


def compared(before: list[Damage], left: list[Damage]) -> Checkup:
    """Return what is left of what was found, and what was put right."""
    places = {(damage.where, damage.what) for damage in left}
    mended = (damage for damage in before if (damage.where, damage.what) not in places)
    return Checkup(tuple(left), tuple(mended))
