"""GitHub's documented interface: how it is asked, and what it answered."""

import json
import os
from typing import Any

from ingest.archive.values import Reply
from ingest.failures import Failure
from ingest.links.kinds import split
from ingest.reading.decode import UnreadableError, to_text, unpack_reply
from ingest.reading.document import status_reason
from ingest.sites.adapter import Request
from ingest.values import Rejection

_HOST = "api.github.com"
_HEADERS = (("Accept", "application/vnd.github+json"), ("X-GitHub-Api-Version", "2022-11-28"))


def ask(path: str) -> Request:
    """Return the request for ``repos/PATH``, in the user's name if ``GITHUB_TOKEN`` is set."""
    token = os.environ.get("GITHUB_TOKEN", "").strip()
    authorization = (("Authorization", f"Bearer {token}"),) if token else ()
    return Request(
        f"https://{_HOST}/repos/{path}", headers=(*_HEADERS, *authorization), interface=True
    )


def is_interface(reply: Reply) -> bool:
    """Say whether a reply is the interface's."""
    return split(reply.url).hostname == _HOST


def answer(came: Reply | Rejection) -> Any:
    """Return the JSON that the interface answered, None if it did not."""
    if isinstance(came, Rejection) or came.status != 200 or not is_interface(came):
        return None
    try:
        return json.loads(to_text(unpack_reply(came)))
    except (UnreadableError, ValueError, RecursionError):
        return None


def refusal(reply: Reply) -> str | None:
    """Say why the interface gave nothing: it refuses whoever asks too often by 403, too."""
    if reply.status in (403, 429):
        return Failure.LATER.reason("GitHub's limit of requests")
    return status_reason(reply)
