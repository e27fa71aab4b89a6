"""The values this floor hands up: evidence, sentences, citations, answers, events."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Annotated, Literal, NamedTuple
from urllib.parse import quote

from assistant.contract import Shown, derived
from index.search.library import Hit
from index.store.values import Recommendation

View = Literal["extractive", "model", "catalog"]
Status = Literal["supported", "weak"]
Form = Literal["prose", "item", "continued", "code", "formula", "table", "calculation"]


class Span(NamedTuple):
    """Where in the document of a citation the words stand that bear a sentence."""

    n: Annotated[int, Shown("Number of the citation.")]
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Sentence:
    """One shown sentence.

    ``citations`` are citation numbers; ``support`` lies between 0 and 1 and is 1 for a quotation;
    ``status`` is ``supported`` or ``weak``; ``verbatim`` says that it is its source's own sentence.
    ``spans`` say where in the cited documents the words stand that bear it: number of the citation,
    start and end. ``group`` is the heading it stands under in the answer, empty for the opening;
    sentences of one group stand next to each other. ``form`` is ``prose``, ``item``,
    ``continued`` (more of an item), ``code``, ``formula`` or ``table``, blocks of Markdown as they
    stand, or ``calculation``, a sum that refdesk worked out from what it cites.
    ``original`` is the source's own sentence where ``text`` translates it, ``foreign`` says that
    ``text`` is not in the language of the question.
    """

    text: str
    citations: Annotated[tuple[int, ...], Shown("Numbers of citations.")]
    support: Annotated[float, Shown(least=0, most=1)]
    status: Annotated[str, Shown(type=Status)]
    verbatim: Annotated[bool, Shown("The source's own sentence: a quotation.")]
    spans: tuple[Span, ...] = ()
    group: Annotated[str, Shown("The heading it stands under; empty for the opening.")] = ""
    form: Annotated[str, Shown(type=Form)] = "prose"
    original: Annotated[str | None, Shown("The source's sentence that this translates.")] = None
    foreign: Annotated[bool, Shown("It is not in the language of the question.")] = False

    @property
    def block(self) -> bool:
        """Whether it stands apart as it is: code, a formula, a table."""
        return self.form in ("code", "formula", "table")

    @property
    def item(self) -> bool:
        """Whether it belongs to an item of a list; sums stand below each other like items."""
        return self.form in ("item", "continued", "calculation")


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
class ShownFigure:
    """A figure of a cited page that stands next to the words cited.

    ``n`` is the number of the citation, ``number`` that of the figure on its page, from 1, ``url``
    the address of its picture, ``width`` and ``height`` its size in pixels, ``source`` and
    ``title`` are those of its page.
    """

    n: Annotated[int, Shown("Number of the citation it stands next to.")]
    number: Annotated[int, Shown("Which figure of its page it is, from 1.")]
    caption: Annotated[str, Shown("What its page says of it; empty where it says nothing.")]
    url: Annotated[str, Shown("Where its picture was had.")]
    source: Annotated[str, Shown("The page it is on.")]
    title: str
    width: Annotated[int, Shown("Of the archived picture, in pixels.", least=0)]
    height: Annotated[int, Shown("As the width.", least=0)]

    @property
    @derived(says="The archived picture, drawn anew: below the address of this server.")
    def image(self) -> str:
        """The path of its picture where refdesk is served."""
        return figure_path(self.source, self.number)


def figure_path(url: str, number: int) -> str:
    """Return the path, where refdesk is served, of the picture of a document's figure, from 1."""
    return f"api/v1/figure?url={quote(url, safe='')}&number={number}"


class Timings(NamedTuple):
    """Seconds from the question to what is named; None where it did not come."""

    retrieve_s: float | None = None
    extractive_s: float | None = None
    first_token_s: float | None = None
    first_sentence_s: float | None = None
    total_s: float | None = None


class Section(NamedTuple):
    """A section of a list that should cover what was asked."""

    list: str
    section: tuple[str, ...]


def _timings(noted: dict[str, float]) -> Timings:
    return Timings(*(noted.get(name) for name in Timings._fields))


def _sections(places: Sequence[Recommendation]) -> tuple[Section, ...]:
    return tuple(Section(place.list, place.section) for place in places)


@dataclass(frozen=True, slots=True)
class Answer:
    """Sentences with their citations, or a refusal with the nearest hits.

    ``asked`` is the question in words that stand alone. ``look_in`` are, for a refusal, the places
    in the lists that should cover it. ``dropped`` is what the model said and nothing supports.
    ``did_you_mean`` are questions that ask what the question may have meant as well.
    ``unanswered`` are the parts of the question that nothing in the library answers. ``request`` is
    the kind of request it was understood as (see `assistant.collection.request`), ``how`` says in
    words how it was found, where that is not a search of the whole library. ``figures`` are the
    figures of cited pages next to what is cited (see `assistant.answering.presenting.figures`).
    """

    question: str
    asked: Annotated[str, Shown("The question in words that stand alone.")]
    lang: str
    refused: bool
    refusal: str | None
    view: Annotated[str, Shown(type=View)]
    request: Annotated[str, Shown("What was asked: fact, inventory, holdings, path, …")] = field(
        default="fact", kw_only=True
    )
    how: Annotated[str, Shown("How it was found, without a search of everything.")] = field(
        default="", kw_only=True
    )
    sentences: tuple[Sentence, ...]
    citations: tuple[Citation, ...]
    nearest: tuple[Hit, ...]
    look_in: Annotated[tuple[Recommendation, ...], Shown(by=_sections)] = field(
        default=(), kw_only=True
    )
    further: tuple[Reading, ...]
    figures: Annotated[tuple[ShownFigure, ...], Shown("Figures next to what is cited.")] = field(
        default=(), kw_only=True
    )
    dropped: tuple[Dropped, ...] = field(default=(), kw_only=True)
    unanswered: Annotated[tuple[str, ...], Shown("Parts of the question that nothing answers.")] = (
        field(default=(), kw_only=True)
    )
    did_you_mean: Annotated[tuple[str, ...], Shown("Other readings, each a question.")] = field(
        default=(), kw_only=True
    )
    model: str | None
    timings: Annotated[dict[str, float], Shown(by=_timings)] = field(default_factory=dict)

    @property
    @derived(name="answer", after="how", says="Plain text with [1] markers.")
    def text(self) -> str:
        """The answer as plain text: paragraphs under their headings, with ``[1]`` markers.

        Neighbouring sentences of one source share a marker.
        """
        if self.refused:
            return self.refusal or ""
        blocks: list[str] = []
        for group, runs in self.groups():
            if group:
                blocks.append(group)
            for run in runs:
                marks = "".join(f" [{n}]" for n in run[0].citations)
                if run[0].block:
                    blocks.append(f"{run[0].text}\n{marks.strip()}")
                elif run[0].item:
                    blocks.append("\n".join(f"- {item}" for item in items(run)) + marks)
                else:
                    blocks.append(running(sentence.text for sentence in run) + marks)
        if self.unanswered:
            blocks.append(self.left_open)
        return "\n\n".join(blocks)

    @property
    def left_open(self) -> str:
        """What is said of the parts that nothing answers; empty if there are none."""
        if not self.unanswered:
            return ""
        asked = "; ".join(self.unanswered)
        return f"资料库没有回答：{asked}" if self.lang == "zh" else f"Not in the library: {asked}"

    @property
    def other_readings(self) -> str:
        """What is said of what the question may have meant as well; empty if nothing."""
        if not self.did_you_mean:
            return ""
        zh = self.lang == "zh"
        return ("或者想问：" if zh else "Or did you mean: ") + " / ".join(self.did_you_mean)

    def groups(self) -> list[tuple[str, list[list[Sentence]]]]:
        """Return headings with their runs: neighbouring sentences of one form and one source."""
        return grouped(self.sentences)


def grouped(sentences: Sequence[Sentence]) -> list[tuple[str, list[list[Sentence]]]]:
    """Return headings, each with its runs of sentences that are shown as one paragraph or list.

    A run is made of neighbouring sentences of one form, one way of showing and the same citations.
    """
    groups: list[tuple[str, list[list[Sentence]]]] = []
    for sentence in sentences:
        if not groups or groups[-1][0] != sentence.group:
            groups.append((sentence.group, []))
        runs = groups[-1][1]
        if runs and not sentence.block and _manner(runs[-1][-1]) == _manner(sentence):
            runs[-1].append(sentence)
        else:
            runs.append([sentence])
    return groups


def running(texts: Iterable[str]) -> str:
    """Return sentences as running text: a space between them but after Chinese punctuation."""
    said = ""
    for text in texts:
        said += text if not said or said[-1] in "。！？；：，" else f" {text}"
    return said


def items(run: Sequence[Sentence]) -> list[str]:
    """Return the items of a run of list items, each with all its sentences."""
    whole: list[str] = []
    for sentence in run:
        if sentence.form == "continued" and whole:
            whole[-1] = running((whole[-1], sentence.text))
        else:
            whole.append(sentence.text)
    return whole


def _manner(sentence: Sentence) -> tuple[object, ...]:
    translated = sentence.original is not None
    form = "item" if sentence.form == "continued" else sentence.form
    return (form, sentence.citations, sentence.verbatim, sentence.status, translated)


def _seconds(taken: float) -> dict[str, float]:
    return {"search_s": round(taken, 4)}


@dataclass(frozen=True, slots=True)
class SearchResult:
    """The best passages for a query, and the seconds the search took.

    ``searched`` is the query with its misspelt words put right, as it was searched for.
    """

    query: str
    searched: Annotated[str, Shown("The query with its misspelt words put right.")] = field(
        default="", kw_only=True
    )
    hits: tuple[Hit, ...]
    seconds: Annotated[float, Shown(name="timings", by=_seconds)]


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
