"""Whatever stands in a home that does not belong there, the home goes on and nothing is lost."""

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from assistant.desk import Desk
from index.building import work
from ingest.errors import HomeBusy, RefdeskError, UsageError
from tests.harm import homes, standing


@pytest.fixture
def put(taken_in, tmp_path, monkeypatch):
    """Make a change to a copy of a home, and return the copy."""
    monkeypatch.setattr(work, "Pool", homes._Here)

    def changed(change: standing.Change) -> Path:
        home = tmp_path / "home"
        shutil.copytree(taken_in, home, symlinks=True)
        change(home)
        return home

    return changed


def stands(home: Path, folder: Path) -> None:
    """All that was there is found, before and after more is taken in, built anew and repaired."""
    with closing(Desk(home, llm="extractive", notice=lambda said: None)) as desk:
        _finds(desk)
        (folder / "more").mkdir()
        (folder / "more" / "new.md").write_text("# New\n\nThe zebrafinch sings in hexameters.")
        desk.ingest([folder / "more"], seed=False, offline=True)
        assert "zebrafinch" in desk.search("zebrafinch hexameters", k=1).hits[0].passage.text
        desk.rebuild()
        _finds(desk)
        left = desk.check(repair=True).damages
        assert all("refdesk forget" in damage.cure for damage in left)
        _finds(desk)
    answer = Desk(home, llm="extractive").ask("How hot should the oven be for rye bread?")
    assert "240" in answer.text


def _finds(desk: Desk) -> None:
    for query, name in (("sourdough", "bread.md"), ("Shazeer", "mqa.md"), ("键值缓存", "kv.md")):
        hits = desk.search(query, k=3).hits
        assert any(hit.passage.url.endswith(name) for hit in hits), query


@pytest.mark.parametrize("place", standing.PLACES)
def test_a_folder_where_a_file_belongs_is_put_aside(put, tmp_path, place):
    home = put(standing.folder_at(place))
    stands(home, tmp_path)
    if not place.endswith(".part"):  # those are ours to remove
        assert [each.read_text() for each in home.rglob("mine.txt")] == ["mine"]


@pytest.mark.parametrize("place", ["library", "cache"])
def test_a_file_where_a_folder_belongs_is_put_aside(put, tmp_path, place):
    home = put(standing.file_at(place))
    stands(home, tmp_path)
    assert (home / f"{place}.aside-1").read_text() == "mine"


@pytest.mark.parametrize("name", standing.no_files())
def test_what_is_no_file_is_neither_waited_for_nor_read_for_ever(put, tmp_path, name):
    stands(put(standing.no_files()[name]), tmp_path)


@pytest.mark.parametrize("name", standing.in_archive())
def test_what_lies_in_an_archive_takes_nothing_away(put, tmp_path, name):
    stands(put(standing.in_archive()[name]), tmp_path)


@pytest.mark.parametrize("name", standing.in_library())
def test_what_lies_in_a_library_takes_nothing_away(put, tmp_path, name):
    stands(put(standing.in_library()[name]), tmp_path)


@pytest.mark.parametrize("name", standing.databases())
def test_a_cache_of_another_shape_is_begun_anew(put, tmp_path, name):
    stands(put(standing.databases()[name]), tmp_path)


@pytest.mark.parametrize("said", [b"\xff\0", b"ftp://x/y\n", None])
def test_a_setting_that_says_nothing_is_named(put, said):
    def change(home: Path) -> None:
        setting = home / "archive" / "object-store.txt"
        if said is None:
            setting.mkdir()
        else:
            setting.write_bytes(said)

    home = put(change)
    with closing(Desk(home, llm="extractive")) as desk:
        assert desk.search("sourdough", k=1).hits
        with pytest.raises(UsageError, match=r"object-store|archive"):
            desk.rebuild()


@pytest.mark.parametrize(
    "name",
    [
        "我的 书房 (2)/家", "a\nb/h\t\x1b[31m", "100%25 #1 ?x=y&z/h;o'm\"e", "home.warc.gz", "-rf",
        "http:/h:80",
    ],
)  # fmt: skip
def test_a_home_may_be_called_anything(taken_in, tmp_path, name):
    home = tmp_path / name
    shutil.copytree(taken_in, home, symlinks=True)
    stands(home, tmp_path)


def test_a_path_that_leads_in_a_circle_is_no_bug(desk, tmp_path):
    (tmp_path / "loop.md").symlink_to("loop.md")
    (tmp_path / "a").symlink_to("b")
    (tmp_path / "b").symlink_to("a")
    for place in (tmp_path / "loop.md", tmp_path / "a" / "c.md", "~nobody-of-this-name/x.md"):
        with pytest.raises(RefdeskError):
            desk.ingest([place], seed=False, offline=True)
        with pytest.raises(RefdeskError):
            desk.forget([place])


@pytest.mark.parametrize("name", ["", " ", "\n"])
def test_an_empty_name_is_not_the_folder_one_is_in(desk, notes, monkeypatch, name):
    monkeypatch.chdir(notes)
    before = desk.status()["digest"]
    for change in (desk.forget, lambda names: desk.ingest(names, seed=False, offline=True)):
        with pytest.raises(UsageError, match="empty"):
            change([name])
    with pytest.raises(UsageError, match="empty"):
        desk.add_list(name)
    assert desk.status()["digest"] == before


def test_a_file_no_reader_would_read_is_not_kept(desk, tmp_path):
    folder = tmp_path / "large"
    folder.mkdir()
    (folder / "good.md").write_text("# Good\n\nThe quokka naps.")
    with (folder / "sparse.md").open("wb") as file:
        file.truncate(1_500_000_000)
    report = desk.ingest([folder], seed=False, offline=True)
    assert any("larger than 64 MB" in said for said in report.notices)
    assert desk.search("quokka", k=1).hits[0].passage.title == "Good"


@pytest.mark.parametrize("place", ["cache/vectors.sqlite", "gaps.sqlite", "threads.sqlite"])
def test_a_file_another_program_holds_is_no_damage_and_no_bug(put, notes, place):
    home = put(_with_everything)
    with closing(sqlite3.connect(home / place, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        with closing(Desk(home, llm="extractive", notice=lambda said: None)) as desk:
            _finds(desk)
            assert not desk.ask("How hot should the oven be for rye bread?").refused
            assert not [each for each in desk.check().damages if each.where == place]
            if place.startswith("cache"):
                with pytest.raises(HomeBusy, match="Another program"):
                    desk.rebuild()
    with closing(Desk(home, llm="extractive")) as desk:
        desk.rebuild()
        _finds(desk)


def _with_everything(home: Path) -> None:
    with closing(Desk(home, llm="extractive")) as desk:
        desk.ask("Who won the football championship of 1974?")
        desk.ask("How hot should the oven be for rye bread?")


def test_a_library_that_moves_deletes_nothing_but_itself(put, tmp_path):
    home = put(lambda home: None)
    place = tmp_path / "Documents"
    with closing(Desk(home, llm="extractive", library=str(place))) as desk:
        desk.rebuild()
    assert not (home / "library").exists()
    for name in ("letter.md", "20240101/photo.png", "words/list.txt"):
        (place / name).parent.mkdir(exist_ok=True)
        (place / name).write_text("mine")
    with closing(Desk(home, llm="extractive", library=str(home / "library"))) as desk:
        desk.rebuild()
        _finds(desk)
    left = sorted(str(each.relative_to(place)) for each in place.rglob("*") if each.is_file())
    assert left == ["20240101/photo.png", "letter.md", "words/list.txt"]


def test_no_library_is_made_among_other_things(put, tmp_path):
    home = put(lambda home: None)
    place = tmp_path / "Photos"
    for name in ("20240101", "20240202", "20240303"):
        (place / name).mkdir(parents=True)
        (place / name / "photo.png").write_text("mine")
    with closing(Desk(home, llm="extractive", library=str(place))) as desk:
        with pytest.raises(UsageError, match=r"holds other things.*20240101"):
            desk.rebuild()
        with pytest.raises(UsageError, match="holds other things"):
            desk.check(repair=True)
        with pytest.raises(RefdeskError):
            desk.search("sourdough")
    assert len(list(place.rglob("photo.png"))) == 3


def test_a_library_named_by_nothing_is_the_homes_own(put, tmp_path, monkeypatch):
    home = put(lambda home: None)
    monkeypatch.chdir(tmp_path)
    with closing(Desk(home, llm="extractive", library=" ")) as desk:
        desk.rebuild()
        _finds(desk)
    assert (home / "library" / "CURRENT").exists()
    assert not (home / "library.txt").exists()
