"""The open questions: what they promise, and the judge that tells which points are said."""

import gzip
import hashlib
import html
import json
import re
from pathlib import Path

import pytest

from tests.benchmarks.fit_points import READ, agreement, readings
from tests.benchmarks.open_questions import answered, half, keep, of_half, read
from tests.benchmarks.points import (
    PRIMER,
    WEIGHTS,
    citations,
    embedder,
    evidence,
    figures,
    holds_one,
    judge,
    share,
)
from tests.conftest import ROOT

QUESTIONS = read()
KINDS = {
    "definition", "explanation", "comparison", "steps", "list", "advice", "arithmetic", "yesno",
    "multi",
}  # fmt: skip


def test_there_are_enough_questions_of_every_kind_in_both_halves():
    assert len(QUESTIONS) >= 80
    assert sum(each.lang == "zh" for each in QUESTIONS) >= 20
    assert len({each.id for each in QUESTIONS}) == len({each.question for each in QUESTIONS})
    assert {each.kind for each in QUESTIONS} == KINDS
    for name in ("seen", "held"):
        part = of_half(QUESTIONS, name)
        assert len(part) >= 40
        assert sum(each.lang == "zh" for each in part) >= 10


def test_a_half_follows_from_the_id_alone():
    odd = int(hashlib.sha256(b"o001").hexdigest(), 16) % 2
    assert half("o001") == ("seen", "held")[odd]
    assert set(of_half(QUESTIONS, "seen")).isdisjoint(of_half(QUESTIONS, "held"))


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda each: each.id)
def test_a_question_has_three_to_six_points_with_what_judges_them(question):
    assert 3 <= len(question.points) <= 6
    for point in question.points:
        assert point.keywords
        assert all(group and all(group) for group in point.keywords)
        assert bool(point.says_zh) == (question.lang == "zh")


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda each: each.id)
def test_what_a_note_is_said_to_say_stands_there_word_for_word(question):
    for point in question.points:
        if not point.archived:
            note = PRIMER / f"{point.source.removeprefix('refdesk:primer/')}.md"
            text = note.read_text("utf-8")
            assert all(quote and quote in text for quote in point.quotes), point.says


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda each: each.id)
def test_no_more_of_a_page_is_kept_than_finds_the_place(question):
    for point in question.points:
        if point.archived:
            (phrase,) = point.quotes
            assert len(phrase.split()) <= 12
            assert len(re.findall(r"[\u4e00-\u9fff]", phrase)) <= 30


def test_the_pages_hold_the_phrases_that_locate_points(shared):
    wanted = [
        (point.source, point.quotes[0])
        for question in QUESTIONS
        for point in question.points
        if point.archived
    ]
    pages = _pages(shared / "web" / "pages.warc.gz", {source for source, _ in wanted})
    assert wanted
    assert [each for each in wanted if _flat(each[1]) not in pages.get(each[0], "")] == []


def test_no_question_is_one_of_the_other_sets():
    others = {
        json.loads(line)["question"].casefold()
        for name in ("primer", "archive", "unanswerable")
        for line in (ROOT / "data" / "eval" / f"{name}.jsonl").read_text("utf-8").splitlines()
    }
    assert not others & {each.question.casefold() for each in QUESTIONS}


def test_kept_answers_are_read_again(tmp_path):
    file = tmp_path / "answers.jsonl"
    assert answered(file) == {}
    keep(file, "o001", {"refused": True})
    keep(file, "o002", {"refused": False})
    assert answered(file)["o002"] == {"id": "o002", "refused": False}


# --- the judge


@pytest.fixture(scope="module")
def embed(models_dir):
    """The real multilingual embedding model."""
    return embedder(models_dir)


def _answer(*texts, quote="", refused=False):
    return {
        "refused": refused,
        "sentences": [{"text": text, "citations": [1]} for text in texts],
        "citations": [{"n": 1, "quote": quote}],
        "timings": {"first_sentence_s": 0.2, "total_s": 0.4},
    }


def _point(says):
    (found,) = [p for q in QUESTIONS for p in q.points if p.says == says][:1]
    return found


PLAIN = _point("MQA is the fastest but can lose quality and train less stably.")


def test_a_point_is_said_by_its_source_by_a_paraphrase_and_over_two_sentences(embed):
    for texts in (
        PLAIN.quotes,
        ("Among the variants MQA runs fastest, but its quality can suffer.",),
        ("MQA is the fastest of the three.", "But it can lose quality and stability."),
    ):
        (found,) = evidence(_answer(*texts), [PLAIN], embed)
        assert found.said, texts


def test_a_point_is_not_said_by_its_subject_nor_by_a_refusal(embed):
    (found,) = evidence(_answer("MQA shares one key head among all heads."), [PLAIN], embed)
    assert not found.said
    (found,) = evidence(_answer(*PLAIN.quotes, refused=True), [PLAIN], embed)
    assert not found.said


def test_another_subject_says_nothing(embed):
    (found,) = evidence(_answer("Bread is baked at 240 degrees."), [PLAIN], embed)
    assert not found.said


def test_a_computed_number_must_be_the_right_one(embed):
    point = _point("For 13 billion parameters that is 208 GB.")
    right, wrong = (
        evidence(_answer(f"For 13 billion parameters that makes {n} GB."), [point], embed)[0]
        for n in ("208", "2,080")
    )
    assert right.said
    assert not wrong.said


def test_a_chinese_answer_says_a_point_by_its_chinese_wording(embed):
    point = _point("Stage 2 also shards the gradients.")
    zh = next(p for q in QUESTIONS if q.lang == "zh" for p in q.points if p.says == point.says)
    (found,) = evidence(_answer("第 2 阶段还会切分梯度。"), [zh], embed)
    assert found.said


def test_keywords_that_are_numbers_are_whole_numbers():
    assert holds_one("It takes 16 bytes.", ["16"])
    assert not holds_one("It takes 160 bytes, or 1.16, or 16.5.", ["16"])


def test_rare_words_weigh_more_than_common_ones():
    wording = "The straight-through estimator trains the model."
    assert share(wording, "A straight-through estimator.") > share(wording, "It trains the model.")


def test_the_judge_agrees_with_a_reader_both_ways(embed):
    rows = [json.loads(line) for line in READ.read_text("utf-8").split("\n") if line]
    both, judge, reader, none = agreement(readings(rows, embed), WEIGHTS)
    assert (both + none) / (both + judge + reader + none) >= 0.9
    assert both / (both + judge) >= 0.9
    assert both / (both + reader) >= 0.9


def test_a_citation_holds_only_where_its_words_stand_together(embed):
    far = "GQA has groups. " + "Cats sleep. " * 5 + "Llama uses memory."
    pairs, unsound = citations(_answer("GQA groups use memory in Llama.", quote=far), embed)
    assert (pairs, len(unsound)) == (1, 1)
    near = "GQA in Llama has groups that use memory."
    assert citations(_answer("GQA groups use memory in Llama.", quote=near), embed) == (1, [])


def test_a_sentence_that_its_quote_denies_is_unsound(embed):
    quote = "LoRA adds no latency at inference."
    assert citations(_answer("LoRA adds latency at inference.", quote=quote), embed)[1]


@pytest.mark.parametrize(
    ("original", "true", "false"),
    [
        ("Llama 2 7B has 32 layers.", "Llama 2 7B 有 32 层。", "Llama 2 7B 有 48 层。"),
        ("LoRA adds no latency.", "LoRA 不增加延迟。", "LoRA 增加延迟。"),
        ("Each stage is placed on another GPU.", "每个阶段放在另一块 GPU 上。",
         "困惑度越低，预测越好。"),
        ("It is more than twice as large.", "它要大到两倍以上。", "它要大到三倍以上。"),
        ("A larger batch increases memory.", "更大的批增加内存。", "更大的批减少内存。"),
        ("Set max_steps to 10 first.", "先把 max_steps 设为 10。", "先把最大步数设为 10。"),
        ("Versions of 7, 13 and 70 billion parameters exist.",
         "有 70 亿、130 亿和 700 亿参数的版本。", "有 7 亿、130 亿和 700 亿参数的版本。"),
    ],
)  # fmt: skip
def test_a_translation_is_judged_by_its_original(embed, original, true, false):
    answer = _answer(true, quote=f"{original} It is known. Nobody knows why cats sleep.")
    answer["sentences"][0]["original"] = original
    assert citations(answer, embed) == (1, [])
    answer["sentences"][0]["text"] = false
    assert len(citations(answer, embed)[1]) == 1


def test_a_table_is_one_place(embed):
    rows = "\n".join(f"| m{n} | {n}.5 | −{n} |" for n in range(1, 9))
    table = f"| model | loss | at −1 |\n| --- | --- | --- |\n{rows}"
    answer = _answer(table, quote=f"{table}\n\nLower is better.")
    assert citations(answer, embed) == (1, [])


def test_figures_count_points_refusals_and_times(embed):
    question = next(q for q in QUESTIONS if PLAIN in q.points)
    good = judge(_answer(*PLAIN.quotes, quote=PLAIN.quotes[0]), question, embed)
    none = judge(_answer(refused=True), question, embed)
    got = figures([good, none])
    assert (got["questions"], got["refused"], got["said"]) == (2, 1, sum(good.said))
    assert got["said"] >= 1
    assert got["citation_precision"] == 1.0
    assert got["total_s"] == 0.4


def _pages(archive: Path, wanted: set[str]) -> dict[str, str]:
    """Return the letters of the wanted pages, without their markup."""
    raw = gzip.decompress(archive.read_bytes())
    found = {}
    for record in re.split(rb"(?m)^WARC/1\.[01]\r\n", raw):
        head, _, body = record.partition(b"\r\n\r\n")
        address = re.search(rb"WARC-Target-URI: *<?([^\s>]+)", head)
        if address and b"WARC-Type: response" in head and address[1].decode() in wanted:
            text = re.sub(r"<[^>]*>", "", html.unescape(body.decode("utf-8", "replace")))
            found[address[1].decode()] = _flat(text)
    return found


def _flat(text: str) -> str:
    return "".join(each for each in text.casefold() if each.isalnum())
