"""Whether a reply is the source of a list: Markdown, a feed or an outline of feeds."""

from ingest.archive.values import Reply
from ingest.reading.decode import MARKDOWN, UnreadableError, decode_reply, unpack_reply
from ingest.reading.feed_heads import is_feed


def markdown_in(reply: Reply) -> str | None:
    """Return the text of a reply that is Markdown."""
    try:
        content = decode_reply(reply)
    except UnreadableError:
        return None
    return content.text if content.media_type == MARKDOWN else None


def feed_in(reply: Reply) -> bytes | None:
    """Return the bytes of a reply that is a feed or an outline of feeds."""
    try:
        data = unpack_reply(reply)
    except UnreadableError:
        return None
    return data if is_feed(data) else None


def source_in(reply: Reply) -> bytes | None:
    """Return what a reply holds of a list that can be read, None where it holds none."""
    text = markdown_in(reply)
    return feed_in(reply) if text is None else text.encode()
