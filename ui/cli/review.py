"""``refdesk review``: the study cards that are due, one after another, at the terminal."""

import sys
from typing import Annotated

import typer
from rich.text import Text

from assistant.learning.deck import RATINGS, Kept
from ui.cli.options import HomeOption, open_desk
from ui.cli.progress import ShownProgress
from ui.cli.terminal import Console, clean

_ASKED = ", ".join(f"{number} {name}" for number, name in enumerate(RATINGS, 1))


def review(
    home: HomeOption = None,
    topic: Annotated[
        str | None, typer.Option("--add", help="Make the cards of a topic first.", metavar="TOPIC")
    ] = None,
) -> None:
    """Review the study cards that are due; when each comes back is up to FSRS.

    Example: refdesk review --add "KV cache"
    """
    with ShownProgress() as progress:
        desk = open_desk(home, progress)
        deck = desk.deck()
        new = deck.add(desk.cards(topic), topic) if topic else 0
    console = Console()
    if topic:
        console.print(f"{new} new cards.", highlight=False)
    done = 0
    while due := deck.due():
        rating = _asked(console, due[0])
        if rating is None:
            break
        deck.rate(due[0].number, rating)
        done += 1
    standing = deck.standing()
    left = f"{done} reviewed, {standing.due} due of {standing.kept}."
    if not standing.due and standing.next_due:
        left += f" The next is due {standing.next_due.astimezone():%Y-%m-%d %H:%M}."
    console.print(left, highlight=False)


def _asked(console: Console, kept: Kept) -> int | None:
    """Show a card, its answer after a line, and return the rating; None where nobody answers."""
    console.print()
    console.print(Text(clean(kept.card.question), style="bold"))
    if _line("Enter shows the answer, q ends. ") is None:
        return None
    console.print(Text(clean(kept.card.answer)))
    console.print(Text(clean(f"{kept.card.title}, {kept.card.url}"), style="dim"), soft_wrap=True)
    while (said := _line(f"{_ASKED}: ")) is not None:
        if said in {str(number) for number in range(1, len(RATINGS) + 1)}:
            return int(said)
    return None


def _line(prompt: str) -> str | None:
    """Return a line that is typed or piped; None at the end, or where it says q."""
    if sys.stdin.isatty():
        sys.stdout.write(prompt)
        sys.stdout.flush()
    said = sys.stdin.readline()
    return None if not said or said.strip().casefold() == "q" else said.strip()
