"""What a request narrows the shelves by beside its subject: site, year, length, what it is not.

Read from the text and taken out of it, so that what is left has the plain form of a request:
"papers on LoRA that are not on arXiv" asks for papers on LoRA. Sites are those of
the catalog's addresses.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit
from weakref import WeakKeyDictionary

from assistant.collection.catalog import ListRow, Work, catalog
from assistant.collection.vocabulary import (
    KINDS,
    LANGUAGES,
    LIST,
    UNIT,
    WORDING,
    number_of,
)
from assistant.wording import made, whole
from index.store.sqlite import Store
from ingest.links.sites.registry import CALLED

QUICK = 15
"""Minutes that something short takes at most."""
_SITES = CALLED | {"知乎": "zhihu.com"}
"""What people call sites, with the host or the part of one that their addresses have."""
_MOST = 3  # conditions of one kind
_SHORTEST = 4  # letters of a label that names a site
_PARTS = {"blog": "/blog", "course": "/learn", "docs": "docs", "documentation": "docs"}
_LESS = WORDING.patterns["takes_less"]
_SHORT = WORDING.whole["short"]
_BEFORE = WORDING.exact["before"]
_AFTER = WORDING.exact["later_than"]
_UNDER = WORDING.patterns["under_licence"]
_OTHERWISE = WORDING.patterns["otherwise"]
_FULL = WORDING.whole["full_text"]
_ON_NO_LIST = WORDING.whole["on_no_list"]


@dataclass(frozen=True, slots=True)
class Conditions:
    """What works have to be, or not to be.

    A site is a host and what stands in its path; ``licence`` is the one that a work's text names,
    ``minutes`` how long it takes at most; ``since`` and ``until`` are years.
    """

    sites: tuple[tuple[str, str], ...] = ()
    not_sites: tuple[tuple[str, str], ...] = ()
    not_kinds: tuple[str, ...] = ()
    not_langs: tuple[str, ...] = ()
    not_lists: tuple[str, ...] = ()
    unlisted: bool = False
    held: bool = False
    licence: str = ""
    minutes: int | None = None
    since: str = ""
    until: str = ""

    def __bool__(self) -> bool:
        """Whether anything is asked of the works."""
        return self != UNCONDITIONAL

    def hold(self, work: Work, minutes: Callable[[Work], int]) -> bool:
        """Say whether a work fulfils them; ``minutes`` tells how long it takes."""
        return (
            (not self.sites or any(_lies_on(work.url, site) for site in self.sites))
            and not any(_lies_on(work.url, site) for site in self.not_sites)
            and work.kind not in self.not_kinds
            and work.lang not in self.not_langs
            and not any(place.list in self.not_lists for place in work.places)
            and not (self.unlisted and work.places)
            and (work.held or not self.held)
            and (not self.since or (bool(work.date) and work.date[:4] >= self.since))
            and (not self.until or (bool(work.date) and work.date[:4] <= self.until))
            and (self.minutes is None or minutes(work) <= self.minutes)
        )


UNCONDITIONAL = Conditions()
"""Nothing is asked of the works."""


def conditions(store: Store, text: str, lists: Sequence[ListRow] = ()) -> tuple[Conditions, str]:
    """Return the conditions that a text names, and the text without them."""
    said = _Taken(text)
    sites, not_sites = _sites(store, said)
    not_lists = [
        row.name for row in lists
        if said.take(_negated(rf"(?:list )?{re.escape(row.name)}(?: list)?"))
    ]  # fmt: skip
    unlisted = bool(said.take(_ON_NO_LIST))
    not_kinds = [k for k, named in KINDS.items() if said.take(_negated(named.pattern))]
    not_langs = [lang for lang, named in LANGUAGES.items() if said.take(_negated(named.pattern))]
    held = bool(said.take(_FULL))
    minutes = _minutes(said)
    since, until = said.take(_AFTER), said.take(_BEFORE)
    said.take(_OTHERWISE)
    found = Conditions(
        tuple(sites), tuple(not_sites), tuple(not_kinds), tuple(not_langs), tuple(not_lists),
        unlisted, held, _licence(said), minutes,
        str(int(since[1]) + 1) if since else "",
        str(int(until[1] or until[2]) - 1) if until else "",
    )  # fmt: skip
    return found, said.text


class _Taken:
    """A text from which what is understood is taken out."""

    def __init__(self, text: str) -> None:
        self.text = text

    def take(self, pattern: re.Pattern[str], instead: str = " ") -> re.Match[str] | None:
        """Take the first place of a pattern out, if it has one."""
        match = pattern.search(self.text)
        if match:
            rest = self.text[: match.start()] + instead + self.text[match.end() :]
            self.text = re.sub(r" +([?.!,])", r"\1", " ".join(rest.split()))
        return match


def _negated(named: str) -> re.Pattern[str]:
    return made(WORDING.templates["not_these"], named=named)[0]


def _licence(said: _Taken) -> str:
    match = said.take(_UNDER)
    return next((name for name in match.groups() if name), "") if match else ""


def _minutes(said: _Taken) -> int | None:
    if said.take(_SHORT):
        return QUICK
    match = _LESS.search(said.text)
    if match is None or (match["nz"] and not re.search(r"不到|少于|不超过|低于|内", match[0])):
        return None
    said.take(_LESS)
    amount = number_of(match["n"] or match["nz"] or "an")
    hours = (match["u"] or match["uz"]).casefold()[0] in "h小"
    return int(amount * 60 if hours else amount)


def _lies_on(url: str, site: tuple[str, str]) -> bool:
    host, path = site
    parts = urlsplit(url)
    own = parts.hostname or ""
    if host not in own or not (own == host or own.endswith(f".{host}") or "." not in host):
        return False
    return path in parts.path or (path == "docs" and own.startswith("docs."))


@dataclass(frozen=True, slots=True)
class _Sites:
    """The hosts of a catalog by what they are called, and how a text says works are (not) there."""

    named: dict[str, str]
    refused: tuple[re.Pattern[str], ...] = ()
    wanted: tuple[re.Pattern[str], ...] = ()


_kept: "WeakKeyDictionary[Store, _Sites]" = WeakKeyDictionary()


def _known_sites(store: Store) -> _Sites:
    """Return the sites of a catalog; kept while the library stands."""
    if store not in _kept:
        hosts = {urlsplit(work.url).hostname or "" for work in catalog(store).works} - {""}
        named = {host: host for host in hosts if "." in host}
        for host in hosts:
            labels = host.removesuffix(".github.io").split(".")
            label = labels[-2] if len(labels) > 1 else labels[0]
            if len(label) >= _SHORTEST and label not in named and not _plain_word(label):
                named[label] = host if host.endswith(".github.io") else ".".join(labels[-2:])
        named |= {name: host for name, host in _SITES.items() if any(host in own for own in hosts)}
        _kept[store] = _Sites(named, *_said_of(named)) if named else _Sites({})
    return _kept[store]


def _said_of(
    named: dict[str, str],
) -> tuple[tuple[re.Pattern[str], ...], tuple[re.Pattern[str], ...]]:
    """Return how a text says that works are not on a site, and how that they are."""
    names = "|".join(re.escape(name) for name in sorted(named, key=len, reverse=True))
    site, many = rf"(?P<s>{names})(?:'s)?", rf"(?P<s>{'|'.join(_SITES)})"
    part = rf"(?P<p>{'|'.join(_PARTS)})"
    parts = {"site": site, "many": many, "part": part}
    return made(WORDING.templates["off_site"], **parts), made(WORDING.templates["on_site"], **parts)


def _plain_word(label: str) -> bool:
    """Say whether a site is called like the things of a library."""
    return bool(whole(f"{UNIT}|{LIST}").fullmatch(label))


def _sites(store: Store, said: _Taken) -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
    """Return the sites that works have to be on, and those that they may not be on."""
    here = _known_sites(store)
    refused = [_site(here, match) for pattern in here.refused for match in _all(said, pattern)]
    wanted = [_site(here, match) for pattern in here.wanted for match in _all(said, pattern)]
    return [site for site in wanted if site[0]], [site for site in refused if site[0]]


def _all(said: _Taken, pattern: re.Pattern[str]) -> Iterator[re.Match[str]]:
    """Take a pattern out of a text as often as it may be meant."""
    for _ in range(_MOST):
        match = said.take(pattern)
        if match is None:
            return
        yield match


def _site(here: _Sites, match: re.Match[str]) -> tuple[str, str]:
    groups = match.groupdict()
    return here.named.get(groups["s"].casefold(), ""), _PARTS.get(
        (groups.get("p") or "").casefold(), ""
    )
