"""Colab notebooks: those on GitHub come from there, those on Google Drive by its download link."""

import re
from dataclasses import replace

from ingest.archive.values import Reply
from ingest.failures import Failure
from ingest.links.kinds import split
from ingest.links.urls import canonical, kind_of, source_of
from ingest.reading.decode import UnreadableError, to_text, unpack_reply
from ingest.reading.document import make_document, read_document, status_reason
from ingest.reading.notebook import extract_notebook
from ingest.reading.titles import name_of
from ingest.sites import github
from ingest.sites.adapter import Replies, Request
from ingest.text.sentences import clean
from ingest.values import Document, Rejection

_ON_GITHUB = re.compile(r"/github/([^/]+/[^/]+/blob/.+)")
_ON_DRIVE = re.compile(r"/drive/([\w-]+)")
_DRIVE_HOSTS = ("drive.google.com", "drive.usercontent.google.com", "accounts.google.com")
_FILE_NAME = re.compile(r"filename=\"?([^\";]+)")
_BUSY = re.compile(r"quota exceeded|too many users have", re.IGNORECASE)


def covers(url: str) -> bool:
    """Cover Colab."""
    return source_of(url) == "colab"


def requests(url: str, replies: Replies) -> tuple[Request, ...]:
    """Ask for the notebook where it lies; for the page of any other address."""
    if there := _on_github(url):
        return github.requests(there, replies)
    if wanted := _on_drive(url):
        # The address that Drive's own "Download" leads to.
        return () if wanted in replies else (Request(wanted, interface=True),)
    return () if url in replies else (Request(url),)


def read(url: str, replies: Replies) -> Document | Rejection:
    """Read the notebook from where it lies, else Colab's own page."""
    if there := _on_github(url):
        result = github.read(there, replies)
        if isinstance(result, Rejection):
            shown = replies.get(url)
            return read_document(shown) if isinstance(shown, Reply) else replace(result, url=url)
        return replace(result, url=url, source=source_of(url), kind=kind_of(url))
    reasons: list[tuple[int, str]] = []
    for came in replies.values():
        if isinstance(came, Rejection):
            reasons.append((1, came.reason))
            continue
        on_drive = split(came.url).hostname in _DRIVE_HOSTS
        result = _from_drive(url, came) if on_drive else read_document(came)
        if isinstance(result, Document):
            return result
        reasons.append((0 if on_drive else 2, result.reason))
    return Rejection(url, min(reasons, key=lambda item: item[0], default=(0, "not fetched"))[1])


def _on_github(url: str) -> str | None:
    match = _ON_GITHUB.fullmatch(split(url).path)
    return canonical(f"https://github.com/{match[1]}") if match else None


def _on_drive(url: str) -> str | None:
    match = _ON_DRIVE.fullmatch(split(url).path)
    return f"https://drive.google.com/uc?export=download&id={match[1]}" if match else None


def _from_drive(url: str, reply: Reply) -> Document | Rejection:
    if reason := status_reason(reply):
        return Rejection(url, reason)
    try:
        body = unpack_reply(reply)
        if body.lstrip()[:1] == b"<":  # a page in place of the file: it is not for everybody
            busy = _BUSY.search(to_text(body))
            return Rejection(url, Failure.LATER.reason("quota") if busy else Failure.SIGN_IN_WALL)
        page = extract_notebook(body, url)
    except UnreadableError as error:
        return Rejection(url, error.reason)
    name = _FILE_NAME.search(reply.header("Content-Disposition") or "")
    if name and page.title == name_of(url):
        page = replace(page, title=clean(name[1]).strip().removesuffix(".ipynb"))
    return make_document(url, page, reply.fetched_at)
