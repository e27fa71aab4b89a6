"""The study cards one keeps, and when each is due, by FSRS.

FSRS (Free Spaced Repetition Scheduler, Ye et al. 2022) is the package ``fsrs``; its default
parameters are kept. They outlive every rebuild. Where several browsers use one home, each
``owner`` has cards of its own; ``""`` is who sits at the machine.
"""

import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

from assistant.input_limits import readable
from assistant.kept.store import KeptKind, Place, Rows, kept
from assistant.learning.cards import Card
from ingest.errors import NothingFound, UsageError

RATINGS = ("again", "hard", "good", "easy")
"""How well a card was known, worst first; the shell and the page count them from 1."""

_MOST = 20_000  # cards of an owner
_LONGEST = 2_000  # characters of a text
_SCHEMA = """
CREATE TABLE IF NOT EXISTS cards (
    number INTEGER PRIMARY KEY, owner TEXT NOT NULL, topic TEXT NOT NULL, question TEXT NOT NULL,
    answer TEXT NOT NULL, quote TEXT NOT NULL, title TEXT NOT NULL, url TEXT NOT NULL,
    made TEXT NOT NULL, due TEXT NOT NULL, state TEXT NOT NULL, reviews INTEGER NOT NULL);
CREATE INDEX IF NOT EXISTS cards_due ON cards (owner, due);
CREATE TABLE IF NOT EXISTS reviews (
    card INTEGER NOT NULL REFERENCES cards (number) ON DELETE CASCADE, at TEXT NOT NULL,
    rating INTEGER NOT NULL)"""
_FIELDS = "number, topic, question, answer, quote, title, url, due, state, reviews"


@dataclass(frozen=True, slots=True)
class Kept:
    """A card that is kept: when it is due (UTC), and how often it was reviewed.

    ``learned``: it left the steps of learning, and is asked again after days.
    """

    number: int
    topic: str
    card: Card
    due: datetime
    reviews: int
    learned: bool


@dataclass(frozen=True, slots=True)
class Standing:
    """How many cards are due, how many are kept, and when the next is due if none is."""

    due: int
    kept: int
    next_due: datetime | None


class Deck(KeptKind):
    """The cards of one owner.

    Args:
        place: the home folder, or the database that desks share.
        owner: whose cards.
        now: the clock, in UTC.

    Every method raises UsageError where they cannot be read or written.
    """

    def __init__(
        self,
        place: Place,
        owner: str = "",
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        super().__init__(kept(place, "cards", _SCHEMA))
        self._owner = owner
        self._now = now

    def add(self, cards: Sequence[Card], topic: str) -> int:
        """Keep cards, due at once; return how many are new. Those known stay as they are."""
        now = _said(self._now())
        state = json.dumps(_fresh(self._now()))
        new = 0
        with self._store.writing() as db:
            sql = "SELECT url, question FROM cards WHERE owner = ?"
            known = {tuple(row) for row in db.execute(sql, (self._owner,))}
            for card in cards[: max(0, _MOST - len(known))]:
                question, answer, quote, title, url = (
                    readable(part)[:_LONGEST] for part in asdict(card).values()
                )
                if (url, question) not in known:
                    db.execute(
                        "INSERT INTO cards (owner, topic, question, answer, quote, title, url,"
                        " made, due, state, reviews) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0)",
                        (self._owner, readable(topic)[:200], question, answer, quote, title, url,
                         now, now, state),
                    )  # fmt: skip
                    known.add((url, question))
                    new += 1
        return new

    def due(self, most: int = 1) -> list[Kept]:
        """Return cards that are due, those reviewed before first, at most so many."""
        with self._store.reading() as db:
            return self._kept(
                db,
                "AND due <= ? ORDER BY reviews = 0, due, number LIMIT ?",
                _said(self._now()),
                most,
            )

    def all(self) -> list[Kept]:
        """Return every card, as they were made."""
        with self._store.reading() as db:
            return self._kept(db, "ORDER BY number")

    def standing(self) -> Standing:
        """Return how much there is to do."""
        now = _said(self._now())
        with self._store.reading() as db:
            due, kept, after = db.execute(
                "SELECT count(*) FILTER (WHERE due <= ?), count(*), min(due) FILTER (WHERE due > ?)"
                " FROM cards WHERE owner = ?",
                (now, now, self._owner),
            ).fetchone()
        return Standing(due, kept, datetime.fromisoformat(after) if after else None)

    def rate(self, number: int, rating: int) -> Kept:
        """Note how well a card was known (1 again, 2 hard, 3 good, 4 easy); return it as it is due.

        Raises:
            UsageError: there is no such rating.
            NothingFound: there is no such card.
        """
        import fsrs  # needed here alone

        if not 1 <= rating <= len(RATINGS):
            raise UsageError(f"There is no rating {rating}: give 1 (again) to 4 (easy).")
        now = self._now()
        with self._store.writing() as db:
            row = db.execute(
                "SELECT state FROM cards WHERE owner = ? AND number = ?", (self._owner, number)
            ).fetchone()
            if row is None:
                raise NothingFound(f"There is no card {number} any more.")
            scheduler = fsrs.Scheduler(enable_fuzzing=False)
            card, _ = scheduler.review_card(
                fsrs.Card.from_dict(json.loads(row[0])), fsrs.Rating(rating), now
            )
            db.execute(
                "UPDATE cards SET state = ?, due = ?, reviews = reviews + 1 WHERE number = ?",
                (json.dumps(card.to_dict()), _said(card.due), number),
            )
            db.execute("INSERT INTO reviews VALUES (?, ?, ?)", (number, _said(now), rating))
            return self._kept(db, "AND number = ?", number)[0]

    def remove(self, number: int) -> None:
        """Forget a card."""
        mine = "owner = ? AND number = ?"
        with self._store.writing() as db:
            gone = f"DELETE FROM reviews WHERE card IN (SELECT number FROM cards WHERE {mine})"
            db.execute(gone, (self._owner, number))
            db.execute(f"DELETE FROM cards WHERE {mine}", (self._owner, number))

    def _read_all(self, db: Rows) -> None:
        for row in db.execute(f"SELECT {_FIELDS} FROM cards"):
            _row(row)

    def _kept(self, db: Rows, which: str, *values: object) -> list[Kept]:
        query = f"SELECT {_FIELDS} FROM cards WHERE owner = ? {which}"
        return [_row(row) for row in db.execute(query, (self._owner, *values))]


def _fresh(now: datetime) -> dict[str, Any]:
    import fsrs

    return dict(fsrs.Card(card_id=0, due=now).to_dict())


def _said(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds")


def _row(row: Sequence[Any]) -> Kept:
    import fsrs

    number, topic, question, answer, quote, title, url, due, state, reviews = row
    learned = json.loads(state)["state"] == int(fsrs.State.Review)
    card = Card(question, answer, quote, title, url)
    return Kept(number, topic, card, datetime.fromisoformat(due), reviews, learned)
