"""Where in the lists to look for what the library does not answer."""

import json
from collections.abc import Iterator, Sequence

from index.search.library import Hit, Library
from index.store.catalog import catalog_rows, recommendations_of
from index.store.values import Recommendation
from ingest.values import PRIMER

MOST = 5
"""The most places that are named for a question."""

_SHARE = 0.45  # of the question's terms, rare ones weighing more
_SHARE_OF_MORE = 0.2  # where the place has two of the terms or more
_RELATED = 0.3  # cosine of a hit whose own sections are worth a look


def places(library: Library, question: str, hits: Sequence[Hit]) -> tuple[Recommendation, ...]:
    """Return the places in the lists to look in for a question, best first, at most `MOST`.

    A place fits by its words (its headings, and the titles of what stands there), or because it
    recommends one of the ``hits``, if that is about the question at all.
    """
    asked = frozenset(library.terms(question))
    idf = library.idf(sorted(asked))
    total = sum(idf.values())
    shares: dict[tuple[str, tuple[str, ...]], float] = {}
    for name, title, section in _places(library):
        words = frozenset(library.terms(" ".join((*section[-2:], title))))
        both = asked & words
        share = sum(idf[term] for term in both) / total if total else 0.0
        if share >= (_SHARE if len(both) < 2 else _SHARE_OF_MORE):
            shares[name, section] = max(share, shares.get((name, section), 0.0))
    for hit in hits:
        if hit.cosine is not None and hit.cosine >= _RELATED:
            for place in _recommended(library, hit):
                shares.setdefault((place.list, place.section), hit.cosine * _SHARE)
    best = sorted(shares, key=lambda place: -shares[place])[:MOST]
    return tuple(Recommendation(name, section, None) for name, section in best)


def _places(library: Library) -> Iterator[tuple[str, str, tuple[str, ...]]]:
    """Yield (list, title, section) of every link and every topic without one.

    A topic is a section of its own: what its curator means to cover and has no link for yet.
    """
    for row in catalog_rows(library.store):
        if len(row) == 3:
            name, title, section = row
            yield name, title, (*json.loads(section), title)
        else:
            name, _, title, section, *_ = row
            yield name, title, tuple(json.loads(section))


def _recommended(library: Library, hit: Hit) -> Sequence[Recommendation]:
    if hit.recommended_by or not hit.passage.url.startswith(PRIMER):
        return hit.recommended_by
    note = library.document(hit.passage.url)
    links = note.links if note else ()
    places = recommendations_of(library.store, links)
    return [place for link in links for place in places[link]]
