"""What the shelves hold on a subject: works, sections and topics of lists, a primer note.

By the catalog's own words first (titles, headings, the primer's names for things), then by search.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from assistant.collection.catalog import Catalog, Topic, Work, catalog
from assistant.collection.naming import words_of
from assistant.collection.vocabulary import in_english
from assistant.learning import primer
from assistant.learning.path import found
from assistant.learning.primer import Note
from index.search.library import Library
from index.store.values import Filters, StoredPassage
from ingest.errors import UsageError
from ingest.links.urls import canonical
from ingest.text.scripts import has_han
from ingest.values import PRIMER

_TITLE, _HEADING, _ABOVE, _LINKED, _FOUND = 4.0, 3.0, 1.5, 2.0, 1.0
# Likeness from which on a text of another language is about a subject: of 12 subjects of the field
# the nearest had .30 to .52, of 8 others .21 to .30.
_ACROSS = 0.3
_DEEP = 20


@dataclass(frozen=True, slots=True)
class About:
    """What is known of a subject; ``works`` are best first and without notes of the primer.

    ``sections`` are (list, path) of headings that name it, ``gaps`` topics of the lists that name
    it, or stand under a heading that does, and have no link yet.
    """

    subject: str
    note: Note | None
    works: tuple[Work, ...]
    sections: tuple[tuple[str, tuple[str, ...]], ...]
    gaps: tuple[Topic, ...]

    def __bool__(self) -> bool:
        return bool(self.note or self.works or self.sections)


def names_it(here: Catalog, subject: str) -> bool:
    """Say whether a title, a heading or the primer has a subject's words."""
    return _note(subject) is not None or _Words(subject, None).any_of(here)


def heads(here: Catalog, subject: str) -> bool:
    """Say whether a heading or the primer has a subject's words."""
    words = _Words(subject, None)
    return _note(subject) is not None or any(words.say(*path) for _, path in here.sections())


def about(library: Library, subject: str) -> About:
    """Return what the shelves hold on a subject."""
    here = catalog(library.store)
    note = _note(subject)
    english = in_english(subject) if has_han(subject) and note is None else ""
    if english:
        note = _note(english)
    across = (found(library, english) if english else []) or _across(library, subject)
    if note is None and across and across[0].url.startswith(PRIMER):
        note = primer.notes().get(across[0].url.removeprefix(PRIMER))
    words = _Words(english or subject, note)
    scores: dict[str, float] = {}
    linked = {canonical(link) for link in note.links} if note else set()
    for work in here.works:
        if not work.primer:
            score = _TITLE * words.say(work.title, work.own_title)
            for place in work.places:
                score = max(score, _HEADING * words.say(*place.section[-1:]))
                score = max(score, _ABOVE * words.say(*place.section))
            score = max(score, _LINKED * (canonical(work.url) in linked))
            if score:
                scores[work.url] = score
    places = {canonical(work.url): work.url for work in here.works}
    places |= {work.document: work.url for work in here.documents if work.document}
    for rank, passage in enumerate([*found(library, subject), *across]):
        url = places.get(passage.url, "")
        scores[url] = scores.get(url, 0.0) + max(_FOUND - rank / 20, 1 / 20)
    ranked = [work for work in here.works if scores.get(work.url) and not work.primer]
    ranked.sort(key=lambda work: (-scores[work.url], -len({p.list for p in work.places})))
    sections = tuple(section for section in here.sections() if words.say(section[1][-1]))
    gaps = tuple(
        topic
        for row in here.lists
        for topic in row.topics
        if topic.empty and (words.say(topic.title) or words.say(*topic.section[-1:]))
    )
    return About(subject, note, tuple(ranked), sections, gaps)


def _across(library: Library, subject: str) -> list[StoredPassage]:
    """Return the best passage of every English text about a subject that is said in Chinese."""
    beside = library.asked_in("zh")
    if not has_han(subject) or beside is library:
        return []
    try:
        hits = beside.search(subject, _DEEP, Filters(langs=("en",)), to_answer=True)
    except UsageError:  # nothing here is English
        return []
    near = [hit for hit in hits if hit.cosine is not None and hit.cosine >= _ACROSS]
    best = {hit.passage.url: hit for hit in sorted(near, key=lambda hit: hit.cosine or 0.0)}
    return [hit.passage for hit in sorted(best.values(), key=lambda hit: -(hit.cosine or 0.0))]


class _Words:
    """A subject as it may stand in a title: by its words, or under a name its note knows."""

    def __init__(self, subject: str, note: Note | None) -> None:
        self._words = frozenset(words_of(subject))
        self._note = note
        self._names = [primer.plain_name(name) for name in note.names] if note else []

    def say(self, *texts: str) -> bool:
        """Say whether one of these texts names the subject."""
        return any(text and self._says(text) for text in texts)

    def _says(self, text: str) -> bool:
        plain, words = _compared(text)
        if self._words and self._words <= words:
            return True
        if self._note is None or not any(name in plain for name in self._names):
            return False
        return self._note.slug in _named(text)

    def any_of(self, here: Catalog) -> bool:
        """Say whether any title or heading names the subject."""
        titles = (text for work in here.works for text in (work.title, work.own_title))
        headings = (part for _, path in here.sections() for part in path)
        return self.say(*titles) or self.say(*headings)


@lru_cache(maxsize=16384)
def _compared(text: str) -> tuple[str, frozenset[str]]:
    """Return a title as names are compared with it, and its words."""
    return primer.plain_name(re.sub(r"[()|&,;:.!?]", " ", text)), frozenset(words_of(text))


@lru_cache(maxsize=16384)
def _named(text: str) -> tuple[str, ...]:
    return primer.named(text)


def _note(subject: str) -> Note | None:
    """Return the primer's note on a subject, if the subject is named and not only alike."""
    note = primer.find(subject)
    if note is None:
        return None
    plain = primer.plain_name(subject)
    names = [primer.plain_name(name) for name in note.names]
    if plain in names or note.slug in primer.named(subject):
        return note
    return note if any(name.startswith(plain) for name in names) else None


def narrowed(
    works: Sequence[Work],
    *,
    kinds: Sequence[str] = (),
    levels: Sequence[str] = (),
    langs: Sequence[str] = (),
    lists: Sequence[str] = (),
) -> list[Work]:
    """Return the works of these kinds, difficulties, languages and lists; empty narrows nothing."""
    return [
        work
        for work in works
        if (not kinds or work.kind in kinds)
        and (not levels or any(place.difficulty in levels for place in work.places))
        and (not langs or work.lang in langs)
        and (not lists or any(place.list in lists for place in work.places))
    ]
