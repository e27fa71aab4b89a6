"""A question that says something around what it asks is asked again without that."""

from contextlib import closing

import pytest

from assistant.answering.evidence import without_asides
from assistant.answering.question import understand
from assistant.desk import Desk


@pytest.fixture(scope="module")
def desk(tmp_path_factory, models_dir):
    home = tmp_path_factory.mktemp("asides")
    (home / "models").symlink_to(models_dir)
    with closing(Desk(home, llm="extractive")) as desk:
        yield desk


def test_what_asks_for_nothing_that_the_primer_tells_is_left_out(desk):
    asked = "been staring at this for two hours, coffee is cold: how does backprop work?"
    plain = without_asides(desk.library, asked)
    assert plain.endswith("how does backprop work?")
    assert "coffee" not in plain


@pytest.mark.parametrize(
    "asked",
    [
        "What is attention?",
        "LoRA or QLoRA, which one needs less memory?",
        "Our policy allows ten days, who signs the form, and where is it kept?",
        "a, b, c, d, e, f, g, h, i, j, k, l, m, what is attention?",
    ],
)
def test_what_asks_and_what_the_primer_knows_nothing_of_stays(desk, asked):
    assert without_asides(desk.library, asked) == asked


def test_a_question_is_not_refused_for_its_asides(desk):
    asked = "been staring at this for two hours, coffee is cold: how does backprop work?"
    answer = desk.ask(asked)
    assert not answer.refused
    assert answer.question == asked
    assert any("backpropagation" in sentence.text.lower() for sentence in answer.sentences)


def test_an_aside_does_not_hide_a_name_that_nothing_here_knows(desk):
    assert desk.ask("my manager asks me daily, what does the Zorblatt-9 kernel do?").refused


@pytest.mark.parametrize(
    ("asked", "parts", "sides"),
    [
        ("Why can it not count the letters of a word? It can do calculus.", 1, 0),
        ("can I use one model to grade another model's answers or is that cheating", 1, 0),
        ("微调的数据要多少条才够，500条高质量的和5万条爬来的选哪个", 1, 0),
        ("数据并行和张量并行傻傻分不清，8张卡用哪个", 2, 2),
        ("What is DPO? It came up yesterday. How is it different from PPO?", 2, 2),
    ],
)
def test_what_states_is_no_part_and_what_asks_no_side(asked, parts, sides):
    question = understand(asked)
    assert (len(question.parts), len(question.sides)) == (parts, sides)


@pytest.mark.parametrize(
    "asked",
    [
        "My training log says loss 2.3. What does that number mean?",
        "Which learning rate should I pick for LoRA? I copied 2e-5.",
        "How much faster is inference with a LoRA adapter that has 0.5% of the parameters?",
        "Should I fine-tune a BERT-type model or prompt a GPT-type model?",
    ],
)
def test_a_value_is_no_name_that_a_source_must_mention(desk, asked):
    assert not desk.ask(asked).refused


@pytest.mark.parametrize(
    "asked", ["what is new in llama 3.9", "How long is the context of Doubao 1.6?"]
)
def test_a_version_that_nothing_here_mentions_is_one(desk, asked):
    assert desk.ask(asked).refused
