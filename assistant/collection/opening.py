"""The whole sentences of one document that can stand alone, and its opening.

Sentences of the document as they stand, each with its citation.
"""

import re
from collections.abc import Iterator, Sequence

from assistant.answering.evidence import Line, Piece, statements
from assistant.answering.evidence.addressed import sounds_like_an_order
from assistant.answering.presenting import Numbering, quotation, sentence
from assistant.answering.values import Citation, Sentence
from index.search.library import Hit, Library
from index.store.catalog import recommendations_of
from ingest.text.formulas import commands
from ingest.text.scripts import HAN

_FEWEST_TERMS = 4
_LONGEST = 420  # characters
_BEGINS = re.compile(rf"[\"“‘'`$(（]?[A-Z0-9{HAN}]|[a-z][\w-]*[A-Z0-9_]|[\"“].")
_MOST_TEX = 3
Told = tuple[list[Sentence], list[Citation]]


def opening(library: Library, url: str, most: int = 2) -> Told:
    """Return the first whole sentences of the document at an address."""
    lines: list[Line] = []
    for hit in passages(library, url):
        lines += lines_of(library, hit, most - len(lines))
        if len(lines) >= most:
            break
    return told([("", line) for line in lines])


def told(chosen: Sequence[tuple[str, Line]]) -> Told:
    """Return (heading, sentence) pairs as sentences of an answer with their citations."""
    numbering = Numbering()
    said = [sentence(quotation(line), numbering, label) for label, line in chosen]
    return said, numbering.citations


def passages(library: Library, url: str) -> Iterator[Hit]:
    """Yield the passages of the document at an address as they stand in it."""
    store = library.store
    stored = store.passages(store.passages_of([url])).values()
    places = recommendations_of(store, [url])[url]
    for passage in sorted(stored, key=lambda passage: passage.start):
        yield Hit(1, 1.0, passage, places, None, None)


def lines_of(library: Library, hit: Hit, most: int) -> list[Line]:
    """Return the first sentences of a passage that can stand alone."""
    lines = []
    for piece in statements(hit.passage):
        if not _stands(piece):
            continue
        terms = frozenset(library.terms(piece.text))
        ordered = sounds_like_an_order(library, hit.passage, piece.text)
        if len(terms) >= _FEWEST_TERMS and not ordered:
            lines.append(Line(hit, piece, terms, 1.0))
        if len(lines) >= most:
            break
    return lines


def _stands(piece: Piece) -> bool:
    if piece.block or piece.title or piece.item or piece.leads or not piece.whole:
        return False
    torn = not _BEGINS.match(piece.text) or commands(piece.text) > _MOST_TEX
    return (
        len(piece.text) <= _LONGEST
        and not torn
        and not piece.refers_back
        and piece.text[-1] not in "?？"
    )
