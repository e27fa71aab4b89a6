"""Questions the library did not answer: kept in the home, grouped, each with where to look.

Kept is the question, its language, when and how often it was asked, and what was nearest; nothing
of who asked. A file that cannot be written is no error: an answer must not depend on it.
"""

import contextlib
import json
import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np

from assistant.answering.values import Answer, Reading
from index.search.library import Hit, Library
from index.store.catalog import catalog_rows, recommendations_of
from index.store.values import Recommendation
from ingest.disk import is_held
from ingest.values import PRIMER

_KEPT = 1000
_WAIT_S = 2.0
_SECTIONS = 5
_SHARE = 0.45  # of the question's terms, rare ones weighing more
_SHARE_OF_MORE = 0.2  # where the place has two of the terms or more
_RELATED = 0.3  # cosine of a hit whose own sections are worth a look
_ALIKE = 0.72  # cosine of two questions that ask the same
_ALIKE_WORDS = 0.6  # shared terms, where the embedding model does not know the language
_SCHEMA = """CREATE TABLE IF NOT EXISTS gaps (
    question TEXT NOT NULL, lang TEXT NOT NULL, first TEXT NOT NULL, last TEXT NOT NULL,
    count INTEGER NOT NULL, nearest TEXT NOT NULL, sections TEXT NOT NULL,
    PRIMARY KEY (question))"""


@dataclass(frozen=True, slots=True)
class Gap:
    """Questions alike that were refused: the one asked last stands for all of them.

    ``count`` says how often they were asked in all, ``last`` when for the last time (UTC);
    ``sections`` are the places in the lists that should cover them.
    """

    question: str
    questions: tuple[str, ...]
    lang: str
    count: int
    last: str
    nearest: tuple[Reading, ...]
    sections: tuple[Recommendation, ...]


def file_of(home: Path) -> Path:
    """Return the file of a home that holds its gaps; deleting it forgets them."""
    return home / "gaps.sqlite"


def sections(library: Library, question: str, hits: Sequence[Hit]) -> tuple[Recommendation, ...]:
    """Return the places in the lists to look in for a question, best first, at most 5.

    A place fits by its words (its headings, and the titles of what stands there), or because it
    recommends one of the ``hits``, if that is about the question at all.
    """
    asked = frozenset(library.terms(question))
    idf = library.idf(sorted(asked))
    total = sum(idf.values())
    shares: dict[tuple[str, tuple[str, ...]], float] = {}
    for name, title, section in _places(library):
        words = frozenset(library.terms(" ".join((*section[-2:], title))))
        both = asked & words
        share = sum(idf[term] for term in both) / total if total else 0.0
        if share >= (_SHARE if len(both) < 2 else _SHARE_OF_MORE):
            shares[name, section] = max(share, shares.get((name, section), 0.0))
    for hit in hits:
        if hit.cosine is not None and hit.cosine >= _RELATED:
            for place in _recommended(library, hit):
                shares.setdefault((place.list, place.section), hit.cosine * _SHARE)
    best = sorted(shares, key=lambda place: -shares[place])[:_SECTIONS]
    return tuple(Recommendation(name, section, None) for name, section in best)


def _places(library: Library) -> Iterator[tuple[str, str, tuple[str, ...]]]:
    """Yield (list, title, section) of every link and every topic without one.

    A topic is a section of its own: what its curator means to cover and has no link for yet.
    """
    for row in catalog_rows(library.store):
        if len(row) == 3:
            name, title, section = row
            yield name, title, (*json.loads(section), title)
        else:
            name, _, title, section, *_ = row
            yield name, title, tuple(json.loads(section))


def _recommended(library: Library, hit: Hit) -> Sequence[Recommendation]:
    if hit.recommended_by or not hit.passage.url.startswith(PRIMER):
        return hit.recommended_by
    note = library.document(hit.passage.url)
    links = note.links if note else ()
    places = recommendations_of(library.store, links)
    return [place for link in links for place in places[link]]


def note(home: Path, refused: Answer) -> None:
    """Remember a refused question in a home; of 1,000 the one not asked for longest goes."""
    now = datetime.now(UTC).isoformat(timespec="seconds")
    nearest = [[hit.passage.title, hit.passage.url] for hit in refused.nearest]
    places = [[place.list, list(place.section)] for place in refused.look_in]
    with contextlib.suppress(sqlite3.Error, OSError):
        file_of(home).touch(mode=0o600)  # nobody else's business
        _write(home, (" ".join(refused.asked.split()), refused.lang, now, now), nearest, places)


def _write(home: Path, about: tuple[str, ...], nearest: list[Any], places: list[Any]) -> None:
    with _opened(home) as db:
        db.execute(_SCHEMA)
        db.execute(
            "INSERT INTO gaps VALUES (?, ?, ?, ?, 1, ?, ?) ON CONFLICT (question) DO UPDATE SET"
            " count = count + 1, last = excluded.last, nearest = excluded.nearest,"
            " sections = excluded.sections",
            (*about, *(json.dumps(value, ensure_ascii=False) for value in (nearest, places))),
        )
        db.execute(
            "DELETE FROM gaps WHERE rowid NOT IN"
            " (SELECT rowid FROM gaps ORDER BY last DESC, rowid DESC LIMIT ?)",
            (_KEPT,),
        )


def is_sound(home: Path) -> bool:
    """Say whether what a home remembers can be read, every row of it."""
    if not file_of(home).exists():
        return True
    try:
        with _opened(home) as db:
            whole = db.execute("PRAGMA integrity_check(1)").fetchone()[0] == "ok"
            rows = db.execute("SELECT * FROM gaps").fetchall() if whole else []
        return whole and len(rows) == len(read(home))
    except sqlite3.Error as error:
        return is_held(error)  # in use: no damage


def read(home: Path) -> list[Gap]:
    """Return every refused question, the one asked last first; none where the file is damaged."""
    if not file_of(home).exists():
        return []
    try:
        with _opened(home) as db:
            rows = db.execute("SELECT * FROM gaps ORDER BY last DESC, rowid DESC").fetchall()
    except sqlite3.Error:
        return []
    gaps = []
    for row in rows:
        with contextlib.suppress(ValueError, TypeError):  # of a row that was damaged
            gaps.append(_gap(*row))
    return gaps


def forget(home: Path, questions: Sequence[str]) -> None:
    """Forget refused questions: they can be answered now."""
    if not questions or not file_of(home).exists():
        return
    with contextlib.suppress(sqlite3.Error, OSError), _opened(home) as db:
        db.executemany(
            "DELETE FROM gaps WHERE question = ?", [(question,) for question in questions]
        )


def _gap(question: str, lang: str, _: str, last: str, count: int, nearest: str, places: str) -> Gap:
    return Gap(
        question=question,
        questions=(question,),
        lang=lang,
        count=int(count),
        last=last,
        nearest=tuple(Reading(title, url) for title, url in json.loads(nearest)),
        sections=tuple(
            Recommendation(name, tuple(path), None) for name, path in json.loads(places)
        ),
    )


@contextlib.contextmanager
def _opened(home: Path) -> Iterator[sqlite3.Connection]:
    db = sqlite3.connect(file_of(home), timeout=_WAIT_S)
    with contextlib.closing(db), db:
        yield db


def grouped(library: Library, gaps: Sequence[Gap]) -> list[Gap]:
    """Put questions alike together, those asked most often first.

    Alike by embedding; by shared terms where the embedding model does not know the language.
    """
    vectors = [library.embedder.embed_query(gap.question) for gap in gaps]
    terms = [frozenset(library.terms(gap.question)) for gap in gaps]

    def alike(one: int, other: int) -> bool:
        if gaps[one].lang == "en" == gaps[other].lang or library.embedder.multilingual:
            return float(np.dot(vectors[one], vectors[other])) >= _ALIKE
        both = terms[one] | terms[other]
        return bool(both) and len(terms[one] & terms[other]) / len(both) >= _ALIKE_WORDS

    groups: list[list[int]] = []
    for number in range(len(gaps)):
        home = next((group for group in groups if alike(group[0], number)), None)
        if home is None:
            groups.append([number])
        else:
            home.append(number)
    merged = [_merged([gaps[number] for number in group]) for group in groups]
    return sorted(merged, key=lambda gap: -gap.count)


def _merged(alike: Sequence[Gap]) -> Gap:
    first = alike[0]
    return Gap(
        question=first.question,
        questions=tuple(gap.question for gap in alike),
        lang=first.lang,
        count=sum(gap.count for gap in alike),
        last=first.last,
        nearest=first.nearest,
        sections=tuple(dict.fromkeys(place for gap in alike for place in gap.sections))[:_SECTIONS],
    )


def gap_object(gap: Gap) -> dict[str, Any]:
    """Return a gap as ``status --gaps --json`` has it."""
    return asdict(gap) | {
        "questions": list(gap.questions),
        "nearest": [asdict(reading) for reading in gap.nearest],
        "sections": [
            {"list": place.list, "section": list(place.section)} for place in gap.sections
        ],
    }
