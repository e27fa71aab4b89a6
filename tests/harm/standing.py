"""What may stand in a home and does not belong there, each by name: a change to make to a home.

Copies that other programs leave, folders where files belong and files where folders do, links in
circles, databases of another shape, settings that say nothing. Whatever it is, what the home holds
stays readable, and nothing that was put there is thrown away.
"""

import os
import random
import shutil
import sqlite3
import stat
from collections.abc import Callable
from pathlib import Path

Change = Callable[[Path], object]

PLACES = (
    "library.txt", "identity.txt", "embedder.txt", "library/CURRENT", "writer.lock", "writer.json",
    "quarantine.json", "gaps.sqlite", "threads.sqlite", "notes.sqlite", "cards.sqlite",
    "digests.jsonl", "archive/refdesk.key", "archive/adopted.json", "cache/vectors.sqlite",
    "cache/model-costs.json", "library/CURRENT.part", "archive/refdesk.key.part",
)  # fmt: skip
"""Where a home keeps a file of its own."""


def folder_at(place: str) -> Change:
    """Put a folder with a person's file in it where a file of the home belongs."""

    def change(home: Path) -> None:
        _clear(home / place)
        (home / place).mkdir(parents=True)
        (home / place / "mine.txt").write_text("mine")

    return change


def file_at(place: str) -> Change:
    """Put a file where a folder of the home belongs that can be made again."""

    def change(home: Path) -> None:
        _clear(home / place)
        (home / place).write_text("mine")

    return change


def no_files() -> dict[str, Change]:
    """Return what may stand in the place of every file of a home and is none."""

    def everywhere(make: Callable[[Path], object]) -> Change:
        def change(home: Path) -> None:
            indexes = [each.relative_to(home) for each in home.glob("archive/*.index.jsonl")]
            for place in (*PLACES, *indexes):
                if place != "writer.lock":  # that one is made before anything is looked at
                    _clear(home / place)
                    (home / place).parent.mkdir(exist_ok=True)
                    make(home / place)

        return change

    def socket_at(at: Path) -> None:
        os.mknod(at, stat.S_IFSOCK | 0o600)

    def hole(at: Path) -> None:
        with at.open("wb") as file:
            file.truncate(3_000_000_000)

    return {
        "pipe": everywhere(os.mkfifo), "socket": everywhere(socket_at), "hole": everywhere(hole),
        "endless": everywhere(lambda at: at.symlink_to("/dev/zero")),
        "itself": everywhere(lambda at: at.symlink_to(at.name)),
        "nowhere": everywhere(lambda at: at.symlink_to("nothing")),
    }  # fmt: skip


def in_archive() -> dict[str, Change]:
    """Return what may lie among the files of an archive."""

    def copied(name: str) -> Change:
        def change(home: Path) -> None:
            first = _first(home)
            stem = first.name.removesuffix(".warc.gz")
            shutil.copy(first, first.with_name(name.format(stem=stem)))

        return change

    def made(name: str, make: Callable[[Path], object]) -> Change:
        return lambda home: make(home / "archive" / name)

    odd = "given-000009-x.warc.gz"
    return {
        "conflicted": copied("{stem} (conflicted copy 2026-01-01).warc.gz"),
        "sync-conflict": copied("{stem}.sync-conflict-20260101-101010-ABCDEFG.warc.gz"),
        "backup": copied("{stem}.warc.gz~"), "second": copied("{stem} (1).warc.gz"),
        "same-number": copied("given-000001-zzz.warc.gz"),
        "number-of-30-digits": copied(f"given-{'9' * 30}-x.warc.gz"),
        "unicode-digits": copied("given-０００００９-x.warc.gz"),
        "newline": copied("given-000009-a\nb.warc.gz"),
        "chinese": copied("given-000009-中 文.warc.gz"),
        "no-utf-8": lambda home: shutil.copy(
            _first(home), os.fsencode(home / "archive") + b"/given-000009-\xff.warc.gz"
        ),
        "appledouble": made(f"._{odd}", lambda at: at.write_bytes(b"\0\5\26\7Mac OS X" * 9)),
        "folder": made(odd, Path.mkdir), "loop": made(odd, lambda at: at.symlink_to(at.name)),
        "leads-nowhere": made(odd, lambda at: at.symlink_to("nothing")),
        "endless": made(odd, lambda at: at.symlink_to("/dev/zero")), "pipe": made(odd, os.mkfifo),
        "sub-folder": lambda home: shutil.copytree(home / "archive", home / "archive" / "old"),
    }  # fmt: skip


def in_library() -> dict[str, Change]:
    """Return what may lie among the generations of a library, and beside their files."""

    def made(name: str, make: Callable[[Path], object]) -> Change:
        return lambda home: make(home / "library" / name)

    def noise(at: Path) -> int:
        return at.write_bytes(random.Random(1).randbytes(5000))

    def beside(name: str) -> Change:
        return lambda home: [noise(each / name) for each in _generations(home)]

    return {
        "file": made("000099", noise), "part": made("000099.part", noise),
        "part-loop": made("000099.part", lambda at: at.symlink_to(at.name)),
        "part-leads-out": made("000099.part", lambda at: at.symlink_to(at.parent.parent)),
        "unicode-digits": made("０００００９", Path.mkdir), ".DS_Store": made(".DS_Store", noise),
        "wal": beside("library.sqlite-wal"), "in-words": beside("words/Thumbs.db"),
    }  # fmt: skip


def databases() -> dict[str, Change]:
    """Return shapes that the cache of vectors may have: of another program, or of a crash."""

    def shaped(*statements: str) -> Change:
        def change(home: Path) -> None:
            file = home / "cache" / "vectors.sqlite"
            file.unlink()
            db = sqlite3.connect(file)
            for statement in statements:
                db.execute(statement)
            db.commit()
            db.close()

        return change

    def beside(ending: str) -> Change:
        noise = random.Random(1).randbytes(5000)
        return lambda home: (home / "cache" / f"vectors.sqlite{ending}").write_bytes(noise)

    return {
        "columns": shaped("CREATE TABLE vectors (x)"), "tables": shaped("CREATE TABLE other (x)"),
        "view": shaped("CREATE VIEW vectors AS SELECT 1 AS key, 2 AS vector"),
        "version": shaped("PRAGMA user_version = 99"), "journal": beside("-journal"),
        "wal": beside("-wal"),
    }  # fmt: skip


def _clear(place: Path) -> None:
    if place.is_dir():
        shutil.rmtree(place)
    else:
        place.unlink(missing_ok=True)


def _first(home: Path) -> Path:
    return min((home / "archive").glob("given-000001*.warc.gz"))


def _generations(home: Path) -> list[Path]:
    return [each for each in (home / "library").glob("0*") if each.is_dir()]
