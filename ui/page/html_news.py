"""What refreshes told, as HTML: a part a digest, the newest first."""

from collections.abc import Iterator, Mapping, Sequence
from html import escape
from typing import Any

from ui.page.html import framed, link, message_html, reader_link, up
from ui.page.i18n import Texts

_DIGESTS = 30
_LINES = 40  # of one group


def news_html(told: Sequence[Mapping[str, Any]], say: Texts) -> str:
    """Return digests, as ``refresh --json`` has them, the oldest first there."""
    feed = f'<a href="{up(say)}digest.atom">{escape(say("news.feed"))}</a>'
    parts = [part for digest in reversed(told) if (part := _digest(digest, say))][:_DIGESTS]
    if not parts:
        return message_html(say("news.none"), say("news.none_explain"))
    last = say("news.last", at=_minute(told[-1]), pages=f"{told[-1]['looked_at']:,}")
    head = f'<p class="hint">{escape(last)} {feed}</p>'
    return framed(head, *parts, kind="news")


def _digest(told: Mapping[str, Any], say: Texts) -> str:
    groups = "".join(_group(title, lines, say) for title, lines in _groups(told, say))
    return f"<section><h2>{escape(_minute(told))}</h2>{groups}</section>" if groups else ""


def _groups(told: Mapping[str, Any], say: Texts) -> Iterator[tuple[str, list[str]]]:
    yield say("news.answered"), [escape(str(question)) for question in told["answered"]]
    for changes in told["lists"]:
        for name in ("added", "dropped"):
            lines = [_entry(entry) for entry in changes[name]]
            yield say(f"news.{name}", list=changes["name"]), lines
        moved = [f"{_entry(move['from'])} → {_entry(move['to'])}" for move in changes["moved"]]
        yield say("news.moved", list=changes["name"]), moved
    for name in ("new", "changed", "back"):
        pages = [_page(page, say) for page in told[name]]
        yield say(f"news.{name}"), pages
    yield say("news.died"), [_gone(page, say) for page in told["died"]]
    yield say("news.notices"), [escape(str(notice)) for notice in told["notices"]]


def _group(title: str, lines: Sequence[str], say: Texts) -> str:
    if not lines:
        return ""
    items = "".join(f"<li>{line}</li>" for line in lines[:_LINES])
    if len(lines) > _LINES:
        items += f"<li>{escape(say('news.more', count=f'{len(lines) - _LINES:,}'))}</li>"
    return f"<h3>{escape(title)} ({len(lines):,})</h3><ul>{items}</ul>"


def _entry(entry: Mapping[str, Any]) -> str:
    under = " › ".join(map(str, entry["section"]))
    where = f' <span class="where">{escape(under)}</span>' if under else ""
    return f"{link(str(entry['url']), str(entry['title']))}{where}"


def _page(page: Mapping[str, Any], say: Texts) -> str:
    url = str(page["url"])
    return f"{link(url, str(page['title']))} {reader_link(say, say('news.read'), url=url)}"


def _gone(page: Mapping[str, Any], say: Texts) -> str:
    kept = reader_link(say, say("news.kept"), url=str(page["url"])) if page["kept"] else ""
    missing = "" if page["kept"] else escape(say("news.not_kept"))
    reason = f'<span class="where">{escape(str(page["reason"]))}</span>'
    return f"{link(str(page['url']), str(page['title']))} {reason} {kept}{missing}"


def _minute(told: Mapping[str, Any]) -> str:
    """Return when a digest was made, to the minute."""
    return f"{str(told['at'])[:16].replace('T', ' ')} UTC"
