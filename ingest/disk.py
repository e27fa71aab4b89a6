"""Files on disk: written whole or not at all, durably; known by their SHA-256."""

import hashlib
import os
import shutil
import uuid
from pathlib import Path


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


def settle(partial: Path, target: Path) -> None:
    """Make a finished file durable under its name, all at once."""
    sync(partial)
    partial.replace(target)


def write_whole(path: Path, text: str) -> None:
    """Write a file of text, durably: under its name stands the old text or the new, never half."""
    partial = path.with_name(f"{path.name}.part")
    partial.write_text(text, encoding="utf-8")
    settle(partial, path)


def sha256_of(path: Path) -> str:
    """Return the hex SHA-256 of a file."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def remove_tree(folder: Path) -> None:
    """Remove a folder that others may have open: first it goes from under its name.

    What reads a word index makes a lock file in it at any moment, and a folder that is not empty
    cannot be removed. The name in between ends in ``.part``, as all that is unfinished.
    """
    aside = folder.with_name(f"{folder.name}.{uuid.uuid4().hex[:8]}.part")
    folder.rename(aside)
    shutil.rmtree(aside)
