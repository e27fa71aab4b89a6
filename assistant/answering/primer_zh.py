"""The primer in Chinese: our own wording of every sentence of a note, aligned with the English.

A note and its Chinese have the same pieces in the same order (the tests hold that), so a sentence's
Chinese is the piece at its place.
"""

import re
from functools import cache

from assistant.answering.pieces import pieces
from ingest.shipped import shipped

_SLUG = re.compile(r"[a-z0-9-]+")


def in_chinese(slug: str, text: str) -> str | None:
    """Return a sentence, heading or item of a note in Chinese, as it reads; None if there is none.

    Args:
        slug: the note's name, what follows `ingest.values.PRIMER` in its address.
        text: the piece as `assistant.answering.pieces` gives it.
    """
    return _aligned(slug).get(text) if _SLUG.fullmatch(slug) else None


@cache
def _aligned(slug: str) -> dict[str, str]:
    try:
        note = shipped("primer", f"{slug}.md").read_text("utf-8")
        chinese = shipped("primer-zh", f"{slug}.md").read_text("utf-8")
    except OSError:
        return {}
    english = [piece.text for piece in pieces(note.split("\n---\n", 1)[-1])]
    other = [piece.text for piece in pieces(chinese)]
    return dict(zip(english, other, strict=True)) if len(english) == len(other) else {}
