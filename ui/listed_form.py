"""A list that was added, as every door tells of it: what was taken, and what was not, and why."""

from collections.abc import Iterator, Sequence
from typing import Any

from ingest.lists.catalog_file import CuratedList, Ignored

_NAMED = 5  # of those left out for one reason


def added_object(curated: CuratedList) -> dict[str, Any]:
    """Return the list as JSON: every entry, every subject, all that was not taken."""
    return {
        "name": curated.name,
        "title": curated.title,
        "format": curated.form or "markdown",
        "links": len(curated.entries),
        "topics": len(curated.topics),
        "feeds": list(curated.feeds),
        "attached": [file.path for file in curated.attached],
        "entries": [
            {"title": entry.title, "url": entry.url, "section": entry.section, "note": entry.note}
            for entry in curated.entries
        ],
        "not_taken": not_taken_objects(curated.ignored),
    }


def not_taken_objects(ignored: Sequence[Ignored]) -> list[dict[str, str]]:
    """Return what was not taken as JSON: every one, with the reason."""
    return [{"target": item.target, "title": item.title, "reason": item.reason} for item in ignored]


def not_taken(ignored: Sequence[Ignored]) -> Iterator[str]:
    """Yield a line per reason: how many were left out for it, and the first of them."""
    by_reason: dict[str, list[str]] = {}
    for item in ignored:
        by_reason.setdefault(item.reason, []).append(item.target or item.title or "(no name)")
    for reason, names in by_reason.items():
        more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
        yield f"  not taken: {len(names)} × {reason}: {', '.join(names[:_NAMED])}{more}"
