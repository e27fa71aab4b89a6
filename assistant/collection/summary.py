"""A document summed up: a sentence or two of its own a section, in order; or its results.

Sentences are chosen by how near they are to the whole of their section and to its heading (the
centroid of Radev et al., 2004), the early ones first; nothing is said anew.
"""

import itertools
import math
import re
from collections.abc import Iterator, Sequence
from itertools import islice

import numpy as np

from assistant.answering.evidence import Line
from assistant.answering.evidence.addressed import sounds_like_an_order
from assistant.answering.evidence.injection import orders
from assistant.answering.evidence.pieces import pieces
from assistant.collection.opening import Told, lines_of, passages, told
from assistant.wording import wording
from index.search.library import Hit, Library
from index.store.values import StoredPassage

_SECTIONS = 12
_SENTENCES = 5  # at least, where there are few sections
_HALF = 0.5  # of a text in one section: its subsections stand for it
_SHORT_SECTION = 160  # characters: a menu, a button
_FEW_SECTIONS = 4
_LOOKED_AT = 8  # sentences of a section
_PER_PASSAGE = 5
_LEAD = 0.015  # what standing one sentence further on costs, as cosine
_HEADING = 0.5  # what likeness to the heading weighs beside likeness to the whole section
_TITLE = 0.25  # and likeness to the title
_LEANS_COST = 0.2
_WORDING = wording("sentences")
_LEANS = _WORDING.patterns["leans"]
_CAPTION = _WORDING.patterns["caption"]
_RESULTS = _WORDING.patterns["heads_results"]
_FINDS = _WORDING.patterns["finds"]
_MOST_RESULTS = 6
_TALKS = _WORDING.patterns["talks"]
_BACK_MATTER = _WORDING.patterns["back_matter"]


def summary(library: Library, url: str) -> tuple[Told, int, int]:
    """Return one or two sentences a section, in order; and of how many sections, of how many."""
    sections = _sections(list(passages(library, url)))
    kept = _apart(_largest(sections, _SECTIONS))
    fewest = max(1, math.ceil(_SENTENCES / max(1, len(kept))))
    lengths = [_length(hits) for _, hits in kept]
    usual = sum(lengths) / max(1, len(lengths))
    chosen: list[tuple[str, Line]] = []
    shown: set[str] = set()
    covered: set[str] = set()
    for place, (label, hits) in enumerate(kept):
        long = place == 0 or lengths[place] > usual
        lines = _central(library, label, hits, max(fewest, 1 + long))
        picked = [line for line in lines if line.text not in shown]
        shown.update(line.text for line in picked)
        chosen += [(label, line) for line in picked]
        covered |= {label} if picked else set()
    return told(chosen), len(covered), len({label for label, _ in sections})


def _apart(sections: list[tuple[str, list[Hit]]]) -> list[tuple[str, list[Hit]]]:
    """Divide the sections of a document that has few: its end is told as well as its beginning."""
    if len(sections) >= _FEW_SECTIONS:
        return sections
    share = sum(len(hits) for _, hits in sections) / _FEW_SECTIONS
    parts = []
    for label, hits in sections:
        number = max(1, min(len(hits), round(len(hits) / share) if share >= 1 else 1))
        bounds = [len(hits) * at // number for at in range(number + 1)]
        parts += [(label, hits[a:b]) for a, b in itertools.pairwise(bounds)]
    return parts


def results(library: Library, url: str) -> Told:
    """Return what a document says came out: the sentences that report it, with figures first.

    They come from the sections whose headings speak of results, or from all where none does, in
    the order of the document; one that leans on the sentence before it comes with that.
    """
    sections = _sections(list(passages(library, url)))
    headed = [section for section in sections if _RESULTS.search(section[0])]
    telling = headed or sections
    reports: list[tuple[bool, int, str, tuple[Line, ...]]] = []
    for label, hits in telling:
        for hit in hits:
            for unit in _units(library, hit):
                said = unit[-1].text
                figure = bool(re.search(r"\d", said))
                if _FINDS.search(said) and (headed or figure):
                    reports.append((figure, len(reports), label, unit))
    ranked = sorted(reports, key=lambda report: (-report[0], report[1]))
    sound = (report for report in ranked if not _ordered(library, report[3]))
    best = list(islice(sound, _MOST_RESULTS))
    chosen: dict[tuple[str, int], tuple[str, Line]] = {}
    for _, _, label, unit in sorted(best, key=lambda report: report[1]):
        for line in unit:
            chosen.setdefault((line.hit.passage.key, line.piece.start), (label, line))
    return told(list(chosen.values()))


def _ordered(library: Library, unit: Sequence[Line]) -> bool:
    return any(sounds_like_an_order(library, line.hit.passage, line.text) for line in unit)


def _units(library: Library, hit: Hit) -> Iterator[tuple[Line, ...]]:
    """Yield the sentences of a passage, one that leans on another together with that."""
    parts = pieces(hit.passage.text, hit.passage.fence)
    ordered = orders([piece.text for piece in parts])
    before: tuple[Line, ...] = ()
    for piece, order in zip(parts, ordered, strict=True):
        apart = piece.block or piece.title or piece.leads or not piece.whole
        if order or apart or not piece.text.strip():
            before = ()
            continue
        line = Line(hit, piece, frozenset(library.terms(piece.text)), 1.0)
        leans = piece.refers_back
        if not leans or before:
            yield (*before[-1:], line) if leans else (line,)
        before = (line,)


def _sections(hits: Sequence[Hit]) -> list[tuple[str, list[Hit]]]:
    """Return (label, passages) of the sections, in order, back matter left out.

    Sections are those of the highest level at which the headings differ.
    """
    kept = [
        hit for hit in hits if not any(_BACK_MATTER.match(part) for part in hit.passage.heading)
    ]
    sections = _split(kept, _depth([hit.passage for hit in kept]))
    if len(sections) > 1 and sections[0][0].startswith(sections[1][0]):
        sections = sections[1:]  # the site's frame around the page, under "title - site"
    told_much = [section for section in sections if _length(section[1]) >= _SHORT_SECTION]
    return told_much if len(told_much) >= _FEW_SECTIONS else sections


def _length(hits: Sequence[Hit]) -> int:
    return sum(len(hit.passage.text) for hit in hits)


def _split(hits: Sequence[Hit], depth: int) -> list[tuple[str, list[Hit]]]:
    """Return the sections of one level; one that holds most of the text is split further."""
    sections: list[tuple[str, list[Hit]]] = []
    for hit in hits:
        heading = hit.passage.heading
        label = heading[depth] if len(heading) > depth else heading[-1] if heading else ""
        if not sections or sections[-1][0] != label:
            sections.append((label, []))
        sections[-1][1].append(hit)
    total = _length(hits)
    whole: list[tuple[str, list[Hit]]] = []
    for label, own in sections:
        share = _length(own)
        deeper = any(len(hit.passage.heading) > depth + 1 for hit in own)
        large = len(sections) > 1 and share > _HALF * total
        whole += _split(own, depth + 1) if deeper and large else [(label, own)]
    return whole


def _depth(passages: Sequence[StoredPassage]) -> int:
    deepest = max((len(passage.heading) for passage in passages), default=0)
    for depth in range(deepest):
        headings = {passage.heading[depth] for passage in passages if len(passage.heading) > depth}
        if len(headings) > 1:
            return depth
    return max(0, deepest - 1)


def _largest(sections: list[tuple[str, list[Hit]]], most: int) -> list[tuple[str, list[Hit]]]:
    """Keep the first section and the longest others, in order."""
    if len(sections) <= most:
        return sections
    length = [_length(hits) for _, hits in sections]
    order = sorted(range(1, len(sections)), key=lambda place: -length[place])
    kept = sorted([0, *order[: most - 1]])
    return [sections[place] for place in kept]


def _central(library: Library, label: str, hits: Sequence[Hit], most: int) -> list[Line]:
    """Return the sentences of a section nearest to all of it, to its heading and to the title.

    Those near its beginning are preferred; those that speak to the reader or lean on what stands
    before them are not.
    """
    comparable = hits[0].passage.lang == "en" or library.embedder.multilingual
    lines: list[Line] = []
    for hit in hits:
        lines += lines_of(library, hit, min(_PER_PASSAGE, _LOOKED_AT - len(lines)))
        if len(lines) >= _LOOKED_AT:
            break
    lines = [line for line in lines if not _CAPTION.match(line.text)]
    plain = [line for line in lines if not _TALKS.match(line.text)]
    lines = plain if len(plain) >= most else lines
    if len(lines) <= most:
        return lines
    costs = np.arange(len(lines)) * _LEAD
    costs = costs + _LEANS_COST * np.array([bool(_LEANS.match(line.text)) for line in lines])
    if comparable:
        vectors = library.sentence_vectors([line.text for line in lines])
        costs = costs - vectors @ library.vectors([hit.passage.number for hit in hits]).mean(axis=0)
        about, title = library.sentence_vectors([label or hits[0].passage.title,
                                                 hits[0].passage.title])  # fmt: skip
        costs = costs - _HEADING * (vectors @ about) - _TITLE * (vectors @ title)
    best = sorted(range(len(lines)), key=lambda row: float(costs[row]))[:most]
    return [lines[row] for row in sorted(best)]
