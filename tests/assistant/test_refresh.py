"""A library that stays fresh by itself: what is due, what the digest says, what is answered now."""

import json
from datetime import timedelta

import pytest

from assistant.desk import Desk
from assistant.kept.gaps import Gaps
from assistant.refreshing.digest import Digest, digest_object, file_of, keep, lines_of, read
from ingest.gathering.freshness import LIST, PAGE, interval
from tests.assistant.test_given_lists import FEED, feed
from tests.assistant.test_keeping import QUICK, page
from tests.clock import Clock
from tests.stand_in import Web

DAY = timedelta(days=1)
ONE, TWO = "https://blog.example/one", "https://blog.example/two"
OSPREY = (
    b"<html><title>Ospreys</title><body><article><p>An osprey dives from a height of 40 metres. "
    b"It folds its wings and hits the water feet first. Ospreys eat fish and little else. They "
    b"nest near lakes and rivers, and return to the same nest each spring.</p></article></body>"
)


def test_what_changes_often_is_looked_at_often():
    assert interval([]) == PAGE[1]
    assert interval([], LIST) == LIST[1]
    always, never = [(DAY, True)] * 20, [(10 * DAY, False)] * 20
    assert interval(always) == PAGE[0]
    assert interval(never) == 20 * DAY
    assert interval([(60 * DAY, False)] * 40) == PAGE[2]
    weekly = [(DAY, day % 7 == 0) for day in range(70)]
    assert 3 * DAY < interval(weekly) < 7 * DAY
    assert interval([(timedelta(), True)] * 3) == PAGE[1]


@pytest.fixture
def web():
    with Web({FEED: feed("one"), ONE: page("kestrel", "Kestrels")}) as web:
        yield web


@pytest.fixture
def desk(home, web):
    desk = Desk(home, llm="extractive", transport=web.transport, limits=QUICK)
    desk.ingest(seed=False, offline=True)
    desk.add_list(FEED, name="blog")
    yield desk
    desk.close()


def test_a_digest_tells_what_changed_and_what_can_be_answered(desk, web):
    question = "From what height does an osprey dive?"
    with Clock() as clock:
        first = desk.refresh()
        assert [url for url, _ in first.new] == [ONE]
        assert first.failed == 0  # a feed is no page, and need be none
        assert desk.ask(question).refused
        assert [gap.question for gap in Gaps(desk.home.root).read()] == [question]
        web.log.clear()
        again = desk.refresh()
        assert (again.looked_at, again.says_nothing, web.log) == (0, True, [])
        clock.days = 2
        web.pages |= {FEED: feed("two"), TWO: (200, [("Content-Type", "text/html")], OSPREY)}
        second = desk.refresh()
        assert [entry.title for entry in second.lists[0].added] == ["two"]
        assert [url for url, _ in second.new] == [TWO]
        assert second.answered == (question,)
        assert Gaps(desk.home.root).read() == []
        clock.days = 40
        web.pages[ONE] = (410, [], b"")
        web.pages[TWO] = page("osprey", "Ospreys again")
        third = desk.refresh()
        assert [(gone.url, gone.title, gone.kept) for gone in third.died] == [
            (ONE, "Kestrels", True)
        ]
        assert third.changed == ((TWO, "Ospreys again"),)
        clock.days = 48
        web.pages[ONE] = page("kestrel", "Kestrels")
        fourth = desk.refresh()
        assert (fourth.back, fourth.died) == (((ONE, "Kestrels"),), ())
        assert desk.search("kestrel sentence", k=1).hits[0].passage.url == ONE
        clock.days = 400
        web.log.clear()
        bounded = desk.refresh(limit=1)
        assert bounded.looked_at == 1
        assert desk.refresh(limit=9, minutes=0).looked_at <= 1  # lists only
    told = desk.digests()
    assert [len(each["new"]) for each in told[:3]] == [1, 0, 1]
    assert list(lines_of(told[2])) == [
        f"blog: + two {TWO}", f"New: Ospreys {TWO}", f"Can be answered now: {question}",
    ]  # fmt: skip
    assert list(lines_of(told[3]))[1] == (
        f"Died: Kestrels {ONE} (dead (410); the library keeps its copy)"
    )


def test_damaged_digests_are_left_out_and_old_ones_go(tmp_path):
    for number in range(103):
        keep(tmp_path, Digest(str(number)))
    assert [each["at"] for each in (read(tmp_path)[0], read(tmp_path)[-1])] == ["3", "102"]
    whole = json.dumps(digest_object(Digest("good")))
    file_of(tmp_path).write_text(f'{{"at": 1}}\nno json\n[]\n{whole}\n{whole[:40]}')
    assert [each["at"] for each in read(tmp_path)] == ["good"]


DOWN = b"<html><title>Down</title><body><p>We are down for maintenance, and back soon.</p></body>"
MINE = "https://blog.example/list.md"


@pytest.mark.parametrize("answer", [
    (200, [("Content-Type", "text/html")], DOWN),
    (200, [("Content-Type", "text/plain")], b"# List\n\nNothing is left here.\n"),
    feed(),
])  # fmt: skip
def test_what_was_a_list_stays_one_and_is_told_of_when_it_answers_otherwise(desk, web, answer):
    text = f"# List\n\n- [One]({ONE})\n".encode()
    web.pages[MINE] = (200, [("Content-Type", "text/plain")], text)
    desk.add_list(MINE, name="list")
    with Clock() as clock:
        desk.refresh()
        before = desk.lists()
        web.pages |= {FEED: answer, MINE: answer}
        clock.days = 3
        told = list(lines_of(digest_object(desk.refresh())))
        assert [line.partition(",")[0] for line in told if "no list any more" in line] == [
            FEED, MINE,
        ]  # fmt: skip
        assert desk.lists() == before
        assert not [each for each in desk.library.store.documents() if "maintenance" in each.text]
        clock.days = 6
        assert desk.refresh().says_nothing


def test_a_refresh_that_reaches_nothing_says_so(desk, web):
    with Clock() as clock:
        assert not desk.refresh().unreached
        clock.days = 400
        web.pages |= {FEED: (503, [], b""), ONE: (404, [], b"")}
        assert not desk.refresh().unreached  # one of them answered
        clock.days = 800
        web.pages |= {FEED: (503, [], b""), ONE: (503, [], b"")}
        digest = desk.refresh()
    assert digest.unreached
    (said,) = lines_of(digest_object(digest))
    assert said.startswith("Nothing could be reached: 2 looks")
    assert FEED in said
