"""WeChat, Medium, Notion and bilibili: what a plain request gives, and the walls it may meet.

Knows the signs of these sites alone; what walls have in common is known by `junk`. A wall is
reported, never got round.
"""

import json
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from lxml import etree, html

from ingest.archive.warc import Reply
from ingest.failures import Failure
from ingest.links.urls import canonical, source_of
from ingest.reading import markdown
from ingest.reading.decode import MAX_CHARS, UnreadableError, decode
from ingest.reading.document import make_document, read_document, status_reason
from ingest.reading.extract import extract_html
from ingest.sites import web
from ingest.sites.page import page_of, read_shell
from ingest.sites.source import Replies, Request
from ingest.text.sentences import clean
from ingest.values import Document, Rejection

# WeChat

_GONE = (
    (r"已被发布者删除", Failure.DEAD.reason("deleted by its author")),
    (
        r"此内容.{0,12}(?:违规|违反|侵权|投诉)|涉嫌违反",
        Failure.DEAD.reason("removed for a breach of rules"),
    ),
    (
        r"(?:帐号|账号).{0,12}(?:注销|屏蔽|冻结|封禁|迁移|停止使用)",
        Failure.DEAD.reason("its account is closed"),
    ),
    (r"链接已过期", Failure.DEAD.reason("the link has expired")),
    (r"参数错误", Failure.ERROR_PAGE),
)
_SECONDS = re.compile(r"\bvar (?:ct|oriCreateTime)\s*=\s*['\"](\d{9,11})['\"]")
_DAY = re.compile(r"\b(?:publish_time|createTime)\s*=\s*['\"](\d{4}-[01]\d-[0-3]\d)")
_CHINA = timedelta(hours=8)

# Medium

_POST_ID = re.compile(r"(?:^|[/-])([0-9a-f]{8,12})$")
_MEMBERS_ONLY = re.compile(
    r"made this story available to (?:\w+ )?members only|create an account to read the full story"
    r"|(?:read|unlock) the (?:full|rest of this) story with a (?:free|member)",
    re.IGNORECASE,
)
_TAIL = 1000  # characters: where a preview that was cut off says so
_HEAD = 14  # blocks at the top of an article among which its byline is
_BYLINE = re.compile(
    r"(?>Follow(?:ing)?|Listen|Share|More|Save|Sign (?:up|in)|Member-only story|Published in.{0,80}"
    r"|\d++ min read|\d++ (?:days?|hours?) ago|(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)"
    r"\w* \d\d?(?:, \d{4})?|\d++|[\s·•-]++)++",
    re.IGNORECASE,
)
_ZOOM = re.compile(r"Press enter or click to view image in full size(?:\n+|$)")

# bilibili

_VIDEO = re.compile(r"/(?:video|bangumi/play|cheese/play)/|/s/video/")
_SITE_NAME = re.compile(r"\s*[-_]\s*(?:哔哩哔哩|bilibili).*$", re.IGNORECASE)
_REMOVED = re.compile(r"视频去哪了|啊叻|视频不见了|出错啦|稿件不可见")
_COLUMN = "//*[@id='read-article-holder' or contains(@class, 'opus-module-content')]"


def covers(url: str) -> bool:
    """Cover the four sites; not the domains of their own that Medium's publications may have."""
    return source_of(url) in _READERS


def requests(url: str, replies: Replies) -> Sequence[Request]:
    """Ask for the page itself."""
    return web.requests(url, replies)


def read(url: str, replies: Replies) -> Document | Rejection:
    """Read the page as its site writes it."""
    reply = page_of(url, replies)
    if isinstance(reply, Rejection):
        return reply
    if reply.status == 412:  # how bilibili turns away programs
        return Rejection(url, Failure.BLOCKED.reason(412))
    if reason := status_reason(reply):
        return Rejection(url, reason)
    try:
        page = decode(
            reply.body,
            url=reply.url,
            content_type=reply.header("Content-Type"),
            content_encoding=reply.header("Content-Encoding"),
        ).text.replace("\0", "")
        tree = html.document_fromstring(page, parser=markdown.parser())
    except UnreadableError as error:
        return Rejection(url, error.reason)
    except (etree.ParserError, ValueError):  # nothing in it, or text that names its own encoding
        return read_shell(url, reply)
    # A short link, or a sign-in page, shows only now where it leads.
    arrived = source_of(canonical(reply.url))
    reader = _READERS[arrived if arrived in _READERS else source_of(url)]
    found = reader(url, reply, page, tree)
    return replace(found, url=url) if isinstance(found, Rejection) else found


def _wechat(url: str, reply: Reply, page: str, tree: html.HtmlElement) -> Document | Rejection:
    if "captcha" in urlsplit(reply.url).path:
        return Rejection(url, Failure.BOT_WALL)
    found = _part(url, reply, tree, "//*[@id='js_content']")
    if found is None:
        shown = "".join(tree.xpath("//body//text()[not(ancestor::script or ancestor::style)]"))
        for pattern, reason in _GONE:
            if re.search(pattern, shown):
                return Rejection(url, reason)
        return read_shell(url, reply)
    if isinstance(found, Rejection):
        return found
    day = None
    if seconds := _SECONDS.search(page):
        day = (datetime.fromtimestamp(int(seconds[1]), UTC) + _CHINA).strftime("%Y-%m-%d")
    elif said := _DAY.search(page):
        day = said[1]
    title = _first(tree, "//*[@id='activity-name']", "//meta[@property='og:title']/@content")
    author = _first(tree, "//*[@id='js_name']", "//meta[@name='author']/@content")
    return replace(found, title=title or found.title, author=author or None, date=day)


def _medium(url: str, reply: Reply, page: str, tree: html.HtmlElement) -> Document | Rejection:
    found = read_document(reply)
    if isinstance(found, Rejection):
        return found
    if _is_locked(url, page) or _MEMBERS_ONLY.search(found.text[-_TAIL:]):
        return Rejection(url, Failure.SIGN_IN_WALL)
    if not found.text:
        return Rejection(url, "empty")
    title = re.sub(r" \| by .*$", "", found.title)
    return replace(found, title=title, text=_without_byline(found.text, found.author))


def _is_locked(url: str, page: str) -> bool:
    """Say whether the page's own data call this post, and not one it recommends, a preview."""
    post = _POST_ID.search(urlsplit(url).path)
    state = _state(page, "__APOLLO_STATE__")
    if post is None or not isinstance(state, dict):
        return False
    own = [value for key, value in state.items() if post[1] in key.split(":", 1)[-1]]
    return any(key == "isLockedPreviewOnly" and value is True for key, value in _items(own))


def _items(data: Any) -> Iterator[tuple[str, Any]]:
    """Yield every key with its value, however deep."""
    waiting = [data]
    while waiting:
        here = waiting.pop()
        if isinstance(here, dict):
            yield from here.items()
            waiting += here.values()
        elif isinstance(here, list):
            waiting += here


def _without_byline(text: str, author: str | None) -> str:
    blocks = text.split("\n\n")
    names = {author, *(f"By {author}", f"Written by {author}")} if author else set()
    first = next((at for at, block in enumerate(blocks[:_HEAD]) if len(block) > 120), _HEAD)
    kept = [
        block
        for at, block in enumerate(blocks)
        if at >= first or not (_BYLINE.fullmatch(block) or block in names)
    ]
    return _ZOOM.sub("", "\n\n".join(kept)).strip()


def _notion(url: str, reply: Reply, page: str, tree: html.HtmlElement) -> Document | Rejection:
    return read_shell(url, reply)


def _bilibili(url: str, reply: Reply, page: str, tree: html.HtmlElement) -> Document | Rejection:
    state = _state(page, "__INITIAL_STATE__")
    if _VIDEO.search(urlsplit(reply.url).path) or _VIDEO.search(urlsplit(url).path):
        return Rejection(url, _named(tree, state))
    column = _part(canonical(reply.url), reply, tree, _COLUMN)
    found = read_shell(url, reply) if column is None else column
    if isinstance(found, Rejection):
        return found
    return replace(found, title=_SITE_NAME.sub("", found.title) or found.title)


def _named(tree: html.HtmlElement, state: Any) -> str:
    """Say which video it is that has no text."""
    video = state.get("videoData") if isinstance(state, dict) else None
    video = video if isinstance(video, dict) else {}
    owner = video.get("owner")
    title = str(video.get("title") or "") or _first(
        tree, "//h1[contains(@class, 'video-title')]", "//meta[@property='og:title']/@content"
    )
    uploader = str(owner.get("name") or "") if isinstance(owner, dict) else ""
    uploader = uploader or _first(tree, "//meta[@name='author']/@content")
    title = _SITE_NAME.sub("", title).strip()
    if not title or _REMOVED.search(title):
        gone = _REMOVED.search(title or tree.findtext(".//title") or "")
        return Failure.DEAD.reason("no such video") if gone else Failure.BROWSER
    return f"no transcript: {title} by {uploader}" if uploader else f"no transcript: {title}"


_Reader = Callable[[str, Reply, str, html.HtmlElement], Document | Rejection]
_READERS: dict[str, _Reader] = {
    "wechat": _wechat,
    "medium": _medium,
    "notion": _notion,
    "bilibili": _bilibili,
}


def _part(url: str, reply: Reply, tree: html.HtmlElement, path: str) -> Document | Rejection | None:
    """Read the part of a page that holds its article; None if there is no such part, or no text."""
    found = tree.xpath(path)
    if not found or not "".join(found[0].itertext()).strip():
        return None
    part = found[0]
    # WeChat hides its article until a script shows it.
    part.attrib.pop("style", None)
    for pre in part.iter("pre"):
        if language := pre.get("data-lang"):
            pre.set("class", f"language-{clean(language)}")
        for line in list(pre.iter("code"))[:-1]:  # each line of code is an element of its own
            line.tail = "\n" + (line.tail or "").strip()
    root = html.fromstring("<html><head><title></title></head><body><article></article></body>")
    root.find(".//title").text = clean(tree.findtext(".//title") or "")
    part.tail = None
    root.find(".//article").append(part)
    if language := tree.get("lang"):
        root.set("lang", clean(language))
    extract = extract_html(html.tostring(root, encoding="unicode"), reply.url)
    # Walls have no such part: what is in it, however short, is the article.
    if not extract.text or len(extract.text) > MAX_CHARS:
        return Rejection(url, Failure.TOO_LARGE if extract.text else "empty")
    return make_document(url, extract, reply.fetched_at)


def _first(tree: html.HtmlElement, *paths: str) -> str:
    """Return the text of the first of these elements and attributes that has any."""
    for path in paths:
        for found in tree.xpath(path):
            text = found if isinstance(found, str) else found.text_content()
            if line := " ".join(clean(text).split()):
                return line
    return ""


def _state(page: str, name: str) -> Any:
    """Return the data that a script of the page assigns to the variable, None if it cannot."""
    if start := re.search(rf"{name}\s*=\s*(?=\{{)", page):
        try:
            return json.JSONDecoder().raw_decode(page, start.end())[0]
        except (ValueError, RecursionError):
            return None
    return None
