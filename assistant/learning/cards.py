"""Study cards: questions on a topic, each with an answer quoted from a document of the library.

Made by rules from headings, definitions and worked numbers, without a model, so no card says what
its source does not.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from assistant.learning import card_questions as questions
from assistant.learning import primer
from assistant.learning.anki import write_anki
from assistant.learning.card import Card
from assistant.learning.primer import Note
from index.search.library import Library
from ingest.errors import NothingFound, UsageError
from ingest.text.blocks import blocks as blocks_of
from ingest.text.numbers import WRITTEN
from ingest.text.plain import as_quoted
from ingest.text.sentences import sentences
from ingest.values import Document

__all__ = ["Card", "cards", "cards_of_document", "cards_of_note", "write_anki"]

_LEAD = 320
_ANSWER = 520
_WITH_LIST = 900
_DEFINITIONS = 3
_GAPS = 2
_OF_SOURCES = 3
_OF_DOCUMENT = 12
_HITS = 8
_TELLING = 50
_ENDS = tuple('.!?。！？;；)]"”’`*')
_BLANK = "_____"


@dataclass(frozen=True, slots=True)
class _Block:
    """A paragraph, list, table, formula or code block, under its nearest heading."""

    heading: str
    start: int
    end: int
    kind: str


def cards(library: Library, topic: str) -> list[Card]:
    """Return the study cards of a topic: of its primer note, then of what the note leads to.

    A topic without a note gets cards of the passages found for it.

    Raises:
        UsageError: the topic is empty.
        NothingFound: nothing here is about the topic.
    """
    if not topic.strip():
        raise UsageError("The topic is empty: say what you want to learn.")
    note = primer.find(topic)
    if note is None:
        candidates = list(_of_search(library, topic.strip()))
    else:
        document = library.document(note.url)
        candidates = [*cards_of_note(note, document.text if document else note.text)]
        candidates += _of_sources(library, note)
    made = _distinct(candidates)
    if not made:
        raise NothingFound(
            f"No cards can be made about {topic.strip()}: nothing here says what it is. "
            "Name another topic, or ingest sources about it first."
        )
    return made


def cards_of_note(note: Note, text: str) -> list[Card]:
    """Return the cards of a primer note, whose text in the library is ``text``."""
    blocks = _blocks(text)
    words = f"{text}\n{'; '.join(note.names)}"  # what shows which words are names
    topic = questions.topic_in_text(note.topic, words)
    made = [*_opening(note, topic, text, blocks), *_sections(note, topic, words, text, blocks)]
    made += list(_definitions(note, text, blocks))[:_DEFINITIONS]
    made += _gaps(note, topic, text, blocks)
    return _distinct(made)


def cards_of_document(document: Document) -> list[Card]:
    """Return the cards of one document: what it defines, then what its sections say."""
    made: list[Card] = []
    seen: set[str] = set()
    for block in _blocks(document.text):
        if len(made) >= _OF_DOCUMENT:
            break
        if block.kind != "prose":
            continue
        for quote in _sentences(document.text[block.start : block.end]):
            definition = questions.definition(quote, document.text)
            if definition and _TELLING <= len(quote) <= _ANSWER:
                made.append(_card(definition[1], quote, document.title, document.url))
        quote = _whole_sentences(document.text[block.start : block.end], _ANSWER)
        if block.heading and block.heading not in seen and len(quote) >= _TELLING:
            if quote.endswith(_ENDS):
                asked = f"What does “{document.title}” say under “{as_quoted(block.heading)}”?"
                made.append(_card(asked, quote, document.title, document.url))
            seen.add(block.heading)
    return _distinct(made)[:_OF_DOCUMENT]


def _opening(note: Note, topic: str, text: str, blocks: list[_Block]) -> Iterator[Card]:
    first = next((block for block in blocks if block.kind == "prose"), None)
    if first is not None:
        quote = _whole_sentences(text[first.start : first.end], _LEAD)
        yield _card(questions.of_topic(topic), quote, note.topic, note.url)


def _sections(
    note: Note, topic: str, words: str, text: str, blocks: list[_Block]
) -> Iterator[Card]:
    seen = {blocks[0].heading} if blocks else set()
    for place, block in enumerate(blocks):
        if block.heading in seen or block.heading.startswith("Not "):
            continue
        seen.add(block.heading)
        quote = _answer(text, blocks[place:])
        if quote:
            standing = note.slug in primer.named(block.heading) or topic in block.heading
            asked = questions.of_heading(block.heading, topic, words, standing=standing)
            yield _card(asked, quote, note.topic, note.url)


def _definitions(note: Note, text: str, blocks: list[_Block]) -> Iterator[Card]:
    """Sentences in the body that say what some other thing is."""
    for block in blocks[1:]:
        if block.kind != "prose":
            continue
        for quote in _sentences(text[block.start : block.end]):
            definition = questions.definition(quote, text)
            if (
                definition
                and note.slug not in primer.named(definition[0])
                and not WRITTEN.match(definition[0])
            ):
                yield _card(definition[1], quote, note.topic, note.url)


def _gaps(note: Note, topic: str, text: str, blocks: list[_Block]) -> list[Card]:
    """Cards that leave out one worked number, from sentences that name their subject.

    Sentences about the note's own subject come first, then those with few other numbers.
    """
    ranked: list[tuple[bool, int, Card]] = []
    for block in blocks:
        for quote in _sentences(text[block.start : block.end]) if block.kind == "prose" else ():
            subjects = primer.named(quote)
            numbers = list(WRITTEN.finditer(quote))
            worked = [number for number in numbers if _is_worked(number[0], quote, note)]
            if worked and subjects and quote[:1].isalpha() and quote.endswith(_ENDS):
                gap = max(worked, key=lambda number: len(number[0]))
                asked = as_quoted(f"{quote[: gap.start()]}\0{quote[gap.end() :]}").replace(
                    "\0", _BLANK
                )
                asked = f"{topic[:1].upper()}{topic[1:]}: fill in the number. {asked}"
                card = Card(asked, gap[0], quote, note.topic, note.url)
                ranked.append((note.slug not in subjects, len(numbers), card))
    ranked.sort(key=lambda item: item[:2])
    return list({card.answer: card for *_, card in reversed(ranked)}.values())[::-1][:_GAPS]


def _is_worked(number: str, quote: str, note: Note) -> bool:
    value = float(number.replace("{,}", "").replace(",", ""))
    once = len(re.findall(rf"(?<![\d.,]){re.escape(number)}(?![\d]|[.,]\d)", quote)) == 1
    once &= f"{number}-" not in quote
    return len(number) > 1 and value in note.figures and once and "$" not in quote


def _of_sources(library: Library, note: Note) -> list[Card]:
    """Definitions of the topic in the curated sources of its note, at most one of each source."""
    made: list[Card] = []
    names = list(note.names)
    for link in note.links:
        document = library.document(link)
        if document is not None and len(made) < _OF_SOURCES:
            made += list(_defining(document, names))[:1]
    return made


def _of_search(library: Library, topic: str) -> Iterator[Card]:
    from assistant.learning.path import found  # only a topic without a note is searched for

    terms = set(library.terms(topic))
    for passage in found(library, topic)[:_HITS]:
        document = library.document(passage.url)
        if document is None:
            continue
        yield from list(_defining(document, [topic]))[:1]
        for block in _blocks(passage.text, passage.fence):
            quote = _whole_sentences(passage.text[block.start : block.end], _ANSWER)
            said = block.kind == "prose" and len(quote) >= _TELLING and quote.endswith(_ENDS)
            if said and terms & set(library.terms(quote)):
                about = passage.heading[-1] if passage.heading else topic
                asked = f"What does “{document.title}” say under “{about}”?"
                yield _card(asked, quote, document.title, document.url)
                break


def _defining(document: Document, names: list[str]) -> Iterator[Card]:
    for block in _blocks(document.text):
        if block.kind != "prose":
            continue
        for quote in _sentences(document.text[block.start : block.end]):
            name = questions.definition_of(names, as_quoted(quote))
            if name and 40 <= len(quote) <= _ANSWER:
                asked = f"How does “{document.title}” define {name}?"
                yield _card(asked, quote, document.title, document.url)


def _card(question: str, quote: str, title: str, url: str) -> Card:
    answer = "\n".join(line for line in map(as_quoted, quote.split("\n")) if line)
    return Card(question, answer, quote, title, url)


def _distinct(made: list[Card]) -> list[Card]:
    """Drop cards that ask the same again, and section cards that quote the same again."""
    asked: set[str] = set()
    said: set[tuple[str, str]] = set()
    kept = []
    for card in made:
        question = card.question.casefold()
        if question not in asked and (card.quote, card.answer) not in said:
            kept.append(card)
        asked.add(question)
        said.add((card.quote, card.answer))
    return kept


# --- reading Markdown by blocks


def _answer(text: str, blocks: list[_Block]) -> str:
    """The beginning of a section that answers its heading; "" where it begins with a table.

    Whole sentences up to a limit; where they lead up to a list or a formula, that too.
    """
    first = blocks[0]
    if first.kind not in ("prose", "list"):
        return ""
    end = first.end
    for block in blocks[1:]:
        if block.heading != first.heading or block.kind not in ("list", "formula"):
            break
        if block.kind == "formula" and text.endswith(_ENDS, first.start, end):
            break
        end = block.end
    body = text[first.start : end]
    if end == first.end and first.kind == "prose":
        return _whole_sentences(body, _ANSWER) if body.endswith(_ENDS) else ""
    return body if len(body) <= _WITH_LIST else _items(body)


def _items(text: str) -> str:
    """What fits of a list and what leads up to it, in whole lines."""
    return text[: text.rfind("\n", 0, _WITH_LIST)].rstrip()


def _whole_sentences(text: str, limit: int) -> str:
    spans = sentences(text)
    ends = [end for _, end in spans if end <= limit] or [spans[0][1] if spans else len(text)]
    return text[: ends[-1]]


def _sentences(text: str) -> list[str]:
    return [text[start:end] for start, end in sentences(text)]


def _blocks(text: str, fence: str = "") -> list[_Block]:
    """Return what stands between blank lines, under its nearest heading.

    ``fence`` is the fence that is open where the text begins.
    """
    made: list[_Block] = []
    heading, end = "", -1
    for block in blocks_of(text, fence):
        if block.kind == "heading":
            heading, end = text[block.content : block.end].strip(), -1
        elif made and block.start == end + 1 and "code" not in (block.kind, made[-1].kind):
            made[-1] = replace(made[-1], end=block.end)
            end = block.end
        else:
            kind: str = "list" if block.kind == "item" else block.kind
            if kind == "prose" and text.startswith("$$", block.start):
                kind = "formula"
            made.append(_Block(heading, block.start, block.end, kind))
            end = block.end
    return made
