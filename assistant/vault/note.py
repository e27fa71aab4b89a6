"""One note that refdesk and a person both write: whose lines are whose, bringing ours up to date.

Ours are the blocks between two comments, the first with a digest of what we wrote between them, and
the properties (front matter) whose values are still those we wrote. Whatever differs is a person's
by now, and stays. Nothing else of the file is touched, down to its line ends.
"""

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import yaml

_OPEN = re.compile(
    r"<!-- refdesk:begin (?P<name>[a-z]+) of=(?P<of>[0-9a-f]{12}) sum=(?P<sum>[0-9a-f]{12}) -->"
)
_MARK = re.compile(r"^[ \t]*<!-- refdesk:(?:begin|end)\b[^\n]*$", re.MULTILINE)
_CLOSE = "<!-- refdesk:end {name} -->"
_FRONT = re.compile(
    r"(\ufeff?---[ \t]*\r?\n)(.*?)(^---[ \t]*(?:\r?\n|\Z))", re.DOTALL | re.MULTILINE
)
_NAMED = re.compile(r"(?:^|\s)\^([A-Za-z0-9-]+)[ \t]*$", re.MULTILINE)
_KEY = re.compile(r"([A-Za-z_][\w-]*):(?:\s|$)")


@dataclass(frozen=True, slots=True)
class Block:
    """A part of a note that refdesk keeps.

    ``keeps`` says that what stands in it already and is missing from ``body`` stays: paragraphs
    that end with a block's name (``^name``), each known by that.
    """

    name: str
    body: str
    keeps: bool = False


@dataclass(frozen=True, slots=True)
class Note:
    """What refdesk has to say in a note; ``id`` is the same in every run."""

    id: str
    folder: str
    title: str
    properties: Mapping[str, object]
    blocks: Sequence[Block]


@dataclass(frozen=True, slots=True)
class Known:
    """What was written into a note last: digests of its properties, names of its blocks."""

    properties: Mapping[str, str]
    blocks: frozenset[str]


@dataclass(frozen=True, slots=True)
class Merged:
    """A note brought up to date: its text, what of it was left to the person, what is known now."""

    text: str
    left: tuple[str, ...]
    known: Known


def note_id(kind: str, name: str) -> str:
    """Return the id of a note about something: 12 hex digits."""
    return hashlib.sha256(f"{kind}\n{name}".encode("utf-8", "replace")).hexdigest()[:12]


def id_in(text: str) -> str:
    """Return the id of the note that a file holds, "" where it is none of ours."""
    match = _OPEN.search(text)
    return match["of"] if match else ""


def digest(text: str) -> str:
    """Return what tells whether a text is still what was written; line ends do not count."""
    lines = [line.rstrip() for line in text.strip().splitlines()]
    return hashlib.sha256("\n".join(lines).encode("utf-8", "replace")).hexdigest()[:12]


def fresh(note: Note) -> Merged:
    """Return the text of a note that is not there yet."""
    groups = {key: _group(key, value) for key, value in note.properties.items()}
    blocks = [block for block in note.blocks if block.body]
    known = Known(
        {key: _value(group) for key, group in groups.items()},
        frozenset(block.name for block in blocks),
    )
    parts = [_written(note.id, block.name, block.body) for block in blocks]
    return Merged(f"---\n{''.join(groups.values())}---\n\n" + "\n".join(parts), (), known)


def merged(text: str, note: Note, known: Known) -> Merged:
    """Bring a note that is there up to date."""
    if _blocks(text) is None:
        said = "the comments that mark refdesk's blocks were changed, so all of it stays as it is"
        return Merged(text, (said,), known)
    left: list[str] = []
    end = "\r\n" if "\r\n" in text else "\n"
    done, values = _with_properties(text, note.properties, known.properties, left, end)
    done = _with_blocks(done, note, known.blocks, left, end)
    before, after = frozenset(_blocks(text) or ()), frozenset(_blocks(done) or ())
    # a block that had nothing left to say comes back when it has; one a person took out does not
    blocks = (known.blocks | after) - (before - after)
    return Merged(done, tuple(left), Known(values, blocks))


# --- blocks


@dataclass(frozen=True, slots=True)
class _Span:
    """Where a block stands: its first comment, what is between, its last comment's end."""

    start: int
    inner: int
    outer: int
    end: int
    sum: str


def _blocks(text: str) -> dict[str, _Span] | None:
    """Return the blocks of a text by name, None if their comments are not as we write them."""
    spans: dict[str, _Span] = {}
    marks = list(_MARK.finditer(text))
    for first, last in zip(marks[::2], marks[1::2], strict=False):
        opened = _OPEN.fullmatch(first[0].strip())
        if opened is None or last[0].strip() != _CLOSE.format(name=opened["name"]):
            return None
        if opened["name"] in spans:
            return None
        spans[opened["name"]] = _Span(
            first.start(),
            first.end(),
            last.start(),
            last.start() + len(last[0].rstrip()),
            opened["sum"],
        )
    return None if len(marks) % 2 else spans


def _with_blocks(text: str, note: Note, known: frozenset[str], left: list[str], end: str) -> str:
    wanted = {block.name: block for block in note.blocks}
    spans = _blocks(text) or {}
    for name, span in sorted(spans.items(), key=lambda named_span: -named_span[1].start):
        body = text[span.inner : span.outer].replace("\r\n", "\n").strip()
        block = wanted.get(name)
        new = _grown(body, block.body) if block and block.keeps else block.body if block else ""
        if digest(body) == digest(_safe(new)):
            continue
        if digest(body) != span.sum:
            left.append(f"the block {name} was changed by hand, so it stays as it is")
        elif new:
            said = _written(note.id, name, new).rstrip("\n").replace("\n", end)
            text = text[: span.start] + said + text[span.end :]
        else:
            text = text[: span.start] + text[span.end :].removeprefix(end).removeprefix(end)
    return _with_new_blocks(text, note, known, end)


def _with_new_blocks(text: str, note: Note, known: frozenset[str], end: str) -> str:
    """Put in the blocks that were never there; one that a person took out stays out."""
    for at, block in enumerate(note.blocks):
        spans = _blocks(text) or {}
        if not block.body or block.name in known or block.name in spans:
            continue
        before = [spans[block.name].end for block in note.blocks[:at] if block.name in spans]
        place = max(before, default=len(text))
        lead = "" if not text[:place] else end if text[:place].endswith("\n") else end + end
        said = _written(note.id, block.name, block.body).rstrip("\n").replace("\n", end)
        text = text[:place] + lead + said + (text[place:] or end)
    return text


def _written(note: str, name: str, body: str) -> str:
    body = _safe(body.strip())
    first = f"<!-- refdesk:begin {name} of={note} sum={digest(body)} -->"
    return f"{first}\n\n{body}\n\n{_CLOSE.format(name=name)}\n"


def _safe(body: str) -> str:
    """Return a block's text without what would end the block."""
    return body.replace("<!-- refdesk:", "&lt;!-- refdesk:")


def _grown(body: str, more: str) -> str:
    """Return paragraphs with those of ``more`` whose block names they do not have."""
    there = set(_NAMED.findall(body))
    if not body or not more:
        return body or more
    named = [(paragraph, set(_NAMED.findall(paragraph))) for paragraph in more.split("\n\n")]
    return "\n\n".join([body, *(own for own, names in named if names and not names & there)])


# --- properties


def _with_properties(
    text: str, wanted: Mapping[str, object], known: Mapping[str, str], left: list[str], end: str
) -> tuple[str, dict[str, str]]:
    """Return the text with its front matter up to date, and the digests that are known now."""
    front = _FRONT.match(text)
    values = dict(known)
    if front is None:  # a person took it out
        return text, values
    groups = _groups(front[2])
    there = {key: at for at, (key, _) in enumerate(groups) if key}
    for key in [*wanted, *(key for key in known if key not in wanted)]:
        new = _group(key, wanted[key]).replace("\n", end) if key in wanted else ""
        if key not in there:
            if new and key not in known:
                groups.append((key, new))
                values[key] = _value(new)
            continue
        said = _value(groups[there[key]][1])
        if new and said == _value(new):
            values[key] = said
        elif said != known.get(key):
            left.append(f"the property {key} was changed by hand, so it stays as it is")
        else:
            groups[there[key]] = key, new
            values[key] = _value(new)
    inner = "".join(group for _, group in groups)
    return text[: front.start(2)] + inner + text[front.end(2) :], values


def _groups(front: str) -> list[tuple[str, str]]:
    """Return the lines of front matter by the property they belong to, as they stand."""
    groups: list[tuple[str, str]] = []
    for line in front.splitlines(keepends=True):
        key = _KEY.match(line)
        if key or not groups:
            groups.append((key[1] if key else "", line))
        else:
            groups[-1] = groups[-1][0], groups[-1][1] + line
    return groups


def _group(key: str, value: object) -> str:
    if isinstance(value, (list, tuple)):
        items = "".join(f"  - {json.dumps(item, ensure_ascii=False)}\n" for item in value)
        return f"{key}:\n{items}"
    return f"{key}: {json.dumps(value, ensure_ascii=False)}\n"


def _value(group: str) -> str:
    """Return a digest of what a property says, however it is spelt: editors spell it anew."""
    try:
        said = yaml.safe_load(group)
    except (yaml.YAMLError, ValueError, RecursionError):
        return digest(group)
    return digest(json.dumps(said, sort_keys=True, default=str, ensure_ascii=False))
