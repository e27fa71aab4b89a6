"""The value of a request about the collection, and the kinds there are."""

from dataclasses import dataclass

from assistant.collection.catalog import ListRow, Work
from assistant.collection.conditions import UNCONDITIONAL, Conditions

INVENTORY, HOLDINGS, LISTS, RECOMMENDED, AGREED = (
    "inventory", "holdings", "lists", "recommended", "agreed",
)  # fmt: skip
WORK, MISSING, NEW, PATH, SUMMARY = "work", "missing", "new", "path", "summary"
ONE_SOURCE, MANY_SOURCES = "one_source", "many_sources"


@dataclass(frozen=True, slots=True)
class Request:
    """A request about the collection.

    ``subject`` is what it is about, in the person's words, "" if it is about all there is,
    ``also`` what it is about at the same time. ``works`` are the works it names, best first,
    ``lists`` the lists. ``kinds``, ``langs``, ``levels`` narrow what is looked at, ``since`` and
    ``until`` (``YYYY-MM-DD``, "" if not named) when it came or was written, ``conditions`` what
    works have to be beside. ``asks`` are the things wanted of a work (author, time, hard, when,
    address, kind), of a list (beside, topics, who, compare, which), of a path (after), or of what
    there is (count, newest, oldest, longest, shortest, hardest, easiest, hours, twice, and the
    `views.VIEWS`), or "". ``question`` is what is asked of a source, ``sentences`` how many a
    summary may have, 0 if that is not said.
    """

    kind: str
    text: str
    lang: str
    subject: str = ""
    also: str = ""
    works: tuple[Work, ...] = ()
    lists: tuple[ListRow, ...] = ()
    kinds: tuple[str, ...] = ()
    langs: tuple[str, ...] = ()
    levels: tuple[str, ...] = ()
    since: str = ""
    until: str = ""
    asks: str = ""
    question: str = ""
    hours: float | None = None
    primer: bool = False
    sentences: int = 0
    conditions: Conditions = UNCONDITIONAL
