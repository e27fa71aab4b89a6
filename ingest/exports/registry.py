"""Which format a file is of, and the list it holds."""

import json
from dataclasses import replace
from pathlib import PurePosixPath

from ingest.errors import UsageError
from ingest.exports import (
    addresses,
    annotations,
    are_na,
    bibtex,
    bookmark_trees,
    bookmarks,
    csl_json,
    feeds,
    json_feed,
    json_rows,
    karakeep,
    linkwarden,
    omnivore,
    opml,
    packs,
    pocket,
    ris,
    starred,
    tables,
    zotero_items,
    zotero_rdf,
)
from ingest.exports.given import Format, Given, opened
from ingest.exports.shelf import ListBuilder
from ingest.lists.catalog_file import CuratedList
from ingest.lists.parser import decode, parse
from ingest.reading.decode import UnreadableError
from ingest.reading.titles import note_name

FORMATS: dict[str, Format] = {
    "bookmarks": bookmarks,
    "bookmark-tree": bookmark_trees,
    "pocket": pocket,
    "opml": opml,
    "zotero-rdf": zotero_rdf,
    "feed": feeds,
    "json-feed": json_feed,
    "starred": starred,
    "zotero": zotero_items,
    "linkwarden": linkwarden,
    "karakeep": karakeep,
    "hypothesis": annotations,
    "are-na": are_na,
    "csl-json": csl_json,
    "json": json_rows,
    "ris": ris,
    "bibtex": bibtex,
    "table": tables,
    "addresses": addresses,
}
"""By the name a list remembers it by, in the order they are asked; what none knows is Markdown."""

GROWS = ("feed", "json-feed")
"""Forms that show the newest entries only: the older ones stay."""

_HEAD = 4_000
_DOCUMENTS = (
    ".pdf",
    ".ipynb",
    ".mhtml",
    ".mht",
    ".docx",
    ".pptx",
    ".epub",
    ".tex",
    ".vtt",
    ".srt",
    ".jsonl",
)


def form_of(given: Given) -> str:
    """Return the name of a file's format, "" for Markdown."""
    return next((name for name, form in FORMATS.items() if form.recognises(given)), "")


def is_export(file: str, data: bytes) -> bool:
    """Say whether a file is what another program exported; Markdown and documents are not."""
    try:
        if packs.is_pack(data, Given(file, b"", "").suffix):
            return any(is_export(name, body) for name, body in packs.members(data, file))
        return bool(form_of(opened(file, data)))
    except UsageError:
        return False


def read_list(
    data: bytes, *, file: str, name: str, base: str | None = None, origin: str | None = None
) -> CuratedList:
    """Return the list that a file holds, whatever program wrote it.

    Args:
        data: its bytes.
        file: its name, or its address.
        name: what the list is called.
        base: what relative links resolve against.
        origin: where the list lives.

    Raises:
        UsageError: it cannot be read, or holds no address of a page.
    """
    suffix = Given(file, b"", "").suffix
    if suffix in _DOCUMENTS:
        raise UsageError(f"{file} is a document, not a list: `refdesk ingest {file}` takes it in.")
    if packs.is_pack(data, suffix):
        return _unpacked(data, file, name, base, origin)
    given = opened(file, data)
    form = form_of(given)
    if not form:
        _check_markdown(given)
        return parse(decode(data), name=name, base=base, origin=origin)
    shelf = ListBuilder(base or origin)
    kind = FORMATS[form]
    try:
        title = kind.read(given, shelf)
    except UnreadableError as error:
        raise UsageError(f"{file} cannot be read as {kind.WHAT}: {error.reason}.") from error
    return shelf.as_list(name, title, what=kind.WHAT, form=form, origin=origin)


def _check_markdown(given: Given) -> None:
    """Raise UsageError for a file of no format that is known and that is no Markdown either."""
    if given.suffix in (".csv", ".tsv"):
        raise UsageError(
            f"{given.file} is a table without a column of addresses: its first row is "
            f"“{given.head.strip().partition(chr(10))[0][:120]}”. What to do: export with links."
        )
    if given.value is not None:
        raise UsageError(
            f"{given.file} is JSON of a kind refdesk does not know: it reads bookmarks of Chromium "
            "and Firefox, exports of Omnivore, Linkwarden, Karakeep, Raindrop, Hypothesis and "
            "Are.na, starred entries of feed readers, "
            'CSL-JSON, JSON Feed, and arrays of objects with "url" and "title".'
        )
    if given.suffix == ".json":
        raise UsageError(f"{given.file} is no JSON: {_harm(given.text)}. Export it again.")


def _harm(text: str) -> str:
    """Say what is wrong with a text that should be JSON."""
    if not text.strip():
        return "it is empty"
    try:
        json.loads(text)
    except json.JSONDecodeError as error:
        return f"{error.msg} in line {error.lineno}"
    except RecursionError:
        return "it nests too deeply"
    except ValueError as error:  # a number of too many digits
        return str(error)[:100]
    return "it holds a single value and no entries"


def _unpacked(
    data: bytes, file: str, name: str, base: str | None, origin: str | None
) -> CuratedList:
    """Return the list that the members of a packed export hold together.

    Markdown among them is read as lists of links under its own name; what else is there is named.
    """
    shelf = ListBuilder(base or origin)
    titles: list[str] = []
    for member, body in omnivore.with_highlights(packs.members(data, file)):
        try:
            given = opened(member, body)
            form = form_of(given)
            if form and given.suffix not in _DOCUMENTS:
                titles += filter(None, [FORMATS[form].read(given, shelf)])
            elif given.suffix in (".md", ".markdown"):
                page = parse(decode(body), name=name, base=base, origin=origin)
                for entry in page.entries:
                    under = (note_name(PurePosixPath(member).name), *entry.section)
                    shelf.take(entry.url, entry.title, under, note=entry.note or "")
            else:
                shelf.leave(member, "", "no list: a page's own text is taken in by `ingest`")
        except (UsageError, UnreadableError):
            shelf.leave(member, "", "no list")
    return shelf.as_list(name, next(iter(titles), None), what="a packed export", form="pack",
                         origin=origin)  # fmt: skip


def grown(before: CuratedList | None, now: CuratedList) -> CuratedList:
    """Return a list as it is now, with its older entries where its form shows the newest only."""
    if before is None or now.form not in GROWS:
        return now
    have = {entry.url for entry in now.entries}
    older = tuple(entry for entry in before.entries if entry.url not in have)
    return replace(now, entries=now.entries + older)
