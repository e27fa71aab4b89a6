"""Markdown tables as a terminal shows them: the same rows, their columns under each other."""

import re

from rich.cells import cell_len

_BAR = re.compile(r"(?<!\\)\|")
_WIDEST = 60  # of a column, in terminal cells: longer cells stand out of it
_PAGE = 76  # cells of a line, beside the indent
_RULE = re.compile(r":?-+:?")


def aligned(table: str) -> str:
    """Return a table with its cells padded to the width of their column, in terminal cells.

    One that would then be wider than a usual terminal stays as it is: it would be broken more.
    """
    table = table.strip("\n")
    rows = [_cells(line) for line in table.split("\n")]
    widths: list[int] = []
    for row in rows:
        widths += [0] * (len(row) - len(widths))
        for place, cell in enumerate(row):
            if not _RULE.fullmatch(cell):
                widths[place] = max(widths[place], min(cell_len(cell), _WIDEST))
    padded = [_row(row, widths) for row in rows]
    return "\n".join(padded) if max(map(cell_len, padded)) <= _PAGE else table


def _cells(line: str) -> list[str]:
    """Return the cells of a row; a bar behind a backslash parts none."""
    inner = line.strip().removeprefix("|")
    cells = [cell.strip() for cell in _BAR.split(inner)]
    return cells[:-1] if len(cells) > 1 and not cells[-1] else cells


def _row(row: list[str], widths: list[int]) -> str:
    padded = (
        "-" * max(width, 1) if _RULE.fullmatch(cell) else cell + " " * (width - cell_len(cell))
        for cell, width in zip(row, widths, strict=False)
    )
    return f"| {' | '.join(padded)} |"
