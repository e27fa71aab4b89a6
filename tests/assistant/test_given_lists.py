"""Lists of other programs and vaults through the desk, and feeds that grow."""

import pytest

from assistant.desk import Desk
from ingest.errors import UsageError
from tests.assistant.test_keeping import QUICK, page
from tests.clock import Clock
from tests.conftest import MQA_PAGE
from tests.stand_in import Web

FEED = "https://blog.example/feed.xml"


def feed(*names):
    items = "".join(
        f"<item><title>{name}</title><link>https://blog.example/{name}</link></item>"
        for name in names
    )
    body = f"<?xml version='1.0'?><rss version='2.0'><channel><title>Blog</title>{items}"
    return (200, [("Content-Type", "application/rss+xml")], f"{body}</channel></rss>".encode())


@pytest.fixture
def web():
    with Web({FEED: feed("one"), "https://blog.example/one": page("kestrel")}) as web:
        yield web


@pytest.fixture
def desk(home, web):
    desk = Desk(home, llm="extractive", transport=web.transport, limits=QUICK)
    desk.ingest(seed=False, offline=True)
    return desk


def test_a_feed_is_a_list_that_grows(desk, web):
    curated = desk.add_list(FEED, name="blog")
    assert desk.status()["failures"] == []  # the feed is a list, and no page that failed
    assert (curated.form, curated.title) == ("feed", "Blog")
    assert [entry.title for entry in curated.entries] == ["one"]
    web.pages[FEED] = feed("two")
    web.pages["https://blog.example/two"] = page("osprey")
    desk.ingest(["blog"], refresh=True)
    (grown,) = desk.lists()
    assert [entry.title for entry in grown.entries] == ["two", "one"]
    assert [entry.title for entry in desk.list_changes("blog").added] == ["two"]
    assert desk.search("osprey sentence", k=1).hits[0].passage.url == "https://blog.example/two"
    assert [entry.title for entry in desk.add_list(FEED, name="blog").entries] == ["two", "one"]


def test_the_feeds_of_an_outline_are_followed(desk, web, tmp_path):
    file = tmp_path / "subs.opml"
    file.write_text(
        f'<opml><head><title>Subs</title></head><body><outline text="Blog" xmlUrl="{FEED}"/>'
        '<outline text="gone" xmlUrl="https://gone.example/rss"/></body></opml>'
    )
    added = desk.add_list(file)
    assert (added.feeds, added.entries) == ((FEED, "https://gone.example/rss"), ())
    first = desk.refresh()
    assert [entry.title for change in first.lists for entry in change.added] == ["one"]
    (subs,) = desk.lists()
    assert [(entry.section, entry.title) for entry in subs.entries] == [(("Blog",), "one")]
    assert [url for url, _ in first.new] == ["https://blog.example/one"]
    web.pages[FEED] = feed("two")
    with Clock() as clock:
        clock.days = 2
        second = desk.refresh()
    assert [entry.title for change in second.lists for entry in change.added] == ["two"]
    assert [entry.title for entry in desk.lists()[0].entries] == ["two", "one"]


def test_a_page_is_no_list(desk):
    with pytest.raises(UsageError, match="nor a feed"):
        desk.add_list("https://blog.example/one")


def test_an_export_is_a_list_and_no_document(desk, tmp_path):
    file = tmp_path / "saved.csv"
    file.write_text("url,title,tags\nhttps://a.example/x,Kestrels,birds\nnowhere,Broken,\n")
    curated = desk.add_list(file)
    assert (curated.name, curated.form) == ("saved", "table")
    assert [(each.target, each.reason) for each in curated.ignored] == [
        ("nowhere", "no web address")
    ]
    assert desk.lists() == [curated]
    assert not [each for each in desk.library.store.documents() if each.url.startswith("file:")]


def test_a_vault_is_documents_and_a_list(desk, tmp_path):
    vault = tmp_path / "vault"
    (vault / ".obsidian").mkdir(parents=True)
    (vault / ".obsidian" / "app.json").write_text("{}")
    (vault / "Papers").mkdir()
    (vault / "Papers" / "MQA.md").write_text(
        f"---\naliases: [multi-query]\ntags: [llm]\n---\n{MQA_PAGE}\n"
        "Read [the paper](https://arxiv.org/abs/1911.02150) after [[Attention|heads]].\n\n"
        "| Note | Where |\n|---|---|\n| [[Attention\\|A]] | https://a.example/table |\n\n"
        "%% a [hidden](https://a.example/hidden) comment %%\n\n"
        "> [!tip] Look\n> at [GQA](https://arxiv.org/abs/2305.13245) ==twice== ^block\n\n"
        "```\n[[not a link]]\n```\n![[picture.png]] [mine](obsidian://open?x)\n",
        encoding="utf-8",
    )
    (vault / "Attention.md").write_text("# Attention\n\nSee [[multi-query]] and [[Unwritten]].\n")
    (vault / "picture.png").write_bytes(b"\x89PNG\r\n")
    curated = desk.add_list(vault)
    assert curated.form == "vault"
    assert [(e.section[:2], e.title, e.url) for e in curated.entries] == [
        (("Papers", "MQA"), "the paper", "https://arxiv.org/abs/1911.02150"),
        (("Papers", "MQA"), "A", "https://a.example/table"),
        (("Papers", "MQA"), "GQA", "https://arxiv.org/abs/2305.13245"),
    ]
    assert [topic.title for topic in curated.topics] == ["Unwritten"]
    reasons = [each.reason for each in curated.ignored]
    assert reasons[0] == "unsupported address (obsidian:)"
    assert "picture.png" in reasons[1]
    note = desk.read_source((vault / "Papers" / "MQA.md").as_uri())
    assert "after heads." in note.text
    assert "hidden" not in note.text
    assert "Look\n\nat GQA twice\n" in note.text
    assert "[[not a link]]" in note.text


def test_a_vault_without_addresses_says_how_it_comes_in(desk, tmp_path):
    (tmp_path / "v").mkdir()
    (tmp_path / "v" / "a.md").write_text("# A\n\nOnly words, but many of them.\n")
    with pytest.raises(UsageError, match="refdesk ingest"):
        desk.add_list(tmp_path / "v")


def test_a_list_never_takes_the_place_of_one_from_elsewhere(home, tmp_path, web):
    desk = Desk(home, llm="extractive", transport=web.transport, limits=QUICK)
    files = [tmp_path / folder / name for folder, name in (
        ("a", "export.csv"), ("b", "export.csv"), ("a", "saved-pages.csv"),
    )]  # fmt: skip
    for number, file in enumerate(files):
        file.parent.mkdir(exist_ok=True)
        file.write_text(f"url,title\nhttps://a.example/{number},No {number}\n")
    names = [desk.add_list(file).name for file in (*files, files[1])]
    assert names == ["export", "export-2", "saved-pages-2", "export-2"]
    deep = next(each for each in desk.lists() if each.name == "llm-deep-dive")
    for name in ("llm-deep-dive", "export", "saved-pages"):
        with pytest.raises(UsageError, match="another list"):
            desk.add_list(files[1], name=name)
    assert next(each for each in desk.lists() if each.name == deep.name) == deep
    web.pages[FEED] = feed("one")
    assert desk.add_list(FEED).name == desk.add_list(f"{FEED}#x").name == "feed"
    assert desk.add_list(FEED, name="blog").name == "blog"
