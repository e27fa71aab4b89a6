"""A library is built, updated, rebuilt and searched; each step leaves what it should."""

import json
import re
import sqlite3
from itertools import product

import numpy as np
import pytest

from assistant.desk import Desk
from index.store import sums
from index.store.recipe import PASSAGE_TOKENS
from index.store.values import Filters
from index.store.within import Narrowed
from ingest.errors import NothingFound, UsageError
from ingest.lists.parser import CuratedList, parse

LIST = """# Mine

## Attention
- [Sharing keys](https://a.example/mqa) ![Easy](https://img.shields.io/badge/difficulty-Easy-green)
- [Elsewhere](https://a.example/gone)
- Prefix tuning

## Baking
- [Rye](https://a.example/rye) ![Hard](https://img.shields.io/badge/difficulty-Hard-red)
"""


@pytest.fixture
def rows(tmp_path):
    """Documents with web addresses, as a file."""
    documents = [
        ("https://a.example/mqa", "Sharing", "Multi-query attention shares one key head. " * 8),
        ("https://a.example/rye", "Rye", "Rye bread needs a sourdough starter and patience. " * 8),
        ("https://a.example/zh", "缓存", "键值缓存保存已经计算过的键和值。" * 20),
    ]
    file = tmp_path / "rows.jsonl"
    lines = [json.dumps({"_id": t, "title": t, "text": x, "url": u}) for u, t, x in documents]
    file.write_text("\n".join(lines))
    return file


def urls(result):
    return [hit.passage.url for hit in result.hits]


def test_a_rebuild_gives_the_same_digest_every_time(desk):
    first = desk.status()["digest"]
    digests = [desk.rebuild().status["digest"] for _ in range(2)]
    assert digests == [first, first]


def test_the_digest_does_not_depend_on_the_order_or_the_place(tmp_path, notes, models_dir):
    elsewhere = tmp_path / "else" / "where"
    elsewhere.mkdir(parents=True)
    for file in notes.iterdir():
        (elsewhere / file.name).write_bytes(file.read_bytes())
    digests = []
    for name, inputs in (
        ("one", [[notes]]),
        ("two", [[file] for file in sorted(elsewhere.iterdir(), reverse=True)]),
    ):
        (tmp_path / name).mkdir()
        (tmp_path / name / "models").symlink_to(models_dir)
        desk = Desk(tmp_path / name)
        for batch in inputs:
            desk.ingest(batch, seed=False)
        digests.append(desk.status()["digest"])
    assert digests[0] == digests[1]


def test_the_digest_depends_on_the_content(desk, notes):
    before = desk.status()["digest"]
    (notes / "mqa.md").write_text("# Sharing\n\nMulti-query attention shares one value head.")
    assert desk.ingest([notes]).status["digest"] != before


def test_only_what_changed_is_read_and_embedded(desk, notes):
    again = desk.ingest([notes])
    assert (again.read, again.removed, again.passages) == (0, 0, 0)
    (notes / "bread.md").write_text(
        "# Rye bread\n\nBake the rye bread for one hour at 220 degrees."
    )
    changed = desk.ingest([notes])
    assert (changed.read, changed.removed, changed.passages) == (1, 1, 1)
    texts = [hit.passage.text for hit in desk.search("how long to bake rye bread").hits]
    assert any("one hour" in text for text in texts)
    assert not any("40 minutes" in text for text in texts)


def test_one_job_can_tell_its_steps_to_somebody_else(home, notes):
    everywhere, here = [], []
    desk = Desk(home, progress=lambda *step: everywhere.append(step))
    desk.ingest([notes], seed=False, progress=lambda *step: here.append(step))
    assert ("reading pages", 3, 0) in here
    assert "embedding passages" in {step for step, _, _ in here}
    here.clear()
    desk.rebuild(progress=lambda *step: here.append(step))
    assert ("reading pages", 3, 0) in here
    assert "reading pages" not in {step for step, _, _ in everywhere}


def test_a_reader_sees_the_next_generation(home, desk, notes):
    reader = Desk(home)
    assert reader.search("speculative decoding", k=1).hits[0].passage.title != "Drafts"
    (notes / "new.md").write_text("# Drafts\n\nSpeculative decoding drafts tokens and checks them.")
    desk.ingest([notes])
    assert reader.search("speculative decoding", k=1).hits[0].passage.title == "Drafts"


def test_every_passage_stands_in_its_document_within_the_limit(desk, embedder):
    hits = desk.search("attention heads keys bread cache", k=50).hits
    assert len(hits) == desk.status()["passages"]
    for hit in hits:
        document = desk.library.document(hit.passage.url)
        assert document.text[hit.passage.start : hit.passage.end] == hit.passage.text
        assert embedder.count_tokens(hit.passage.text) <= PASSAGE_TOKENS


def test_a_word_and_a_meaning_are_both_found(desk):
    assert desk.search("Shazeer", k=1).hits[0].passage.heading[-1] == "Multi-query attention"
    assert desk.search("how hot should the oven be", k=1).hits[0].passage.title == "Rye bread"
    assert desk.search("解码", k=1).hits[0].passage.title == "键值缓存"


def test_the_neighbours_of_hits_stand_right_beside_them(tmp_path, home):
    file = tmp_path / "long.md"
    parts = "".join(
        f"## Part {n}\n\n{f'Sentence of part {n} on keys. ' * 20}\n\n" for n in range(5)
    )
    file.write_text(f"# Long\n\n{parts}")
    desk = Desk(home)
    desk.ingest([file], seed=False)
    everything = sorted(desk.search("part", k=50).hits, key=lambda hit: hit.passage.start)
    assert len(everything) >= 4
    first, second, third, fourth = everything[:4]
    beside = desk.library.neighbours([second, third])
    assert [hit.passage.key for hit in beside] == [first.passage.key, fourth.passage.key]
    assert [hit.rank for hit in beside] == [second.rank, third.rank]
    assert desk.library.neighbours([]) == []


def test_the_other_form_of_an_abbreviation_finds_too(tmp_path, home, notes):
    (notes / "names.md").write_text("# Names\n\nZebra query attention (ZQA) has stripes.")
    desk = Desk(home)
    desk.ingest([notes], seed=False)
    assert desk.library.store.abbreviations() == [("ZQA", "Zebra query attention")]
    (notes / "names.md").write_text("# Names\n\nNothing is short here.")
    desk.ingest([notes])
    assert desk.library.store.abbreviations() == []


@pytest.fixture
def listed(tmp_path, home, rows):
    """A desk that knows a list and the documents it leads to."""
    desk = Desk(home)
    desk.ingest([rows], seed=False)
    file = tmp_path / "mine.md"
    file.write_text(LIST)
    desk.add_list(file)
    return desk


def test_hits_say_who_recommends_them(listed):
    (hit,) = listed.search("multi-query attention", k=1).hits
    (recommendation,) = hit.recommended_by
    assert recommendation.list == "mine"
    assert recommendation.section[-1] == "Attention"
    assert recommendation.difficulty == "easy"


def test_status_counts_entries_and_topics(listed):
    (row,) = listed.status()["lists"]
    assert (row["name"], row["entries"], row["in_library"]) == ("mine", 3, 2)
    assert row["topics"] >= 1


def test_a_removed_list_is_forgotten_and_its_pages_stay(listed):
    documents = listed.status()["documents"]
    listed.remove_list("mine")
    assert listed.status()["lists"] == []
    assert listed.status()["documents"] == documents
    assert listed.search("multi-query attention", k=1).hits[0].recommended_by == ()


def stored(desk):
    """Each passage's vector, by its key."""
    numbers = [hit.passage.number for hit in desk.search("bread keys", k=50).hits]
    keys = [passage.key for passage in desk.library.store.passages(numbers).values()]
    order = [desk.library.store.passage(key).number for key in keys]
    return dict(zip(keys, desk.library.vectors(order), strict=True))


def test_what_lists_say_goes_into_the_vectors_and_out_again(tmp_path, home, rows):
    desk = Desk(home)
    desk.ingest([rows], seed=False)
    before = stored(desk)
    file = tmp_path / "mine.md"
    file.write_text(LIST)
    desk.add_list(file)
    asked = desk.library.embedder.embed_query("attention")
    changed = {
        desk.library.store.passage(key).url: float((vector - before[key]) @ asked)
        for key, vector in stored(desk).items()
        if key in before and not np.array_equal(vector, before[key])
    }
    assert set(changed) == {"https://a.example/mqa", "https://a.example/rye"}
    assert changed["https://a.example/mqa"] > 0.01  # it stands under Attention
    assert changed["https://a.example/mqa"] > changed["https://a.example/rye"]
    updated = stored(desk)
    desk.rebuild()
    again = stored(desk)
    assert updated.keys() == again.keys()
    assert all(np.array_equal(updated[key], again[key]) for key in again)
    desk.remove_list("mine")
    after = stored(desk)
    assert all(np.array_equal(after[key], before[key]) for key in before)


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        (Filters(lists=("mine",)), {"https://a.example/mqa", "https://a.example/rye"}),
        (Filters(sections=("baking",)), {"https://a.example/rye"}),
        (Filters(difficulties=("easy",)), {"https://a.example/mqa"}),
        (Filters(langs=("zh",)), {"https://a.example/zh"}),
        (Filters(langs=("zh", "en"), difficulties=("hard",)), {"https://a.example/rye"}),
        (Filters(kinds=("video",)), set()),
    ],
)
def test_a_filter_lets_exactly_the_matching_through(listed, filters, expected):
    found = urls(listed.search("attention bread 缓存", k=50, filters=filters))
    assert {url for url in found if url.startswith("https")} == expected


@pytest.mark.parametrize(
    ("filters", "told"),
    [
        (Filters(lists=("mnie",)), "no list 'mnie' here: did you mean 'mine'"),
        (Filters(langs=("Chinese",)), "no language 'Chinese' here: did you mean 'zh'"),
        (Filters(lists=("nope",)), "choose from mine, primer"),
        (Filters(kinds=("papr",)), "did you mean 'paper'"),
        (Filters(difficulties=("eazy",)), "did you mean 'easy'"),
        (Filters(langs=("fr",)), "choose from en, zh"),
        (Filters(sections=("Bakin g",)), "did you mean 'Baking'"),
        (Filters(sections=("zzz",)), "No section of the lists here holds 'zzz'"),
    ],
)
def test_a_filter_that_names_nothing_says_so(listed, filters, told):
    with pytest.raises(UsageError, match=re.escape(told)):
        listed.search("attention", filters=filters)
    with pytest.raises(UsageError, match=re.escape(told)):
        listed.ask("What is attention?", filters=filters)


def test_a_search_tells_what_was_searched(desk):
    found = desk.search("grouped querry attentoin")
    assert found.query == "grouped querry attentoin"
    assert found.searched == "grouped query attention"
    assert "Grouped-query attention" in found.hits[0].passage.heading
    assert desk.search("bread").searched == "bread"


def test_nothing_to_search_for_is_told(desk):
    for nothing in ("", "?", "🙂"):
        with pytest.raises(UsageError, match="say what to search for"):
            desk.search(nothing)
        with pytest.raises(UsageError, match="say what"):
            desk.ask(nothing)


def test_a_filtered_search_gives_as_many_hits_as_match(listed):
    for k, lang in product((1, 2, 5), ("en", "zh")):
        filters = Filters(langs=(lang,))
        matching = len(Narrowed(filters, listed.library.store).numbers)
        assert len(listed.search("attention", k=k, filters=filters).hits) == min(k, matching)


def test_another_embedding_model_is_refused(desk, home):
    folder = desk.home.current()
    with sqlite3.connect(folder / "library.sqlite") as db:
        db.execute("UPDATE settings SET value = 'other' WHERE name = 'fingerprint'")
    db.close()
    sums.write(folder)  # it was built so, and is no damage
    with pytest.raises(NothingFound, match="rebuild"):
        Desk(home).search("attention")


def test_the_archive_alone_is_enough(tmp_path, listed, models_dir):
    other = tmp_path / "other"
    other.mkdir()
    (other / "models").symlink_to(models_dir)
    (other / "archive").symlink_to(listed.home.archive)
    desk = Desk(other)
    assert desk.rebuild().status["digest"] == listed.status()["digest"]
    assert [curated.name for curated in desk.lists()] == ["mine"]


def test_a_list_is_kept_as_it_was_parsed(listed):
    (kept,) = listed.lists()
    assert isinstance(kept, CuratedList)
    assert kept.entries == parse(LIST, name="mine").entries
