"""An answer put together by code: lines that cite works and lists of the catalog, in two languages.

What is cited is what the catalog knows of a work, not words of its page: such a citation has an
empty quote. Where the work's text is here it names its first passage, so that it can be opened.
"""

import time
from collections.abc import Iterable, Sequence
from dataclasses import replace

from assistant.answering.values import Answer, Citation, Reading, Sentence, Span
from assistant.collection.catalog import ListRow, Work
from index.store.sqlite import Store

VIEW = "catalog"
"""The view of an answer that no page and no model was asked for."""

KINDS = {
    "paper": ("paper", "papers", "论文"), "post": ("post", "posts", "文章"),
    "video": ("video", "videos", "视频"),
    "repository": ("repository", "repositories", "代码仓库"),
    "code": ("code file", "code files", "代码文件"),
    "notebook": ("notebook", "notebooks", "笔记本"), "course": ("course", "courses", "课程"),
    "slides": ("slide deck", "slide decks", "幻灯片"), "thread": ("thread", "threads", "讨论串"),
    "docs": ("page of documentation", "pages of documentation", "文档页"),
    "note": ("note", "notes", "笔记"), "list": ("list", "lists", "清单"),
}  # fmt: skip
LEVELS = {"easy": "简单", "medium": "中等", "hard": "困难"}
LANGS = {
    "en": ("English", "英文"), "zh": ("Chinese", "中文"), "fr": ("French", "法文"),
    "es": ("Spanish", "西班牙文"), "de": ("German", "德文"), "ja": ("Japanese", "日文"),
    "ko": ("Korean", "韩文"), "ru": ("Russian", "俄文"), "pt": ("Portuguese", "葡萄牙文"),
}  # fmt: skip


def counted(kind: str, number: int, lang: str) -> str:
    """Return "3 videos" or 「3 项视频」."""
    one, many, chinese = KINDS.get(kind, (kind, f"{kind}s", kind))
    if lang == "zh":
        return f"{number} 项{chinese}"
    return f"{number} {one if number == 1 else many}"


def named_kind(kind: str, lang: str) -> str:
    """Return what one work of a kind is called."""
    one, _, chinese = KINDS.get(kind, (kind, kind, kind))
    return chinese if lang == "zh" else one


class Report:
    """Takes down an answer line by line."""

    def __init__(
        self,
        store: Store,
        question: str,
        asked: str,
        lang: str,
        request: str,
        did_you_mean: tuple[str, ...] = (),
    ) -> None:
        self.lang = lang
        self._begun = time.perf_counter()
        self._store = store
        self._sentences: list[Sentence] = []
        self._citations: dict[str, Citation] = {}
        self._further: dict[str, Reading] = {}
        self._under = ""
        self._draft = Answer(
            question=question, asked=asked, lang=lang, refused=False, refusal=None, view=VIEW,
            sentences=(), citations=(), nearest=(), further=(), model=None, request=request,
            did_you_mean=did_you_mean,
        )  # fmt: skip

    def text(self, english: str, chinese: str) -> str:
        """Return the text in the language of the answer."""
        return chinese if self.lang == "zh" else english

    def under(self, english: str, chinese: str) -> None:
        """Put the lines that follow under a heading; "" ends it."""
        self._under = self.text(english, chinese)

    def say(self, text: str, *cited: Work | ListRow) -> None:
        """Add a line of prose that cites works or lists."""
        self._add(text, cited, "prose")

    def item(self, text: str, *cited: Work | ListRow) -> None:
        """Add a list item that cites works or lists."""
        self._add(text, cited, "item")

    @property
    def did_you_mean(self) -> tuple[str, ...]:
        """The other readings of what was asked."""
        return self._draft.did_you_mean

    def more(self, number: int) -> None:
        """Say that so many are left out."""
        self.say(self.text(f"And {number} more.", f"另外还有 {number} 项。"))

    def quote(self, sentences: Iterable[Sentence], citations: Sequence[Citation]) -> None:
        """Add sentences of an answer made elsewhere, with their citations."""
        numbers = {}
        for cited in citations:
            key = f"{cited.passage} {cited.start}"
            new = replace(cited, n=len(self._citations) + 1)
            numbers[cited.n] = self._citations.setdefault(key, new).n
        for sentence in sentences:
            self._sentences.append(
                replace(
                    sentence,
                    citations=tuple(numbers[n] for n in sentence.citations),
                    spans=tuple(Span(numbers[n], start, end) for n, start, end in sentence.spans),
                    group=self._under or sentence.group,
                )
            )

    def read_on(self, title: str, url: str) -> None:
        """Add a link to read on."""
        self._further.setdefault(url, Reading(title, url))

    def answer(self, how: str, *, refused: str = "") -> Answer:
        """Return the answer; ``how`` says how it was found, ``refused`` that it was not."""
        opened = self._first_passages()
        citations = tuple(
            replace(cited, passage=opened[key][0], document_sha256=opened[key][1])
            if key in opened
            else cited
            for key, cited in self._citations.items()
        )
        seconds = round(time.perf_counter() - self._begun, 4)
        return replace(
            self._draft,
            refused=bool(refused),
            refusal=refused or None,
            sentences=tuple(self._sentences),
            citations=citations,
            further=tuple(self._further.values()),
            how=how,
            timings={"retrieve_s": seconds, "total_s": seconds},
        )

    def _add(self, text: str, cited: Sequence[Work | ListRow], form: str) -> None:
        numbers = tuple(dict.fromkeys(self._cite(citation) for citation in cited))
        self._sentences.append(
            Sentence(text, numbers, 1.0, "supported", False, group=self._under, form=form)
        )

    def _cite(self, cited: Work | ListRow) -> int:
        if isinstance(cited, ListRow):
            key = f"list {cited.name}"
            new = self._citation(cited.title, cited.origin, "list")
        else:
            key = cited.document or cited.url
            new = replace(
                self._citation(cited.title, cited.url, cited.kind),
                primer=cited.primer,
                archived_at=cited.added,
                recommended_by=cited.places,
            )
        return self._citations.setdefault(key, new).n

    def _citation(self, title: str, url: str, kind: str) -> Citation:
        return Citation(
            n=len(self._citations) + 1, passage="", document_sha256="", start=0, end=0, quote="",
            heading=(), title=title, url=url, deep_link=url, kind=kind, primer=False,
            archived_at="", recommended_by=(),
        )  # fmt: skip

    def _first_passages(self) -> dict[str, tuple[str, str]]:
        """Return the key of the first passage, and the digest, of every document cited whole."""
        bare = [key for key, cited in self._citations.items() if not cited.quote]
        return self._store.first_passages(bare)
