"""Generations on disk: which one counts, making the next one, one writer per home.

A generation is a folder that never changes once its name stands in ``CURRENT``. Two are kept, so a
reader that opened the one before still finds its files.
"""

import contextlib
import errno
import hashlib
import json
import os
import re
import shutil
import sqlite3
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock, Timeout

from index.store import sums
from index.store.served import Served, place
from ingest.disk import is_held, json_of, make_way, own_text, remove, sync, write_whole
from ingest.errors import HomeBusy, RefdeskError, UsageError
from ingest.text.digits import whole_number

OTHERS = "others"
"""Folder in a generation: the vectors of the model for other languages than English, if made."""

FINGERPRINT = "fingerprint"
"""File in it: the fingerprint of that model."""

_KEPT = 2
_SETTING = "library.txt"
_PARTS = {"library.sqlite", "sums.json", "vectors.faiss", "words", "numbers.npy"}
_POINTER = re.compile(r"[0-9]{6,12}")
_FULL = (errno.ENOSPC, errno.EDQUOT)
_REFUSED = (errno.EIO, errno.EROFS, errno.EPERM, errno.EFBIG)
_REFUSED_DATABASE = (sqlite3.SQLITE_IOERR, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN)
_FULL_WORDS = ("no space left", "disk is full", "quota exceeded")
_ROOM = 65_536  # bytes; with less nothing can be written, whatever the error says


@dataclass(frozen=True, slots=True)
class Home:
    """The folders of a home; its library may lie elsewhere, where ``named`` or its setting says."""

    root: Path
    named: str = ""

    @property
    def archive(self) -> Path:
        """WARC files: all that an offline rebuild needs."""
        return self.root / "archive"

    @property
    def library(self) -> Path:
        """Generations and the ``CURRENT`` pointer; of a served library what of it is here."""
        where = self._place()
        if isinstance(where, Served):
            return self.cache / "served" / hashlib.sha256(str(where).encode()).hexdigest()[:16]
        return where

    @property
    def served(self) -> Served | None:
        """The library in Milvus, None where it lies in a folder."""
        where = self._place()
        return where if isinstance(where, Served) else None

    def _place(self) -> Served | Path:
        said = self.named.strip()
        if not said:
            with contextlib.suppress(OSError, UnicodeDecodeError):
                said = own_text(self.root / _SETTING).strip()
        return place(said) if said else self.root / "library"

    def keep_named(self) -> None:
        """Let the library that was named be this home's from now on."""
        if not self.named:
            return
        where, setting = self._place(), self.root / _SETTING
        if where == (self.root / "library").absolute():
            setting.unlink(missing_ok=True)
        else:
            write_whole(setting, f"{where}\n")

    def identity(self) -> str:
        """Return the mark of this home among those that write to libraries elsewhere."""
        note = self.root / "identity.txt"
        if not note.is_file():
            write_whole(note, f"{uuid.uuid4().hex}\n")
        return own_text(note).strip()

    @property
    def models(self) -> Path:
        """Weights."""
        return self.root / "models"

    @property
    def cache(self) -> Path:
        """What can be computed again."""
        return self.root / "cache"

    @property
    def quarantine(self) -> Path:
        """The list of pages that made a reader fail."""
        return self.root / "quarantine.json"

    @property
    def without_archive(self) -> Path:
        """Stands while the library came from elsewhere and its archive did not come with it."""
        return self.root / "archive-left-out"

    def make(self) -> None:
        """Make the home.

        Raises:
            UsageError: it cannot be made or written to.
        """
        try:
            self.root.mkdir(parents=True, exist_ok=True)
            self._keep_private()
            self._keep_to_ours()
            for folder in (self.library, self.cache):  # both can be made again
                make_way(folder, for_folder=True)
            for folder in (self.archive, self.library, self.models, self.cache):
                folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            place = error.filename or self.root
            raise UsageError(
                f"The home {self.root} cannot be made: {place}: {error.strerror}. Choose another "
                "folder with --home or REFDESK_HOME."
            ) from error

    def _keep_to_ours(self) -> None:
        """Let no library be made among a person's other things: what is old in one is deleted.

        Raises:
            UsageError: the folder that was named for it holds some.
        """
        if self.library.parent == self.root or not self.library.is_dir():
            return
        others = [each.name for each in _not_ours(self.library) if not each.name.startswith(".")]
        if others:
            raise UsageError(
                f"The folder {self.library} holds other things than a library of refdesk "
                f"({', '.join(sorted(others)[:3])}): name one that is empty, or is not there yet."
            )

    def _keep_private(self) -> None:
        """Let nobody else of this machine look in, where that is ours to say."""
        with contextlib.suppress(OSError):
            if self.root.stat().st_mode & 0o077:
                self.root.chmod(0o700)

    def pointed(self) -> str | None:
        """Return the name of the generation ``CURRENT`` names, if it names one that is here."""
        try:
            name = own_text(self.library / "CURRENT").strip()
        except (OSError, ValueError):
            return None
        return name if _POINTER.fullmatch(name) and (self.library / name).is_dir() else None

    def current(self) -> Path | None:
        """Return the folder of the generation that counts, if there is one yet.

        Where ``CURRENT`` is damaged, that is the last one that was finished.
        """
        name = self.pointed()
        if name is not None:
            return self.library / name
        return max(self.generations(), key=_number, default=None)

    def begin(self, least: int = 1) -> Path:
        """Make the folder of the next generation, empty; an unfinished one of before goes.

        Its number is ``least`` or more.
        """
        number = 1 + max((_number(folder) for folder in self.generations()), default=0)
        number = max(number, least)
        for leftover in self.library.glob("*.part"):
            remove(leftover)
        folder = self.library / f"{number:06d}.part"
        folder.mkdir(parents=True)
        return folder

    def publish(self, folder: Path, share: Callable[[Path], None] = lambda folder: None) -> Path:
        """Make a finished generation the one that counts, durably and all at once.

        ``share`` lets it count elsewhere first, where it does; if that fails, it counts nowhere.
        """
        final = folder.with_suffix("")
        sums.write(folder, self.current())
        for file in folder.rglob("*"):
            sync(file)
        sync(folder)
        folder.rename(final)
        try:
            share(final)
        except BaseException:
            shutil.rmtree(final)
            raise
        self.point(final)
        for old in sorted(self.generations(), key=_number)[:-_KEPT]:
            remove(old)
        return final

    def drop_older(self) -> None:
        """Remove every generation but the one that counts: what was forgotten stands in them."""
        current = self.current()
        for folder in self.generations():
            if folder != current:
                with contextlib.suppress(OSError):  # a reader may hold it, on Windows
                    remove(folder)

    def point(self, folder: Path) -> None:
        """Let a finished generation be the one that counts, durably and all at once."""
        write_whole(self.library / "CURRENT", folder.name + "\n")
        sync(self.library)

    def note_embedder(self, name: str) -> None:
        """Note which embedding model libraries here are built with, should they all be lost."""
        note = self.root / "embedder.txt"
        if self.noted_embedder() != name:
            write_whole(note, name + "\n")

    def noted_embedder(self) -> str | None:
        """Return the name that was noted last."""
        try:
            return own_text(self.root / "embedder.txt").strip()
        except (OSError, ValueError):
            return None

    def generations(self) -> list[Path]:
        """Return the folders of all finished generations, oldest first."""
        folders = [f for f in self.library.glob("*") if _POINTER.fullmatch(f.name) and f.is_dir()]
        return sorted(folders, key=_number)

    @contextlib.contextmanager
    def writing(self, what: str = "write") -> Iterator[None]:
        """Be the one writer of this home while the block runs; ``what`` it does is noted.

        Raises:
            HomeBusy: another process is writing; the message names it.
            UsageError: nothing can be written there, or the disk is full; the library is as it was.
        """
        self.make()
        lock = FileLock(self.root / "writer.lock")
        try:
            make_way(self.root / "writer.lock")
            lock.acquire(timeout=0)
        except Timeout:
            pid = self.writer().get("pid")
            writer = f"process {pid}" if pid else "another process"
            raise HomeBusy(
                f"The home {self.root} is being written to by {writer}. Wait until it is done, "
                "or use another home."
            ) from None
        except OSError as error:
            raise UsageError(
                f"The home {self.root} cannot be written to: {error.strerror}. It can be searched "
                "and asked as it is; to change it, make it writable or choose another with --home."
            ) from error
        try:
            with self._while_there_is_room():
                note = json.dumps({"pid": os.getpid(), "what": what})
                write_whole(self.root / "writer.json", note)
                yield
        finally:
            lock.release()

    def writer(self) -> dict[str, object]:
        """Return what the last writer noted: its ``pid``, and ``what`` it did."""
        try:
            record = json_of(own_text(self.root / "writer.json"))
        except (OSError, ValueError):
            return {}
        return record if isinstance(record, dict) else {}

    @contextlib.contextmanager
    def _while_there_is_room(self) -> Iterator[None]:
        try:
            yield
        except RefdeskError:
            raise
        except Exception as error:
            if is_held(error):
                raise HomeBusy(
                    f"Another program holds a file of the home {self.root} ({error}). The library "
                    "is as it was and answers as before. Close that program, then run it again."
                ) from error
            if _is_refused(error):
                raise UsageError(
                    f"The home {self.root} cannot be written to: {_words_of(error)}. The library "
                    "is as it was and answers as before. See to the disk, then run it again."
                ) from error
            if not self._is_full(error):
                raise
            for leftover in self.library.glob("*.part"):
                shutil.rmtree(leftover, ignore_errors=True)
            raise UsageError(
                f"The disk that holds the home {self.root} is full: {error}. The library is as it "
                "was and answers as before. Make room, then run the command again."
            ) from error

    def _is_full(self, error: BaseException) -> bool:
        """Whether an error means a full disk: each library that writes says it in its own way."""
        seen: BaseException | None = error
        while seen is not None:
            if isinstance(seen, OSError) and seen.errno in _FULL:
                return True
            if any(word in str(seen).lower() for word in _FULL_WORDS):
                return True
            seen = seen.__cause__ or seen.__context__
        return shutil.disk_usage(self.root).free < _ROOM


def _words_of(error: Exception) -> str:
    return (error.strerror if isinstance(error, OSError) else None) or str(error)


def _is_refused(error: Exception) -> bool:
    """Say whether an error means that a disk or a system lets nothing be written."""
    if isinstance(error, sqlite3.Error):
        return getattr(error, "sqlite_errorcode", 0) & 0xFF in _REFUSED_DATABASE
    return isinstance(error, OSError) and error.errno in _REFUSED


def drop(library: Path) -> None:
    """Remove a library from a folder; the folder goes, too, if nothing else is in it."""
    if not library.is_dir():
        return
    others = set(_not_ours(library))
    for each in library.iterdir():
        if each not in others:
            remove(each)
    with contextlib.suppress(OSError):
        library.rmdir()


def _not_ours(library: Path) -> list[Path]:
    """Return what lies in the folder of a library and was not written by refdesk."""
    return [
        each
        for each in library.iterdir()
        if each.name not in ("CURRENT", "CURRENT.part") and not _is_generation(each)
    ]


def _is_generation(folder: Path) -> bool:
    """Say whether a folder is a generation, finished or not, whatever became of it."""
    if not _POINTER.fullmatch(folder.name.removesuffix(".part")) or not folder.is_dir():
        return False
    there = {each.name for each in folder.iterdir()}
    return not there or bool(there & _PARTS)


def _number(folder: Path) -> int:
    return whole_number(folder.stem) or 0
