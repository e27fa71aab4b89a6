"""The map as Plotly figures: a list as nested boxes, topics as points with lines between them.

Labels are a list's own words; Plotly reads a little HTML in them, so they are escaped. Colours are
laid thinly over the page's own, so that its text is legible by day and by night.
"""

import json
from html import escape
from textwrap import wrap

import plotly.graph_objects as go

from assistant.learning.subject_map import Place, Topics
from index.store.browse import HERE
from ui.page.i18n import Texts
from ui.page.plots import styled

_LONGEST = 60  # characters of a label
_WIDE = 24  # characters of a label's line: half of a phone's screen
_TITLE = 36  # characters of a title's line: a phone's screen
_SPACE = "\u2002"  # around each line of a label, so that none touches its point
_LINE = 36  # pixels of a topic
_SIGNS = {HERE: "✓ "}


def tree_figure(root: Place, at: Place, say: Texts) -> go.Figure:
    """Return a list as nested boxes, as large as they hold links, from the section ``at`` on."""
    ids, parents, labels, values, colours = [], [], [], [], []

    def add(path: tuple[str, ...], label: str, count: int, share: float) -> None:
        ids.append(json.dumps(path, ensure_ascii=False))
        # what is drawn begins at the section: above it nothing is known
        parents.append(json.dumps(path[:-1], ensure_ascii=False) if path != at.path else "")
        labels.append(_label(label))
        values.append(count)
        colours.append(f"rgba(42,128,121,{0.10 + 0.38 * share:.2f})")

    left = [at]
    while left:
        place = left.pop()
        add(place.path, place.path[-1], len(place.every()), place.share)
        for number, link in enumerate(place.links):
            here = link.state == HERE
            name = f"{_SIGNS.get(link.state, '○ ')}{link.title}"
            add((*place.path, f"{number} {link.title}"), name, 1, float(here))
        left += place.below.values()
    figure = go.Figure(
        go.Treemap(
            ids=ids, parents=parents, labels=labels, values=values, branchvalues="total",
            marker={"colors": colours, "line": {"width": 1, "color": "rgba(128,128,128,0.45)"}},
            maxdepth=3, pathbar={"visible": False}, hovertemplate="%{label}<extra></extra>",
            textinfo="label", tiling={"pad": 3},
        )
    )  # fmt: skip
    figure.update_layout(uniformtext={"minsize": 11, "mode": "hide"})
    title = " › ".join(at.path)
    return styled(figure, _label(title), 460)


def topics_figure(topics: Topics, say: Texts) -> go.Figure:
    """Return a topic between what is read before it and what it leads to.

    Every topic has a line of its own, from the first to be read to the last, and its name points
    to the middle: so no name meets another or the edge, however narrow the screen.
    """
    low, high = min(topics.steps), max(topics.steps)
    notes = [note for _, row in sorted(topics.steps.items()) for note in row]
    steps = {note.slug: step for step, row in topics.steps.items() for note in row}
    lines = {note.slug: len(notes) - number for number, note in enumerate(notes)}
    figure = go.Figure()
    for before, after in topics.lines:
        figure.add_scatter(
            x=[steps[before], steps[after]], y=[lines[before], lines[after]], mode="lines",
            hoverinfo="skip", showlegend=False,
            line={"color": "rgba(128,128,128,0.35)", "width": 1.5},
        )  # fmt: skip
    inwards = [
        "middle right" if steps[note.slug] - low <= high - steps[note.slug] else "middle left"
        for note in notes
    ]
    figure.add_scatter(
        x=[steps[note.slug] for note in notes], y=[lines[note.slug] for note in notes],
        text=["<br>".join(f"{_SPACE}{line}{_SPACE}" for line in _folded(note.topic))
              for note in notes],
        customdata=[note.slug for note in notes], mode="markers+text", textposition=inwards,
        showlegend=False, hoverinfo="text", hovertext=[_label(note.topic) for note in notes],
        textfont={"size": 13}, cliponaxis=False,
        marker={
            "size": [20 if note is topics.note else 12 for note in notes], "color": "#2a8079",
            "opacity": 0.85,
        },
    )  # fmt: skip
    title = _folded(say("map.around", topic=topics.note.topic), _TITLE)
    figure = styled(figure, "<br>".join(title), 130 + _LINE * len(notes))
    figure.update_layout(margin_t=34 + 22 * len(title))
    figure.update_xaxes(
        visible=True, showgrid=False, range=[low - 0.4, high + 0.4],
        tickvals=list(topics.steps), ticktext=[_step(step, say) for step in topics.steps],
        tickfont={"size": 12},
    )  # fmt: skip
    figure.update_yaxes(visible=False, range=[0.4, len(notes) + 0.6])
    return figure


def _step(step: int, say: Texts) -> str:
    if step == 0:
        return say("map.here")
    return say("map.before", count=-step) if step < 0 else say("map.after", count=step)


def _folded(text: str, width: int = _WIDE) -> list[str]:
    """Return words on two lines at most, of so many characters, or half as many Chinese ones."""
    lines = wrap(text, width if text.isascii() else width // 2)
    shown = [lines[0], f"{lines[1]}…"] if len(lines) > 2 else lines
    return [escape(line) for line in shown]


def _label(text: str) -> str:
    return escape(text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…")
