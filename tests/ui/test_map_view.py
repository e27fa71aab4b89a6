"""The map says the same as picture and as table, and its labels are words, not markup."""

import json
import re
from html import unescape

from assistant.learning import primer
from assistant.learning.subject_map import around, place_at, places
from index.store.browse import DEAD, HERE, Link
from ui.page.html_map import place_html, topics_html
from ui.page.i18n import texts
from ui.page.map_plots import topics_figure, tree_figure

SAY = texts("en")
EVIL = "<script>alert(1)</script><img src=x onerror=alert(1)>"


def a_link(title, *section, state=HERE):
    url = f"https://a.example/{title}"
    document = url if state == HERE else ""
    return Link("list", title, url, section, None, "post", state, document, 9, "en", "")


LINKS = [
    a_link("one", "Attention", "Variants"),
    a_link("two", "Attention", state=DEAD),
    a_link("three"),
]


def test_a_list_is_a_tree_of_its_sections():
    root = places("list", LINKS)
    assert [link.title for link in root.links] == ["three"]
    assert {link.title for link in root.below["Attention"].every()} == {"one", "two"}
    assert root.below["Attention"].share == 0.5
    assert place_at(root, ["list", "Attention", "Variants"]).links[0].title == "one"
    assert place_at(root, ["list", "Attention", "gone"]).path == ("list", "Attention")
    assert place_at(root, ["another"]).path == ("list",)


def test_boxes_are_as_large_as_what_they_hold_and_begin_where_one_stands():
    root = places("list", LINKS)
    box = tree_figure(root, root, SAY).data[0]
    sizes = dict(zip(map(tuple, map(json.loads, box.ids)), box.values, strict=True))
    assert sizes["list",] == 3
    assert sizes["list", "Attention"] == 2
    below = root.below["Attention"]
    box = tree_figure(root, below, SAY).data[0]
    assert box.parents[box.ids.index(json.dumps(["list", "Attention"]))] == ""
    assert len(box.ids) == 4


def test_the_table_leads_to_the_same_places_and_counts_the_same():
    root = places("list", LINKS)
    html = place_html(root, SAY)
    goes = [json.loads(unescape(each)) for each in re.findall(r'data-go="([^"]*)"', html)]
    assert goes == [{"path": ["list"]}, {"path": ["list", "Attention"]}]
    row = re.search(r"<tr data-urls=.*?</tr>", html)[0]
    assert re.findall(r'class="number">(\d+)<', row) == ["2", "1", "1"]


def test_what_is_read_before_a_topic_stands_before_it():
    note = primer.find("LoRA")
    topics = around(note)
    before = {each.slug for step, row in topics.steps.items() if step < 0 for each in row}
    assert set(note.prerequisites) <= before
    figure = topics_figure(topics, SAY)
    spots = figure.data[-1]
    where = dict(zip(spots.customdata, spots.x, strict=True))
    assert where[note.slug] == 0
    assert all(where[slug] == -1 for slug in note.prerequisites)
    assert len(set(spots.y)) == len(spots.y)  # no name stands beside another
    assert all(len(line.strip()) <= 26 for text in spots.text for line in text.split("<br>"))
    html = topics_html(topics, SAY)
    assert html.count("<tr data-urls=") == len(where)
    assert html.count('aria-current="true"') == 1


def test_labels_are_words_and_never_markup():
    root = places(EVIL, [a_link(EVIL, EVIL)])
    html = place_html(root, SAY)
    assert "<script" not in html
    assert "<img" not in html
    figure = tree_figure(root, root, SAY)
    assert not any("<" in label for label in figure.data[0].labels)
    assert "<" not in figure.layout.title.text
