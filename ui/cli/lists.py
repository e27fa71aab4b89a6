"""``refdesk lists``: the curated lists a home knows."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from ingest.errors import FoundWanting, UsageError
from ingest.lists.catalog_file import Entry
from ingest.lists.changes import ListChanges
from ui.cli.options import HomeOption, JsonOption, open_desk, print_json
from ui.cli.progress import ShownProgress
from ui.cli.terminal import clean
from ui.listed_form import added_object, not_taken

app = typer.Typer(help="The curated lists this home knows.", no_args_is_help=True)


@app.command("show")
def lists_show(home: HomeOption = None, as_json: JsonOption = False) -> None:
    """Show the lists this home knows.

    Example: refdesk lists show
    """
    with ShownProgress() as progress:
        rows = open_desk(home, progress).status()["lists"]
    if as_json:
        print_json(rows)
        return
    for row in rows:
        sys.stdout.write(
            f"{clean(row['name'])}: {row['entries']} links, {row['topics']} topics without a link, "
            f"{row['in_library']} in the library\n"
        )


@app.command("add")
def lists_add(
    where: Annotated[str, typer.Argument(metavar="FILE_OR_URL|zotero:")],
    home: HomeOption = None,
    name: Annotated[str | None, typer.Option("--name", help="What to call it.")] = None,
    base: Annotated[
        str | None, typer.Option("--base", help="URL that relative links resolve against.")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Make a list known: Markdown, a folder of notes, or what another program exported.

    Recognised: bookmarks of every browser, exports of Pocket, Instapaper, Raindrop, Readwise,
    Omnivore, Linkwarden and Karakeep, starred entries of feed readers, OPML, feeds, BibTeX, RIS,
    CSL-JSON, an Obsidian vault with its canvases.
    Zotero: what it exported, with the files beside it as documents; or `zotero:`, while it runs.
    What is not taken is named, with the reason.

    Example: refdesk lists add README.md --name mine --base https://github.com/me/list/blob/main/
    """
    with ShownProgress() as progress:
        curated = open_desk(home, progress).add_list(where, name=name, base=base)
    if as_json:
        print_json(added_object(curated))
        return
    summary = f"{curated.name}: {len(curated.entries)} links, {len(curated.topics)} topics"
    if curated.feeds:
        summary += f", {len(curated.feeds)} feeds (`refdesk refresh` reads them)"
    if curated.attached:
        summary += f", {len(curated.attached)} attached files as documents"
    lines = [summary + (f" ({curated.form})" if curated.form else ""), *not_taken(curated.ignored)]
    sys.stdout.write(clean("\n".join(lines)) + "\n")


@app.command("check")
def lists_check(
    where: Annotated[str, typer.Argument(metavar="FILE_OR_URL_OR_NAME")],
    home: HomeOption = None,
    base: Annotated[
        str | None, typer.Option("--base", help="URL that relative links resolve against.")
    ] = None,
    as_json: JsonOption = False,
    as_markdown: Annotated[
        bool, typer.Option("--markdown", help="Print Markdown, ready for a pull request.")
    ] = False,
) -> None:
    """Find what is wrong with a Markdown list: links, sections, what is missing.

    Example: refdesk lists check README.md --base https://github.com/me/list/blob/main/
    """
    from index import doctor  # reads Markdown: nothing a question should wait for

    with ShownProgress() as progress:
        examination = open_desk(home, progress).check_list(where, base=base)
    if as_json:
        print_json(doctor.to_object(examination))
    elif as_markdown:
        sys.stdout.write(clean(doctor.to_markdown(examination)))
    else:
        file = Path(where).name
        for finding in examination.findings:
            place = f"{file}:{finding.line}: " if finding.line else f"{file}: "
            line = f"{place}{finding.severity}: {finding.code}: {finding.text}: {finding.message}"
            sys.stdout.write(clean(line) + "\n")
        for suggestion in examination.suggestions:
            line = (
                f"{suggestion.section}: {suggestion.list} has {suggestion.title} {suggestion.url}"
            )
            sys.stdout.write(clean(line) + "\n")
    if examination.wanting:
        errors = sum(finding.severity == "error" for finding in examination.findings)
        raise FoundWanting(f"{where}: {errors} errors.")


@app.command("diff")
def lists_diff(name: str, home: HomeOption = None, as_json: JsonOption = False) -> None:
    """Say what a curator added, moved or dropped between the last two states known here.

    Example: refdesk lists diff llm-deep-dive
    """
    with ShownProgress() as progress:
        changes = open_desk(home, progress).list_changes(name)
    if as_json:
        print_json(
            {
                "name": changes.name,
                **changes_object(changes),
            }
        )
        return
    lines = changes_lines(changes)
    sys.stdout.write(clean("\n".join(lines) or f"{name}: nothing changed.") + "\n")


def changes_object(changes: ListChanges) -> dict[str, object]:
    """Return what changed in a list, for JSON."""
    return {
        "added": [_row(entry) for entry in changes.added],
        "dropped": [_row(entry) for entry in changes.dropped],
        "moved": [{"from": _row(a), "to": _row(b)} for a, b in changes.moved],
    }


def changes_lines(changes: ListChanges) -> list[str]:
    """Return what changed in a list, a line an entry."""
    lines = [f"+ {_line(entry)}" for entry in changes.added]
    lines += [f"- {_line(entry)}" for entry in changes.dropped]
    return lines + [f"~ {_line(old)}  =>  {_line(new)}" for old, new in changes.moved]


def _row(entry: Entry) -> dict[str, object]:
    return {
        "title": entry.title,
        "url": entry.url,
        "section": entry.section,
        "difficulty": entry.difficulty,
    }


def _line(entry: Entry) -> str:
    badge = f" ({entry.difficulty})" if entry.difficulty else ""
    return f"{' > '.join(entry.section)}: {entry.title}{badge} {entry.url}"


@app.command("export")
def lists_export(
    name: str,
    form: Annotated[
        str, typer.Option("--format", help="markdown or opml.", metavar="FORMAT")
    ] = "markdown",
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Print a list as a file: its dead links marked, with the Internet Archive's copies beside.

    Read again by `lists add`, the Markdown gives the same entries.

    Example: refdesk lists export llm-deep-dive --format opml
    """
    from assistant.listing.markdown import markdown
    from assistant.listing.opml import opml

    forms = {"markdown": markdown, "opml": opml}
    if form not in forms:
        raise UsageError(f"There is no form {form} of lists: choose {' or '.join(forms)}.")
    with ShownProgress() as progress:
        curated, entries = open_desk(home, progress).list_entries(name)
    text = forms[form](curated, entries)
    if as_json:
        rows = [
            _row(entry.entry)
            | {"note": entry.entry.note, "dead": entry.dead, "archived": entry.archived or None}
            | {"copy": entry.copy if entry.dead else None}
            for entry in entries
        ]
        print_json({"name": name, "format": form, "entries": rows, "text": text})
    else:
        sys.stdout.write(clean(text))


@app.command("remove")
def lists_remove(name: str, home: HomeOption = None) -> None:
    """Forget a list; the pages it led to stay.

    Example: refdesk lists remove mine
    """
    with ShownProgress() as progress:
        open_desk(home, progress).remove_list(name)
