"""Where words stand in a text: found again by themselves, their surroundings and their place.

The selectors of the W3C's Web Annotation model (https://www.w3.org/TR/annotation-model/):
TextQuoteSelector (the words, with what stands before and after) and TextPositionSelector. The text
is a document's as the reader view shows it (`assistant.kept.shown`), so that what a browser
selected can be found there. White space counts for nothing: a browser, an archive and a new copy of
a page differ in it.
"""

import re
from dataclasses import dataclass

CONTEXT = 64
"""The most characters kept of what stands before and after."""
_OCCURRENCES = 500  # of the same words that are weighed


@dataclass(frozen=True, slots=True)
class Anchor:
    """Words with their surroundings; ``start`` and ``end`` are their place in the shown text."""

    exact: str
    prefix: str = ""
    suffix: str = ""
    start: int = 0
    end: int = 0


def located(text: str, wanted: Anchor) -> Anchor | None:
    """Return where the words of an anchor stand in a text, None where they do not.

    Where they stand several times, what stands around them decides, then the nearest place.
    """
    squeezed, places = _squeezed(text)
    exact = _squeeze(wanted.exact)
    if not exact:
        return None
    before, after = _squeeze(wanted.prefix), _squeeze(wanted.suffix)
    best: tuple[int, int, int] | None = None
    at = squeezed.find(exact)
    for _ in range(_OCCURRENCES):
        if at < 0:
            break
        end = at + len(exact)
        common = _alike(squeezed[max(0, at - len(before)) : at][::-1], before[::-1])
        common += _alike(squeezed[end : end + len(after)], after)
        rank = (common, -abs(places[at] - wanted.start), at)
        best = rank if best is None or rank > best else best
        at = squeezed.find(exact, at + 1)
    if best is None:
        return None
    start, end = places[best[2]], places[best[2] + len(exact) - 1] + 1
    return Anchor(
        text[start:end],
        text[max(0, start - CONTEXT) : start],
        text[end : end + CONTEXT],
        start,
        end,
    )


def _squeezed(text: str) -> tuple[str, list[int]]:
    """Return a text without white space, and where each of its characters stood."""
    places = [place for place, sign in enumerate(text) if not sign.isspace()]
    return "".join(text[place] for place in places), places


def _squeeze(text: str) -> str:
    return re.sub(r"\s+", "", text)


def _alike(one: str, other: str) -> int:
    """Return how many characters two texts begin with in common."""
    for count, (left, right) in enumerate(zip(one, other, strict=False)):
        if left != right:
            return count
    return min(len(one), len(other))
