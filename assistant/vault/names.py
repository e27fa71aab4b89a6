"""Names of notes that every file system takes, and that wiki links can hold."""

import re
import unicodedata

_FORBIDDEN = re.compile(
    r'[<>:"/\\|?*#^\[\]%\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]'
)
_RESERVED = {
    "con",
    "prn",
    "aux",
    "nul",
    *(f"{port}{n}" for port in ("com", "lpt") for n in "0123456789¹²³"),
}
_LONGEST = 100  # bytes in UTF-8: file systems that encrypt names take 143, our suffixes some more


def file_name(title: str) -> str:
    """Return a title as the name of a file, without its ending."""
    text = unicodedata.normalize("NFC", title)
    text = " ".join(_FORBIDDEN.sub(" ", text).split())
    text = text.encode("utf-8", "ignore")[:_LONGEST].decode("utf-8", "ignore").strip(" .")
    if not text:
        return "Untitled"
    return f"{text}_" if text.partition(".")[0].casefold() in _RESERVED else text


def folded(path: str) -> str:
    """Return a path as file systems compare it that tell neither case nor composition apart."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFKC", path).casefold())


def link_text(text: str) -> str:
    """Return a text as a wiki link may show it."""
    plain = text.replace("|", "¦").replace("[", "(").replace("]", ")")
    return " ".join(plain.split()) or "…"
