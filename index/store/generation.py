"""Generations on disk: which one counts, making the next one, one writer per home.

A generation is a folder that never changes once its name stands in ``CURRENT``. Two are kept, so a
reader that opened the one before still finds its files.
"""

import contextlib
import json
import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock, Timeout

from ingest.errors import HomeBusy, UsageError

OTHERS = "others"
"""Folder in a generation: the vectors of the model for other languages than English, if made."""

FINGERPRINT = "fingerprint"
"""File in it: the fingerprint of that model."""

_KEPT = 2


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
    def writing(self) -> Iterator[None]:
        """Be the one writer of this home while the block runs.

        Raises:
            HomeBusy: another process is writing; the message names it.
        """
        self.make()
        note = self.root / "writer.json"
        try:
            with FileLock(self.root / "writer.lock", timeout=0):
                note.write_text(json.dumps({"pid": os.getpid()}), encoding="utf-8")
                yield
        except Timeout:
            try:
                writer = f"process {json.loads(note.read_text(encoding='utf-8'))['pid']}"
            except (OSError, ValueError, KeyError):
                writer = "another process"
            raise HomeBusy(
                f"The home {self.root} is being written to by {writer}. Wait until it is done, "
                "or use another home."
            ) from None


def _number(folder: Path) -> int:
    return int(folder.stem) if folder.stem.isdigit() else 0


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
