"""Front matter: the YAML block before a Markdown text. Knows its syntax, not what a page means."""

import re
from itertools import accumulate
from typing import Any

import yaml

_FIELD = re.compile(r"\s*[A-Za-z][\w -]*:(?:\s|$)")
_OPENS = re.compile(r"\ufeff?\s*+---[ \t]*+\n")
_CLOSES = re.compile(r"^(?:---|\.\.\.)[ \t]*+(?:\n|\Z)", re.MULTILINE)
_LONGEST = 20_000  # characters to its end: what goes on longer begins with a rule
_MOST_READ = 8_000  # characters, and
_DEEPEST = 20  # brackets within brackets: YAML's reader needs the square of either


def _block(text: str) -> tuple[str, int] | None:
    """Return the block between the marks and where the text after it begins, None if none is."""
    opening = _OPENS.match(text)
    if opening is None:
        return None
    closing = _CLOSES.search(text, opening.end(), opening.end() + _LONGEST)
    return (text[opening.end() : closing.start()], closing.end()) if closing else None


# libyaml's, where it is: ten times as fast, and the primer's 131 notes are read at every start
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def split(text: str) -> tuple[dict[str, Any], str]:
    """Return the front matter, empty if there is none, and the text after it.

    Raises:
        yaml.YAMLError: there is a block, but it is no mapping in YAML, or too long to be one.
    """
    block = _block(text)
    if block is None:
        return {}, text
    said, end = block
    if len(said) > _MOST_READ or _depth(said) > _DEEPEST:
        raise yaml.YAMLError("the front matter is too long or nests too deeply")
    read = yaml.load(said, Loader=_LOADER)  # noqa: S506  # a safe loader
    if read is None:
        read = {}
    if not isinstance(read, dict):
        raise yaml.YAMLError("the front matter is no list of names and values")
    return {str(name): value for name, value in read.items()}, text[end:]


def _depth(text: str) -> int:
    steps = (1 if mark in "[{" else -1 for mark in re.findall(r"[\[\]{}]", text))
    return max(accumulate(steps), default=0)


def without(text: str) -> str:
    """Return the text after the front matter, whatever it holds."""
    block = _block(text)
    return text[block[1] :] if block else text


def split_leniently(text: str) -> tuple[dict[str, Any], str]:
    """As `split`, for the web: what is broken is dropped, what is no front matter kept."""
    try:
        return split(text)
    except (yaml.YAMLError, ValueError, RecursionError):
        block = _block(text)
        return {}, text[block[1] :] if block and _FIELD.match(block[0]) else text
