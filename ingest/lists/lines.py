"""The reading of one line of a curated list: its links with their badges and notes, or its topic.

Knows the wording of lists, not their structure: headings, nesting and addresses are elsewhere.
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import unquote

from ingest.lists.blocks import Image, Inline, Link, Mark, Strong, plain
from ingest.text.scripts import length_in_words
from ingest.text.sentences import language

_CONTENTS = re.compile(r"(table of )?contents?|toc|目录|目次", re.IGNORECASE)
_HOUSEKEEPING = re.compile(
    r"news|updates?|changelog|how to (use|contribute).*|contribut(e|ing|ions?|ors?)( .*)?"
    r"|licen[cs]e|acknowledge?ments?|add to (the|this) .*|about|notes?|citation|star history"
    r"|disclaimer|贡献|许可证?|致谢|更新.*",
    re.IGNORECASE,
)
_DIFFICULTY = {
    "easy": "easy",
    "beginner": "easy",
    "medium": "medium",
    "intermediate": "medium",
    "hard": "hard",
    "advanced": "hard",
}
_UNFOLDS = re.compile(
    r"\W*(?:(?:click|tap|press)?(?: here)?(?: to)? ?"
    r"(?:expand|unfold|show|see|view|open|reveal|toggle)"
    r"(?: (?:all|more|less|details|the (?:full )?list|full list|list|me))*|(?:more )?details|more"
    r"|read more|(?:点击)?(?:展开|查看)(?:更多|全部|详情)?|更多|详情)\W*",
    re.IGNORECASE,
)
_ASKS = re.compile(
    r" ?[(\[（](?:click|tap|press|点击)[^()（）\[\]]{0,40}[)\]）]\W*$", re.IGNORECASE
)
_TASK_BOX = re.compile(r"^\s*\[[ xX]?\]\s*")
_NAMING = tuple(
    re.compile(words, re.IGNORECASE)
    for words in (
        r"\btitle\b|标题|题目|篇名",
        r"\bnames?\b|名称|名字",
        r"\b(?:papers?|models?|methods?|projects?|works?|resources?|articles?|courses?|books?|tools?"
        r"|datasets?|benchmarks?|repositor(?:y|ies)|repo|topics?|talks?|lectures?)\b"
        r"|论文|模型|方法|项目|资源|文章|课程|书|工具|数据集",
    )
)
"""What the heading of a column says that names the rows, the surest first."""

_NO_NAME = re.compile(
    r"\W*+(?:(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*+\.?+[ ,]*+)?+[\d\W]*+"
    r"|[A-Z]{2,10}(?:[ ':’-]*\d{2,4})?|(?:yes|no|n/a|none|tbd|arxiv(?: preprint)?(?:\W*\d+)?)",
)
"""A date, a number, the letters of a venue with its year."""

_KIND_OF_LINK = re.compile(
    r"\W*+(?:(?:click )?here|links?|papers?|pdf|code|codes|blog|blog ?post|post|article|home"
    r"|homepage|project|project page|github|git|repo|repository|source|arxiv|abs|page|website"
    r"|site|web|this|url|docs?|documentation|video|youtube|slides?|demo|models?|weights"
    r"|dataset|data|download|read|view|open|hf|hugging ?face|colab|notebook|tweet|doi|official"
    r"|html|stars?|forks?|bib|bibtex|poster|talk|appendix|supp|press|链接|论文|代码|这里|项目|主页|博客|地址|视频|下载|原文)\W*+|\W*+\d{0,4}\W*+",
    re.IGNORECASE,
)
_PLAINLY = re.compile(
    r"(?:click )?here|links?|papers?|pdf|page|this|url|arxiv|abs|read|view|open|\d*"
    r"|论文|链接|这里|地址|原文"
)
_JOINS = re.compile(r"and|or|plus|with|at|via|cf|see|also|和|与|及|或|以及|见", re.IGNORECASE)
_SHORTCODE = re.compile(r":[a-z0-9_+-]{1,40}:")
_EDGES = " \t\u200b\ufeff-–—:：|•·,，;；"


@dataclass(slots=True)
class Draft:
    """A link with what its line says about it."""

    link: Link
    title: str
    difficulty: str | None
    note: str | None = None


def drafts_of(line: Sequence[Inline]) -> list[Draft]:
    """The links of one line with the badge and the words that belong to each.

    A badge belongs to the link before it, or to the first link if none stands before it. Beside a
    link that leads its line the words up to the next link are its note; elsewhere the line is.
    """
    drafts: list[Draft] = []
    words: list[str] = [""]
    pending: str | None = None
    for piece in line:
        if isinstance(piece, Link):
            drafts.append(Draft(piece, piece.title, pending))
            words.append("")
            pending = None
        elif isinstance(piece, str):
            words[-1] += piece
        elif isinstance(piece, Mark):
            continue
        elif drafts and drafts[-1].difficulty is None:
            drafts[-1].difficulty = _difficulty(piece)
        else:
            pending = pending or _difficulty(piece)
    lead, *after = words
    lead = _note(_TASK_BOX.sub("", lead)) or ""
    whole = _note(_TASK_BOX.sub("", plain(line)))
    for index, (draft, beside) in enumerate(zip(drafts, after, strict=True)):
        if draft.title or index:
            draft.note = whole if lead else _note(beside)
        else:  # an address without a title: what stands before it names it
            draft.title, draft.note = lead, _note(beside)
    return drafts


def drafts_of_row(cells: Sequence[Sequence[Inline]], head: Sequence[str]) -> list[Draft]:
    """The links of a row of a table, named by the row where their own words say nothing.

    The cell that names the row is that under a heading that says so ("Title", "Model"), else one in
    bold, else the first that is no date, number or venue. What the other cells say is the note.

    Args:
        cells: the row.
        head: the texts of the header's cells, if the table has one.
    """
    drafts = [draft for cell in cells for draft in drafts_of(cell)]
    said = [cleaned(_whole(cell)) for cell in cells]
    at = _naming_cell(cells, said, head)
    name = said[at] if at is not None else ""
    notes = [
        cleaned(plain(cell))
        for place, cell in enumerate(cells)
        if place != at and _tells(plain([piece for piece in cell if not isinstance(piece, Link)]))
    ]
    whole = " · ".join(dict.fromkeys(notes)) or None
    for draft in drafts:
        what = draft.title
        draft.note = whole
        if name and (not what or says_nothing(what)):
            label = cleaned(_SHORTCODE.sub("", what)).strip("[]() ").lower()
            plainly = not re.search(r"\w", label) or _PLAINLY.fullmatch(label)
            draft.title = name if plainly else f"{name} ({label})"
    return drafts


def says_nothing(title: str) -> bool:
    """Say whether a link's own words say only what kind of thing is there: "paper", "[pdf]"."""
    bare = _SHORTCODE.sub("", title)
    return not re.search(r"\w", bare) or bool(_KIND_OF_LINK.fullmatch(bare))


def _naming_cell(
    cells: Sequence[Sequence[Inline]], said: Sequence[str], head: Sequence[str]
) -> int | None:
    telling = [at for at, text in enumerate(said) if _tells(text)]
    for pattern in _NAMING:
        for at in telling:
            if at < len(head) and pattern.search(head[at]):
                return at
    bold = [at for at in telling if any(isinstance(piece, Strong) for piece in cells[at])]
    return next(iter(bold or telling), None)


def _whole(cell: Sequence[Inline]) -> str:
    """What a cell says, without links that only say what kind of thing they lead to."""
    kept = [p for p in cell if not (isinstance(p, Link) and (not p.title or says_nothing(p.title)))]
    return plain(kept)


def _tells(text: str) -> bool:
    return bool(names_something(text) and not _NO_NAME.fullmatch(text) and not says_nothing(text))


def _note(text: str) -> str | None:
    text = " ".join(text.split()).strip(_EDGES)
    says_something = any(not _JOINS.fullmatch(word) for word in re.findall(r"\w+", text))
    return text if says_something else None


def _difficulty(badge: Image) -> str | None:
    named = re.search(r"(?:difficulty|level)[-_:= ]+([a-z]+)", unquote(badge.target).lower())
    return _DIFFICULTY.get(badge.title.lower()) or _DIFFICULTY.get(named[1] if named else "")


def cleaned(text: str) -> str:
    """A heading or bullet without decorations at its ends: emoji, squares, a closing colon."""
    text = " ".join(text.split())
    start, end = 0, len(text)
    while start < end and (_is_decoration(text[start]) or text[start].isspace()):
        start += 1
    while start < end and (_is_decoration(text[end - 1]) or text[end - 1] in " :："):
        end -= 1
    return text[start:end]


def _is_decoration(char: str) -> bool:
    # Squares and triangles count as mathematical symbols, but so does the plus sign of "C++".
    if unicodedata.category(char) == "Sm":
        return "\u2190" <= char <= "\u21ff" or "\u25a0" <= char <= "\u2bff"
    return unicodedata.category(char) in ("So", "Sk", "Cf") or char in "\ufe0e\ufe0f\u20e3"


def folded(title: str) -> str:
    """Return what the summary of a folded section names, "" if it only asks to unfold it."""
    title = _ASKS.sub("", title)
    return "" if _UNFOLDS.fullmatch(title) else cleaned(title)


def is_housekeeping(title: str) -> bool:
    """Say whether a heading is about the list itself: news, licence, how to contribute."""
    return bool(_HOUSEKEEPING.fullmatch(title))


def names_something(title: str) -> bool:
    """Say whether a heading or bullet has a name, other than "contents"."""
    return bool(re.search(r"[^\W\d_]", title)) and not _CONTENTS.fullmatch(title)


def label_of(line: Sequence[Inline]) -> str:
    """What a bullet with links is called, if its first link leads it."""
    drafts = drafts_of(line)
    first = next((index for index, piece in enumerate(line) if isinstance(piece, Link)), 0)
    lead = "".join(piece for piece in line[:first] if isinstance(piece, str))
    return cleaned(drafts[0].title) if drafts and not _note(_TASK_BOX.sub("", lead)) else ""


def topic_of(text: str) -> str:
    """The topic a bullet without a link names, or "" if it is prose.

    Of a definition ("term: what it is.") the term is the topic.
    """
    text = cleaned(_TASK_BOX.sub("", text))
    text = re.sub(r"^\[\[(.+)\]\]$", r"\1", text)  # a note's wiki link
    if not names_something(text):
        return ""
    if _is_prose(text):
        term, colon, _ = text.replace("：", ":").partition(":")
        term = cleaned(term)
        named = (
            colon and names_something(term) and length_in_words(term) <= 6 and not _is_prose(term)
        )
        return term if named and not is_housekeeping(term) else ""
    return text


def _is_prose(text: str) -> bool:
    ends = re.search(r"[.!?。！？;；]$|[。！？]|[.!?] [A-Z]", text)
    return bool(ends) or length_in_words(text) > 12 or ("，" in text and length_in_words(text) > 6)


def language_of(lines: Sequence[str]) -> str:
    """Return the language of a list, two letters, by its lines."""
    # A Chinese list of this field is mostly English by count: its terms and titles are English.
    chinese = [line for line in lines if re.search(r"[\u3040-\u9fff]", line)]
    return language("\n".join(chinese if len(chinese) > 0.15 * len(lines) else lines))
