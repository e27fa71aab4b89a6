"""An import is checked before a byte of it counts, and is whole or nothing, also when killed."""

import gzip
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import pytest

from assistant.desk import Desk
from assistant.home import carrying
from index.store import carry
from index.store.generation import Home
from ingest.errors import UsageError
from tests.conftest import BREAD_PAGE, MQA_PAGE
from tests.harm.exports import bad_exports, noted, opened, packed
from tests.harm.records import bad_records, good_records, html, record


@pytest.fixture(scope="module")
def source(tmp_path_factory, models_dir):
    """A home, its export with the archive and that without."""
    folder = tmp_path_factory.mktemp("source")
    home = folder / "home"
    home.mkdir()
    (home / "models").symlink_to(models_dir)
    notes = folder / "notes"
    notes.mkdir()
    (notes / "mqa.md").write_text(MQA_PAGE)
    (notes / "bread.md").write_text(BREAD_PAGE)
    desk = Desk(home, llm="extractive")
    desk.ingest([notes], seed=False)
    (folder / "mine.md").write_text("# Mine\n\n## A\n\n- [X](https://a.example/x)\n")
    desk.add_list(folder / "mine.md")
    desk.export(folder / "whole.tar.gz", archive=True)
    desk.export(folder / "light.tar.gz")
    return folder


def arrive(folder, file, embedder):
    home = Home(folder)
    carrying.carry_in(home, file, lambda name: embedder, lambda *step: None)
    return home


def refused(home, file, embedder):
    """What an import is refused with; nothing if it is not."""
    try:
        arrive(home, file, embedder)
    except UsageError as error:
        return str(error)
    return ""


@pytest.mark.parametrize("which", ["whole", "light"])
def test_every_bad_export_is_refused_and_nothing_stays(source, which, tmp_path, embedder):
    victim = tmp_path / "victim"
    victim.mkdir()
    (victim / "x").write_text("mine")
    exports = tmp_path / "exports"
    exports.mkdir()
    count = 0
    for name, file in bad_exports(source / f"{which}.tar.gz", exports, victim):
        home = tmp_path / "home"
        begun = time.process_time()
        said = refused(home, file, embedder)
        assert file.name in said, name
        assert time.process_time() - begun < 20, name
        left = {each.name for each in home.rglob("*") if each.is_file()}
        assert left <= {"writer.json", "writer.lock"}, (name, left)
        assert (victim / "x").read_text() == "mine", name
        assert not (tmp_path / "x").exists()
        shutil.rmtree(home)
        file.unlink()
        count += 1
    assert count > 40


def forged(source, tmp_path, change, which="light"):
    """An export whose manifest is right and whose library was changed by SQL."""
    manifest, files = opened(source / f"{which}.tar.gz")
    name = f"library/{manifest['generation']}/library.sqlite"
    file = tmp_path / "library.sqlite"
    file.write_bytes(files[name])
    db = sqlite3.connect(file)
    with db:
        change(db)
    db.close()
    files[name] = file.read_bytes()
    sums = f"library/{manifest['generation']}/sums.json"
    del files[sums]  # a forger makes those anew
    return packed(tmp_path / "forged.tar.gz", manifest | {"files": noted(files)}, files)


LIES = {
    "text": "UPDATE documents SET text = replace(text, '240', '140')",
    "passage": "UPDATE passages SET text = replace(text, '240', '140')",
    "both": "UPDATE passages SET text = replace(text, '240', '140');"
    " UPDATE documents SET text = replace(text, '240', '140')",
    "span": "UPDATE passages SET start = start + 1",
    "key": "UPDATE passages SET key = 'f' || substr(key, 2)",
    "title": "UPDATE documents SET title = 'Lies'",
    "gone": "DELETE FROM passages WHERE id = 1",
    "orphan": "UPDATE passages SET document = 999",
    "view": "ALTER TABLE gone RENAME TO x",
    "table": "CREATE TABLE more (x)",
    "trigger": "CREATE TRIGGER t AFTER DELETE ON pages BEGIN DELETE FROM documents; END",
    "digest": "UPDATE settings SET value = 'x' WHERE name = 'digest'",
    "lists": "UPDATE entries SET title = 'Lies'",
}


@pytest.mark.parametrize("lie", [name for name in LIES if name != "view"])
def test_a_library_that_contradicts_itself_is_not_believed(source, tmp_path, embedder, lie):
    file = forged(source, tmp_path, lambda db: db.executescript(LIES[lie]))
    with pytest.raises(UsageError, match="not to be believed"):
        arrive(tmp_path / "home", file, embedder)
    assert Home(tmp_path / "home").current() is None


def test_a_library_that_came_with_its_archive_is_made_from_that(source, tmp_path, embedder):
    lie = LIES["both"] + "; UPDATE documents SET sha256 = 'x'"
    file = forged(source, tmp_path, lambda db: db.executescript(lie), "whole")
    home = arrive(tmp_path / "home", file, embedder)
    (tmp_path / "home" / "models").rmdir()
    (tmp_path / "home" / "models").symlink_to(source / "home" / "models")
    there = Desk(home.root, llm="extractive")
    assert there.status()["digest"] == Desk(source / "home").status()["digest"]
    assert "240 degrees" in there.search("rye bread degrees").hits[0].passage.text
    assert [curated.name for curated in there.lists()] == ["mine"]
    assert there.check().damages == ()


def _put(folder, name, data):
    (folder / name).write_bytes(data)


def test_whatever_stands_in_an_archive_comes_back_from_its_export(
    source, tmp_path, embedder, models_dir
):
    home = tmp_path / "home"
    shutil.copytree(source / "home", home, symlinks=True)
    pages = b"".join(good_records())
    lie = bad_records()["ours-list"]
    torn = record("response", b"https://torn.example/", html("<p>torn"))[:-20]
    _put(home / "archive", "my pages (1).warc.gz", b"".join(map(gzip.compress, good_records())))
    _put(home / "archive", "Bücher, 2024 & 2025..warc", pages)
    _put(home / "archive", "imported-000090-0123456789abcdef.warc", pages + lie)
    _put(home / "archive", "zeros.warc", pages + b"\r\n" * 51_000_000)
    _put(home / "archive", "torn.warc", pages + torn)
    _put(tmp_path, "linked.warc", pages)
    (home / "archive" / "linked.warc").symlink_to(tmp_path / "linked.warc")
    (home / "archive" / "twice.warc").hardlink_to(tmp_path / "linked.warc")
    (home / "archive" / "folder.warc").mkdir()
    with closing(Desk(home, llm="extractive")) as desk:
        digest = desk.rebuild().status["digest"]
        desk.export(tmp_path / "whole.tar.gz", archive=True)
    there = tmp_path / "there"
    there.mkdir()
    (there / "models").symlink_to(models_dir)
    arrive(there, tmp_path / "whole.tar.gz", embedder)
    with closing(Desk(there, llm="extractive")) as desk:
        assert desk.status()["digest"] == digest
        # a record that spoke for refdesk there, and was not believed, is not believed here
        (curated,) = desk.lists()
        assert [entry.url for entry in curated.entries] == ["https://a.example/x"]
        assert not any(each.repairable for each in desk.check().damages)


def test_what_could_not_come_back_is_not_exported(source, tmp_path):
    home = tmp_path / "home"
    shutil.copytree(source / "home", home, symlinks=True)
    _put(home / "archive", "12:30.warc", b"".join(good_records()))
    desk = Desk(home, llm="extractive")
    with closing(desk), pytest.raises(UsageError, match=r"12:30\.warc.*Rename"):
        desk.export(tmp_path / "whole.tar.gz", archive=True)
    assert list(tmp_path.glob("whole*")) == []


def test_a_failed_import_leaves_nothing_that_later_ones_trip_over(source, tmp_path, embedder):
    home = tmp_path / "home"
    light, torn = source / "light.tar.gz", tmp_path / "torn.tar.gz"
    torn.write_bytes(light.read_bytes()[:-2000])
    with pytest.raises(UsageError):
        arrive(home, torn, embedder)
    assert not Home(home).without_archive.exists()
    arrive(home, source / "whole.tar.gz", embedder)
    assert not Home(home).without_archive.exists()
    assert Home(home).current() is not None
    with pytest.raises(UsageError, match="not empty"):
        arrive(home, light, embedder)


@pytest.mark.parametrize("step", ["unpacked", "ready", "half"])
def test_a_killed_import_is_finished_or_undone(source, tmp_path, embedder, step, monkeypatch):
    root = tmp_path / "home"

    class Killed(BaseException):
        pass

    def killed(*args):
        raise Killed

    if step == "unpacked":
        monkeypatch.setattr(carry, "settle", killed)
        monkeypatch.setattr(carry, "discard", lambda home: None)
    elif step == "ready":
        finish = carry.finish
        monkeypatch.setattr(
            carry,
            "finish",
            lambda home: killed() if (root / carry._READY).exists() else finish(home),
        )
    else:
        replace = Path.replace

        def moved(part, target):
            last = Path(target).name == "CURRENT" and carry._READY in str(part)
            return killed() if last else replace(part, target)

        monkeypatch.setattr(Path, "replace", moved)
    with pytest.raises(Killed):
        arrive(root, source / "whole.tar.gz", embedder)
    monkeypatch.undo()
    home = Home(root)
    assert carry.is_pending(home)
    with home.writing():
        carry.finish(home)
    assert not carry.is_pending(home)
    if step == "unpacked":
        assert home.current() is None
        assert not any(home.archive.iterdir())
        arrive(root, source / "light.tar.gz", embedder)
    assert home.current() is not None


def test_an_import_killed_by_the_system_joins_no_other(source, tmp_path, models_dir, embedder):
    root = tmp_path / "home"
    root.mkdir()
    (root / "models").symlink_to(models_dir)
    code = (
        "import sys; from assistant.desk import Desk; "
        "Desk(sys.argv[1], llm='extractive').carry_in(__import__('pathlib').Path(sys.argv[2]))"
    )
    for wait in (0.5, 1.5):
        process = subprocess.Popen(
            [sys.executable, "-c", code, str(root), str(source / "whole.tar.gz")],
            stderr=subprocess.DEVNULL,
        )
        time.sleep(wait)
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
    home = Home(root)
    if home.current() is None:
        with home.writing():
            carry.finish(home)
    if home.current() is None:
        arrive(root, source / "whole.tar.gz", embedder)
    assert (
        Desk(root, llm="extractive").status()["digest"] == Desk(source / "home").status()["digest"]
    )
