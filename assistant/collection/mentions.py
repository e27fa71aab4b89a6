"""What a request names: works, people and sites, lists, subjects, each with its place in the text.

Found by what the catalog and the primer call them, wherever they stand; nothing of the words around
them is known here.
"""

import itertools
import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from assistant.collection.asked import Asked
from assistant.collection.catalog import Catalog, Work
from assistant.collection.naming import Name, Names, apart, initials, names, nearest, words_of
from assistant.collection.subject_names import patterns
from assistant.collection.vocabulary import SAID, WORDING
from assistant.learning import primer
from index.search.library import Library
from ingest.links.sites.github import is_repository, owner_of
from ingest.text.addresses import ADDRESS, ARXIV_NUMBER
from ingest.text.scripts import NAME_WORD, has_han

WORK, PERSON, LIST, SUBJECT = "work", "person", "list", "subject"
_SURE = 0.72
"""Likeness of a title to the words of a text from which on it is named there."""
_LONG = 4  # letters of a word that may be a name alone
_WHOLE = 0.9  # of a title: all of it
_SEVERAL = 3  # words of a title that tell it
_WIDEST = 24  # tokens that a title may take
_RARE = 0.5  # of the weight of a word that stands in no passage: so rare is a name
_CALLED = WORDING.patterns["called_a_work"]
_CALLED_BEFORE = WORDING.patterns["called_before"]
"""What makes the name of a subject that of a work: "the DPO paper", "the video DPO explained"."""
_TITLE_CASE = WORDING.exact["title_case"]
_WORDS_OF_A_TITLE = 4
_NOTE_ON = WORDING.patterns["note_on"]
_PHRASE = WORDING.patterns["work_in_short"]
_PHRASE_ZH = WORDING.patterns["work_in_short_zh"]
_OF_TITLES = WORDING.whole["of_titles"]
_WRITER_BEFORE = WORDING.patterns["before_a_writer"]
_WRITER_AFTER = WORDING.patterns["after_a_writer"]
_MANY = WORDING.patterns["many_works"]
_KEPT = WORDING.words["kept_list"]
_WORK_ZH = WORDING.exact["work_in_parts_zh"]


@dataclass(frozen=True, slots=True)
class Mention:
    """Something named in a text: its place, what it is, and the works that it may mean."""

    start: int
    end: int
    what: str
    said: str
    works: tuple[Work, ...] = ()


@dataclass(frozen=True, slots=True)
class _Token:
    words: frozenset[str]
    start: int
    end: int


def mentions(asked: Asked) -> list[Mention]:
    """Return what a text names, in its order; no two share a letter."""
    text, library = asked.text, asked.library
    known = names(library.store)
    found = [(9.0, mention) for mention in _addresses(asked)]
    found += [(8.0, mention) for mention in _lists(known.catalog, text)]
    subjects = list(_subjects(known.catalog, text))
    found += [(3.0, mention) for mention in _notes(asked, subjects)]
    found += [(len(mention.said) / 100, mention) for mention in subjects]
    found += _named(library, known, text, subjects)
    kept: list[Mention] = []
    for _, mention in sorted(found, key=lambda each: -each[0]):
        if all(mention.end <= other.start or other.end <= mention.start for other in kept):
            kept.append(mention)
    kept = [_as_work(asked, mention) for mention in kept]
    kept = _in_place_of(kept, _strange_titles(text), (SUBJECT,))
    kept = _in_place_of(kept, _phrases(asked), (SUBJECT, PERSON))
    return sorted(kept, key=lambda mention: mention.start)


def _in_place_of(
    kept: list[Mention], others: Iterator[Mention], what: Sequence[str]
) -> list[Mention]:
    """Return mentions with others put where they lie over none, or over such alone."""
    for mention in others:
        over = [m for m in kept if m.start < mention.end and mention.start < m.end]
        if all(m.what in what for m in over):
            kept = [*(m for m in kept if m not in over), mention]
    return kept


def _addresses(asked: Asked) -> Iterator[Mention]:
    rest = ADDRESS.sub(lambda found: " " * len(found[0]), asked.text)
    for match in [*ADDRESS.finditer(asked.text), *ARXIV_NUMBER.finditer(rest)]:
        works = tuple(found.work for found in asked.works(match[0]))
        yield Mention(match.start(), match.end(), WORK, match[0], works)


def _lists(here: Catalog, text: str) -> Iterator[Mention]:
    """Yield lists by name, and by who keeps them: "the exorust list", "Ann 那份清单"."""
    for row in here.lists:
        spoken = {row.name, row.title, row.title.removeprefix("The "), row.name.replace("-", " ")}
        names = [rf"(?<![\w-]){re.escape(name)}(?![a-z0-9_-])" for name in spoken]
        if owner := owner_of(row.origin):
            names.append(rf"(?<![\w-]){re.escape(owner)}{_KEPT}")
        for name in names:
            for at in re.finditer(name, text, re.IGNORECASE):
                yield Mention(at.start(), at.end(), LIST, at[0])


def _notes(asked: Asked, subjects: Sequence[Mention]) -> Iterator[Mention]:
    """Yield notes of the primer that are spoken of as such: "the primer's note on RoPE"."""
    for subject in subjects:
        before = _NOTE_ON.search(asked.text[: subject.start])
        note = primer.find(subject.said) if before else None
        works = (work for work in asked.catalog.works if note and work.url == note.url)
        if before and (found := tuple(works)):
            yield Mention(before.start(), subject.end, WORK, subject.said, found)


def _phrases(asked: Asked) -> Iterator[Mention]:
    """Yield works that are spoken of by part of their title and their kind: "the Heron guide".

    Or by a word of titles: "illustrating RLHF", "图解 Transformer"; in Chinese by whose work it is
    and on what: "Ann那篇讲RAG的文章".
    """
    for pattern in (_PHRASE, _PHRASE_ZH, _WORK_ZH):
        for match in pattern.finditer(asked.text):
            words = [part for name, part in match.groupdict().items() if part and name != "said"]
            found = [m for m in asked.works(" ".join(words) or match["said"]) if m.by == "title"]
            if found:
                works = tuple(m.work for m in found)
                yield Mention(match.start("said"), match.end("said"), WORK, match["said"], works)


def _strange_titles(text: str) -> Iterator[Mention]:
    """Yield what is put as a title is, and may be of nothing that is here."""
    for match in _TITLE_CASE.finditer(text):
        said = match["q"] or match["z"] or match[0]
        capitals = sum(word[0].isupper() for word in said.split())
        if match["z"] or match["q"] or capitals >= _WORDS_OF_A_TITLE:
            yield Mention(match.start(), match.end(), WORK, said)


def _subjects(here: Catalog, text: str) -> Iterator[Mention]:
    """Yield what the primer or a heading of a list has a name for, the longest names first."""
    taken: list[tuple[int, int]] = []
    for pattern in patterns(here):
        for at in pattern.finditer(text):
            if at[0] and all(at.end() <= start or end <= at.start() for start, end in taken):
                taken.append(at.span())
                yield Mention(at.start(), at.end(), SUBJECT, at[0])


def _named(
    library: Library, known: Names, text: str, subjects: Sequence[Mention]
) -> list[tuple[float, Mention]]:
    """Return the titles, people and sites that a text names, each with how much says so."""
    tokens = list(_tokens(library, known, text))
    at: dict[str, list[int]] = defaultdict(list)
    for number, token in enumerate(tokens):
        for word in token.words:
            at[word].append(number)
    there = frozenset(at)
    spans: dict[tuple[int, int, str], tuple[float, list[Work]]] = {}
    for name in known.names:
        common = there & name.words
        if name.work.primer or all(word.isdigit() for word in common):
            continue
        if name.by == "title":
            span = _title_span(known, tokens, at, common, name)
        else:
            if SAID["unit"].search(" ".join(common)):
                continue
            span = _person_span(library, known, tokens, at, common, name.words)
        if span is None:
            continue
        likeness, first, last = span
        likeness *= name.trust
        if likeness < _SURE:
            continue
        start, end = tokens[first].start, tokens[last].end
        worth = likeness + known.weigh(common) / 40
        inside = [m for m in subjects if m.start <= start and end <= m.end]
        if name.by == "title":
            complete = known.weigh(common) >= _WHOLE * known.weigh(name.words)
            possible = _may_be_a_title(library, text[start:end], common, whole=complete)
            what = _what_a_title_is(text[start:end], common) if possible and not inside else None
        else:
            what = _what_a_person_is(text, start, end, name, inside)
        if what is None:
            continue
        before = spans.get((start, end, what))
        if before is None or worth > before[0] + 1e-6:
            spans[start, end, what] = (worth, [name.work])
        elif worth > before[0] - 0.05:
            before[1].append(name.work)
    found = [
        (worth, Mention(start, end, what, text[start:end], tuple(dict.fromkeys(works))))
        for (start, end, what), (worth, works) in spans.items()
    ]
    return found + [(2.0, mention) for mention in _owners(known, text, tokens)]


def _what_a_title_is(said: str, common: frozenset[str]) -> str:
    """Return what is meant by words of a title: the work, or what it is about as well."""
    several = len(common) >= _SEVERAL or _titled(said)
    return WORK if several else SUBJECT  # "CPU memory"


def _what_a_person_is(
    text: str, start: int, end: int, name: Name, inside: Sequence[Mention]
) -> str | None:
    """Return what is meant by the name of a person or a site; None if it is part of a subject's."""
    if any(len(mention.said) > end - start for mention in inside):
        return None  # "Mistral 7B": no site's name
    return SUBJECT if name.by == "site" and not _as_person(text, start, end) else PERSON


def _owners(known: Names, text: str, tokens: Sequence[_Token]) -> Iterator[Mention]:
    """Yield names of whom a site is called after: "jay alammar", "alammar", jalammar."""
    for one, other in itertools.pairwise(tokens):
        said = text[one.start : one.end].casefold(), text[other.start : other.end].casefold()
        for label in initials(said):
            if works := known.sites.get(label):
                yield Mention(one.start, other.end, PERSON, text[one.start : other.end], works)
    surnames = {label[1:]: label for label in known.sites if len(label) > _LONG + 2}
    for token in tokens:
        surname = text[token.start : token.end]
        if (owner := surnames.get(surname.casefold())) is not None:
            yield Mention(token.start, token.end, PERSON, surname, known.sites[owner])


def _tokens(library: Library, known: Names, text: str) -> Iterator[_Token]:
    """Yield the words of a text; of a run of Chinese, each two characters that stand together."""
    for match in NAME_WORD.finditer(text):
        if has_han(match[0]):
            run = match[0]
            for at in range(max(1, len(run) - 1)):
                start = match.start() + at
                yield _Token(frozenset({run[at : at + 2]}), start, start + len(run[at : at + 2]))
            continue
        words = words_of(match[0])
        strange = len(words) == 1 and words[0] not in known.weights and len(words[0]) > _LONG
        if strange and library.absent(library.terms(words[0])):
            meant = nearest(known, words[0])
            words = [meant] if meant[0] == words[0][0] else words
        yield _Token(frozenset(words), match.start(), match.end())


def _title_span(
    known: Names,
    tokens: Sequence[_Token],
    at: dict[str, list[int]],
    common: frozenset[str],
    name: Name,
) -> tuple[float, int, int] | None:
    """Return the stretch of a text most like a title, with how like it is."""
    title, beside = name.words, name.beside
    if known.weigh(common) < 0.5 * known.weigh(title):
        return None
    numbers = sorted({number for word in common for number in at[word]})
    order = words_of(apart(name.work.title))
    best = None
    for a, first in enumerate(numbers):
        for last in numbers[a:]:
            if last - first > _WIDEST:
                break
            said = frozenset().union(*(token.words for token in tokens[first : last + 1]))
            shared = said & title
            own = known.weigh(shared)
            precision = known.weigh(said & (title | beside)) / known.weigh(said)
            recall = own / known.weigh(title)
            likeness = 2 * precision * recall / (precision + recall)
            if len(shared) < _LONG and not _in_order(tokens[first : last + 1], shared, order):
                continue
            if best is None or likeness > best[0]:
                best = (likeness, first, last)
    return best


def _in_order(tokens: Sequence[_Token], shared: frozenset[str], order: Sequence[str]) -> bool:
    """Say whether words stand as in a title, and no other word of weight among them."""
    said = [word for token in tokens for word in token.words]
    if any(word not in shared for word in said):
        return False
    places = [order.index(word) for word in said if word in order]
    return places == sorted(places)


def _person_span(
    library: Library,
    known: Names,
    tokens: Sequence[_Token],
    at: dict[str, list[int]],
    common: frozenset[str],
    name: frozenset[str],
) -> tuple[float, int, int] | None:
    """Return where a person or site is named: by all of the name, or by a rare part of it."""
    numbers = sorted({number for word in common for number in at[word]})
    first = last = numbers[0]
    for number in numbers[1:]:
        if number == last + 1:
            last = number
    telling = [w for w in common if len(w) >= _LONG and _rare(library, w)]
    if common == name and (len(name) > 1 or telling or any(map(has_han, name))):
        return 1.0, first, last
    return (0.9, first, last) if telling else None


def _titled(said: str) -> bool:
    """Say whether words are put as titles are: "Illustrated ...", all of it Chinese."""
    return bool(_OF_TITLES.search(said)) or all(has_han(letter) for letter in said)


def _as_person(text: str, start: int, end: int) -> bool:
    """Say whether a site is spoken of as someone who writes: "by EleutherAI", "Hamel's"."""
    return bool(_WRITER_BEFORE.search(text[:start]) or _WRITER_AFTER.match(text, end))


def _may_be_a_title(library: Library, said: str, common: frozenset[str], *, whole: bool) -> bool:
    """Say whether words that are like a title are more than plain words that it has, too."""
    telling = [w for w in common if not any(said.fullmatch(w) for said in SAID.values())]
    if len(common) > 1:
        several = len(common) >= _SEVERAL or any(map(has_han, common))
        return bool(telling) and (whole or several or any(_rare(library, w) for w in telling))
    return len(said) >= _LONG and bool(telling) and _rare(library, said)


def _rare(library: Library, word: str) -> bool:
    terms = library.terms(word)
    if not terms:
        return False
    rarest = library.idf(["\u0001"])["\u0001"]
    return max(library.idf(terms).values()) >= _RARE * rarest


def as_works(asked: Asked, named: Sequence[Mention]) -> list[Mention]:
    """Return mentions with those subjects as works that are the very name of a project or paper.

    "axolotl" is what a repository is called as well as what may be asked about.
    """
    known = names(asked.library.store).names
    own: dict[frozenset[str], list[Work]] = defaultdict(list)
    for name in known:
        if name.by == "title" and (name.work.kind == "paper" or is_repository(name.work.url)):
            own[name.words].append(name.work)
    read = []
    for mention in named:
        works = own.get(frozenset(words_of(mention.said)), []) if mention.what == SUBJECT else []
        read.append(replace(mention, what=WORK, works=tuple(works)) if works else mention)
    return read


def _as_work(asked: Asked, mention: Mention) -> Mention:
    """Return a subject that is put as one work ("the DPO paper") as that work."""
    text = asked.text
    if mention.what not in (SUBJECT, PERSON) or _MANY.match(text, mention.end):
        return mention
    called = _CALLED.match(text, mention.end)
    if mention.works and _CALLED_BEFORE.search(text[: mention.start]):
        return replace(mention, what=WORK)
    if called is None:
        return mention
    said = text[mention.start : called.end()]
    found = [m for m in asked.works(said) if m.by == "title"]
    if not found:
        return mention
    works = tuple(match.work for match in found)
    return Mention(mention.start, called.end(), WORK, said, works)
