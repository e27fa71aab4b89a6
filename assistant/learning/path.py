"""Reading paths: the curated sources for a topic, in the order a learner should take them.

The primer says what comes first and which links belong to a topic; the lists say how hard a link is
and who recommends it; search stands in where a topic has no note.
"""

import math
from collections.abc import Iterable, Mapping, Sequence

from assistant.learning import effort, primer, recommended
from assistant.learning.path_form import ReadingPath, Step, to_markdown
from assistant.learning.primer import Note
from assistant.learning.recommended import RecommendedLink
from index.search.library import Hit, Library
from index.store.catalog import failure_rows
from index.store.values import DIFFICULTIES, Filters, StoredPassage
from ingest.errors import NothingFound, UsageError
from ingest.failures import Failure, failure_of
from ingest.links.sites.registry import is_account
from ingest.links.urls import canonical
from ingest.text.sentences import language
from ingest.values import PRIMER

__all__ = ["ReadingPath", "Step", "found", "reading_path", "to_markdown"]

_LEVELS = 2
_HITS = 30
_FOUND = 10
_FOUND_NOTES = 3
_NEAREST = 5
# Passages less like the topic than this are about something else, unless their headings name it.
_COSINE = 0.42


def reading_path(library: Library, topic: str, hours: float | None = None) -> ReadingPath:
    """Return what to read about a topic, prerequisites first, then from easy to hard.

    With ``hours`` steps are kept in order while they fit; the topic's own note is always kept.

    Raises:
        UsageError: the topic is empty, or ``hours`` is not above 0.
        NothingFound: neither the primer, the lists nor the library know the topic.
    """
    if not topic.strip():
        raise UsageError("The topic is empty: say what you want to learn.")
    if hours is not None and not (math.isfinite(hours) and hours > 0):
        raise UsageError(f"--hours {hours:g}: give a number of hours above 0.")
    sources = recommended.sources(library.store)
    note = primer.find(topic)
    steps = _about_note(library, note, sources) if note else _about_words(library, topic, sources)
    kept, left_out = _within(steps, hours, note)
    return ReadingPath(
        note.topic if note else topic.strip(),
        note,
        sum(step.minutes for step in kept),
        tuple(kept),
        tuple(left_out),
    )


def _about_note(library: Library, note: Note, sources: Mapping[str, RecommendedLink]) -> list[Step]:
    before = _prerequisites(note)
    steps = [_note_step(library, note, why) for note, why in before.items()]
    steps.append(_note_step(library, note, "the primer's note on the topic"))
    addresses = [canonical(link) for link in note.links]
    addresses += [
        address
        for address, source in sources.items()
        if address not in primer.placed() and note.slug in recommended.named(source)
    ]
    return steps + _ordered(_link_steps(library, addresses, sources, note))


def _about_words(
    library: Library, topic: str, sources: Mapping[str, RecommendedLink]
) -> list[Step]:
    """Steps for a topic without a note: found by meaning and words, or under a list's heading."""
    urls = [passage.url for passage in found(library, topic)]
    slugs = [url.removeprefix(PRIMER) for url in urls if url.startswith(PRIMER)]
    notes = [primer.notes()[slug] for slug in slugs[:_FOUND_NOTES] if slug in primer.notes()]
    why = f"found by a search for '{topic.strip()}'"
    steps = [_note_step(library, note, why) for note in _in_order(notes)]
    pages = [url for url in urls if not url.startswith(PRIMER)]
    steps_of_links = [
        _link_step(library, source, url, recommended.why(source, None) if source else why)
        for url in pages
        for source in [sources.get(url)]
    ]
    addresses = [
        address
        for address, source in sources.items()
        if address not in pages and recommended.says(source, topic)
    ]
    steps_of_links += _link_steps(library, addresses, sources, None)
    if notes and urls[0].startswith(PRIMER):
        links = [canonical(link) for link in notes[0].links]
        steps_of_links += _link_steps(library, links, sources, notes[0])
    steps += _ordered(steps_of_links)
    if not steps:
        raise _nothing(library, topic)
    return steps


def _nothing(library: Library, topic: str) -> NothingFound:
    near = [note.topic for note in primer.nearest(topic)]
    for filters in (Filters(lists=("primer",)), Filters()):
        near = near or [hit.passage.title for hit in library.search(topic, _NEAREST, filters)]
    names = ", ".join(list(dict.fromkeys(near))[:_NEAREST])
    return NothingFound(
        f"Nothing here is about {topic.strip()}. "
        + (f"Nearest topics: {names}. Name one of them, or ingest" if names else "Ingest")
        + " sources about it first."
    )


def _prerequisites(note: Note) -> dict[Note, str]:
    """The notes to read before, each after its own prerequisites, and why each is there."""
    why: dict[str, str] = {}
    front = [note]
    for _ in range(_LEVELS):
        after: list[Note] = []
        for later in front:
            for slug in later.prerequisites:
                before = primer.notes().get(slug)
                if before is not None and slug != note.slug and slug not in why:
                    why[slug] = f"prerequisite of {later.topic}"
                    after.append(before)
        front = after
    ordered = _in_order([primer.notes()[slug] for slug in why])
    return {earlier: why[earlier.slug] for earlier in ordered}


def _in_order(notes: Sequence[Note]) -> list[Note]:
    """Sort notes so that each stands after its prerequisites among them, else as they came."""
    wanted = {note.slug: note for note in notes}
    done: dict[str, Note] = {}

    def visit(note: Note, open_: frozenset[str]) -> None:
        if note.slug in done or note.slug in open_:
            return
        for slug in note.prerequisites:
            if slug in primer.notes():
                visit(primer.notes()[slug], open_ | {note.slug})
        done[note.slug] = note

    for note in notes:
        visit(note, frozenset())
    return [note for slug, note in done.items() if slug in wanted]


def _note_step(library: Library, note: Note, why: str) -> Step:
    return Step(
        title=note.topic,
        url=note.url,
        kind="note",
        minutes=effort.text_minutes(note.text),
        difficulty=note.difficulty,
        estimated=False,
        why=why,
        recommended_by=(),
        primer=True,
        in_library=library.document(note.url) is not None,
        timed=True,
    )


def _link_steps(
    library: Library,
    addresses: Iterable[str],
    sources: Mapping[str, RecommendedLink],
    note: Note | None,
) -> list[Step]:
    dead = {
        canonical(row["url"])
        for row in failure_rows(library.store)
        if failure_of(row["reason"]) is Failure.DEAD
    }
    return [
        _link_step(
            library, sources.get(address), address, recommended.why(sources.get(address), note)
        )
        for address in dict.fromkeys(addresses)
        if address not in dead and not is_account(address)
    ]


def _link_step(library: Library, source: RecommendedLink | None, url: str, why: str) -> Step:
    document = library.document(url)
    if source is None:
        title = document.title if document else url
        source = RecommendedLink(title, url, document.kind if document else "post", ())
    badge = next((place.difficulty for place in source.recommended_by if place.difficulty), None)
    minutes, timed = effort.minutes(source.url, source.kind, document)
    return Step(
        title=source.title,
        url=source.url,
        kind=source.kind,
        minutes=minutes,
        difficulty=badge or effort.difficulty(source.title, source.kind, document),
        estimated=badge is None,
        why=why,
        recommended_by=source.recommended_by,
        primer=False,
        in_library=document is not None,
        timed=timed,
    )


def _ordered(steps: Sequence[Step]) -> list[Step]:
    """Easy before hard, then what more lists recommend, then as they came; each link once."""
    once = {canonical(step.url): step for step in reversed(steps)}
    place = {id(step): number for number, step in enumerate(steps)}
    return sorted(
        once.values(),
        key=lambda step: (
            DIFFICULTIES.index(step.difficulty),
            -len({place.list for place in step.recommended_by}),
            place[id(step)],
        ),
    )


def _within(
    steps: Sequence[Step], hours: float | None, note: Note | None
) -> tuple[list[Step], list[Step]]:
    if hours is None:
        return list(steps), []
    own = note.url if note else None
    left = hours * 60 - sum(step.minutes for step in steps if step.url == own)
    kept: list[Step] = []
    left_out: list[Step] = []
    for step in steps:
        if step.url == own:
            kept.append(step)
        elif step.minutes <= left:
            left -= step.minutes
            kept.append(step)
        else:
            left_out.append(step)
    return kept, left_out


def found(library: Library, topic: str) -> list[StoredPassage]:
    """Return the best passage of every document about a topic, best first, at most 10.

    A passage is about it by meaning, or if its title and headings hold all the topic's words.
    """
    terms = set(library.terms(topic))
    english = language(topic) == "en"

    def about(hit: Hit) -> bool:
        # the default embedding model knows English only
        if english and hit.cosine is not None and hit.cosine >= _COSINE:
            return True
        passage = hit.passage
        said = [passage.title, *passage.heading, *([] if english else [passage.text])]
        return bool(terms) and terms <= set(library.terms(" ".join(said)))

    best: dict[str, StoredPassage] = {}
    for hit in library.search(topic, _HITS):
        if about(hit):
            best.setdefault(hit.passage.url, hit.passage)
    return list(best.values())[:_FOUND]
