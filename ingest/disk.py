"""Files on disk: written whole or not at all, durably; known by their SHA-256."""

import errno
import hashlib
import json
import math
import os
import shutil
import sqlite3
import stat
import uuid
from pathlib import Path
from typing import Any

_LARGEST = 64_000_000  # bytes of a text of ours


def sync(path: Path) -> None:
    """Wait until a file, or the names in a folder, would outlive the machine losing power."""
    windows = os.name == "nt"
    if windows and path.is_dir():
        return  # a folder cannot be opened there
    descriptor = os.open(path, os.O_RDWR if windows else os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def expanded(path: Path) -> Path:
    """Return a path with a person's own folder for ``~``; where there is no such, as it is."""
    return Path(os.path.expanduser(path))  # noqa: PTH111  # pathlib's own raises


def real(path: Path) -> Path:
    """Return the place a path leads to, `expanded`, through links as far as they lead anywhere."""
    return Path(os.path.realpath(expanded(path)))


def make_way(place: Path, *, for_folder: bool = False) -> None:
    """Put aside what stands where a file of ours belongs and is none, or where a folder does.

    Whatever it holds stays beside, under a name that nothing looks for.
    """
    if not _is_taken(place) or (place.is_dir() if for_folder else place.is_file()):
        return
    number = 1
    while os.path.lexists(aside := place.with_name(f"{place.name}.aside-{number}")):
        number += 1
    place.rename(aside)


def _is_taken(place: Path) -> bool:
    """Say whether something stands there; what is made at a link to nowhere goes where it leads."""
    try:
        place.stat()
    except OSError as error:
        return error.errno == errno.ELOOP
    return True


def remove(place: Path) -> None:
    """Remove a file, a link, or a folder with all that is in it, if it is there.

    Others may have the folder open, so first it goes from under its name: what reads a word index
    makes a lock file in it at any moment, and a folder that is not empty cannot be removed. The
    name in between ends in ``.part``, as all that is unfinished.
    """
    if place.is_dir() and not place.is_symlink():
        aside = place.with_name(f"{place.name}.{uuid.uuid4().hex[:8]}.part")
        place.rename(aside)
        shutil.rmtree(aside)
    else:
        place.unlink(missing_ok=True)


def share(file: Path, other: Path) -> None:
    """Let a file that never changes have another name too; a copy where a disk knows no such links.

    FAT, exFAT and many network drives know none.
    """
    try:
        os.link(file, other)
    except OSError:
        shutil.copy2(file, other)


def settle(partial: Path, target: Path) -> None:
    """Make a finished file durable under its name, all at once."""
    sync(partial)
    make_way(target)
    partial.replace(target)


def write_whole(path: Path, text: str, *, mode: int = 0o666) -> None:
    """Write a file of text, durably: under its name stands the old text or the new, never half.

    Nobody may do more with it than ``mode`` says, from its first byte on.
    """
    partial = path.with_name(f"{path.name}.part")
    remove(partial)
    descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
        stream.write(text)
    settle(partial, path)


def own_bytes(file: Path, most: float = math.inf) -> bytes:
    """Return what a file that refdesk wrote holds, if it is one: what stands there may be anything.

    A pipe is not waited for, a device or what something blew up is not read.

    Raises:
        OSError: there is none, it is no plain file, it has more than ``most`` bytes, or unreadable.
    """
    how = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    with os.fdopen(os.open(file, how), "rb") as stream:
        status = os.fstat(stream.fileno())
        if not stat.S_ISREG(status.st_mode):
            raise OSError(errno.EINVAL, "it is no file", str(file))
        if status.st_size > most:
            raise OSError(errno.EFBIG, "it is too large for what it is", str(file))
        return stream.read()


def own_text(file: Path, *, errors: str = "strict") -> str:
    """Return the text of a file that refdesk wrote: a setting, a record, a list; see `own_bytes`.

    Raises:
        OSError: as there; none of these has more than 64 MB.
        ValueError: it is no UTF-8.
    """
    return own_bytes(file, _LARGEST).decode("utf-8", errors).replace("\r\n", "\n")


def bytes_of(file: Path, most: int) -> bytes:
    """Return what a file that a person named holds: a pipe or a device, too, but never for ever.

    Raises:
        OSError: it cannot be read.
        ValueError: it holds more than ``most`` bytes.
    """
    with file.open("rb") as stream:
        data = stream.read(most + 1)
    if len(data) > most:
        raise ValueError(f"it is larger than {most / 1e6:.0f} MB")
    return data


def json_of(text: str | bytes) -> Any:
    """Return what a text of JSON says, which may be anybody's.

    Raises:
        ValueError: it is no JSON, or nested so deeply that nobody meant it.
    """
    try:
        return json.loads(text)
    except RecursionError as error:
        raise ValueError("it is nested too deeply") from error


def is_held(error: BaseException) -> bool:
    """Say whether an error of SQLite means that another process holds the file."""
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    return code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)


def sha256_of(path: Path) -> str:
    """Return the hex SHA-256 of a file."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
