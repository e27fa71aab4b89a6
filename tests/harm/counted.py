"""What comes of every bad input of this folder, counted.

``python -m tests.harm.counted [PART]...`` gives each input to a home of its own, through the desk,
and counts how many were read, how many named (by a page's reason or a refusal), and after how many
a further file could be taken in, the library made anew and a question answered. Parts are those of
`tests.harm.records.PARTS` (WARC records, each behind a good one), ``wholes`` (WARC files with three
good ones), ``rows``, ``files`` and ``exports``.
"""

import re
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import platformdirs

from assistant.desk import Desk
from ingest.bounded import pool
from ingest.disk import remove
from ingest.errors import UsageError
from tests.conftest import BREAD_PAGE
from tests.harm.exports import bad_exports
from tests.harm.files import documents, rows
from tests.harm.homes import copied
from tests.harm.records import PARTS, good_records, odd_files

QUESTION = "How hot should the oven be for rye bread?"
_PASSED_OVER = ("type-", "address-dns", "revisit-", "robots-page", "requests")
"""Inputs without a page, or with one that may not be read: nothing is said of each."""


_LEAST = {"wholes": 3}


def inputs(part: str, folder: Path) -> Iterator[Path]:
    """Yield the files of a part, each written below a folder when it is its turn."""
    if part == "exports":
        with closing(Desk(folder / "home", llm="extractive")) as desk:
            desk.export(folder / "sound.tar.gz", archive=True)
        (folder / "victim").mkdir()
        for _, file in bad_exports(folder / "sound.tar.gz", folder, folder / "victim"):
            yield file
        return
    good = next(good_records())
    files = {
        "wholes": lambda: ((f"{n}.{ending}", data) for n, (ending, data) in odd_files().items()),
        "rows": lambda: ((f"{name}.jsonl", data) for name, data in rows().items()),
        "files": lambda: documents().items(),
    }.get(part, lambda: ((f"{name}.warc", good + made) for name, made in PARTS[part]()))
    for name, data in files():
        file = folder / re.sub(r"[^\w.-]", "_", name[-100:])
        file.write_bytes(data)
        yield file


def came_of(home: Path, file: Path, least: int) -> str:
    """Give a file to a home; return whether it was read or named, "" if neither.

    It was read if as many pages were as its good ones and the bad one are: ``least``.
    """
    with closing(Desk(home, llm="extractive")) as desk:
        try:
            if file.name.endswith(".tar.gz"):
                desk.carry_in(file)
                return ""
            before = desk.status()["failures"]
            report = desk.ingest([file], seed=False, offline=True)
        except UsageError as error:
            return "named" if file.name in str(error) else ""
    if report.status["failures"] != before:
        return "named"
    return "read" if report.read >= least else ""


def goes_on(home: Path, name: str) -> bool:
    """Say whether a note can be taken in, the library made anew, and a question answered."""
    note = home.parent / "next.md"
    note.write_text(f"{BREAD_PAGE}\nThis loaf was baked after {name}.\n")
    try:
        with closing(Desk(home, llm="extractive")) as desk:
            taken = desk.ingest([note], seed=False, offline=True).status["digest"]
            same = desk.rebuild().status["digest"] == taken
            return same and not desk.ask(QUESTION).refused
    except Exception as error:
        print(f"after {name}: {error!r}"[:300], flush=True)
        return False


def count(part: str) -> Counter[str]:
    """Give every input of a part to a home; return how many came to what."""
    came: Counter[str] = Counter()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        sound, empty, target = folder / "home", folder / "empty", folder / "target"
        for home in (sound, empty):
            home.mkdir()
            (home / "models").symlink_to(platformdirs.user_cache_path("refdesk-tests"))
        (folder / "bread.md").write_text(BREAD_PAGE)
        with closing(Desk(sound, llm="extractive")) as desk:
            desk.ingest([folder / "bread.md"], seed=False, offline=True)
        for file in inputs(part, folder):
            copied(empty if part == "exports" else sound, target)
            said = came_of(target, file, 2 if part in PARTS else _LEAST.get(part, 1))
            if not said:
                said = "passed over" if file.name.startswith(_PASSED_OVER) else "silent"
            if said == "silent":
                print(f"silent: {file.name}", flush=True)
            came += Counter({"inputs": 1, said: 1, "went on": int(goes_on(target, file.name))})
            remove(target)
            remove(file)
    return came


def main(*parts: str) -> int:
    """Count, print, and return how many inputs were silent or ended a home."""
    pool.seconds_for = lambda size: 2.0  # no page of these needs it
    together: Counter[str] = Counter()
    for part in parts or (*PARTS, "wholes", "rows", "files", "exports"):
        came = count(part)
        together += came
        print(f"{part}: {_line(came)}", flush=True)
    print(f"all: {_line(together)}")
    return together["silent"] + together["inputs"] - together["went on"]


def _line(came: Counter[str]) -> str:
    return (
        f"{came['inputs']} inputs, {came['read']} read, {came['named']} named, "
        f"{came['passed over']} without a page, {came['silent']} silent; "
        f"the next ingest, rebuild and ask worked after {came['went on']}"
    )


if __name__ == "__main__":
    sys.exit(1 if main(*sys.argv[1:]) else 0)
