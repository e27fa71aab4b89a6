"""Read-later exports as a JSON array of objects: Omnivore, Pinboard, Raindrop's interface."""

from typing import Any

from ingest.exports.given import Given
from ingest.exports.rows import columns_of, take_rows
from ingest.exports.shelf import ListBuilder

WHAT = "a JSON array of saved pages"
_LOOKED_AT = 20


def recognises(given: Given) -> bool:
    """See `Format`."""
    rows = _array(given.value)
    return any(isinstance(row, dict) and columns_of(row) for row in rows[:_LOOKED_AT])


def read(given: Given, shelf: ListBuilder) -> str | None:
    """See `Format`."""
    rows = _array(given.value)
    take_rows((row for row in rows if isinstance(row, dict)), shelf)
    for row in rows:
        if not isinstance(row, dict):
            shelf.leave(str(row), "", "no object with an address")
    return None


def _array(value: Any) -> list[Any]:
    if isinstance(value, dict) and isinstance(value.get("items"), list):
        value = value["items"]
    return value if isinstance(value, list) else []
