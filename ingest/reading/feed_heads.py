"""Whether a reply is, by its beginning, a feed or an outline of feeds: a list and no page."""

import re

_FEED = re.compile(
    r"<(?:rss|rdf:RDF|(?:\w{1,9}:)?feed|channel)\b[^>]{0,2000}(?:>|$)", re.IGNORECASE
)
_OUTLINE = re.compile(r"<opml\b", re.IGNORECASE)
_PROLOGUE = re.compile(
    r"\s*+(?>(?:<\?[^>]{0,500}>|<!--(?>.{0,2000}?-->)|<!DOCTYPE[^>\[]{0,500}(?:\[[^\]]{0,2000}\]\s*+)?>)\s*+){0,20}",
    re.IGNORECASE | re.DOTALL,
)
_HEAD = 16_000  # bytes


def is_xml_feed(head: str) -> bool:
    """Say whether the beginning of a text is that of RSS or Atom."""
    return _opens_with(_FEED, head)


def is_outline(head: str) -> bool:
    """Say whether the beginning of a text is that of OPML."""
    return _opens_with(_OUTLINE, head)


def is_feed(data: bytes) -> bool:
    """Say whether what came from the web is a feed, in XML or JSON, or an outline of feeds."""
    head = data[:_HEAD].decode("utf-8", "replace")
    if head.lstrip()[:1] == "{":
        return "jsonfeed.org/version/" in head
    return is_xml_feed(head) or is_outline(head)


def _opens_with(root: re.Pattern[str], head: str) -> bool:
    text = head.lstrip("\ufeff")
    before = _PROLOGUE.match(text)
    return bool(root.match(text, before.end() if before else 0))
