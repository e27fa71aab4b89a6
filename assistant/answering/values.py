"""The values this floor hands up: evidence, sentences, citations, answers, events."""

from dataclasses import dataclass, field

from index.search.library import Hit
from index.store.values import Recommendation


@dataclass(frozen=True, slots=True)
class Sentence:
    """One shown sentence.

    ``citations`` are citation numbers; ``support`` lies between 0 and 1 and is 1 for a quotation;
    ``status`` is ``supported`` or ``weak``; ``verbatim`` says that it is its source's own sentence.
    ``spans`` say where in the cited documents the words stand that bear it: number of the citation,
    start and end. ``under`` is the heading that it and its neighbours stand under, "" for none.
    """

    text: str
    citations: tuple[int, ...]
    support: float
    status: str
    verbatim: bool
    spans: tuple[tuple[int, int, int], ...] = ()
    under: str = ""


@dataclass(frozen=True, slots=True)
class Dropped:
    """A sentence of the model that was not shown, and why."""

    text: str
    support: float
    reason: str


@dataclass(frozen=True, slots=True)
class Citation:
    """A passage cited by number; ``quote`` is ``document.text[start:end]``."""

    n: int
    passage: str
    document_sha256: str
    start: int
    end: int
    quote: str
    heading: tuple[str, ...]
    title: str
    url: str
    deep_link: str
    kind: str
    primer: bool
    archived_at: str
    recommended_by: tuple[Recommendation, ...]


@dataclass(frozen=True, slots=True)
class Reading:
    """A curated link to read on: where a cited primer note leads."""

    title: str
    url: str


@dataclass(frozen=True, slots=True)
class Answer:
    """Sentences with their citations, or a refusal with the nearest hits.

    ``asked`` is the question in words that stand alone. ``look_in`` are, for a refusal, the places
    in the lists that should cover it. ``dropped`` is what the model said and nothing bears.
    ``request`` is the kind of request it was understood as (see `assistant.collection.request`),
    ``how`` says in words how it was found, where that is not a search of the whole library.
    """

    question: str
    asked: str
    lang: str
    refused: bool
    refusal: str | None
    view: str
    sentences: tuple[Sentence, ...]
    citations: tuple[Citation, ...]
    nearest: tuple[Hit, ...]
    further: tuple[Reading, ...]
    model: str | None
    timings: dict[str, float] = field(default_factory=dict)
    look_in: tuple[Recommendation, ...] = ()
    dropped: tuple[Dropped, ...] = ()
    request: str = "fact"
    how: str = ""

    @property
    def text(self) -> str:
        """The answer as plain text with ``[1]`` markers; code stands on lines of its own."""
        if self.refused:
            return self.refusal or ""
        said, under = "", ""
        for sentence in self.sentences:
            code = sentence.text.startswith("```")
            own = code or sentence.text.startswith("- ") or said.endswith("\n")
            if sentence.under != under:
                under, own = sentence.under, True
                said = f"{said.rstrip()}\n\n{under}".rstrip()
            apart = "\n" if own else " "
            marks = "".join(f" [{n}]" for n in sentence.citations)
            said += apart + sentence.text + (f"\n{marks.strip()}\n" if code else marks)
        return said.strip()


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened on the way to an answer.

    ``name`` is ``hits`` (then ``hits`` is set), ``extractive`` or ``done`` (``answer``), or
    ``sentence`` (``sentence`` and, where they are new, its ``citations``).
    """

    name: str
    hits: tuple[Hit, ...] = ()
    answer: Answer | None = None
    sentence: Sentence | None = None
    citations: tuple[Citation, ...] = ()
