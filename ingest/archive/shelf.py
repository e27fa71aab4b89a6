"""Where the WARC files of an archive lie: in the home's folder, or in an object store.

A file is made in the folder first and named when it is whole; one for an object store is then put
there under the same name, as a whole or not at all, and goes from the folder when it has arrived.
Indexes and the key stay in the folder. Which store it is stands in a file there, so that every
process that opens the archive finds it; keys for the store come from the environment alone.
"""

import contextlib
import hashlib
import mmap
import re
import shutil
from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Protocol

from ingest.disk import own_text, settle, sha256_of, write_whole
from ingest.errors import UsageError

_SETTING = "object-store.txt"
_SCHEMES = ("s3", "gs", "gcs", "az", "abfs", "file")
_URL = re.compile(rf"({'|'.join(_SCHEMES)})://([A-Za-z0-9][A-Za-z0-9._-]*|)(/[A-Za-z0-9._/-]+)?")
_BLOCK = 1 << 18  # bytes: what is read of a file at once; twice as much each time while it goes on
_MOST = 1 << 23
_CHUNK = 1 << 23
_PATIENCE = {"connect_timeout": 5, "read_timeout": 30, "retries": {"max_attempts": 1}}  # seconds
_TRIES = 3


class ArchiveUnreachable(UsageError):
    """The object store that holds an archive cannot be used now; the message says why."""


class Data(Protocol):
    """The bytes of one file."""

    def __len__(self) -> int: ...

    def __getitem__(self, part: slice, /) -> bytes: ...

    def find(self, sub: bytes, start: int, /) -> int:
        """Return where ``sub`` begins from ``start`` on, -1 if nowhere."""


@dataclass(frozen=True, slots=True)
class Warc:
    """One WARC file: its name, how many bytes it has, and a mark that changes with them."""

    name: str
    size: int
    mark: str


class Shelf(Protocol):
    """A place for WARC files."""

    def warcs(self) -> list[Warc]:
        """Return the files that are there and whole."""

    def opened(self, name: str) -> AbstractContextManager[Data]:
        """Open a file that is not empty for reading."""

    def remove(self, name: str) -> None:
        """Remove a file, if it is there."""

    def sha256(self, name: str) -> str:
        """Return the hex SHA-256 of a file."""


class Folder:
    """A folder of this machine."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def warcs(self) -> list[Warc]:
        """Return the files that hold anything."""
        warcs = []
        for file in self._folder.glob("*.warc*"):
            # a folder, a pipe or a link that leads nowhere holds no records
            if is_warc(file.name) and file.is_file() and (status := file.stat()).st_size:
                warcs.append(Warc(file.name, status.st_size, str(status.st_mtime_ns)))
        return warcs

    @contextlib.contextmanager
    def opened(self, name: str) -> Iterator[Data]:
        """See `Shelf`."""
        with (
            (self._folder / name).open("rb") as file,
            mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data,
        ):
            yield data

    def remove(self, name: str) -> None:
        """See `Shelf`."""
        (self._folder / name).unlink(missing_ok=True)

    def sha256(self, name: str) -> str:
        """See `Shelf`."""
        return sha256_of(self._folder / name)


class ObjectStore:
    """A prefix of an object store, spoken to by fsspec.

    Args:
        url: as `checked` returns it.

    Raises:
        ArchiveUnreachable: what speaks to stores of this kind is not installed.
    """

    def __init__(self, url: str) -> None:
        self.url = url
        with self._reaching("used"):
            import fsspec

            self._fs: Any
            options = {"config_kwargs": _PATIENCE} if url.startswith("s3:") else {}
            self._fs, root = fsspec.core.url_to_fs(url, use_listings_cache=False, **options)
            if hasattr(self._fs, "retries"):
                self._fs.retries = _TRIES
            self._root = str(root).rstrip("/")
        self._heads: dict[str, bytes] = {}

    def warcs(self) -> list[Warc]:
        """Return the files below the prefix.

        Raises:
            ArchiveUnreachable: as all methods of this class.
        """
        with self._reaching("listed"):
            try:
                rows = self._fs.ls(self._root, detail=True)
            except FileNotFoundError:  # nothing was put below it yet
                rows = []
        warcs = []
        for row in rows:
            name = str(row["name"]).rsplit("/", 1)[-1]
            if row["type"] == "file" and is_warc(name) and row["size"]:
                mark = row.get("ETag") or row.get("etag") or row.get("mtime") or row["size"]
                warcs.append(Warc(name, int(row["size"]), str(mark)))
        return warcs

    @contextlib.contextmanager
    def opened(self, name: str) -> Iterator[Data]:
        """See `Shelf`; nothing is read but the ranges that are looked at."""
        with self._reaching("read"):
            path = self._path(name)
            size = int(self._fs.info(path)["size"])
            if name not in self._heads:
                self._heads[name] = self._fs.cat_file(path, start=0, end=2)
        yield _Ranges(self, name, size, self._heads[name])

    def part(self, name: str, start: int, end: int) -> bytes:
        """Return a range of a file."""
        with self._reaching("read"):
            came = bytes(self._fs.cat_file(self._path(name), start=start, end=end))
            if len(came) != end - start:
                raise OSError(f"{name} gave {len(came)} of {end - start} bytes")
            return came

    def put(self, name: str, file: Path) -> None:
        """Put a finished file there: its name appears when all of it has arrived, or never."""
        with self._reaching("written"):
            if "file" in self._fs.protocol:  # a folder can be half-written, and may be missing
                target = Path(self._path(name))
                target.parent.mkdir(parents=True, exist_ok=True)
                settle(Path(shutil.copyfile(file, f"{target}.part")), target)
            else:
                self._put(name, file)
            there = int(self._fs.info(self._path(name))["size"])
            if there != file.stat().st_size:
                raise OSError(f"{name} arrived with {there} of {file.stat().st_size} bytes")
        self._heads.pop(name, None)

    def _put(self, name: str, file: Path) -> None:
        # closing a file that is not committed names nothing
        target = self._fs.open(self._path(name), "wb", autocommit=False, block_size=_CHUNK)
        try:
            with file.open("rb") as source:
                while chunk := source.read(_CHUNK):
                    target.write(chunk)
            target.close()
            target.commit()
        except BaseException:
            with contextlib.suppress(Exception):  # the first error is the one to tell
                target.discard()
            target.closed = True  # else it is written once more when it is collected
            raise

    def remove(self, name: str) -> None:
        """See `Shelf`."""
        with self._reaching("written"), contextlib.suppress(FileNotFoundError):
            self._fs.rm_file(self._path(name))
        self._heads.pop(name, None)

    def sha256(self, name: str) -> str:
        """See `Shelf`; all of the file is read."""
        digest = hashlib.sha256()
        with self.opened(name) as data:
            for start in range(0, len(data), _CHUNK):
                digest.update(data[start : start + _CHUNK])
        return digest.hexdigest()

    def fetch(self, name: str, file: Path) -> None:
        """Copy a file to a place on this machine."""
        with self.opened(name) as data, file.open("wb") as out:
            for start in range(0, len(data), _CHUNK):
                out.write(data[start : start + _CHUNK])

    def _path(self, name: str) -> str:
        return f"{self._root}/{name}"

    @contextlib.contextmanager
    def _reaching(self, how: str) -> Iterator[None]:
        """Turn whatever a store's library raises into one error that says what to do."""
        try:
            yield
        except ImportError as error:
            raise ArchiveUnreachable(
                f"The archive at {self.url} cannot be {how}: {error}. Install refdesk with the "
                "extra object-store (for gs:// also gcsfs, for az:// adlfs)."
            ) from error
        except Exception as error:
            said = " ".join(str(error).split())[:200] or type(error).__name__
            raise ArchiveUnreachable(
                f"The archive at {self.url} cannot be {how}: {said}. See that the store runs, and "
                "that its address and keys are in the environment (S3: AWS_ENDPOINT_URL, "
                "AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY); nothing was lost, run it again then."
            ) from error


class _Ranges:
    """The bytes of a file in an object store, read by ranges, each a window that is kept."""

    def __init__(self, store: ObjectStore, name: str, size: int, head: bytes) -> None:
        self._store = store
        self._name = name
        self._size = size
        self._head = head
        self._start = 0
        self._window = b""
        self._ahead = _BLOCK

    def __len__(self) -> int:
        return self._size

    def __getitem__(self, part: slice, /) -> bytes:
        start, end, _ = part.indices(self._size)
        if start >= end:
            return b""
        if end <= len(self._head):
            return self._head[start:end]
        over = self._start + len(self._window)
        if not self._start <= start or end > over:
            goes_on = self._window and self._start <= start <= over
            self._ahead = min(2 * self._ahead, _MOST) if goes_on else _BLOCK
            kept = self._window[start - self._start :] if goes_on else b""
            begin = start + len(kept)
            stop = min(self._size, max(end, begin + self._ahead))
            self._window = kept + self._store.part(self._name, begin, stop)
            self._start = start
        return self._window[start - self._start : end - self._start]

    def find(self, sub: bytes, start: int, /) -> int:
        """See `Data`."""
        while start < self._size:
            place = self[start : start + _BLOCK].find(sub)
            if place >= 0:
                return start + place
            start += max(1, _BLOCK - len(sub) + 1)
        return -1


def is_warc(name: str) -> bool:
    """Say whether a file is a WARC file by its name; hidden ones are other programs'."""
    return name.endswith((".warc", ".warc.gz")) and not name.startswith(".")


def is_filled(folder: Path) -> bool:
    """Say whether anything was ever kept in the archive at a folder."""
    return any(folder.glob("*.warc*")) or (folder / _SETTING).exists()


def checked(url: str) -> str:
    """Return the address of an object store without a slash at its end.

    Raises:
        UsageError: it is none that refdesk can use; one that holds keys is refused too.
    """
    plain = url.rstrip("/")
    if not _URL.fullmatch(plain) or ".." in plain:
        raise UsageError(
            f"{url} is no place for an archive: give s3://BUCKET/PREFIX, gs://BUCKET/PREFIX, "
            "az://CONTAINER/PREFIX or file:///FOLDER. Keys stand in the environment."
        )
    return plain


def store_of(folder: Path) -> ObjectStore | None:
    """Return the object store of the archive at a folder, None where its files lie there.

    Raises:
        ArchiveUnreachable: what speaks to stores of this kind is not installed.
        UsageError: the setting is damaged.
    """
    try:
        url = own_text(folder / _SETTING).strip()
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as error:
        raise UsageError(
            f"{folder / _SETTING} says which object store holds the archive, and cannot be read "
            f"({error}). Write the address there again, or remove it if the archive is here."
        ) from error
    return _store(checked(url))


def settle_at(folder: Path, url: str | None) -> None:
    """Note which object store holds the archive at a folder; None: the folder itself."""
    if url is None:
        (folder / _SETTING).unlink(missing_ok=True)
    else:
        write_whole(folder / _SETTING, url + "\n")


@lru_cache(maxsize=8)  # one that speaks to a store has connections, and knows the files' heads
def _store(url: str) -> ObjectStore:
    return ObjectStore(url)
