"""Notes and highlights on archived pages and answers.

A note is fastened to words (`assistant.kept.anchor`), so it stands where they stand, also in a
newer copy of the page. It is what its owner says, never evidence for an answer.
"""

import json
import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from assistant.input_limits import readable
from assistant.kept.anchor import CONTEXT, Anchor
from assistant.kept.store import KeptKind, Place, Rows, kept
from assistant.kept.words import terms
from ingest.errors import NothingFound, UsageError

QUOTE = 4_000
"""The most characters of the words a note is fastened to."""
TEXT = 20_000
"""The most characters of a note."""
TAG = 50
TAGS = 20
_MANY = 50_000  # notes of one person
_SCHEMA = """CREATE TABLE IF NOT EXISTS notes (
    number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, owner TEXT NOT NULL, url TEXT NOT NULL,
    title TEXT NOT NULL, document_sha256 TEXT NOT NULL, exact TEXT NOT NULL, prefix TEXT NOT NULL,
    suffix TEXT NOT NULL, start INTEGER NOT NULL, "end" INTEGER NOT NULL, text TEXT NOT NULL,
    tags TEXT NOT NULL, created TEXT NOT NULL, updated TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS latest ON notes (owner, updated)"""
_COLUMNS = """id, owner, url, title, document_sha256, exact, prefix, suffix, start, "end", text,
    tags, created, updated"""
_ROWS = """SELECT id, url, title, document_sha256, exact, prefix, suffix, start, "end", text, tags,
    created, updated FROM notes"""
THREAD = "refdesk:thread/"
"""How the address of an answer begins: a thread's id follows."""


@dataclass(frozen=True, slots=True)
class Note:
    """A note, or without ``text`` a highlight; ``url`` is its page's, or `THREAD` and an id.

    ``document_sha256`` is the digest of the page's text when the note was made, "" for an answer.
    Times are UTC.
    """

    id: str
    url: str
    title: str
    document_sha256: str
    anchor: Anchor
    text: str
    tags: tuple[str, ...]
    created: str
    updated: str


class Notes(KeptKind):
    """The notes of a home, or of desks that share a database.

    ``owner`` is as in `assistant.kept.threads.Threads`.

    Args:
        place: the home folder, or the database.
        keeping: whether new ones are kept.
    """

    def __init__(self, place: Place, *, keeping: bool = True) -> None:
        super().__init__(kept(place, "notes", _SCHEMA, searched=True))
        self.keeping = keeping

    def add(
        self, url: str, title: str, digest: str, anchor: Anchor, text: str = "",
        tags: Iterable[str] = (), *, owner: str = "",
    ) -> Note:  # fmt: skip
        """Keep a note; return it.

        Raises:
            UsageError: something is too long, nothing is kept here, or it cannot be written.
        """
        if not self.keeping:
            raise UsageError("Nothing is kept here: refdesk was started that way.")
        now = datetime.now(UTC).isoformat(timespec="seconds")
        fit = replace(
            anchor, exact=readable(anchor.exact),
            prefix=readable(anchor.prefix[-CONTEXT:]), suffix=readable(anchor.suffix[:CONTEXT]),
        )  # fmt: skip
        if not fit.exact.strip() or len(fit.exact) > QUOTE:
            raise UsageError(f"A note is fastened to 1 to {QUOTE:,} characters of text.")
        name = secrets.token_hex(5)
        note = Note(
            name, readable(url), readable(title)[:500], digest, fit, _text(text), _tags(tags),
            now, now,
        )  # fmt: skip
        with self._store.writing() as db:
            (count,) = db.execute("SELECT COUNT(*) FROM notes WHERE owner = ?", (owner,)).fetchone()
            if count >= _MANY:
                raise UsageError(f"{_MANY:,} notes are kept already: delete some.")
            ((number,),) = db.execute(
                f"INSERT INTO notes ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
                " RETURNING number",
                (name, owner, *_row(note)[1:]),
            ).fetchall()
            db.put_words(number, _body(note))
        return note

    def latest(
        self, owner: str | None = "", *, url: str = "", tag: str = "", limit: int = 100,
        offset: int = 0,
    ) -> list[Note]:  # fmt: skip
        """Return notes, the one written last first; of one page, or with one tag, if named.

        Raises:
            Damaged: the file cannot be read; so do all that follow.
        """
        with self._store.reading() as db:
            where, values = _of(db, owner, url=url, tag=tag)
            rows = db.execute(
                f"{_ROWS} WHERE {where} ORDER BY updated DESC, number DESC LIMIT ? OFFSET ?",
                (*values, limit, offset),
            ).fetchall()
        return [_note(row) for row in rows]

    def search(self, query: str, owner: str | None = "", *, limit: int = 100) -> list[Note]:
        """Return the notes that hold every word of a query, the one written last first.

        Looked at are what they say, their quote, tags and title.

        Raises:
            UsageError: the query holds no word.
        """
        wanted = terms(query)
        with self._store.reading() as db:
            where, values = _of(db, owner)
            numbers = set.intersection(*(db.rows_with(term) for term in wanted))
            rows = db.execute(
                f"SELECT number, updated FROM notes WHERE {where} ORDER BY updated DESC,"
                " number DESC", values,
            )  # fmt: skip
            chosen = [number for number, _ in rows if number in numbers][:limit]
            return [
                _note(db.execute(f"{_ROWS} WHERE number = ?", (number,)).fetchone())
                for number in chosen
            ]

    def edit(
        self, note: str, owner: str | None = "", *, text: str | None = None,
        tags: Iterable[str] | None = None,
    ) -> Note:  # fmt: skip
        """Change what a note says, or its tags; return it.

        Raises:
            NothingFound: there is no such note.
            UsageError: as :meth:`add`.
        """
        with self._store.writing() as db:
            number, old = self._named(db, note, owner)
            new = replace(
                old,
                text=old.text if text is None else _text(text),
                tags=old.tags if tags is None else _tags(tags),
                updated=datetime.now(UTC).isoformat(timespec="seconds"),
            )
            db.execute(
                "UPDATE notes SET text = ?, tags = ?, updated = ? WHERE number = ?",
                (new.text, json.dumps(new.tags, ensure_ascii=False), new.updated, number),
            )
            db.drop_words([number])
            db.put_words(number, _body(new))
        return new

    def delete(self, note: str, owner: str | None = "") -> Note:
        """Delete a note for good; return what it was.

        Raises:
            NothingFound: there is no such note.
        """
        with self._store.writing(erasing=True) as db:
            number, old = self._named(db, note, owner)
            db.drop_words([number])
            db.execute("DELETE FROM notes WHERE number = ?", (number,))
        return old

    def _read_all(self, db: Rows) -> None:
        for row in db.execute(_ROWS):
            _note(row)
        db.rows_with("the")

    def _named(self, db: Rows, note: str, owner: str | None) -> tuple[int, Note]:
        where, values = _of(db, owner)
        row = db.execute(
            f"SELECT number FROM notes WHERE {where} AND id = ?", (*values, note)
        ).fetchone()
        if row is None:
            raise NothingFound(f"There is no note {note[:40]}: see `refdesk notes list`.")
        return row[0], _note(db.execute(f"{_ROWS} WHERE number = ?", row).fetchone())


def note_object(note: Note) -> dict[str, Any]:
    """Return a note as ``notes list --json`` has it."""
    return {
        "id": note.id, "url": note.url, "title": note.title, "quote": note.anchor.exact,
        "prefix": note.anchor.prefix, "suffix": note.anchor.suffix, "start": note.anchor.start,
        "end": note.anchor.end, "document_sha256": note.document_sha256, "note": note.text,
        "tags": list(note.tags), "created": note.created, "updated": note.updated,
    }  # fmt: skip


def _of(
    db: Rows, owner: str | None, *, url: str = "", tag: str = ""
) -> tuple[str, tuple[str, ...]]:
    conditions, values = ["TRUE"], []
    if owner is not None:
        conditions.append("owner = ?")
        values.append(owner)
    if url:
        conditions.append("url = ?")
        values.append(url)
    if tag:
        conditions.append(db.lists("tags"))
        values.append(tag)
    return " AND ".join(conditions), tuple(values)


def _text(given: str) -> str:
    if len(given) > TEXT:
        raise UsageError(f"The note has {len(given):,} characters, and {TEXT:,} is the most.")
    return readable(given.strip())


def _tags(given: Iterable[str]) -> tuple[str, ...]:
    tags = tuple(dict.fromkeys(flat for tag in given if (flat := readable(" ".join(tag.split())))))
    if len(tags) > TAGS or any(len(tag) > TAG for tag in tags):
        raise UsageError(f"A note has at most {TAGS} tags, of at most {TAG} characters.")
    return tags


def _body(note: Note) -> str:
    return "\n".join((note.text, note.anchor.exact, " ".join(note.tags), note.title))


def _row(note: Note) -> tuple[Any, ...]:
    at = note.anchor
    tags = json.dumps(note.tags, ensure_ascii=False)
    return (note.id, note.url, note.title, note.document_sha256, at.exact, at.prefix, at.suffix,
            at.start, at.end, note.text, tags, note.created, note.updated)  # fmt: skip


def _note(row: Sequence[Any]) -> Note:
    name, url, title, digest, exact, prefix, suffix, start, end, text, tags, created, updated = row
    anchor = Anchor(exact, prefix, suffix, int(start), int(end))
    labels = tuple(map(str, json.loads(tags)))
    return Note(name, url, title, digest, anchor, text, labels, created, updated)
