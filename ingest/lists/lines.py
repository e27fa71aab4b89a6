"""The reading of one line of a curated list: its links with their badges and notes, or its topic.

Knows the wording of lists, not their structure: headings, nesting and addresses are elsewhere.
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import unquote

from ingest.lists.blocks import Image, Link, Piece, plain

_CONTENTS = re.compile(r"(table of )?contents?|toc|目录|目次", re.IGNORECASE)
_HOUSEKEEPING = re.compile(
    r"news|updates?|changelog|how to (use|contribute).*|contribut(e|ing|ions?|ors?)( .*)?"
    r"|licen[cs]e|acknowledge?ments?|add to (the|this) .*|about|notes?|citation|star history"
    r"|disclaimer|贡献|许可证?|致谢|更新.*",
    re.IGNORECASE,
)
_DIFFICULTY = {
    "easy": "easy",
    "beginner": "easy",
    "medium": "medium",
    "intermediate": "medium",
    "hard": "hard",
    "advanced": "hard",
}
_TASK_BOX = re.compile(r"^\s*\[[ xX]?\]\s*")
_EDGES = " \t\u200b\ufeff-–—:：|•·,，;；"


@dataclass(slots=True)
class Draft:
    """A link with what its line says about it."""

    link: Link
    title: str
    difficulty: str | None
    note: str | None = None


def drafts_of(line: Sequence[Piece]) -> list[Draft]:
    """The links of one line with the badge and the words that belong to each.

    A badge belongs to the link before it, or to the first link if none stands before it. Beside a
    link that leads its line the words up to the next link are its note; elsewhere the line is.
    """
    drafts: list[Draft] = []
    words: list[str] = [""]
    pending: str | None = None
    for piece in line:
        if isinstance(piece, Link):
            drafts.append(Draft(piece, piece.title, pending))
            words.append("")
            pending = None
        elif isinstance(piece, str):
            words[-1] += piece
        elif drafts and drafts[-1].difficulty is None:
            drafts[-1].difficulty = _difficulty(piece)
        else:
            pending = pending or _difficulty(piece)
    lead, *after = words
    lead = _note(_TASK_BOX.sub("", lead)) or ""
    whole = _note(_TASK_BOX.sub("", plain(line)))
    for index, (draft, beside) in enumerate(zip(drafts, after, strict=True)):
        if draft.title or index:
            draft.note = whole if lead else _note(beside)
        else:  # an address without a title: what stands before it names it
            draft.title, draft.note = lead, _note(beside)
    return drafts


def _note(text: str) -> str | None:
    text = " ".join(text.split()).strip(_EDGES)
    return text if re.search(r"\w", text) else None


def _difficulty(badge: Image) -> str | None:
    named = re.search(r"(?:difficulty|level)[-_:= ]+([a-z]+)", unquote(badge.target).lower())
    return _DIFFICULTY.get(badge.title.lower()) or _DIFFICULTY.get(named[1] if named else "")


def cleaned(text: str) -> str:
    """A heading or bullet without decorations at its ends: emoji, squares, a closing colon."""
    text = " ".join(text.split())
    while text and (_is_decoration(text[0]) or text[0].isspace()):
        text = text[1:]
    while text and (_is_decoration(text[-1]) or text[-1] in " :："):
        text = text[:-1]
    return text


def _is_decoration(char: str) -> bool:
    # Squares and triangles count as mathematical symbols, but so does the plus sign of "C++".
    if unicodedata.category(char) == "Sm":
        return "\u2190" <= char <= "\u21ff" or "\u25a0" <= char <= "\u2bff"
    return unicodedata.category(char) in ("So", "Sk", "Cf") or char in "\ufe0e\ufe0f\u20e3"


def is_housekeeping(title: str) -> bool:
    """Say whether a heading is about the list itself: news, licence, how to contribute."""
    return bool(_HOUSEKEEPING.fullmatch(title))


def names_something(title: str) -> bool:
    """Say whether a heading or bullet has a name, other than "contents"."""
    return bool(re.search(r"[^\W\d_]", title)) and not _CONTENTS.fullmatch(title)


def label_of(line: Sequence[Piece]) -> str:
    """What a bullet with links is called, if its first link leads it."""
    drafts = drafts_of(line)
    first = next((index for index, piece in enumerate(line) if isinstance(piece, Link)), 0)
    lead = "".join(piece for piece in line[:first] if isinstance(piece, str))
    return cleaned(drafts[0].title) if drafts and not _note(_TASK_BOX.sub("", lead)) else ""


def topic_of(text: str) -> str:
    """The topic a bullet without a link names, or "" if it is prose.

    Of a definition ("term: what it is.") the term is the topic.
    """
    text = cleaned(_TASK_BOX.sub("", text))
    text = re.sub(r"^\[\[(.+)\]\]$", r"\1", text)  # a note's wiki link
    if not names_something(text):
        return ""
    if _is_prose(text):
        term, colon, _ = text.replace("：", ":").partition(":")
        term = cleaned(term)
        named = colon and names_something(term) and _length(term) <= 6 and not _is_prose(term)
        return term if named and not is_housekeeping(term) else ""
    return text


def _is_prose(text: str) -> bool:
    ends = re.search(r"[.!?。！？;；]$|[。！？]|[.!?] [A-Z]", text)
    return bool(ends) or _length(text) > 12 or ("，" in text and _length(text) > 6)


def _length(text: str) -> float:
    """Length in words; a Han character counts as half a word."""
    han = len(re.findall(r"[\u3400-\u9fff]", text))
    return han / 2 + len(re.findall(r"[^\s\u3400-\u9fff]+", text))
