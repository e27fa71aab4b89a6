"""Words that are looked for in what is kept."""

from collections.abc import Sequence

from assistant.input_limits import readable
from ingest.errors import UsageError

_TERMS = 8
"""The most words of a search that count."""


def terms(query: str) -> list[str]:
    """Return the words of a search that are looked for, each once.

    Raises:
        UsageError: there is none.
    """
    wanted = list(dict.fromkeys(readable(query).split()))[:_TERMS]
    if not wanted:
        raise UsageError("Say which words to look for.")
    return wanted


def like(term: str) -> str:
    """Return the pattern of LIKE for texts that hold ``term``; its escape is the backslash."""
    escaped = term.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return f"%{escaped}%"


def around(text: str, wanted: Sequence[str], width: int = 160) -> str:
    """Return about ``width`` characters of a text, around the first of the words it holds."""
    flat = " ".join(text.split())
    folded = flat.casefold()
    places = [at for term in wanted if (at := folded.find(term.casefold())) >= 0]
    start = max(0, min(places, default=0) - width // 3)
    cut = flat[start : start + width]
    return f"{'… ' if start else ''}{cut}{' …' if start + width < len(flat) else ''}"
