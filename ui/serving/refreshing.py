"""A refresh by itself while refdesk is served, and the digest as an Atom feed.

When the next one is due is read from the digests in the home, so that a restart begins no other.
"""

import threading
from datetime import UTC, datetime, timedelta
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from fastapi import FastAPI
from fastapi.responses import Response

from assistant.refreshing.digest import digest_object, lines_of
from ingest.text.characters import NOT_IN_XML
from ui.serving.asking import AskService
from ui.serving.jobs import Jobs, Work
from ui.serving.turns import TooMany

PERIODS = {"hourly": timedelta(hours=1), "daily": timedelta(days=1), "weekly": timedelta(days=7)}
_LOOK_S = 60.0
_AGAIN = timedelta(hours=1)  # after one that failed
_SHOWN = 30  # digests of the feed


class Refresher:
    """Begins a refresh whenever one is due; use it as a context manager around the serving."""

    def __init__(self, jobs: Jobs, period: timedelta, look_s: float = _LOOK_S) -> None:
        self._jobs = jobs
        self._period = period
        self._look_s = look_s
        self._over = threading.Event()
        self._last: datetime | None = None

    def __enter__(self) -> "Refresher":
        threading.Thread(target=self._watch, name="refdesk-refresh", daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()

    def is_due(self) -> bool:
        """Say whether a refresh should begin now."""
        now = datetime.now(UTC)
        if self._last is not None and now - self._last < min(_AGAIN, self._period):
            return False
        digests = self._jobs.desk.digests()
        last = _time_of(digests[-1]) if digests else None
        # a digest of tomorrow: the clock was wrong then, or is now
        return last is None or not timedelta() <= now - last < self._period

    def _watch(self) -> None:
        while not self._over.wait(self._look_s):
            if self.is_due():
                self._last = datetime.now(UTC)
                try:
                    self._jobs.submit("refresh", self._work())
                except TooMany:
                    continue  # later

    def _work(self) -> Work:
        desk = self._jobs.desk
        return lambda tell, on_outcome: digest_object(desk.refresh(told=on_outcome, progress=tell))


def add_feed(app: FastAPI, asking: AskService) -> None:
    """Add the digests as an Atom feed at ``/digest.atom``."""

    @app.get("/digest.atom", tags=["refdesk"])
    async def digests() -> Response:
        """Return what the last refreshes told, as a feed (RFC 4287)."""
        digests = await asking.look_up(asking.desk.digests)
        return Response(atom(digests), media_type="application/atom+xml; charset=utf-8")


def atom(digests: list[dict[str, Any]]) -> str:
    """Return digests, as ``refresh --json`` has them, as an Atom feed, the newest first."""
    spoken = [(digest, lines) for digest in digests if (lines := list(lines_of(digest)))]
    shown = spoken[: -_SHOWN - 1 : -1]
    updated = str(digests[-1]["at"]) if digests else "1970-01-01T00:00:00Z"
    entries = "".join(_entry(str(digest["at"]), lines) for digest, lines in shown)
    return (
        '<?xml version="1.0" encoding="utf-8"?>\n<feed xmlns="http://www.w3.org/2005/Atom">'
        "<title>refdesk: what is new in the library</title><id>urn:refdesk:digest</id>"
        f"<author><name>refdesk</name></author><updated>{_text(updated)}</updated>{entries}</feed>\n"
    )


def _entry(at: str, lines: list[str]) -> str:
    items = "".join(f"<li>{escape(_for_xml(line))}</li>" for line in lines)
    term = quoteattr(f"urn:refdesk:digest:{_for_xml(at)}")[1:-1]
    return (
        f"<entry><title>{len(lines)} changes on {_text(at[:10])}</title><id>{term}</id>"
        f"<updated>{_text(at)}</updated>"
        f'<content type="html">{escape(f"<ul>{items}</ul>")}</content></entry>'
    )


def _text(text: str) -> str:
    return escape(_for_xml(text))


def _for_xml(text: str) -> str:
    return NOT_IN_XML.sub("", text)


def _time_of(digest: dict[str, Any]) -> datetime | None:
    try:
        return datetime.fromisoformat(str(digest["at"])).astimezone(UTC)
    except ValueError:
        return None
