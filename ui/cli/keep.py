"""What fills a library, says what it holds and carries it away."""

import json
import sys
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from assistant.answering.gaps import gap_object
from ui.cli import render
from ui.cli.options import EmbedderOption, HomeOption, JsonOption, open_desk, print_json
from ui.cli.progress import ShownProgress
from ui.cli.terminal import Console

if TYPE_CHECKING:
    from assistant.keeping import IngestReport


def ingest(
    inputs: Annotated[list[str] | None, typer.Argument(metavar="[INPUT]...")] = None,
    home: HomeOption = None,
    offline: Annotated[bool, typer.Option("--offline", help="Fetch nothing.")] = False,
    refresh: Annotated[
        bool, typer.Option("--refresh", help="Ask of every page whether it changed.")
    ] = False,
    depth: Annotated[
        int,
        typer.Option(
            "--depth", min=1, max=5, help="2: also what the lists inside the lists link to."
        ),
    ] = 1,
    limit: Annotated[
        int | None, typer.Option("--limit", min=0, help="Visit no more pages than this.")
    ] = None,
    wayback: Annotated[
        bool, typer.Option("--wayback", help="Of dead pages, get the Internet Archive's copy.")
    ] = False,
    no_primer: Annotated[
        bool, typer.Option("--no-primer", help="In a new home, seed nothing (for measuring).")
    ] = False,
    embedder: EmbedderOption = None,
    as_json: JsonOption = False,
) -> None:
    """Fetch what the lists link to, or take in what is named, and update the library.

    INPUT: a known list's name, the address of a list or page, a .warc.gz, a file (.md .html .pdf
    .ipynb .txt), a folder of these, a .jsonl of documents. None: everything the lists link to.

    Example: refdesk ingest llm-deep-dive --limit 20
    """
    with ShownProgress(events=as_json) as progress:
        report = open_desk(home, progress, embedder=embedder).ingest(
            inputs or [],
            seed=not no_primer,
            offline=offline,
            refresh=refresh,
            depth=depth,
            limit=limit,
            wayback=wayback,
            told=progress.got,
        )
    _report("ingest", report, as_json=as_json)


def rebuild(
    home: HomeOption = None, embedder: EmbedderOption = None, as_json: JsonOption = False
) -> None:
    """Make the library anew from the archive alone, without the network.

    Example: refdesk rebuild
    """
    with ShownProgress(events=as_json) as progress:
        report = open_desk(home, progress, embedder=embedder).rebuild()
    _report("rebuild", report, as_json=as_json)


def _report(what: str, report: "IngestReport", *, as_json: bool) -> None:
    if as_json:
        done = {
            "event": "done",
            "what": what,
            "given": report.given,
            "pages_read": report.read,
            "passages_removed": report.removed,
            "passages_added": report.passages,
            "documents": report.status["documents"],
            "passages": report.status["passages"],
            "lists": report.status["lists"],
            "failures": len(report.status["failures"]),
            "fetched": _states(report)["fetched"],
            "unchanged": _states(report)["unchanged"],
            "failed": _states(report)["failed"],
            "mended": list(report.mended),
            "generation": report.status["generation"],
            "digest": report.status["digest"],
        }
        sys.stdout.write(json.dumps(done) + "\n")
        return
    console = Console()
    for name in report.mended:
        console.print(f"{name}: what a crash left half-written was cut off.", highlight=False)
    if report.got:
        render.got(console, report.got)
    console.print(
        f"{report.read} pages read, {report.passages} passages added, "
        f"{report.removed} passages removed.",
        highlight=False,
    )
    render.status(console, report.status)


def _states(report: "IngestReport") -> Counter[str]:
    return Counter(got.state for got in report.got)


def status(
    home: HomeOption = None,
    as_json: JsonOption = False,
    dead: Annotated[
        bool,
        typer.Option(
            "--dead", help="List what gave no document, as Markdown for a list's maintainer."
        ),
    ] = False,
    gaps: Annotated[
        bool,
        typer.Option(
            "--gaps", help="List refused questions, and the sections that should cover them."
        ),
    ] = False,
) -> None:
    """Say what the library holds.

    Example: refdesk status --gaps
    """
    with ShownProgress() as progress:
        desk = open_desk(home, progress)
        if gaps:
            asked = desk.gaps()
            if as_json:
                print_json({"gaps": [gap_object(gap) for gap in asked]})
            else:
                render.gaps(Console(), asked)
            return
        found = desk.status()
    if as_json:
        print_json(found)
    elif dead:
        sys.stdout.write(render.dead(found))
    else:
        render.status(Console(), found)


def export(
    file: Path,
    home: HomeOption = None,
    archive: Annotated[
        bool, typer.Option("--archive", help="With the archive: it can be changed over there.")
    ] = False,
) -> None:
    """Write the library into one file, for another machine.

    Example: refdesk export library.tar.gz --archive
    """
    with ShownProgress() as progress:
        size = open_desk(home, progress).export(file, archive=archive)
    sys.stdout.write(f"{file}: {size / 1e6:.1f} MB\n")


def import_(file: Path, home: HomeOption = None) -> None:
    """Take an exported library into an empty home.

    Example: refdesk import library.tar.gz --home ~/reading
    """
    with ShownProgress() as progress:
        found = open_desk(home, progress).carry_in(file)
    render.status(Console(), found)
