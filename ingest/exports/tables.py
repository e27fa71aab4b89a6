"""Read-later exports as CSV: Pocket, Instapaper, Raindrop, Readwise Reader, Zotero."""

import csv
import io
import re
from collections.abc import Iterator
from itertools import islice

from ingest.exports.given import Given
from ingest.exports.rows import columns_of, take_rows
from ingest.exports.shelf import ListBuilder

WHAT = "a table with a column of addresses"
_LONGEST_CELL = 2_000_000
_ADDRESS = ("http://", "https://")
_LOOKED_AT = 50  # rows
_LETTER = re.compile(r"[^\W\d_]")


def recognises(given: Given) -> bool:
    """See `Format`."""
    table = _Table(given)
    if given.value is not None or not table.columns:
        return False
    if given.suffix in (".csv", ".tsv"):
        return True
    # a line of prose may be one word, "Link": the next row tells
    row = next(table.rows(ListBuilder()), {})
    named = table.columns["url"]
    return any((row.get(name) or "").startswith(_ADDRESS) for name in named)


def read(given: Given, shelf: ListBuilder) -> str | None:
    """See `Format`."""
    take_rows(_Table(given).rows(shelf), shelf)
    return None


class _Table:
    """A table: what parts its cells, what its columns are called."""

    def __init__(self, given: Given) -> None:
        self._text = given.text.lstrip("\ufeff")
        first = self._text.partition("\n")[0][:4000]
        self._mark = max(",;\t", key=first.count)
        # one column of addresses has no mark; a line of prose has no such name
        cells = next(csv.reader([first], delimiter=self._mark), [])
        self._names = [cell.strip() for cell in cells]
        self._headed = not any(cell.startswith(_ADDRESS) for cell in self._names)
        if given.suffix in (".csv", ".tsv") and not columns_of(self._names):
            self._names = _named_by_cells(self._names, self._rows(_LOOKED_AT))
        self.columns = columns_of(self._names)

    def rows(self, shelf: ListBuilder) -> Iterator[dict[str, str]]:
        """Yield the rows by name of column; what cannot be read goes on the shelf."""
        try:
            for number, cells in self._rows():
                if len(cells) < len(self.columns["url"]):
                    shelf.leave("", cells[0], f"row {number} is cut off")
                    continue
                yield dict(zip(self._names, cells, strict=False))
        except csv.Error as error:
            shelf.leave("", "", f"the table cannot be read further: {error}")

    def _rows(self, most: int | None = None) -> Iterator[tuple[int, list[str]]]:
        """Yield the rows that hold something, with their numbers."""
        before = csv.field_size_limit(_LONGEST_CELL)
        try:
            reader = enumerate(csv.reader(io.StringIO(self._text), delimiter=self._mark), 1)
            for number, cells in islice(reader, int(self._headed), most):
                if any(cell.strip() for cell in cells):
                    yield number, cells
        finally:
            csv.field_size_limit(before)


def _named_by_cells(names: list[str], rows: Iterator[tuple[int, list[str]]]) -> list[str]:
    """Name the columns of a table whose header is in another language, or not there.

    The column of addresses is the one that holds most of them, in half of the rows at least; the
    title stands in the first other column that holds words.
    """
    seen = list(_read_safely(rows))
    columns = [[cells[at].strip() if at < len(cells) else "" for cells in seen]
               for at in range(len(names))]  # fmt: skip
    counts = [sum(cell.startswith(_ADDRESS) for cell in column) for column in columns]
    if not seen or max(counts, default=0) * 2 < len(seen):
        return names
    url = counts.index(max(counts))
    titles = (at for at, column in enumerate(columns)
              if at != url and any(_LETTER.search(cell) for cell in column))  # fmt: skip
    known = {url: "url", next(titles, -1): "title"}
    return [known.get(at, name) for at, name in enumerate(names)]


def _read_safely(rows: Iterator[tuple[int, list[str]]]) -> Iterator[list[str]]:
    try:
        for _, cells in rows:
            yield cells
    except csv.Error:
        return
