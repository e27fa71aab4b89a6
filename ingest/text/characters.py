"""Characters that a text cannot carry everywhere: halves of them, and what XML forbids."""

import re

NOT_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
"""What no XML or HTML tree may hold."""

_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")


def without_controls(text: str) -> str:
    """Return a text on one line: control characters and breaks of lines are spaces."""
    return _CONTROLS.sub(" ", text)


def encodable(text: str) -> str:
    """Return a text with ``?`` for halves of surrogate pairs, which no encoding takes."""
    return text.encode("utf-8", "replace").decode("utf-8")
