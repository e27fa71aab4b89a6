"""The tables of reStructuredText as rows of cells: simple ones, grids, lists and CSV."""

import csv
import re
from collections.abc import Sequence

_SIMPLE = re.compile(r"=+(?:[ ]+=+)+\s*")
_GRID = re.compile(r"\+(?:[-=]+\+)+\s*")
_COLUMN = re.compile(r"=+")
_HEADER = re.compile(r":header:\s*(.*)")
_ITEM = re.compile(r"(?:\*\s+)?-(?:\s+(.*)|$)")

Rows = list[list[str]]
"""The first of which is the head."""


def table_at(lines: Sequence[str], at: int) -> tuple[Rows, int]:
    """Return the table that begins with a line, and where the text goes on: there, if none does.

    ``lines`` hold no tabs.
    """
    line = lines[at].strip()
    indent = len(lines[at]) - len(lines[at].lstrip())
    if _SIMPLE.fullmatch(line):
        return _simple(lines, at, indent)
    return _grid(lines, at, indent) if _GRID.fullmatch(line) else ([], at)


def of_list(body: Sequence[str]) -> Rows:
    """Return the rows of a ``list-table``: an item a row, an item below it a cell."""
    rows: Rows = []
    for line in body:
        said = line.strip()
        item = _ITEM.fullmatch(said)
        if item and said.startswith("*"):
            rows.append([])
        if item and rows:
            rows[-1].append(item[1] or "")
        elif said and rows and rows[-1]:
            rows[-1][-1] = f"{rows[-1][-1]} {said}".strip()
    return rows


def of_csv(options: Sequence[str], body: Sequence[str]) -> Rows:
    """Return the rows of a ``csv-table``; its head may stand among its options."""
    head = next((found[1] for option in options if (found := _HEADER.match(option))), "")
    try:
        rows = [
            row
            for row in csv.reader([*([head] if head else []), *body], skipinitialspace=True)
            if row
        ]
    except csv.Error:
        return []
    return [[cell.strip() for cell in row] for row in rows]


def markdown(rows: Rows) -> list[str]:
    """Return rows as a table in Markdown."""
    width = max(map(len, rows), default=0)
    made = []
    for at, row in enumerate(rows):
        cells = [cell.replace("|", "\\|") for cell in row] + [""] * (width - len(row))
        made.append(f"| {' | '.join(cells)} |")
        if at == 0:
            made.append(f"|{' --- |' * width}")
    return made


def _simple(lines: Sequence[str], at: int, indent: int) -> tuple[Rows, int]:
    starts = [column.start() for column in _COLUMN.finditer(lines[at])]
    spans = list(zip(starts, [*starts[1:], None], strict=True))
    rows: Rows = []
    rules, here = 0, at + 1
    while here < len(lines):
        line = lines[here]
        if _SIMPLE.fullmatch(line.strip()):
            rules += 1
            if rules == 2 or here + 1 == len(lines) or not lines[here + 1].strip():
                return rows, here + 1
        elif line.strip() and len(line) - len(line.lstrip()) >= indent:
            cells = [line[start:end].strip() for start, end in spans]
            if not cells[0] and rows:  # its first column is empty: the row goes on
                rows[-1] = [
                    " ".join(filter(None, pair)) for pair in zip(rows[-1], cells, strict=True)
                ]
            elif not re.fullmatch(r"[-\s]+", line):  # which underlines columns that are one
                rows.append(cells)
        elif line.strip():
            break
        here += 1
    return [], at


def _grid(lines: Sequence[str], at: int, indent: int) -> tuple[Rows, int]:
    edges = [place for place, char in enumerate(lines[at]) if char == "+"]
    rows: Rows = []
    cells: list[list[str]] = []
    here = at + 1
    while here < len(lines) and (said := lines[here].strip()) and said[0] in "+|":
        line = lines[here]
        if said[0] == "+":
            if any(map(any, cells)):
                rows.append([" ".join(filter(None, cell)) for cell in cells])
            cells = []
        else:
            cells = cells or [[] for _ in edges[1:]]
            for cell, left, right in zip(cells, edges, edges[1:], strict=False):
                cell.append(line[left + 1 : right].strip(" |"))
        here += 1
    if any(map(any, cells)):
        rows.append([" ".join(filter(None, cell)) for cell in cells])
    return rows, here
