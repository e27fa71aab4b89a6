"""Damage of a home is noticed or harmless; what can be made again is, and the rest is named."""

import random
import shutil
import sqlite3

import pytest

from assistant.desk import Desk
from index.building import work
from index.store.generation import Home
from ingest.archive import writing
from ingest.archive.warc import Archive
from ingest.disk import remove
from ingest.errors import FoundWanting, NothingFound, RefdeskError
from tests.harm import homes


@pytest.fixture(scope="module")
def sound(tmp_path_factory, models_dir):
    return homes.make(tmp_path_factory.mktemp("sound"), models_dir)


@pytest.fixture(scope="module")
def judge(sound, embedder):
    return homes.Judge(sound, embedder)


@pytest.fixture
def here(monkeypatch):
    """Pages are read in this process: what is damaged here is not what a page says."""
    monkeypatch.setattr(work, "Pool", homes._Here)


def test_a_sound_home_is_found_sound(sound, judge):
    assert judge.keeper(sound).repair(homes.kept(sound)).damages == ()


@pytest.mark.parametrize("seed", range(4))
def test_a_changed_byte_is_noticed_or_harmless(sound, judge, tmp_path, here, seed):
    chance = random.Random(seed)
    for _ in range(5):
        target = homes.copied(sound, tmp_path / "damaged")
        where = homes.flipped(target, chance)
        try:
            judge.verdict(target)
        except AssertionError as error:
            raise AssertionError(where) from error
        remove(target)


@pytest.mark.long
@pytest.mark.parametrize("part", ["archive", "library", "cache", "gaps.sqlite", "quarantine.json"])
def test_a_harmed_file_is_noticed_or_harmless(sound, judge, tmp_path, here, part):
    for at, file in enumerate(homes.files_of(sound)):
        place = file.relative_to(sound)
        if place.parts[0] != part:
            continue
        ways = list(homes.damages(file, file.read_bytes()))
        # one way after another: six times the files are for the long run
        name, data = ways[at % len(ways)]
        target = homes.copied(sound, tmp_path / "damaged")
        (target / place).unlink()
        if data is not None:
            (target / place).write_bytes(data)
        try:
            judge.verdict(target)
        except AssertionError as error:
            raise AssertionError(f"{place}: {name}") from error
        remove(target)


@pytest.mark.parametrize(
    "text", [b"", b"\n", b"000", b"999999\n", b"../../etc\n", b"\xff\xfe\0", b"latest"]
)
def test_whatever_current_says_the_library_answers(sound, tmp_path, here, text):
    target = homes.copied(sound, tmp_path / "damaged")
    (target / "library" / "CURRENT").write_bytes(text)
    desk = Desk(target, llm="extractive")
    digest = Desk(sound).status()["digest"]
    assert desk.status()["digest"] == digest
    assert any(each.where == "library/CURRENT" for each in desk.check().damages)
    assert desk.check(repair=True).damages == ()
    assert desk.rebuild().status["digest"] == digest


@pytest.mark.parametrize("harm", ["sqlite", "vectors", "words", "all", "gone"])
def test_a_damaged_library_is_made_again_unasked(sound, tmp_path, here, harm):
    target = homes.copied(sound, tmp_path / "damaged")
    folder = Home(target).current()
    names = {
        "sqlite": ["library.sqlite"],
        "vectors": ["vectors.faiss"],
        "words": ["words/meta.json"],
    }
    if harm == "gone":
        shutil.rmtree(target / "library")
    elif harm == "all":
        for generation in Home(target).generations():
            for file in generation.rglob("*"):
                if file.is_file():
                    file.write_bytes(b"garbage")
    else:
        for name in names[harm]:
            (folder / name).write_bytes((folder / name).read_bytes()[:50])
    said = []
    desk = Desk(target, llm="extractive", notice=said.append)
    assert not desk.ask("how does multi-query attention share keys?").refused
    assert said
    assert desk.status()["digest"] == Desk(sound).status()["digest"]
    assert desk.check().damages == ()


@pytest.mark.parametrize("command", ["ingest", "rebuild", "remove"])
def test_a_change_does_not_build_on_damage(sound, notes, tmp_path, here, command):
    target = homes.copied(sound, tmp_path / "damaged")
    folder = Home(target).current()
    (folder / "library.sqlite").write_bytes(b"SQLite format 3\0" + bytes(5000))
    desk = Desk(target, llm="extractive")
    if command == "ingest":
        report = desk.ingest([notes], seed=False, offline=True)
        assert any("damaged" in said for said in report.notices)
    elif command == "rebuild":
        desk.rebuild()
    else:
        desk.remove_list("mine")
        assert desk.lists() == []
    assert desk.status()["documents"] >= 9
    assert desk.check(repair=True).damages == ()


def test_a_record_torn_in_the_middle_is_said_and_the_others_stay(sound, tmp_path, here):
    target = homes.copied(sound, tmp_path / "damaged")
    archive = Archive(target / "archive")
    (file,) = {r.file for r in archive.records() if r.url.endswith("mqa.md")}
    places = sorted(r.offset for r in archive.records() if r.file == file)
    data = (target / "archive" / file).read_bytes()
    (target / "archive" / file).write_bytes(data[: places[1] + 30] + data[places[2] :])
    desk = Desk(target, llm="extractive")
    report = desk.rebuild()
    assert any("damaged" in said for said in report.notices)
    names = {url.rpartition("/")[2].partition("#")[0] for url in desk.library.store.document_urls()}
    lost = {"bread.md", "kv.md", "mqa.md", "rows.jsonl"} - names
    assert len(lost) == 1
    (damage,) = desk.check(repair=True).damages
    place = damage.cure.split("`refdesk forget ")[1].split("`")[0]
    desk.forget([place])
    assert desk.check().damages == ()
    notes = target.parent / "notes"
    assert not notes.exists()


def test_caches_and_settings_that_are_garbage(sound, tmp_path, here):
    target = homes.copied(sound, tmp_path / "damaged")
    digest = Desk(sound).status()["digest"]
    for name in ("cache/vectors.sqlite", "cache/model-costs.json", "quarantine.json", "gaps.sqlite",
                 "writer.json", "archive/refdesk.key", "archive/adopted.json"):  # fmt: skip
        (target / name).write_bytes(b"\xffgarbage" * 50)
    for index in (target / "archive").glob("*.index.jsonl"):
        index.write_text('{"format": 3}\n[1]\n')
    desk = Desk(target, llm="extractive")
    assert desk.gaps() == []
    assert desk.rebuild().status["digest"] == digest
    assert [curated.name for curated in desk.lists()] == ["mine"]
    desk.check(repair=True)
    assert desk.check().damages == ()
    assert desk.rebuild().status["digest"] == digest


def test_an_old_home_goes_on_and_its_files_become_its_own(sound, notes, tmp_path, here):
    """Files named by the clock, no key, no sums: a home of before."""
    target = homes.copied(sound, tmp_path / "old")
    archive = target / "archive"
    for name in ("refdesk.key", "adopted.json"):
        (archive / name).unlink()
    for index in archive.glob("*.index.jsonl"):
        index.unlink()
    for warc in archive.glob("*.warc*"):
        kind, _, rest = warc.name.split("-", 2)
        warc.rename(archive / f"{kind}-{rest}")
    for sums in target.glob("library/*/sums.json"):
        sums.unlink()
    digest = Desk(sound).status()["digest"]
    desk = Desk(target, llm="extractive")
    assert desk.status()["digest"] == digest
    assert desk.rebuild().status["digest"] == digest
    report = desk.ingest([notes], seed=False, offline=True)
    assert report.notices == ()
    assert [curated.name for curated in desk.lists()] == ["mine"]
    desk.remove_list("mine")
    assert desk.lists() == []
    assert desk.check().damages == ()


def test_what_a_forger_puts_into_the_archive_is_not_ours(sound, tmp_path, here):
    from ingest.lists import catalog
    from ingest.lists.catalog_file import CuratedList

    other = Archive(tmp_path / "other")
    writing.add(other, [catalog.added(CuratedList("mine", "Evil", None, None, "en", (), ()))])
    (evil,) = other.files()
    target = homes.copied(sound, tmp_path / "home")
    forged = "given-999999-20991231T000000000000.warc.gz"
    shutil.copy(other.folder / evil.name, target / "archive" / forged)
    desk = Desk(target, llm="extractive")
    (curated,) = desk.lists()
    assert curated.title == "Mine"
    desk.remove_list("mine")
    assert desk.lists() == []


def test_a_clock_that_was_a_year_ahead_changes_nothing(home, notes, tmp_path, monkeypatch):
    from datetime import UTC, datetime, timedelta

    import ingest.archive.run
    import ingest.archive.writing

    class Ahead(datetime):
        @classmethod
        def now(cls, tz=None):
            return datetime.now(UTC) + timedelta(days=365)

    desk = Desk(home, llm="extractive")
    mine = tmp_path / "mine.md"
    mine.write_text("# Mine\n\n## A\n\n- [X](https://a.example/x)\n")
    with monkeypatch.context() as ahead:
        ahead.setattr(ingest.archive.writing, "datetime", Ahead)
        ahead.setattr(ingest.archive.run, "datetime", Ahead)
        desk.ingest([notes], seed=False)
        desk.add_list(mine)
    (notes / "bread.md").write_text("# Rye\n\nBake the rye bread for one hour at 220 degrees.")
    report = desk.ingest([notes], seed=False, offline=True)
    assert any("still to come" in said for said in report.notices)
    assert "one hour" in desk.search("how long to bake rye bread", k=1).hits[0].passage.text
    mine.write_text("# Mine\n\n## A\n\n- [Y](https://a.example/y)\n")
    assert [entry.url for entry in desk.add_list(mine).entries] == ["https://a.example/y"]
    desk.remove_list("mine")
    assert desk.lists() == []


def test_records_that_changed_places_are_found_where_they_are(sound, judge, tmp_path, here):
    """A file is as long as before, so its index looks as if it told of it."""
    target = homes.copied(sound, tmp_path / "damaged")
    for warc in Archive(target / "archive").files():
        # an imported file is named by its bytes: that they changed is damage, and stays so
        own = warc.name.startswith("given-")
        if own and len(places := homes.places(target, warc.name)) > 2:
            file = target / "archive" / warc.name
            data = file.read_bytes()
            first, second, third, *_ = [*(at for at, _ in places), len(data)]
            file.write_bytes(data[:first] + data[second:third] + data[first:second] + data[third:])
    desk = Desk(target, llm="extractive")
    assert any("index" in each.where for each in desk.check().damages)
    assert desk.rebuild().status["digest"] == Desk(sound).status()["digest"]
    assert desk.check().damages == ()


def test_a_home_is_found_sound_after_every_change(sound, notes, tmp_path, here):
    target = homes.copied(sound, tmp_path / "home")
    desk = Desk(target, llm="extractive", limits=homes.QUICK)
    assert desk.check().damages == ()  # after pages were fetched and one was forgotten
    desk.ingest([notes], seed=False, offline=True)
    assert desk.check().damages == ()
    desk.remove_list("mine")
    assert desk.check().damages == ()


def test_a_library_of_other_pages_than_the_archives_is_noticed(sound, notes, tmp_path, here):
    other = tmp_path / "other"
    other.mkdir()
    (other / "models").symlink_to((sound / "models").resolve())
    Desk(other, llm="extractive").ingest([notes], seed=False, offline=True)
    target = homes.copied(sound, tmp_path / "home")
    shutil.copytree(Home(other).current(), target / "library" / "000777")
    (target / "library" / "CURRENT").write_text("000777\n")
    desk = Desk(target, llm="extractive")
    found = desk.check().damages
    assert {each.where for each in found} == {"archive", "library"}
    assert desk.check(repair=True).damages == ()
    assert desk.status()["digest"] == Desk(sound).status()["digest"]


def test_an_archive_that_lost_its_end_is_noticed_before_the_library_loses_it(sound, tmp_path, here):
    """As a copy brought back from a backup: whole, and older than the library."""
    target = homes.copied(sound, tmp_path / "home")
    (name,) = {r.file for r in Archive(sound / "archive").records() if r.url.endswith("mqa.md")}
    file = target / "archive" / name
    end, url = homes.places(target, name)[-1]
    file.write_bytes(file.read_bytes()[:end])
    desk = Desk(target, llm="extractive")
    (damage,) = [each for each in desk.check(repair=True).damages if each.where == "archive"]
    assert not damage.repairable
    assert f"1 pages that the library has (the first: {url}" in damage.what


def test_a_home_is_for_its_owner_alone(tmp_path):
    home = Home(tmp_path / "home")
    home.make()
    assert home.root.stat().st_mode & 0o777 == 0o700
    open_one = tmp_path / "open"
    open_one.mkdir(mode=0o755)
    Home(open_one).make()
    assert open_one.stat().st_mode & 0o777 == 0o700


def test_check_ends_with_five(sound, tmp_path, monkeypatch):
    from ui.cli import keep

    target = homes.copied(sound, tmp_path / "damaged")
    keep.check(home=target)
    (target / "library" / "CURRENT").write_text("x")
    with pytest.raises(FoundWanting):  # which ends with 5
        keep.check(home=target)
    keep.check(home=target, repair=True)


def test_one_answer_reads_one_generation(sound, tmp_path, notes, here):
    target = homes.copied(sound, tmp_path / "home")
    desk = Desk(target, llm="extractive")
    still = desk.library.snapshot()
    before = still.status()
    desk.ingest([notes], seed=False, offline=True)
    assert still.status() == before
    assert (
        still.search("rye bread", k=1)[0].passage.url
        == Desk(sound).search("rye bread", k=1).hits[0].passage.url
    )
    assert desk.library.status()["generation"] != before["generation"]
    stream = desk.stream("how hot should the oven be for rye bread?")
    first = next(stream)
    (notes / "bread.md").write_text("# Rye\n\nNothing is said here any more of how to bake.")
    desk.ingest([notes], seed=False, offline=True)
    done = next(event.answer for event in stream if event.name == "done")
    shown = {hit.passage.key for hit in first.hits}
    assert {citation.passage for citation in done.citations} <= shown


def test_forgetting(sound, tmp_path, here):
    target = homes.copied(sound, tmp_path / "home")
    desk = Desk(target, llm="extractive")
    assert desk.forget(["https://given.example/44"]).documents == ("https://given.example/44",)
    assert desk.rebuild().status["digest"] == desk.status()["digest"]
    (row,) = [url for url in desk.library.store.document_urls() if url.endswith("#1")]
    assert desk.forget([row]).documents == (row,)
    assert desk.rebuild().status["digest"] == desk.status()["digest"]
    assert len(desk.forget(["mine"]).documents) == 3
    assert desk.lists() == []
    warc = next(
        file.name for file in Archive(target / "archive").files() if "imported" in file.name
    )
    assert len(desk.forget([warc]).documents) == 2
    notes = next(url for url in desk.library.store.document_urls() if url.endswith("bread.md"))
    assert desk.forget([notes.removeprefix("file://")]).documents == (notes,)
    with pytest.raises(RefdeskError, match="Nothing of"):
        desk.forget(["https://nowhere.example/", "mine"])
    assert not desk.search("rye bread", k=1).hits[0].passage.text.startswith("A rye sourdough")
    assert desk.check().damages == ()


def test_nothing_is_called_forgotten_that_was_not_here(sound, tmp_path, here):
    desk = Desk(homes.copied(sound, tmp_path / "home"), llm="extractive")
    warc = next(f.name for f in Archive(desk.home.archive).files() if "imported" in f.name)
    before = desk.status()["digest"]
    for name in (f"warc:{warc}@7", f"warc:{warc}@²", f"warc:{warc}@{'9' * 5000}", "warc:x.warc@0"):
        with pytest.raises(NothingFound, match="Nothing of warc:"):
            desk.forget([name])
    offset, address = homes.places(desk.home.root, warc)[0]
    assert desk.forget([f"warc:{warc}@{offset}"]).documents == (address,)
    with pytest.raises(NothingFound, match="Nothing of warc:"):
        desk.forget([f"warc:{warc}@{offset}"])
    assert desk.status()["digest"] != before
    desk.forget(quarantined=True)
    with pytest.raises(NothingFound, match="nothing was forgotten"):
        desk.forget(quarantined=True)


def test_what_was_forgotten_comes_back_when_it_is_given_again(desk, notes):
    before = desk.status()["digest"]
    desk.forget([notes / "bread.md"])
    assert desk.status()["documents"] == 2
    assert desk.ingest([notes], seed=False, offline=True).status["digest"] == before


def test_a_store_of_another_kind_is_no_library(sound, tmp_path):
    target = homes.copied(sound, tmp_path / "home")
    (Home(target).current() / "sums.json").unlink()
    db = sqlite3.connect(Home(target).current() / "library.sqlite")
    db.execute("UPDATE documents SET text = replace(text, '240', '140')")
    db.commit()
    db.close()
    found = Desk(target).check().damages
    assert any("digest" in each.what for each in found)


def test_the_page_takes_files_only_from_folders_that_were_allowed(tmp_path):
    from ui.serving.access import access_for

    allowed = tmp_path / "papers"
    allowed.mkdir()
    (allowed / "out").symlink_to("/etc")
    access = access_for("127.0.0.1", None, open_to_everyone=False, folders=[allowed])
    assert access.may_read(allowed / "a.pdf")
    for other in (
        "/etc/passwd",
        allowed / ".." / "x.md",
        allowed / "out" / "passwd",
        tmp_path,
        "x\0y",
    ):
        assert not access.may_read(type(allowed)(other))
    assert not access_for("127.0.0.1", "a-long-token", open_to_everyone=False).may_read(
        allowed / "a.pdf"
    )
