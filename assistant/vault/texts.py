"""Texts and addresses as Markdown shows them as they are."""

import re

_ESCAPED = str.maketrans({mark: f"\\{mark}" for mark in "\\`*_[]<>#|~=%^!"})


def plain(text: str) -> str:
    """Return a text as one line of Markdown that shows it as it is; formulas stay formulas."""
    parts = re.split(r"(\$[^$\n]{1,300}\$)", " ".join(text.split()))
    return "".join(part if at % 2 else part.translate(_ESCAPED) for at, part in enumerate(parts))


def address(url: str) -> str:
    """Return an address as Markdown's parentheses and angles can hold it."""
    return re.sub(r"[\s()<>\[\]\\]", lambda mark: f"%{ord(mark[0]):02X}", url)
