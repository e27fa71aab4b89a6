"""What the library holds and misses, as HTML: figures, tables beside the plots, thin sections."""

from collections import Counter
from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

from index.store.browse import BROWSER, DEAD, FAILED, HERE, MISSING, Holding, Link
from ui.page.html import framed, link, message_html
from ui.page.i18n import Texts

STATES = (HERE, MISSING, BROWSER, FAILED, DEAD)
_SHOWN = 60  # rows of a table
_LEAST = 3  # links, for a section to be called thin
_THIN = 1 / 3


def tiles_html(status: Mapping[str, Any], links: Sequence[Link], say: Texts) -> str:
    """Return the library in four figures."""
    if not status["documents"]:
        return message_html(say("library.empty"))
    figures = {
        "documents": status["documents"],
        "passages": status["passages"],
        "links": len({entry.url for entry in links}),
        "lists": len(status["lists"]),
    }
    tiles = "".join(
        f"<div><b>{count:,}</b><span>{escape(say(f'library.{name}'))}</span></div>"
        for name, count in figures.items()
    )
    made = say("library.generation", generation=status["generation"], embedder=status["embedder"])
    return framed(
        f'<div class="tiles">{tiles}</div><p class="legend">{escape(made)}</p>', kind="wide"
    )


def by_list(links: Sequence[Link]) -> dict[str, Counter[str]]:
    """Return how many links of each list are in which state."""
    states: dict[str, Counter[str]] = {}
    for entry in links:
        states.setdefault(entry.list, Counter())[entry.state] += 1
    return states


def by_kind(documents: Sequence[Holding]) -> dict[str, int]:
    """Return how many documents there are of each kind, most first."""
    return dict(Counter(document.kind for document in documents).most_common())


def growth(documents: Sequence[Holding]) -> list[tuple[str, int]]:
    """Return (day, documents there were by then), in order."""
    total, points = 0, []
    for day, count in sorted(
        Counter(document.added for document in documents if document.added).items()
    ):
        total += count
        points.append((day, total))
    return points


def list_table(links: Sequence[Link], say: Texts) -> str:
    """Return what a plot of the lists shows, as a table."""
    head = [say("library.list"), *(say(f"state.{state}") for state in STATES)]
    rows = [[name, *(counts[state] for state in STATES)] for name, counts in by_list(links).items()]
    return _folded(_table(head, rows), say)


def kind_table(documents: Sequence[Holding], say: Texts) -> str:
    """Return what a plot of the kinds shows, as a table."""
    rows = [[say.named("kind", kind), count] for kind, count in by_kind(documents).items()]
    return _folded(_table([say("library.kind"), say("library.count")], rows), say)


def growth_table(documents: Sequence[Holding], say: Texts) -> str:
    """Return what a plot of the growth shows, as a table; in a sentence when it is one day."""
    points = growth(documents)
    if len(points) == 1:
        said = say("library.one_day", count=f"{points[0][1]:,}", day=points[0][0])
        return framed(f"<h2>{escape(say('library.growth'))}</h2><p>{escape(said)}</p>")
    rows = [[day, count] for day, count in points[-_SHOWN:]]
    return _folded(_table([say("library.month"), say("library.count")], rows), say)


def missing_html(links: Sequence[Link], say: Texts) -> str:
    """Return the links that could not be had, with the reason, gathered by reason."""
    missing = [entry for entry in links if entry.state in (DEAD, BROWSER, FAILED)]
    title = f"<h2>{escape(say('library.missing'))}</h2>"
    if not missing:
        return framed(f'{title}<p class="hint">{escape(say("library.missing_none"))}</p>')
    missing.sort(key=lambda entry: (STATES.index(entry.state), entry.reason))
    head = [say("library.source"), say("library.reason"), say("library.list")]
    rows = "".join(
        f"<tr><td>{link(entry.url, entry.title)}</td>"
        f"<td>{escape(say(f'state.{entry.state}'))}: {escape(entry.reason)}</td>"
        f"<td>{escape(entry.list)}</td></tr>"
        for entry in missing[:_SHOWN]
    )
    return framed(f"{title}{_rows(head, rows)}{_more(len(missing), say)}", kind="wide")


def thin_html(links: Sequence[Link], say: Texts) -> str:
    """Return the sections of which less than a third is in the library."""
    sections: dict[tuple[str, tuple[str, ...]], Counter[str]] = {}
    for entry in links:
        sections.setdefault((entry.list, entry.section[:2]), Counter())[entry.state] += 1
    thin = [
        (counts[HERE] / counts.total(), -counts.total(), name, " › ".join(section), counts)
        for (name, section), counts in sections.items()
        if counts.total() >= _LEAST and counts[HERE] < _THIN * counts.total()
    ]
    title = f"<h2>{escape(say('library.thin'))}</h2>"
    if not thin:
        return framed(f'{title}<p class="hint">{escape(say("library.thin_none"))}</p>')
    thin.sort(key=lambda row: row[:4])
    head = [say("library.section"), say("library.list"), say("library.here"), say("library.total")]
    rows = [[row[3], row[2], row[4][HERE], row[4].total()] for row in thin[:_SHOWN]]
    return framed(
        f'{title}<p class="hint">{escape(say("library.thin_explain"))}</p>'
        f"{_table(head, rows)}{_more(len(thin), say)}",
        kind="wide",
    )


def _folded(inside: str, say: Texts) -> str:
    title = escape(say("library.table"))
    return framed(f"<details><summary>{title}</summary>{inside}</details>", kind="wide")


def _table(head: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """Rows of text and whole numbers; a column is as its first row is."""
    body = "".join(
        "<tr>"
        + "".join(
            f'<td class="number">{cell:,}</td>'
            if isinstance(cell, int)
            else f"<td>{escape(str(cell))}</td>"
            for cell in row
        )
        + "</tr>"
        for row in rows
    )
    numbers = [isinstance(cell, int) for cell in rows[0]] if rows else []
    return _rows(head, body, numbers)


def _rows(head: Sequence[str], rows: str, numbers: Sequence[bool] = ()) -> str:
    looks = [
        " class='number'" if at < len(numbers) and numbers[at] else "" for at in range(len(head))
    ]
    names = "".join(
        f'<th scope="col"{look}>{escape(name)}</th>' for look, name in zip(looks, head, strict=True)
    )
    table = f"<table><thead><tr>{names}</tr></thead><tbody>{rows}</tbody></table>"
    return f'<div class="scroll" tabindex="0">{table}</div>'


def _more(count: int, say: Texts) -> str:
    if count <= _SHOWN:
        return ""
    return f'<p class="hint">{escape(say("library.more", count=count - _SHOWN))}</p>'
