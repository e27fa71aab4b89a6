"""What Omnivore keeps of a page beside its row: the highlights, in a file named as the page is."""

import json
from collections.abc import Iterable, Iterator
from pathlib import PurePosixPath

from ingest.lists.parser import decode

_HIGHLIGHTS = "highlights"


def with_highlights(members: Iterable[tuple[str, bytes]]) -> Iterator[tuple[str, bytes]]:
    """Yield the members of a packed export, with the highlights of each page in its row."""
    held = list(members)
    marked = {
        path.stem: (name, body)
        for name, body in held
        if (path := PurePosixPath(name)).parent.name == _HIGHLIGHTS and path.suffix == ".md"
    }
    told: set[str] = set()
    rest = []
    for name, body in held:
        rows = _rows(body) if marked and name.endswith(".json") else []
        for row in rows:
            if found := marked.get(str(row.get("slug"))):
                row[_HIGHLIGHTS] = decode(found[1]).replace("\n>", "\n").removeprefix(">")
                told.add(found[0])
        rest.append((name, json.dumps(rows).encode() if rows else body))
    yield from ((name, body) for name, body in rest if name not in told)


def _rows(body: bytes) -> list[dict[str, object]]:
    try:
        value = json.loads(body)
    except (ValueError, RecursionError):
        return []
    rows = value if isinstance(value, list) else []
    return rows if rows and all(isinstance(row, dict) and "slug" in row for row in rows) else []
