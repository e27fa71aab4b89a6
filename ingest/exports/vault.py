"""A vault of notes, Obsidian's or any folder of Markdown, as a list: every address its notes hold.

That is also the address a note was clipped from, which stands in its front matter, and the pages
and cards of a canvas. Sections are folders and notes. Names of notes that are not there are
subjects without a link: what their author means to write about.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from pathlib import Path

from ingest.disk import real
from ingest.errors import UsageError
from ingest.exports.given import MOST_BYTES
from ingest.exports.rows import text_of
from ingest.exports.shelf import ListBuilder
from ingest.links.schemes import is_web
from ingest.lists.catalog_file import CuratedList, Entry, Ignored, Topic
from ingest.lists.lines import language_of
from ingest.lists.parser import decode
from ingest.reading import canvas, front_matter, wiki
from ingest.reading.titles import note_name

FORM = "vault"
_CANVAS = ".canvas"
_NOTES = (".md", ".markdown", _CANVAS)
_CLIPPED = ("source", "url", "link")
_TABLES = (".csv",)


def read_vault(
    folder: Path,
    name: str,
    parse: Callable[..., CuratedList],
    read: Callable[..., CuratedList],
) -> CuratedList:
    """Return the list of a vault; ``parse`` reads the Markdown of one note, ``read`` a table.

    A table is what Notion makes of a database.

    Raises:
        UsageError: its notes hold no address.
    """
    entries: dict[tuple[str, tuple[str, ...]], Entry] = {}
    topics: dict[Topic, None] = {}
    notes = list(_files(folder, _NOTES))
    texts, ignored = _texts_of(notes, folder)
    there = {note.stem.lower() for note in notes}
    there |= {alias.lower() for _, text in texts for alias in _aliases(text)}
    for note, text in texts:
        under = _section(note, folder)
        clipped = _clipped_from(note, text, under)
        entries.update(clipped.entries)
        ignored += clipped.ignored
        for target, shown in wiki.links_of(text):
            if target.rpartition("/")[2].removesuffix(".md").lower() not in there:
                topics[Topic(shown, under)] = None
        try:
            curated = parse(wiki.as_markdown(text), name=note.stem)
        except UsageError:
            continue  # a note without an address: it is a document
        _put_under(under, curated.entries, entries)
        ignored += [
            item
            for item in curated.ignored
            if item.reason.startswith(("unsupported", "unreadable"))
        ]
    for table in _files(folder, _TABLES):
        try:
            curated = read(table.read_bytes(), file=table.name, name=table.stem)
        except (UsageError, OSError):
            continue  # told of as a file that is passed over
        _put_under(_section(table, folder), curated.entries, entries)
    if not entries:
        raise UsageError(
            f"The {len(notes)} notes of {folder} hold no address of a page. As documents they come "
            f"in with `refdesk ingest {folder}`."
        )
    return CuratedList(
        name=name, title=folder.name, origin=None, base=None,
        lang=language_of([text[:400] for _, text in texts]),
        entries=tuple(entries.values()), topics=tuple(topics), ignored=tuple(ignored), form=FORM,
    )  # fmt: skip


def _texts_of(notes: Iterable[Path], folder: Path) -> tuple[list[tuple[Path, str]], list[Ignored]]:
    """Return the notes that can be read, each with its text, and why the others cannot."""
    texts: list[tuple[Path, str]] = []
    ignored: list[Ignored] = []
    for note in notes:
        try:
            texts.append((note, _text_of(note)))
        except (UsageError, OSError) as error:
            ignored.append(Ignored(str(note.relative_to(folder)), note.stem, str(error)[:300]))
    return texts, ignored


def _put_under(
    above: tuple[str, ...], some: Iterable[Entry], entries: dict[tuple[str, tuple[str, ...]], Entry]
) -> None:
    """Put entries of one file under the sections it lies in; what stands there already stays."""
    for entry in some:
        section = (*above, *entry.section)
        entries.setdefault((entry.url, section), replace(entry, section=section))


def _section(file: Path, folder: Path) -> tuple[str, ...]:
    """Return the folders a file lies in and its name, as people know them."""
    *above, _ = file.relative_to(folder).parts
    return tuple(dict.fromkeys(note_name(part) for part in (*above, file.stem)))


def _files(folder: Path, suffixes: tuple[str, ...]) -> Iterator[Path]:
    for file in sorted(folder.rglob("*")):
        inside = file.relative_to(folder)
        hidden = any(part.startswith(".") for part in inside.parts)
        # (links that lead out of the folder are told of where the documents are taken in)
        inner = not hidden and file.is_file() and real(file).is_relative_to(folder)
        if inner and file.suffix.lower() in suffixes:
            yield file


def _text_of(note: Path) -> str:
    if note.stat().st_size > MOST_BYTES:
        raise UsageError(f"{note.name} is larger than {MOST_BYTES / 1e6:.0f} MB")
    text = wiki.without_ours(decode(note.read_bytes()))
    return canvas.as_markdown(text) if note.suffix.lower() == _CANVAS else text


def _clipped_from(note: Path, text: str, under: tuple[str, ...]) -> ListBuilder:
    """Return the addresses that a note's front matter names as its source, with what it says."""
    said = front_matter.split_leniently(text)[0]
    named = {name.lower(): value for name, value in said.items()}
    shelf = ListBuilder()
    for value in (named.get(name) for name in _CLIPPED):
        for address in value if isinstance(value, list) else [value]:
            if isinstance(address, str) and is_web(address):
                shelf.take(
                    address,
                    text_of(named.get("title")) or note_name(note.stem),
                    under,
                    note=text_of(named.get("description")),
                    tags=_listed(named.get("tags")),
                    added=str(named.get("created") or named.get("date") or ""),
                )
    return shelf


def _aliases(text: str) -> list[str]:
    return _listed(front_matter.split_leniently(text)[0].get("aliases"))


def _listed(said: object) -> list[str]:
    """Return names of a property, which may be one or many."""
    return [str(name) for name in said] if isinstance(said, list) else [str(said)] if said else []
