"""What two libraries differ in: sources added, dropped, changed and moved; lists."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from index.store.lockfile import Lock, Locked
from ingest.lists.changes import ListChanges, changes_between


@dataclass(frozen=True, slots=True)
class SourceVersion:
    """A source of one of them."""

    url: str
    title: str
    sha256: str


@dataclass(frozen=True, slots=True)
class Changed:
    """A source that says something else: its passages that stayed, that went and that came."""

    url: str
    title: str
    kept: int
    gone: int
    new: int


@dataclass(frozen=True, slots=True)
class Moved:
    """A text that stands at another address."""

    title: str
    before: str
    now: str


@dataclass(frozen=True, slots=True)
class Differences:
    """From one library to another.

    ``cut_anew`` are sources whose text is the same and whose passages are not: another model, or
    another version, cuts them elsewhere.
    """

    added: tuple[SourceVersion, ...]
    dropped: tuple[SourceVersion, ...]
    changed: tuple[Changed, ...]
    moved: tuple[Moved, ...]
    cut_anew: tuple[SourceVersion, ...]
    lists_added: tuple[str, ...]
    lists_dropped: tuple[str, ...]
    lists_changed: tuple[ListChanges, ...]

    @property
    def wanting(self) -> bool:
        """Whether the second lacks something of the first, or has it otherwise."""
        return bool(self.dropped or self.changed or self.cut_anew or self.lists_dropped
                    or self.lists_changed)  # fmt: skip


def differences(before: Lock, now: Lock) -> Differences:
    """Compare two libraries."""
    old, new = before.documents, now.documents
    dropped = [url for url in old if url not in new]
    added = [url for url in new if url not in old]
    by_text = {old[url].sha256: url for url in reversed(dropped)}
    moved = []
    for url in list(added):
        origin = by_text.pop(new[url].sha256, None)
        if origin is not None:
            moved.append(Moved(new[url].title, origin, url))
            added.remove(url)
            dropped.remove(origin)
    both = [url for url in old if url in new]
    same = {url for url in both if old[url].sha256 == new[url].sha256}
    changes = [
        changes_between(before.lists[name], now.lists[name])
        for name in before.lists
        if name in now.lists
    ]
    return Differences(
        _sources(added, new),
        _sources(dropped, old),
        tuple(_changed(url, old[url], new[url]) for url in both if url not in same),
        tuple(moved),
        _sources([u for u in both if u in same and old[u].passages != new[u].passages], new),
        tuple(name for name in now.lists if name not in before.lists),
        tuple(name for name in before.lists if name not in now.lists),
        tuple(change for change in changes if change.added or change.dropped or change.moved),
    )


def _sources(urls: Sequence[str], documents: Mapping[str, Locked]) -> tuple[SourceVersion, ...]:
    return tuple(SourceVersion(url, documents[url].title, documents[url].sha256) for url in urls)


def _changed(url: str, old: Locked, new: Locked) -> Changed:
    kept = len(set(old.passages) & set(new.passages))
    return Changed(url, new.title, kept, len(old.passages) - kept, len(new.passages) - kept)
