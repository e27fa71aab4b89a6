"""The reply of the page itself, among all that came of a link.

For the kinds whose pages are mostly shells: without scripts or a login they say next to nothing.
"""

from ingest.archive.warc import Reply
from ingest.failures import Failure
from ingest.links.urls import canonical
from ingest.reading.document import read_document
from ingest.sites.source import Replies
from ingest.values import Document, Rejection

_SHELL = 400  # characters: the footer and notices of a site; less text than that is no page's own


def page_of(url: str, replies: Replies) -> Reply | Rejection:
    """Return the reply of the page at the canonical address ``url``: answered, and the newest."""
    found = [each for asked, each in replies.items() if asked == url or canonical(asked) == url]
    came = [each for each in found if isinstance(each, Reply)]
    if came:
        return max(came, key=lambda reply: (reply.status < 400, reply.fetched_at))
    reasons = [each.reason for each in found if isinstance(each, Rejection)]
    return Rejection(url, next(iter(reasons), "not fetched"))


def read_shell(url: str, reply: Reply | Rejection) -> Document | Rejection:
    """Read a page of a site that shows little without scripts; so little is no document."""
    if isinstance(reply, Rejection):
        return Rejection(url, reply.reason)
    found = read_document(reply)
    if isinstance(found, Rejection):
        return Rejection(url, found.reason)
    return found if len(found.text) >= _SHELL else Rejection(url, Failure.BROWSER)
