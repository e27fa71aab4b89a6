"""Homes that cannot be written, that are full, and that several use at once."""

import os
import shutil
import subprocess
import sys
import tarfile
import threading
import time
from contextlib import contextmanager

import pytest

from assistant.desk import Desk
from assistant.home.keeping import HomeWriter
from index.models.embedder import Embedder
from index.search.lexical import WordIndex
from index.store import carry
from index.store.generation import Home
from ingest.errors import HomeBusy, ModelUnavailable, UsageError
from tests.conftest import BREAD_PAGE


@contextmanager
def mounted(*arguments):
    """Mount something; the test is skipped where that is not allowed."""
    *_, folder = arguments
    folder.mkdir(exist_ok=True)
    done = subprocess.run(["mount", *map(str, arguments)], capture_output=True, check=False)
    if done.returncode:
        pytest.skip("nothing can be mounted here")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


@contextmanager
def read_only(folder, place):
    """Mount a folder at another place, where nothing can be written."""
    with mounted("-o", "ro,bind", folder, place) as shown:
        subprocess.run(["mount", "-o", "remount,ro,bind", str(shown)], check=True)
        yield shown


def test_a_read_only_home_is_searched_and_asked(desk, home, notes, tmp_path):
    with read_only(home, tmp_path / "ro") as folder:
        with pytest.raises(OSError, match="Read-only"):
            (folder / "x").touch()
        reading = Desk(folder, llm="extractive")
        assert reading.search("multi-query attention").hits
        assert not reading.ask("What is multi-query attention?").refused
        assert reading.ask("Who won the football world cup in 1954?").refused
        assert reading.status()["documents"] == 3
        assert reading.lists() == []
        with pytest.raises(UsageError, match="Read-only file system"):
            reading.ingest([notes], seed=False)
        reading.close()


def test_copied_weights_are_used_where_nothing_can_be_written(embedder, models_dir, tmp_path):
    copied = tmp_path / "models" / embedder.name
    shutil.copytree(models_dir / embedder.name, copied, copy_function=shutil.copyfile)
    with read_only(tmp_path / "models", tmp_path / "ro") as models:
        there = Embedder.open(models)
        assert (there.embed_query("RoPE") == embedder.embed_query("RoPE")).all()
    (copied / "config.json").write_text("{}")
    wrong = pytest.raises(ModelUnavailable, match="is not the pinned file")
    with read_only(tmp_path / "models", tmp_path / "ro") as models, wrong:
        Embedder.open(models)


def test_what_a_library_holds_is_told_without_weights(desk, home, notes, tmp_path, monkeypatch):
    before = desk.status()["digest"]
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    shutil.copytree(home, tmp_path / "bare", ignore=shutil.ignore_patterns("models"))
    bare = Desk(tmp_path / "bare", llm="extractive")
    assert bare.status()["digest"] == before
    assert bare.sources()
    with pytest.raises(ModelUnavailable, match="Connect this machine once"):
        bare.search("multi-query attention")
    with pytest.raises(ModelUnavailable, match="Connect this machine once"):
        bare.ingest([notes], seed=False)
    assert bare.status()["digest"] == before


def test_words_are_found_where_no_lock_can_be_made(desk, monkeypatch):
    import tantivy

    folder = desk.home.current() / "words"
    real, tried = tantivy.Index.open, []

    class Locked:
        """What an index is where its folder cannot be written."""

        exists = tantivy.Index.exists

        @staticmethod
        def open(path):
            tried.append(path)
            if path == str(folder):
                raise ValueError("Failed to acquire Lockfile: IoError(ReadOnlyFilesystem)")
            return real(path)

    monkeypatch.setattr("index.search.lexical.tantivy.Index", Locked)
    found = WordIndex(folder)
    assert len(tried) == 2
    assert found.search("attention", 3)
    assert sorted(folder.glob("*.lock")) == sorted(folder.glob("*.lock"))


def test_a_disk_without_hard_links_is_no_matter(desk, notes, monkeypatch):
    def refused(*_: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(os, "link", refused)
    (notes / "bread.md").write_text(BREAD_PAGE.replace("240", "250"), encoding="utf-8")
    desk.ingest([notes], seed=False)
    assert "250" in desk.search("rye sourdough oven", k=1).hits[0].passage.text
    assert desk.check().damages == ()


def test_a_home_that_was_taken_away_is_not_begun_anew_in_its_place(desk, home, tmp_path):
    assert desk.search("multi-query attention").hits
    home.rename(tmp_path / "elsewhere")
    with pytest.raises(UsageError, match="is gone"):
        desk.search("multi-query attention")
    assert not (home / "library").exists()
    shutil.rmtree(home, ignore_errors=True)
    (tmp_path / "elsewhere").rename(home)
    assert desk.search("multi-query attention").hits


def test_a_full_disk_is_said_and_the_old_library_answers(models_dir, notes, tmp_path):
    with mounted("-t", "tmpfs", "-o", "size=3m", "tmpfs", tmp_path / "small") as folder:
        (folder / "models").symlink_to(models_dir)
        desk = Desk(folder, llm="extractive")
        desk.ingest([notes], seed=False)
        before = desk.status()["digest"]
        big = tmp_path / "big"
        big.mkdir()
        for number in range(60):
            text = "\n\n".join(f"Paragraph {number} {n}: {BREAD_PAGE * 9}" for n in range(3))
            (big / f"{number}.md").write_text(f"# Page {number}\n\n{text}")
        filler = folder / "filler"
        filler.write_bytes(b"x" * (shutil.disk_usage(folder).free - 300_000))
        with pytest.raises(UsageError, match="is full"):
            desk.ingest([big], seed=False)
        assert not list((folder / "library").glob("*.part"))
        again = Desk(folder, llm="extractive")
        assert again.status()["digest"] == before
        assert again.search("multi-query attention").hits
        filler.unlink()


@pytest.mark.parametrize(
    "error",
    [
        OSError(28, "No space left on device"),
        RuntimeError("write error in 'x': 0 != 4 (No space left on device)"),
        ValueError("database or disk is full"),
    ],
)
def test_whoever_says_that_the_disk_is_full_is_understood(tmp_path, error):
    home = Home(tmp_path / "home")
    home.make()
    left = home.library / "000001.part"
    left.mkdir()
    with pytest.raises(UsageError, match="answers as before"), home.writing():
        raise error
    assert not left.exists()
    with pytest.raises(ZeroDivisionError), home.writing():
        raise ZeroDivisionError


def test_a_disk_that_fails_is_named(tmp_path):
    home = Home(tmp_path / "home")
    with pytest.raises(UsageError, match="Input/output error"), home.writing():
        raise OSError(5, "Input/output error")


def test_a_panic_over_damaged_words_is_an_error(desk):
    class PanicException(BaseException):
        """What tantivy raises when it meets bytes it cannot believe."""

    class Panicking:
        def search(self, *_, **__):
            raise PanicException("mid > len")

    words = WordIndex(desk.home.current() / "words")
    words._index = type("Index", (), {"searcher": lambda _: Panicking()})()
    with pytest.raises(UsageError, match=r"word index .* damaged"):
        words.search("attention", 3)


def test_the_second_writer_is_told_who_the_first_is(tmp_path):
    home = Home(tmp_path / "home")
    with home.writing(), pytest.raises(HomeBusy, match=str(os.getpid())), home.writing():
        pass


def test_first_starts_wait_for_each_other(home, notes, embedder):
    first = HomeWriter(Home(home), embedder, lambda *_: None)
    done = []

    def start():
        HomeWriter(Home(home), embedder, lambda *_: None).seed()
        done.append(True)

    with Home(home).writing("seed"):
        others = [threading.Thread(target=start) for _ in range(2)]
        for each in others:
            each.start()
        time.sleep(2.5)
        assert not done
        (home / "library" / "000001").mkdir()
        (home / "library" / "CURRENT").write_text("000001\n")
    for each in others:
        each.join(20)
    assert done == [True, True]
    first.seed()  # there is a library: nothing to do


def test_who_finds_another_kind_of_writer_is_told(home, embedder):
    with Home(home).writing(), pytest.raises(HomeBusy):
        HomeWriter(Home(home), embedder, lambda *_: None).seed()


def test_an_export_stands_under_its_name_only_when_whole(desk, home, tmp_path, monkeypatch):
    file = tmp_path / "library.tar.gz"

    def killed(*_, **__):
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(tarfile.TarFile, "add", killed)
        with pytest.raises(KeyboardInterrupt):
            carry.export(Home(home), file, archive=False)
    assert not file.exists()
    assert carry.export(Home(home), file, archive=False) == file.stat().st_size
    with pytest.raises(UsageError, match="exists already"):
        carry.export(Home(home), file, archive=False)
    assert list(tmp_path.glob("*.part")) == []


def test_a_file_is_no_home(tmp_path):
    file = tmp_path / "file"
    file.touch()
    done = subprocess.run(
        [sys.executable, "-m", "ui.cli", "search", "attention", "--home", str(file)],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 2
    assert "cannot be made" in done.stderr


def test_a_reader_is_answered_through_many_generations(desk, home):
    place, over, wrong = Home(home), threading.Event(), []
    reading = Desk(home, llm="extractive")

    def read():
        while not over.is_set():
            try:
                found = reading.search("multi-query attention").hits
                assert "key head" in found[0].passage.text
            except Exception as error:
                wrong.append(error)

    readers = [threading.Thread(target=read) for _ in range(2)]
    for each in readers:
        each.start()
    with place.writing():
        for _ in range(200):
            before, folder = place.current(), place.begin()
            shutil.copytree(
                before, folder, dirs_exist_ok=True, copy_function=os.link,
                ignore=shutil.ignore_patterns("sums.json"),
            )  # fmt: skip
            place.publish(folder)
            time.sleep(0.01)
    over.set()
    for each in readers:
        each.join(30)
    reading.close()
    assert wrong == []
    assert place.current().name == "000201"
