"""A question about one's own notes ("what did I note about LoRA?"), answered from them alone.

Nothing else is ever answered from notes, and these answers from nothing else.
"""

from collections.abc import Sequence

from assistant.answering.values import Answer, Citation, Sentence
from assistant.kept.notes import THREAD, Note
from assistant.wording import wording
from ingest.links.urls import deep_link

REQUEST = "notes"
"""The kind of request such a question is."""
MOST = 20
"""The most notes of an answer."""
_LONGEST = 200  # characters: a longer question is about something else too
_WORDING = wording("conversation")
_FORMS = _WORDING.several["own_notes"]


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
