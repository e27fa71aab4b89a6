"""Which work or list a person means: by address, arXiv number, title, author or site, misspelt too.

A name is compared word by word, rare words of the catalog weighing more; a word that no name has
stands for the closest one that some name has. The catalog's own names are all that is known here.
"""

import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import PurePosixPath
from urllib.parse import unquote, urlsplit
from weakref import WeakKeyDictionary

from assistant.collection.catalog import Catalog, ListRow, Work, catalog
from assistant.learning import primer
from index.store.sqlite import Store
from ingest.links.sites.registry import SHARED
from ingest.links.urls import canonical
from ingest.text.addresses import ADDRESS, ARXIV_NUMBER
from ingest.text.scripts import NAME_WORD, has_han, plain_words
from ingest.values import PRIMER

SURE = 0.6
"""From this score on a name is taken to be meant."""
_AS_GOOD = 0.9  # of the best: meant as well
_SLIPS_KEPT = 10_000
_SLIP = 0.78  # similarity of a misspelt word
_SHORTEST_SLIP = 4
_SHORTEST_SITE = 5
_ENDING = 0.9
_OWN_SITE = 0.95
_CUT = re.compile(r"\s*(?:::|[|:：·–—《》“”\"()\[\]（）]|\s-\s)\s*")
_LITTLE = (
    "the a an of for to with in on and or how by from is it its s t at as are your you de la le "
    "github com www http https html paper post blog page"
)
_DULL = frozenset(_LITTLE.split())


@dataclass(frozen=True, slots=True)
class Match:
    """A work that is meant; ``by`` is address, title, author or site, ``score`` 0 to 1."""

    work: Work
    score: float
    by: str


@dataclass(frozen=True, slots=True)
class Name:
    """``beside`` are words that may stand with the name: its author's, its site's.

    ``trust`` is what a likeness counts: the end of an address is a name, too, but a poor one.
    """

    words: frozenset[str]
    work: Work
    by: str
    beside: frozenset[str] = frozenset()
    trust: float = 1.0


@dataclass(frozen=True, slots=True)
class Names:
    """Every name of every work, and how rare each word is among them.

    ``sites`` are the works of each site by its name, where that is no short word; ``slips`` are
    words that were misspelt, with what they stand for.
    """

    catalog: Catalog
    names: tuple[Name, ...]
    weights: dict[str, float]
    unknown: float
    sites: dict[str, tuple[Work, ...]]
    slips: dict[str, str] = field(default_factory=dict)

    def weigh(self, words: frozenset[str]) -> float:
        """Return the weight of words; one that no name has weighs as much as the rarest.

        Rounded once: limits are met exactly, and a set has no order of its own.
        """
        return math.fsum(self.weights.get(word, self.unknown) for word in words)


def words_of(text: str) -> list[str]:
    """Return the words of a name as they are compared: plain words, Han runs as pairs."""
    words: list[str] = []
    for match in NAME_WORD.finditer(primer.plain_name(text)):
        word = match[0]
        if not has_han(word):
            if word not in _DULL:
                words.append(word)
        elif len(word) == 1:
            words.append(word)
        else:
            words += [word[at : at + 2] for at in range(len(word) - 1)]
    return words


def apart(text: str) -> str:
    """Return a text with names like FlashAttention written as two words."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", text)


_kept: "WeakKeyDictionary[Store, Names]" = WeakKeyDictionary()


def names(store: Store) -> Names:
    """Return the names of a library's works; kept while the library stands."""
    if store not in _kept:
        here = catalog(store)
        every = tuple(name for work in here.works for name in _names(work))
        counts = Counter(word for name in every for word in name.words)
        size = len(every)
        weights = {word: math.log(1 + size / (1 + count)) for word, count in counts.items()}
        unknown = max(weights.values(), default=1.0)
        sites: dict[str, list[Work]] = defaultdict(list)
        for name in every:
            label = next(iter(name.words)) if name.by == "site" else ""
            if len(label) >= _SHORTEST_SITE:
                sites[label].append(name.work)
        by_site = {label: tuple(works) for label, works in sites.items()}
        _kept[store] = Names(here, every, weights, unknown, by_site)
    return _kept[store]


def _names(work: Work) -> Iterator[Name]:
    texts = dict.fromkeys(text for text in (work.title, work.own_title) if text)
    if note := primer.notes().get(work.url.removeprefix(PRIMER)) if work.primer else None:
        texts |= dict.fromkeys(note.names)
    parts = dict.fromkeys(part for text in texts for part in (text, *_CUT.split(text)))
    authors = [frozenset(words_of(author)) for author in re.split(r"[;,、，]| and ", work.author)]
    sites = list(_site(work.url))
    beside = frozenset(sites).union(*authors)
    spelled = dict.fromkeys(form for part in parts for form in (part, apart(part)))
    ending = PurePosixPath(unquote(urlsplit(work.url).path)).name
    if words := frozenset(words_of(ending)):
        yield Name(words, work, "title", beside, _ENDING)
    people = {person_in(text) for text in texts}
    for part in spelled:
        words = frozenset(words_of(part)) if part not in people else frozenset()
        joined = "".join(primer.plain_name(part).split())
        site = part not in texts and (
            joined in sites or all(_stands_by(word, frozenset(sites)) for word in words)
        )
        if words and not site:  # "… | EleutherAI Blog" is no title
            yield Name(words, work, "title", beside)
    authors += [frozenset(words_of(named)) for text in texts if (named := person_in(text))]
    yield from (Name(words, work, "author") for words in authors if words)
    yield from (Name(frozenset((label,)), work, "site") for label in sites)


def person_in(title: str) -> str:
    """Return who a title says it is by: "Jay Alammar - The ...", "... by Don Moon"; "" for none."""
    if match := re.search(r"\bby ((?:[A-Z][\w.]{1,24} ?){2,3})", title):
        return match[1].strip()
    match = re.match(r"((?:[A-Z][a-z]+ ){1,2}[A-Z][a-z]+)(?: - |: )", title)
    return match[1] if match and not primer.named(match[1]) else ""


def _site(url: str) -> Iterator[str]:
    """Yield what a site is called: the labels of its host that name it, its owner on GitHub."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    if host not in SHARED:
        labels = host.removesuffix(".github.io").split(".")
        labels = labels[:-1] if len(labels) > 1 else labels
        yield from (label for label in labels if label not in ("www", "blog", "docs", "co"))
    elif host == "huggingface.co":
        yield "huggingface"
    elif host == "github.com" and (owner := parts.path.strip("/").partition("/")[0]):
        yield owner.lower()


def recognise(
    store: Store,
    mention: str,
    kinds: Sequence[str] = (),
    *,
    others: Sequence[str] = (),
    primer_too: bool = False,
) -> list[Match]:
    """Return the works a mention means, best first; none where no name fits.

    Args:
        store: the library's.
        mention: the words a person used.
        kinds: which kinds the person named; works of others are left out if any of these fits.
        others: other spellings of the mention, such as an abbreviation written out.
        primer_too: whether notes of the primer, which are named like their subjects, are meant too.
    """
    known = names(store)
    if addressed := _by_address(known, mention):
        return addressed
    best: dict[str, Match] = {}
    for text in dict.fromkeys(form for part in (mention, *others) for form in (part, apart(part))):
        said = words_of(text)
        asked = _spelt_right(known, frozenset(said))
        if not asked:
            continue
        owner = initials(said)
        for name in known.names:
            if name.work.primer and not primer_too:
                continue
            score = _likeness(known, asked, name)
            if name.by == "site" and next(iter(name.words)) in owner:
                score = _OWN_SITE
            before = best.get(name.work.url)
            if score >= SURE and (before is None or score > before.score):
                best[name.work.url] = Match(name.work, score, name.by)
    ranked = sorted(best.values(), key=lambda match: -match.score)
    of_kind = [match for match in ranked if match.work.kind in kinds]
    ranked = of_kind or ranked
    top = ranked[0].score if ranked else 0.0
    good = [match for match in ranked if match.score >= _AS_GOOD * top]
    return [*good, *_namesakes(known, good, primer_too=primer_too)]


def _namesakes(known: Names, good: Sequence[Match], *, primer_too: bool) -> list[Match]:
    """Return other works with the very title of one that is meant, such as a copy of its page."""
    titles = {frozenset(words_of(match.work.title)): match for match in good}
    there = {match.work.url for match in good}
    same: dict[str, Match] = {}
    for name in known.names:
        of = titles.get(name.words) if name.by == "title" else None
        if of and name.work.url not in there and (primer_too or not name.work.primer):
            same.setdefault(name.work.url, Match(name.work, of.score, "title"))
    return list(same.values())


def _by_address(known: Names, mention: str) -> list[Match]:
    addresses = {canonical(match[0]) for match in ADDRESS.finditer(mention)}
    addresses |= {f"https://arxiv.org/abs/{match[1]}" for match in ARXIV_NUMBER.finditer(mention)}
    if not addresses:
        return []
    return [
        Match(work, 1.0, "address")
        for work in known.catalog.works
        if canonical(work.url) in addresses or work.document in addresses
    ]


def _spelt_right(known: Names, asked: frozenset[str]) -> frozenset[str]:
    """Put the closest word of the catalog in the place of one that no name has."""
    right = set()
    for word in asked:
        misspelt = word not in known.weights and len(word) >= _SHORTEST_SLIP
        right.add(nearest(known, word) if misspelt and not has_han(word) else word)
    return frozenset(right)


def nearest(known: Names, word: str) -> str:
    """Return the word of the catalog most like one it does not have, else the word itself."""
    if word not in known.slips:
        least, most = _SLIP / (2 - _SLIP) * len(word), (2 - _SLIP) / _SLIP * len(word)
        able = [other for other in known.weights if least <= len(other) <= most]
        if len(known.slips) > _SLIPS_KEPT:
            known.slips.clear()
        known.slips[word] = next(iter(get_close_matches(word, able, 1, _SLIP)), word)
    return known.slips[word]


def _likeness(known: Names, asked: frozenset[str], name: Name) -> float:
    """Return the harmonic mean of how much of the mention and of the name is shared."""
    if name.by == "site":
        return _is_site(asked, next(iter(name.words)))
    both = asked & name.words
    if not both:
        return 0.0
    covered = known.weigh(both | {word for word in asked - both if _stands_by(word, name.beside)})
    precision = covered / known.weigh(asked)
    recall = known.weigh(both) / known.weigh(name.words)
    if name.by == "author":
        return max(SURE, 2 * recall / (1 + recall)) if precision == 1.0 else 0.0
    return name.trust * 2 * precision * recall / (precision + recall)


def _stands_by(word: str, beside: frozenset[str]) -> bool:
    """Say whether a word names the author or the site, perhaps a little longer or shorter."""
    if word in beside:
        return True
    return len(word) >= _SHORTEST_SITE and any(
        len(other) >= _SHORTEST_SITE and (word.startswith(other) or other.startswith(word))
        for other in beside
    )


def initials(words: Sequence[str]) -> frozenset[str]:
    """Return what a person's site may be called: "jalammar", "jayalammar", "alammarjay"."""
    if len(words) != 2:  # first and last name
        return frozenset()
    first, last = words
    return frozenset((first[0] + last, first + last, last + first))


def _is_site(asked: frozenset[str], label: str) -> float:
    joined = "".join(asked)
    if len(joined) == len(label) and all(word in label for word in asked):
        return 0.95  # "hugging face": huggingface
    near = len(asked) == 1 and min(len(joined), len(label)) >= _SHORTEST_SITE
    return 0.7 if near and (joined in label or label in joined) else 0.0


def lists_named(here: Catalog, text: str) -> list[ListRow]:
    """Return the lists that a text names: by name, title, or the owner of its repository."""
    said = f" {' '.join(_words_of_name(text))} "
    rows = []
    for row in here.lists:
        owner = urlsplit(row.origin).path.strip("/").partition("/")[0]
        named = [row.name, row.title, *([owner] if owner else [])]
        plain = [" ".join(_words_of_name(name)) for name in named]
        if any(f" {name} " in said for name in plain if name):
            rows.append(row)
    longest = [" ".join(_words_of_name(row.name)) for row in rows]
    return [
        row
        for row, name in zip(rows, longest, strict=True)
        if not any(name != other and f" {name} " in f" {other} " for other in longest)
    ]


def _words_of_name(text: str) -> list[str]:
    return [word for word in plain_words(text) if word != "the"]
