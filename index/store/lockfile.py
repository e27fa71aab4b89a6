"""What a library holds, in a file to compare with: every address, its text's SHA-256, passages.

A lockfile is JSON with one line a source, so that version control shows what changed. Whoever has
one can say whether another home holds the same texts, cut into the same passages, under the same
lists.
"""

import json
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from index.store import sums
from index.store.carry import lists_of
from index.store.generation import Home
from index.store.recipe import FORMAT
from index.store.sqlite import LISTED, Store
from ingest.disk import bytes_of
from ingest.errors import NothingFound, UsageError
from ingest.lists.catalog_file import CuratedList, Entry, Topic
from ingest.values import READER

SUFFIX = ".lock.json"
_VERSION = 1
_MOST = 500_000_000  # bytes of a lockfile: some ten million passages
_SHA = re.compile(r"[0-9a-f]{64}")
_PASSAGE = re.compile(r"[0-9a-f]{16}")


@dataclass(frozen=True, slots=True)
class Locked:
    """A source: its text's SHA-256, the day it was archived, the ids of its passages in order."""

    title: str
    sha256: str
    archived: str
    passages: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Lock:
    """What a library held: its sources by address, its lists by name; ``digest`` is its own."""

    digest: str
    embedder: str
    documents: Mapping[str, Locked]
    lists: Mapping[str, CuratedList]


def lock_of(home: Home) -> Lock:
    """Return what the current library of a home holds.

    Raises:
        NothingFound: it has none, or one of another version.
        UsageError: it is damaged.
    """
    current = home.current()
    if current is None:
        raise NothingFound(f"The home {home.root} holds no library yet: run `refdesk ingest`.")
    if harm := sums.damage(current, every_byte=False):
        raise UsageError(
            f"The library in {home.root} is damaged ({harm[0][0]}: {harm[0][1]}): run "
            "`refdesk check --repair` first."
        )
    store = Store(current / "library.sqlite")
    if store.setting("format") != str(FORMAT):
        raise NothingFound(
            f"The library in {home.root} was built by another version of refdesk: run "
            "`refdesk rebuild`."
        )
    passages: dict[str, list[str]] = {}
    for url, key in store.rows(
        "SELECT url, key FROM passages JOIN documents ON document = documents.id"
        " ORDER BY url, start, passages.id"
    ):
        passages.setdefault(url, []).append(key)
    documents = {
        url: Locked(title, sha256, at[:10], tuple(passages.get(url, ())))
        for url, title, sha256, at in store.rows(
            "SELECT url, title, sha256, fetched_at FROM documents WHERE page NOT LIKE ?"
            " ORDER BY url",
            (f"{LISTED}%",),
        )
    }
    lock = Lock(
        store.setting("digest") or "",
        store.setting("embedder") or "",
        documents,
        {curated.name: curated for curated in lists_of(home)},
    )
    store.close()
    return lock


def dumps(lock: Lock) -> str:
    """Return a lock as JSON, one line a source and an entry."""
    head = {
        "refdesk-lock": _VERSION,
        "digest": lock.digest,
        "embedder": lock.embedder,
        "reader": READER,
    }
    documents = {
        url: {
            "title": document.title,
            "sha256": document.sha256,
            "archived": document.archived,
            "passages": list(document.passages),
        }
        for url, document in sorted(lock.documents.items())
    }
    parts = [f" {_json(name)}: {_json(value)}" for name, value in head.items()]
    parts.append(f' "documents": {_lines(documents)}')
    parts.append(
        f' "lists": {_lines({name: _list(curated) for name, curated in lock.lists.items()})}'
    )
    return "{\n" + ",\n".join(parts) + "\n}\n"


def loads(text: str) -> Lock:
    """Read a lock.

    Raises:
        UsageError: it is none, or one of another version.
    """
    try:
        said = json.loads(text)
        if not isinstance(said, dict) or "refdesk-lock" not in said:
            raise UsageError("it is no lockfile of refdesk")
        if said["refdesk-lock"] != _VERSION:
            raise UsageError("it was written by another version of refdesk")
        return Lock(
            _text(said["digest"]),
            _text(said["embedder"]),
            {_text(url): _locked(document) for url, document in said["documents"].items()},
            {_text(name): _list_of(name, curated) for name, curated in said["lists"].items()},
        )
    except UsageError:
        raise
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        why = f"{type(error).__name__}: {error}"[:200]
        raise UsageError(f"it is no whole lockfile of refdesk ({why})") from error


def read(file: Path) -> Lock:
    """Read a lockfile.

    Raises:
        UsageError: it cannot be read, or is none.
    """
    try:
        return loads(bytes_of(file, _MOST).decode("utf-8"))
    except (OSError, ValueError, UsageError) as error:
        said = error.strerror if isinstance(error, OSError) else str(error)
        raise UsageError(f"{file} cannot be read: {said}.") from error


def write(lock: Lock, file: Path) -> int:
    """Write a lockfile, as a whole or not at all; return its bytes.

    Raises:
        UsageError: the file exists already or cannot be written.
    """
    partial = file.with_name(f"{file.name}.part")
    try:
        if file.exists():
            raise UsageError(f"{file} exists already: choose another name.")
        with partial.open("w", encoding="utf-8", newline="\n") as out:
            out.write(dumps(lock))
            out.flush()
            os.fsync(out.fileno())
        partial.rename(file)
        return file.stat().st_size
    except OSError as error:
        partial.unlink(missing_ok=True)
        raise UsageError(f"{file} cannot be written: {error.strerror}.") from error


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def _lines(values: Mapping[str, Any]) -> str:
    rows = ",\n".join(f"  {_json(name)}: {_json(value)}" for name, value in values.items())
    return f"{{\n{rows}\n }}" if rows else "{}"


def _list(curated: CuratedList) -> dict[str, Any]:
    return {
        "title": curated.title,
        "entries": [
            [entry.url, list(entry.section), entry.title, entry.difficulty]
            for entry in curated.entries
        ],
        "topics": [[topic.title, list(topic.section)] for topic in curated.topics],
    }


def _list_of(name: str, said: Mapping[str, Any]) -> CuratedList:
    entries = tuple(
        Entry(_text(title), _text(url), _texts(section), "", "", _text(difficulty or "") or None)
        for url, section, title, difficulty in said["entries"]
    )
    topics = tuple(Topic(_text(title), _texts(section)) for title, section in said["topics"])
    return CuratedList(name, _text(said["title"]), None, None, "", entries, topics)


def _locked(said: Mapping[str, Any]) -> Locked:
    passages = _texts(said["passages"])
    if not _SHA.fullmatch(_text(said["sha256"])) or not all(map(_PASSAGE.fullmatch, passages)):
        raise ValueError("a digest that is none")
    return Locked(_text(said["title"]), said["sha256"], _text(said["archived"]), passages)


def _texts(said: object) -> tuple[str, ...]:
    if not isinstance(said, list):
        raise TypeError(f"{type(said).__name__} where an array was expected")
    return tuple(map(_text, said))


def _text(said: object) -> str:
    if not isinstance(said, str):
        raise TypeError(f"{type(said).__name__} where text was expected")
    return said
