"""What fills a library, says what it holds and carries it away."""

import json
import sys
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from assistant.kept.gaps import gap_object
from ingest.errors import FoundWanting, HomeBusy, UsageError
from ui.cli import render
from ui.cli.carry import check_lock
from ui.cli.options import (
    EmbedderOption,
    HomeOption,
    JsonOption,
    LibraryOption,
    RayOption,
    open_desk,
    print_json,
)
from ui.cli.progress import ShownProgress
from ui.cli.terminal import Console, clean
from ui.listed_form import not_taken, not_taken_objects

if TYPE_CHECKING:
    from assistant.desk import Desk
    from assistant.home.reports import IngestReport
    from assistant.kept.notes import Note
    from assistant.kept.threads import Thread


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
    ray: RayOption = None,
    as_json: JsonOption = False,
) -> None:
    """Fetch what the lists link to, or take in what is named, and update the library.

    INPUT: a known list's name, the address of a list or page, a .warc.gz, a file (.md .html .pdf
    .docx .pptx .epub .ipynb .txt .rst .org .tex .vtt .srt .canvas, a saved .mhtml), a folder of
    these, a .jsonl of documents.
    None: everything the lists link to. Pages saved from the web are known by their address there.

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
            told=progress.on_outcome,
            ray=ray,
        )
    _report("ingest", report, as_json=as_json)


def rebuild(
    home: HomeOption = None,
    embedder: EmbedderOption = None,
    ray: RayOption = None,
    library: LibraryOption = "",
    as_json: JsonOption = False,
) -> None:
    """Make the library anew from the archive alone; with --library it moves there to stay.

    Example: refdesk rebuild
    """
    with ShownProgress(events=as_json) as progress:
        desk = open_desk(home, progress, embedder=embedder, library=library)
        report = desk.rebuild(ray=ray)
    _report("rebuild", report, as_json=as_json)


def _report(what: str, report: "IngestReport", *, as_json: bool) -> None:
    if as_json:
        done = {
            "event": "done",
            "what": what,
            **report.figures,
            "passages": report.status["passages"],
            "lists": report.status["lists"],
            "failures": len(report.status["failures"]),
            "fetched": _states(report)["fetched"],
            "unchanged": _states(report)["unchanged"],
            "failed": _states(report)["failed"],
            "mended": list(report.mended),
            "notices": list(report.notices),
            "not_taken": not_taken_objects(report.not_taken),
            "generation": report.status["generation"],
            "digest": report.status["digest"],
        }
        sys.stdout.write(json.dumps(done) + "\n")
        return
    console = Console()
    for name in report.mended:
        console.print(f"{name}: what a crash left half-written was cut off.", highlight=False)
    for said in report.notices:
        console.print(clean(said), markup=False, highlight=False)
    for said in not_taken(report.not_taken):
        console.print(clean(said.strip()), markup=False, highlight=False)
    if report.got:
        render.outcomes(console, report.got)
    console.print(
        f"{report.read} pages read, {report.passages} passages added, "
        f"{report.removed} passages removed.",
        highlight=False,
    )
    render.status(console, report.status)


def _states(report: "IngestReport") -> Counter[str]:
    return Counter(outcome.state for outcome in report.got)


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
        state = desk.status()
    if as_json:
        print_json(state)
    elif dead:
        sys.stdout.write(render.dead(state))
    else:
        render.status(Console(), state)


def import_(file: Path, home: HomeOption = None, embedder: EmbedderOption = None) -> None:
    """Take an exported library into an empty home: checked first, all of it or nothing.

    With its archive the library is made anew from that; without, it is compared with itself.

    Example: refdesk import library.tar.gz --home ~/reading
    """
    with ShownProgress() as progress:
        state = open_desk(home, progress, embedder=embedder).carry_in(file)
    render.status(Console(), state)


def forget(
    what: Annotated[list[str] | None, typer.Argument(metavar="[URL|FILE|LIST]...")] = None,
    home: HomeOption = None,
    quarantined: Annotated[
        bool, typer.Option("--quarantined", help="Also every record that cannot be read.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Take out pages, files, folders, archives, or a list with the pages fetched for it alone.

    The library follows. What was forgotten is not fetched again unless it is named, and not read
    again unless it is given again; its bytes are gone from the home's archive and library. Threads
    and notes that quote it are named: they are deleted by `threads delete`, `notes delete`.
    (`lists remove` takes out a list and leaves its pages.)

    Example: refdesk forget https://example.org/page notes/old.md
    """
    if not what and not quarantined:
        raise UsageError("Name what is to be forgotten: an address, a file, a list.")
    with ShownProgress() as progress:
        desk = open_desk(home, progress)
        report = desk.forget(what or [], quarantined=quarantined)
    threads, notes = _still_kept(desk, report.documents)
    if as_json:
        print_json(
            {
                "threads": [thread.id for thread in threads],
                "notes": [note.id for note in notes],
                "lists": report.lists,
                "documents": report.documents,
                "records": report.records,
                "generation": report.status["generation"],
                "digest": report.status["digest"],
            }
        )
        return
    lines = [f"list {name}" for name in report.lists]
    lines += [f"page {url}" for url in report.documents]
    lines += [f"record {place}" for place in report.records]
    for line in lines:
        sys.stdout.write(clean(f"Forgotten: {line}") + "\n")
    if not lines:
        sys.stdout.write("Forgotten; no page of the library came of it.\n")
    for thread in threads:
        line = f"Still quoted in a thread: {thread.title} (`refdesk threads delete {thread.id}`)"
        sys.stdout.write(clean(line) + "\n")
    for note in notes:
        line = f"Still there, a note on {note.url} (`refdesk notes delete {note.id}`)"
        sys.stdout.write(clean(line) + "\n")


def _still_kept(desk: "Desk", urls: Sequence[str]) -> tuple[list["Thread"], list["Note"]]:
    """Return what people keep that quotes pages, which is theirs and stays."""
    with suppress(UsageError, HomeBusy):  # what cannot be read is `check`'s to say
        notes = [note for url in urls for note in desk.notes.latest(None, url=url)]
        return desk.threads.quoting(urls), notes
    return [], []


def check(
    home: HomeOption = None,
    repair: Annotated[
        bool, typer.Option("--repair", help="Put right what can be, losing nothing.")
    ] = False,
    lock: Annotated[
        Path | None,
        typer.Option(
            "--lock", help="Compare with a lockfile or an export instead.", metavar="FILE"
        ),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Look for damage in the home: archive, library, caches, weights. Ends with 5 if some is left.

    With --lock: say whether every source, passage and list of a lockfile is here as it was there;
    what is here beside them is well.

    Example: refdesk check --repair
    """
    if lock is not None:
        if repair:
            raise UsageError("--lock only compares: leave out --repair.")
        check_lock(lock, home, as_json=as_json)
        return
    with ShownProgress() as progress:
        desk = open_desk(home, progress)
        report = desk.check(repair=repair)
    if as_json:
        print_json(
            {
                "home": str(desk.home.root),
                "sound": not report.damages,
                "damages": [asdict(damage) for damage in report.damages],
                "repaired": [asdict(damage) for damage in report.repaired],
            }
        )
    else:
        for damage in report.repaired:
            sys.stdout.write(clean(f"{damage.where}: {damage.what}. Repaired.") + "\n")
        for damage in report.damages:
            sys.stdout.write(clean(f"{damage.where}: {damage.what}. {damage.cure}.") + "\n")
        if not report.damages:
            sys.stdout.write("The home is as it was written.\n")
    if report.damages:
        count = len(report.damages)
        raise FoundWanting(f"{count} {'damages' if count > 1 else 'damage'} in {desk.home.root}.")
