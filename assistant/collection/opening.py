"""The sentences of one document that say most in few words: its opening, or a summary by section.

Only whole sentences of the document as they stand, each with its citation.
"""

import math
import re
from collections.abc import Iterator, Sequence
from operator import attrgetter

import numpy as np

from assistant.answering.compose import Numbering, quotation, sentence
from assistant.answering.evidence import Line
from assistant.answering.injection import orders
from assistant.answering.pieces import Piece, pieces
from assistant.answering.values import Citation, Sentence
from index.search.library import Hit, Library
from index.store.values import StoredPassage

_SECTIONS = 8
_SENTENCES = 4  # at least, where there are few sections
_HALF = 0.5  # of a text in one section: its subsections stand for it
_LOOKED_AT = 6  # sentences of a section, from its beginning
_FEWEST_TERMS = 4
_LONGEST = 420  # characters
_LEAD = 0.02  # what standing one sentence further on costs, as cosine
_HEADING = 0.5  # what likeness to the heading weighs beside likeness to the whole section
_TALKS = re.compile(
    r"(?:now|let'?s|let us|check out|click|note that|in (?:this|the (?:previous|next|following|"
    r"last))"
    r"|previously|as (?:you|we)|we(?:'ll|'ve| will| have| can| are| now)|you(?:'ll| can| will|"
    r" may)|i |i'"
    r"|if you|don't|welcome|thanks|here|join |please|for (?:more |further )?(?:information|"
    r"details)|remember|see |read |to (?:follow|get started|learn more)|first,"
    r"|本文|接下来|下面|我们|让我们|现在|首先|欢迎)|.*\b(?:this (?:post|article|blog|section|"
    r"tutorial|chapter|page))\b",
    re.IGNORECASE,
)
_BEGINS = re.compile(r"[\"“‘'`$(（]?[A-Z0-9\u3400-\u9fff]|[a-z][\w-]*[A-Z0-9_]|[\"“].")
_MOST_TEX = 3  # backslashes
_BACK_MATTER = re.compile(
    r"^(?:\W|\d)*(?:references?|bibliography|citations?|acknowledge?ments?|footnotes?|licen[cs]e|"
    r"further reading|resources|comments?|related|appendix|changelog|contribut\w+|sponsors?|"
    r"table of contents|contents|see also|sources|subscribe|star history|参考文献|致谢|附录|目录|"
    r"引用|许可)",
    re.IGNORECASE,
)

Told = tuple[list[Sentence], list[Citation]]


def opening(library: Library, url: str, most: int = 2) -> Told:
    """Return the first whole sentences of the document at an address."""
    lines: list[Line] = []
    for hit in _passages(library, url):
        lines += _lines(library, hit, most - len(lines))
        if len(lines) >= most:
            break
    return _told([("", line) for line in lines])


def summary(library: Library, url: str) -> tuple[Told, int, int]:
    """Return one or two sentences a section, in order; and of how many sections, of how many."""
    sections = _sections(list(_passages(library, url)))
    kept = _largest(sections, _SECTIONS)
    share = max(1, math.ceil(_SENTENCES / max(1, len(kept))))
    chosen = []
    shown: set[str] = set()
    covered = 0
    for place, (label, hits) in enumerate(kept):
        most = max(share, 2) if place == 0 else share
        central = _central(library, label, hits, most)
        picked = [line for line in central if line.text not in shown]
        shown.update(line.text for line in picked)
        chosen += [(label, line) for line in picked]
        covered += bool(picked)
    return _told(chosen), covered, len(sections)


def _told(chosen: Sequence[tuple[str, Line]]) -> Told:
    numbering = Numbering()
    told = [sentence(quotation(line), numbering, label) for label, line in chosen]
    return told, numbering.citations


def _passages(library: Library, url: str) -> Iterator[Hit]:
    store = library.store
    passages = store.passages(store.passages_of([url])).values()
    places = store.recommendations([url])[url]
    for passage in sorted(passages, key=attrgetter("start")):
        yield Hit(1, 1.0, passage, places, None, None)


def _lines(library: Library, hit: Hit, most: int) -> list[Line]:
    """Return the first sentences of a passage that can stand alone."""
    said = pieces(hit.passage.text, hit.passage.fence)
    told = orders([piece.text for piece in said])
    lines = []
    for piece, order in zip(said, told, strict=True):
        if order or not _stands(piece):
            continue
        terms = frozenset(library.terms(piece.text))
        if len(terms) >= _FEWEST_TERMS:
            lines.append(Line(hit, piece, terms, 1.0))
        if len(lines) >= most:
            break
    return lines


def _stands(piece: Piece) -> bool:
    if piece.block or piece.title or piece.item or piece.leads or not piece.whole:
        return False
    torn = not _BEGINS.match(piece.text) or piece.text.count("\\") > _MOST_TEX
    return (
        len(piece.text) <= _LONGEST
        and not torn
        and not piece.refers_back
        and piece.text[-1] not in "?？"
    )


def _sections(hits: Sequence[Hit]) -> list[tuple[str, list[Hit]]]:
    """Return (label, passages) of the sections, in order, back matter left out.

    Sections are those of the highest level at which the headings differ.
    """
    kept = [
        hit for hit in hits if not any(_BACK_MATTER.match(part) for part in hit.passage.heading)
    ]
    return _split(kept, _depth([hit.passage for hit in kept]))


def _split(hits: Sequence[Hit], depth: int) -> list[tuple[str, list[Hit]]]:
    """Return the sections of one level; one that holds most of the text is split further."""
    parts: list[tuple[str, list[Hit]]] = []
    for hit in hits:
        heading = hit.passage.heading
        label = heading[depth] if len(heading) > depth else heading[-1] if heading else ""
        if not parts or parts[-1][0] != label:
            parts.append((label, []))
        parts[-1][1].append(hit)
    total = sum(len(hit.passage.text) for hit in hits)
    whole: list[tuple[str, list[Hit]]] = []
    for label, own in parts:
        share = sum(len(hit.passage.text) for hit in own)
        deeper = any(len(hit.passage.heading) > depth + 1 for hit in own)
        large = len(parts) > 1 and share > _HALF * total
        whole += _split(own, depth + 1) if deeper and large else [(label, own)]
    return whole


def _depth(passages: Sequence[StoredPassage]) -> int:
    deepest = max((len(passage.heading) for passage in passages), default=0)
    for depth in range(deepest):
        if (
            len({passage.heading[depth] for passage in passages if len(passage.heading) > depth})
            > 1
        ):
            return depth
    return max(0, deepest - 1)


def _largest(sections: list[tuple[str, list[Hit]]], most: int) -> list[tuple[str, list[Hit]]]:
    """Keep the first section and the longest others, in order."""
    if len(sections) <= most:
        return sections
    length = [sum(len(hit.passage.text) for hit in hits) for _, hits in sections]
    order = sorted(range(1, len(sections)), key=lambda place: -length[place])
    kept = sorted([0, *order[: most - 1]])
    return [sections[place] for place in kept]


def _central(library: Library, label: str, hits: Sequence[Hit], most: int) -> list[Line]:
    """Return the sentences of a section nearest to all of it and to its heading.

    Those near its beginning are preferred, those that speak to the reader are not.
    """
    lines: list[Line] = []
    for hit in hits:
        lines += _lines(library, hit, _LOOKED_AT - len(lines))
        if len(lines) >= _LOOKED_AT:
            break
    plain = [line for line in lines if not _TALKS.match(line.text)]
    lines = plain if len(plain) >= most else lines
    if len(lines) <= most:
        return lines
    costs = np.arange(len(lines)) * _LEAD
    if hits[0].passage.lang == "en" or library.embedder.multilingual:
        vectors = library.sentence_vectors([line.text for line in lines])
        costs = costs - vectors @ library.vectors([hit.passage.number for hit in hits]).mean(axis=0)
        about = label or hits[0].passage.title
        costs = costs - _HEADING * (vectors @ library.sentence_vectors([about])[0])
    best = sorted(range(len(lines)), key=lambda row: float(costs[row]))[:most]
    return [lines[row] for row in sorted(best)]
