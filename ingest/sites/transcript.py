"""A video's transcript, as youtube-transcript-api finds it in the replies that came.

The library knows where YouTube keeps transcripts and in which order to ask; it never reaches the
network: all its requests end at an adapter that answers from the replies, or tells what is missing.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from io import BytesIO
from typing import Any

from requests import PreparedRequest, Response, Session
from requests.adapters import BaseAdapter
from youtube_transcript_api import (
    AgeRestricted,
    FailedToCreateConsentCookie,
    RequestBlocked,
    TranscriptList,
    VideoUnavailable,
    VideoUnplayable,
    YouTubeTranscriptApi,
)

from ingest.failures import Failure, failure_of
from ingest.reading.decode import UnreadableError, unpack_reply
from ingest.reading.document import status_reason
from ingest.sites.adapter import Replies, Request
from ingest.values import Rejection

BLOCKED = "blocked: YouTube asks for a sign-in"
"""Why nothing came, when YouTube takes us for a bot: true of every video from then on."""

NONE = "no transcript"
"""Why nothing came, when there is no transcript or none that can be had."""

_PAGE = "https://www.youtube.com/watch?"
_TAKEN_OVER = ("Accept-Language", "Content-Type", "Cookie")
_REASONS = (
    (RequestBlocked, BLOCKED),
    (VideoUnavailable, Failure.DEAD.reason("no such video")),
    (AgeRestricted, Failure.SIGN_IN_WALL),
    (FailedToCreateConsentCookie, Failure.COOKIE_WALL),
)
_PREFERRED = ("en", "zh")
_LONGEST = 1_000_000.0  # seconds: beyond it, or not a number, a time is a mistake


@dataclass(frozen=True, slots=True)
class Transcript:
    """What is said in a video: ``lines`` are (second, text), ``language`` a code like zh-Hans."""

    language: str
    lines: tuple[tuple[float, str], ...]


class _Missing(Exception):
    def __init__(self, request: Request) -> None:
        super().__init__(request.url)
        self.request = request


class _Failed(Exception):
    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class _Replay(BaseAdapter):
    """Answers what `requests` asks from replies."""

    def __init__(self, replies: Replies) -> None:
        super().__init__()
        self._replies = replies

    def send(
        self,
        request: PreparedRequest,
        stream: bool = False,
        timeout: Any = None,
        verify: Any = True,
        cert: Any = None,
        proxies: Mapping[str, str] | None = None,
    ) -> Response:
        url = request.url or ""
        if url not in self._replies:
            raise _Missing(_as_ours(request, url))
        reply = self._replies[url]
        if isinstance(reply, Rejection):
            raise _Failed(BLOCKED if "(429)" in reply.reason else reply.reason)
        failed = status_reason(reply)
        if failed and reply.status != 429:  # which the library knows for what it is
            # A transcript's own address expires: only of the page does a 404 say that it is gone.
            if not url.startswith(_PAGE) and failure_of(failed) is not Failure.LATER:
                failed = NONE
            raise _Failed(failed)
        response = Response()
        response.status_code = reply.status
        response.url = url
        response.request = request
        response.encoding = "utf-8"
        try:
            response.raw = BytesIO(unpack_reply(reply))
        except UnreadableError as error:
            raise _Failed(error.reason) from error
        return response

    def close(self) -> None:
        """Nothing is open."""


def _as_ours(request: PreparedRequest, url: str) -> Request:
    return Request(
        url,
        method=request.method or "GET",
        headers=tuple(
            (name, str(request.headers[name])) for name in _TAKEN_OVER if name in request.headers
        ),
        body=_bytes(request.body),
        interface=not url.startswith(_PAGE),  # the rest is what YouTube's own player uses
    )


def _bytes(body: object) -> bytes:
    return body.encode() if isinstance(body, str) else body if isinstance(body, bytes) else b""


def transcript_of(video: str, replies: Replies) -> Transcript | Request | str:
    """Return the transcript, else the request that must be made first, else why there is none."""
    session = Session()
    session.trust_env = False
    session.adapters.clear()
    session.mount("", _Replay(replies))
    # The choice of who refuses all cookies that can be refused: in Europe there is no page without.
    session.cookies.set("SOCS", "CAI", domain=".youtube.com")
    try:
        chosen = _best(YouTubeTranscriptApi(http_client=session).list(video))
        if chosen is None:
            return NONE
        spoken = ((line.start, line.text) for line in chosen.fetch())
        lines = tuple(line for line in spoken if 0 <= line[0] < _LONGEST)
    except _Missing as missing:
        return missing.request
    except _Failed as failed:
        return failed.reason
    except VideoUnplayable as error:
        said = str(error.reason).lower()
        if "not a bot" in said:
            return BLOCKED
        return Failure.SIGN_IN_WALL if "private" in said else NONE
    except Exception as error:  # the library takes for granted what a reply holds
        return next((reason for kind, reason in _REASONS if isinstance(error, kind)), NONE)
    return Transcript(chosen.language_code, lines)


def _best(transcripts: TranscriptList) -> Any:
    """Choose the language that is spoken, else English or Chinese, and there what a person wrote.

    YouTube recognises speech in the language that is spoken: a generated track names it.
    """
    tracks = list(transcripts)
    spoken = {_language(one) for one in tracks if one.is_generated}

    def rank(one: Any) -> tuple[bool, int, bool]:
        language = _language(one)
        known = language in _PREFERRED
        place = _PREFERRED.index(language) if known else len(_PREFERRED)
        return language not in spoken, place, one.is_generated

    return min(tracks, key=rank, default=None)


def _language(track: Any) -> str:
    return str(track.language_code).partition("-")[0].lower()
