"""The judge of answers: what it must accept, and what it must not."""

import json
import subprocess
import sys

import pytest

from tests.benchmarks.judge import judge, rates
from tests.benchmarks.judge_rules import Aliases, why_unsound, why_wrong
from tests.benchmarks.judge_text import Quantity, names, quantities, words
from tests.conftest import ROOT

NO_ALIASES = Aliases()


@pytest.mark.parametrize(
    ("said", "reference", "question"),
    [
        ("It has 13B parameters.", "13 billion parameters.", "How large is Falkor?"),
        ("Falkor has 13,000 million parameters.", "13B parameters.", "How large is Falkor?"),
        ("Eight heads share one key.", "8 heads share a key.", "How many heads?"),
        ("MHA gives each head keys of its own.",
         "Multi-head attention: each head has its own keys.", "What is MHA?"),
        ("The colour centre is normalised.", "The color center is normalized.", "What is it?"),
        ("It reaches 50% to 73 percent.", "50-73%.", "What share of peak does it reach?"),
        ("Memory falls from 16 GB to 4GB.", "From 16 to 4 GB of memory.", "What does it save?"),
        ("It was 3x faster.", "Three times faster.", "How much faster was it?"),
        ("The batch sizes were 4, 8, or 16.", "4, 8 or 16 as batch sizes.", "Which batch sizes?"),
        ("Falkor has 57 tasks. Zephyr has 60 tasks.", "57 tasks.", "How many tasks has Falkor?"),
        ("Falkor 3 has 5 layers. Falkor 2 has 4 layers.", "5 layers.", "Layers of Falkor 3?"),
        ("Falkor uses 37 billion. All in all Falkor has 256 experts and parameters.", "37 billion.",
         "How many parameters does Falkor use?"),
        ("Falkor reaches 50% of the maximum. Falkor 2 reaches a use of 72%.", "50% of the maximum.",
         "What share does Falkor reach?"),
        ("It took 5 hours on 60 cards.", "5 hours.", "How long did it take?"),
        ("缓存占用 4 GB 显存。", "大约 4GB 显存。", "缓存占多少显存？"),
        ("模型有十二层。", "12 层。", "模型有几层？"),
        ("It has 135M parameters.", "1.35 亿参数。", "它有多少参数？"),
        ("The library is onebit_llms, version 0.7.0.", "onebit_llms 0.7.0.", "Which library?"),
        ("GPT2 writes one token at a time.", "GPT-2 writes one token at a time.", "What writes?"),
    ],
)  # fmt: skip
def test_the_same_in_other_words_and_forms_is_correct(said, reference, question):
    assert why_wrong(said, reference, question, NO_ALIASES) == ""


@pytest.mark.parametrize(
    ("said", "reference", "question", "why"),
    [
        ("It has 12 billion parameters.", "13B parameters.", "How large is Falkor?", "1.3e+10"),
        ("It needs 16 MB of memory.", "16 GB of memory.", "What does it need?", "16 GB"),
        ("It needs 16 of them.", "16%.", "What share?", "16 percent"),
        ("It is faster.", "It is 3x faster.", "How fast?", "3 x"),
        ("The fast library is easy to use.", "CTranslate2, fast and easy to use.", "Which?",
         "CTranslate2"),
        ("An API is used.", "PI is used.", "What is used?", "PI is not said"),
        ("Falkor was trained on 57 pages of tasks. Falkor has 60 tasks.", "57 tasks.",
         "How many tasks has Falkor?", "60 is said instead"),
        ("Yes, code was published by Falkor.", "No, Falkor published no code.",
         "Did Falkor publish code?", "yes and no"),
        ("It stores vectors.", "It freezes weights and trains low-rank matrices.", "What is LoRA?",
         "words"),
        ("A100 cards were used.", "100 cards.", "How many cards?", "100 is not said"),
        ("模型有十三层。", "12 层。", "模型有几层？", "12"),
        ("缓存让训练变慢。", "量化把权重从十六位降到四位。", "量化做什么？", "16"),
        ("缓存占用显存。", "减少参数量，并降低内存带宽。", "有哪两个好处？", "words"),
        ("Weights are rounded.", "权重被舍入。", "权重怎么了？", "another language"),
    ],
)  # fmt: skip
def test_what_lacks_or_contradicts_the_reference_is_wrong(said, reference, question, why):
    assert why in why_wrong(said, reference, question, NO_ALIASES)


def test_aliases_stand_for_words_names_and_numbers_of_one_reference():
    reference = "Store 3072 units at the start of PTX."
    said = "Put 768*4 units at the beginning of the assembler."
    assert why_wrong(said, reference, "Where?", NO_ALIASES)
    granted = Aliases(
        {"3072": ["768*4"], "ptx": ["assembler"], "start": ["beginning"], "store": ["put"]}
    )
    assert why_wrong(said, reference, "Where?", granted) == ""
    assert why_wrong("Put it away.", reference, "Where?", granted)


def test_a_reference_in_the_other_language_counts_too():
    also = Aliases(also="It lowers the parameter count and the memory bandwidth.")
    reference = "减少参数量，并降低内存带宽。"
    said = "This lowers the parameter count and reduces memory bandwidth."
    assert why_wrong(said, reference, "有哪两个好处？", also) == ""
    assert why_wrong("This makes the code simple.", reference, "有哪两个好处？", also)


@pytest.mark.parametrize(
    ("quote", "sentence"),
    [
        ("Sixteen heads. The **cache** is *small*, so decoding is fast.",
         "The cache is small, so decoding is fast."),
        ("With 8 groups the cache is 8 times smaller than with 64 separate heads.",
         "The cache is 8 times smaller with eight groups."),
        ("While the cause was not found, they restarted from a checkpoint and skipped batches.",
         "They restarted from a checkpoint and skipped batches."),
        ("LoRA adapters can be merged with the weights, so inference has no added latency.",
         "LoRA 适配器可以与权重合并，推理没有额外延迟。"),
    ],
)  # fmt: skip
def test_a_quote_that_holds_what_a_sentence_says_supports_it(quote, sentence):
    assert why_unsound(quote, sentence) == ""


@pytest.mark.parametrize(
    ("quote", "sentence", "why"),
    [
        ("It comes in sizes from 135M to 1.7B.", "It comes in two sizes.", "2 is not"),
        ("The cache needs 4 GB.", "The cache needs 4 MB.", "4 MB"),
        ("The cache of Falkor is small.", "The cache of Zephyr is small.", "Zephyr"),
        ("Adapters can be merged with the weights.", "Adapters cannot be merged with the weights.",
         "denies"),
        ("Adapters cannot be merged with the weights.", "Adapters can be merged with the weights.",
         "denies"),
        ("Bread is baked in an oven.", "The cache holds keys and values.", "0.00"),
        ("Rye bread needs an oven.", "适配器可以与权重合并，推理没有延迟。", "glossary"),
        (None, "The cache is small.", "cites no citation"),
    ],
)  # fmt: skip
def test_a_quote_that_does_not_hold_it_does_not(quote, sentence, why):
    assert why in why_unsound(quote, sentence)


def test_numbers_are_read_with_their_units_and_apart_from_names():
    text = (
        "GPT-2 on 8x 80GB A100s: 12,525 tokens, 1.5 billion, a third, $10, -100, int4, 8x7B, v0.7.0"
    )
    assert quantities(text) == [
        Quantity(8, "x"), Quantity(80, "GB"), Quantity(12525, ""), Quantity(1.5e9, ""),
        Quantity(0.333333333, ""), Quantity(10, "dollar"), Quantity(-100, ""),
    ]  # fmt: skip
    assert {"GPT-2", "A100", "int4", "8x7B", "v0.7.0"} <= set(names(text))
    assert quantities("三万五千个，两倍，百分") == [Quantity(35000, ""), Quantity(2, "x")]
    assert names("The model of Google is fine. Heads share it.") == ["Google"]
    assert words("Optimisation of the parameters") == words("optimize a parameter")


def test_an_answer_object_is_judged_by_itself():
    question = {"id": "q1", "question": "How small is the cache?", "lang": "en", "type": "number",
                "answer": "8 times smaller."}  # fmt: skip
    given = {
        "refused": False,
        "sentences": [
            {"text": "The cache is 8 times smaller.", "citations": [1]},
            {"text": "The cache is 9 times as small.", "citations": [1, 2]},
        ],
        "citations": [{"n": 1, "quote": "With 8 groups the cache is 8 times smaller."}],
    }
    verdict = judge(given, question, NO_ALIASES)
    assert (verdict.answered, verdict.sentences, verdict.cited) == (True, 2, 2)
    assert (verdict.pairs, verdict.sound, verdict.backed) == (3, 1, 1)
    assert "9 x is said instead" in verdict.reason
    silent = judge({"refused": True}, question, NO_ALIASES)
    assert (silent.answered, silent.correct, silent.reason) == (False, False, "refused")
    nothing = {**question, "id": "u1", "type": "unanswerable", "answer": ""}
    every = [verdict, silent, judge({"refused": True}, nothing, NO_ALIASES)]
    figures = rates([*every, judge(given, nothing, NO_ALIASES)])
    assert (figures["answered"], figures["false_refusals"]) == (0.5, 0.5)
    assert (figures["true_refusals"], figures["correct"]) == (0.5, 0.0)
    assert figures["citation_precision"] == pytest.approx(1 / 3, abs=1e-4)


OTHER_FORMS = (
    "common_words", "desk", "desk_facts", "desk_fresh", "general", "informing", "learners", "open",
    "orders", "read", "scope", "short", "support_zh",
)  # fmt: skip


def test_our_own_questions_are_whole_and_their_references_correct_by_themselves():
    seen = set()
    files = sorted((ROOT / "data" / "eval").glob("*.jsonl"))
    for file in (each for each in files if each.stem not in OTHER_FORMS):
        for line in file.read_text("utf-8").splitlines():
            row = json.loads(line)
            assert row["id"] not in seen
            seen.add(row["id"])
            assert row["question"]
            assert row["lang"] in ("en", "zh")
            assert bool(row["gold_urls"]) == (row["type"] != "unanswerable")
            if row["type"] != "unanswerable":
                reason = why_wrong(row["answer"], row["answer"], row["question"], NO_ALIASES)
                assert reason == "", row["id"]


def test_the_command_reports_figures_and_failures(tmp_path):
    question = {
        "id": "q1",
        "question": "How many?",
        "lang": "en",
        "type": "number",
        "answer": "57.",
    }
    answer = {"id": "q1", "refused": False, "citations": [{"n": 1, "quote": "It has 56 tasks."}],
              "sentences": [{"text": "It has 56 tasks.", "citations": [1]}]}  # fmt: skip
    files = [tmp_path / "answers.jsonl", tmp_path / "questions.jsonl"]
    for file, row in zip(files, (answer, question), strict=True):
        file.write_text(json.dumps(row) + "\n", encoding="utf-8")
    command = [sys.executable, "-m", "tests.benchmarks.judge", *map(str, files), "--json"]
    done = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True)
    report = json.loads(done.stdout)
    assert (report["n"], report["correct"], report["citation_precision"]) == (1, 0.0, 1.0)
    assert report["failures"][0]["reason"] == "57 is not said"


def test_the_judge_knows_nothing_of_the_product():
    code = (
        "import sys, tests.benchmarks.judge\n"
        "assert not {'ingest', 'index', 'assistant', 'ui'} & {m.split('.')[0] for m in sys.modules}"
    )
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True)
