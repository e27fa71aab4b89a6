"""What a person hands to ``ingest``, files, folders and the primer, as archive resources.

Knows file names and media types; reads nothing of what a file says, apart from a look whether a
``.jsonl`` file is what it says it is.
"""

import json
import os
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from ingest.archive.members import MOST_BYTES
from ingest.archive.values import Resource
from ingest.disk import real
from ingest.errors import UsageError
from ingest.shipped import shipped
from ingest.values import PRIMER

MEDIA_TYPES = {
    ".md": "text/markdown",
    ".markdown": "text/markdown",
    ".mdx": "text/markdown",
    ".qmd": "text/markdown",
    ".rmd": "text/markdown",
    ".html": "text/html",
    ".htm": "text/html",
    ".txt": "text/plain",
    ".pdf": "application/pdf",
    ".ipynb": "application/x-ipynb+json",
    ".jsonl": "application/jsonl",
    ".xhtml": "text/html",
    ".mhtml": "multipart/related",
    ".mht": "multipart/related",
    ".rst": "text/x-rst",
    ".org": "text/x-org",
    ".tex": "text/x-tex",
    ".vtt": "text/vtt",
    ".srt": "text/x-subrip",
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ".pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    ".epub": "application/epub+zip",
    ".canvas": "application/json",
}
_AS_WHAT = {
    ".doc": "a Word document", ".odt": "a text document",
    ".rtf": "a text document", ".pages": "a text document",
    ".mobi": "an electronic book", ".azw3": "an electronic book", ".djvu": "a scanned book",
    ".ppt": "slides", ".odp": "slides", ".key": "slides",
    ".xlsx": "a spreadsheet", ".xls": "a spreadsheet", ".ods": "a spreadsheet",
    ".csv": "a table", ".tsv": "a table",
}  # fmt: skip
"""Files that people read and refdesk does not: what each is."""

_CURE = "save them as PDF, HTML, Markdown or text to take them in"
_MOST_NAMED = 8

_MOST_ROWS = 2_000_000_000  # bytes of a .jsonl, which may be a corpus


def resources(path: Path, skipped: Callable[[str], None] = lambda said: None) -> Iterator[Resource]:
    """Yield the readable files of ``path``: itself, or all below it when it is a folder.

    Hidden files and folders are passed over. ``skipped`` is told, in words for a person, of files
    of a folder that are not taken: those of kinds that are not read, those that cannot be read, and
    links that lead out of it. What a browser saves beside a page, in a folder for its parts,
    belongs to the page.

    Raises:
        UsageError: nothing is there, nothing there is readable, or the kind of file is not known.
    """
    path = real(path)
    suffix = path.suffix.lower()
    if path.is_dir():
        yield from _of_folder(path, skipped)
    elif suffix in MEDIA_TYPES and path.is_file():
        yield resource(path)
    elif path.exists():
        what = f", {_AS_WHAT[suffix]}" if suffix in _AS_WHAT else ""
        kinds = " ".join([*MEDIA_TYPES, ".warc.gz"])
        raise UsageError(
            f"refdesk cannot read {path.name}{what}: it reads {kinds} and folders of these."
        )
    else:
        raise UsageError(f"There is no file or folder {path}.")


def _of_folder(folder: Path, skipped: Callable[[str], None]) -> Iterator[Resource]:
    said: list[str] = []
    files = sorted(
        file
        for file in _files_below(folder, said.append)
        if not _is_part_of_saved_page(file, folder)
    )
    taken = [file for file in files if file.suffix.lower() in MEDIA_TYPES]
    passed = [file for file in files if file.suffix.lower() not in MEDIA_TYPES]
    if passed:
        said.append(_passed_over(passed))
    if not taken:
        nothing = f"The folder {folder} holds no file refdesk can read ({' '.join(MEDIA_TYPES)})."
        raise UsageError(" ".join([nothing, *said[:_MOST_NAMED]]))
    for file in taken:
        try:
            yield resource(file)
        except UsageError as error:
            skipped(f"{error} It was passed over.")
    for each in said:
        skipped(each)


def _files_below(folder: Path, skipped: Callable[[str], None]) -> Iterator[Path]:
    """Yield the files below a folder; ``skipped`` is told of what is there and leads to none."""

    def failed(error: OSError) -> None:
        skipped(f"{error.filename} cannot be read: {error.strerror}. It was passed over.")

    for place, folders, names in os.walk(folder, onerror=failed):
        here = Path(place)
        within = here.relative_to(folder).parts
        folders[:] = [name for name in folders if not _is_setting((*within, name), folder)]
        for file in (here / name for name in names if not _is_setting((*within, name), folder)):
            if _leads_out(file, folder, skipped):
                continue
            if _is_file(file):
                yield file
            else:
                skipped(f"{file} is no file that can be read: it was passed over.")
        for name in folders:
            _leads_out(here / name, folder, skipped)


def _leads_out(path: Path, folder: Path, skipped: Callable[[str], None]) -> bool:
    """Say, here and to a person, whether a link leads out of a folder."""
    out = path.is_symlink() and not (leads := real(path)).is_relative_to(folder)
    if out:
        skipped(f"{path} leads out of the folder to {leads}: it was passed over.")
    return out


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except OSError:  # of a folder that may be listed and not entered
        return False


def _is_setting(parts: Sequence[str], folder: Path) -> bool:
    """Say whether a file is hidden, or one of the settings that Logseq keeps beside its pages."""
    of_logseq = parts[0] == "logseq" and (folder / "logseq" / "config.edn").is_file()
    return of_logseq or any(part.startswith(".") for part in parts)


def _passed_over(files: Sequence[Path]) -> str:
    """Say which files of a folder are of a kind that is not read, documents first."""
    named = [file for file in files if file.suffix.lower() in _AS_WHAT]
    others = [file for file in files if file.suffix.lower() not in _AS_WHAT]
    shown = [
        f"{file.name} ({_AS_WHAT[file.suffix.lower()]})" if file in named else file.name
        for file in [*named, *others][:_MOST_NAMED]
    ]
    more = len(files) - len(shown)
    said = ", ".join(shown) + (f" and {more} more" if more else "")
    count = f"{len(files)} files were" if len(files) > 1 else "1 file was"
    return f"{count} passed over, of kinds refdesk does not read: {said}; {_CURE}."


def _is_part_of_saved_page(file: Path, root: Path) -> bool:
    """Say whether a file lies in the folder that a browser saves beside a page, for its parts."""
    for folder in file.relative_to(root).parents:
        for end in ("_files", ".files"):
            name = folder.name.removesuffix(end)
            pages = (root / folder.parent / f"{name}{kind}" for kind in (".html", ".htm"))
            if name and name != folder.name and any(page.is_file() for page in pages):
                return True
    return False


def primer() -> Iterator[Resource]:
    """Yield the notes of the primer that ships with refdesk."""
    for note in sorted(shipped("primer").glob("*.md")):
        if note.stem != "README":
            yield Resource(f"{PRIMER}{note.stem}", "text/markdown", note.read_bytes())


def resource(file: Path) -> Resource:
    """Return a file of a kind of `MEDIA_TYPES` as a resource.

    Raises:
        UsageError: it is too large, or cannot be read.
    """
    media_type = MEDIA_TYPES[file.suffix.lower()]
    most = _MOST_ROWS if media_type == "application/jsonl" else MOST_BYTES
    try:
        if file.stat().st_size > most:
            raise UsageError(f"{file} is larger than {most / 1e6:.0f} MB.")
        body = file.read_bytes()
    except OSError as error:
        raise UsageError(f"{file} cannot be read: {error.strerror}.") from error
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
