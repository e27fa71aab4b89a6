"""What a curated list is made of, as values: links, images, words in bold, blocks of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Link:
    """A link as written; ``picture`` is the address of the image it consists of, if any."""

    target: str
    title: str
    picture: str = ""


@dataclass(frozen=True, slots=True)
class Image:
    """An image as written."""

    target: str
    title: str


@dataclass(frozen=True, slots=True)
class Mark:
    """A reference to the footnote of this label."""

    label: str


class Strong(str):
    """Words set in bold."""


Inline = str | Link | Image | Mark


Kind = Literal["heading", "fold", "unfold", "label", "item", "row", "text", "comment"]


@dataclass(frozen=True, slots=True)
class Block:
    """One block of a list, as lines of pieces.

    ``kind`` is a heading; the summary of a section that folds (``<details>``), and where one ends;
    a label, which is a line in bold above a list; a list item; a row of a table, a line for each
    cell; other text; or an HTML comment. ``level`` is 1 to 6 for a heading (of a summary that holds
    none, 0); else how many lists it stands in. ``head`` are the cells of the first row of its
    table, if that is a header. ``note`` is the label of the footnote it defines.
    """

    kind: Kind
    level: int
    lines: tuple[tuple[Inline, ...], ...]
    quoted: bool = False
    head: tuple[str, ...] = ()
    note: str = ""


def plain(pieces: Sequence[Inline]) -> str:
    """The text of a line, links by their titles and images left out."""
    words = "".join(
        piece if isinstance(piece, str) else piece.title if isinstance(piece, Link) else ""
        for piece in pieces
    )
    return " ".join(words.split())


def shows(piece: Inline) -> bool:
    """Say whether a piece is more than white space."""
    return not isinstance(piece, str) or bool(piece.strip())
