"""Generations on disk: which one counts, making the next one, one writer per home.

A generation is a folder that never changes once its name stands in ``CURRENT``. Two are kept, so a
reader that opened the one before still finds its files.
"""

import contextlib
import errno
import json
import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock, Timeout

from ingest.errors import HomeBusy, RefdeskError, UsageError

_KEPT = 2
_FULL = (errno.ENOSPC, errno.EDQUOT)
_FULL_WORDS = ("no space left", "disk is full", "quota exceeded")
_ROOM = 65_536  # bytes; with less nothing can be written, whatever the error says


@dataclass(frozen=True, slots=True)
class Home:
    """The folders of a home."""

    root: Path

    @property
    def archive(self) -> Path:
        """WARC files: all that an offline rebuild needs."""
        return self.root / "archive"

    @property
    def library(self) -> Path:
        """Generations and the ``CURRENT`` pointer."""
        return self.root / "library"

    @property
    def models(self) -> Path:
        """Weights."""
        return self.root / "models"

    @property
    def cache(self) -> Path:
        """What can be computed again."""
        return self.root / "cache"

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
            for folder in (self.archive, self.library, self.models, self.cache):
                folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise UsageError(
                f"The home {self.root} cannot be made: {error.strerror}. Choose another folder "
                "with --home or REFDESK_HOME."
            ) from error

    def current(self) -> Path | None:
        """Return the folder of the generation that counts, if there is one yet."""
        try:
            name = (self.library / "CURRENT").read_text(encoding="utf-8").strip()
        except (FileNotFoundError, NotADirectoryError):
            return None
        return self.library / name

    def begin(self) -> Path:
        """Make the folder of the next generation, empty; an unfinished one of before goes."""
        number = 1 + max((_number(folder) for folder in self._generations()), default=0)
        if (now := self.current()) is not None:
            number = max(number, _number(now) + 1)
        for leftover in self.library.glob("*.part"):
            shutil.rmtree(leftover)
        folder = self.library / f"{number:06d}.part"
        folder.mkdir(parents=True)
        return folder

    def publish(self, folder: Path) -> Path:
        """Make a finished generation the one that counts, durably and all at once."""
        final = folder.with_suffix("")
        for file in folder.rglob("*"):
            _sync(file)
        _sync(folder)
        folder.rename(final)
        pointer = self.library / "CURRENT.part"
        pointer.write_text(final.name + "\n", encoding="utf-8")
        _sync(pointer)
        pointer.replace(self.library / "CURRENT")
        _sync(self.library)
        for old in sorted(self._generations(), key=_number)[:-_KEPT]:
            shutil.rmtree(old)
        return final

    def _generations(self) -> list[Path]:
        return [f for f in self.library.glob("*") if f.is_dir() and f.name.isdigit()]

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
                (self.root / "writer.json").write_text(note, encoding="utf-8")
                yield
        finally:
            lock.release()

    def writer(self) -> dict[str, object]:
        """Return what the last writer noted: its ``pid``, and ``what`` it did."""
        try:
            found = json.loads((self.root / "writer.json").read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}
        return found if isinstance(found, dict) else {}

    @contextlib.contextmanager
    def _while_there_is_room(self) -> Iterator[None]:
        try:
            yield
        except RefdeskError:
            raise
        except Exception as error:
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


def _number(folder: Path) -> int:
    return int(folder.stem) if folder.stem.isdigit() else 0


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
