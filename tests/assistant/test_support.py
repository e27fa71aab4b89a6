"""A sentence in other words than its sources' is judged by what it says of what."""

import pytest

from assistant.answering.checking import Support
from assistant.answering.evidence import Evidence, lines_of
from assistant.answering.question import understand
from assistant.desk import Desk
from ingest.archive import writing
from ingest.archive.values import Resource
from ingest.archive.warc import Archive

ADAPTERS = """# Heron adapters

The Heron adapter has rank 12 and needs 4.1 GB. The Egret adapter has rank 48 and needs 7.3 GB. \
The Bittern adapter has rank 6 and needs 2.2 GB. The Egret adapter was released in June 2023 by \
Mira Solberg. The Heron adapter is licensed under BSD, the Bittern adapter under Apache.
"""
QUEUES = """# Queues

The Avocet queue drops long jobs after 300 milliseconds. The Knot queue never drops jobs. Neither \
of them keeps an order. Both need a lock before a job starts.
"""
CLIENTS = """# Clients

The Teal client does not support batching. The Smew client supports batching but not retries. \
Unlike Teal, Smew is written in Rust. All clients are free for schools, and most of them are free \
for companies with fewer than twenty people.
"""
LONG = """# Plan

The project began in 2019 with four people. Its office is in Bergen. Rain falls there often. The \
coffee is good. Everybody likes the stairs. The budget of the project is 3 million kroner.
"""
MERGED = """# Birds

Few ships of that time sailed to South Merlin. Petrel amassed the largest collection of nests in \
his time. The book of Petrel, Night of the Curlew, was released on March 26, 1973. The Whimbrel \
scheduler is licensed under MIT. The Turnstone scheduler is licensed under GPL. Godwit schedules \
jobs, too. The Ruff park opened in 1985. It closed at the end of 2004. Plover crossed Dunlin \
Bridge. A two-layer network of Ruff needs at least 7 days. There are no faults in anything below \
300 volts. Please bring exact change. The driver does not carry change.
"""
COPIED = """# Warehouse

The sorter must lift a crate, and the belt then carries the crate to the scale. If the belt stops, \
the sorter may drop two crates, so the guard closes the gate. Only the foreman can open the gate \
for at least 40 minutes. The scale is more exact than the ruler, and the clerk reads the scale. \
When a crate is wet, the wet crate goes to the wet rack.
"""
REWORDED = """# Reworded crates

The sorter must lift every crate, and the night shift does not. The labelled crates go to the \
north hall in the morning. The clerk prints the invoices after the count. Each crate has a stock \
keeping unit (SKU). The gate reads the SKU. The scale is full, so the bell rings twice and the \
gate is shut.
"""
CHINESE = """# 调度

鹬调度器在 800 毫秒之后抢占长请求。鸻调度器从不抢占请求。量化之后显存占用减少 70 亿字节。\
LoRA 只训练低秩矩阵，QLoRA 还把权重量化为四位。
"""


@pytest.fixture(scope="module")
def desk(tmp_path_factory, models_dir):
    home = tmp_path_factory.mktemp("support") / "home"
    home.mkdir()
    (home / "models").symlink_to(models_dir)
    pages = {
        "a": ADAPTERS,
        "q": QUEUES,
        "c": CLIENTS,
        "l": LONG,
        "z": CHINESE,
        "m": MERGED,
        "w": COPIED,
        "r": REWORDED,
    }
    writing.add(
        Archive(home / "archive"),
        [Resource(f"file:///{n}.md", "text/markdown", text.encode()) for n, text in pages.items()],
    )
    desk = Desk(home, llm="extractive")
    desk.rebuild()
    yield desk
    desk.close()


def about(desk: Desk, page: str, question: str = "what is told here?") -> Evidence:
    """Return all of one page as evidence."""
    hits = [h for h in desk.library.search(page, 40) if h.passage.url == f"file:///{page[0]}.md"]
    return lines_of(desk.library, understand(question), hits)


def status(desk: Desk, evidence: Evidence, sentence: str) -> str:
    return Support(desk.library).check(sentence, evidence).status


PAGES = {
    "adapters": "adapters",
    "queues": "queues",
    "clients": "clients",
    "long": "long plan",
    "merged": "merged birds",
}


@pytest.mark.parametrize(
    ("page", "sentence"),
    [
        ("adapters", "The Heron adapter has rank 12 and needs 4.1 GB of memory."),
        ("adapters", "Egret has rank 48, while Bittern has rank 6."),
        ("queues", "Neither queue keeps an order."),
        ("queues", "The Avocet queue drops long jobs after 300 ms."),
        ("clients", "The Teal client doesn't support batching."),
        ("clients", "Smew supports batching, but no retries."),
        ("merged", "Whimbrel is licensed under MIT, while Turnstone is licensed under GPL."),
        ("merged", "In his time, Petrel amassed the largest collection of nests."),
        ("merged", "In Ruff, a two-layer network needs 7 days at least."),
        (
            "long",
            "The project began in 2019 with four people; it has a budget of 3 million kroner.",
        ),
    ],
)
def test_what_the_sources_say_passes_in_other_words(desk, page, sentence):
    assert status(desk, about(desk, PAGES[page]), sentence) != "dropped"


@pytest.mark.parametrize(
    ("page", "sentence", "why"),
    [
        ("adapters", "The Heron adapter has rank 48 and needs 7.3 GB.", "Heron"),
        ("adapters", "Egret is licensed under BSD, while Heron is licensed under Apache.", "BSD"),
        ("adapters", "The Bittern adapter is licensed under BSD, the Heron under Apache.", "order"),
        ("adapters", "The Heron adapter was released in June 2023 by Mira Solberg.", "Heron"),
        ("adapters", "The Egret adapter needs less memory than the Heron adapter.", ""),
        ("adapters", "The Heron adapter is not licensed under BSD.", "denies"),
        ("adapters", "The Egret adapter was not released in June 2023.", "denies"),
        ("adapters", "The Heron adapter has rank thirteen and needs 4.1 GB.", "thirteen"),
        ("adapters", "The Heronry adapter has rank 12 and needs 4.1 GB.", "Heronry"),
        ("queues", "The Knot queue drops long jobs after 300 milliseconds.", "denies"),
        ("queues", "The Avocet queue never drops jobs.", ""),
        ("queues", "Both of them keep an order.", "denies"),
        ("queues", "The Avocet queue drops short jobs after 300 milliseconds.", "long"),
        ("queues", "The Knot queue drops jobs.", "denies"),
        ("queues", "Both need a lock after a job starts.", "before"),
        ("merged", "Godwit is licensed under MIT, while Whimbrel is licensed under GPL.", ""),
        ("merged", "The Turnstone scheduler is licensed under MIT.", ""),
        ("merged", "South Merlin amassed the largest collection of nests in his time.", "Merlin"),
        ("merged", "Night of the Curlew was released on Petrel 26, 1973.", "Petrel"),
        ("merged", "The Ruff park opened in 2004 and closed at the end of 1985.", ""),
        ("merged", "Dunlin Bridge crossed Plover.", "order"),
        ("merged", "A three-layer network of Ruff needs at least 7 days.", "three"),
        ("merged", "A two-layer network of Ruff needs at most 7 days.", "least"),
        ("merged", "A two-layer network of Ruff needs up to 7 days.", "at least"),
        ("merged", "A two-layer network of Ruff needs 7 days.", "at least"),
        ("adapters", "The Heron adapter should have rank 12 and needs 4.1 GB.", "should"),
        ("merged", "In anything above 300 volts there are no faults.", "below"),
        ("merged", "Please do not bring exact change.", "denies"),
        ("clients", "The Teal client supports batching.", "denies"),
        ("clients", "The Smew client does not support batching.", "denies"),
        ("clients", "The Smew client supports retries but not batching.", ""),
        ("clients", "Unlike Smew, Teal is written in Rust.", ""),
        ("clients", "All of them are free for companies with fewer than twenty people.", "most"),
    ],
)
def test_what_pairs_the_right_words_wrongly_does_not(desk, page, sentence, why):
    verdict = Support(desk.library).check(sentence, about(desk, PAGES[page]))
    assert verdict.status == "dropped"
    assert why in verdict.reason


@pytest.mark.parametrize(
    ("sentence", "holds"),
    [
        ("The belt then carries the crate to the scale, and the clerk reads the scale.", True),
        ("The belt then carries the scale to the crate, and the clerk reads the scale.", False),
        ("The clerk then carries the crate to the scale, and the clerk reads the scale.", False),
        ("Before that the belt carries the crate to the scale; the clerk reads the scale.", False),
        ("The sorter may lift a crate, and the clerk reads the scale.", False),
        ("The sorter may drop two crates, and the clerk reads the scale.", False),
        ("The foreman can open the gate for 40 minutes, and the clerk reads the scale.", False),
        ("The wet crate goes to the wet rack, and the clerk reads the scale.", False),
        ("So the sorter must lift a crate, and the clerk reads the scale.", False),
    ],
)
def test_what_is_copied_is_copied_exactly(desk, sentence, holds):
    verdict = Support(desk.library).check(sentence, about(desk, "w"))
    assert (verdict.status != "dropped") is holds, verdict
    assert holds or verdict.quote_instead  # the source says it better


@pytest.mark.parametrize(
    ("sentence", "holds"),
    [
        ("The sorter has to lift each crate, and the night shift does not.", True),
        ("The sorter can lift every crate, and the night shift doesn't.", False),
        ("In the morning, the labelled crates go to the north hall.", True),
        ("In the morning, the north halls go to the labelled crate.", False),
        ("The labeled crates go to the north hall in the evening.", False),
        ("The invoices are printed by the clerk after the count.", True),
        ("The clerks are printed by the invoice after the count.", False),
        ("The stock keeping unit is read by the gate.", True),
        ("The gate is read by the SKU.", False),
        ("The bell rings twice, as the gate is shut, so the scale is full.", False),
        ("The scale is full, so the bell rings 2 times and the gate is shut.", True),
        ("The scale shuts the gate when the bell rings twice.", False),
    ],
)
def test_what_is_reworded_may_say_the_same(desk, sentence, holds):
    verdict = Support(desk.library).check(sentence, about(desk, "r reworded crates"))
    assert (verdict.status != "dropped") is holds, verdict


def test_what_is_told_in_another_order_gives_way_to_its_source(desk):
    evidence = about(desk, PAGES["adapters"])
    verdict = Support(desk.library).check(
        "The Bittern adapter is licensed under BSD, the Heron adapter under Apache.", evidence
    )
    assert verdict.quote_instead
    assert verdict.sources[0].text.startswith("The Heron adapter is licensed under BSD")


@pytest.mark.parametrize(
    ("sentence", "holds"),
    [
        ("鸻调度器从不抢占。", True),
        ("鸻调度器会抢占请求。", False),
        ("鹬调度器在 900 毫秒之后抢占长请求。", False),
        ("鹬调度器在 800 毫秒之前抢占长请求。", False),
        ("量化之后显存占用减少 7 billion 字节。", True),
        ("量化之后显存占用增加 70 亿字节。", False),
        ("QLoRA 只训练低秩矩阵，LoRA 还把权重量化为四位。", False),
        ("QLoRA 把权重量化为八位。", False),
    ],
)
def test_chinese_sentences_are_judged_alike(desk, sentence, holds):
    evidence = about(desk, "z 调度器 量化", "调度器如何抢占请求？")
    assert (status(desk, evidence, sentence) != "dropped") is holds
