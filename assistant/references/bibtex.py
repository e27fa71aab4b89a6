"""CSL-JSON items as BibTeX, for classic BibTeX and biblatex alike: UTF-8, TeX's own marks escaped.

Types that only biblatex knows (``@online``) are not used: classic BibTeX drops them.
"""

import re
from collections.abc import Iterable
from itertools import pairwise
from typing import Any

from assistant.references.csl import Item, year_of
from ingest.text.characters import without_controls
from ingest.text.formulas import INLINE
from ingest.text.numbers import MONTHS

_TYPES = {
    "article-journal": "article", "paper-conference": "inproceedings", "chapter": "incollection",
    "thesis": "phdthesis", "report": "techreport", "book": "book",
}  # fmt: skip
_VENUES = {
    "article": "journal", "inproceedings": "booktitle", "incollection": "booktitle",
    "phdthesis": "school", "techreport": "institution",
}  # fmt: skip
_ESCAPED = str.maketrans({
    "\\": r"\textbackslash{}", "{": r"\textbraceleft{}", "}": r"\textbraceright{}", "$": r"\$",
    "&": r"\&", "%": r"\%", "#": r"\#", "_": r"\_", "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
})  # fmt: skip
_AROUND = ":;,.!?()[]\"'“”‘’（）：，。！？"
_URL = str.maketrans({"{": "%7B", "}": "%7D", "\\": "%5C", " ": "%20"})


def bibtex(items: Iterable[Item]) -> str:
    """Return items as a ``.bib`` file."""
    return "\n".join(_entry(item) for item in items)


def escaped(text: str) -> str:
    r"""Return a text as TeX shows it: ``50% & more`` as ``50\% \& more``."""
    return without_controls(text).translate(_ESCAPED)


def _entry(item: Item) -> str:
    kind = _TYPES.get(item["type"], "misc")
    number = item.get("number", "")
    issued = item.get("issued", {}).get("date-parts", [[]])[0]
    venue, publisher = item.get("container-title", ""), item.get("publisher", "")
    if kind == "misc":  # which knows no publisher
        venue, publisher = venue or publisher, ""
    fields: dict[str, str] = {
        "author": _braced(" and ".join(_author(name) for name in item.get("author", ()))),
        "title": _braced(_title(item.get("title", ""))),
        _VENUES.get(kind, "howpublished"): _braced(escaped(venue)),
        "year": _braced(year_of(item)),
        "month": MONTHS[issued[1] - 1][:3].lower() if len(issued) > 1 else "",
        "volume": _braced(escaped(item.get("volume", ""))),
        "number": _braced(escaped(item.get("issue", ""))),
        "pages": _braced(escaped(item.get("page", "")).replace("–", "--")),
        "publisher": _braced(escaped(publisher)),
        "doi": _braced(item.get("DOI", "").translate(_URL)),
    }
    if number.startswith("arXiv:"):
        fields |= {
            "eprint": _braced(number.removeprefix("arXiv:")),
            "archiveprefix": "{arXiv}",
        }
    fields |= {
        "url": _braced(item.get("URL", "").translate(_URL)),
        "urldate": _braced(_day(item.get("accessed"))),
    }
    lines = [f"  {name} = {value}," for name, value in fields.items() if value and value != "{}"]
    return "\n".join([f"@{kind}{{{item['id']},", *lines, "}", ""])


def _braced(value: str) -> str:
    return f"{{{value}}}"


def _author(name: dict[str, str]) -> str:
    if "literal" in name:
        return f"{{{escaped(name['literal'])}}}"
    family, given = (_part(name[part]) for part in ("family", "given"))
    return f"{family}, {given}"


def _part(name: str) -> str:
    """Return a part of a name; commas and the word "and" in it would end it."""
    said = escaped(name)
    return f"{{{said}}}" if "," in said or re.search(r"\band\b", said, re.IGNORECASE) else said


def _is_formula(inside: str) -> bool:
    """Say whether what stands between dollar signs is a formula and no price."""
    return any(mark in inside for mark in "\\^_") or (len(inside) == 1 and inside.isalpha())


def _title(title: str) -> str:
    """Return a title: its formulas are left as they are, its capitals kept as they are."""
    parts: list[str] = []
    end = 0
    for formula in INLINE.finditer(title):
        if _is_formula(formula[1]) and _is_balanced(formula[1]):
            parts += [_kept(title[end : formula.start()]), f"{{{formula[0]}}}"]
            end = formula.end()
    return "".join([*parts, _kept(title[end:])])


def _kept(text: str) -> str:
    """Escape a text; words with a capital inside (LoRA, GPT-4) keep it whatever the style does."""
    return " ".join(map(_kept_word, without_controls(text).split(" ")))


def _kept_word(word: str) -> str:
    if not _has_inner_capital(word):
        return escaped(word)
    core = word.strip(_AROUND)
    before, _, after = word.partition(core)
    return f"{escaped(before)}{{{escaped(core)}}}{escaped(after)}"


def _has_inner_capital(word: str) -> bool:
    return any(b.isupper() and a.isalnum() for a, b in pairwise(word))


def _is_balanced(formula: str) -> bool:
    depth = 0
    for mark in re.sub(r"\\.", "", formula):
        depth += (mark == "{") - (mark == "}")
        if depth < 0:
            return False
    return depth == 0 and formula.count("{") == formula.count("}")


def _day(said: Any) -> str:
    parts = (said or {}).get("date-parts", [[]])[0]
    return "-".join(f"{part:02d}" for part in parts)
