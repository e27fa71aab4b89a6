"""The study cards one keeps: in a file of the home, and when each is due, by FSRS.

FSRS (Free Spaced Repetition Scheduler, Ye et al. 2022) is the package ``fsrs``; its default
parameters are kept. The file outlives every rebuild. Where several browsers use one home, each
``owner`` has cards of its own; ``""`` is who sits at the machine.
"""

import contextlib
import json
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from assistant.learning.cards import Card
from ingest.errors import NothingFound, UsageError

RATINGS = ("again", "hard", "good", "easy")
"""How well a card was known, worst first; the shell and the page count them from 1."""

_MOST = 20_000  # cards of an owner
_LONGEST = 2_000  # characters of a text
_WAIT_S = 5.0
_SCHEMA = """
CREATE TABLE IF NOT EXISTS cards (
    number INTEGER PRIMARY KEY, owner TEXT NOT NULL, topic TEXT NOT NULL, question TEXT NOT NULL,
    answer TEXT NOT NULL, quote TEXT NOT NULL, title TEXT NOT NULL, url TEXT NOT NULL,
    made TEXT NOT NULL, due TEXT NOT NULL, state TEXT NOT NULL, reviews INTEGER NOT NULL,
    UNIQUE (owner, url, question));
CREATE INDEX IF NOT EXISTS cards_due ON cards (owner, due);
CREATE TABLE IF NOT EXISTS reviews (
    card INTEGER NOT NULL REFERENCES cards (number) ON DELETE CASCADE, at TEXT NOT NULL,
    rating INTEGER NOT NULL);
"""
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


def file_of(home: Path) -> Path:
    """Return the file of a home that holds its cards; deleting it forgets them."""
    return home / "cards.sqlite"


class Deck:
    """The cards of one owner.

    Args:
        home: the home folder.
        owner: whose cards.
        now: the clock, in UTC.

    Every method raises UsageError where the file cannot be read or written.
    """

    def __init__(
        self,
        home: Path,
        owner: str = "",
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._home = home
        self._owner = owner
        self._now = now

    def add(self, cards: Sequence[Card], topic: str) -> int:
        """Keep cards, due at once; return how many are new. Those known stay as they are."""
        now = _said(self._now())
        rows = [
            (self._owner, topic[:200], *(part[:_LONGEST] for part in asdict(card).values()), now,
             now, json.dumps(_fresh(self._now())))
            for card in cards
        ]  # fmt: skip
        with self._opened() as db:
            before = self._count(db)
            db.executemany(
                "INSERT OR IGNORE INTO cards (owner, topic, question, answer, quote, title, url,"
                " made, due, state, reviews) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0)",
                rows[: max(0, _MOST - before)],
            )
            return self._count(db) - before

    def due(self, most: int = 1) -> list[Kept]:
        """Return cards that are due, those reviewed before first, at most so many."""
        with self._opened() as db:
            return self._kept(
                db,
                "AND due <= ? ORDER BY reviews = 0, due, number LIMIT ?",
                _said(self._now()),
                most,
            )

    def all(self) -> list[Kept]:
        """Return every card, as they were made."""
        with self._opened() as db:
            return self._kept(db, "ORDER BY number")

    def standing(self) -> Standing:
        """Return how much there is to do."""
        if not file_of(self._home).exists():
            return Standing(0, 0, None)
        now = _said(self._now())
        with self._opened() as db:
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
        with self._opened() as db:
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
        with self._opened() as db:
            db.execute("DELETE FROM cards WHERE owner = ? AND number = ?", (self._owner, number))

    def _count(self, db: sqlite3.Connection) -> int:
        row = db.execute("SELECT count(*) FROM cards WHERE owner = ?", (self._owner,)).fetchone()
        return int(row[0])

    def _kept(self, db: sqlite3.Connection, which: str, *values: object) -> list[Kept]:
        query = f"SELECT {_FIELDS} FROM cards WHERE owner = ? {which}"
        return [_row(row) for row in db.execute(query, (self._owner, *values))]

    @contextlib.contextmanager
    def _opened(self) -> Iterator[sqlite3.Connection]:
        file = file_of(self._home)
        try:
            file.touch(mode=0o600)  # nobody else's business
            db = sqlite3.connect(file, timeout=_WAIT_S)
            with contextlib.closing(db), db:
                db.execute("PRAGMA foreign_keys = ON")
                db.executescript(_SCHEMA)
                yield db
        except (sqlite3.Error, OSError) as error:
            raise UsageError(
                f"The cards in {file} cannot be read or kept: {error}. Move the file away to begin "
                "anew."
            ) from error


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
