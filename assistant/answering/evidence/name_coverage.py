"""Whether passages mention the names in a question, spelled as they may be."""

import re
from collections.abc import Sequence

from index.search.library import Hit, Library
from ingest.text.things import has_version, is_quantity, mentions, names, versions
from ingest.text.words import QUESTION_WORDS, says_nothing

_DECIMAL = re.compile(r"\d{1,12}\.\d{1,12}")
_POWER = re.compile(r"\d{1,12}(?:\.\d{1,12})?e-?\d{1,3}", re.IGNORECASE)  # 2e-5
_OF_ITS_KIND = re.compile(r"(?<=\w)-(?:type|style|like|based|sized)$")  # a BERT-type model


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


def naming_most(library: Library, question: str, hits: Sequence[Hit]) -> frozenset[str]:
    """Return the addresses of the documents that mention most of the names in a question.

    A fact about a thing stands where the thing is named: how many operations training takes tells
    nothing of how many one model took, if a page about that model is there.
    """
    wanted = [name for name in names(question) if not is_quantity(name)]
    documents: dict[str, list[Hit]] = {}
    for hit in hits:
        documents.setdefault(hit.passage.url, []).append(hit)
    mentioned = {}
    for url, own in documents.items():
        text = _text(own, other_names(library, own))
        mentioned[url] = sum(mentions(text, name) for name in wanted)
    most = max(mentioned.values(), default=0)
    return frozenset(url for url, count in mentioned.items() if count == most)


def _text(hits: Sequence[Hit], called: str) -> str:
    passages = [hit.passage for hit in hits]
    said = [" ".join((passage.title, *passage.heading, passage.text)) for passage in passages]
    return " ".join((*said, called)).casefold()


def _missing(question: str, text: str) -> list[str]:
    return [
        name for name in names(question)
        if name.casefold() not in QUESTION_WORDS and not is_quantity(name)
        and not _is_value(name, question, text)
        and not mentions(text, _OF_ITS_KIND.sub("", name))
    ]  # fmt: skip


def _is_value(name: str, question: str, text: str) -> bool:
    """Say whether a number is a value, as in "loss 2.3": no version of what stands before it.

    A thing that has versions is named with a number somewhere in the text, or not named at all.
    """
    if not _DECIMAL.fullmatch(name):
        return bool(_POWER.fullmatch(name))
    said = re.search(rf"(?:([\w-]+)[ -])?v?{re.escape(name)}(?![\d.])(%?)", question.casefold())
    if said is None or said[2] or not said[1] or says_nothing(said[1]):
        return True
    return said[1] in text and not re.search(rf"\b{re.escape(said[1])}[ -]?v?\d", text)
