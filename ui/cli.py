"""The command line: options in, text or JSON out, stable exit codes (see ARCHITECTURE.md)."""

import json
import sys
from collections import Counter
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from assistant.json_form import answer_object, hit_object
from ingest.errors import FoundWanting, NothingFound, RefdeskError, UsageError
from ui import cli_eval, cli_lists, cli_models, render
from ui.options import (
    CountOption,
    DifficultyOption,
    EmbedderOption,
    HomeOption,
    JsonOption,
    KindOption,
    LangOption,
    ListOption,
    LlmOption,
    SectionOption,
    filters_of,
    open_desk,
    print_json,
)
from ui.progress import ShownProgress

if TYPE_CHECKING:
    from assistant.keeping import IngestReport

app = typer.Typer(
    help="The reference desk for curated reading lists: every sentence cited to its source.",
    epilog="--debug, with any command, shows the traceback of an error.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
app.add_typer(cli_lists.app, name="lists")
app.add_typer(cli_models.app, name="models")


@app.command()
def ask(
    question: str,
    home: HomeOption = None,
    as_json: JsonOption = False,
    k: CountOption = 8,
    lists: ListOption = None,
    section: SectionOption = None,
    difficulty: DifficultyOption = None,
    kind: KindOption = None,
    lang: LangOption = None,
    llm: LlmOption = "auto",
) -> None:
    """Answer a question, each sentence cited.

    Example: refdesk ask "explain GQA vs MQA"
    """
    filters = filters_of(lists, section, difficulty, kind, lang)
    console = Console()
    with ShownProgress() as progress:
        desk = open_desk(home, progress, llm)
        for event in desk.stream(question, k=k, filters=filters):
            if as_json:
                if event.name == "done" and event.answer:
                    print_json(answer_object(event.answer))
                continue
            progress.stop()
            if event.name == "sentence" and event.sentence:
                render.sentence(console, event.sentence)
            elif event.name == "done" and event.answer:
                if event.answer.refused or event.answer.view == "extractive":
                    render.answer(console, event.answer)
                else:
                    render.sources(console, event.answer)
        desk.close()


@app.command()
def search(
    query: str,
    home: HomeOption = None,
    as_json: JsonOption = False,
    k: CountOption = 10,
    lists: ListOption = None,
    section: SectionOption = None,
    difficulty: DifficultyOption = None,
    kind: KindOption = None,
    lang: LangOption = None,
) -> None:
    """Find the best passages, without a model.

    Example: refdesk search "grouped-query attention" -k 5
    """
    filters = filters_of(lists, section, difficulty, kind, lang)
    with ShownProgress() as progress:
        found = open_desk(home, progress).search(query, k=k, filters=filters)
    if as_json:
        print_json(
            {
                "query": found.query,
                "hits": [hit_object(hit) for hit in found.hits],
                "timings": {"search_s": round(found.seconds, 4)},
            }
        )
    else:
        render.hits(Console(), found.hits)
    if not found.hits:
        raise NothingFound("Nothing was found: try other words, or fewer filters.")


@app.command()
def path(
    topic: str,
    home: HomeOption = None,
    hours: Annotated[
        float | None, typer.Option("--hours", help="Keep what fits into this many hours.")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Say what to read on a topic, in which order.

    Example: refdesk path LoRA --hours 3
    """
    from assistant.path_form import to_markdown, to_object

    with ShownProgress() as progress:
        found = open_desk(home, progress).path(topic, hours=hours)
    if as_json:
        print_json(to_object(found))
    else:
        sys.stdout.write(render.clean(to_markdown(found)))


@app.command()
def cards(
    topic: str,
    home: HomeOption = None,
    anki: Annotated[
        Path | None, typer.Option("--anki", help="Write an Anki deck.", metavar="FILE.apkg")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Make study cards: question, answer, the quote that holds it, its source.

    Example: refdesk cards "KV cache" --anki kv-cache.apkg
    """
    from assistant.cards import write_anki

    with ShownProgress() as progress:
        made = open_desk(home, progress).cards(topic)
    if anki:
        write_anki(made, anki, topic)
    if as_json:
        print_json([asdict(card) for card in made])
    elif anki:
        sys.stdout.write(f"{anki}: {len(made)} cards\n")
    else:
        render.cards(Console(), made)


@app.command()
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


@app.command()
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


@app.command()
def status(
    home: HomeOption = None,
    as_json: JsonOption = False,
    dead: Annotated[
        bool,
        typer.Option(
            "--dead", help="List what gave no document, as Markdown for a list's maintainer."
        ),
    ] = False,
) -> None:
    """Say what the library holds.

    Example: refdesk status --dead
    """
    with ShownProgress() as progress:
        found = open_desk(home, progress).status()
    if as_json:
        print_json(found)
    elif dead:
        sys.stdout.write(render.dead(found))
    else:
        render.status(Console(), found)


@app.command()
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


@app.command("import")
def import_(file: Path, home: HomeOption = None) -> None:
    """Take an exported library into an empty home.

    Example: refdesk import library.tar.gz --home ~/reading
    """
    with ShownProgress() as progress:
        found = open_desk(home, progress).carry_in(file)
    render.status(Console(), found)


app.command("eval")(cli_eval.evaluate)


@app.command()
def verify(
    answer: Path,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Check a saved answer (ask --json) against the library, sentence by sentence.

    Example: refdesk verify answer.json
    """
    try:
        saved = json.loads(answer.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise UsageError(f"The answer {answer} cannot be read: {error}.") from error
    with ShownProgress() as progress:
        checked = open_desk(home, progress).verify(saved)
    wanting = [each for each in checked if not each["ok"]]
    if as_json:
        print_json({"ok": not wanting, "sentences": checked})
    else:
        console = Console()
        for each in checked:
            mark = "holds" if each["ok"] else f"does not hold: {each['reason']}"
            console.print(f"{render.clean(each['text'])}  ({mark})", markup=False)
    if wanting:
        raise FoundWanting(f"{len(wanting)} of {len(checked)} sentences do not hold.")


@app.command()
def serve(
    home: HomeOption = None,
    host: Annotated[str, typer.Option("--host", help="Address to listen at.")] = "127.0.0.1",
    port: Annotated[int, typer.Option("--port", min=0, max=65535)] = 7860,
    llm: LlmOption = "auto",
) -> None:
    """Open the page in a browser at http://127.0.0.1:7860.

    Example: refdesk serve --port 8000
    """
    from ui.server import serve as serve_page  # gradio takes seconds to import

    with ShownProgress() as progress:
        serve_page(open_desk(home, progress, llm), host=host, port=port)


def main() -> None:
    """Run the command line and end the process with the right exit code."""
    debug = "--debug" in sys.argv
    arguments = [argument for argument in sys.argv[1:] if argument != "--debug"]
    try:
        app(args=arguments, prog_name="refdesk")
    except RefdeskError as error:
        _complain(str(error), debug=debug)
        sys.exit(error.exit_code)
    except KeyboardInterrupt:
        _complain("Interrupted.", debug=debug)
        sys.exit(130)
    except BrokenPipeError:
        sys.stderr.close()  # the reader of our output went away: nobody is left to tell
        sys.exit(0)
    except Exception as error:
        _complain(
            f"refdesk failed in a way it should not: {type(error).__name__}: {error}. "
            "Run it again with --debug and report what it prints.",
            debug=debug,
        )
        sys.exit(1)


def _complain(text: str, *, debug: bool) -> None:
    console = Console(stderr=True)
    if debug:
        console.print_exception()
    console.print(f"refdesk: {text}", markup=False, highlight=False, soft_wrap=True)


if __name__ == "__main__":
    main()
