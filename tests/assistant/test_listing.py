"""Lists given back: our own reader finds the same entries in them, dead links are marked."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from assistant.desk import Desk
from assistant.listing.entries import Marked
from assistant.listing.markdown import markdown
from assistant.listing.opml import opml
from ingest.errors import UsageError
from ingest.fetch.pace import Limits
from ingest.lists.catalog_file import CuratedList, Entry
from ingest.lists.parser import founding, parse
from tests.stand_in import Web


def _marked(curated, *, dead=False):
    return [Marked(each, dead, "2026-01-02") for each in curated.entries]


@pytest.mark.parametrize("dead", [False, True])
@pytest.mark.parametrize("curated", founding(), ids=lambda each: each.name)
def test_our_own_reader_finds_the_same_entries_and_topics(curated, dead):
    again = parse(markdown(curated, _marked(curated, dead=dead)), name=curated.name)
    assert set(again.entries) == set(curated.entries)
    assert set(again.topics) == set(curated.topics)
    assert again.title == curated.title


LIST = """# Mine [really] *good*

## C\\# and \\<tags\\>

- [A \\[b\\] `c` | d_e_f](https://a.example/x_(y)) \
![Hard](https://img.shields.io/badge/difficulty-Hard-red) - See also \\<b\\> & more
- [Parent](https://parent.example/)
  - [Child](https://child.example/)
- Sparse attention

### Two

#### Three

##### Four

###### Five

- Six
  - Seven
    - [Deep](https://deep.example/)
"""


def test_marks_deep_sections_and_links_below_links_survive():
    first = parse(LIST, name="mine")
    written = markdown(first, _marked(first, dead=True))
    assert written == markdown(parse(written, name="mine"), _marked(first, dead=True))
    again = parse(written, name="mine")
    assert again.entries == first.entries
    assert set(again.topics) == set(first.topics)
    assert first.entries[-1].section[-2:] == ("Six", "Seven")


TEXT = st.text(st.characters(exclude_categories=["Cs", "Cc", "Cf", "Zl", "Zp", "So", "Sk", "Cn"]))


@given(TEXT, TEXT, TEXT)
def test_no_text_of_a_list_makes_or_loses_a_link(title, section, note):
    url = "https://a.example/"
    entry = Entry(title, url, (f"a {section}",), "post", "other", None, note)
    curated = CuratedList("mine", "Mine", None, None, "en", (entry,), ())
    again = parse(markdown(curated, _marked(curated, dead=True)), name="mine")
    assert [each.url for each in again.entries] == [url]


def test_opml_nests_sections_and_marks_what_is_dead():
    curated = parse(LIST, name="mine")
    root = etree.fromstring(opml(curated, _marked(curated, dead=True)).encode())
    assert root.get("version") == "2.0"
    assert root.findtext("head/title") == curated.title
    links = {each.get("url"): each for each in root.iter("outline") if each.get("type") == "link"}
    assert set(links) == {each.url for each in curated.entries}
    hard = links["https://a.example/x_(y)"]
    assert (hard.get("status"), hard.get("category")) == ("dead", "/hard")
    assert hard.get("archivedUrl") == "https://web.archive.org/web/20260102/https://a.example/x_(y)"
    deep = links["https://deep.example/"]
    assert [each.get("text") for each in deep.iterancestors("outline")] == [
        "Seven", "Six", "Five", "Four", "Three", "Two", "C# and <tags>",
    ]  # fmt: skip


@given(st.text(), st.text())
def test_opml_is_xml_whatever_a_list_says(title, note):
    entry = Entry(title, "https://a.example/", (note,), "post", "other", None, note)
    curated = CuratedList("mine", title, note, None, "en", (entry,), ())
    etree.fromstring(opml(curated, _marked(curated)).encode())


def test_a_link_is_dead_when_its_page_was_asked_for_and_is_gone(home, tmp_path):
    text = " ".join(f"Attention sentence number {n} says what it is." for n in range(40))
    body = f"<html><title>Keys</title><body><article><p>{text}</p></article></body></html>"
    alive = (200, [("Content-Type", "text/html")], body.encode())
    pages = {"https://keys.example/here": alive, "https://keys.example/dies": alive}
    mine = tmp_path / "mine.md"
    names = ("here", "dies", "never")
    links = "".join(f"- [{name}](https://keys.example/{name})\n" for name in names)
    mine.write_text(f"# Mine\n\n{links}")
    with Web(pages) as web:
        quick = Limits(pace=0, backoff=0.01, patience=0.2)
        desk = Desk(home, llm="extractive", transport=web.transport, limits=quick)
        desk.ingest([mine], seed=False, offline=True)
        desk.add_list(mine)
        desk.ingest(["mine"])
        del web.pages["https://keys.example/dies"]
        desk.ingest(["mine"], refresh=True)
        curated, entries = desk.list_entries("mine")
    assert [each.dead for each in entries] == [False, True, True]
    assert [bool(each.archived) for each in entries] == [True, True, False]
    written = markdown(curated, entries)
    assert f"/web/{entries[1].archived.replace('-', '')}/https://keys.example/dies" in written
    assert "/web/2/https://keys.example/never" in written
    assert written.count("![dead]") == 2
    with pytest.raises(UsageError, match="no list yours"):
        desk.list_entries("yours")
