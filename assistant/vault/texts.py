"""Texts and addresses as Markdown shows them as they are."""

import re

from ingest.text.plain import escape_marks

_OF_A_VAULT = "~=%^!"  # marks that programs for vaults know: struck out, set off, hidden, named


def escaped(text: str) -> str:
    """Return a text as one line of Markdown that shows it as it is; formulas stay formulas."""
    parts = re.split(r"(\$[^$\n]{1,300}\$)", " ".join(text.split()))
    return "".join(
        part if at % 2 else escape_marks(part, _OF_A_VAULT) for at, part in enumerate(parts)
    )


def address(url: str) -> str:
    """Return an address as Markdown's parentheses and angles can hold it."""
    return re.sub(r"[\s()<>\[\]\\]", lambda mark: f"%{ord(mark[0]):02X}", url)
