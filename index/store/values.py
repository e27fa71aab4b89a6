"""The rows this floor hands up, and what searches are narrowed to."""

import json
from dataclasses import dataclass
from typing import Literal, get_args

Difficulty = Literal["easy", "medium", "hard"]
"""What a list says of how hard a link is."""
DIFFICULTIES: tuple[Difficulty, ...] = get_args(Difficulty)
"""From easy to hard."""


@dataclass(frozen=True, slots=True)
class Recommendation:
    """One place where a curated list recommends a source."""

    list: str
    section: tuple[str, ...]
    difficulty: Difficulty | None

    @property
    def place(self) -> str:
        """The place as one line, by which passages of it are filtered elsewhere than here."""
        return json.dumps([self.list, self.difficulty or "", *self.section], ensure_ascii=False)


@dataclass(frozen=True, slots=True)
class StoredPassage:
    """A passage together with the document it was cut from.

    ``listed`` says that it only stands for a link whose page is not here: what lists say of it.
    ``anchors`` are those of its document that matter for it (see `ingest.values.Document`),
    ``fence`` is the fence that is open where it begins (see `ingest.values.Passage`).
    """

    number: int
    key: str
    start: int
    end: int
    heading: tuple[str, ...]
    text: str
    url: str
    title: str
    lang: str
    kind: str
    source: str
    fetched_at: str
    document_sha256: str
    listed: bool = False
    anchors: tuple[tuple[int, str], ...] = ()
    fence: str = ""

    def opens_at(self, offset: int) -> str:
        """Return the address that opens the original at an offset of the document's text."""
        passed = [address for start, address in self.anchors if start <= offset]
        return passed[-1] if passed else self.url


@dataclass(frozen=True, slots=True)
class Filters:
    """What hits are narrowed to: an empty field narrows nothing, values of one are alternatives.

    ``documents`` are addresses of documents.
    """

    lists: tuple[str, ...] = ()
    sections: tuple[str, ...] = ()
    difficulties: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    langs: tuple[str, ...] = ()
    documents: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return any((self.lists, self.sections, self.difficulties, self.kinds, self.langs,
                    self.documents))  # fmt: skip

    @property
    def of_lists(self) -> bool:
        """Whether it asks what lists say."""
        return bool(self.lists or self.sections or self.difficulties)

    @property
    def primer(self) -> bool:
        """Whether the primer's notes, which stand in no list, are let through too."""
        return "primer" in self.lists and not (self.sections or self.difficulties)
