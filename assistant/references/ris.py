"""CSL-JSON items as RIS, the tagged lines that EndNote, Mendeley and Zotero read."""

from collections.abc import Iterable
from typing import Any

from assistant.references.csl import Item, year_of
from ingest.text.characters import without_controls

_TYPES = {
    "article-journal": "JOUR", "paper-conference": "CONF", "chapter": "CHAP", "thesis": "THES",
    "report": "RPRT", "book": "BOOK", "article": "UNPB", "software": "COMP",
    "motion_picture": "VIDEO", "speech": "SLIDE", "post-weblog": "BLOG", "document": "GEN",
}  # fmt: skip


def ris(items: Iterable[Item]) -> str:
    """Return items as a ``.ris`` file; every reader takes its line ends."""
    return "".join(_record(item) for item in items)


def _record(item: Item) -> str:
    first, _, last = item.get("page", "").partition("–")
    lines = [("TY", _TYPES.get(item["type"], "ELEC")), ("ID", item["id"])]
    lines += [("AU", _author(name)) for name in item.get("author", ())]
    lines += [
        ("TI", item.get("title", "")),
        ("T2", item.get("container-title", "")),
        ("PY", year_of(item)),
        ("DA", _day(item.get("issued"))),
        ("VL", item.get("volume", "")),
        ("IS", item.get("issue", "")),
        ("SP", first),
        ("EP", last),
        ("PB", item.get("publisher", "")),
        ("DO", item.get("DOI", "")),
        ("M1", item.get("number", "")),
        ("LA", item.get("language", "")),
        ("UR", item.get("URL", "")),
        ("Y2", _day(item.get("accessed"))),
    ]
    said = [f"{tag}  - {without_controls(value)}" for tag, value in lines if value]
    return "\n".join([*said, "ER  - ", "", ""])


def _author(name: dict[str, str]) -> str:
    if "literal" in name:
        return name["literal"]
    return f"{name['family']}, {name['given']}"


def _day(said: Any) -> str:
    parts = (said or {}).get("date-parts", [[]])[0]
    return "/".join(f"{part:02d}" for part in parts)
