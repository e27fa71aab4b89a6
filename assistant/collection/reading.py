"""A request whose kind is known, read: what it names fills the slots that its kind has."""

from collections.abc import Callable, Sequence

from assistant.collection import shelf_frames, source_frames
from assistant.collection.asked import (
    EDGE,
    YEAR,
    Asked,
    alone,
    date,
    hours_in,
    meant,
    trimmed,
    without_dates,
    without_hours,
    works_of,
)
from assistant.collection.catalog import Work
from assistant.collection.learned import Kind
from assistant.collection.mentions import PERSON, SUBJECT, WORK, Mention
from assistant.collection.request import (
    AGREED,
    HOLDINGS,
    INVENTORY,
    LISTS,
    MANY_SOURCES,
    MISSING,
    NEW,
    ONE_SOURCE,
    PATH,
    RECOMMENDED,
    SUMMARY,
    Request,
)
from assistant.collection.request import WORK as ONE_WORK
from assistant.collection.vocabulary import LANGUAGES, LEVELS, SAID, WORDING

_OF_A_SOURCE = WORDING.exact["before_a_source_zh"]
_IN_A_SOURCE = WORDING.exact["after_a_source_zh"]
_A_QUESTION = 4  # characters
_FRAME = tuple(name for name in SAID if name not in ("recommend", "thing"))
"""The classes of words that a request is made of, and not its subject."""


def read(asked: Asked, named: Sequence[Mention], kind: Kind) -> Request | None:
    """Return the request a text makes, of this kind; None if what the kind needs is not named."""
    return _READ[kind.kind](asked, named, kind.asks)


def _holdings(asked: Asked, named: Sequence[Mention], asks: str) -> Request | None:
    people = _works(named, PERSON)
    subject = _subject(asked, named)
    if not subject:
        if people:
            return asked.request(ONE_WORK, works=people, subject=_said(named, PERSON))
        return _inventory(asked, named, "")
    end = shelf_frames.end_of(asked.text)
    levels = {"levels": ()} if end else {}
    return asked.request(HOLDINGS, subject=subject, works=people, asks=end, **levels)


def _inventory(asked: Asked, named: Sequence[Mention], asks: str) -> Request | None:
    if asks == "twice":
        return asked.request(AGREED, asks=asks)
    if asks in ("", "count"):
        return shelf_frames.inventory(asked, count=asked.has("count"))
    return asked.request(INVENTORY, asks=asks, levels=())


def _lists(asked: Asked, named: Sequence[Mention], asks: str) -> Request | None:
    subject = _said(named, SUBJECT)
    if asked.lists and subject:
        return asked.request(HOLDINGS, subject=subject)
    return shelf_frames.about_lists(asked, subject)


def _recommended(asked: Asked, named: Sequence[Mention], asks: str) -> Request | None:
    works = _works(named, WORK) or _by_name(asked, named)
    subject = _said(named, WORK) or _said(named, SUBJECT, PERSON)
    if works or _said(named, WORK):
        return asked.request(RECOMMENDED, works=works, subject=subject, asks=asks, lists=())
    return asked.request(LISTS, subject=subject) if subject else None


def _agreed(asked: Asked, named: Sequence[Mention], asks: str) -> Request | None:
    if len(asked.lists) > 1:
        return asked.request(LISTS, asks="compare")
    return asked.request(AGREED)


def _work(asked: Asked, named: Sequence[Mention], asks: str) -> Request | None:
    works = _works(named, WORK)
    if not works and asks in ("kind", ""):
        works = _works(named, PERSON)
    works = works or _by_name(asked, named)
    subject = _said(named, WORK) or _said(named, PERSON, SUBJECT)
    if not works:  # none is called so, which is said
        return asked.request(HOLDINGS, subject=subject, kinds=()) if _said(named, WORK) else None
    return asked.request(ONE_WORK, works=works, subject=subject, asks=asks)


def _missing(asked: Asked, named: Sequence[Mention], asks: str) -> Request | None:
    if asks:
        return asked.request(MISSING, asks=asks)
    works = _works(named, WORK) or _works(named, PERSON) or _by_name(asked, named)
    subject = _said(named, WORK, PERSON, SUBJECT)
    if subject and not works:
        return None
    return asked.request(MISSING, works=works, subject=subject)


def _new(asked: Asked, named: Sequence[Mention], asks: str) -> Request | None:
    return asked.request(NEW, since=date(asked.text))


def _path(asked: Asked, named: Sequence[Mention], asks: str) -> Request | None:
    if asks == "after":
        works = _works(named, WORK) or _by_name(asked, named)
        subject = _said(named, WORK) or _said(named, SUBJECT)
        return asked.request(PATH, subject=subject, works=works, asks=asks) if subject else None
    subject = alone(_subject(asked, named))
    return asked.request(PATH, subject=subject, hours=hours_in(asked.text)) if subject else None


def _summary(asked: Asked, named: Sequence[Mention], asks: str) -> Request | None:
    works = _works(named, WORK) or _by_name(asked, named)
    if not (works or _said(named, WORK)):
        return None
    return source_frames.summary_of(asked, works, _said(named, WORK) or _said(named, SUBJECT))


def _one_source(asked: Asked, named: Sequence[Mention], asks: str) -> Request | None:
    for what in (WORK, PERSON):
        if works := _works(named, what):
            return asked.request(
                ONE_SOURCE, works=works, subject=_said(named, what),
                question=_put_to(asked, named, what),
            )  # fmt: skip
    return None


def _put_to(asked: Asked, named: Sequence[Mention], what: str) -> str:
    """Return what is asked of a source, in Chinese without its name: pages seldom say it."""
    if asked.lang != "zh":
        return asked.text
    source = next(mention for mention in named if mention.what == what)
    before, after = asked.text[: source.start], asked.text[source.end :]
    left = _OF_A_SOURCE.sub("", before).strip(EDGE) + _IN_A_SOURCE.sub("", after)
    return left if len(left.strip(EDGE)) >= _A_QUESTION else asked.text


def _many_sources(asked: Asked, named: Sequence[Mention], asks: str) -> Request | None:
    subject = _said(named, SUBJECT) or _left(asked, named)
    works = tuple(work for what in (WORK, PERSON) for work in _works(named, what))
    several = sum(mention.what in (WORK, PERSON) for mention in named) > 1
    years = [year[0] for year in YEAR.finditer(asked.text)]
    since, until = (min(years), max(years)) if years else ("", "")
    if not subject:
        return None
    return asked.request(
        MANY_SOURCES, subject=subject, works=works if several else (), kinds=(), since=since,
        until=until if len(years) > 1 else "",
    )  # fmt: skip


_READ: dict[str, Callable[[Asked, Sequence[Mention], str], Request | None]] = {
    HOLDINGS: _holdings,
    INVENTORY: _inventory,
    LISTS: _lists,
    RECOMMENDED: _recommended,
    AGREED: _agreed,
    ONE_WORK: _work,
    MISSING: _missing,
    NEW: _new,
    PATH: _path,
    SUMMARY: _summary,
    ONE_SOURCE: _one_source,
    MANY_SOURCES: _many_sources,
}


def _works(named: Sequence[Mention], what: str) -> tuple[Work, ...]:
    """Return the works that all of a text's mentions of this sort mean."""
    works = (work for mention in named if mention.what == what for work in mention.works)
    return tuple(dict.fromkeys(works))


def _by_name(asked: Asked, named: Sequence[Mention]) -> tuple[Work, ...]:
    """Return the work that has the name of a subject that a text names."""
    for mention in named:
        if mention.what in (SUBJECT, PERSON) and (works := asked.works(mention.said)):
            return meant(works, asked.lang) if works[0].by == "title" else works_of(works)
    return ()


def _said(named: Sequence[Mention], *what: str) -> str:
    """Return the first of the names of these sorts that a text has."""
    return next((mention.said for mention in named if mention.what in what), "")


def _subject(asked: Asked, named: Sequence[Mention]) -> str:
    """Return what a text is about: what stands from the first to the last subject it names."""
    subjects = [mention for mention in named if mention.what in (SUBJECT, WORK)]
    if not subjects:
        return _left(asked, named)
    return subjects[0].said


def _left(asked: Asked, named: Sequence[Mention]) -> str:
    """Return what is left of a text without what requests are made of."""
    text = without_dates(without_hours(asked.rest))
    for mention in named:
        if mention.what not in (SUBJECT, WORK):
            text = text.replace(mention.said, " ")
    for pattern in (*LEVELS.values(), *LANGUAGES.values(), *(SAID[name] for name in _FRAME)):
        text = pattern.sub(" \u0001 ", text)
    parts = [" ".join(trimmed(part).split()) for part in text.split("\u0001")]
    return max(parts, key=len, default="")
