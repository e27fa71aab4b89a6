"""What several desks keep in one PostgreSQL: each sees it, and no lost connection halves it."""

import json
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing

import pytest

from assistant.contract import to_json
from assistant.desk import Desk
from assistant.kept.anchor import Anchor
from assistant.kept.database import Database, DatabaseUnavailable
from assistant.kept.gaps import Gaps
from assistant.kept.notes import Notes
from assistant.kept.threads import Threads
from assistant.learning.cards import Card
from assistant.learning.deck import Deck
from ingest.errors import HomeBusy, NothingFound, UsageError
from tests.assistant.test_threads import answered
from tests.postgres import Postgres, postgres
from tests.s3 import Wire

CARD = Card("Question?", "answer", "the quote", "Title", "https://a.example/" + "x" * 1_900)
AT = Anchor("one key head", "keeps ", " and one", 10, 22)
KINDS = ("threads", "notes", "cards", "gaps")


@pytest.fixture(scope="module")
def running() -> Iterator[Postgres]:
    with postgres() as server:
        yield server


@pytest.fixture
def server(running: Postgres) -> Postgres:
    """The server, with nothing kept."""
    asked(running, *(f"DROP SCHEMA IF EXISTS refdesk_{kind} CASCADE" for kind in KINDS))
    return running


@pytest.fixture
def wire(server: Postgres) -> Iterator[Wire]:
    wire = Wire(server.port)
    yield wire
    wire.close()


def asked(server: Postgres, *statements: str) -> list[tuple]:
    import psycopg

    with psycopg.connect(server.address, autocommit=True) as db:
        for statement in statements:
            found = db.execute(statement)
        return found.fetchall() if found.description else []


@pytest.fixture
def opened() -> Iterator[Callable[[str], Database]]:
    """Opens databases, and closes them when the test is over."""
    made: list[Database] = []

    def open_(address: str) -> Database:
        made.append(Database(address))
        return made[-1]

    yield open_
    for each in made:
        each.close()


@pytest.fixture
def database(server: Postgres, opened: Callable[[str], Database]) -> Database:
    return opened(server.address)


def test_desks_see_each_others_threads_notes_cards_and_gaps(server, database, desk, home, tmp_path):
    other = tmp_path / "other"
    other.mkdir()
    (other / "models").symlink_to(desk.home.models.resolve())
    one, two = Desk(home, database=server.address), Desk(other, database=server.address)
    with closing(one), closing(two):
        name = one.threads.keep(answered())
        assert two.threads.keep(answered("and MQA?"), thread=name) == name
        whole = one.threads.show(name)
        assert [turn.answer["question"] for turn in whole.turns] == ["What is GQA?", "and MQA?"]
        assert whole == two.threads.show(name[:6])
        assert two.threads.search("groups of HEADS")[0].id == name
        note = one.notes.add("https://a.example/", "Sharing", "0", AT, "Why?", ["exam"])
        assert two.notes.latest(tag="exam") == [note]
        assert one.deck("x").add([CARD, CARD], "topic") == 1
        assert two.deck("x").standing().due == 1
        assert two.deck("y").standing().kept == 0
        assert one.ask("Which soil do blueberries like?").refused
        assert Gaps(database).read()[0].question == ("Which soil do blueberries like?")
        assert two.threads.delete(name).id == name
        assert one.threads.latest() == []
        assert not list(home.glob("*.sqlite"))
        assert not list(other.glob("*.sqlite"))
        assert one.check().damages == ()


def test_threads_are_found_and_ordered_as_in_a_home(database, tmp_path):
    there, here = Threads(database), Threads(tmp_path)
    for threads in (there, here):
        first = threads.keep(answered("What is GQA?", "Groups of heads share 100% of a key head."))
        threads.keep(answered("and LoRA?", "Low-rank matrices are trained."), thread=first)
        threads.keep(answered("什么是键值缓存？", "键值缓存保存已经计算过的键和值。"))
        threads.keep(answered("ÜBER Größe?", "half \ud800 a\0 character"), owner="somebody")
    for query in ("gqa", "LOW-RANK groups", "缓存", "键", "sharing", "kv", "100%", "_", "\\",
                  '"quoted" AND (', "zebra", "größe"):  # fmt: skip
        for owner in ("", None, "somebody"):
            found = [[(each.title, each.snippet) for each in threads.search(query, owner)]
                     for threads in (there, here)]  # fmt: skip
            assert found[0] == found[1], query
    assert [[each.title for each in threads.latest(None)] for threads in (there, here)] == [
        ["ÜBER Größe?", "什么是键值缓存？", "What is GQA?"]
    ] * 2
    assert there.quoting(["https://a.example/"])
    assert there.quoting(["https://b.example/"]) == []
    with pytest.raises(NothingFound):
        there.show("zzzz")


def test_notes_and_cards_and_gaps_change_as_in_a_home(database, desk, monkeypatch):
    notes, deck, gaps = Notes(database), Deck(database), Gaps(database)
    note = notes.add("https://a.example/" + "y" * 3_000, "A", "0", AT, "Ask", ['a "b"', "c"])
    assert notes.latest(url=note.url, tag='a "b"') == [note]
    assert notes.latest(tag="b") == []
    assert notes.search("one ask") == [note]
    assert notes.edit(note.id, text="Understood").text == "Understood"
    assert notes.search("ask") == []
    notes.delete(note.id)
    assert notes.latest() == []
    deck.add([CARD], "topic")
    (card,) = deck.due()
    assert deck.rate(card.number, 4).reviews == 1
    deck.remove(card.number)
    assert deck.all() == []
    refused = desk.ask("Which soil do blueberries like?")
    monkeypatch.setattr("assistant.kept.gaps._KEPT", 3)
    for number in (0, 1, 2, 3, 4, 3):
        values = {name: getattr(refused, name) for name in refused.__slots__}
        gaps.note(refused.__class__(**values | {"asked": f"question {number} " + "键" * 3_900}))
    assert [(gap.question[:10], gap.count) for gap in gaps.read()] == [
        ("question 3", 2), ("question 4", 1), ("question 2", 1)
    ]  # fmt: skip
    gaps.forget([gap.question for gap in gaps.read()])
    assert gaps.read() == []


def test_a_connection_lost_in_the_middle_is_said_and_nothing_is_half_kept(server, wire, opened):
    said: list[str] = []
    threads = Threads(
        opened(server.address.replace(str(server.port), str(wire.port))), notice=said.append
    )
    name = threads.keep(answered())
    kept = 1
    for up in (10, 200, 1_000, 2_000, 3_000, 4_000, 6_000):
        wire.cut_after(up=up)
        done = threads.keep(answered(f"number {up}?"), thread=name)
        wire.whole()
        turns = threads.show(name).turns
        assert len(turns) in ((kept, kept + 1) if done is None else (kept + 1,))
        kept = len(turns)
        ((words, rows),) = asked(
            server, "SELECT (SELECT count(*) FROM refdesk_threads.words),"
            " (SELECT count(*) FROM refdesk_threads.turns)",
        )  # fmt: skip
        assert words == rows == kept
        assert json.dumps(turns[-1].answer)
    assert said
    assert all("This thread is not kept" in each and "cannot be reached" in each for each in said)
    wire.cut_after(down=0)
    with pytest.raises(DatabaseUnavailable, match=rf"127.0.0.1:{wire.port}.* cannot be reached"):
        threads.latest()
    wire.whole()
    assert threads.latest()[0].id == name


def test_a_server_that_stops_costs_no_answer_and_is_found_again(server, desk, home):
    desk.close()
    said: list[str] = []
    with closing(Desk(home, database=server.address, notice=said.append)) as shared:
        name = shared.threads.keep(answered())
        server.stop()
        begun = time.monotonic()
        assert shared.ask("Which soil do blueberries like?").refused
        assert shared.threads.keep(answered()) is None
        assert time.monotonic() - begun < 10
        with pytest.raises(DatabaseUnavailable, match="See that it runs"):
            shared.threads.show(name)
        with pytest.raises(DatabaseUnavailable):
            shared.gaps()
        with pytest.raises(DatabaseUnavailable):
            shared.check()
        server.start()
        assert to_json(answered()) == shared.threads.show(name).turns[0].answer
        assert "not kept" in said[-1]


def test_desks_that_write_at_once_lose_nothing(server, database):
    code = (
        "import sys; from assistant.kept.database import Database;"
        "from assistant.kept.threads import Threads;"
        "from tests.assistant.test_threads import answered\n"
        "threads = Threads(Database(sys.argv[1]))\n"
        "for number in range(30):\n"
        "    assert threads.keep(answered(f'{sys.argv[2]} {number}?'), thread=sys.argv[3])\n"
    )
    threads = Threads(database)
    name = threads.keep(answered())
    running = [
        subprocess.Popen([sys.executable, "-c", code, server.address, word, name])
        for word in ("one", "two", "three")
    ]
    assert [each.wait(120) for each in running] == [0, 0, 0]
    turns = threads.show(name).turns
    assert len({turn.answer["question"] for turn in turns}) == len(turns) == 91


def test_a_writer_that_does_not_end_keeps_others_waiting_two_seconds(database):
    threads = Threads(database)
    threads.keep(answered())
    holding, over = threading.Event(), threading.Event()

    def hold() -> None:
        with threads._store.writing():
            holding.set()
            over.wait(20)

    holder = threading.Thread(target=hold)
    holder.start()
    try:
        assert holding.wait(20)
        begun = time.monotonic()
        with pytest.raises(HomeBusy, match="being written to"):
            threads.rename(threads.latest()[0].id, "another")
        assert 1.5 < time.monotonic() - begun < 5
    finally:
        over.set()
        holder.join()


def test_what_somebody_broke_is_named_and_put_aside(server, desk, home):
    desk.close()
    with closing(Desk(home, database=server.address)) as shared:
        name = shared.threads.keep(answered())
        asked(server, "UPDATE refdesk_threads.turns SET answer = '{\"a\": 1'")
        (damage,) = shared.check().damages
        assert damage.where == f"{server.address}, refdesk_threads"
        with pytest.raises(UsageError, match="is damaged"):
            shared.threads.show(name)
        assert shared.check(repair=True).damages == ()
        assert shared.threads.latest() == []
        ((aside,),) = asked(
            server, "SELECT nspname FROM pg_namespace WHERE nspname LIKE '%damaged%'"
        )
        asked(server, f"DROP SCHEMA {aside} CASCADE")


def test_a_newer_refdesk_and_a_user_without_rights_are_said(server, opened):
    Threads(opened(server.address)).keep(answered())
    asked(server, "UPDATE refdesk_threads.format SET version = 7")
    with pytest.raises(UsageError, match="newer refdesk"):
        Threads(opened(server.address)).latest()
    asked(server, "DROP SCHEMA refdesk_threads CASCADE", "DROP ROLE IF EXISTS guest",
          "CREATE ROLE guest LOGIN")  # fmt: skip
    guest = opened(server.address.replace("refdesk@", "guest@"))
    with pytest.raises(DatabaseUnavailable, match="refuses us"):
        Threads(guest).latest()
    nobody = opened(server.address.replace("refdesk@", "nobody@"))
    with pytest.raises(DatabaseUnavailable, match=r"refuses us.*PGPASSWORD"):
        Threads(nobody).latest()


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("mysql://a/b", "postgresql://USER@HOST/NAME"), ("desk", "postgresql://USER@HOST/NAME"),
        ("postgresql://me:secret@host/db", "PGPASSWORD"),
        ("postgresql://host/db?password=secret", "PGPASSWORD"),
    ],
)  # fmt: skip
def test_an_address_that_is_none_or_holds_a_password_is_refused(tmp_path, address, said):
    with pytest.raises(UsageError, match=said) as refused:
        Desk(tmp_path, database=address)
    assert "secret" not in str(refused.value)


def test_without_the_extra_it_is_said_what_to_install(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "psycopg", None)
    with pytest.raises(UsageError, match=r"refdesk\[postgresql\]"):
        Desk(tmp_path, database="postgresql://me@127.0.0.1:1/x").threads.latest()
