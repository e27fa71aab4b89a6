"""A question about one's own notes ("what did I note about LoRA?"), answered from them alone.

Nothing else is ever answered from notes, and these answers from nothing else.
"""

import re
from collections.abc import Sequence

from assistant.answering.values import Answer, Citation, Sentence
from assistant.kept.notes import THREAD, Note
from ingest.links.urls import deep_link

REQUEST = "notes"
"""The kind of request such a question is."""
MOST = 20
"""The most notes of an answer."""
_LONGEST = 200  # characters: a longer question is about something else too
_VERB = r"(?:note|noted|write|wrote|jot|highlight|highlighted|mark|marked|annotate|annotated)"
_ABOUT = r"(?: (?:about|on|of|for) (?P<about>.+))?"
_FORMS = tuple(
    re.compile(form)
    for form in (
        rf"(?:what|which) (?:did|have) i {_VERB}(?: down)?{_ABOUT}",
        r"(?:(?:show|list|give)(?: me)?|what are|what do|find)? ?(?:all )?my (?:own )?"
        rf"(?:notes|highlights)(?: say)?{_ABOUT}",
        r"(?:我)?(?:关于|对于?|针对)(?P<about>.+?)[,，]?(?:我)?(?:都)?(?:记了|做了|写了|标了)"
        r"(?:些|哪些|什么|一些)*(?:什么|笔记|内容)?",
        r"我(?:都)?(?:记了|做了|写了)(?:些|哪些|什么)*(?:关于|有关)(?P<about>.+?)的(?:笔记|内容)",
        r"(?:我的笔记(?:里|中)?(?:有没有|有|关于|说了)*)(?P<about>.+?)?(?:的(?:笔记|内容))?",
    )
)


def subject(question: str) -> str | None:
    """Return what a question asks one's notes about, "" for all of them, None if it does not."""
    flat = " ".join(question.split()).rstrip(" ?？.。!！")
    if len(flat) > _LONGEST:
        return None
    for form in _FORMS:
        if match := form.fullmatch(flat.lower()):
            start, end = match.span("about")
            return flat[start:end].strip("\"'“”「」《》 ") if start >= 0 else ""
    return None


def answer_from(question: str, about: str, notes: Sequence[Note], lang: str) -> Answer:
    """Return an answer that says these notes, each cited as one's own; without any, a refusal."""
    chinese = lang == "zh"
    none = "你的笔记里没有提到这个。" if chinese else "None of your notes mentions this."
    return Answer(
        question=question, asked=question, lang=lang, refused=not notes,
        refusal=None if notes else none, view="catalog",
        sentences=tuple(
            Sentence(_said(note), (n,), 1.0, "supported", False, form="item")
            for n, note in enumerate(notes, start=1)
        ),
        citations=tuple(_cited(n, note, chinese) for n, note in enumerate(notes, start=1)),
        nearest=(), further=(), model=None, request=REQUEST,
        how=(f"你的笔记：{about}" if chinese else f"from your notes: {about}").rstrip(" :："),
    )  # fmt: skip


def _said(note: Note) -> str:
    quote = f"“{' '.join(note.anchor.exact.split())}”"
    tags = "".join(f" #{tag}" for tag in note.tags)
    return f"{note.text} ({quote}){tags}" if note.text else f"{quote}{tags}"


def _cited(n: int, note: Note, chinese: bool) -> Citation:
    at = note.url
    if not at.startswith(THREAD):
        at = deep_link(note.url, note.anchor.exact, note.anchor.prefix)
    title = f"你的笔记：{note.title}" if chinese else f"Your note: {note.title}"
    return Citation(
        n=n, passage="", document_sha256=note.document_sha256, start=0, end=0, quote="",
        heading=(), title=title, url=note.url, deep_link=at, kind="note", primer=False,
        archived_at=note.updated, recommended_by=(),
    )  # fmt: skip
