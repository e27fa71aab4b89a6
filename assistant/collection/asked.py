"""A request under way: its text, its subject, and what the catalog knows of parts of it."""

import datetime
import re
from collections.abc import Sequence
from dataclasses import replace

from assistant.collection.about import heads, names_it
from assistant.collection.catalog import Catalog, ListRow, Work
from assistant.collection.conditions import UNCONDITIONAL, Conditions
from assistant.collection.naming import Match, lists_named, recognise, words_of
from assistant.collection.request import Request
from assistant.collection.vocabulary import (
    DULL,
    KINDS,
    LANGUAGES,
    LEVELS,
    LIST,
    SAID,
    SPANS,
    TITLES,
    WORDING,
    number_of,
)
from assistant.wording import whole
from index.search.library import Library
from ingest.text.numbers import MONTHS

YEAR = re.compile(r"(?<!\d)((?:19|20)\d\d)(?:-(\d\d)(?:-(\d\d))?)?(?!\d)")
_ABBREVIATED = 2  # words of a mention that may be an abbreviation with what it is of
HOURS = WORDING.patterns["hours"]
_SPAN_NUMBER = WORDING.words["span_number"]
_DULL_ZH = WORDING.exact["dull_zh"]
_AGO = {
    whole(r"today|今天"): 0, whole(r"yesterday|昨天"): 1,
    whole(r"(?:the )?(?:last|past|this|a) week(?: ago)?|(?:上个?|本|这|近?一)周"): 7,
    whole(r"(?:the )?(?:last|past) (?:two weeks|fortnight)|两周"): 14,
    whole(r"(?:the )?(?:last|past|this|a) month(?: ago)?|(?:上|本|这|近?一)个?月"): 31,
    whole(r"(?:the )?(?:last|past|this|a) year(?: ago)?|去年|今年|近?一年"): 365,
}  # fmt: skip
"""Days since a time named by how long ago it was."""
EDGE = " \t\n.,;:!?'\"`()[]，。；：？！、“”《》‘’-–—·…"


class Asked:
    """A request under way: its text, and what the catalog knows of parts of it.

    ``rest`` is the text without the names of lists, ``conditions`` what was taken out of it.
    """

    def __init__(
        self,
        library: Library,
        here: Catalog,
        text: str,
        lang: str,
        conditions: Conditions = UNCONDITIONAL,
    ) -> None:
        self.library = library
        self.catalog = here
        self.text = text
        self.lang = "zh" if lang == "zh" else "en"
        self.conditions = conditions
        self.lists = tuple(lists_in(here, text))
        self.rest = text
        for row in self.lists:
            for name in (row.name, row.title, row.title.removeprefix("The ")):
                self.rest = re.sub(re.escape(name), " \u0001 ", self.rest, flags=re.IGNORECASE)
        self.kinds = tuple(kind for kind, pattern in KINDS.items() if pattern.search(self.rest))

    def has(self, *names: str) -> bool:
        """Say whether the text has words of each of these classes."""
        return all(SAID[name].search(self.text) for name in names)

    def subject(self, *names: str) -> str:
        """Return what is left of the text without the words of these classes and of asking."""
        text = self.rest
        for name in names:
            text = SAID[name].sub(" \u0001 ", text)
        pieces = text.split("\u0001")
        parts = [" ".join(trimmed(p, first=not at).split()) for at, p in enumerate(pieces)]
        return " ".join(part for part in parts if part)

    def works(self, mention: str, *, primer: bool = False) -> list[Match]:
        """Return the works a mention means, best first."""
        if not mention.strip(EDGE):
            return []
        kinds = () if self.kinds == ("note",) else self.kinds
        written_out = self.library.with_other_forms(mention)
        short = len(words_of(mention)) <= _ABBREVIATED  # in a title it stands for itself
        others = [part.strip(" ()") for part in written_out[len(mention) :].split(",") if short]
        unnamed = " ".join(SAID["unit"].sub(" ", mention).split())  # "the LoRA video": LoRA
        others.append(_DULL_ZH.sub("", unnamed) if self.lang == "zh" else unnamed)
        others.append(_in_english(mention))
        return recognise(
            self.library.store, mention, kinds, others=[o for o in others if o], primer_too=primer
        )

    def request(self, kind: str, **fields: object) -> Request:
        """Return a request of a kind, narrowed as the text says."""
        levels = tuple(level for level, p in LEVELS.items() if p.search(self.text))
        langs = tuple(lang for lang, p in LANGUAGES.items() if p.search(self.text))
        request = Request(
            kind, self.text, self.lang, lists=self.lists, kinds=self.kinds, levels=levels,
            langs=langs, conditions=self.conditions,
        )  # fmt: skip
        return replace(request, **fields)  # type: ignore[arg-type]


def _in_english(mention: str) -> str:
    """Return a mention with the Chinese words that stand for those of English titles put so."""
    english = mention
    for chinese, title in TITLES.items():
        english = chinese.sub(f" {title} ", english)
    return english if english != mention else ""


def lists_in(here: Catalog, text: str) -> list[ListRow]:
    """Return the lists a text names; "the Chinese list" is the one in Chinese."""
    if lists := lists_named(here, text):
        return lists
    if whole(rf"(?:chinese|中文)(?: \w+)? ?的?(?:{LIST})").search(text):
        return [row for row in here.lists if row.lang == "zh"]
    return []


def alone(subject: str) -> str:
    """Return a subject without the thing that it is told by: "the LoRA paper" is about LoRA."""
    return " ".join(SAID["unit"].sub(" ", subject).split()) or subject


def trimmed(part: str, *, first: bool = True) -> str:
    """Return a part of a text without words of asking at either end.

    Words with a capital stay, they may be a title's; but for the ``first`` word of a sentence.
    """
    part = part.strip(EDGE)
    before = None
    while part != before:
        before = part
        words = part.split(" ")
        while words and _dull(words[0], capital=first):
            words.pop(0)
        while len(words) > 1 and _dull(words[-1], capital=False):
            words.pop()
        if len(words) == 1 and _dull(words[0], capital=first):
            words = []
        part = _DULL_ZH.sub("", " ".join(words).strip(EDGE)).strip(EDGE)
    return part


def _dull(word: str, *, capital: bool) -> bool:
    plain = word.strip(EDGE)
    return plain.casefold() in DULL and (capital or plain == "I" or not plain[:1].isupper())


def hours_in(text: str) -> float | None:
    """Return the hours a person has; None where a text names none, or asks for them."""
    match = HOURS.search(text)
    if match is None:
        spans = ((span.search(text), hours) for span, hours in SPANS.items())
        return next((hours * _times(text[: at.start()]) for at, hours in spans if at), None)
    if re.search(r"how (?:many|much)|多少", text, re.IGNORECASE):
        return None
    said = match[1].casefold()
    word = said.removesuffix("半").removesuffix("个")
    number = number_of(word) + 0.5 * said.endswith("半")
    return number / 60 if match[2].casefold().startswith(("min", "分")) else number


def _times(before: str) -> float:
    """Return how many of a span of time a person has: the number that stands before it."""
    word = re.search(rf"({_SPAN_NUMBER})$", before, re.IGNORECASE)
    return number_of(word[1].removesuffix("个")) if word else 1.0


def without_hours(text: str) -> str:
    """Return a text without the time that a person has."""
    text = whole(
        r"(?:if |when |as )?(?:i|we)(?:'ve)?(?: only| just)? (?:have|got)(?: only| just)?"
        r"(?= (?:an?|one|two|three|the|this|my|\d)\b)|"
        r"(?:in|for|within) (?=(?:an?|one|this|the) \w+$)|有空"
    ).sub(" ", text)
    text = HOURS.sub(" ", text)
    for span in SPANS:
        text = re.sub(rf"(?:{_SPAN_NUMBER})?(?:{span.pattern})", " ", text, flags=re.IGNORECASE)
    return text


def date(text: str) -> str:
    """Return the date a text names as ``YYYY-MM-DD``, the year or month filled up, or ""."""
    match = YEAR.search(text)
    if match is None:
        ago = next((days for said, days in _AGO.items() if said.search(text)), None)
        return str(datetime.date.today() - datetime.timedelta(days=ago)) if ago is not None else ""
    month, day = match[2] or "", match[3] or ""
    if not month:
        for number, name in enumerate(MONTHS, 1):
            if re.search(rf"\b{name[:3]}(?:{name[3:]})?\b", text, re.IGNORECASE):
                month = f"{number:02}"
        if chinese := re.search(r"(\d{1,2})\s*月(?:\s*(\d{1,2})\s*[日号])?", text):
            month, day = f"{int(chinese[1]):02}", f"{int(chinese[2] or 1):02}"
    return f"{match[1]}-{month or '01'}-{day or '01'}"


def without_dates(text: str) -> str:
    """Return a text without years, months and days."""
    for said in (YEAR, *_AGO):
        text = said.sub(" ", text)
    months = "|".join(rf"{name[:3]}(?:{name[3:]})?" for name in MONTHS)
    return re.sub(
        rf"(?i)\b(?:\d{{1,2}} )?(?:{months})\b(?: \d{{1,2}})?|\d{{1,2}}\s*[年月日号]|年", " ", text
    )


def titled(asked: Asked, subject: str) -> bool:
    """Say whether a mention is put as one work: "the DPO paper", a title, an address."""
    kinds = [kind for kind in asked.kinds if kind]
    plural = re.search(r"\b(?:papers|posts|videos|repos\w*|notebooks|courses|notes)\b", asked.text)
    capitals = len(re.findall(r"\b[A-Z][\w-]+", subject)) >= 3
    return (bool(kinds) and not plural) or capitals or "://" in subject


def works_of(matches: Sequence[Match]) -> tuple[Work, ...]:
    """Return the works of matches."""
    return tuple(match.work for match in matches)


def meant(matches: Sequence[Match], lang: str = "en") -> tuple[Work, ...]:
    """Return the one work meant by its title, else all of an author or site.

    Of several with the same name the one whose text is here, in the language that is spoken, and
    the longest of these.
    """
    if matches[0].by in ("author", "site"):
        return works_of([match for match in matches if match.by in ("author", "site")])
    best = [match for match in matches if match.score == matches[0].score]
    others = [match for match in matches if match.score < matches[0].score]
    best.sort(key=lambda match: (match.work.lang != lang, -match.work.length))
    return works_of(sorted([*best, *others], key=lambda match: not match.work.held)[:1])


def named_subject(asked: Asked, subject: str) -> bool:
    """Say whether a subject is one of the primer's or of a heading of a list, not only a title."""
    return heads(asked.catalog, subject)


def known(asked: Asked, subject: str) -> bool:
    """Say whether a list, the primer or a title knows the words of a subject."""
    return names_it(asked.catalog, subject)
