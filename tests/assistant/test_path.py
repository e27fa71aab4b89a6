"""Reading paths over the founding lists, a list of one's own and a few pages."""

import json
import re
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pytest
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from assistant.contract import to_json
from assistant.desk import Desk
from assistant.learning import effort, primer
from assistant.learning.path import reading_path, to_markdown
from index.store.catalog import entry_rows
from index.store.values import DIFFICULTIES, Recommendation
from ingest.archive import writing
from ingest.archive.warc import Archive
from ingest.errors import NothingFound, UsageError
from ingest.links.sites.registry import is_account
from ingest.links.urls import canonical
from ingest.lists import catalog
from ingest.values import Document

LATENCY = "https://hamel.dev/notes/llm/inference/03_inference.html"
ROTTEN = "https://rotten.example/lora"
OWN_LIST = f"""# Reading of our group

## Adapters

- [LoRA in ten minutes](https://group.example/lora) ![easy](https://img.shields.io/badge/difficulty-Easy-green)
- [LoRA, gone](<{ROTTEN}>)
- [Evil \\](javascript:alert(1)) LoRA *](https://group.example/evil(1))

## Sourdough baking

- [A starter from nothing](https://group.example/starter)
"""
PAGES = [
    {
        "url": LATENCY,
        "title": "Optimizing latency",
        "text": "# Optimizing latency\n\n"
        + "The cache of keys and values makes decoding fast. " * 88,
    },
    {
        "url": "https://group.example/starter",
        "title": "A starter from nothing",
        "text": "# A starter from nothing\n\nA sourdough starter is flour and water, fed daily. "
        "Sourdough baking begins with an active starter.",
    },
]


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory, models_dir: Path) -> Iterator:
    folder = tmp_path_factory.mktemp("paths")
    home = folder / "home"
    home.mkdir()
    models_dir.mkdir(parents=True, exist_ok=True)
    (home / "models").symlink_to(models_dir)
    pages = folder / "pages.jsonl"
    pages.write_text("\n".join(json.dumps(page) for page in PAGES), "utf-8")
    warc = folder / "gone.warc.gz"
    with warc.open("wb") as out:
        writer = WARCWriter(out, gzip=True)
        headers = StatusAndHeaders("404 Not Found", [("Content-Type", "text/html")], "HTTP/1.1")
        body = b"<p>Gone</p>"
        record = writer.create_warc_record(
            ROTTEN, "response", payload=BytesIO(body), length=len(body), http_headers=headers
        )
        writer.write_record(record)
    (folder / "own.md").write_text(OWN_LIST, "utf-8")
    writing.add(Archive(home / "archive"), catalog.founding_resources())
    desk = Desk(home, llm="extractive")
    desk.ingest([pages, warc], seed=False)
    desk.add_list(folder / "own.md")
    yield desk.library
    desk.close()


def titles(path):
    return [step.title for step in path.steps]


def test_prerequisites_come_first_each_after_its_own_then_the_topic(library):
    path = reading_path(library, "GQA")
    assert path.note is primer.notes()["mha-mqa-gqa"]
    notes = [step for step in path.steps if step.primer]
    assert list(path.steps[: len(notes)]) == notes
    slugs = [step.url.removeprefix("refdesk:primer/") for step in notes]
    assert slugs[-1] == "mha-mqa-gqa"
    assert slugs.index("attention") < slugs.index("kv-cache") < slugs.index("mha-mqa-gqa")
    assert notes[-1].why == "the primer's note on the topic"
    assert notes[slugs.index("kv-cache")].why.startswith("prerequisite of Multi-head")


def test_every_path_is_in_order_names_each_link_once_and_stays_short(library):
    for slug, note in primer.notes().items():
        path = reading_path(library, slug)
        before = [step for step in path.steps if step.primer]
        links = [step for step in path.steps if not step.primer]
        seen: set[str] = set()
        for step in before:
            own = primer.notes()[step.url.removeprefix("refdesk:primer/")]
            inside = {each.url for each in before}
            named = {f"refdesk:primer/{each}" for each in own.prerequisites}
            assert named & inside <= seen, f"{slug}: {own.slug} comes too early"
            seen.add(step.url)
        assert before[-1].url == note.url
        direct = [primer.notes()[each] for each in note.prerequisites if each in primer.notes()]
        near = {note.slug} | {each.slug for each in direct}
        near |= {slug for each in direct for slug in each.prerequisites}
        assert {step.url.removeprefix("refdesk:primer/") for step in before} <= near
        addresses = [canonical(step.url) for step in links]
        assert len(addresses) == len(set(addresses))
        read = [link for link in note.links if not is_account(link)]  # where one publishes is none
        assert {canonical(link) for link in read} <= set(addresses)
        levels = [DIFFICULTIES.index(step.difficulty) for step in links]
        assert levels == sorted(levels)
        assert all(step.why and step.minutes > 0 for step in path.steps)
        assert path.total_minutes == sum(step.minutes for step in path.steps)


def test_a_list_s_badge_counts_and_an_estimate_says_so(library):
    steps = {step.title: step for step in reading_path(library, "LoRA").steps}
    badge = steps["Umar Jamil: LoRA Explained"]
    assert (badge.difficulty, badge.estimated) == ("medium", False)
    assert badge.recommended_by == (
        Recommendation("llm-deep-dive", ("FineTuning", "LoRA"), "medium"),
    )
    assert badge.why == "recommended under 'FineTuning > LoRA' by llm-deep-dive"
    assert steps["The Novice's LLM Training Guide"].estimated


def test_a_list_of_one_s_own_adds_its_links_but_not_its_dead_ones(library):
    steps = {step.url: step for step in reading_path(library, "LoRA").steps}
    assert steps["https://group.example/lora"].difficulty == "easy"
    assert not steps["https://group.example/lora"].estimated
    assert ROTTEN not in steps
    assert "https://group.example/starter" not in steps


def test_a_founding_link_that_no_note_leads_to_is_left_out(library):
    gone = "https://github.com/zhiyuan8/LLM-learning/blob/main/2-finetuning/4-lora.md"
    assert gone in {row[2] for row in entry_rows(library.store)}
    assert gone not in {step.url for step in reading_path(library, "LoRA").steps}


def test_reading_time_comes_from_the_text_or_is_a_stated_default(library):
    steps = {step.title: step for step in reading_path(library, "KV cache").steps}
    latency = next(step for step in steps.values() if step.url == LATENCY)
    assert latency.in_library
    assert latency.timed
    assert latency.minutes == 4  # 88 x 9 words, 2 of the title, 220 a minute
    serving = steps["Serving"]
    assert not serving.in_library
    assert not serving.timed
    assert serving.minutes == effort.DEFAULT_MINUTES["note"]


def test_hours_keep_what_fits_in_order_and_always_the_topic_s_own_note(library):
    whole = reading_path(library, "LoRA")
    short = reading_path(library, "LoRA", hours=0.5)
    assert short.total_minutes <= 30
    assert short.note is not None
    assert short.note.url in {step.url for step in short.steps}
    assert [step for step in whole.steps if step in short.steps] == list(short.steps)
    assert [step for step in whole.steps if step in short.left_out] == list(short.left_out)
    assert len(short.steps) + len(short.left_out) == len(whole.steps)
    least = reading_path(library, "LoRA", hours=0.01)
    assert [step.url for step in least.steps] == [least.note.url]


@pytest.mark.parametrize("hours", [0, -1, float("nan"), float("inf")])
def test_hours_must_be_a_number_above_zero(library, hours):
    with pytest.raises(UsageError, match="hours above 0"):
        reading_path(library, "LoRA", hours)


def test_a_topic_in_chinese_leads_to_the_same_path(library):
    assert reading_path(library, "分词").steps == reading_path(library, "tokenisation").steps


def test_a_topic_without_a_note_is_found_in_the_library_and_under_headings(library):
    path = reading_path(library, "sourdough baking")
    assert path.note is None
    steps = {step.url: step for step in path.steps}
    starter = steps.pop("https://group.example/starter")
    assert starter.why == "recommended under 'Sourdough baking' by own"
    assert starter.in_library
    assert [url.rsplit("/", 1)[-1] for url in steps] == ["own.md"]  # the list is a document too


def test_an_unknown_topic_names_the_nearest(library):
    with pytest.raises(NothingFound, match=r"Nothing here is about fast atten tricks.*Attention"):
        reading_path(library, "fast atten tricks")
    with pytest.raises(UsageError):
        reading_path(library, "  ")


def test_json_and_markdown_say_the_same_and_nothing_breaks_out(library):
    path = reading_path(library, "LoRA", hours=1)
    made = json.loads(json.dumps(to_json(path)))
    assert made["topic"] == "LoRA and QLoRA"
    assert made["note"] == "lora-and-qlora"
    assert made["total_minutes"] == sum(step["minutes"] for step in made["steps"])
    assert set(made["steps"][0]) >= {
        "title", "url", "kind", "minutes", "difficulty", "estimated", "why", "recommended_by",
        "primer", "in_library",
    }  # fmt: skip
    whole = to_markdown(reading_path(library, "LoRA"))
    assert whole.startswith("# Reading path: LoRA and QLoRA\n")
    assert len(re.findall(r"^\d+\. ", whole, flags=re.M)) == len(
        reading_path(library, "LoRA").steps
    )
    assert "## Original papers" in whole
    assert "refdesk:primer" not in whole
    assert "evil%281%29" in whole
    assert "](javascript:" not in re.sub(r"\\.", "", whole)
    assert "## Left out for lack of time" in to_markdown(path)


def test_a_paper_that_is_a_step_is_not_listed_again(library):
    made = to_json(reading_path(library, "FlashAttention"))
    steps = {step["url"] for step in made["steps"]}
    assert "https://arxiv.org/abs/2307.08691" in steps
    assert not steps & {paper["url"] for paper in made["papers"]}


def test_code_and_chinese_are_read_at_their_own_pace():
    words = "word " * 440
    assert effort.text_minutes(words) == 2
    assert effort.text_minutes(f"```\n{words}```\n") == 6
    assert effort.text_minutes("字" * 801) == 3
    assert effort.text_minutes("") == 1


def test_difficulty_is_estimated_from_kind_title_formulas_and_length():
    def page(text: str) -> Document:
        return Document("https://a.example/", "T", text, None, None, "en", "other", "post", "")

    assert effort.difficulty("The Illustrated Transformer", "post", None) == "easy"
    assert effort.difficulty("FlashAttention: math derivation", "note", None) == "hard"
    assert effort.difficulty("Attention", "paper", None) == "hard"
    assert effort.difficulty("Attention", "video", None) == "easy"
    plain = page("Plain words about something. " * 500)
    formulas = page("The loss $x^2$ is the $y$ of $z$. " * 500)
    assert effort.difficulty("On losses", "notebook", plain) == "medium"
    assert effort.difficulty("On losses", "notebook", formulas) == "hard"


def test_a_paper_whose_page_is_an_abstract_takes_its_default_time():
    abstract = Document("https://arxiv.org/abs/1", "T", "word " * 200, None, None, "en", "arxiv",
                        "paper", "")  # fmt: skip
    assert effort.minutes(abstract.url, "paper", abstract) == (60, False)
    assert effort.minutes("https://huggingface.co/learn/llm-course/chapter1/1", "course", None) == (
        effort.DEFAULT_MINUTES["docs"],
        False,
    )
