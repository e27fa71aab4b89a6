"""The values of a curated list, and the TOML file that keeps one.

Knows what a list holds, not how it is read from Markdown. The file is made to be read and compared
by people: one table per link and per topic, in the order of the list.
"""

import re
import tomllib
from dataclasses import dataclass, field, replace
from typing import Any

from ingest.errors import UsageError
from ingest.links.urls import kind_of, source_of

FOUNDING = (
    "llms-learning",
    "llm-learning-notes",
    "llm-deep-dive",
    "transformers-and-llms",
    "llm-notes-zh",
)
"""The names of the founding lists; ``data/lists`` holds a snapshot of each."""

SAVED_PAGES = "saved-pages"
"""The name of the list of the pages that a person sent from the browser."""

_DOTTED = re.compile(
    r"^[ \t]*+(?:\[++[^\]\"\n]*?\.|[\w-]++[ \t]*+\.|\"[^\"\n]*+\"[ \t]*+\.)", re.MULTILINE
)
_HEADER = "# Made by refdesk's own parser: titles, addresses, headings and badges; no prose.\n"


@dataclass(frozen=True, slots=True)
class Entry:
    """One link of a list, under the headings and parent bullets it stands under.

    ``url`` is absolute and spelt as in the list. ``difficulty`` is easy, medium, hard or None;
    ``note`` is what the list says beside the link, ``about`` what a reference manager knows of the
    work, as `ingest.reading.about` has it.
    """

    title: str
    url: str
    section: tuple[str, ...]
    kind: str
    source: str
    difficulty: str | None = None
    note: str | None = None
    about: str = ""


@dataclass(frozen=True, slots=True)
class Topic:
    """A heading or bullet without a link: something the curator means to cover."""

    title: str
    section: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Ignored:
    """A link target that is no recommendation, and why."""

    target: str
    title: str
    reason: str


@dataclass(frozen=True, slots=True)
class Attached:
    """A file that another program keeps with an entry: its path as that program says it.

    ``about`` is what it knows of the work, as `ingest.reading.about` has it; ``key`` its own name
    for the file, "" if it has none.
    """

    path: str
    title: str
    about: str
    key: str = ""


@dataclass(frozen=True, slots=True)
class CuratedList:
    """A curated reading list.

    ``origin`` is where the list lives on the web, ``given`` which file it was read from instead, as
    an address ("" where that is not known), ``base`` what its relative links resolve against,
    ``lang`` two letters, ``form`` the format it was read from (a module of `ingest.exports`), ""
    for Markdown, ``feeds`` the addresses of feeds whose entries join it. ``attached`` is known
    while a list is taken in and not kept with it: the files become documents.
    """

    name: str
    title: str
    origin: str | None
    base: str | None
    lang: str
    entries: tuple[Entry, ...]
    topics: tuple[Topic, ...]
    ignored: tuple[Ignored, ...] = ()
    form: str = ""
    feeds: tuple[str, ...] = ()
    given: str = ""
    attached: tuple[Attached, ...] = field(default=(), compare=False)


def without_prose(curated: CuratedList) -> CuratedList:
    """Return the list as it may be shipped: without the curator's notes and what was ignored."""
    entries = tuple(replace(entry, note=None) for entry in curated.entries)
    return replace(curated, entries=entries, ignored=())


def dumps(curated: CuratedList) -> str:
    """Return the list as TOML; ``loads`` gives back an equal list."""
    head = {
        "name": curated.name,
        "title": curated.title,
        "origin": curated.origin,
        "given": curated.given or None,
        "base": curated.base,
        "lang": curated.lang,
        "form": curated.form or None,
        "feeds": list(curated.feeds),
    }
    tables = {
        "entry": [_entry_table(entry) for entry in curated.entries],
        "topic": [{"title": t.title, "section": list(t.section)} for t in curated.topics],
        "ignored": [
            {"target": i.target, "title": i.title, "reason": i.reason} for i in curated.ignored
        ],
    }
    filled = {key: value for key, value in {**head, **tables}.items() if value not in (None, [])}
    prose = curated.ignored or any(entry.note for entry in curated.entries)
    import tomli_w  # needed for writing only

    return ("" if prose else _HEADER) + tomli_w.dumps(filled)


def loads(text: str) -> CuratedList:
    """Read a list from TOML.

    Raises:
        UsageError: the text is no TOML, or not of a list.
    """
    try:
        if _DOTTED.search(text):  # tomllib needs the square of a name's parts; ours has one
            raise ValueError("a name in parts")
        data = tomllib.loads(text)
        _check(data)
        return CuratedList(
            name=data["name"],
            title=data["title"],
            origin=data.get("origin"),
            base=data.get("base"),
            lang=data["lang"],
            entries=tuple(_entry(table) for table in data.get("entry", ())),
            topics=tuple(Topic(t["title"], tuple(t["section"])) for t in data.get("topic", ())),
            ignored=tuple(Ignored(**table) for table in data.get("ignored", ())),
            form=data.get("form", ""),
            feeds=tuple(data.get("feeds", ())),
            given=data.get("given", ""),
        )
    except (KeyError, TypeError, ValueError, AttributeError, RecursionError) as error:
        raise UsageError(f"it is no list in TOML ({type(error).__name__}: {error})") from error


def _check(data: dict[str, Any]) -> None:
    """Raise ValueError unless what is said of a list is text wherever it has to be."""
    tables = [data, *data.get("entry", ()), *data.get("topic", ()), *data.get("ignored", ())]
    for table in tables:
        for name, value in table.items():
            if name in ("entry", "topic", "ignored"):
                continue
            parts = value if name in ("section", "feeds") else [value]
            if not isinstance(parts, list) or not all(isinstance(part, str) for part in parts):
                raise ValueError(f"{name} is no text")


def _entry_table(entry: Entry) -> dict[str, Any]:
    table: dict[str, Any] = {"title": entry.title, "url": entry.url}
    # Kind and source follow from the address; only a departure is worth a line.
    if entry.kind != kind_of(entry.url):
        table["kind"] = entry.kind
    if entry.source != source_of(entry.url):
        table["source"] = entry.source
    if entry.difficulty is not None:
        table["difficulty"] = entry.difficulty
    if entry.note is not None:
        table["note"] = entry.note
    if entry.about:
        table["about"] = entry.about
    table["section"] = list(entry.section)
    return table


def _entry(table: dict[str, Any]) -> Entry:
    url = table["url"]
    return Entry(
        title=table["title"],
        url=url,
        section=tuple(table["section"]),
        kind=table.get("kind") or kind_of(url),
        source=table.get("source") or source_of(url),
        difficulty=table.get("difficulty"),
        note=table.get("note"),
        about=table.get("about", ""),
    )
