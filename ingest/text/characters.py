"""Characters that a text cannot carry everywhere: halves of them, and what XML forbids."""

import re

NOT_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
"""What no XML or HTML tree may hold."""


def encodable(text: str) -> str:
    """Return a text with ``?`` for halves of surrogate pairs, which no encoding takes."""
    return text.encode("utf-8", "replace").decode("utf-8")
