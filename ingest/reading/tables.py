"""The grid of an HTML table: cells that span columns or rows take the places they cover."""

from collections.abc import Callable

from lxml import html

from ingest.text.digits import whole_number

_WIDEST = 60  # columns or rows: a larger span is a mistake
_ROOM = 20_000  # covered places in one table: more is no table but an attack


def grid(table: html.HtmlElement, text_of: Callable[[html.HtmlElement], str]) -> list[list[str]]:
    """Return the texts of a table's cells by row and column.

    A cell's text stands where the cell begins, and the other places it covers are empty. Rows and
    columns without any text are left out; shorter rows are filled up.
    """
    room = _ROOM
    below: dict[int, int] = {}  # how many more rows a cell above covers, by column
    rows = []
    for row in table.iter("tr"):
        line: list[str] = []
        for cell in [cell for cell in row if cell.tag in ("td", "th")]:
            _pass_covered(line, below)
            width, height = _span(cell, "colspan"), _span(cell, "rowspan")
            room -= width * height
            if room < 0:
                width = height = 1
            below |= dict.fromkeys(range(len(line), len(line) + width), height - 1)
            line += [text_of(cell), *[""] * (width - 1)]
        _pass_covered(line, below)
        below = {column: left - (column >= len(line)) for column, left in below.items() if left}
        rows.append(line)
    used = sorted({at for line in rows for at, text in enumerate(line) if text})
    return [[line[at] if at < len(line) else "" for at in used] for line in rows if any(line)]


def _pass_covered(line: list[str], below: dict[int, int]) -> None:
    while below.get(len(line), 0):
        below[len(line)] -= 1
        line.append("")


def _span(cell: html.HtmlElement, name: str) -> int:
    return min(max(whole_number(cell.get(name) or "") or 1, 1), _WIDEST)
