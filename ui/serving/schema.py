"""The contracts' JSON as types, for OpenAPI and MCP. Fields may be added, never renamed.

What is sent is made by `assistant.answering.json_form`; the tests hold both against each other.
"""

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from assistant.bounds import QUESTION

Difficulty = Literal["easy", "medium", "hard"]


class Form(BaseModel):
    """An object of the contracts; what is added later passes through."""

    model_config = ConfigDict(extra="allow")


class Place(Form):
    """Where a curated list recommends something."""

    list: str
    section: tuple[str, ...]
    difficulty: Difficulty | None = None


class PassageForm(Form):
    """A passage: `quote` is `text[start:end]` of the document that `url` leads to."""

    passage: str = Field(description="The passage's key, for /passages/{id}.")
    url: str
    deep_link: str = Field(description="Opens the original at these words.")
    title: str
    heading: list[str]
    kind: str = Field(description="paper, post, repository, code, notebook, video, …")
    lang: str
    quote: str
    start: int
    end: int
    document_sha256: str
    in_library: bool = Field(description="False: it only says what lists say of a link.")


class HitForm(PassageForm):
    """A passage found, and why."""

    rank: int
    score: float
    dense_rank: int | None = Field(description="Its rank by meaning, if found so.")
    word_rank: int | None = Field(description="Its rank by words, if found so.")
    recommended_by: list[Place]


class SearchForm(Form):
    """The best passages for a query."""

    query: str
    searched: str = Field(description="The query with its misspelt words put right.")
    hits: list[HitForm]
    timings: dict[str, float]


class SpanForm(Form):
    """Where in the document of a citation the words stand that bear a sentence."""

    n: int = Field(description="Number of the citation.")
    start: int
    end: int


class SentenceForm(Form):
    """One sentence of an answer, checked against what it cites."""

    text: str
    citations: list[int] = Field(description="Numbers of citations.")
    support: float = Field(ge=0, le=1)
    status: Literal["supported", "weak"]
    verbatim: bool = Field(description="The source's own sentence: a quotation.")
    spans: list[SpanForm]
    group: str = Field("", description="The heading it stands under; empty for the opening.")
    form: Literal["prose", "item", "continued", "code", "formula", "table"] = "prose"
    original: str | None = Field(None, description="The source's sentence that this translates.")
    foreign: bool = Field(False, description="It is not in the language of the question.")


class CitationForm(Form):
    """A passage an answer rests on."""

    n: int
    passage: str
    document_sha256: str
    start: int
    end: int
    quote: str
    heading: list[str]
    title: str
    url: str
    deep_link: str
    kind: str
    primer: bool
    archived_at: str
    recommended_by: list[Place]


class LookIn(Form):
    """A section of a list that should cover what was asked."""

    list: str
    section: tuple[str, ...]


class Further(Form):
    """A curated link to read on."""

    title: str
    url: str


class DroppedForm(Form):
    """A sentence of the model that is not shown, and why."""

    text: str
    support: float
    reason: str


class AnswerForm(Form):
    """An answer, each sentence cited; or a refusal with the nearest passages."""

    question: str
    asked: str = Field(description="The question in words that stand alone.")
    lang: str
    refused: bool
    refusal: str | None
    view: Literal["extractive", "model", "catalog"]
    request: str = Field("fact", description="What was asked: fact, inventory, holdings, path, …")
    how: str = Field("", description="How it was found, where no search of everything was made.")
    answer: str = Field(description="Plain text with [1] markers.")
    sentences: list[SentenceForm]
    citations: list[CitationForm]
    nearest: list[HitForm]
    look_in: list[LookIn]
    further: list[Further]
    dropped: list[DroppedForm]
    unanswered: list[str] = Field([], description="Parts of the question that nothing answers.")
    model: str | None
    timings: dict[str, float | None]


class SourceForm(Form):
    """A link of the lists, or a document of none, and what became of it."""

    url: str
    title: str
    kind: str
    state: Literal["in_library", "dead", "needs_a_browser", "failed", "not_fetched"]
    reason: str | None = Field(description="Why it is not in the library.")
    lang: str | None
    length: int = Field(description="Characters of its text; 0 without one.")
    document: str | None = Field(description="The address its text is read at.")
    recommended_by: list[Place]


class SourcesForm(Form):
    """A slice of the sources that the filters let through."""

    total: int
    offset: int
    sources: list[SourceForm]


class TextForm(Form):
    """A slice of a document's archived text, which is Markdown."""

    url: str
    title: str
    author: str | None
    date: str | None
    lang: str
    kind: str
    archived_at: str
    text: str
    start: int = Field(description="Where in the document this slice begins, in characters.")
    length: int = Field(description="Characters of the whole document.")
    next_start: int | None = Field(description="Where to read on; null at the end.")


class StepForm(Form):
    """One thing to read."""

    title: str
    url: str
    kind: str
    minutes: int
    difficulty: Difficulty
    estimated: bool = Field(description="The difficulty is a guess, no list's badge.")
    why: str
    recommended_by: list[Place]
    primer: bool
    in_library: bool
    timed: bool = Field(description="The minutes come from the text's own length.")


class PathForm(Form):
    """What to read on a topic, in which order."""

    topic: str
    note: str | None
    total_minutes: int
    steps: list[StepForm]
    left_out: list[StepForm] = Field(description="What did not fit into the hours.")
    papers: list[dict[str, Any]]


class StatusForm(Form):
    """What the library holds."""

    home: str
    generation: str
    digest: str
    embedder: str
    lists: list[dict[str, Any]]
    documents: int
    passages: int
    vectors: int
    failures: list[dict[str, Any]]


class FaultForm(Form):
    """A field that is not as it should be."""

    field: str
    message: str


class ErrorForm(Form):
    """What went wrong, and what to do next: a problem as RFC 9457 has it."""

    type: str = "about:blank"
    title: str = Field(description="What the status is called.")
    status: int
    detail: str
    error: str = Field(description="The same as `detail`.")
    errors: list[FaultForm] = Field([], description="The fields that are wrong.")


class Turn(BaseModel):
    """One message said before."""

    role: str = Field(description="user or assistant")
    content: str = Field(max_length=100_000)


class AskForm(BaseModel):
    """A question, and what its sources are narrowed to."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"question": "explain GQA vs MQA"},
                {
                    "question": "and MQA?",
                    "history": [
                        {"role": "user", "content": "What is grouped-query attention?"},
                        {"role": "assistant", "content": "Groups of query heads share a key head."},
                    ],
                    "difficulty": ["easy", "medium"],
                },
            ]
        }
    )

    question: str = Field(max_length=QUESTION)
    history: list[Turn] | None = Field(
        None, max_length=200, description="Said before, oldest first."
    )
    k: int | None = Field(8, ge=1, le=50, description="How many passages to look at.")
    lists: list[str] | None = Field(None, alias="list")
    section: list[str] | None = Field(None, description="Text a section's path holds.")
    difficulty: list[Difficulty] | None = None
    kind: list[str] | None = None
    lang: list[str] | None = None


def whole_schema(form: type[BaseModel]) -> dict[str, Any]:
    """Return the JSON schema of a form with what it refers to written out.

    Inside another document its own references would lead nowhere. Forms hold none of themselves.
    """
    schema = form.model_json_schema()
    named = schema.pop("$defs", {})

    def written_out(part: Any) -> Any:
        if isinstance(part, dict):
            if "$ref" in part:
                return written_out(named[part["$ref"].rsplit("/", 1)[1]])
            return {key: written_out(value) for key, value in part.items()}
        return [written_out(each) for each in part] if isinstance(part, list) else part

    whole: dict[str, Any] = written_out(schema)
    return whole
