"""Measure the signals of refusal on answerable and unanswerable questions; read limits off them.

    python -m tests.benchmarks.fit_refusal HOME FIT.jsonl... [--test FILE.jsonl...] [--plot PNG]
        [--llm auto] [--half seen|held] [--pages]

For coverage and cosine each, and the model's doubt where one is asked (--llm), prints how well it
tells the two apart (area under the curve), then for floors of their sum and of each alone the
shares rightly and wrongly refused. With --test the present limits are scored on questions nothing
was fitted on. The plot shows both shares over each. A Chinese question is judged by its own words:
that it would be asked again in English is left out. With --half only questions of that half count
(`tests.benchmarks.open_questions`); --pages: HOME holds the archived pages, too, which answer more.
"""

import argparse
import json
from dataclasses import dataclass
from pathlib import Path

import matplotlib as mpl
import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import roc_auc_score

from assistant.answering.answer import consulted
from assistant.answering.deciding import decide, signals, thresholds_for
from assistant.answering.evidence import gather
from assistant.answering.fitted import table
from assistant.answering.question import understand
from assistant.answering.selection import plan, sections
from assistant.answering.writing import prefix
from assistant.desk import Desk
from assistant.engines.choice import choose
from assistant.engines.protocol import Engine
from index.search.library import Library
from index.store.values import Filters
from tests.benchmarks.open_questions import HALVES, half


@dataclass(frozen=True, slots=True)
class Measured:
    """The signals of questions of one language, one row each.

    Columns: coverage, cosine, unknown name, the model's log-likelihood of refusing (0: not asked).
    """

    seen: NDArray[np.float64]
    answerable: NDArray[np.bool_]
    refused: NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Asked:
    """A question, and whether the primer answers it, or pages do (``by_pages``)."""

    id: str
    text: str
    answerable: bool
    by_pages: bool


def main() -> None:
    """Read the arguments, measure, print, plot."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("home", type=Path)
    parser.add_argument("fit", type=Path, nargs="+")
    parser.add_argument("--test", type=Path, nargs="*", default=[])
    parser.add_argument("--plot", type=Path)
    parser.add_argument("--llm", default="extractive")
    parser.add_argument("--half", choices=HALVES)
    parser.add_argument("--pages", action="store_true")
    given = parser.parse_args()
    desk = Desk(given.home, llm="extractive")
    model = choose(given.llm, desk.home.models, desk.home.cache, lambda *_: None, prefix())
    library = desk.library
    curves = {}
    for name, files in (("fitted on", given.fit), ("not fitted on", given.test)):
        asked = [_read(line) for file in files for line in file.read_text().splitlines()]
        asked = [each for each in asked if given.half in (None, half(each.id))]
        for lang, measured in _measure(library, model, asked, pages=given.pages).items():
            print(f"{name} {lang}: {_rates(measured.refused, measured.answerable)}")
            if name == "fitted on":
                curves[lang] = measured
                _limits(measured)
    if given.plot:
        _plot(curves, given.plot)


def _read(line: str) -> Asked:
    row = json.loads(line)
    return Asked(
        row.get("id", ""),
        row["question"],
        row.get("answerable", row.get("type") != "unanswerable"),
        row.get("pages", False),
    )


def _measure(
    whole: Library, model: Engine | None, questions: list[Asked], *, pages: bool
) -> dict[str, Measured]:
    rows: dict[str, list[tuple[float, float, float, float, bool, bool]]] = {}
    for asked in questions:
        question = understand(asked.text)
        library = whole.asked_in(question.lang)
        evidence = gather(library, question, Filters())
        found, limits = signals(library, evidence), thresholds_for(library.embedder, question.lang)
        refusing = None
        if model is not None:
            parts = sections(library, evidence)
            _, refusing = consulted(evidence, parts, plan(evidence, parts), model, lambda: False)
        refused = not decide(found, limits, refusing).answer
        answerable = asked.answerable or (asked.by_pages and pages)
        rows.setdefault(question.lang, []).append(
            (
                found.coverage,
                found.cosine,
                float(bool(found.unknown)),
                refusing or 0.0,
                answerable,
                refused,
            )
        )
        if refused == answerable:
            done = "refused" if refused else "not refused"
            print("  wrong:", asked.id, done, found, refusing)
    return {
        lang: Measured(
            np.array([row[:4] for row in each]),
            np.array([row[4] for row in each]),
            np.array([row[5] for row in each]),
        )
        for lang, each in rows.items()
    }


def _rates(refused: NDArray[np.bool_], answerable: NDArray[np.bool_]) -> str:
    wrongly, rightly = refused & answerable, refused & ~answerable
    return (
        f"{rightly.sum()} of {(~answerable).sum()} unanswerable refused, "
        f"{wrongly.sum()} of {answerable.sum()} answerable"
    )


def _limits(measured: Measured) -> None:
    seen, answerable = measured.seen, measured.answerable
    if answerable.all() or not answerable.any():
        return
    for column, name in enumerate(("coverage", "cosine")):
        print(f"  AUC of {name}: {roc_auc_score(answerable, seen[:, column]):.3f}")
    named = seen[:, 2] > 0
    total = seen[:, 0] + seen[:, 1]
    tried = {"sum": total, "coverage alone": seen[:, 0], "cosine": seen[:, 1]}
    if seen[:, 3].any():
        print(f"  AUC of the model's doubt: {roc_auc_score(answerable, -seen[:, 3]):.3f}")
        tried["sum and doubt"] = total - table("refusal")["doubt"] * seen[:, 3]
    for name, values in tried.items():
        line = []
        for floor in np.arange(0.0, 2.0, 0.05):
            refused = named | (values < floor)
            wrongly, rightly = refused[answerable].mean(), refused[~answerable].mean()
            line.append(f"{floor:.2f}: {rightly:.2f}/{wrongly:.3f}")
        print(f"  {name}, floor: rightly/wrongly refused:", ", ".join(line))


def _plot(curves: dict[str, Measured], file: Path) -> None:
    mpl.use("Agg")
    from matplotlib import pyplot as plt  # after the choice of backend

    figure, axes = plt.subplots(1, 2, figsize=(9, 3.5), sharey=True)
    limits = np.linspace(0, 1, 101)
    for lang, measured in curves.items():
        for column, (axis, name) in enumerate(zip(axes, ("coverage", "cosine"), strict=True)):
            for truth, style in ((True, "-"), (False, "--")):
                of = measured.seen[measured.answerable == truth, column]
                label = f"{lang}, {'answerable' if truth else 'unanswerable'}"
                if len(of):
                    axis.plot(limits, [(of < limit).mean() for limit in limits], style, label=label)
            axis.set_xlabel(f"limit of {name}")
    axes[0].set_ylabel("share refused")
    axes[0].legend(fontsize=8)
    figure.tight_layout()
    figure.savefig(file, dpi=150)


if __name__ == "__main__":
    main()
