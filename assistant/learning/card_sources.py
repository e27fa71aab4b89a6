"""Study cards of what one has before one: an answer's quotations, a source.

A card's answer is a quotation, and it is made only if the quotation stands in the library.
"""

from collections.abc import Iterable, Sequence

from assistant.answering.values import running
from assistant.learning import primer
from assistant.learning.cards import Card, cards_of_document, cards_of_note
from index.search.library import Library
from ingest.errors import NothingFound
from ingest.text.blocks import blocks
from ingest.text.plain import as_quoted
from ingest.values import PRIMER, Document

_LONGEST = 900  # characters of an answer


def cards_of_answer(
    library: Library, question: str, quotes: Iterable[tuple[str, str]]
) -> list[Card]:
    """Return one card a source: the question, and what the source says word for word.

    Args:
        library: where the quotations have to stand.
        question: what was asked.
        quotes: the address of a document and words of it, in the order of the answer.

    Raises:
        NothingFound: no quotation stands where it is said to.
    """
    quoted: dict[str, list[str]] = {}
    for url, quote in quotes:
        quoted.setdefault(url, []).append(quote)
    said: dict[Document, list[str]] = {}
    for url, parts in quoted.items():
        document = library.document(url)
        there = _letters(document.text) if document else ""
        stand = [part for part in parts if _letters(part) and _letters(part) in there]
        if document is not None and stand:
            said.setdefault(document, []).extend(stand)
    made = []
    for document, parts in said.items():
        quote = _fitting(parts)
        answer = "\n".join(as_quoted(line) for line in quote.split("\n"))
        asked = question if len(said) == 1 else f"{question} ({document.title})"
        made.append(Card(asked, answer, quote, document.title, document.url))
    if not made:
        raise NothingFound(
            "No card can be made: nothing of this answer is quoted word for word from the library."
        )
    return made


def cards_of_source(library: Library, url: str) -> list[Card]:
    """Return the cards of one document: what it defines, and what its sections say.

    Raises:
        NothingFound: it is not here, or nothing of it makes a card.
    """
    document = library.document(url)
    slug = document.url.removeprefix(PRIMER) if document else ""
    note = primer.notes().get(slug) if document and document.url.startswith(PRIMER) else None
    made: Sequence[Card] = ()
    if document is not None:
        made = cards_of_note(note, document.text) if note else cards_of_document(document)
    if not made:
        raise NothingFound(f"No cards can be made of {url}: nothing in it says what something is.")
    return list(made)


def _fitting(parts: Sequence[str]) -> str:
    kept, prose = parts[0][:_LONGEST], _is_prose(parts[0])
    for part in parts[1:]:
        if len(kept) + len(part) < _LONGEST:
            runs_on = prose and _is_prose(part)
            kept, prose = running((kept, part)) if runs_on else f"{kept}\n{part}", _is_prose(part)
    return kept


def _is_prose(part: str) -> bool:
    return [block.kind for block in blocks(part)] == ["prose"]


def _letters(text: str) -> str:
    return "".join(filter(str.isalnum, as_quoted(text).casefold()))
