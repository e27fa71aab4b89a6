"""YouTube: a video is read by its transcript, each paragraph with the second at which it starts.

Title and channel come from YouTube's documented oEmbed reply, so that even a video that cannot be
read is reported by name. Other pages of YouTube say nothing without scripts.
"""

import html
import json
import re
from collections.abc import Sequence
from typing import TYPE_CHECKING
from urllib.parse import quote

from ingest.archive.values import Reply
from ingest.links.urls import canonical, source_of
from ingest.reading.captions import paragraphs
from ingest.reading.decode import UnreadableError, decode
from ingest.reading.document import make_document
from ingest.reading.extract import Extract
from ingest.sites import web
from ingest.sites.adapter import Replies, Request
from ingest.sites.page import page_of, read_shell
from ingest.text.sentences import one_line
from ingest.values import Document, Rejection

if TYPE_CHECKING:
    from ingest.sites.transcript import Transcript

_VIDEO = re.compile(r"https://www\.youtube\.com/watch\?v=([\w-]+)")
_OEMBED = "https://www.youtube.com/oembed?url={}&format=json"

_META = {
    "title": re.compile(r'<meta name="title" content="([^"]*)"'),
    "channel": re.compile(r'<link itemprop="name" content="([^"]*)"'),
    "date": re.compile(r'<meta itemprop="datePublished" content="(\d{4}-\d{2}-\d{2})'),
}


def covers(url: str) -> bool:
    """Cover all of YouTube."""
    return source_of(url) == "youtube"


def requests(url: str, replies: Replies) -> Sequence[Request]:
    """Ask for the name of the video and, one after the other, for what leads to its transcript."""
    video = _VIDEO.fullmatch(url)
    if video is None:
        return web.requests(url, replies)
    wanted = []
    name = Request(_OEMBED.format(quote(url, safe="")), interface=True)
    if name.url not in replies:
        wanted.append(name)
    transcript = _transcript(video[1], replies)
    if isinstance(transcript, Request):
        wanted.append(transcript)
    return wanted


def read(url: str, replies: Replies) -> Document | Rejection:
    """Read the transcript of a video; without one, tell what the video is and why."""
    from ingest.sites.transcript import NONE, Transcript

    video = _VIDEO.fullmatch(url)
    page = page_of(url, replies)
    if video is None:
        return read_shell(url, page)
    title, channel, published = _about(url, page, replies)
    transcript = _transcript(video[1], _by_address(url, page, replies))
    if isinstance(transcript, Transcript):
        text, anchors = _paragraphs(title or video[1], url, transcript)
        if anchors:
            language = re.match(r"([a-z]{2})(?:-|$)", transcript.language)
            extract = Extract(
                title or video[1],
                text,
                author=channel or None,
                published=published or None,
                lang=language[1] if language else None,
                anchors=anchors,
            )
            return make_document(url, extract, _newest(replies))
    elif isinstance(transcript, str) and transcript != NONE:
        return Rejection(url, transcript)
    elif isinstance(transcript, Request) and isinstance(page, Rejection):
        return page
    return Rejection(url, f"{NONE}: {_named(title, channel)}" if title else NONE)


def blocks(replies: Replies) -> bool:
    """Say whether these replies show that YouTube takes us for a bot: then no video can be had."""
    from ingest.sites.transcript import BLOCKED

    videos = (_VIDEO.fullmatch(canonical(asked)) for asked in replies)
    return any(_transcript(video[1], replies) == BLOCKED for video in videos if video)


def _transcript(video: str, replies: Replies) -> "Transcript | Request | str":
    from ingest.sites.transcript import transcript_of  # slow to import

    return transcript_of(video, replies)


def _by_address(url: str, page: Reply | Rejection, replies: Replies) -> Replies:
    """Return the replies with that of the page under its canonical address."""
    return {**replies, url: page} if isinstance(page, Reply) else replies


def _newest(replies: Replies) -> str:
    return max(reply.fetched_at for reply in replies.values() if isinstance(reply, Reply))


def _named(title: str, channel: str) -> str:
    return f"{title} by {channel}" if channel else title


def _about(url: str, page: Reply | Rejection, replies: Replies) -> tuple[str, str, str]:
    """Return the title, the channel and the day of publication, empty where not known."""
    said: dict[str, str] = {}
    text = _text(page)
    for name, pattern in _META.items():
        if match := pattern.search(text):
            said[name] = one_line(html.unescape(match[1]))
    try:
        embed = json.loads(_text(replies.get(_OEMBED.format(quote(url, safe="")))))
    except (ValueError, RecursionError):
        embed = None
    if isinstance(embed, dict):
        for name, key in (("title", "title"), ("channel", "author_name")):
            if isinstance(embed.get(key), str) and embed[key].strip():
                said[name] = one_line(embed[key])
    return said.get("title", ""), said.get("channel", ""), said.get("date", "")


def _text(reply: Reply | Rejection | None) -> str:
    if not isinstance(reply, Reply) or reply.status != 200:
        return ""
    try:
        # JSON is no type that documents are made of, so its type is left out.
        return decode(reply.body, url="", content_encoding=reply.header("Content-Encoding")).text
    except UnreadableError:
        return ""


def _paragraphs(
    title: str, url: str, transcript: "Transcript"
) -> tuple[str, tuple[tuple[int, str], ...]]:
    """Write the lines as paragraphs under the title; say where each begins and at which second."""
    text = f"# {title}"
    anchors = []
    for second, paragraph in paragraphs(transcript.lines):
        text += "\n\n"
        anchors.append((len(text), f"{url}&t={int(second)}s"))
        text += paragraph
    return text, tuple(anchors)
