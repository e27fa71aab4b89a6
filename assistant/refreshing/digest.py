"""The digest of a refresh: what curators changed, what pages did, what can be answered now.

Kept in the home, one line of JSON a digest, the newest 100.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from ingest.disk import own_text, write_whole
from ingest.lists.catalog_file import Entry
from ingest.lists.changes import ListChanges

_KEPT = 100


@dataclass(frozen=True, slots=True)
class Gone:
    """A page that died: why, and whether the library keeps a copy of it."""

    url: str
    title: str
    reason: str
    kept: bool


@dataclass(frozen=True, slots=True)
class Digest:
    """What a refresh found. ``at`` is UTC.

    ``lists`` are the changes of each list that changed; ``new`` pages that came for the first time,
    ``changed`` those whose text is another one, ``died`` those that are gone, ``back`` those that
    were and came again, as (address, title). ``answered`` are questions refused before that can be
    answered now; ``looked_at`` counts pages asked for, ``failed`` those that did not come;
    ``unreached`` says that nothing that was asked for could be reached, which ``notices`` tell.
    """

    at: str
    lists: tuple[ListChanges, ...] = ()
    new: tuple[tuple[str, str], ...] = ()
    changed: tuple[tuple[str, str], ...] = ()
    died: tuple[Gone, ...] = ()
    back: tuple[tuple[str, str], ...] = ()
    answered: tuple[str, ...] = ()
    looked_at: int = 0
    failed: int = 0
    notices: tuple[str, ...] = ()
    unreached: bool = False

    @property
    def says_nothing(self) -> bool:
        """Whether there is nothing a person would want to hear."""
        changes = (self.lists, self.new, self.changed, self.died, self.back, self.answered)
        return not any((*changes, self.notices))


def digest_object(digest: Digest) -> dict[str, Any]:
    """Return a digest as JSON."""
    return {
        "at": digest.at,
        "lists": [
            {
                "name": change.name,
                "added": [_entry(entry) for entry in change.added],
                "dropped": [_entry(entry) for entry in change.dropped],
                "moved": [{"from": _entry(old), "to": _entry(new)} for old, new in change.moved],
            }
            for change in digest.lists
        ],
        **{
            name: [{"url": url, "title": title} for url, title in getattr(digest, name)]
            for name in ("new", "changed", "back")
        },
        "died": [asdict(page) for page in digest.died],
        "answered": list(digest.answered),
        "looked_at": digest.looked_at,
        "failed": digest.failed,
        "notices": list(digest.notices),
    }


def lines_of(digest: dict[str, Any]) -> Iterator[str]:
    """Yield a digest, as `digest_object` has it, in lines for people; none if it says nothing."""
    for row in digest["lists"]:
        yield from (f"{row['name']}: + {_said(entry)}" for entry in row["added"])
        yield from (f"{row['name']}: - {_said(entry)}" for entry in row["dropped"])
        for move in row["moved"]:
            yield f"{row['name']}: ~ {_said(move['from'])}  =>  {_said(move['to'])}"
    for name, word in (("new", "New"), ("changed", "Changed"), ("back", "Back again")):
        yield from (f"{word}: {page['title']} {page['url']}" for page in digest[name])
    for gone in digest["died"]:
        kept = "the library keeps its copy" if gone["kept"] else "there is no copy"
        yield f"Died: {gone['title']} {gone['url']} ({gone['reason']}; {kept})"
    for question in digest["answered"]:
        yield f"Can be answered now: {question}"
    yield from digest["notices"]


def file_of(home: Path) -> Path:
    """Return the file of a home that keeps its digests."""
    return home / "digests.jsonl"


def keep(home: Path, digest: Digest) -> None:
    """Keep a digest; of 100 the oldest goes."""
    kept = [*read(home), digest_object(digest)][-_KEPT:]
    file = file_of(home)
    text = "".join(json.dumps(item, ensure_ascii=False) + "\n" for item in kept)
    write_whole(file, text, mode=0o600)  # it names questions: nobody else's business


def read(home: Path) -> list[dict[str, Any]]:
    """Return the digests of a home, the oldest first; what is damaged is left out."""
    try:
        lines = own_text(file_of(home), errors="replace").splitlines()
    except OSError:
        return []
    digests = []
    for line in lines:
        try:
            digest = json.loads(line)
        except (ValueError, RecursionError):
            continue
        if isinstance(digest, dict) and _is_whole(digest):
            digests.append(digest)
    return digests


def changed_lists(changes: Sequence[ListChanges]) -> tuple[ListChanges, ...]:
    """Return those that say something."""
    return tuple(change for change in changes if change.added or change.dropped or change.moved)


def _is_whole(digest: dict[str, Any]) -> bool:
    empty = digest_object(Digest(""))
    return all(isinstance(digest.get(name), type(value)) for name, value in empty.items())


def _entry(entry: Entry) -> dict[str, Any]:
    return {"title": entry.title, "url": entry.url, "section": list(entry.section)}


def _said(entry: dict[str, Any]) -> str:
    return f"{' > '.join(entry['section'])}: {entry['title']} {entry['url']}".removeprefix(": ")
