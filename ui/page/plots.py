"""The plots of the Library tab, as Plotly figures that the browser draws without outside help."""

from collections.abc import Mapping, Sequence
from typing import Any

import plotly.graph_objects as go

from index.store.browse import BROWSER, DEAD, FAILED, HERE, MISSING
from ui.page.i18n import Texts

_COLOURS = {
    HERE: "#2a8079",
    MISSING: "#a9b8b5",
    BROWSER: "#d9a441",
    FAILED: "#8d7bb5",
    DEAD: "#c4553f",
}
_PATTERNS = {HERE: "", MISSING: ".", BROWSER: "/", FAILED: "x", DEAD: "\\"}
"""Beside colours, which not everybody tells apart."""
_TEXT = "#77736a"  # the page's style sheet sets it anew in the dark


def list_figure(counts: Mapping[str, Mapping[str, int]], say: Texts) -> go.Figure:
    """Return one bar a list, made of its links' states."""
    names = list(counts)[::-1]
    figure = go.Figure()
    for state, colour in _COLOURS.items():
        values = [counts[name].get(state, 0) for name in names]
        if any(values):
            figure.add_bar(
                y=names, x=values, name=say(f"state.{state}"), orientation="h",
                marker={
                    "color": colour,
                    "pattern": {"shape": _PATTERNS[state], "size": 5, "fillmode": "overlay"},
                },
                hovertemplate="%{y}: %{x}<extra>%{fullData.name}</extra>",
            )  # fmt: skip
    figure.update_layout(barmode="stack", bargap=0.35, showlegend=True)
    return styled(figure, say("library.by_list"), 90 + 42 * len(names))


def kind_figure(counts: Mapping[str, int], say: Texts) -> go.Figure:
    """Return one bar a kind of document."""
    kinds = list(counts)[::-1]
    figure = go.Figure(
        go.Bar(
            y=[say.named("kind", kind) for kind in kinds], x=[counts[kind] for kind in kinds],
            text=[f"{counts[kind]:,}" for kind in kinds], textposition="outside", orientation="h",
            cliponaxis=False, marker_color=_COLOURS[HERE],
            hovertemplate="%{y}: %{x}<extra></extra>",
        )
    )  # fmt: skip
    figure.update_layout(bargap=0.35, showlegend=False)
    return styled(figure, say("library.by_kind"), 90 + 30 * len(kinds))


def growth_figure(points: Sequence[tuple[str, int]], say: Texts) -> go.Figure:
    """Return the number of documents over the days."""
    days, counts = [day for day, _ in points], [count for _, count in points]
    figure = go.Figure(
        go.Scatter(
            x=days, y=counts, mode="lines+markers", line={"color": _COLOURS[HERE], "shape": "hv"},
            fill="tozeroy", fillcolor="rgba(42,128,121,0.18)",
            hovertemplate="%{x}: %{y}<extra></extra>",
        )
    )  # fmt: skip
    figure.update_layout(showlegend=False)
    figure.update_xaxes(type="category" if len(points) < 8 else "date")
    figure.update_yaxes(range=[0, 1.08 * max(counts, default=1)])  # room for the last dot
    figure.update_xaxes(ticks="outside", ticklen=6, tickcolor="rgba(0,0,0,0)")  # off the zero
    return styled(figure, say("library.growth"), 260)


def styled(figure: go.Figure, title: str, height: int) -> go.Figure:
    """Give a figure the page's look, its title and its height in pixels."""
    clear = "rgba(0,0,0,0)"
    axis: dict[str, Any] = {
        "gridcolor": "rgba(128,128,128,0.18)", "zeroline": False, "automargin": True,
        "fixedrange": True,
    }  # fmt: skip
    figure.update_layout(
        template="none", title={"text": title, "x": 0, "xref": "container", "font": {"size": 17}},
        height=height, margin={"l": 8, "r": 36, "t": 56, "b": 36}, dragmode=False,
        paper_bgcolor=clear, plot_bgcolor=clear,
        font={"family": "system-ui, sans-serif", "size": 14, "color": _TEXT},
        legend={"orientation": "h", "y": -0.12, "x": 0},
    )  # fmt: skip
    figure.update_xaxes(**axis)
    figure.update_yaxes(**axis)
    return figure
