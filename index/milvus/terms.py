"""Terms as Milvus' own analyzers leave them: plain letters and digits, one word each.

Local words are cut before they come here, so both engines know the same ones; what is not plain
(Han pairs, accents) goes as the hexadecimal of its bytes.
"""

import re
from collections.abc import Iterable

_PLAIN = re.compile(r"[a-z0-9]{1,40}")
_MOST = 65_000  # bytes a field holds


def encoded(terms: Iterable[str], names: Iterable[str] = ()) -> str:
    """Return terms, and names that are one word in several parts, as one line of words."""
    words = [term if _PLAIN.fullmatch(term) else f"zu{term.encode().hex()}" for term in terms]
    line = " ".join([*words, *(f"zn{name}" for name in names)])
    return line if len(line) <= _MOST else line[:_MOST].rpartition(" ")[0]
