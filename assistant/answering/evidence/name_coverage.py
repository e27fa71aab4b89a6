"""Whether passages mention the names in a question, spelled as they may be."""

from collections.abc import Sequence

from index.search.library import Hit
from ingest.text.things import has_version, is_quantity, mentions, names, versions


def unmentioned(question: str, hits: Sequence[Hit]) -> tuple[str, ...]:
    """Return the names and versions in a question that none of these passages mentions."""
    text = _text(hits)
    versioned = [
        f"{name} {of}" for name, of in versions(question) if not has_version(text, name, of)
    ]
    return (*_missing(question, text), *versioned)


def unmentioned_words(question: str, hits: Sequence[Hit]) -> tuple[str, ...]:
    """Return the names alone: a version or number says nothing without its name."""
    return tuple(name for name in _missing(question, _text(hits)) if not name[0].isdigit())


def _text(hits: Sequence[Hit]) -> str:
    return " ".join(
        " ".join((hit.passage.title, *hit.passage.heading, hit.passage.text)) for hit in hits
    ).casefold()


def _missing(question: str, text: str) -> list[str]:
    return [name for name in names(question) if not is_quantity(name) and not mentions(text, name)]
