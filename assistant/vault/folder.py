"""A vault's folder: which note is which file, and writing what changed.

A note is known by the id in its blocks, wherever a person moved it. What was written once and is
gone was thrown away by a person, and is not written again.
"""

import contextlib
import json
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from assistant.vault.names import file_name, folded
from assistant.vault.note import Known, Note, fresh, id_in, merged
from ingest.errors import UsageError

STATE = ".refdesk/vault.json"
_MOST = 5_000_000  # bytes of a note; larger files are none of ours


@dataclass(frozen=True, slots=True)
class Left:
    """Something of a note that is not as refdesk would write it, and why it stays so."""

    note: str
    reason: str


@dataclass(frozen=True, slots=True)
class Written:
    """What a run did: paths of notes, relative to the vault."""

    added: tuple[str, ...]
    changed: tuple[str, ...]
    unchanged: int
    left: tuple[Left, ...]


class Vault:
    """A folder that holds notes of ours among a person's.

    Raises:
        UsageError: it is no folder, or cannot be made or read.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        try:
            (folder / STATE).parent.mkdir(parents=True, exist_ok=True)
            self._texts = dict(_notes(folder))
        except OSError as error:
            raise UsageError(f"The vault {folder} cannot be used: {error.strerror}.") from error
        self._known, last = _state(folder / STATE)
        self._paths: dict[str, str] = {}
        for path, text in self._texts.items():
            note = id_in(text)
            # of copies a person made, the note is the one where it was last
            if note and (note not in self._paths or path == last.get(note)):
                self._paths[note] = path
        self._taken = {folded(path) for path in _files(folder)}

    def place(self, notes: Sequence[Note]) -> Mapping[str, str]:
        """Return the path of every note by its id: where it is, else a name nothing else has.

        The name of a note that is there stays, whatever becomes of its title.
        """
        for note in sorted(notes, key=lambda note: note.id):
            if note.id not in self._paths:
                self._paths[note.id] = self._free(note)
        return {note.id: self._paths[note.id] for note in notes}

    def write(self, notes: Sequence[Note]) -> Written:
        """Write the notes, those that were placed before; what is as it should be is not touched.

        Raises:
            UsageError: a file cannot be written; those before it were.
        """
        added: list[str] = []
        changed: list[str] = []
        left: list[Left] = []
        known = dict(self._known)
        for note in notes:
            path = self._paths[note.id]
            old = self._texts.get(path)
            if old is None and note.id in known:
                left.append(Left(path, "it was thrown away, so it is not written again"))
                continue
            done = fresh(note) if old is None else merged(
                old, note, known.get(note.id, Known({}, frozenset()))
            )  # fmt: skip
            left += [Left(path, reason) for reason in done.left]
            known[note.id] = done.known
            if done.text != old:
                _put(self.folder / path, done.text)
                (added if old is None else changed).append(path)
        state = _plain(known, self._paths)
        if state != _read(self.folder / STATE):
            _put(self.folder / STATE, state)
        count = len(notes) - len(added) - len(changed)
        return Written(tuple(added), tuple(changed), count, tuple(left))

    def _free(self, note: Note) -> str:
        name = file_name(note.title)
        for suffix in ("", *(f" ({note.id[:length]})" for length in (4, 8, 12))):
            path = f"{note.folder}/{name}{suffix}.md"
            if folded(path) not in self._taken:
                break
        self._taken.add(folded(path))
        return path


def _files(folder: Path) -> Iterator[str]:
    """Yield the files of a vault, without what programs keep in hidden folders."""
    for where, folders, files in os.walk(folder):
        folders[:] = sorted(folder for folder in folders if not folder.startswith("."))
        for name in sorted(files):
            yield (Path(where) / name).relative_to(folder).as_posix()


def _notes(folder: Path) -> Iterator[tuple[str, str]]:
    for path in _files(folder):
        file = folder / path
        if path.endswith(".md") and file.is_file() and file.stat().st_size <= _MOST:
            with contextlib.suppress(UnicodeDecodeError):  # none of ours, then
                yield path, file.read_bytes().decode("utf-8")


def _state(file: Path) -> tuple[dict[str, Known], dict[str, str]]:
    """Return what is known of earlier runs, and the path each note had then.

    Without it every property counts as a person's.
    """
    try:
        notes = json.loads(_read(file))["notes"]
        known = {
            note: Known(
                {str(key): str(value) for key, value in row["properties"].items()},
                frozenset(map(str, row["blocks"])),
            )
            for note, row in notes.items()
        }
        return known, {note: str(row["path"]) for note, row in notes.items()}
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return {}, {}


def _read(file: Path) -> str:
    try:
        return file.read_bytes().decode("utf-8")
    except (OSError, UnicodeDecodeError):
        return ""


def _plain(known: Mapping[str, Known], paths: Mapping[str, str]) -> str:
    notes: dict[str, Any] = {
        note: {
            "path": paths.get(note, ""),
            "properties": dict(written.properties),
            "blocks": sorted(written.blocks),
        }
        for note, written in sorted(known.items())
    }
    return json.dumps({"notes": notes}, indent=0, sort_keys=True, ensure_ascii=False) + "\n"


def _put(file: Path, text: str) -> None:
    """Write a file as a whole or not at all."""
    part = file.with_name(f".{file.stem[:40]}.part")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        part.write_bytes(text.encode("utf-8", "replace"))
        part.replace(file)
    except OSError as error:
        raise UsageError(f"{file} cannot be written: {error.strerror}.") from error
    finally:
        with contextlib.suppress(OSError):
            part.unlink()
