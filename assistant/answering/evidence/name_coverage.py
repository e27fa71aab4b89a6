"""Whether passages mention the names in a question, spelled as they may be."""

from collections.abc import Sequence

from index.search.library import Hit, Library
from ingest.text.things import has_version, is_quantity, mentions, names, versions


def other_names(library: Library, hits: Sequence[Hit]) -> str:
    """Return the other names of what the documents of these passages are about."""
    return " ".join(library.store.aliases(sorted({hit.passage.number for hit in hits})).values())


def unmentioned(question: str, hits: Sequence[Hit], called: str) -> tuple[str, ...]:
    """Return the names and versions in a question that none of these passages mentions.

    Nor are they among what the documents are ``called`` besides (`other_names`).
    """
    text = _text(hits, called)
    versioned = [
        f"{name} {of}" for name, of in versions(question) if not has_version(text, name, of)
    ]
    return (*_missing(question, text), *versioned)


def unmentioned_words(question: str, hits: Sequence[Hit], called: str) -> tuple[str, ...]:
    """Return the names alone: a version or number says nothing without its name."""
    missing = _missing(question, _text(hits, called))
    return tuple(name for name in missing if not name[0].isdigit())


def _text(hits: Sequence[Hit], called: str) -> str:
    passages = [hit.passage for hit in hits]
    said = [" ".join((passage.title, *passage.heading, passage.text)) for passage in passages]
    return " ".join((*said, called)).casefold()


def _missing(question: str, text: str) -> list[str]:
    return [name for name in names(question) if not is_quantity(name) and not mentions(text, name)]
