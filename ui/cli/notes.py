"""``refdesk notes``: notes and highlights on archived pages and answers."""

import json
import sys
from pathlib import Path
from typing import Annotated

import typer

from assistant.kept.anchor import Anchor
from assistant.kept.notes import Note, note_object
from ingest.errors import NothingFound, UsageError
from ui.cli.kept import EveryoneOption, desk_of, write_new
from ui.cli.options import HomeOption, JsonOption, print_json
from ui.cli.terminal import clean

app = typer.Typer(
    help="Notes and highlights on archived pages, kept in this home.", no_args_is_help=True
)
_LimitOption = Annotated[int, typer.Option("-n", min=1, max=50_000, help="How many at most.")]
_ALL = 1_000_000


@app.command("list")
def notes_list(
    home: HomeOption = None,
    url: Annotated[str, typer.Option("--url", help="Only those on this page.")] = "",
    tag: Annotated[str, typer.Option("--tag", help="Only those with this tag.")] = "",
    n: _LimitOption = 20,
    everyone: EveryoneOption = False,
    as_json: JsonOption = False,
) -> None:
    """List notes, the one written last first.

    Example: refdesk notes list --tag exam
    """
    owner = None if everyone else ""
    _show(desk_of(home).notes.latest(owner, url=url, tag=tag, limit=n), as_json=as_json)


@app.command("search")
def notes_search(
    query: str,
    home: HomeOption = None,
    n: _LimitOption = 20,
    everyone: EveryoneOption = False,
    as_json: JsonOption = False,
) -> None:
    """Find notes that hold every one of these words, in themselves, their quote, tags or title.

    Example: refdesk notes search "key head"
    """
    notes = desk_of(home).notes.search(query, None if everyone else "", limit=n)
    _show(notes, as_json=as_json)
    if not notes:
        raise NothingFound("No note holds these words.")


@app.command("add")
def notes_add(
    url: Annotated[str, typer.Argument(help="The page's address.")],
    quote: Annotated[str, typer.Option("--quote", help="The words it is fastened to.")],
    home: HomeOption = None,
    text: Annotated[str, typer.Option("--note", help="Without one: a highlight.")] = "",
    tag: Annotated[list[str] | None, typer.Option("--tag", help="May be repeated.")] = None,
    as_json: JsonOption = False,
) -> None:
    """Note something on words of an archived page.

    Example: refdesk notes add https://example.org/gqa --quote "one key head" --note "Ask why"
    """
    note = desk_of(home).note(url, Anchor(quote), text, tag or ())
    _show([note], as_json=as_json)


@app.command("edit")
def notes_edit(
    note: Annotated[str, typer.Argument(metavar="NOTE", help="Its id.")],
    home: HomeOption = None,
    text: Annotated[str | None, typer.Option("--note", help="What it says from now on.")] = None,
    tag: Annotated[list[str] | None, typer.Option("--tag", help="Instead of its tags.")] = None,
    as_json: JsonOption = False,
) -> None:
    """Change what a note says, or its tags.

    Example: refdesk notes edit 3f9c2ab1d0 --note "Understood" --tag done
    """
    if text is None and tag is None:
        raise UsageError("Say what is to change: --note or --tag.")
    _show([desk_of(home).notes.edit(note, None, text=text, tags=tag)], as_json=as_json)


@app.command("delete")
def notes_delete(
    note: Annotated[list[str], typer.Argument(metavar="NOTE...", help="Their ids.")],
    home: HomeOption = None,
) -> None:
    """Delete notes for good.

    Example: refdesk notes delete 3f9c2ab1d0
    """
    notes = desk_of(home).notes
    for name in note:
        gone = notes.delete(name, None)
        sys.stdout.write(clean(f"Deleted: {gone.id}  {gone.text or gone.anchor.exact}") + "\n")


@app.command("export")
def notes_export(
    file: Annotated[
        Path | None, typer.Argument(metavar="[FILE]", help="By default it is printed.")
    ] = None,
    home: HomeOption = None,
    form: Annotated[
        str | None,
        typer.Option("--as", help="markdown or jsonld; by default as FILE's name ends."),
    ] = None,
    everyone: EveryoneOption = False,
) -> None:
    """Write all notes into one file: Markdown, or Web Annotations (JSON-LD) for other programs.

    Example: refdesk notes export notes.jsonld
    """
    from assistant.kept.note_form import annotations
    from ui.kept.note_markdown import notes_markdown

    ending = file.suffix.lower() if file else ""
    form = form or ("jsonld" if ending in (".jsonld", ".json") else "markdown")
    if form not in ("markdown", "jsonld"):
        raise UsageError(f"There is no form {form}: choose markdown or jsonld.")
    notes = desk_of(home).notes.latest(None if everyone else "", limit=_ALL)
    if form == "markdown":
        text = notes_markdown(notes)
    else:
        text = json.dumps(annotations(notes), ensure_ascii=False, indent=2) + "\n"
    if file is None or str(file) == "-":
        sys.stdout.write(text if form == "jsonld" else clean(text))
        return
    write_new(file, text)
    sys.stdout.write(f"{file}: {len(notes)} notes\n")


def _show(notes: list[Note], *, as_json: bool) -> None:
    if as_json:
        print_json({"notes": [note_object(note) for note in notes]})
        return
    for note in notes:
        tags = "".join(f"  #{tag}" for tag in note.tags)
        quote = " ".join(note.anchor.exact.split())
        lines = [f"{note.id}  {note.title}{tags}", f"    “{quote[:200]}”"]
        lines += [f"    {note.text}"] if note.text else []
        sys.stdout.write(clean("\n".join([*lines, f"    {note.url}"])) + "\n")
