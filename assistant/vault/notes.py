"""What the notes of a vault say: one for a source, a subject, an answer or a thread."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from assistant.answering.saved import form as saved_form
from assistant.collection.summary import summary
from assistant.kept.threads import Thread
from assistant.references.csl import Item, item_of, with_keys, year_of
from assistant.vault.kept import Kept, KeptThread, notes_on, notes_on_thread
from assistant.vault.note import Block, Note, note_id
from assistant.vault.texts import address, escaped
from index.search.library import Library
from index.store import browse
from index.store.sqlite import Store
from ingest.links.kinds import split
from ingest.values import PRIMER, Document

SOURCES, SUBJECTS, ANSWERS = "Sources", "Subjects", "Answers"
_STATES = {
    browse.DEAD: "dead", browse.BROWSER: "needs a browser", browse.FAILED: "could not be read",
    browse.MISSING: "not fetched yet",
}  # fmt: skip
_NOTHING = Kept()
_HEADING = re.compile(r"\A#\s[^\n]*\n+")
_LONGEST_TITLE = 100

LinkTo = Callable[[str, str], str]
"""Makes a wiki link of a note's id and the text it shows."""


@dataclass(frozen=True, slots=True)
class Highlight:
    """A passage of a source that an answer rests on; ``name`` is its block's."""

    name: str
    text: str


@dataclass
class Plan:
    """What a vault will hold, before anything is written: its notes' ids and titles."""

    documents: list[Document]
    sections: dict[tuple[str, tuple[str, ...]], list[browse.Link]]
    topics: dict[tuple[str, tuple[str, ...]], list[str]]
    answers: Sequence[Mapping[str, Any]]
    kept: Kept = _NOTHING
    highlights: dict[str, dict[str, Highlight]] = field(default_factory=dict)


def planned(
    store: Store, lists: Sequence[str], answers: Sequence[Any], kept: Kept = _NOTHING
) -> Plan:
    """Say what a vault will hold: sources of these lists (of none: all), their sections, answers.

    Of what a person keeps come the threads that cite one of the sources, and notes on them.

    Raises:
        UsageError: an answer is none.
    """
    links = [link for link in browse.links(store) if not lists or link.list in lists]
    wanted = {link.document for link in links}
    saved = [saved_form.checked(answer) for answer in answers]
    cited = {citation["url"] for answer in saved for citation in answer["citations"]}
    plan = Plan([], {}, {}, saved, kept)
    for document in store.documents():
        primer = document.url.startswith(PRIMER)
        if not lists or document.url in wanted or document.url in cited or primer:
            plan.documents.append(document)
    for link in links:
        plan.sections.setdefault((link.list, link.section), []).append(link)
    for name in {link.list for link in links}:
        for section, titles in browse.topics(store, name).items():
            plan.topics[name, section] = titles
    by_url = {document.url: document for document in plan.documents}
    if lists:
        cited_here = [each for each in kept.threads if _cites(each, store, by_url)]
        plan.kept = replace(kept, threads=cited_here)
    threads = (answer for each in plan.kept.threads for answer in each.answers)
    for answer in (*saved, *threads):
        for citation in answer["citations"]:
            source = store.document(citation["url"])
            if source is not None and source.url in by_url:
                highlights = plan.highlights.setdefault(source.url, {})
                for highlight in _highlights(source, citation, answer):
                    highlights.setdefault(highlight.name, highlight)
    return plan


def _cites(thread: KeptThread, store: Store, documents: Mapping[str, Document]) -> bool:
    urls = {citation["url"] for answer in thread.answers for citation in answer["citations"]}
    sources = (store.document(url) for url in sorted(urls))
    return any(source is not None and source.url in documents for source in sources)


def notes_of(plan: Plan, library: Library, link_to: LinkTo) -> Iterator[Note]:
    """Yield the notes of a plan; with titles only where ``library`` need not be asked yet."""
    places: dict[str, list[tuple[str, tuple[str, ...]]]] = {}
    for place, links in plan.sections.items():
        for link in links:
            if link.document and place not in places.setdefault(link.document, []):
                places[link.document].append(place)
    keyed = with_keys((document.url, item_of(document)) for document in plan.documents)
    for document, item in zip(plan.documents, keyed, strict=True):
        if document.url.startswith(PRIMER):
            yield _primer_note(document, plan, link_to)
        else:
            yield _source(document, item, plan, places.get(document.url, []), library, link_to)
    documents = {document.url: document for document in plan.documents}
    for (name, section), links in plan.sections.items():
        topics = plan.topics.get((name, section), [])
        yield _section(name, section, links, topics, documents, plan, link_to)
    for answer in plan.answers:
        yield _answer(answer, documents, library.store, link_to)
    for thread in plan.kept.threads:
        yield _thread(thread, plan.kept, documents, library.store, link_to)


def heads_of(plan: Plan) -> list[Note]:
    """Return the notes of a plan with nothing in them: what places are given by."""
    heads = [_head(document) for document in plan.documents]
    heads += [_head_of_section(name, section) for name, section in plan.sections]
    heads += [_head_of_answer(answer) for answer in plan.answers]
    return [*heads, *(_head_of_thread(each.thread) for each in plan.kept.threads)]


def source_id(url: str) -> str:
    """Return the id of the note about a document."""
    return note_id("source", url)


def _head(document: Document) -> Note:
    folder = SUBJECTS if document.url.startswith(PRIMER) else SOURCES
    return Note(source_id(document.url), folder, document.title, {}, ())


def _head_of_section(name: str, section: Sequence[str]) -> Note:
    title = " › ".join([*section, name]) if len(section) < 3 else " › ".join([*section[-2:], name])
    id = note_id("section", "\n".join([name, *section]))
    return Note(id, SUBJECTS, title, {}, ())


def _head_of_answer(answer: Mapping[str, Any]) -> Note:
    question = " ".join(answer["question"].split())
    id = note_id("answer", question.casefold())
    return Note(id, ANSWERS, question[:_LONGEST_TITLE], {}, ())


def _head_of_thread(thread: Thread) -> Note:
    return Note(note_id("thread", thread.id), ANSWERS, thread.title[:_LONGEST_TITLE], {}, ())


# --- sources


def _source(
    document: Document,
    item: Item,
    plan: Plan,
    places: Sequence[tuple[str, tuple[str, ...]]],
    library: Library,
    link_to: LinkTo,
) -> Note:
    head = _head(document)
    names = [" ".join(filter(None, (name.get("given"), name.get("family") or name.get("literal"))))
             for name in item.get("author", ())]  # fmt: skip
    web = split(document.url).scheme in ("http", "https")
    properties = {
        "title": document.title,
        "url": document.url if web else "",
        "authors": names,
        "year": year_of(item),
        "date": document.date or "",
        "kind": document.kind,
        "lang": document.lang,
        "doi": item.get("DOI", ""),
        "citekey": item["id"],
        "archived": document.fetched_at[:10],
        "lists": sorted({name for name, _ in places}),
    }
    (sentences, _), *_ = summary(library, document.url)
    said = "\n".join(f"- {escaped(sentence.text)}" for sentence in sentences)
    marked = plan.highlights.get(document.url, {})
    subjects = "\n".join(
        f"- {link_to(_head_of_section(*place).id, _head_of_section(*place).title)}"
        for place in places
    )
    original = f"[{escaped(split(document.url).hostname or document.url)}]({address(document.url)})"
    about = f"# {escaped(document.title)}"
    if web:
        about += f"\n\nOriginal: {original}, archived {document.fetched_at[:10]}."
    return Note(
        head.id, head.folder, head.title,
        {key: value for key, value in properties.items() if value},
        (
            Block("source", about),
            Block("summary", f"## In its own words\n\n{said}" if said else ""),
            Block("highlights", _marked(marked.values()), keeps=True),
            notes_on(plan.kept, document.url),
            Block("subjects", f"## Recommended under\n\n{subjects}" if subjects else ""),
        ),
    )  # fmt: skip


def _marked(highlights: Iterable[Highlight]) -> str:
    # items, as Obsidian finds a block's name at the end of an item and not of a quotation
    quotes = [f"- {highlight.text} ^{highlight.name}" for highlight in highlights]
    return "\n\n".join(["## Highlights", *quotes]) if quotes else ""


def _highlights(
    document: Document, citation: Mapping[str, Any], answer: Mapping[str, Any]
) -> Iterator[Highlight]:
    """Yield the words of a document that bear an answer's sentences, else the passage's first."""
    for sentence in answer["sentences"]:
        if citation["n"] not in sentence["citations"]:
            continue
        text = _borne(document, citation, sentence)
        if text:
            yield Highlight(_block_name(document.url, text), text)


def _borne(document: Document, citation: Mapping[str, Any], sentence: Mapping[str, Any]) -> str:
    spans = sentence.get("spans")
    for span in spans if isinstance(spans, list) else ():
        if isinstance(span, dict) and span.get("n") == citation["n"]:
            start, end = span.get("start"), span.get("end")
            if isinstance(start, int) and isinstance(end, int) and 0 <= start < end:
                return escaped(document.text[start:end])
    return escaped(document.text[max(citation["start"], 0) : max(citation["end"], 0)][:400])


def _block_name(url: str, text: str) -> str:
    return f"h-{note_id(url, text)[:8]}"


# --- subjects


def _section(
    name: str,
    section: Sequence[str],
    links: Sequence[browse.Link],
    topics: Sequence[str],
    documents: Mapping[str, Document],
    plan: Plan,
    link_to: LinkTo,
) -> Note:
    head = _head_of_section(name, section)
    lines = []
    for link in links:
        badge = f" ({link.difficulty})" if link.difficulty else ""
        if link.document in documents:
            lines.append(f"- {link_to(source_id(link.document), link.title)}{badge}")
        else:
            state = _STATES.get(link.state, "not in the library")
            lines.append(f"- [{escaped(link.title)}]({address(link.url)}){badge}: {state}")
    lines += [f"- {escaped(topic)}: no link yet" for topic in topics]
    above = [
        other for other in plan.sections
        if other[0] == name and other[1] != tuple(section)
        and other[1] == tuple(section)[: len(other[1])]
    ]  # fmt: skip
    up = ", ".join(link_to((h := _head_of_section(*heading)).id, h.title) for heading in above)
    trail = " › ".join(escaped(part) for part in section) or escaped(name)
    about = f"# {trail}\n\nA section of the list {escaped(name)}." + (
        f" Part of {up}." if up else ""
    )
    return Note(
        head.id, head.folder, head.title, {"list": name, "section": list(section)},
        (Block("subject", about), Block("links", "## Links\n\n" + "\n".join(lines))),
    )  # fmt: skip


def _primer_note(document: Document, plan: Plan, link_to: LinkTo) -> Note:
    head = _head(document)
    titles = {document.url: document.title for document in plan.documents}
    lines = [
        f"- {link_to(source_id(url), titles[url])}" if url in titles else f"- <{address(url)}>"
        for url in document.links
    ]
    text = _HEADING.sub("", document.text)
    marked = plan.highlights.get(document.url, {})
    blocks = [
        Block("subject", f"# {escaped(document.title)}\n\nA note of refdesk's primer.\n\n{text}"),
        Block("highlights", _marked(marked.values()), keeps=True),
        notes_on(plan.kept, document.url),
        Block("links", "## Reading\n\n" + "\n".join(lines) if lines else ""),
    ]
    properties = {"title": document.title, "aliases": list(document.aliases)}
    return Note(
        head.id, head.folder, head.title,
        {key: value for key, value in properties.items() if value}, blocks,
    )  # fmt: skip


# --- answers


def _answer(
    answer: Mapping[str, Any], documents: Mapping[str, Document], store: Store, link_to: LinkTo
) -> Note:
    head = _head_of_answer(answer)
    said = _answered(answer, documents, store, link_to)
    return Note(
        head.id, head.folder, head.title, {"question": answer["question"]},
        (Block("answer", f"# {escaped(answer['question'])}\n\n{said}"),),
    )  # fmt: skip


def _thread(
    kept: KeptThread,
    all_kept: Kept,
    documents: Mapping[str, Document],
    store: Store,
    link_to: LinkTo,
) -> Note:
    head = _head_of_thread(kept.thread)
    parts = [f"# {escaped(kept.thread.title)}", f"A thread of {kept.thread.created[:10]}."]
    for answer in kept.answers:
        said = _answered(answer, documents, store, link_to)
        parts.append(f"## {escaped(answer['question'])}\n\n{said}")
    return Note(
        head.id, head.folder, head.title,
        {"thread": kept.thread.id, "asked": kept.thread.created[:10]},
        (Block("answer", "\n\n".join(parts)), notes_on_thread(all_kept, kept.thread.id)),
    )  # fmt: skip


def _answered(
    answer: Mapping[str, Any], documents: Mapping[str, Document], store: Store, link_to: LinkTo
) -> str:
    """Return the sentences of an answer, each with links to what it rests on."""
    cited = {citation["n"]: citation for citation in answer["citations"]}
    lines = []
    for sentence in answer["sentences"]:
        marks = []
        for n in sentence["citations"]:
            if n not in cited:
                continue
            document = store.document(cited[n]["url"])
            if document is None or document.url not in documents:
                continue
            text = _borne(document, cited[n], sentence)
            name = _block_name(document.url, text)
            marks.append(link_to(f"{source_id(document.url)}#^{name}", f"[{n}]"))
        lines.append(f"{_said(sentence)} {' '.join(marks)}".rstrip())
    return "\n\n".join(lines) or escaped(str(answer.get("refusal") or "Not answered."))


def _said(sentence: Mapping[str, Any]) -> str:
    form = sentence.get("form")
    if form in ("code", "formula", "table"):
        return f"{sentence['text'].strip()}\n"
    return f"- {escaped(sentence['text'])}" if form == "item" else escaped(sentence["text"])
