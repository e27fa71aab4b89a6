"""The reply of the page itself, among all that came of a link.

For the kinds whose pages are mostly shells: without scripts or a login they say next to nothing.
"""

from ingest.archive.values import Reply
from ingest.failures import Failure
from ingest.links.urls import canonical
from ingest.reading.document import read_document
from ingest.sites.adapter import Replies
from ingest.values import Document, Rejection

_SHELL = 400  # characters: the footer and notices of a site; less text than that is no page's own


def page_of(url: str, replies: Replies) -> Reply | Rejection:
    """Return the reply of the page at the canonical address ``url``: answered, and the newest."""
    answers = [reply for asked, reply in replies.items() if asked == url or canonical(asked) == url]
    came = [reply for reply in answers if isinstance(reply, Reply)]
    if came:
        return max(came, key=lambda reply: (reply.status < 400, reply.fetched_at))
    reasons = [reply.reason for reply in answers if isinstance(reply, Rejection)]
    return Rejection(url, next(iter(reasons), "not fetched"))


def read_shell(url: str, reply: Reply | Rejection) -> Document | Rejection:
    """Read a page of a site that shows little without scripts; so little is no document."""
    if isinstance(reply, Rejection):
        return Rejection(url, reply.reason)
    result = read_document(reply)
    if isinstance(result, Rejection):
        return Rejection(url, result.reason)
    return result if len(result.text) >= _SHELL else Rejection(url, Failure.BROWSER)
