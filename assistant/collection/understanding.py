"""What a request asks of the desk: something of the collection, or (`None`) a fact.

What a request names (`mentions`) is covered, and what is left tells its kind: by likeness to
examples (`learned`); each kind then reads what was named (`reading`). Where no kind is that likely,
a *frame* may tell it: words for things of a library (a list, a source, a section), for having and
recommending them. The *subject* of a frame is what is left once it is taken away; one that the
catalog does not know counts only where the frame speaks of the collection itself. In doubt a
request is a question of fact.
"""

from collections.abc import Callable, Sequence

from assistant.collection import (
    learned,
    learning_frames,
    reading,
    shelf_frames,
    source_frames,
)
from assistant.collection.asked import Asked
from assistant.collection.catalog import catalog
from assistant.collection.conditions import conditions
from assistant.collection.mentions import WORK as MENTIONED
from assistant.collection.mentions import as_works, mentions
from assistant.collection.request import (
    MANY_SOURCES,
    MISSING,
    ONE_SOURCE,
    RECOMMENDED,
    SUMMARY,
    WORK,
    Request,
)
from assistant.collection.vocabulary import SAID, WORDING
from index.search.library import Library
from index.search.query import has_words
from ingest.text.addresses import ADDRESS
from ingest.text.sentences import language

_OF_SOURCES = frozenset((source_frames.many, source_frames.one_source, source_frames.summary))
"""What is asked of sources is read as it stands: "not" and "in 2018" belong to the question."""
_FRAMES: tuple[Callable[[Asked], Request | None], ...] = (
    source_frames.many,
    source_frames.one_source,
    shelf_frames.recommended,
    shelf_frames.agreed,
    shelf_frames.missing,
    shelf_frames.new,
    learning_frames.path,
    source_frames.summary,
    shelf_frames.holdings,
)
_ASKED_OF_SOURCES = frozenset((ONE_SOURCE, MANY_SOURCES, SUMMARY))
_OF_A_WORK = frozenset((WORK, RECOMMENDED, SUMMARY, MISSING))
"""What nobody asks of a subject."""
_LIKELY = 0.5
"""A kind so likely is taken before a frame is looked for."""
_SURELY_FACT = 0.92
"""A question so likely one of fact is one, unless its words ask a source."""
_CERTAINLY_FACT = 0.99
"""A question so likely one of fact is one, whatever its words: "what is in-context learning"."""
_DOUBTFUL = 0.6
"""And up to this it may be asked of the work that a subject is the name of."""
_LEFT_OUT = WORDING.patterns["apostrophe_left_out"]
_LONGEST = 2_000  # characters; what is longer is a pasted text with a question
_SHORT = 12  # characters: says nothing of what it is
_TELLING = (
    "unit", "list", "shelves", "have", "learn", "sum", "compare", "place", "author", "time", "hard",
    "when", "address", "new", "thing",
)  # fmt: skip


_GREETING = WORDING.patterns["greeting"]
_THE_MOST = WORDING.patterns["the_most"]


def _typed(text: str) -> str:
    """Return a text with the apostrophes that people leave out ("whats"), without a greeting."""
    flat = " ".join(text.replace("’", "'").split())
    return _GREETING.sub("", _LEFT_OUT.sub(r"\1'\2", flat))


def may_be(text: str) -> bool:
    """Say quickly whether a request could be about the collection, before the library is asked."""
    text = _typed(text)
    if len(text) < _SHORT or source_frames.speaks_of_a_source(text):
        return True
    return any(SAID[name].search(text) for name in _TELLING) or shelf_frames.asks_who_or_where(text)


def compares_sources(text: str) -> bool:
    """Say whether a text asks what several sources say, and not to compare two things."""
    return bool(SAID["compare"].search(text))


def asks_for_the_most(text: str) -> bool:
    """Say whether a part of a request asks which of what was named is longest, or easiest."""
    return bool(_THE_MOST.search(text))


def speaks_of_this_page(text: str) -> bool:
    """Say whether a text asks to sum up "this page", or for its results, without naming it."""
    said = source_frames.THIS_PAGE.search(text) and SAID["sum"].search(text)
    return bool(said) and "://" not in text


def understand(library: Library, text: str) -> Request | None:
    """Return what a request asks of the collection; None for a question of fact."""
    flat = _typed(text)
    if len(flat) > _LONGEST or not has_words(flat):
        return None
    spoken = ADDRESS.sub(" ", flat)
    here, lang = catalog(library.store), language(spoken)
    asked = Asked(library, here, flat, lang)
    found, rest = conditions(library.store, flat, asked.lists)
    plain = Asked(library, here, rest, lang, found) if rest != flat else asked
    learnt, chance, fact = _learnt(asked, plain)
    doubted = _OF_SOURCES if fact < _CERTAINLY_FACT else frozenset()
    frames = [read for read in _FRAMES if fact < _SURELY_FACT or read in doubted]
    framed = (read(asked if read in _OF_SOURCES else plain) for read in frames)
    request = next((request for request in framed if request is not None), None)
    if request is None:
        return learnt
    if learnt is None or chance < _LIKELY:
        return request
    # what is asked of a source its frame reads more exactly
    exact = learnt.kind == request.kind and request.kind in _ASKED_OF_SOURCES
    return request if exact else learnt


def _learnt(asked: Asked, plain: Asked) -> tuple[Request | None, float, float]:
    """Return what a text asks as its likeliest kind reads it, how likely that kind is, and a fact.

    None of fact must be likely: a question of fact is taken for no request, in doubt.
    """
    named = mentions(asked)
    kinds = learned.wanted(asked.library, asked.text, named, asked.lang)
    if not kinds:  # nothing is learnt for this model
        return None, 0.0, 0.0
    doubtful = 1 - learned.sure() < _of_fact(kinds) <= _DOUBTFUL
    if doubtful and (works := as_works(asked, named)) != named:
        # a name of two things: what is asked of it tells which is meant
        others = learned.wanted(asked.library, asked.text, works, asked.lang)
        if _likeliest(others).kind in _OF_A_WORK:
            named, kinds = works, others
    fact, likeliest = _of_fact(kinds), _likeliest(kinds)
    titled = any(mention.what == MENTIONED for mention in named)
    if fact > 1 - learned.sure(titled=titled):
        return None, 0.0, fact
    of_sources = likeliest.kind in _ASKED_OF_SOURCES
    request = reading.read(asked if of_sources else plain, named, likeliest)
    return request, likeliest.chance, fact


def _of_fact(kinds: Sequence[learned.Kind]) -> float:
    return next(kind.chance for kind in kinds if kind.kind == learned.FACT)


def _likeliest(kinds: Sequence[learned.Kind]) -> learned.Kind:
    return next(kind for kind in kinds if kind.kind != learned.FACT)
