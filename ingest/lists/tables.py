"""Tables of a curated list: each row is a block that knows the cells of the header."""

from collections.abc import Sequence

from lxml import html

from ingest.lists.pieces import Block, Inline, Link, plain, shows
from ingest.text.digits import whole_number

_WIDEST = 40  # rows a cell may span


class Table:
    """The rows of one table; a cell that spans rows stands in each of them."""

    def __init__(self) -> None:
        self.open = False
        self._head: tuple[str, ...] | None = None
        self._cells: list[tuple[Inline, ...]] = []
        self._all_heads = True
        self._span = 1
        self._below: dict[int, tuple[int, tuple[Inline, ...]]] = {}

    def begin(self, cell: html.HtmlElement) -> None:
        """Begin a cell."""
        self._take_spanning()
        self.open = True
        self._all_heads &= cell.tag == "th"
        rows = whole_number(cell.get("rowspan") or "")
        self._span = 1 if rows is None else min(rows, _WIDEST)

    def end(self, pieces: Sequence[Inline]) -> None:
        """End the cell that holds these pieces."""
        self.open = False
        cell = tuple(
            type(piece)(" ".join(piece.split("\n"))) if isinstance(piece, str) else piece
            for piece in pieces
        )
        if self._span > 1:
            self._below[len(self._cells)] = (self._span, cell)
        self._cells.append(cell)

    def row(self) -> Block | None:
        """End the row; return its block, None for a header and an empty row."""
        self._take_spanning()
        self._below = {at: (left - 1, cell) for at, (left, cell) in self._below.items() if left > 1}
        cells, heads = tuple(self._cells), self._all_heads
        self._cells, self._all_heads = [], True
        if not any(shows(piece) for cell in cells for piece in cell):
            return None
        links = any(isinstance(piece, Link) for cell in cells for piece in cell)
        if self._head is None:
            self._head = tuple(map(plain, cells)) if heads else ()
            if heads and not links:
                return None
        return Block("row", 0, cells, head=self._head)

    def _take_spanning(self) -> None:
        while len(self._cells) in self._below and len(self._cells) < _WIDEST * 2:
            self._cells.append(self._below[len(self._cells)][1])
