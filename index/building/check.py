"""What of a library and its caches is not as it was written; all of it can be made again."""

import contextlib
import sqlite3
from collections.abc import Iterator
from pathlib import Path

from index.building import verify
from index.building.vector_cache import sealed
from index.store import carry, sums
from index.store.generation import Home
from ingest.archive.shelf import is_filled
from ingest.bounded.quarantine import Quarantine
from ingest.disk import is_held, json_of, make_way, own_text, remove
from ingest.values import Damage

_REPAIR = "`refdesk check --repair`"
_ANEW = f"{_REPAIR} makes it anew from the archive, and so does `refdesk rebuild`"
_LOST = "import it again: its archive did not come with it"


def damages(home: Home) -> Iterator[Damage]:
    """Yield every damage of a home beside its archive; every byte is read."""
    if home.root.stat().st_mode & 0o077:
        yield Damage(".", "others of this machine can look into it", f"{_REPAIR} closes it")
    if carry.is_pending(home):
        yield Damage(".", "an import was interrupted", f"{_REPAIR} finishes or undoes it")
    for left in sorted(home.library.glob("*.part")):
        yield Damage(f"library/{left.name}", "left half-made", f"{_REPAIR} removes it")
    yield from _of_library(home)
    yield from _of_caches(home)
    if Quarantine(home.quarantine).damaged:
        yield Damage(home.quarantine.name, "cannot be read", f"{_REPAIR} begins it anew")


def _of_library(home: Home) -> Iterator[Damage]:
    current = home.current()
    alone = home.without_archive.exists()
    if current is None:
        if is_filled(home.archive):
            yield Damage("library", "it is not there", _ANEW)
        return
    if home.pointed() is None:
        yield Damage(
            "library/CURRENT", "it names no generation that is here", f"{_REPAIR} mends it"
        )
    for folder in home.generations():
        harm = sums.damage(folder, every_byte=True)
        if not harm and folder == current:
            faults = list(verify.faults(folder, None, home.served))
            harm = [("library.sqlite", fault) for fault in faults[:5]]
        for name, how in harm:
            where = f"library/{folder.name}/{name}"
            if folder != current:
                yield Damage(where, how, f"{_REPAIR} removes this older generation")
            else:
                yield Damage(where, how, _LOST if alone else _ANEW, repairable=not alone)


def _of_caches(home: Home) -> Iterator[Damage]:
    vectors = home.cache / "vectors.sqlite"
    if vectors.exists() and not _vectors_are_sound(vectors):
        yield Damage("cache/vectors.sqlite", "vectors in it were changed", f"{_REPAIR} drops them")
    costs = home.cache / "model-costs.json"
    if costs.exists() and not _is_object(costs):
        yield Damage("cache/model-costs.json", "cannot be read", f"{_REPAIR} removes it")


def repair(home: Home) -> bool:
    """Put right what needs no archive; say whether the library has to be made anew.

    The caller holds the home's write lock.
    """
    home.make()
    carry.finish(home)
    for left in home.library.glob("*.part"):
        remove(left)
    vectors, costs = home.cache / "vectors.sqlite", home.cache / "model-costs.json"
    if vectors.exists() and not _vectors_are_sound(vectors):
        _drop_bad(vectors)
    if costs.exists() and not _is_object(costs):
        _drop(costs)
    quarantine = Quarantine(home.quarantine)
    if quarantine.damaged:
        _drop(home.quarantine)
    current = home.current()
    for folder in home.generations():
        if folder != current and sums.damage(folder, every_byte=True):
            remove(folder)
    if current is None:
        return is_filled(home.archive)
    if home.pointed() is None:
        home.point(current)
    return any(sums.damage(current, every_byte=True)) or any(
        verify.faults(current, None, home.served)
    )


def _vectors_are_sound(file: Path) -> bool:
    place = f"{file.resolve().as_uri()}?mode=ro"
    try:
        with contextlib.closing(sqlite3.connect(place, uri=True)) as db:
            if db.execute("PRAGMA integrity_check(1)").fetchone()[0] != "ok":
                return False
            return all(_fits(row[0]) for row in db.execute("SELECT vector FROM vectors"))
    except sqlite3.Error as error:
        return is_held(error)  # in use: no damage


def _drop_bad(file: Path) -> None:
    try:
        with contextlib.closing(sqlite3.connect(file)) as db, db:
            if db.execute("PRAGMA integrity_check(1)").fetchone()[0] != "ok":
                raise sqlite3.DatabaseError("it does not hold together")
            rows = db.execute("SELECT key, vector FROM vectors")
            bad = [(key,) for key, vector in rows if not _fits(vector)]
            db.executemany("DELETE FROM vectors WHERE key = ?", bad)
    except sqlite3.DatabaseError:
        _drop(file)


def _drop(file: Path) -> None:
    """Let go of a file of ours; a folder in its place is not, and is put aside."""
    make_way(file)
    file.unlink(missing_ok=True)


def _fits(kept: object) -> bool:
    """Say whether a kept vector is whole; of one from before they were sealed that is not known."""
    if not isinstance(kept, bytes) or len(kept) < 4:
        return False
    return len(kept) % 8 == 0 or sealed(kept[:-4]) == kept


def _is_object(file: Path) -> bool:
    try:
        return isinstance(json_of(own_text(file)), dict)
    except (OSError, ValueError):
        return False
