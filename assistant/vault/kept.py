"""What a person keeps, as a vault shows it: highlights and notes beside their page, threads whole.

All of it is the person's own word, and none of it is evidence for an answer.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from assistant.answering.saved import form as saved_form
from assistant.kept.notes import THREAD, Note
from assistant.kept.threads import Thread, Threads
from assistant.vault.note import Block
from assistant.vault.texts import escaped
from ingest.errors import UsageError


@dataclass(frozen=True, slots=True)
class KeptThread:
    """A kept thread: its answers in the order they were asked for, as `saved_form` checks them."""

    thread: Thread
    answers: tuple[Mapping[str, Any], ...]


@dataclass(frozen=True, slots=True)
class Kept:
    """What a person keeps; ``notes`` the oldest first, by address of a page or of a thread."""

    threads: Sequence[KeptThread] = ()
    notes: Mapping[str, Sequence[Note]] = field(default_factory=dict)


def kept_of(threads: Threads, found: Sequence[Thread], notes: Sequence[Note]) -> Kept:
    """Return what a person keeps; ``notes`` come as `Notes.latest` has them."""
    by_url: dict[str, list[Note]] = {}
    for note in sorted(notes, key=lambda note: (note.created, note.id)):
        by_url.setdefault(note.url, []).append(note)
    return Kept([_whole(threads, thread) for thread in found], by_url)


def _whole(threads: Threads, thread: Thread) -> KeptThread:
    turns = threads.show(thread.id, None).turns
    return KeptThread(thread, tuple(_checked(turn.answer) for turn in turns))


def _checked(answer: Any) -> Mapping[str, Any]:
    try:
        return saved_form.checked(answer)
    except UsageError as error:  # of another version, say: the rest of the thread stands
        question = answer.get("question") if isinstance(answer, dict) else ""
        return {"question": str(question), "sentences": [], "citations": [], "refusal": str(error)}


def notes_on(kept: Kept, url: str) -> Block:
    """Return the block of a person's highlights and notes on a page."""
    # items, as Obsidian finds a block's name at the end of an item and not of a quotation
    lines = [line for note in kept.notes.get(url, ()) for line in _lines(note)]
    return Block("mine", "\n".join(["## My highlights and notes", "", *lines]) if lines else "")


def notes_on_thread(kept: Kept, thread: str) -> Block:
    """Return the block of a person's highlights and notes on the answers of a thread."""
    return notes_on(kept, f"{THREAD}{thread}")


def _lines(note: Note) -> Iterator[str]:
    """Yield a highlight, which a link can lead to, with what was noted on it below."""
    yield f"- {escaped(note.anchor.exact)} ^n-{note.id}"
    yield from (f"  - {escaped(line)}" for line in note.text.splitlines() if line.strip())
    if note.tags:
        yield f"  - Tags: {escaped(', '.join(note.tags))}"
