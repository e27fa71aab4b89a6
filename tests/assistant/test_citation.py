"""No sentence is shown that its source does not support."""

import pytest

from assistant.answering.checking import attribute, unsupported_details
from assistant.answering.evidence import gather
from assistant.answering.question import understand
from assistant.answering.selection import plan, sections
from assistant.desk import Desk
from index.store.values import Filters
from ingest.archive import given, writing
from ingest.archive.values import Resource
from ingest.archive.warc import Archive
from ingest.values import PRIMER


@pytest.fixture
def evidence(desk):
    question = understand("how do multi-query and grouped-query attention share keys?")
    return gather(desk.library, question, Filters())


def test_a_near_copy_becomes_the_sources_own_sentence(desk, evidence):
    verdict = attribute(
        desk.library,
        evidence,
        "Multi-query attention keeps just one key head and one value head for all query heads.",
    )
    assert (verdict.status, verdict.verbatim) == ("supported", True)
    assert verdict.text in verdict.line.hit.passage.text


def test_a_swap_of_names_is_put_right_or_dropped(desk, evidence):
    verdict = attribute(
        desk.library,
        evidence,
        "Grouped-query attention keeps one key head and one value head for all query heads.",
    )
    assert verdict.status == "dropped" or verdict.text in verdict.line.hit.passage.text


@pytest.mark.parametrize(
    "claim",
    [
        "Bananas are harvested in the rainy season by hand.",
        "With 16 groups the cache is 16 times smaller than with 64 separate heads of any kind.",
        "Multi-query attention was described by Vaswani in 2019 as a faster way of decoding text.",
    ],
)
def test_what_no_source_says_is_dropped(desk, evidence, claim):
    verdict = attribute(desk.library, evidence, claim)
    assert verdict.status == "dropped" or verdict.text != claim


@pytest.mark.parametrize("said", ["...", "How does multi-query attention share keys again?"])
def test_what_states_nothing_is_dropped(desk, evidence, said):
    assert attribute(desk.library, evidence, said).status == "dropped"


@pytest.mark.parametrize(
    ("sentence", "source", "detail"),
    [
        ("It has 13 layers.", "It has 12 layers.", "13 layers"),
        ("It has 1,024 heads.", "There are 1024 heads.", None),
        ("It is 5 % slower.", "It is 5% slower.", None),
        ("GQA is used.", "MQA is used.", "GQA"),
        ("It was made by Shazeer.", "Somebody made it.", "Shazeer"),
        ("It does not scale.", "It scales.", "its negation"),
        ("It scales well.", "It scales well.", None),
        ("GPUs are needed.", "A GPU is needed.", None),
    ],
)
def test_numbers_names_and_negations_must_stand_in_the_source(sentence, source, detail):
    assert unsupported_details(sentence, source) == detail


NOTE = """---
topic: Multi-query attention
links: []
---

# Multi-query attention

Multi-query attention lets all query heads share a single key head and a single value head. \
Shazeer introduced multi-query attention in 2019.
"""
CURATED = """# A post on decoding

With multi-query attention all query heads share a single key head and a single value head.
"""


def test_a_curated_source_that_says_the_same_is_preferred_to_the_primer(home, monkeypatch):
    monkeypatch.setattr(given, "primer", lambda: ())  # one note is the primer here
    archive = Archive(home / "archive")
    writing.add(
        archive,
        [
            Resource(f"{PRIMER}mqa", "text/markdown", NOTE.encode()),
            Resource("file:///post.md", "text/markdown", CURATED.encode()),
        ],
    )
    desk = Desk(home, llm="extractive")
    desk.rebuild()
    evidence = gather(desk.library, understand("what is multi-query attention?"), Filters())
    said = "Multi-query attention lets all query heads share a single key head and value head."
    verdict = attribute(desk.library, evidence, said)
    assert (verdict.verbatim, verdict.line.hit.passage.url) == (True, "file:///post.md")
    alone = "Shazeer introduced multi-query attention in 2019."
    verdict = attribute(desk.library, evidence, alone)
    assert (verdict.text, verdict.line.hit.passage.url) == (alone, f"{PRIMER}mqa")
    lines = plan(evidence, sections(desk.library, evidence)).lines
    urls = [line.hit.passage.url for line in lines]
    assert len(urls) == len(set(urls)) == 2


SIZE = """# The KV cache

The size of the KV cache is the number of stored key and value numbers times the bytes per number:

$$2 \\cdot n_{layers} \\cdot n_{kv} \\cdot d_{head} \\cdot n_{tokens}$$
"""


def test_a_near_copy_of_what_announces_a_formula_is_put_right(home):
    writing.add(
        Archive(home / "archive"), [Resource("file:///cache.md", "text/markdown", SIZE.encode())]
    )
    desk = Desk(home, llm="extractive")
    desk.rebuild()
    evidence = gather(desk.library, understand("what is a KV cache?"), Filters())
    verdict = attribute(
        desk.library,
        evidence,
        "A KV cache is the number of stored key and value numbers times the bytes per number.",
    )
    assert verdict.text == SIZE.split("\n")[2].replace("number:", "number.")
