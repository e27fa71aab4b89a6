"""Where formats put what they read: entries of a list, and what is none, with the reason.

The one place that decides which addresses of other programs are taken over.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from html import unescape

from ingest.errors import UsageError
from ingest.links.public import refusal
from ingest.links.urls import NO_BASE, kind_of, resolve, source_of
from ingest.lists.catalog_file import Attached, CuratedList, Entry, Ignored, Topic
from ingest.lists.lines import language_of
from ingest.text.sentences import clean

_TITLE = 500  # characters
_NOTE = 2_000
_NAME = 200
_DEEPEST = 40  # folders within folders
_TAGS = 50
_ENDS = ".!?…。！？"
_TAG = re.compile(
    r"</?(?:a|abbr|b|bdi|big|blockquote|br|cite|code|dd|del|dfn|div|dl|dt|em|figcaption|figure|font"
    r"|h[1-6]|hr|i|img|ins|kbd|li|mark|ol|p|pre|q|samp|section|small|span|strong|sub|sup|table"
    r"|tbody|td|tfoot|th|thead|tr|tt|u|ul|var|wbr)(?:[\s/][^<>]{0,1000})?>",
    re.IGNORECASE,
)
"""Of HTML, without ``<s>``: in what people read here it is a token more often than struck out."""

_APART = re.compile(r"[,;]?\s{1,20}(?=https?://)|;(?=https?://)")
_FEED = re.compile(r"feed:(?=https?://)", re.IGNORECASE)


@dataclass(slots=True)
class ListBuilder:
    """What was read so far; ``base`` is what relative addresses resolve against."""

    base: str | None = None
    entries: dict[tuple[str, tuple[str, ...]], Entry] = field(default_factory=dict)
    topics: dict[Topic, None] = field(default_factory=dict)
    ignored: list[Ignored] = field(default_factory=list)
    feeds: dict[str, None] = field(default_factory=dict)
    attached: dict[str, Attached] = field(default_factory=dict)

    def take(
        self,
        address: str,
        title: str,
        section: Sequence[str] = (),
        *,
        note: str = "",
        tags: Iterable[str] = (),
        added: str = "",
        about: str = "",
    ) -> None:
        """Take an entry, or note why its address is none.

        Tags and the day it was kept (any spelling `day_of` knows) are told in its note; ``about``
        is that of an `Entry`. All but the first of several addresses in one field are noted as not
        taken.
        """
        title = plain(title, _TITLE)
        address, *more = addresses_in(address)
        for other in more:
            self.leave(other, title, "a further address of one entry")
        url, reason = resolve(address, self.base) if address else ("", "no address")
        reason = "no web address" if reason == NO_BASE else reason or refusal(url) or ""
        if reason:
            self.leave(address, title, reason)
            return
        under = tuple(name for part in section[:_DEEPEST] if (name := plain(part, _NAME)))
        if (url, under) in self.entries:
            self.leave(address, title, "the same address stands in this section before")
            return
        said = _note(note, tags, added)
        self.entries[url, under] = Entry(
            title or url,
            url,
            under,
            kind_of(url),
            source_of(url),
            note=said or None,
            about=about,
        )

    def follow(self, feed: str, title: str) -> None:
        """Note a feed whose entries are to join the list."""
        spelled = _FEED.sub("", feed.strip(), count=1)
        if spelled.lower().startswith("feed://"):
            spelled = f"http{spelled[4:]}"
        url, reason = resolve(spelled, self.base)
        if reason := reason or refusal(url) or "":
            self.leave(feed, title, f"a feed: {reason}")
        else:
            self.feeds[url] = None

    def attach(self, file: Attached) -> None:
        """Note a file that its program keeps with an entry, by its path."""
        self.attached.setdefault(file.path, file)

    def leave(self, target: str, title: str, reason: str) -> None:
        """Note what is not taken, and why."""
        self.ignored.append(Ignored(plain(target, _NAME), plain(title, _NAME), reason))

    def cover(self, title: str, section: Sequence[str] = ()) -> None:
        """Note a subject without a link."""
        if title := plain(title, _NAME):
            self.topics[Topic(title, tuple(plain(part, _NAME) for part in section))] = None

    def as_list(
        self, name: str, title: str | None, *, what: str, form: str, origin: str | None
    ) -> CuratedList:
        """Return what was read as a list.

        Raises:
            UsageError: no entry is among it; the message says what is.
        """
        if not self.entries and not self.feeds and not self.attached:
            raise UsageError(
                f"The list {name!r} was read as {what} and holds no address of a page"
                f"{_reasons(self.ignored)}. What to do: check that the export is whole."
            )
        lines = [entry.title for entry in self.entries.values()]
        return CuratedList(
            name=name,
            title=plain(title or "", _NAME) or name,
            origin=origin,
            base=self.base,
            lang=language_of(lines),
            entries=tuple(self.entries.values()),
            topics=tuple(self.topics),
            ignored=tuple(self.ignored),
            form=form,
            feeds=tuple(self.feeds),
            attached=tuple(self.attached.values()),
        )


def plain(text: str, most: int) -> str:
    """Return a text of one line, without control characters, cut at ``most``."""
    line = " ".join(clean(text[: 8 * most]).split())
    return line if len(line) <= most else f"{line[: most - 1]}…"


def without_tags(text: str) -> str:
    """Return a text without the tags of HTML; what merely stands between angles stays."""
    return _TAG.sub(" ", text)


def from_html(text: str) -> str:
    """Return the words of a field that holds HTML."""
    return unescape(without_tags(text))


def addresses_in(field: str) -> list[str]:
    """Return the addresses of a field that should hold one; itself where it holds no other."""
    return [part.strip() for part in _APART.split(field.strip())]


def day_of(said: object) -> str:
    """Return a date as ``YYYY-MM-DD``, "" if it is none.

    Knows seconds, milliseconds and microseconds since 1970, ISO 8601 and RFC 5322.
    """
    text = str(said).strip()[:60]
    try:
        if re.fullmatch(r"\d{9,17}(?:\.\d{1,6})?", text):
            seconds = float(text)
            while seconds > 1e11:
                seconds /= 1000
            read = datetime.fromtimestamp(seconds, UTC)
        elif re.match(r"\d{4}-\d\d-\d\d", text):
            return str(datetime.fromisoformat(text[:10]).date())
        else:
            read = parsedate_to_datetime(text)
    except (ValueError, TypeError, OverflowError, OSError, IndexError):
        return ""
    return f"{read:%Y-%m-%d}"


def _note(note: str, tags: Iterable[str], added: str) -> str:
    parts = [plain(note, _NOTE)]
    if parts[0] and (tags or added) and parts[0][-1] not in _ENDS:
        parts[0] += "."
    named = list(dict.fromkeys(name for tag in tags if (name := plain(str(tag), _NAME))))[:_TAGS]
    if named:
        parts.append(f"Tags: {', '.join(named)}.")
    if day := day_of(added):
        parts.append(f"Kept on {day}.")
    return " ".join(filter(None, parts))


def _reasons(ignored: Sequence[Ignored]) -> str:
    counts: dict[str, int] = {}
    for item in ignored:
        counts[item.reason] = counts.get(item.reason, 0) + 1
    said = ", ".join(f"{count} × {reason}" for reason, count in counts.items())
    return f" ({said})" if said else ""
