"""Front matter: the YAML block before a Markdown text. Knows its syntax, not what a page means."""

import re
from typing import Any

import yaml

_FIELD = re.compile(r"\s*[A-Za-z][\w -]*:(?:\s|$)")
_BLOCK = re.compile(r"\ufeff?\s*---[ \t]*\n(.*?)(?:^|\n)(?:---|\.\.\.)[ \t]*(?:\n|$)", re.DOTALL)

# libyaml's, where it is: ten times as fast, and the primer's 131 notes are read at every start
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def split(text: str) -> tuple[dict[str, Any], str]:
    """Return the front matter, empty if there is none, and the text after it.

    Raises:
        yaml.YAMLError: there is a block, but it is no mapping in YAML.
    """
    found = _BLOCK.match(text)
    if found is None:
        return {}, text
    read = yaml.load(found[1], Loader=_LOADER)  # noqa: S506  # a safe loader
    if read is None:
        read = {}
    if not isinstance(read, dict):
        raise yaml.YAMLError("the front matter is no list of names and values")
    return {str(name): value for name, value in read.items()}, text[found.end() :]


def split_leniently(text: str) -> tuple[dict[str, Any], str]:
    """As `split`, for the web: what is broken is dropped, what is no front matter kept."""
    try:
        return split(text)
    except (yaml.YAMLError, ValueError, RecursionError):
        found = _BLOCK.match(text)
        return {}, text[found.end() :] if found and _FIELD.match(found[1]) else text
