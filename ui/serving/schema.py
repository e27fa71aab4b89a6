"""The contracts' JSON as types, for OpenAPI and MCP, and what comes in by HTTP.

What goes out is described by the dataclasses it is made of; see `assistant.contract`.
"""

from dataclasses import is_dataclass
from functools import cache, reduce
from operator import or_
from types import UnionType
from typing import Any, Literal, get_args, get_origin

from pydantic import BaseModel, ConfigDict, Field, create_model

from assistant.answering.values import Answer, SearchResult
from assistant.contract import FORMS, Shown, form_type, members
from assistant.input_limits import PASTED
from assistant.learning.holdings import Source
from assistant.learning.path_form import ReadingPath
from index.store.values import Difficulty, StoredPassage
from ui.serving.sent import Sent


class Form(BaseModel):
    """An object of the contracts; what is added later passes through."""

    model_config = ConfigDict(extra="allow")


def model_of(kind: Any) -> type[BaseModel]:
    """Return the model of the JSON that a value of a class becomes (`assistant.contract`)."""
    form = FORMS.get(kind)
    return _model(form_type(form) if form else kind)


@cache
def _model(kind: Any) -> type[BaseModel]:
    listed: dict[str, Any] = {
        member.name: (_typed(member.type), _field(member.shown)) for member in members(kind)
    }
    return create_model(kind.__name__.lstrip("_"), __base__=Form, __doc__=kind.__doc__, **listed)


def _typed(hint: Any) -> Any:
    """Return a type with the models of what becomes an object in it."""
    inner = get_args(hint)
    if get_origin(hint) in (tuple, dict) or isinstance(hint, UnionType):
        models = tuple(_typed(one) for one in inner)
        return reduce(or_, models) if isinstance(hint, UnionType) else get_origin(hint)[models]
    if is_dataclass(hint) or hasattr(hint, "_fields"):
        return model_of(hint)
    return hint


def _field(shown: Shown) -> Any:
    return Field(description=shown.says or None, ge=shown.least, le=shown.most)


SearchForm = model_of(SearchResult)
PassageForm = model_of(StoredPassage)
AnswerForm = model_of(Answer)
PathForm = model_of(ReadingPath)
SourceForm = model_of(Source)


class SourcesForm(Form):
    """A slice of the sources that the filters let through."""

    total: int
    offset: int
    sources: list[SourceForm]  # type: ignore[valid-type]  # made from its dataclass


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


class CiteForm(Form):
    """Sources as references: a text in the form that was asked for, and as items of CSL-JSON."""

    format: Literal["bibtex", "ris", "csl-json", "apa"]
    text: str
    items: list[dict[str, Any]]


class StatusForm(Form):
    """What the library holds."""

    home: str
    generation: str
    digest: str
    embedder: str
    engine: dict[str, str] = Field(description="What searches it, its version, where.")
    lists: list[dict[str, Any]]
    documents: int
    passages: int
    vectors: int
    failures: list[dict[str, Any]]


class KnownForm(Form):
    """A page that is in the library."""

    url: str = Field(description="The address it is kept under.")
    title: str
    lang: str
    kind: str
    archived_at: str
    length: int = Field(description="Characters of its text.")


class JobForm(Form):
    """Long work, and how far it is."""

    id: str
    what: str
    asked: str = Field(description="When it was asked for, UTC.")
    state: Literal["waiting", "running", "done", "failed", "cancelled"]
    step: str = Field(description="What it does now, or which page came last.")
    done: int
    total: int = Field(description="0: not known.")
    error: str = Field(description="Why nothing came of it.")
    began: str
    ended: str
    result: dict[str, Any] | None = Field(
        description=(
            "Pages read, passages, notices; `list`: the list that was made of a file; `not_taken`: "
            "what of it did not come in, and why."
        )
    )


class JobsForm(Form):
    """The jobs of this start."""

    jobs: list[JobForm]


class ThreadRowForm(Form):
    """A kept thread."""

    id: str
    title: str
    origin: Literal["shell", "chat", "page", "program"]
    created: str
    updated: str
    questions: int = Field(description="How many it holds.")


class ThreadsForm(Form):
    """The caller's threads, the one asked in last first."""

    threads: list[ThreadRowForm]
    keeping: bool = Field(description="Whether what is asked now is kept.")


class KeptTurnForm(Form):
    """One question of a thread."""

    asked_at: str
    answer: AnswerForm  # type: ignore[valid-type]  # made from the dataclass


class ThreadForm(ThreadRowForm):
    """A thread whole; `turns` are its questions."""

    turns: list[KeptTurnForm]


class TitleForm(Sent):
    """What a thread is called from now on."""

    title: str = Field(min_length=1, max_length=1_000)


class NoteForm(Form):
    """A note, or without `note` a highlight, fastened to words."""

    id: str
    url: str = Field(description="The page's address, or refdesk:thread/ and a thread's id.")
    title: str
    quote: str = Field(description="The words.")
    prefix: str
    suffix: str
    start: int = Field(description="Where they began in the shown text when it was made.")
    end: int
    document_sha256: str
    note: str
    tags: list[str]
    created: str
    updated: str


class NotesForm(Form):
    """The caller's notes, the one written last first."""

    notes: list[NoteForm]
    keeping: bool = Field(description="Whether new ones are kept.")


class NewNoteForm(Sent):
    """A note to keep: the words with what stands around them, and what is said of them."""

    url: str = Field(max_length=8_000)
    quote: str = Field(max_length=4_000)
    prefix: str = Field("", max_length=1_000)
    suffix: str = Field("", max_length=1_000)
    start: int = Field(0, ge=0, le=10**9, description="About where they begin in the shown text.")
    note: str = Field("", max_length=20_000)
    tags: list[str] = Field([], max_length=100)


class NoteEditForm(Sent):
    """What a note says from now on; null leaves it as it is."""

    note: str | None = Field(None, max_length=20_000)
    tags: list[str] | None = Field(None, max_length=100)


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


class Turn(Sent):
    """One message said before."""

    role: str = Field(description="user or assistant")
    content: str = Field(max_length=100_000)


class IngestForm(Sent):
    """An address to fetch; with ``html``, the page as a person sees it, which is not fetched."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"url": "https://example.org/post", "note": "For Monday"}]}
    )

    url: str = Field(min_length=1, max_length=4000)
    html: str | None = Field(None, description="The page's HTML.")
    title: str = Field("", max_length=1000)
    selection: str = Field("", max_length=20_000, description="What was marked in it.")
    note: str = Field("", max_length=20_000, description="What the person says of it.")
    refresh: bool = Field(False, description="Ask whether it changed, if it is known.")
    wayback: bool = Field(False, description="If it is dead, get the Internet Archive's copy.")


class AskForm(Sent):
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

    # no bound of its own: what is too long is refused in one way, whatever its length
    question: str = Field(json_schema_extra={"maxLength": PASTED})
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
        return [written_out(item) for item in part] if isinstance(part, list) else part

    whole: dict[str, Any] = written_out(schema)
    return whole
