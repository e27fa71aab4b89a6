"""Drawing what ``refdesk eval`` measured: recall at every depth, and what it is made of."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from index import metrics
from ingest.errors import UsageError

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_BARS = "ndcg@10"


def draw(file: Path, report: Mapping[str, Any], rows: Sequence[Mapping[str, Any]]) -> None:
    """Draw recall@1 to 20 by language, and nDCG@10 by type of question or beside the baselines.

    Raises:
        UsageError: the file cannot be written, or is of a kind that cannot be drawn.
    """
    from matplotlib.backends.backend_agg import FigureCanvasAgg  # half a second, needed here alone
    from matplotlib.figure import Figure

    figure = Figure(figsize=(10, 4.2), layout="constrained")
    canvas = FigureCanvasAgg(figure)
    left, right = figure.subplots(1, 2)
    _recall(left, [row for row in rows if "ranks" in row])
    _bars(right, report)
    try:
        canvas.print_figure(str(file), dpi=150)
    except (OSError, ValueError) as error:
        raise UsageError(f"The plot {file} cannot be written: {error}.") from error


def curves(rows: Sequence[Mapping[str, Any]]) -> dict[str, list[float]]:
    """Return recall@1, recall@2, ... recall@20 of all questions and of each language."""
    qrels = {row["id"]: {str(n): 1 for n in range(row["relevant"])} for row in rows}
    ranked = {}
    for row in rows:
        places = {rank: str(n) for n, rank in enumerate(row["ranks"])}
        last = max(row["ranks"], default=1)
        ranked[row["id"]] = [places.get(at, f"other {at}") for at in range(1, last + 1)]
    by_question = metrics.calculate(qrels, ranked, metrics.CURVE)
    groups = {"all": list(rows)}
    for lang in sorted({row["lang"] for row in rows if row["lang"]}):
        groups[lang] = [row for row in rows if row["lang"] == lang]
    result = {}
    for name, some in groups.items():
        means = metrics.mean(by_question, [row["id"] for row in some], metrics.CURVE)
        result[f"{name} ({len(some)})"] = [float(means[measure] or 0) for measure in metrics.CURVE]
    return result


def _recall(axes: "Axes", rows: Sequence[Mapping[str, Any]]) -> None:
    depths = range(1, len(metrics.CURVE) + 1)
    for name, values in curves(rows).items():
        axes.plot(depths, values, marker=".", label=name)
    axes.set(title="Recall by depth", xlabel="k", ylabel="recall@k", ylim=(0, 1.02))
    axes.set_xticks([1, 5, 10, 15, 20])
    axes.grid(alpha=0.3)
    axes.legend(loc="lower right")


def _bars(axes: "Axes", report: Mapping[str, Any]) -> None:
    figures, title = _compared(report)
    values = [value for value, _ in figures.values()]
    names = [f"{name}: {value:.2f}" for name, value in zip(figures, values, strict=True)]
    below = [value - (sure or [value])[0] for value, sure in figures.values()]
    above = [(sure or [0, value])[1] - value for value, sure in figures.values()]
    axes.barh(names, values, xerr=[below, above], capsize=3, color="#4c78a8", ecolor="#555555")
    axes.invert_yaxis()
    axes.set(title=title, xlabel=f"{_BARS}, 95 % interval", xlim=(0, 1.02))
    axes.grid(axis="x", alpha=0.3)


def _compared(
    report: Mapping[str, Any],
) -> tuple[dict[str, tuple[float, list[float] | None]], str]:
    """Return what the bars show, the value and interval of each, and their title."""
    if "baselines" in report:
        bars = {
            name: (figures[_BARS], figures["confidence"][_BARS])
            for name, figures in report["baselines"].items()
        }
        bars["refdesk"] = (report["retrieval"][_BARS], report["confidence"][_BARS])
        return bars, "Beside the baselines"
    return {
        f"{name} ({part['retrieval']['n']})": (part["retrieval"][_BARS], part["confidence"][_BARS])
        for name, part in report["by_type"].items()
        if part["retrieval"]["n"]
    }, "By type of question"
