"""The map as Plotly figures: a list as nested boxes, topics as points with lines between them.

Labels are a list's own words; Plotly reads a little HTML in them, so they are escaped. Colours are
laid thinly over the page's own, so that its text is legible by day and by night.
"""

import json
from html import escape

import plotly.graph_objects as go

from assistant.learning.subject_map import Place, Topics
from index.store.browse import HERE
from ui.page.i18n import Texts
from ui.page.plots import styled

_LONGEST = 60  # characters of a label
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
    """Return a topic between what is read before it and what it leads to."""
    spots: dict[str, tuple[int, float]] = {}
    for step, row in topics.steps.items():
        for number, note in enumerate(row):
            spots[note.slug] = step, (number + 0.5) / len(row)
    figure = go.Figure()
    for before, after in topics.lines:
        (x0, y0), (x1, y1) = spots[before], spots[after]
        figure.add_scatter(
            x=[x0, x1], y=[y0, y1], mode="lines", hoverinfo="skip", showlegend=False,
            line={"color": "rgba(128,128,128,0.45)", "width": 1.5},
        )  # fmt: skip
    notes = [note for row in topics.steps.values() for note in row]
    figure.add_scatter(
        x=[spots[note.slug][0] for note in notes], y=[spots[note.slug][1] for note in notes],
        text=[_label(note.topic) for note in notes], customdata=[note.slug for note in notes],
        mode="markers+text", textposition="top center", showlegend=False, hoverinfo="text",
        marker={
            "size": [22 if note is topics.note else 14 for note in notes], "color": "#2a8079",
            "opacity": 0.85,
        },
    )  # fmt: skip
    most = max(len(row) for row in topics.steps.values())
    figure = styled(figure, say("map.around", topic=_label(topics.note.topic)), 160 + 56 * most)
    low, high = min(topics.steps), max(topics.steps)
    figure.update_xaxes(
        visible=True, showgrid=False, range=[low - 0.5, high + 0.5],
        tickvals=list(topics.steps), ticktext=[_step(step, say) for step in topics.steps],
    )  # fmt: skip
    figure.update_yaxes(visible=False, range=[0, 1.1])
    return figure


def _step(step: int, say: Texts) -> str:
    if step == 0:
        return say("map.here")
    return say("map.before", count=-step) if step < 0 else say("map.after", count=step)


def _label(text: str) -> str:
    return escape(text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…")
