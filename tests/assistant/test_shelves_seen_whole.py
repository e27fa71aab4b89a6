"""What narrows a request, and the shelves seen as a whole: lists compared, copies, what comes next.

A small home of its own: four documents and two lists, whose pages are partly here.
"""

import pytest

from assistant.collection.asked import hours_in
from assistant.collection.conditions import QUICK, conditions
from assistant.collection.request import HOLDINGS, INVENTORY, LISTS, PATH
from assistant.collection.understanding import asks_for_the_most, understand
from assistant.desk import Desk
from ingest.errors import UsageError

DOCS = {
    "lora-notes.md": """---
title: Notes on LoRA
author: Ines Whimbrel
date: 2019-03-01
---
# Notes on LoRA

LoRA adds two small matrices. The rank is 8 here.

This text is licensed under the MIT licence.
""",
    "gull.md": """# The Gull 2 model

Gull 2 was trained on 40 billion tokens. Gull 3 was trained on 90 billion tokens.
""",
    "tern.md": """# A look back at Gull 2

Gull 2 was trained on 55 billion tokens. It needs 7 tokens per step.
""",
    "zh.md": """# 海鸥模型说明

海鸥模型的训练成本约为三百元，只用一块显卡。安装时先下载安装包，再运行脚本。
""",
}
RIVER = """# River list

## Adapters

- [Notes on LoRA, a video](https://www.youtube.com/watch?v=aaaaaaaaaaa)
- [LoRA: Low-Rank Adaptation](https://arxiv.org/abs/2106.09685)
- [Adapters in practice](https://medium.com/@x/adapters-in-practice)

## Evaluation

- [A benchmark](https://github.com/waders/benchmark)
"""
LAKE = """# Lake list

## Adapters

- [LoRA: Low-Rank Adaptation](https://arxiv.org/abs/2106.09685)
"""


@pytest.fixture(scope="module")
def shelves(tmp_path_factory, models_dir):
    folder = tmp_path_factory.mktemp("whole")
    home, docs = folder / "home", folder / "docs"
    for made in (home, docs):
        made.mkdir()
    (home / "models").symlink_to(models_dir)
    for name, text in DOCS.items():
        (docs / name).write_text(text, encoding="utf-8")
    for name, text in (("river", RIVER), ("lake", LAKE)):
        (folder / f"{name}-list.md").write_text(text, encoding="utf-8")
    desk = Desk(home, llm="extractive")
    desk.ingest([docs], seed=False)
    for name in ("river", "lake"):
        desk.add_list(folder / f"{name}-list.md")
    yield desk
    desk.close()


@pytest.mark.parametrize(
    ("text", "rest", "told"),
    [
        ("papers on LoRA that are not on arXiv", "papers on LoRA", {"not_sites": "arxiv.org"}),
        ("What do you have on LoRA apart from papers?", "What do you have on LoRA?",
         {"not_kinds": "paper"}),
        ("除了视频，还有什么关于 LoRA 的？", "还有什么关于 LoRA 的？", {"not_kinds": "video"}),
        ("videos on LoRA from YouTube", "videos on LoRA", {"sites": "youtube.com"}),
        ("material on LoRA that I can read in under 20 minutes", "material on LoRA",
         {"minutes": 20}),
        ("got anything short?", "got anything?", {"minutes": QUICK}),
        ("Which posts were written before 2020?", "Which posts?", {"until": "2019"}),
        ("Which sources are licensed under MIT?", "Which sources?", {"licence": "MIT"}),
        ("notes that no list recommends", "notes", {"unlisted": True}),
        ("有没有不是英文的文章？", "有没有 文章？", {"not_langs": "en"}),
        ("What do you have on GitHub Copilot?", "What do you have on GitHub Copilot?", {}),
        ("How many tokens fit in the context?", "How many tokens fit in the context?", {}),
    ],
)  # fmt: skip
def test_what_narrows_a_request_is_taken_out_of_it(shelves, text, rest, told):
    found, left = conditions(shelves.library.store, text)
    assert left == rest
    said = {name: getattr(found, name) for name in found.__slots__ if getattr(found, name)}
    assert said.keys() == told.keys()
    for name, value in told.items():
        assert str(value) in str(said[name])


def test_what_is_excluded_is_not_shown(shelves):
    answer = shelves.ask("What do you have on LoRA apart from videos?")
    assert answer.request == HOLDINGS
    assert "a video" not in answer.text
    assert "Low-Rank Adaptation" in answer.text
    assert "no videos" in answer.text


def test_a_text_is_found_by_the_licence_it_names(shelves):
    answer = shelves.ask("Which of your documents are licensed under MIT?")
    assert answer.request == INVENTORY
    assert "Notes on LoRA" in answer.text
    assert "Gull" not in answer.text


def test_what_somebody_has_on_a_subject_is_neither_all_of_theirs_nor_all_on_it(shelves):
    answer = shelves.ask("Everything by Ines Whimbrel on LoRA")
    assert answer.request == HOLDINGS
    assert "Notes on LoRA" in answer.text
    assert "Low-Rank Adaptation" not in answer.text


def test_two_lists_are_laid_side_by_side(shelves):
    answer = shelves.ask("Compare river-list and lake-list: what does one have the other lacks?")
    assert answer.request == LISTS
    assert "shares with the rest: 1" in answer.text
    again = shelves.ask("比较一下 river-list 和 lake-list 这两个清单")
    assert again.request == LISTS
    assert "1 项" in again.text


def test_what_several_lists_link_to_is_told(shelves):
    answer = shelves.ask("Do two lists link to the same page?")
    assert "1 works stand on more than one list" in answer.text


def test_which_lists_cover_a_subject_and_which_do_not(shelves):
    answer = shelves.ask("Which lists cover evaluation and which don't?")
    assert "river-list: yes" in answer.text
    assert "lake-list: nothing" in answer.text


def test_what_comes_after_a_work_stands_next_to_it(shelves):
    answer = shelves.ask("What should I read after LoRA: Low-Rank Adaptation?")
    assert answer.request == PATH
    assert "Adapters in practice" in answer.text


@pytest.mark.parametrize(
    "text",
    ["How many words are in your library?", "Which site do most of your pages come from?",
     "When was the library last updated?", "Do you have pictures or figures?",
     "Which authors have the most pages here?"],
)  # fmt: skip
def test_the_whole_is_counted(shelves, text):
    answer = shelves.ask(text)
    assert answer.request == INVENTORY
    assert not answer.refused


def test_a_number_is_that_of_what_is_asked_and_of_its_version(shelves):
    answer = shelves.ask("Do your sources agree on how many tokens Gull 2 was trained on?")
    assert "40 billion" in answer.text
    assert "55 billion" in answer.text
    assert "per step" not in answer.text


def test_the_sections_of_a_list_are_counted(shelves):
    answer = shelves.ask("How many sections does river-list have?")
    assert "2 headings and topics" in answer.sentences[0].text


def test_a_source_in_another_language_is_asked_by_meaning(shelves):
    if shelves.library.asked_in("zh") is shelves.library:
        pytest.skip("no model here knows Chinese")
    answer = shelves.ask("What does 海鸥模型说明 say about the cost of training?")
    assert not answer.refused
    assert "三百元" in answer.text
    assert shelves.ask("What does 海鸥模型说明 say about the price of gold?").refused


def test_a_summary_has_as_many_sentences_as_were_asked_for(shelves):
    answer = shelves.ask("Summarise The Gull 2 model in one sentence")
    assert len(answer.sentences) == 1


def test_a_part_that_leans_on_the_first_is_no_question_of_its_own(shelves):
    assert asks_for_the_most("which is the shortest?")
    assert asks_for_the_most("哪个最容易上手？")
    assert not asks_for_the_most("which learning rate is best for LoRA?")
    answer = shelves.ask("How many videos do you have, and which is the shortest?")
    assert answer.request == INVENTORY
    assert "1 video" in answer.text


@pytest.mark.parametrize("text", ["the", "什么"])
def test_a_word_that_is_said_everywhere_is_nothing_to_search_for(shelves, text):
    with pytest.raises(UsageError, match="say what to search for"):
        shelves.search(text)


@pytest.mark.parametrize(
    ("text", "hours"),
    [("two weekends", 20), ("three evenings", 9), ("a week", 10), ("两周", 20), ("2 hours", 2)],
)
def test_spans_of_time_are_counted(text, hours):
    assert hours_in(f"plan for {text} on LoRA") == hours


def test_a_path_leads_to_the_subject_of_what_one_wants_to_read(shelves):
    request = understand(shelves.library, "what should I read before the attention paper?")
    assert (request.kind, request.subject) == ("path", "attention")


@pytest.mark.parametrize(
    "text",
    ["Which papers proposed LoRA?", "What is a token without context?", "How do two models differ?",
     "What should come after fine-tuning?", "Which tokens are removed before training?",
     "哪些论文提出了 LoRA？", "How many words does a tokenizer know?"],
)  # fmt: skip
def test_questions_of_fact_stay_such(shelves, text):
    assert understand(shelves.library, text) is None
