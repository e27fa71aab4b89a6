"""A home with something of everything in it, ways to damage it, and what must hold afterwards.

``python -m tests.harm.homes [COUNT] [SEED]`` changes that many single bytes, one at a time, and
prints what came of them: each must be noticed or harmless, and repaired or named.
"""

import json
import random
import shutil
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

import platformdirs

import ingest.pipeline as pipeline
from assistant.desk import Desk
from assistant.home import checking, forgetting
from assistant.home.keeping import HomeWriter
from assistant.kept.gaps import Gaps
from assistant.kept.notes import Notes
from assistant.kept.store import KeptKind
from assistant.kept.threads import Threads
from assistant.learning.deck import Deck
from index.building import work
from index.models.embedder import Embedder
from index.search.library import Library
from index.store.generation import Home
from ingest.archive.warc import Archive
from ingest.bounded.quarantine import Quarantine
from ingest.bounded.sound import soundly
from ingest.disk import remove
from ingest.fetch.pace import Limits
from ingest.lists import catalog
from ingest.page import Page
from ingest.values import Document
from tests.conftest import BREAD_PAGE, MQA_PAGE, ZH_PAGE
from tests.generated import page
from tests.stand_in import Web

QUICK = Limits(pace=0, backoff=0.01, patience=0.2)
_FORGOTTEN = "https://given.example/40"
_LEFT_OUT = {"models", "writer.json", "writer.lock"}


def make(folder: Path, models: Path) -> Path:
    """Make a home: files given, a list, pages fetched, archives imported, a gap, a quarantine."""
    from tests.ingest.test_archive import write_warc

    home, notes = folder / "home", folder / "notes"
    home.mkdir()
    (home / "models").symlink_to(models)
    notes.mkdir()
    for name, text in (("mqa.md", MQA_PAGE), ("bread.md", BREAD_PAGE), ("kv.md", ZH_PAGE)):
        (notes / name).write_text(text, encoding="utf-8")
    rows = [{"_id": str(n), "title": f"Row {n}", "text": page(n)[200:600]} for n in range(3)]
    (notes / "rows.jsonl").write_text("\n".join(map(json.dumps, rows)))
    html = [("Content-Type", "text/html; charset=utf-8")]
    sites = {f"https://site.example/{n}": (200, html, page(n).encode()) for n in range(20, 23)}
    (folder / "mine.md").write_text(
        "# Mine\n\n## Pages\n\n" + "".join(f"- [Page]({url})\n" for url in sites)
    )
    with Web(dict(sites)) as web:
        desk = Desk(home, llm="extractive", transport=web.transport, limits=QUICK)
        desk.ingest([notes], seed=False, offline=True)
        desk.add_list(folder / "mine.md")
        desk.ingest(seed=False)
        for name, first in (("one.warc", 40), ("two.warc.gz", 44)):
            pages = [
                (f"https://given.example/{n}", "200 OK", html, page(n).encode())
                for n in range(first, first + 3)
            ]
            desk.ingest([write_warc(folder / name, pages)], seed=False, offline=True)
        desk.ask("who won the football championship of 1974?")
        desk.forget([_FORGOTTEN])
    Quarantine(home / "quarantine.json").hold("0" * 64, "https://x.example/", "the reader failed")
    return home


def files_of(home: Path) -> list[Path]:
    """Return the files of a home that damage may meet."""
    found = [each for each in home.rglob("*") if each.is_file() and each.stat().st_size]
    return sorted(
        each
        for each in found
        if each.relative_to(home).parts[0] not in _LEFT_OUT and each.suffix != ".lock"
    )


def places(home: Path, name: str) -> list[tuple[int, str]]:
    """Return where the records of a file of a home's archive begin, and their addresses."""
    archive = Archive(home / "archive")
    (warc,) = [each for each in archive.files() if each.name == name]
    return [(row["offset"], row["url"]) for row in archive.indexes.scan(warc)]


def damages(file: Path, data: bytes) -> Iterator[tuple[str, bytes | None]]:
    """Yield the ways a whole file may be harmed: a name, and its bytes (None: it is gone)."""
    chance = random.Random(file.name)
    middle = len(data) // 2
    yield "gone", None
    yield "empty", b""
    yield "half", data[:middle]
    yield "garbage", chance.randbytes(len(data))
    yield "longer", data + b"\0garbage"
    yield "zeros", data[:middle] + bytes(min(4096, len(data) - middle)) + data[middle + 4096 :]


def kept(home: Path) -> Sequence[KeptKind]:
    """Return what people keep in a home."""
    return (Threads(home), Notes(home), Gaps(home), Deck(home))


def copied(home: Path, target: Path) -> Path:
    """Return a copy of a home; weights are shared, and so is what never changes."""
    shutil.copytree(home, target, symlinks=True)
    return target


class Judge:
    """Knows what the sound home holds, and says what is wrong with one that was damaged."""

    def __init__(self, home: Path, embedder: Embedder) -> None:
        self._embedder = embedder
        self._documents = self._read(home)
        self._lists = self._known(home)
        self._digest = self._status(home)["digest"]

    def keeper(self, home: Path) -> HomeWriter:
        """Return what writes to a home."""
        return HomeWriter(Home(home), self._embedder, lambda *step: None)

    def verdict(self, home: Path) -> str:
        """Say what came of a damage: harmless, repaired or named; raise AssertionError if none."""
        keeper = self.keeper(home)
        found = tuple(checking.damages(Home(home), kept(home)))
        if not found:
            assert self._read(home) == self._documents, "other documents, and nothing was noticed"
            assert self._known(home) == self._lists, "other lists, and nothing was noticed"
            assert self._status(home)["digest"] == self._digest
            return "harmless"
        left = keeper.repair(kept(home)).damages
        if not left:
            assert self._read(home) == self._documents
            assert self._known(home) == self._lists
            assert self._status(home)["digest"] == self._digest
            if not any(each.where.startswith("library") for each in found):  # that was made anew
                assert keeper.rebuild().status["digest"] == self._digest
            return "repaired"
        assert all("refdesk" in each.cure or "list" in each.cure for each in left), left
        assert not any(each.repairable for each in left), left
        keeper.rebuild()
        left_over = self._read(home)
        again = left_over.pop(
            _FORGOTTEN, None
        )  # what says that it was forgotten may be what is lost
        assert again is None or any("given-" in each.where for each in left)
        assert {url: self._documents.get(url) for url in left_over} == left_over, (
            "another document is shown"
        )
        places = [each.cure.split("`refdesk forget ")[1].split("`")[0] for each in left]
        forgetting.forget(self.keeper(home), places, quarantined=False)
        assert self.keeper(home).repair(kept(home)).damages == ()
        assert self.keeper(home).rebuild().status["documents"] == self._status(home)["documents"]
        return "named"

    def _read(self, home: Path) -> dict[str, str]:
        found: dict[str, str] = {}
        for each in pipeline.pages(Archive(home / "archive")):
            for result in soundly(each.url, each.read) if isinstance(each, Page) else ():
                if isinstance(result, Document):
                    found[result.url] = result.sha256
        return found

    def _known(self, home: Path) -> list[object]:
        return list(catalog.known(Archive(home / "archive")))

    def _status(self, home: Path) -> dict[str, object]:
        return Library(Home(home), self._embedder).status()


class _Here:
    """Reads pages in this process: a thousand rebuilds need no more."""

    def __init__(self, quarantine: Quarantine) -> None:
        del quarantine

    def __enter__(self) -> "_Here":
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def read(self, pages: list[Page]) -> Iterator[tuple[Page, object]]:
        """Do what `Pool.read` does."""
        for each in pages:
            yield each, soundly(each.url, each.read)


def flipped(home: Path, chance: random.Random) -> str:
    """Change one random byte of a home; return which."""
    files = files_of(home)
    file = chance.choices(files, [each.stat().st_size for each in files])[0]
    data = bytearray(file.read_bytes())
    at = chance.randrange(len(data))
    data[at] ^= chance.randrange(1, 256)
    file.write_bytes(data)
    return f"{file.relative_to(home)} at {at}"


def main(count: int = 1000, seed: int = 1) -> int:
    """Change single bytes; print what came of them and return how many were missed."""
    work.Pool = _Here
    chance = random.Random(seed)
    models = Path(platformdirs.user_cache_path("refdesk-tests"))
    embedder = Embedder.open(models)
    came: Counter[str] = Counter()
    begun = time.monotonic()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        home = make(folder, models)
        judge = Judge(home, embedder)
        for number in range(count):
            target = copied(home, folder / "damaged")
            where = flipped(target, chance)
            kind = where.split("/")[0].split(" ")[0]
            try:
                verdict = judge.verdict(target)
            except Exception as error:
                verdict = "MISSED"
                print(f"{where}: {type(error).__name__}: {error}"[:400], flush=True)
            came[verdict] += 1
            came[f"{verdict} in {kind}"] += 1
            remove(target)
            if number % 50 == 49:
                print(number + 1, dict(came), f"{time.monotonic() - begun:.0f} s", flush=True)
    for verdict, times in sorted(came.items()):
        print(f"{verdict}: {times}")
    return came["MISSED"]


if __name__ == "__main__":
    sys.exit(1 if main(*map(int, sys.argv[1:])) else 0)
