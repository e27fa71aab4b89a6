"""A sentence of an answer that is a block of code, told by its text alone."""

import re
from textwrap import dedent

from ingest.text.sentences import FENCE, closes_fence


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


def fenced(code: str) -> str:
    """Return code as a block of Markdown that nothing within it can end."""
    longest = max((len(run) for run in re.findall("`+", code)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}\n{code}\n{fence}"
