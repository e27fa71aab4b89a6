"""Carrying a home to another machine: one file with its library, and its archive if asked.

The file is an ordinary ``.tar.gz``. Weights stay behind: they are had again, checked, where the
home arrives.
"""

import contextlib
import io
import json
import os
import shutil
import tarfile
from collections import defaultdict
from pathlib import Path, PurePosixPath

from index.store.generation import Home
from index.store.recipe import FORMAT
from index.store.sqlite import Store
from ingest.errors import NothingFound, UsageError
from ingest.lists.catalog_file import CuratedList, Entry, Topic

_MANIFEST = "refdesk.json"
_FOLDERS = ("library", "archive", "cache")


def export(home: Home, file: Path, *, archive: bool) -> int:
    """Write a home's current library into ``file``; return the bytes written.

    Raises:
        NothingFound: the home has no library.
        UsageError: the file cannot be written, or exists already.
    """
    current = home.current()
    if current is None:
        raise NothingFound(f"The home {home.root} holds no library yet: run `refdesk ingest`.")
    manifest = {"format": FORMAT, "generation": current.name, "archive": archive}
    if file.exists():
        raise UsageError(f"{file} exists already: choose another name.")
    part = file.with_name(f"{file.name}.part")  # a file under its final name is whole
    try:
        with tarfile.open(part, "w:gz") as bundle:
            _add_text(bundle, _MANIFEST, json.dumps(manifest))
            bundle.add(current, f"library/{current.name}", filter=_no_locks)
            _add_text(bundle, "library/CURRENT", f"{current.name}\n")
            vectors = home.cache / "vectors.sqlite"
            if archive:
                bundle.add(home.archive, "archive")
                if vectors.exists():
                    bundle.add(vectors, "cache/vectors.sqlite")
        _sync(part)
        part.rename(file)
    except OSError as error:
        raise UsageError(f"{file} cannot be written: {error.strerror}.") from error
    finally:
        with contextlib.suppress(OSError):
            part.unlink()
    return file.stat().st_size


def _add_text(bundle: tarfile.TarFile, name: str, text: str) -> None:
    data = text.encode()
    member = tarfile.TarInfo(name)
    member.size = len(data)
    bundle.addfile(member, io.BytesIO(data))


def _no_locks(member: tarfile.TarInfo) -> tarfile.TarInfo | None:
    return None if member.name.endswith(".lock") else member


def _sync(path: Path) -> None:
    with path.open("rb") as file:
        os.fsync(file.fileno())


def carry_in(home: Home, file: Path) -> None:
    """Unpack an exported home into one that has no library.

    Raises:
        UsageError: the file is no export, is damaged or of another version, or the home is in use.
    """
    if home.current() is not None or any(home.archive.glob("*.warc*")):
        raise UsageError(
            f"The home {home.root} is not empty, and nothing in it is overwritten: choose another "
            "folder with --home."
        )
    arriving = home.root / "import.part"
    try:
        with tarfile.open(file, "r:gz") as bundle:
            members = bundle.getmembers()
            _check(file, members)
            bundle.extractall(arriving, filter="data")
        manifest = json.loads((arriving / _MANIFEST).read_text("utf-8"))
        if manifest["format"] != FORMAT:
            raise UsageError(
                f"{file} was written by another version of refdesk: export it again with this one."
            )
        for name in ("archive", "cache"):
            for part in (arriving / name).glob("*"):
                part.replace(home.root / name / part.name)
        if not manifest["archive"]:
            home.without_archive.touch()
        generation = arriving / "library" / manifest["generation"]
        generation.rename(home.library / generation.name)
        (arriving / "library" / "CURRENT").replace(home.library / "CURRENT")
    except FileNotFoundError:
        raise UsageError(f"There is no file {file}.") from None
    except (tarfile.TarError, EOFError, OSError, ValueError, KeyError) as error:
        raise UsageError(f"{file} is not a whole export of refdesk: {error}.") from error
    finally:
        shutil.rmtree(arriving, ignore_errors=True)


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
    found = [
        CuratedList(name, title, origin, None, lang, tuple(entries[name]), tuple(topics[name]))
        for name, title, origin, lang in store.rows(
            "SELECT name, title, origin, lang FROM lists ORDER BY place"
        )
    ]
    store.close()
    return found


def _check(file: Path, members: list[tarfile.TarInfo]) -> None:
    for member in members:
        top = PurePosixPath(member.name).parts[:1]
        if not (member.isfile() or member.isdir()) or top not in {
            (_MANIFEST,),
            *((folder,) for folder in _FOLDERS),
        }:
            raise UsageError(f"{file} is not an export of refdesk: it holds {member.name}.")
    if _MANIFEST not in {member.name for member in members}:
        raise UsageError(f"{file} is not an export of refdesk: it holds no {_MANIFEST}.")
