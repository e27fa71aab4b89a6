"""Carrying a home to another machine: one file with its library, and its archive if asked.

The file is an ordinary ``.tar.gz`` that begins with a manifest of every other file in it: names,
sizes, SHA-256. Weights stay behind: they are had again, checked, where the home arrives, and so
does the key that says what a home wrote itself.

What arrives is unpacked beside the home, checked, and moved in at one stroke: a folder with the
name `_READY` is whole, and whoever writes to the home next finishes moving it.
"""

import contextlib
import gzip
import hashlib
import json
import os
import re
import shutil
import tarfile
import zlib
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from io import BufferedIOBase, BytesIO
from pathlib import Path
from typing import IO, Any, cast

from index.store.generation import Home
from index.store.recipe import FORMAT
from index.store.sqlite import Store
from ingest.archive.shelf import Folder, is_filled
from ingest.disk import sha256_of, sync
from ingest.errors import NothingFound, UsageError
from ingest.lists.catalog_file import CuratedList, Entry, Topic

_MANIFEST = "refdesk.json"
_PART = "import.part"
_READY = "import.ready"
_MOST_MANIFEST = 16_000_000  # bytes
_MOST_FILES = 100_000
_MOST_RATIO = 30  # times its packed size a file may unpack to; texts and vectors need less than 5
_SMALL = 100_000_000  # bytes that may come out of any file
_CHUNK = 1 << 20
_NAME = re.compile(
    r"library/CURRENT|cache/vectors\.sqlite"
    # of a file that a person put there: any name that every disk takes and that hides nothing
    r"|archive/(?![ .-])[^/\\:*?\"<>|%\x00-\x1f\x7f\ud800-\udfff]{1,200}\.warc(\.gz)?"
    r"|library/(?P<generation>[0-9]{6,12})/(((words|others)/)?[A-Za-z0-9_][A-Za-z0-9_.-]{0,200}"
    r"|words/\.managed\.json)"
)


@dataclass(frozen=True, slots=True)
class Arrived:
    """What was unpacked: a home of its own in ``home``, and whether it brought its archive."""

    home: Home
    archive: bool


def export(home: Home, file: Path, *, archive: bool) -> int:
    """Write a home's current library into ``file``; return the bytes written.

    Raises:
        NothingFound: the home has no library.
        UsageError: the file cannot be written, exists already, or could not be imported again.
    """
    current = home.current()
    if current is None:
        raise NothingFound(f"The home {home.root} holds no library yet: run `refdesk ingest`.")
    files = _to_carry(home, current, archive=archive)
    sizes = {name: path.stat().st_size for name, path in files.items()}
    manifest = {
        "format": FORMAT,
        "generation": current.name,
        "archive": archive,
        "files": {name: [sizes[name], sha256_of(path)] for name, path in files.items()},
    }
    if wrong := _wrong(manifest):
        raise UsageError(
            f"The home {home.root} cannot be exported so that it comes back: {wrong}. Rename that "
            "file in letters, digits and blanks, run `refdesk rebuild`, then export again."
        )
    partial = file.with_name(f"{file.name}.part")
    try:
        if file.exists():
            raise FileExistsError
        _write(partial, manifest, files, level=9)
        if sum(sizes.values()) > _most(partial):  # as it is: packed so well, it would be refused
            _write(partial, manifest, files, level=0)
        sync(partial)
        partial.rename(file)  # a file under its final name is whole
    except FileExistsError:
        raise UsageError(f"{file} exists already: choose another name.") from None
    except OSError as error:
        raise UsageError(f"{file} cannot be written: {error.strerror}.") from error
    finally:
        with contextlib.suppress(OSError):
            partial.unlink()
    return file.stat().st_size


def _to_carry(home: Home, current: Path, *, archive: bool) -> dict[str, Path]:
    """Return the files of an export by their names in it."""
    files = {
        f"library/{current.name}/{path.relative_to(current).as_posix()}": path
        for path in sorted(current.rglob("*"))
        if path.is_file() and not path.name.endswith(".lock")
    }
    if archive:
        names = sorted(warc.name for warc in Folder(home.archive).warcs())
        files |= {f"archive/{name}": home.archive / name for name in names}
        vectors = home.cache / "vectors.sqlite"
        if vectors.exists():
            files["cache/vectors.sqlite"] = vectors
    return files


def _write(
    target: Path, manifest: Mapping[str, Any], files: Mapping[str, Path], *, level: int
) -> None:
    body = json.dumps(manifest).encode()
    # what a link leads to is carried, and each of several names of one file
    with tarfile.open(target, "w:gz", compresslevel=level, dereference=True) as bundle:
        head = tarfile.TarInfo(_MANIFEST)
        head.size = len(body)
        bundle.addfile(head, BytesIO(body))
        for name, path in files.items():
            bundle.add(path, name, recursive=False, filter=_anonymous)


def _most(file: Path) -> int:
    """Return to how many bytes an export of its size may unpack."""
    return max(_SMALL, _MOST_RATIO * file.stat().st_size)


def unpack(home: Home, file: Path) -> Arrived:
    """Unpack an exported home beside ``home``, every file compared with the manifest.

    Nothing of it counts before `settle`.

    Raises:
        UsageError: the file is no export, is damaged or of another version, or the home is in use.
    """
    if home.current() is not None or is_filled(home.archive):
        raise UsageError(
            f"The home {home.root} is not empty, and nothing in it is overwritten: choose another "
            "folder with --home."
        )
    arriving = home.root / _PART
    shutil.rmtree(arriving, ignore_errors=True)
    try:
        most = _most(file) + 2 * _MOST_MANIFEST
        with gzip.open(file, "rb") as packed:
            bounded = _Bounded(packed, most)
            stream = cast("IO[bytes]", bounded)
            bundle = tarfile.open(fileobj=stream, mode="r|")  # noqa: SIM115  # closing reads no more
            members = iter(bundle)
            manifest = _manifest(file, bundle, next(members, None))
            _check_room(home, file, manifest)
            missing = _place_members(file, bundle, members, manifest, arriving)
            while bounded.read(_CHUNK):  # a torn end shows itself only when it is read
                pass
            if missing:
                raise UsageError(
                    f"{file} is not a whole export of refdesk: it lacks {min(missing)}."
                )
    except FileNotFoundError:
        discard(home)
        raise UsageError(f"There is no file {file}.") from None
    except UsageError:
        discard(home)
        raise
    except (tarfile.TarError, EOFError, OSError, ValueError, zlib.error) as error:
        discard(home)
        raise UsageError(f"{file} is not a whole export of refdesk: {error}.") from error
    except BaseException:
        discard(home)
        raise
    there = Home(arriving)
    for folder in (there.archive, there.library, there.cache):
        folder.mkdir(parents=True, exist_ok=True)
    (there.library / "CURRENT").write_text(manifest["generation"] + "\n", encoding="utf-8")
    if not manifest["archive"]:
        there.without_archive.touch()
    return Arrived(there, manifest["archive"])


def _place_members(
    file: Path,
    bundle: tarfile.TarFile,
    members: Iterator[tarfile.TarInfo],
    manifest: dict[str, Any],
    arriving: Path,
) -> Mapping[str, Any]:
    """Put the files of an export in their places; return those of the manifest that it lacks.

    Raises:
        UsageError: one is not as the manifest says.
    """
    wanted = dict(manifest["files"])
    for member in members:
        size, digest = wanted.pop(member.name, (None, None))
        if size is None or not member.isreg() or member.size != size:
            raise UsageError(
                f"{file} is not an export of refdesk: it holds {member.name}, which is not as its "
                "manifest says."
            )
        held = bundle.extractfile(member)
        assert held is not None  # noqa: S101  # a regular file
        if _placed(held, arriving / member.name) != digest:
            raise UsageError(
                f"{file} is damaged: {member.name} is not what its manifest says. Nothing was "
                "taken in; export it again."
            )
    return wanted


def settle(home: Home) -> None:
    """Make what was unpacked, checked and perhaps rebuilt the content of the home."""
    arriving = home.root / _PART
    for folder, _, files in os.walk(arriving):
        for name in files:
            sync(Path(folder) / name)
        sync(Path(folder))
    arriving.rename(home.root / _READY)
    sync(home.root)
    finish(home)


def finish(home: Home) -> None:
    """Finish or undo an import that was interrupted; the caller holds the home's write lock."""
    discard(home)
    ready = home.root / _READY
    if not ready.is_dir():
        return
    there = Home(ready)
    if there.without_archive.exists():
        there.without_archive.replace(home.without_archive)
    for part in (*there.archive.glob("*"), *there.cache.glob("*")):
        part.replace(home.root / part.parent.name / part.name)
    for generation in there.generations():
        if not (home.library / generation.name).exists():
            generation.rename(home.library / generation.name)
    if (there.library / "CURRENT").exists():  # last: from here on it is this home's
        (there.library / "CURRENT").replace(home.library / "CURRENT")
    sync(home.library)
    shutil.rmtree(ready)


def discard(home: Home) -> None:
    """Remove what was unpacked and does not count."""
    shutil.rmtree(home.root / _PART, ignore_errors=True)


def is_pending(home: Home) -> bool:
    """Say whether an import was interrupted."""
    return (home.root / _READY).exists() or (home.root / _PART).exists()


def lists_of(home: Home) -> list[CuratedList]:
    """Return the lists a home knows by its library alone; where their links resolve is not kept."""
    current = home.current()
    if current is None:
        return []
    store = Store(current / "library.sqlite")
    entries: dict[str, list[Entry]] = defaultdict(list)
    topics: dict[str, list[Topic]] = defaultdict(list)
    for name, title, url, section, kind, source, difficulty, note in store.rows(
        "SELECT list, title, url, section, kind, source, difficulty, note FROM entries"
        " ORDER BY place"
    ):
        said = tuple(json.loads(section))
        entries[name].append(Entry(title, url, said, kind, source, difficulty, note))
    for name, title, section in store.rows(
        "SELECT list, title, section FROM topics ORDER BY rowid"
    ):
        topics[name].append(Topic(title, tuple(json.loads(section))))
    lists = [
        CuratedList(name, title, origin, None, lang, tuple(entries[name]), tuple(topics[name]))
        for name, title, origin, lang in store.rows(
            "SELECT name, title, origin, lang FROM lists ORDER BY place"
        )
    ]
    store.close()
    return lists


def _manifest(file: Path, bundle: tarfile.TarFile, member: tarfile.TarInfo | None) -> Any:
    """Read the manifest and check that it could be one of ours."""
    if member is None or member.name != _MANIFEST or not member.isreg():
        raise UsageError(f"{file} is not an export of refdesk: it does not begin with a manifest.")
    if member.size > _MOST_MANIFEST:
        raise UsageError(f"{file} is not an export of refdesk: its manifest is too long.")
    stream = bundle.extractfile(member)
    assert stream is not None  # noqa: S101  # a regular file
    try:
        manifest = json.loads(stream.read())
    except (ValueError, RecursionError) as error:
        raise UsageError(f"{file} is not an export of refdesk: its manifest: {error}.") from error
    if not isinstance(manifest, dict) or manifest.get("format") != FORMAT:
        raise UsageError(
            f"{file} was written by another version of refdesk: export it again with this one."
        )
    if "files" not in manifest:
        raise UsageError(
            f"{file} was written by an earlier refdesk, which did not note what is in it: export "
            "it again with this one."
        )
    wrong = _wrong(manifest)
    if wrong is not None:
        raise UsageError(f"{file} is not an export of refdesk: {wrong}.")
    return manifest


def _wrong(manifest: Mapping[str, Any]) -> str | None:
    """Say what of a manifest cannot be, or None."""
    generation, files = manifest.get("generation"), manifest.get("files")
    if not isinstance(generation, str) or not re.fullmatch("[0-9]{6,12}", generation):
        return "it names no generation"
    if not isinstance(manifest.get("archive"), bool) or not isinstance(files, dict):
        return "its manifest is no manifest"
    if len(files) > _MOST_FILES:
        return f"it holds more than {_MOST_FILES} files"
    for name, row in files.items():
        match = _NAME.fullmatch(name)
        if match is None or match["generation"] not in (None, generation):
            return f"it holds {name[:200]}"
        if not manifest["archive"] and not name.startswith("library/"):
            return f"it holds {name[:200]} and says that it has no archive"
        if (
            not isinstance(row, list)
            or len(row) != 2
            or not isinstance(row[0], int)
            or isinstance(row[0], bool)
            or row[0] < 0
            or not isinstance(row[1], str)
        ):
            return f"it does not say what {name[:200]} is"
    if f"library/{generation}/library.sqlite" not in files:
        return "it holds no library"
    return None


def _check_room(home: Home, file: Path, manifest: Mapping[str, Any]) -> None:
    """Refuse what says it unpacks to more than there can be or is room for."""
    total = sum(size for size, _ in manifest["files"].values())
    if total > _most(file):
        raise UsageError(
            f"{file} would unpack to {total / 1e6:.0f} MB, far more than a library of its size "
            "does: nothing was taken in."
        )
    free = shutil.disk_usage(home.root).free
    if 2 * total > free:  # once unpacked, once more while it is checked and made anew
        raise UsageError(
            f"{file} needs {2 * total / 1e6:.0f} MB, and there are {free / 1e6:.0f} MB left at "
            f"{home.root}: nothing was taken in."
        )


class _Bounded(BufferedIOBase):
    """A stream that gives so many bytes and no more."""

    def __init__(self, stream: gzip.GzipFile, most: int) -> None:
        self._stream = stream
        self._left = most

    def read(self, size: int | None = -1, /) -> bytes:
        chunk = self._stream.read(_CHUNK if size is None or size < 0 else size)
        self._left -= len(chunk)
        if self._left < 0:
            raise ValueError("it unpacks to far more than a library of its size does")
        return chunk


def _placed(stream: IO[bytes], target: Path) -> str:
    """Write a file and return its SHA-256."""
    target.parent.mkdir(parents=True, exist_ok=True)
    digest = hashlib.sha256()
    with target.open("xb") as out:
        for chunk in _chunks(stream.read):
            digest.update(chunk)
            out.write(chunk)
    return digest.hexdigest()


def _chunks(read: Callable[[int], bytes]) -> Iterator[bytes]:
    while chunk := read(_CHUNK):
        yield chunk


def _anonymous(member: tarfile.TarInfo) -> tarfile.TarInfo:
    member.uid = member.gid = 0
    member.uname = member.gname = ""
    member.mode = 0o600
    return member
