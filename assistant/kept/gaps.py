"""Questions the library did not answer: kept, grouped, each with where to look.

Kept is the question, its language, when and how often it was asked, and what was nearest; nothing
of who asked. What cannot be written is no error: an answer must not depend on it.
"""

import json
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

import numpy as np

from assistant.answering.deciding import look_in
from assistant.answering.values import Answer, Reading
from assistant.kept.file import Damaged
from assistant.kept.store import KeptKind, Place, Rows, kept
from index.search.library import Library
from index.store.values import Recommendation
from ingest.errors import RefdeskError

_KEPT = 1000
_ALIKE = 0.72  # cosine of two questions that ask the same
_ALIKE_WORDS = 0.6  # shared terms, where the embedding model does not know the language
_SCHEMA = """CREATE TABLE IF NOT EXISTS gaps (
    question TEXT NOT NULL, lang TEXT NOT NULL, first TEXT NOT NULL, last TEXT NOT NULL,
    count INTEGER NOT NULL, nearest TEXT NOT NULL, sections TEXT NOT NULL)"""
_ROWS = "SELECT question, lang, last, count, nearest, sections FROM gaps ORDER BY last DESC"


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


class Gaps(KeptKind):
    """The refused questions of a home, or of desks that share a database.

    Args:
        place: the home folder, or the database.
    """

    def __init__(self, place: Place) -> None:
        super().__init__(kept(place, "gaps", _SCHEMA))

    def note(self, refused: Answer) -> None:
        """Remember a refused question; of 1,000 the one not asked for longest goes."""
        nearest = [[hit.passage.title, hit.passage.url] for hit in refused.nearest]
        places = [[place.list, list(place.section)] for place in refused.look_in]
        about = [json.dumps(value, ensure_ascii=False) for value in (nearest, places)]
        question = " ".join(refused.asked.split())
        now = datetime.now(UTC).isoformat(timespec="microseconds")
        with suppress(RefdeskError, OSError), self._store.writing() as db:
            known = db.execute(
                "UPDATE gaps SET count = count + 1, last = ?, nearest = ?, sections = ?"
                " WHERE question = ?", (now, *about, question),
            ).rowcount  # fmt: skip
            if not known:
                db.execute(
                    "INSERT INTO gaps (question, lang, first, last, count, nearest, sections)"
                    " VALUES (?, ?, ?, ?, 1, ?, ?)", (question, refused.lang, now, now, *about),
                )  # fmt: skip
                db.execute(
                    "DELETE FROM gaps WHERE question NOT IN"
                    " (SELECT question FROM gaps ORDER BY last DESC LIMIT ?)", (_KEPT,),
                )  # fmt: skip

    def read(self) -> list[Gap]:
        """Return every refused question, the one asked last first; none where they are damaged.

        Raises:
            UsageError: the database cannot be asked.
        """
        try:
            with self._store.reading() as db:
                rows = db.execute(_ROWS).fetchall()
        except Damaged:
            return []
        gaps = []
        for row in rows:
            with suppress(ValueError, TypeError):  # of a row that was damaged
                gaps.append(_gap(*row))
        return gaps

    def forget(self, questions: Sequence[str]) -> None:
        """Forget refused questions: they can be answered now."""
        if questions:
            with suppress(RefdeskError, OSError), self._store.writing() as db:
                for question in questions:
                    db.execute("DELETE FROM gaps WHERE question = ?", (question,))

    def _read_all(self, db: Rows) -> None:
        for row in db.execute(_ROWS):
            _gap(*row)


def _gap(question: str, lang: str, last: str, count: int, nearest: str, places: str) -> Gap:
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
        sections=tuple(dict.fromkeys(place for gap in alike for place in gap.sections))[
            : look_in.MOST
        ],
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
