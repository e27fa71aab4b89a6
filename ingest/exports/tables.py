"""Read-later exports as CSV: Pocket, Instapaper, Raindrop, Readwise Reader, Zotero."""

import csv
import io
from collections.abc import Iterator

from ingest.exports.given import Given
from ingest.exports.rows import columns_of, take_rows
from ingest.exports.shelf import Shelf

WHAT = "a table with a column of addresses"
_LONGEST_CELL = 2_000_000


def recognises(given: Given) -> bool:
    """See `Format`."""
    columns = columns_of(_names(given))
    if given.value is not None or not columns:
        return False
    if given.suffix in (".csv", ".tsv"):
        return True
    # a line of prose may be one word, "Link": the next row tells
    row = next(_rows(given, Shelf()), {})
    return any((row.get(name) or "").startswith(("http://", "https://")) for name in columns["url"])


def read(given: Given, shelf: Shelf) -> str | None:
    """See `Format`."""
    take_rows(_rows(given, shelf), shelf)
    return None


def _names(given: Given) -> list[str]:
    first = given.text.lstrip("\ufeff").partition("\n")[0][:4000]
    mark = max(",;\t", key=first.count)
    # one column of addresses has no mark; a line of prose has no such name
    cells = next(csv.reader([first], delimiter=mark), [])
    return [cell.strip() for cell in cells]


def _rows(given: Given, shelf: Shelf) -> Iterator[dict[str, str]]:
    names = _names(given)
    text = given.text.lstrip("\ufeff")
    mark = max(",;\t", key=text.partition("\n")[0][:4000].count)
    before = csv.field_size_limit(_LONGEST_CELL)
    try:
        reader = csv.reader(io.StringIO(text), delimiter=mark)
        next(reader, None)
        for number, cells in enumerate(reader, 2):
            if not any(cell.strip() for cell in cells):
                continue
            if len(cells) < len(columns_of(names)["url"]):
                shelf.leave("", cells[0], f"row {number} is cut off")
                continue
            yield dict(zip(names, cells, strict=False))
    except csv.Error as error:
        shelf.leave("", "", f"the table cannot be read further: {error}")
    finally:
        csv.field_size_limit(before)
