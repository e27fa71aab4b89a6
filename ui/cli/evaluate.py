"""``refdesk eval``: measure on questions or on a collection, compare with an earlier run."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.table import Table

from ingest.errors import UsageError
from ui.cli.options import (
    EmbedderOption,
    HomeOption,
    JsonOption,
    LlmOption,
    open_desk,
    print_json,
)
from ui.cli.progress import ShownProgress
from ui.cli.terminal import Console

_SHOWN_IDS = 20


def evaluate(
    questions: Annotated[Path | None, typer.Argument(metavar="[QUESTIONS.jsonl]")] = None,
    home: HomeOption = None,
    beir: Annotated[
        Path | None,
        typer.Option(
            "--beir",
            help="Instead of questions: a folder with corpus.jsonl, queries.jsonl, qrels/test.tsv.",
            metavar="FOLDER",
        ),
    ] = None,
    as_json: JsonOption = False,
    retrieval_only: Annotated[
        bool, typer.Option("--retrieval-only", help="Do not answer, only search.")
    ] = False,
    out: Annotated[
        Path | None,
        typer.Option(
            "--out", help="Write the figures and every question's here.", metavar="RUN.json"
        ),
    ] = None,
    against: Annotated[
        Path | None,
        typer.Option("--against", help="Compare with this earlier run.", metavar="RUN.json"),
    ] = None,
    answers: Annotated[
        Path | None, typer.Option("--answers", help="Write every answer here, one a line.")
    ] = None,
    run: Annotated[
        Path | None,
        typer.Option("--run", help="Write what was found as a TREC run.", metavar="FILE.trec"),
    ] = None,
    plot: Annotated[
        Path | None, typer.Option("--plot", help="Draw the figures.", metavar="FILE.png")
    ] = None,
    llm: LlmOption = "auto",
    embedder: EmbedderOption = None,
) -> None:
    """Measure retrieval and answers on a file of questions, or retrieval on a BEIR collection.

    Example: refdesk eval questions.jsonl --retrieval-only --out run.json
    """
    from assistant.evaluation import run as eval_run  # measuring is slow to import
    from assistant.evaluation.compare import compare

    if (questions is None) == (beir is None):
        raise UsageError("Give either a file of questions or --beir with a folder.")
    before = eval_run.read(against) if against else None
    with ShownProgress() as progress:
        desk = open_desk(home, progress, llm, embedder)
        if beir:
            result = desk.evaluate_beir(beir)
        elif questions:
            result = desk.evaluate(questions, retrieval_only=retrieval_only)
        desk.close()
    report = dict(result.report)
    if out:
        eval_run.write(out, result)
    if answers:
        eval_run.write_answers(answers, result)
    if run:
        eval_run.write_trec(run, result.ranked)
    if plot:
        from ui.cli.plots import draw

        draw(plot, report, result.questions)
    if before is not None and against:
        report["against"] = compare(report, result.questions, before, against)
    if as_json:
        print_json(report)
    else:
        _show(Console(), report)


def _show(console: Console, report: Mapping[str, Any]) -> None:
    sure = report["confidence"]
    for part in ("retrieval", "answers"):
        if not report[part]["n"]:
            continue
        for name, value in report[part].items():
            shown = "-" if value is None else f"{value:.3f}" if isinstance(value, float) else value
            between = _interval(sure.get(name)) if part == "retrieval" else ""
            console.print(f"{part:10} {name:20} {shown} {between}".rstrip(), highlight=False)
    if "baselines" in report:
        console.print(_beside(report))
    if "against" in report:
        _changes(console, report["against"])


def _beside(report: Mapping[str, Any]) -> Table:
    """Return the figures of refdesk and of the baselines, a row each."""
    names = [name for name in report["retrieval"] if name != "n"]
    table = Table("", *names, box=None)
    for system, figures in {**report["baselines"], "refdesk": report["retrieval"]}.items():
        table.add_row(system, *(f"{figures[name]:.3f}" for name in names))
    return table


def _changes(console: Console, against: Mapping[str, Any]) -> None:
    console.print(f"\nAgainst {against['run']}", style="bold", highlight=False, markup=False)
    table = Table("", "figure", "before", "now", "difference", "95 % interval", "p", box=None)
    parts = [("", against), *against["by_lang"].items(), *against["by_type"].items()]
    groups = [(name, part[key]) for name, part in parts for key in ("retrieval", "answers")]
    groups += [*against.get("baselines", {}).items(), ("timings", against["timings"])]
    for group, figures in groups:
        for name, row in figures.items():
            table.add_row(
                group, name, f"{row['before']:.3f}", f"{row['now']:.3f}",
                f"{row['difference']:+.3f}", _interval(row.get("interval"), "+"),
                f"{row['p']:.3f}" if "p" in row else "",
            )  # fmt: skip
    console.print(table)
    for word in ("better", "worse"):
        for name, ids in against[word].items():
            if ids:
                more = f" and {len(ids) - _SHOWN_IDS} more" if len(ids) > _SHOWN_IDS else ""
                said = ", ".join(ids[:_SHOWN_IDS]) + more
                console.print(f"{len(ids)} {word} by {name}: {said}", highlight=False, markup=False)
    if not any(ids for word in ("better", "worse") for ids in against[word].values()):
        console.print("No question got better or worse.")


def _interval(bounds: list[float] | None, sign: str = "") -> str:
    return f"({bounds[0]:{sign}.3f} to {bounds[1]:{sign}.3f})" if bounds else ""
