"""What a rule of the primer gives is worked out exactly, shown before the sources, and checked."""

import json
from fractions import Fraction
from pathlib import Path

import pytest

from assistant.answering import answer as answering
from assistant.answering.calculating import calculate, fault
from assistant.answering.calculating.rules import all_quotes, asked
from assistant.answering.calculating.sums import held_against, results, value
from assistant.answering.evidence.pieces import pieces
from assistant.answering.question import understand
from assistant.contract import to_json
from assistant.desk import Desk
from assistant.engines.protocol import Engine
from assistant.learning import primer
from index.store.values import Filters
from ingest.archive import given, writing
from ingest.archive.warc import Archive
from ingest.values import PRIMER

ROWS = [
    json.loads(line)
    for line in (Path(__file__).parent / "calculations.jsonl").read_text("utf-8").splitlines()
]
GIVES = [row for row in ROWS if row["gives"]]
GIVES_NOTHING = [row["question"] for row in ROWS if not row["gives"]]
ADVICE = "I have a 24 GB GPU, can I fine-tune a 7B?"
CACHE = "how much does the KV cache of Llama 2 7B take at 4,096 tokens?"
OWN = "A batch of 16 sequences in Llama 2 7B takes 32 GiB."
CACHE_ZH = "Llama 2 7B 在 4,096 个 token 时 KV 缓存占多少显存？"


@pytest.fixture(scope="module")
def noted(tmp_path_factory, models_dir):
    """A desk over the notes that the rules stand in."""
    home = tmp_path_factory.mktemp("noted")
    models_dir.mkdir(parents=True, exist_ok=True)
    (home / "models").symlink_to(models_dir)
    urls = {PRIMER + note for note, _ in all_quotes()}
    writing.add(Archive(home / "archive"), (note for note in given.primer() if note.url in urls))
    desk = Desk(home, llm="extractive")
    desk.rebuild()
    yield desk
    desk.close()


@pytest.mark.parametrize(("note", "quote"), sorted(set(all_quotes())), ids=lambda text: text[:40])
def test_every_rule_and_number_stands_in_its_note_word_for_word(note, quote):
    text = primer.notes()[note].text
    assert quote in text
    assert quote.strip() in [piece.text.strip() for piece in pieces(text)]


@pytest.mark.parametrize("row", GIVES, ids=lambda row: row["question"])
def test_a_question_for_a_result_gets_it(noted, row):
    worked_out = calculate(noted.library, understand(row["question"]))
    assert worked_out is not None
    sums = [each.text.split("（据")[0].split(" (computed")[0] for each in worked_out.sums]
    assert len(sums) == len(row["gives"])
    for text, last in zip(sums, row["gives"], strict=True):
        assert text.endswith(last)
        assert fault(text) == ""
    assert all(each.sources for each in worked_out.sums)


def test_a_question_that_asks_for_something_else_gets_none():
    assert len(GIVES_NOTHING) >= 300
    assert len([question for question in GIVES_NOTHING if not question.isascii()]) >= 80
    assert [question for question in GIVES_NOTHING if asked(question)] == []


def test_what_the_library_does_not_hold_is_not_computed(desk):
    assert calculate(desk.library, understand(CACHE)) is None


def test_an_answer_begins_with_the_rule_and_the_sum(noted):
    answer = noted.ask(CACHE)
    opening = [each for each in answer.sentences if each.group == "Calculation"]
    assert answer.sentences[: len(opening)] == tuple(opening)
    assert opening[0].verbatim
    assert opening[0].text.startswith("The size of the KV cache is the number")
    (computed,) = [each for each in opening if each.form == "calculation"]
    assert computed.text == (
        "KV cache, Llama 2 7B: 2 × 32 layers × 32 KV heads × 128 dimensions × 2 bytes × "
        "4,096 tokens × 1 sequence = 2,147,483,648 bytes = 2 GiB "
        "(computed from the sources; assumed: 1 sequence, 16 bits)"
    )
    assert (computed.status, computed.verbatim) == ("supported", False)
    cited = {n for each in opening if each.verbatim for n in each.citations}
    assert set(computed.citations) == cited
    for n, start, end in computed.spans:
        document = noted.library.document(answer.citations[n - 1].url)
        assert any(document.text[start:end].strip() == quote.strip() for _, quote in all_quotes())


def test_a_table_that_tells_what_a_card_has_stands_in_the_language_of_the_answer(noted):
    for question, head in (
        ("Can I run a 13B model on an RTX 3090?", "| card |"),
        ("一张 3090 能跑 13B 模型吗？", "| 显卡 |"),
    ):
        (table,) = [each for each in noted.ask(question).sentences if each.form == "table"]
        assert table.text.startswith(head)
        assert table.status == "supported"
        assert table.citations


def test_what_refdesk_has_in_chinese_of_its_own_holds_and_changed_it_does_not(noted):
    said = to_json(noted.ask("一张 3090 能跑 13B 模型吗？"))
    assert all(checked["ok"] for checked in noted.verify(said))
    (table,) = [sentence for sentence in said["sentences"] if sentence["form"] == "table"]
    table["text"] = table["text"].replace("24 GB", "26 GB")
    assert [checked["ok"] for checked in noted.verify(said)].count(False) == 1


def test_nothing_is_said_twice(noted):
    texts = [each.text for each in noted.ask(CACHE).sentences]
    assert len(texts) == len(set(texts))


def test_advice_says_what_fits_and_what_comes_on_top(noted):
    answer = noted.ask(ADVICE)
    sums = [each.text for each in answer.sentences if each.form == "calculation"]
    assert [text.split(":")[0].split(",")[0] for text in sums] == [
        "Training all weights with AdamW in mixed precision", "LoRA", "QLoRA",
    ]  # fmt: skip
    assert "112 GB > 24 GB: does not fit" in sums[0]
    assert "3.5 GB ≤ 24 GB: this alone fits" in sums[2]
    assert any("activations still take memory" in each.text for each in answer.sentences)


def test_a_chinese_question_gets_it_in_chinese(noted):
    answer = noted.ask(CACHE_ZH)
    assert answer.sentences[0].group == "计算"
    assert answer.sentences[0].text.startswith("KV 缓存的大小等于")
    (computed,) = [each for each in answer.sentences if each.form == "calculation"]
    assert "4,096 个 token × 1 个序列 = 2,147,483,648 字节 = 2 GiB（据来源计算" in computed.text
    assert not any(each.foreign for each in answer.sentences if each.group == "计算")


def test_filters_that_leave_the_notes_out_leave_the_sum_out(noted):
    answer = noted.ask(CACHE, filters=Filters(kinds=("paper",)))
    assert not any(each.form == "calculation" for each in answer.sentences)


class Silent:
    """An engine that has nothing to say and doubts that anything was found."""

    name = "silent"

    def likelihood(self, messages, beginning, *, stop):
        return -0.01

    def stream(self, messages, *, max_tokens, stop):
        yield from ()

    def count_tokens(self, text):
        return len(text.split())

    def close(self):
        pass


class Talking(Silent):
    """An engine that opens an answer, with what is said already and with something new."""

    name = "talking"

    def likelihood(self, messages, beginning, *, stop):
        return -20.0

    def stream(self, messages, *, max_tokens, stop):
        yield "Llama 2 7B has 32 layers, 32 key-value heads and head dimension 128, so each token "
        yield "takes 524,288 bytes (512 KiB), and a sequence of 4,096 tokens takes 2 GiB. "
        yield f"{OWN} "


def told_by(desk, engine: Engine):
    """Return the answer of an engine, and the events of sentences on the way."""
    events = list(
        answering.answer(desk.library, CACHE, Filters(), 8, lambda: engine, lambda: False)
    )
    return events[-1].answer, [event for event in events if event.name == "sentence"]


def test_a_model_writes_after_the_sum_and_says_nothing_again(noted):
    answer, streamed = told_by(noted, Talking())
    assert answer.view == "model"
    assert [each.form for each in answer.sentences[:4]] == [
        "prose", "formula", "prose", "calculation",
    ]  # fmt: skip
    assert "32 GiB" in " ".join(each.text for each in answer.sentences[4:])
    assert all(each.group for each in answer.sentences)
    texts = [each.text for each in answer.sentences]
    assert len(texts) == len(set(texts))
    assert [event.sentence for event in streamed] == list(answer.sentences)
    told = [cited.n for event in streamed for cited in event.citations]
    assert told == [cited.n for cited in answer.citations]


def test_a_model_that_doubts_cannot_refuse_a_sum(noted):
    answer, _ = told_by(noted, Silent())
    assert not answer.refused
    assert any(each.form == "calculation" for each in answer.sentences)


@pytest.mark.parametrize("question", [ADVICE, CACHE, CACHE_ZH])
def test_a_saved_calculation_is_accepted_as_it_is(noted, question):
    checked = noted.verify(to_json(noted.ask(question)))
    assert [each["reason"] for each in checked] == [None] * len(checked)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("32 layers", "33 layers"), ("4,096 tokens", "4,097 tokens"), ("2 × 32", "3 × 32"),
        ("2,147,483,648", "2,147,483,649"), ("2 GiB", "3 GiB"), ("2 GiB", "2 GB"),
        ("= 2,147,483,648 bytes = 2 GiB", "= 2 GiB"), ("16 bits", "8 bits"),
        ("KV cache,", "Weights,"),
        # both sides alike: a right sum, and not the one that was asked for
        ("2 × 32 layers × 32 KV heads × 128 dimensions × 2 bytes × 4,096 tokens × 1 sequence = "
         "2,147,483,648 bytes = 2 GiB", "2 × 2 = 4 bytes"),
    ],
)  # fmt: skip
def test_a_falsified_calculation_is_rejected(noted, old, new):
    saved = to_json(noted.ask(CACHE))
    (computed,) = [each for each in saved["sentences"] if each["form"] == "calculation"]
    assert old in computed["text"]
    computed["text"] = computed["text"].replace(old, new)
    (checked,) = [
        each for each in noted.verify(saved) if each["text"] == computed["text"]
    ]  # fmt: skip
    assert not checked["ok"]
    assert checked["reason"]


def test_a_calculation_must_cite_what_it_is_computed_from(noted):
    saved = to_json(noted.ask(CACHE))
    (computed,) = [each for each in saved["sentences"] if each["form"] == "calculation"]
    computed["citations"] = computed["citations"][:1]
    (checked,) = [each for each in noted.verify(saved) if each["text"] == computed["text"]]
    assert checked["reason"] == "it does not cite all that it is computed from"


@pytest.mark.parametrize(
    "line",
    [
        "a: 2 × 3 bytes = 6 bytes", "a: 2 × 3 bytes = 6 bytes (computed from the source)",
        "甲：7 个参数 × 0.5 字节 = 3.5 字节（据来源计算）", "a: 10 ÷ (2 × 3) ≈ 1.67 tokens/s",
        "a: 2 × 12 = 24,000,000,000 bytes".replace("12", "12,000,000,000"),
        "a: 3,000,000,000 × 2 = 6,000,000,000 bytes = 6 GB ≤ 24 GB: this alone fits",
    ],
)  # fmt: skip
def test_a_right_sum_holds(line):
    assert fault(line) == ""


@pytest.mark.parametrize(
    "line",
    [
        "", "no sum", "a: 2 × 3 bytes", "a: 2 × 3 bytes = 7 bytes", "a: 1 ÷ 0 = 3 bytes",
        "a: 2 × = 2 bytes", "a: 2 × 3 = 6", "a: 2 × 3 = 6 apples",
        "a: 10 ÷ (2 × 3) ≈ 1.66 tokens/s",
        "a: 10 ÷ (2 × 3) = 1.67 tokens/s", "a: ((((2 = 2 bytes", "(" * 500 + " = 2 bytes",
        "a: 2 × 3 = 6 bytes > 24 GB: does not fit", "a: 2 × 3 = 6 bytes: does not fit",
        "a: 3,000,000,000 × 2 = 6,000,000,000 bytes = 6 GB ≤ 24 GB: does not fit",
        "a: 3,000,000,000 × 2 = 6,000,000,000 bytes = 6 GB ≤ 24 GB",
        "a: 2 × 3 = 6 bytes" + " = 6 bytes" * 200,
    ],
)  # fmt: skip
def test_what_is_no_right_sum_is_said_so(line):
    assert fault(line)


def test_sums_are_exact_and_rounding_is_marked():
    amount = value("parameters * number_bytes",
                   {"parameters": Fraction(6738415616), "number_bytes": Fraction(2)})  # fmt: skip
    assert results(amount, "memory", "en") == " = 13,476,831,232 bytes ≈ 13.48 GB"
    assert results(Fraction(2**31), "memory", "en", binary=True) == " = 2,147,483,648 bytes = 2 GiB"
    assert results(Fraction(1, 3), "tokens/s", "en") == " ≈ 0.33 tokens/s"
    assert held_against(Fraction(24 * 10**9), Fraction(24), "GB", "en").endswith("this alone fits")
    assert held_against(Fraction(24 * 10**9 + 1), Fraction(24), "GB", "en").endswith("not fit")


@pytest.mark.parametrize("expression", ["", "1 +", "a * b", "1 / 0", "__import__('os')", "2 ** 9"])
def test_what_is_no_product_is_no_sum(expression):
    with pytest.raises(ValueError, match="no sum"):
        value(expression, {})
