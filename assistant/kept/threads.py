"""Threads: what was asked in a row and what was answered.

Each answer is kept whole, as ``ask --json`` has it, so a thread shows its sources as they were,
whatever the library holds by then. A place that cannot be written to never costs anybody an answer.
"""

import json
import secrets
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from assistant.answering.values import Answer
from assistant.contract import to_json
from assistant.input_limits import readable
from assistant.kept.answer_of import answer_of
from assistant.kept.file import CannotWrite, Damaged
from assistant.kept.store import KeptKind, Place, Rows, kept
from assistant.kept.words import around, like, terms
from ingest.errors import NothingFound, RefdeskError, UsageError

TITLE = 200
"""The most characters of a thread's title."""
_MANY = 20_000  # threads of one person
_TURNS = 1_000  # of one thread
_SHORTEST_ID = 4
_SCHEMA = """CREATE TABLE IF NOT EXISTS threads (
    id TEXT PRIMARY KEY, owner TEXT NOT NULL, title TEXT NOT NULL, origin TEXT NOT NULL,
    created TEXT NOT NULL, updated TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS latest ON threads (owner, updated);
CREATE TABLE IF NOT EXISTS turns (
    number INTEGER PRIMARY KEY, thread TEXT NOT NULL REFERENCES threads (id),
    asked_at TEXT NOT NULL, answer TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS of_thread ON turns (thread)"""
_ROWS = """SELECT id, title, origin, created, updated,
    (SELECT COUNT(*) FROM turns WHERE thread = threads.id) FROM threads"""
_LATEST = """ORDER BY updated DESC,
    (SELECT MAX(number) FROM turns WHERE thread = threads.id) DESC"""


@dataclass(frozen=True, slots=True)
class Thread:
    """A kept thread: times are UTC, ``turns`` counts its questions.

    ``origin`` is where it was begun: ``shell``, ``chat``, ``page`` or ``program``. ``snippet`` says
    around which words a search found it.
    """

    id: str
    title: str
    origin: str
    created: str
    updated: str
    turns: int
    snippet: str = ""


@dataclass(frozen=True, slots=True)
class KeptTurn:
    """One question of a thread: when it was asked (UTC), and its ``ask --json`` object."""

    asked_at: str
    answer: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Whole:
    """A thread with everything asked in it, in order."""

    thread: Thread
    turns: tuple[KeptTurn, ...]


class Threads(KeptKind):
    """The threads of a home, or of desks that share a database.

    ``owner`` tells the people apart who share a home: "" is who sits at it, None is everybody. It
    comes from `ui.serving`, which knows whom it speaks with.

    Args:
        place: the home folder, or the database.
        keeping: whether anything new is kept.
        notice: told when what was damaged was put aside, or something could not be kept.
    """

    def __init__(
        self,
        place: Place,
        *,
        keeping: bool = True,
        notice: Callable[[str], None] = lambda text: None,
    ) -> None:
        super().__init__(kept(place, "threads", _SCHEMA, searched=True))
        self._notice = notice
        self.keeping = keeping

    def keep(
        self, answer: Answer, *, thread: str | None = None, owner: str = "", origin: str = "shell"
    ) -> str | None:
        """Keep an answer at the end of a thread, or in one of its own; return the thread's id.

        Of a question asked alone twice running, as a page does that is loaded again, the newer
        answer stays. Never fails: None where nothing was kept.
        """
        if not self.keeping:
            return None
        try:
            try:
                return self._add(answer, thread, owner, origin)
            except Damaged:
                if self.is_sound():  # another process saw it first
                    raise
                aside = self._store.set_aside()
                self._notice(
                    f"{self._store.name} was damaged. It is put aside as {aside}, and a "
                    "new one is begun."
                )
                return self._add(answer, None, owner, origin)
        except CannotWrite:  # a home that can only be read answers all the same
            return None
        except (RefdeskError, OSError) as error:
            self._notice(f"This thread is not kept: {error}")
            return None

    def _add(self, answer: Answer, thread: str | None, owner: str, origin: str) -> str:
        now = datetime.now(UTC).isoformat(timespec="seconds")
        whole = readable(json.dumps(to_json(answer), ensure_ascii=False))
        titles = " ".join(cited.title for cited in answer.citations)
        body = readable(f"{answer.question}\n{answer.text}\n{titles}")
        with self._store.writing() as db:
            known = thread and db.execute(
                "SELECT COUNT(*) FROM turns JOIN threads ON threads.id = thread"
                " WHERE threads.id = ? AND owner = ?", (thread, owner),
            ).fetchone()[0]  # fmt: skip
            if not known or known >= _TURNS:
                thread = _asked_again(db, answer.question, owner, origin)
                thread = thread or self._begin(db, answer.question, owner, origin, now)
            assert thread is not None  # noqa: S101  # begun a line ago
            ((number,),) = db.execute(
                "INSERT INTO turns (thread, asked_at, answer) VALUES (?, ?, ?) RETURNING number",
                (thread, now, whole),
            ).fetchall()
            db.put_words(number, body)
            db.execute("UPDATE threads SET updated = ? WHERE id = ?", (now, thread))
        return thread

    def _begin(self, db: Rows, question: str, owner: str, origin: str, now: str) -> str:
        count = db.execute("SELECT COUNT(*) FROM threads WHERE owner = ?", (owner,)).fetchone()[0]
        if count >= _MANY:
            raise UsageError(f"{_MANY:,} threads are kept already: delete some.")
        name = secrets.token_hex(5)
        row = (name, owner, _title(question) or "?", origin, now, now)
        db.execute("INSERT INTO threads VALUES (?, ?, ?, ?, ?, ?)", row)
        return name

    def latest(self, owner: str | None = "", *, limit: int = 100, offset: int = 0) -> list[Thread]:
        """Return threads, those asked in last first.

        Raises:
            Damaged: the file cannot be read; so do all that follow.
        """
        mine, values = _of(owner)
        with self._store.reading() as db:
            rows = db.execute(
                f"{_ROWS} WHERE {mine} {_LATEST} LIMIT ? OFFSET ?",
                (*values, limit, offset),
            ).fetchall()
        return [Thread(*row) for row in rows]

    def search(self, query: str, owner: str | None = "", *, limit: int = 100) -> list[Thread]:
        """Return the threads that hold every word of a query, anywhere in them, the last first.

        Raises:
            UsageError: the query holds no word.
        """
        wanted = terms(query)
        mine, values = _of(owner)
        with self._store.reading() as db:
            numbers = [db.rows_with(term) for term in wanted]
            owner_of = _owners(db, set().union(*numbers))
            mine_all = [
                Thread(*row) for row in db.execute(f"{_ROWS} WHERE {mine} {_LATEST}", values)
            ]
            left = {thread.id for thread in mine_all}
            for term, matching in zip(wanted, numbers, strict=True):
                folded = term.casefold()
                titled = {each.id for each in mine_all if folded in each.title.casefold()}
                left &= titled | {owner_of[number] for number in matching}
            threads = [thread for thread in mine_all if thread.id in left][:limit]
            best = set.intersection(*numbers) or set().union(*numbers)
            shown = {owner_of[number]: number for number in sorted(best, reverse=True)}
            return [
                replace(thread, snippet=_snippet(db, shown, thread, wanted)) for thread in threads
            ]

    def quoting(self, urls: Sequence[str]) -> list[Thread]:
        """Return everybody's threads that cite one of these pages."""
        with self._store.reading() as db:
            names: set[str] = set()
            for url in urls:
                cites = like(f'"url": {json.dumps(url, ensure_ascii=False)}')
                names |= {
                    name
                    for (name,) in db.execute(
                        "SELECT thread FROM turns WHERE answer LIKE ? ESCAPE '\\'", (cites,)
                    )
                }
            return [Thread(*row) for row in db.execute(_ROWS) if row[0] in names]

    def show(self, thread: str, owner: str | None = "") -> Whole:
        """Return a thread whole; ``thread`` is its id, or how that begins.

        Raises:
            NothingFound: there is none, or not one alone.
        """
        with self._store.reading() as db:
            named = self._named(db, thread, owner)
            rows = db.execute(
                "SELECT asked_at, answer FROM turns WHERE thread = ? ORDER BY number", (named.id,)
            ).fetchall()
        try:
            turns = tuple(KeptTurn(when, _read(answer)) for when, answer in rows)
        except (ValueError, KeyError, TypeError) as error:
            raise Damaged(
                f"Thread {named.id} is damaged ({error}): `refdesk check` says more."
            ) from error
        return Whole(named, turns)

    def rename(self, thread: str, title: str, owner: str | None = "") -> Thread:
        """Give a thread another title; return it.

        Raises:
            NothingFound: as :meth:`show`.
            UsageError: the title is empty or too long.
        """
        flat = readable(" ".join(title.split()))
        if not flat or len(flat) > TITLE:
            raise UsageError(f"A title has between 1 and {TITLE} characters.")
        with self._store.writing() as db:
            named = self._named(db, thread, owner)
            db.execute("UPDATE threads SET title = ? WHERE id = ?", (flat, named.id))
        return replace(named, title=flat)

    def delete(self, thread: str, owner: str | None = "") -> Thread:
        """Delete a thread for good; return what it was.

        Raises:
            NothingFound: as :meth:`show`.
        """
        with self._store.writing(erasing=True) as db:
            named = self._named(db, thread, owner)
            _empty(db, named.id)
            db.execute("DELETE FROM threads WHERE id = ?", (named.id,))
        return named

    def _read_all(self, db: Rows) -> None:
        for row in db.execute(_ROWS):
            Thread(*row)
        for _, answer in db.execute("SELECT thread, answer FROM turns"):
            answer_of(_read(answer))
        db.rows_with("the")

    def _named(self, db: Rows, thread: str, owner: str | None) -> Thread:
        mine, values = _of(owner)
        rows = db.execute(
            f"{_ROWS} WHERE {mine} AND id >= ? AND id < ? LIMIT 2",
            (*values, thread, f"{thread}\U0010ffff"),
        ).fetchall()
        if len(rows) != 1 or len(thread) < _SHORTEST_ID:
            several = "no one thread" if rows else "no thread"
            raise NothingFound(
                f"There is {several} {thread[:40]} here: see `refdesk threads list`."
            )
        return Thread(*rows[0])


def thread_object(thread: Thread) -> dict[str, Any]:
    """Return a thread as ``threads list --json`` has it."""
    return {
        "id": thread.id, "title": thread.title, "origin": thread.origin,
        "created": thread.created, "updated": thread.updated, "questions": thread.turns,
    } | ({"snippet": thread.snippet} if thread.snippet else {})  # fmt: skip


def whole_object(whole: Whole) -> dict[str, Any]:
    """Return a thread with its answers, as ``threads show --json`` and an export have it."""
    turns = [{"asked_at": turn.asked_at, "answer": turn.answer} for turn in whole.turns]
    return thread_object(whole.thread) | {"turns": turns}


def whole_of(saved: Mapping[str, Any]) -> Whole:
    """Return the thread of such an object.

    Raises:
        KeyError, TypeError, ValueError: it is none.
    """
    turns = tuple(KeptTurn(str(turn["asked_at"]), turn["answer"]) for turn in saved["turns"])
    for turn in turns:
        answer_of(turn.answer)
    fields = (str(saved[name]) for name in ("id", "title", "origin", "created", "updated"))
    name, title, origin, created, updated = fields
    return Whole(Thread(name, title, origin, created, updated, len(turns)), turns)


def answers(saved: Any) -> Sequence[Any]:
    """Return the answers of a saved thread, or the one answer that was saved alone."""
    turns = saved.get("turns") if isinstance(saved, dict) else None
    if not isinstance(turns, list):
        return (saved,)
    return tuple(turn.get("answer") if isinstance(turn, dict) else turn for turn in turns)


def _asked_again(db: Rows, question: str, owner: str, origin: str) -> str | None:
    """Return the thread asked in last, emptied, if the same question is all that stood in it."""
    row = db.execute(
        f"SELECT id FROM threads WHERE owner = ? {_LATEST} LIMIT 1", (owner,)
    ).fetchone()
    if row is None:
        return None
    asked = db.execute(
        "SELECT answer, origin FROM turns JOIN threads ON threads.id = thread"
        " WHERE thread = ? LIMIT 2", row,
    ).fetchall()  # fmt: skip
    with suppress(ValueError, TypeError, KeyError):  # of a row that was damaged
        if len(asked) == 1 and (_read(asked[0][0])["question"], asked[0][1]) == (question, origin):
            _empty(db, row[0])
            return str(row[0])
    return None


def _empty(db: Rows, thread: str) -> None:
    gone = db.execute("SELECT number FROM turns WHERE thread = ?", (thread,)).fetchall()
    db.drop_words(number for (number,) in gone)
    db.execute("DELETE FROM turns WHERE thread = ?", (thread,))


def _title(question: str) -> str:
    flat = readable(" ".join(question.split()))
    return flat if len(flat) <= TITLE else f"{flat[: TITLE - 1]}…"


def _read(answer: str) -> dict[str, Any]:
    saved = json.loads(answer)
    if not isinstance(saved, dict):
        raise TypeError("an answer is no object")
    return saved


def _of(owner: str | None) -> tuple[str, tuple[str, ...]]:
    return ("TRUE", ()) if owner is None else ("owner = ?", (owner,))


def _owners(db: Rows, numbers: set[int]) -> dict[int, str]:
    """Return the thread of each of these turns."""
    if not numbers:
        return {}
    pairs = db.execute("SELECT number, thread FROM turns")
    return {number: thread for number, thread in pairs if number in numbers}


def _snippet(db: Rows, shown: Mapping[str, int], thread: Thread, wanted: Sequence[str]) -> str:
    number = shown.get(thread.id)
    if number is None:
        return ""
    return around(db.words_of(number), wanted)
