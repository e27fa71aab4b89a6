"""What a person hands to ``ingest``, files, folders and the primer, as archive resources.

Knows file names and media types; reads nothing of what a file says, apart from a look whether a
``.jsonl`` file is what it says it is.
"""

import json
from collections.abc import Callable, Iterator
from pathlib import Path

from ingest.archive.warc import Resource
from ingest.errors import UsageError
from ingest.shipped import shipped
from ingest.values import PRIMER

MEDIA_TYPES = {
    ".md": "text/markdown",
    ".markdown": "text/markdown",
    ".html": "text/html",
    ".htm": "text/html",
    ".txt": "text/plain",
    ".pdf": "application/pdf",
    ".ipynb": "application/x-ipynb+json",
    ".jsonl": "application/jsonl",
}


_MOST_BYTES = 2_000_000_000  # of a .jsonl, which may be a corpus; a page is refused far below


def resources(path: Path, skipped: Callable[[str], None] = lambda said: None) -> Iterator[Resource]:
    """Yield the readable files of ``path``: itself, or all below it when it is a folder.

    Hidden files and folders are passed over. ``skipped`` is told, in words for a person, of files
    of a folder that are not taken: those that cannot be read, and links that lead out of it.

    Raises:
        UsageError: nothing is there, nothing there is readable, or the kind of file is not known.
    """
    path = path.expanduser().resolve()
    if path.is_dir():
        files = sorted(
            file
            for file in path.rglob("*")
            if file.suffix.lower() in MEDIA_TYPES
            and file.is_file()
            and not any(part.startswith(".") for part in file.relative_to(path).parts)
        )
        if not files:
            kinds = " ".join(MEDIA_TYPES)
            raise UsageError(f"The folder {path} holds no file refdesk can read ({kinds}).")
        for file in files:
            if not file.resolve().is_relative_to(path):
                skipped(f"{file} leads out of the folder to {file.resolve()}: it was passed over.")
                continue
            try:
                yield _resource(file)
            except UsageError as error:
                skipped(f"{error} It was passed over.")
    elif path.suffix.lower() in MEDIA_TYPES and path.is_file():
        yield _resource(path)
    elif path.exists():
        kinds = " ".join([*MEDIA_TYPES, ".warc.gz"])
        raise UsageError(f"refdesk cannot read {path.name}: it reads {kinds} and folders of these.")
    else:
        raise UsageError(f"There is no file or folder {path}.")


def primer() -> Iterator[Resource]:
    """Yield the notes of the primer that ships with refdesk."""
    for note in sorted(shipped("primer").glob("*.md")):
        if note.stem != "README":
            yield Resource(f"{PRIMER}{note.stem}", "text/markdown", note.read_bytes())


def _resource(file: Path) -> Resource:
    try:
        if file.stat().st_size > _MOST_BYTES:
            raise UsageError(f"{file} is larger than {_MOST_BYTES / 1e6:.0f} MB.")
        body = file.read_bytes()
    except OSError as error:
        raise UsageError(f"{file} cannot be read: {error.strerror}.") from error
    media_type = MEDIA_TYPES[file.suffix.lower()]
    if media_type == "application/jsonl":
        _check_jsonl(file, body)
    return Resource(file.as_uri(), media_type, body)


def _check_jsonl(file: Path, body: bytes) -> None:
    for number, line in enumerate(body.splitlines(), 1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
            if not isinstance(row, dict) or not isinstance(row.get("text"), str):
                raise ValueError('every line must be an object with a "text"')
        except (ValueError, RecursionError) as error:
            raise UsageError(
                f"{file}, line {number}: {error}. Nothing was taken in; a line reads "
                '{"_id": "...", "title": "...", "text": "...", "url": "..."}.'
            ) from error
