"""CSL-JSON items as references in APA style (American Psychological Association, 7th edition).

Plain text: what the style sets in italics stands as it is. Titles keep their capitals: to put them
into sentence case one must know which words are names.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from assistant.references.csl import Item
from ingest.text.numbers import MONTHS

_MOST_AUTHORS = 20
_DATED_BY_DAY = ("webpage", "post-weblog", "post", "motion_picture", "speech", "software")
_LABELS = {
    "software": "Computer software", "motion_picture": "Video", "speech": "Slides",
    "post": "Online forum post",
}  # fmt: skip


def apa(items: Iterable[Item]) -> str:
    """Return items as a list of references, one a line, by author."""
    lines = [_reference(item) for item in items]
    return "".join(f"{line}\n" for line in sorted(lines, key=str.casefold))


def _reference(item: Item) -> str:
    authors, issued = _authors(item.get("author", ())), _issued(item)
    title = _titled(item)
    if authors:
        head = [_ended(authors), f"({issued}).", _ended(title)]
    else:
        head = [_ended(title), f"({issued})."]
    return " ".join([*head, *(part for part in _rest(item) if part)])


def _rest(item: Item) -> list[str]:
    venue, publisher = item.get("container-title", ""), item.get("publisher", "")
    only = item.get("author", ())
    if len(only) == 1 and only[0].get("literal") == venue:
        venue = ""  # the one who wrote it is where it stands
    if item["type"] == "article-journal":
        where = f"{venue}, {item['volume']}" if item.get("volume") else venue
        where += f"({item['issue']})" if item.get("issue") else ""
        where += f", {item['page']}" if item.get("page") else ""
        return [_ended(where), _link(item)]
    if item["type"] in ("paper-conference", "chapter"):
        pages = f" (pp. {item['page']})" if item.get("page") else ""
        return [_ended(f"In {venue}{pages}") if venue else "", _ended(publisher), _link(item)]
    return [_ended(venue), _ended(publisher), _link(item)]


def _titled(item: Item) -> str:
    title: str = item.get("title", "")
    number = item.get("number", "")
    label = _LABELS.get(item["type"], "")
    return title + (f" ({number})" if number else "") + (f" [{label}]" if label else "")


def _authors(names: Sequence[dict[str, str]]) -> str:
    said = [_inverted(name) for name in names]
    if len(said) > _MOST_AUTHORS:
        return f"{', '.join(said[: _MOST_AUTHORS - 1])}, … {said[-1]}"
    if len(said) > 1:
        return f"{', '.join(said[:-1])}, & {said[-1]}"
    return "".join(said)


def _inverted(name: dict[str, str]) -> str:
    if "literal" in name:
        return name["literal"]
    initials = []
    for part in name["given"].split():
        # "Jean-Paul" is J.-P.; what is an initial already stays one
        pieces = [piece for piece in part.split("-") if piece]
        initials.append("-".join(f"{piece[0].upper()}." for piece in pieces))
    return f"{name['family']}, {' '.join(initials)}"


def _issued(item: Item) -> str:
    parts = item.get("issued", {}).get("date-parts", [[]])[0]
    if not parts:
        return "n.d."
    if len(parts) == 1 or item["type"] not in _DATED_BY_DAY:
        return str(parts[0])
    day = f" {parts[2]}" if len(parts) > 2 else ""
    return f"{parts[0]}, {MONTHS[parts[1] - 1]}{day}"


def _link(item: Item) -> str:
    """Return where to find it; of a page that may change, also when it was read."""
    if item.get("DOI"):
        return f"https://doi.org/{item['DOI']}"
    url: str = item.get("URL", "")
    seen: Any = item.get("accessed", {}).get("date-parts", [[]])[0]
    if not url or item.get("number") or len(seen) < 3:
        return url
    return f"Retrieved {MONTHS[seen[1] - 1]} {seen[2]}, {seen[0]}, from {url}"


def _ended(text: str) -> str:
    return text if not text or text.endswith((".", "!", "?", "。", "？", "！")) else f"{text}."
