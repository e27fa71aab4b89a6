"""What a reading path is, and how it is written down as Markdown."""

import re
from dataclasses import dataclass
from typing import Annotated

from assistant.contract import Shown, derived
from assistant.learning.effort import duration
from assistant.learning.primer import Note, Paper
from index.store.values import Difficulty, Recommendation
from ingest.links.schemes import is_web
from ingest.links.urls import canonical
from ingest.text.plain import escape


@dataclass(frozen=True, slots=True)
class Step:
    """One thing to read.

    ``estimated`` says that the difficulty is a guess and no list's badge; ``timed`` that the
    minutes come from the text's own length and not from its kind.
    """

    title: str
    url: str
    kind: str
    minutes: int
    difficulty: Annotated[str, Shown(type=Difficulty)]
    estimated: Annotated[bool, Shown("The difficulty is a guess, no list's badge.")]
    why: str
    recommended_by: tuple[Recommendation, ...]
    primer: bool
    in_library: bool
    timed: Annotated[bool, Shown("The minutes come from the text's own length.")]


def _slug(note: Note | None) -> str | None:
    return note.slug if note else None


@dataclass(frozen=True, slots=True)
class ReadingPath:
    """The steps for a topic in order, ``note`` its own, and ``left_out``, what did not fit."""

    topic: str
    note: Annotated[Note | None, Shown(by=_slug)]
    total_minutes: int
    steps: tuple[Step, ...]
    left_out: Annotated[tuple[Step, ...], Shown("What did not fit into the hours.")]

    @property
    @derived()
    def papers(self) -> tuple[Paper, ...]:
        """The papers behind the note, but for those that are steps."""
        steps = {canonical(step.url) for step in (*self.steps, *self.left_out)}
        papers = self.note.papers if self.note else ()
        return tuple(paper for paper in papers if canonical(paper.url) not in steps)


def to_markdown(path: ReadingPath) -> str:
    """Return the path as Markdown: a numbered list, what did not fit, the original papers."""
    lines = [f"# Reading path: {escape(path.topic)}", ""]
    count = len(path.steps)
    lines += [f"{count} step{'s' * (count != 1)}, about {duration(path.total_minutes)}.", ""]
    lines += [f"{number}. {_line(step)}" for number, step in enumerate(path.steps, 1)]
    if path.left_out:
        lines += ["", "## Left out for lack of time", ""]
        lines += [f"- {_line(step)}" for step in path.left_out]
    if papers := path.papers:
        lines += ["", "## Original papers", ""]
        lines += [f"- [{escape(p.title)}]({p.url}), {p.authors}, {p.year}" for p in papers]
    return "\n".join(lines) + "\n"


def _line(step: Step) -> str:
    title = escape(step.title)
    if is_web(step.url):
        address = re.sub(r"[\s()<>]", lambda mark: f"%{ord(mark[0]):02X}", step.url)
        title = f"[{title}]({address})"
    hard = f"{step.difficulty} (estimated)" if step.estimated else step.difficulty
    time = f"{'' if step.timed else 'about '}{duration(step.minutes)}"
    kind = "refdesk primer" if step.primer else step.kind
    return f"{title}: {kind}, {hard}, {time}; {escape(step.why)}"
