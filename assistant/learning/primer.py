"""The primer's notes as learners meet them: topic, names, prerequisites, difficulty, links, papers.

Read from the notes that ship with refdesk, so a topic is understood before anything is indexed.
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

import yaml

from assistant.contract import derived
from ingest.errors import UsageError
from ingest.links.urls import canonical
from ingest.reading import front_matter
from ingest.shipped import shipped
from ingest.text.scripts import has_han
from ingest.values import PRIMER

_APART = re.compile(r"[\s_/\-‐‑–—]+")
_JOINTS = str.maketrans(dict.fromkeys("()[]{}&|,;:.!?，。：；（）、", " "))
_EDGES = " .,;:!?\"'()[]，。？！、"
# One name to 100 is a slip of the finger; below this two short names are simply different.
_CLOSE = 0.84
_SHORTEST_NEAR = 4
# A name inside a topic ("a KV cache"), or a topic that begins a name, must be half of it.
_SHARE = 0.5


@dataclass(frozen=True, slots=True)
class Paper:
    """An original paper; ``id`` is ``arXiv:...``, ``doi:...`` or an address."""

    title: str
    authors: str
    year: int
    id: str

    @property
    @derived()
    def url(self) -> str:
        """Where the paper is found."""
        scheme, _, rest = self.id.partition(":")
        homes = {"arXiv": "https://arxiv.org/abs/", "doi": "https://doi.org/"}
        return homes[scheme] + rest if scheme in homes else self.id


@dataclass(frozen=True, slots=True)
class Note:
    """A primer note: its front matter, and ``text``, the Markdown after it.

    ``prerequisites`` are slugs of notes to read first, ``links`` the curated sources the note leads
    to, ``figures`` the results of its worked numbers.
    """

    slug: str
    topic: str
    aliases: tuple[str, ...]
    aliases_zh: tuple[str, ...]
    prerequisites: tuple[str, ...]
    difficulty: str
    links: tuple[str, ...]
    papers: tuple[Paper, ...]
    figures: tuple[float, ...]
    text: str

    @property
    def url(self) -> str:
        """The address of the note as a document of a library."""
        return PRIMER + self.slug

    @property
    def names(self) -> tuple[str, ...]:
        """Everything the subject is called: topic, English and Chinese aliases."""
        return (self.topic, *self.aliases, *self.aliases_zh)


@cache
def notes() -> Mapping[str, Note]:
    """Return the notes that ship with refdesk, by slug, sorted.

    Raises:
        UsageError: a note's front matter is broken; the installation is damaged.
    """
    files = sorted(file for file in shipped("primer").glob("*.md") if file.stem != "README")
    return MappingProxyType({file.stem: _read(file) for file in files})


def find(topic: str) -> Note | None:
    """Return the note a topic names, or nearly names; None if there is none.

    Slug, topic and aliases of either language are compared without case, hyphens and plurals; then
    a name that makes up most of the topic counts, then one that begins with the topic, then one
    that differs by a slip of the finger.
    """
    wanted = plain_name(topic)
    known = _names()
    if wanted in known:
        return notes()[known[wanted]]
    inside = [name for name in known if _holds(wanted, name)]
    if inside:
        return notes()[known[max(inside, key=len)]]
    around = [name for name in known if name.startswith(wanted) and _holds(name, wanted)]
    if around:
        # of two that go equally far, the wider subject: more curated links lead from it
        best = min(around, key=lambda name: (len(name), -len(notes()[known[name]].links)))
        return notes()[known[best]]
    if len(wanted) < _SHORTEST_NEAR:
        return None
    candidates = [name for name in known if len(name) >= _SHORTEST_NEAR]
    near = get_close_matches(wanted, candidates, n=1, cutoff=_CLOSE)
    return notes()[known[near[0]]] if near else None


def nearest(topic: str, count: int = 3) -> list[Note]:
    """Return the notes whose names look most like a topic, best first, at most ``count``."""
    known = _names()
    close = get_close_matches(plain_name(topic), known, n=4 * count, cutoff=0.55)
    slugs = dict.fromkeys(known[name] for name in close)
    return [notes()[slug] for slug in slugs][:count]


def named(text: str) -> tuple[str, ...]:
    """Return the slugs of the notes a title or heading names, the longest names first.

    What a longer name has taken no shorter one takes again: "Linear Attention" is not attention.
    """
    rest = f" {plain_name(text.translate(_JOINTS))} "
    slugs: dict[str, None] = {}
    for name, slug in _by_length():
        whole = name if has_han(name) else f" {name} "
        if whole in rest:
            rest = rest.replace(whole, " | ")
            slugs[slug] = None
    return tuple(slugs)


@cache
def placed() -> frozenset[str]:
    """Return the canonical addresses of all curated links that some note leads to."""
    return frozenset(canonical(link) for note in notes().values() for link in note.links)


def plain_name(text: str) -> str:
    """Return a name as it is compared: case, hyphens, plural and British spelling put aside."""
    text = unicodedata.normalize("NFKC", text).casefold().strip(_EDGES)
    return " ".join(_plain_word(word) for word in _APART.split(text) if word)


def _plain_word(word: str) -> str:
    word = word.strip(_EDGES) or word
    word = re.sub(r"is(ation|e|ing|er|ed)(s?)$", r"iz\1\2", word)
    return word[:-1] if len(word) > 3 and re.search(r"[^su]s$", word) else word


def _holds(whole: str, part: str) -> bool:
    if len(part) < max(2, _SHARE * len(whole)):
        return False
    return part in whole if has_han(part) else f" {part} " in f" {whole} "


@cache
def _names() -> Mapping[str, str]:
    """Every compared name and the slug it stands for; slugs and topics go before aliases."""
    names: dict[str, str] = {}
    every = list(notes().values())
    for note in every:
        names.setdefault(plain_name(note.topic), note.slug)
    for note in every:
        names.setdefault(plain_name(note.slug), note.slug)
    for note in every:
        for alias in (*note.aliases, *note.aliases_zh):
            names.setdefault(plain_name(alias), note.slug)
    return MappingProxyType(names)


@cache
def _by_length() -> tuple[tuple[str, str], ...]:
    """Names that can be looked for in running text, longest first, with their slugs."""
    names = ((name, slug) for name, slug in _names().items() if len(name) > 1)
    return tuple(sorted(names, key=lambda pair: (-len(pair[0]), pair[0])))


def _read(file: Path) -> Note:
    try:
        front, text = front_matter.split(file.read_text("utf-8"))
        return Note(
            slug=file.stem,
            topic=str(front["topic"]),
            aliases=tuple(map(str, front["aliases"])),
            aliases_zh=tuple(map(str, front["aliases_zh"])),
            prerequisites=tuple(map(str, front["prerequisites"])),
            difficulty=str(front["difficulty"]),
            links=tuple(map(str, front["links"])),
            papers=tuple(_papers(front["papers"])),
            figures=tuple(float(item["result"]) for item in front.get("worked", ())),
            text=text,
        )
    except (yaml.YAMLError, KeyError, TypeError, ValueError) as error:
        raise UsageError(
            f"The primer note {file.stem} cannot be read ({error!r}): reinstall refdesk."
        ) from error


def _papers(items: list[dict[str, Any]]) -> Iterator[Paper]:
    for item in items:
        yield Paper(item["title"], item["authors"], int(item["year"]), item["id"])
