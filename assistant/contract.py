"""Values as JSON: a dataclass is its own contract, from which the JSON and its description come.

Every field is a member under its own name, in the order of the class. Where JSON shows something
else, the field says so with `Shown`; a property is a member if it is `derived`. Passages and hits,
values of the floor below, have forms of their own here. Members may be added, never renamed.
"""

from collections.abc import Callable
from dataclasses import dataclass, fields, is_dataclass
from functools import cache
from operator import attrgetter
from typing import Annotated, Any, TypeVar, get_args, get_origin, get_type_hints

from index.search.library import Hit
from index.store.values import Recommendation, StoredPassage
from ingest.links.urls import deep_link

F = TypeVar("F", bound=Callable[..., Any])
_DERIVED = "_derived"


@dataclass(frozen=True, slots=True)
class Shown:
    """What JSON says of a field, beside its annotation.

    ``says`` describes it, ``name`` is its name where that is not the field's. ``by`` returns the
    form in which it is shown and is annotated with that form's type. ``least`` and ``most`` bound a
    number,
    ``type`` is narrower than the annotation.
    """

    says: str = ""
    name: str = ""
    by: Callable[[Any], Any] | None = None
    least: float | None = None
    most: float | None = None
    type: Any = None


@dataclass(frozen=True, slots=True)
class Member:
    """A member of a JSON object: its type, what is said of it, and how it is read off a value."""

    name: str
    type: Any
    read: Callable[[Any], Any]
    shown: Shown


def derived(*, name: str = "", after: str = "", says: str = "") -> Callable[[F], F]:
    """Make what a property returns a member, after another member or at the end."""

    def marked(function: F) -> F:
        setattr(function, _DERIVED, (Shown(says, name or function.__name__), after))
        return function

    return marked


def to_json(value: Any) -> Any:
    """Return a value as JSON has it: objects, arrays, text, numbers."""
    kind: Any = type(value)
    if kind in FORMS:
        return to_json(FORMS[kind](value))
    if is_dataclass(value):
        return {member.name: to_json(member.read(value)) for member in members(kind)}
    if isinstance(value, tuple) and hasattr(value, "_asdict"):
        return to_json(value._asdict())
    if isinstance(value, dict):
        return {name: to_json(of) for name, of in value.items()}
    if isinstance(value, list | tuple):
        return [to_json(of) for of in value]
    return value


@cache
def members(kind: type[Any]) -> tuple[Member, ...]:
    """Return the members of the JSON object that a dataclass or a named tuple becomes."""
    names = [of.name for of in fields(kind)] if is_dataclass(kind) else list(kind._fields)
    hints = get_type_hints(kind, include_extras=True)
    listed = [_member(name, hints[name]) for name in names]
    for name, of in vars(kind).items():
        if isinstance(of, property) and (said := getattr(of.fget, _DERIVED, None)):
            shown, after = said
            further = Member(shown.name, get_type_hints(of.fget)["return"], attrgetter(name), shown)
            places = [at for at, member in enumerate(listed, 1) if member.name == after]
            listed.insert(places[0] if places else len(listed), further)
    return tuple(listed)


def _member(name: str, hint: Any) -> Member:
    shown = Shown()
    if get_origin(hint) is Annotated:
        hint, *said = get_args(hint)
        shown = next((mark for mark in said if isinstance(mark, Shown)), shown)
    read: Callable[[Any], Any] = attrgetter(name)
    if (by := shown.by) is None:
        return Member(shown.name or name, shown.type or hint, read, shown)
    return Member(shown.name or name, form_type(by), lambda value: by(read(value)), shown)


def form_type(by: Callable[[Any], Any]) -> Any:
    """Return the type of the form that a function gives a value."""
    return get_type_hints(by, include_extras=True)["return"]


@dataclass(frozen=True)
class PassageForm:
    """A passage: `quote` is `text[start:end]` of the document that `url` leads to."""

    passage: Annotated[str, Shown("The passage's key, for /passages/{id}.")]
    url: str
    deep_link: Annotated[str, Shown("Opens the original at these words.")]
    title: str
    heading: tuple[str, ...]
    kind: Annotated[str, Shown("paper, post, repository, code, notebook, video, …")]
    lang: str
    quote: str
    start: int
    end: int
    document_sha256: str
    in_library: Annotated[bool, Shown("False: it only says what lists say of a link.")]

    @classmethod
    def of(cls, passage: StoredPassage) -> "PassageForm":
        """Return the form of a passage, wherever it was found."""
        return cls(**_of_passage(passage))


@dataclass(frozen=True)
class _Place:
    rank: int
    score: float


@dataclass(frozen=True)
class HitForm(PassageForm, _Place):
    """A passage found, and why."""

    dense_rank: Annotated[int | None, Shown("Its rank by meaning, if found so.")]
    word_rank: Annotated[int | None, Shown("Its rank by words, if found so.")]
    recommended_by: tuple[Recommendation, ...]

    @classmethod
    def of_hit(cls, hit: Hit) -> "HitForm":
        """Return the form of a hit of a search."""
        return cls(
            rank=hit.rank,
            score=round(hit.score, 4),
            dense_rank=hit.dense_rank,
            word_rank=hit.word_rank,
            recommended_by=hit.recommended_by,
            **_of_passage(hit.passage),
        )


def _of_passage(passage: StoredPassage) -> dict[str, Any]:
    return {
        "passage": passage.key,
        "url": passage.url,
        "deep_link": deep_link(passage.opens_at(passage.start), passage.text, fence=passage.fence),
        "title": passage.title,
        "heading": passage.heading,
        "kind": passage.kind,
        "lang": passage.lang,
        "quote": passage.text,
        "start": passage.start,
        "end": passage.end,
        "document_sha256": passage.document_sha256,
        "in_library": not passage.listed,
    }


FORMS: dict[type[Any], Callable[[Any], Any]] = {
    StoredPassage: PassageForm.of,
    Hit: HitForm.of_hit,
}
"""What JSON shows in the place of values of the floor below."""
