"""BibTeX and BibLaTeX, as Zotero, JabRef, Mendeley and Google Scholar write them.

A file is cut where a line opens an entry, so that one that is not closed costs itself alone.
"""

import re
import unicodedata
from collections.abc import Iterator
from itertools import pairwise

from ingest.exports.given import Given
from ingest.exports.shelf import ListBuilder
from ingest.exports.works import File, Work, take_work

WHAT = "a BibTeX bibliography"
_OPENS = re.compile(r"@\s{0,9}([A-Za-z]{2,40})\s{0,9}[{(]")
_ENTRY = re.compile(r"^[ \t]{0,40}@[A-Za-z]{2,40}[ \t]{0,9}[{(]", re.MULTILINE)
_BEGINS = re.compile(r"(?>\s*+(?:%[^\n]*+\n)?)*+@[A-Za-z]{2,40}[ \t]{0,9}[{(]")
_KEY = re.compile(r"\s*+([^\s,={}\"]{0,300}+)\s*+,")
_FIELD = re.compile(r"[\s,]*+([A-Za-z][\w:+/.-]{0,60}+)\s*+=\s*+")
_WORD = re.compile(r"[\w:+/.-]{1,200}+")
_MARK = re.compile(r"\\.|[{}\"]", re.DOTALL)
_URL = re.compile(r"https?://[^\s{}\\]{1,2000}")
_APART = re.compile(r"(?<!\\);")
_PARTS = re.compile(r"(?<!\\):")
_ESCAPED = re.compile(r"\\([:;\\{}_&%$#])")
_FORMS = {
    "article": "article-journal", "inproceedings": "paper-conference", "online": "webpage",
    "conference": "paper-conference", "incollection": "chapter", "inbook": "chapter",
    "phdthesis": "thesis", "mastersthesis": "thesis", "thesis": "thesis", "book": "book",
    "techreport": "report", "report": "report",
}  # fmt: skip
_NO_WORKS = ("comment", "preamble", "string")
_ACCENTS = {"`": "\u0300", "'": "\u0301", "^": "\u0302", "~": "\u0303", '"': "\u0308",
            "=": "\u0304", ".": "\u0307", "u": "\u0306", "v": "\u030c", "H": "\u030b",
            "c": "\u0327", "k": "\u0328", "r": "\u030a", "d": "\u0323", "b": "\u0331"}  # fmt: skip
_ACCENT = re.compile(
    r"\\([`'^~\"=.])\s{0,3}\{?\\?([A-Za-zıȷ])\}?|\\([uvHckrdb])(?:\{\\?([A-Za-zıȷ])\}| ([A-Za-z]))"
)
_LETTERS = {"ss": "ß", "o": "ø", "O": "Ø", "l": "ł", "L": "Ł", "ae": "æ", "AE": "Æ", "oe": "œ",
            "OE": "Œ", "aa": "å", "AA": "Å", "i": "ı", "j": "ȷ"}  # fmt: skip
_LETTER = re.compile(r"\\(ss|oe|OE|ae|AE|aa|AA|[oOlLij])(?![A-Za-z])\s?")
_SIGNS = {"less": "<", "greater": ">", "asciitilde": "~", "asciicircum": "^", "backslash": "\\",
          "braceleft": "{", "braceright": "}", "underscore": "_", "bar": "|", "dollar": "$",
          "endash": "–", "emdash": "—"}  # fmt: skip
_PLAIN = {"---": "—", "--": "–", "~": " "}
_MARKED = re.compile(
    rf"\\text(?P<sign>{'|'.join(_SIGNS)})(?![A-Za-z])(?:\{{\}}|\s)?"
    r"|\\(?:[A-Za-z]{2,30}\*?\s?|(?P<escaped>[&%$#_{}~ ,-]))|---?|[{}~]"
)
_FORMULA = re.compile(r"((?<!\\)\$[^$]{1,300}(?<!\\)\$)")
_TILDE = re.compile(
    r"\$\s?\\sim\s?\$|\{\\(?:textasciitilde|~)(?:\{\})?\}|\\(?:textasciitilde(?![A-Za-z])|~)(?:\{\})?"
)
_SIGN = re.compile(r"\{\\([_&#%$])\}|\\([_&#%$])|\\textunderscore(?:\{\}|\b)")


def recognises(given: Given) -> bool:
    """See `Format`."""
    if given.suffix in (".bib", ".bibtex"):
        return "@" in given.text
    if not _BEGINS.match(given.head.lstrip("\ufeff")):  # Markdown lists quote BibTeX, further down
        return False
    openings = _ENTRY.finditer(given.head)
    return any(_KEY.match(given.head, opening.end()) for opening in openings)


def read(given: Given, shelf: ListBuilder) -> str | None:
    """See `Format`."""
    starts = [match.start() for match in _ENTRY.finditer(given.text)]
    macros: dict[str, str] = {}
    for start, end in pairwise([*starts, len(given.text)]):
        block = given.text[start:end]
        for kind, key, fields in _entries(block, macros):
            if fields is None:
                line = given.text.count("\n", 0, start) + 1 if len(shelf.ignored) < 1000 else 0
                first = block.strip().partition("\n")[0]
                shelf.leave("", first, f"an entry that cannot be read (line {line or 'later'})")
            elif kind == "string":
                macros |= fields
            elif kind not in _NO_WORKS:
                _take(kind, key, fields, shelf)
    return None


def _entries(
    block: str, macros: dict[str, str]
) -> Iterator[tuple[str, str, dict[str, str] | None]]:
    """Yield type, key and fields of the entries of a block; None for one that is not closed."""
    at = 0
    while (opening := _OPENS.search(block, at)) is not None:
        kind, at = opening[1].lower(), opening.end()
        if kind in ("comment", "preamble"):
            at = _closing(block, at)
            continue
        key = _KEY.match(block, at) if kind != "string" else None
        if key is not None:
            at = key.end()
        fields: dict[str, str] = {}
        while (name := _FIELD.match(block, at)) is not None:
            value, at = _value(block, name.end(), macros)
            fields[name[1].lower()] = value
        close = re.compile(r"[\s,]*+[})]").match(block, at)
        closed = close is not None and (key is not None or kind == "string")
        yield kind, key[1] if key else "", fields if closed else None
        if close is None:
            return
        at = close.end()


def _value(block: str, at: int, macros: dict[str, str]) -> tuple[str, int]:
    """Read a value, which may be put together by ``#``; return it and where it ends."""
    parts = []
    while True:
        if block[at : at + 1] == "{":
            end = _closing(block, at + 1)
            parts.append(block[at + 1 : end - 1])
        elif block[at : at + 1] == '"':
            end = _closing(block, at + 1, quoted=True)
            parts.append(block[at + 1 : end - 1])
        elif word := _WORD.match(block, at):
            end = word.end()
            parts.append(macros.get(word[0].lower(), word[0]))
        else:
            end = at
        at = end
        more = re.compile(r"\s*+#\s*+").match(block, at)
        if more is None:
            return "".join(parts), at
        at = more.end()


def _closing(block: str, at: int, *, quoted: bool = False) -> int:
    """Return where a braced or quoted text ends, behind its mark; the end if it is not closed."""
    depth = 0 if quoted else 1
    for mark in _MARK.finditer(block, at):
        if mark[0] == "{":
            depth += 1
        elif mark[0] == "}":
            depth -= 1
        if depth == 0 and (mark[0] == '"' if quoted else mark[0] == "}"):
            return mark.end()
    return len(block)


def _take(kind: str, key: str, fields: dict[str, str], shelf: ListBuilder) -> None:
    prefix = (fields.get("archiveprefix") or fields.get("eprinttype") or "arxiv").lower()
    arxiv = fields.get("eprint", "") if prefix == "arxiv" else ""
    if not arxiv:  # as Google Scholar has it: journal={arXiv preprint arXiv:1706.03762}
        arxiv = fields.get("journal", "").lower().partition("arxiv:")[2]
    doi = fields.get("doi", "").replace("\\", "")
    url = _address(fields.get("url", "")) or _first_address(fields.get("howpublished", ""))
    if not (url or arxiv or doi):
        url = _first_address(fields.get("note", ""))
    said = {name: unlatexed(value) for name, value in fields.items()}
    form = _FORMS.get(kind, "")
    work = Work(
        said.get("title") or key,
        url=url,
        doi=doi,
        arxiv=arxiv,
        authors=[name for part in re.split(r"\sand\s", said.get("author", ""))
                 if (name := part.strip())],
        date=said.get("date") or said.get("year") or "",
        form=form,
        venue=said.get("journal") or said.get("journaltitle") or said.get("booktitle") or "",
        publisher=said.get("publisher") or said.get("school") or said.get("institution") or "",
        volume=said.get("volume", ""),
        issue=said.get("number") or said.get("issue") or "" if form == "article-journal" else "",
        pages=fields.get("pages", ""),
        tags=re.split("[,;]", said.get("keywords", "")),
        note=said.get("annote") or said.get("annotation") or _noted(said.get("note", ""), url),
        files=[File(path) for path in _files(fields.get("file", ""))],
    )  # fmt: skip
    take_work(shelf, work)


def _noted(note: str, url: str) -> str:
    """Return a note that says more than where the work is to be found."""
    return "" if (url and url in note) or "arxiv" in note.lower() else note


def _address(field: str) -> str:
    """Return what a field of addresses holds, as browsers take it."""
    return re.sub(r"\\url\b|[{}]", "", _with_signs(field)).strip()


def _first_address(field: str) -> str:
    """Return the first address that a text of TeX names, "" where it names none."""
    found = _URL.search(_with_signs(field))
    return found[0].rstrip(".,;") if found else ""


def _with_signs(field: str) -> str:
    """Return a text with the signs of addresses for what TeX writes instead of them."""
    return _SIGN.sub(lambda sign: sign[1] or sign[2] or "_", _TILDE.sub("~", field))


def _files(field: str) -> Iterator[str]:
    """Yield the paths of a ``file`` field: Zotero's and JabRef's ``name:path:type;…``, or a path.

    Marks that belong to a name are written with a backslash before them.
    """
    for one in _APART.split(field.strip()):
        parts = [_ESCAPED.sub(r"\1", part) for part in _PARTS.split(one)]
        if len(parts) >= 3:
            yield ":".join(parts[1:-1])  # a drive of Windows has a colon of its own
        elif parts[-1].strip():
            yield ":".join(parts).strip()


def unlatexed(text: str) -> str:
    """Return a field as people read it: accents set, braces and commands gone; formulas stay."""
    parts = _FORMULA.split(text)
    words = (part if at % 2 else _words(part) for at, part in enumerate(parts))
    return " ".join("".join(words).split())


def _words(text: str) -> str:
    if "\\" in text:
        text = _ACCENT.sub(_accented, text)
        text = _LETTER.sub(lambda match: _LETTERS[match[1]], text)
    return _MARKED.sub(_plain, text)


def _plain(mark: re.Match[str]) -> str:
    """Return what a mark of TeX stands for: a sign of its own, or nothing but its argument."""
    if mark["sign"]:
        return _SIGNS[mark["sign"]]
    return mark["escaped"] or _PLAIN.get(mark[0], "")


def _accented(match: re.Match[str]) -> str:
    mark, letter = match[1] or match[3], match[2] or match[4] or match[5]
    letter = {"ı": "i", "ȷ": "j"}.get(letter, letter)
    return unicodedata.normalize("NFC", letter + _ACCENTS[mark])
