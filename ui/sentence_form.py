"""A sentence of an answer that is a block of code, told by its text alone."""

from textwrap import dedent

from ingest.text.blocks import FENCE, closes_fence, fenced

__all__ = ["code_of", "fenced"]


def code_of(text: str) -> str | None:
    """Return the code of a fenced block, without its fences; None if the text is something else."""
    first, more, rest = text.partition("\n")
    mark = FENCE.match(first)
    if mark is None or not more:
        return None
    lines = rest.split("\n")
    if closes_fence(lines[-1], mark[1]):
        lines.pop()
    return dedent("\n".join(lines))
