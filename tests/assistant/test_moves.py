"""Turns that ask nothing, the same put otherwise, and what chat clients ask for themselves."""

import json
from pathlib import Path

import pytest

from assistant.conversation import client_tasks
from assistant.conversation.moves import move
from assistant.conversation.names import other_named, swapped, swapped_zh
from assistant.conversation.rewriting import Exchange, last_asked, stand_alone
from ingest.text.things import names_said
from tests.benchmarks.threads import holds

THREADS = Path(__file__).parent / "threads.jsonl"
FIRST_CONTACT = Path(__file__).parent / "first_contact.jsonl"
ROWS = [json.loads(line) for line in THREADS.read_text("utf-8").splitlines()]
UNSEEN = [json.loads(line) for line in FIRST_CONTACT.read_text("utf-8").splitlines()]
CHAT = "<chat_history>\nUSER: How does LoRA work?\nASSISTANT: It adds matrices.\n</chat_history>"


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["question"])
def test_what_a_turn_does_is_understood(row):
    turn = move(row["question"])
    kind = "ask" if turn is None else "again" if turn.kind == "again" else "small_talk"
    assert kind == row["kind"]


@pytest.mark.parametrize(
    ("rows", "lang", "least"),
    [(ROWS, "en", 65), (ROWS, "zh", 17), (UNSEEN, "en", 28), (UNSEEN, "zh", 13)],
)
def test_threads_are_put_into_words_that_stand_alone(rows, lang, least):
    asked = [row for row in rows if row["kind"] == "ask" and row["lang"] == lang]
    said = [stand_alone(row["question"], [Exchange(*h) for h in row["history"]]) for row in asked]
    right = [holds(row, text) for row, text in zip(asked, said, strict=True)]
    assert sum(right) >= least, [
        row["question"] for row, ok in zip(asked, right, strict=True) if not ok
    ]


@pytest.mark.parametrize(
    "text",
    ["What is a short answer in NLP?", "Is 8-bit good?", "Table transformers", "no warmup?",
     "Who is Claude Shannon?", "什么是表格理解？",
     "too hard to train", "too long a context hurts", "短文本分类", "How simple is DPO?"],
)  # fmt: skip
def test_a_question_is_no_small_talk(text):
    assert move(text) is None


@pytest.mark.parametrize(
    ("text", "manner"),
    [
        ("explain like I'm five", "simpler"),
        ("what?", "simpler"),
        ("I don't get it", "simpler"),
        ("没看懂", "simpler"),
        ("give me more detail", "longer"),
        ("再详细些", "longer"),
        ("too long, make it 2 sentences", "shorter"),
        ("太长了", "shorter"),
        ("still too technical", "simpler"),
        ("说人话", "simpler"),
        ("hm same but as bullets", "list"),
        ("is that true?", "sure"),
        ("really?", "sure"),
    ],
)
def test_who_did_not_follow_or_doubts_is_answered_again(text, manner):
    turn = move(text)
    assert turn is not None
    assert manner in turn.manners


def test_a_hum_is_small_talk():
    assert move("hm ok") is not None


@pytest.mark.parametrize(
    "text",
    ["never mind", "ok, forget it", "that's all, thanks", "Nothing else.", "算了吧", "没事了"],
)
def test_who_wants_nothing_more_is_not_searched_for(text):
    assert move(text) is not None


@pytest.mark.parametrize(
    "text", ["Stop words?", "What is attention is all you need?", "stop token"]
)
def test_words_of_dropping_in_a_question_leave_it_one(text):
    assert move(text) is None


def test_a_bare_when_was_that_asks_no_more_than_when():
    history = [Exchange("Who released Linnet?", "Mira Okafor released Linnet.")]
    assert stand_alone("When was that?", history) == "Who released Linnet, and when?"


def test_a_chinese_name_takes_the_place_of_the_one_written_most_like_it():
    assert swapped_zh("层归一化有什么用", "批归一化") == "批归一化有什么用"
    history = [Exchange("白鹡调度器的超时是多少？", "300 毫秒。")]
    assert stand_alone("那黄鹡呢", history) == "黄鹡调度器的超时是多少？"
    assert swapped_zh("怎么部署模型", "微调") is None
    assert swapped_zh("它占多少显存", "显存") is None


def test_which_one_is_asked_of_the_sides_compared_before():
    before = [Exchange("Compare GPTQ and AWQ", "Both are methods after training.")]
    assert stand_alone("Which one is faster?", before) == "Which of GPTQ and AWQ is faster?"
    assert stand_alone("Does either need data?", before) == "Does GPTQ or AWQ need data?"
    assert stand_alone("Which GPU is best?", before) == "Which GPU is best?"


@pytest.mark.parametrize(
    ("prompt", "said"),
    [
        ("You are a conversation summarizer. Summarize the user's conversation into a title of no "
         "more than 10 words\nuser: How does LoRA work?\nassistant: So.", "LoRA work"),
        ("### Task:\nGenerate a detailed prompt for am image generation task.\n### Output:\n"
         f'{{"prompt": "Your description."}}\n### Chat History:\n{CHAT}', '{"prompt": ""}'),
        ('Available Tools: [{"name": "x"}]\nYour task is to choose and return the correct tool(s) '
         'from the list of available tools.\nQuery: History:\nUSER: """How?"""',
         '{"tool_calls": []}'),
    ],
)  # fmt: skip
def test_other_clients_own_prompts_are_known(prompt, said):
    assert client_tasks.reply(prompt) == said


def test_an_emoji_for_one_message_is_none():
    prompt = "Your task is to reflect the speaker's likely expression through a fitting emoji."
    assert client_tasks.reply(f"{prompt}\n\nMessage: ```thanks```") == ""


def test_thanks_do_not_break_a_thread():
    history = [Exchange("What is LoRA?", "A method."), Exchange("Thanks!", "You're welcome.")]
    assert last_asked(history) == "What is LoRA?"
    assert stand_alone("and QLoRA?", history) == "What is QLoRA?"


def test_a_name_takes_the_place_of_the_one_written_most_like_it():
    assert swapped("How large is the KV cache of a 7B model?", "70B") == (
        "How large is the KV cache of a 70B model?"
    )
    assert swapped("What is attention?", "GRPO") is None
    assert names_said("The Sanderling and the Plover, in bf16. It is BERT.") == [
        "Sanderling", "Plover", "bf16", "BERT",
    ]  # fmt: skip


def test_the_other_one_is_what_the_answer_named_beside_it():
    answer = "The Sanderling scheduler preempts. The Plover scheduler never does."
    asked = other_named("Does the other one preempt?", "Which scheduler preempts?", answer)
    assert asked == "Does Plover preempt?"
    assert other_named("Does the other one preempt?", "Which one preempts?", "It does.") is None
    begun = "Of schedules: The Sanderling scheduler preempts. The Plover scheduler never does."
    assert other_named("Does the other one preempt?", "Which scheduler preempts?", begun) == asked


def test_small_talk_is_answered_without_a_search(desk):
    answer = desk.ask("Thanks!", [Exchange("what is multi-query attention?", "One key head.")])
    assert (answer.request, answer.refused, answer.citations) == ("small_talk", False, ())
    assert desk.gaps() == []


def test_the_same_again_shorter(desk):
    question = "what is multi-query attention?"
    whole = desk.ask(question)
    short = desk.ask("shorter please", [Exchange(question, whole.text)])
    assert short.request == "command"
    assert short.asked == whole.asked
    assert 0 < len(short.sentences) < len(whole.sentences)
    assert {each.text for each in short.sentences} <= {each.text for each in whole.sentences}
    assert {n for each in short.sentences for n in each.citations} == {
        each.n for each in short.citations
    }


def test_nothing_can_be_shorter_before_anything_was_said(desk):
    assert "Nothing was answered yet" in desk.ask("shorter please").text


@pytest.mark.parametrize(
    ("prompt", "value"),
    [
        ('### Task:\nGenerate a title.\n### Output:\n{ "title": "" }\n', {"title": "LoRA work"}),
        ('### Task:\nGenerate 1-3 broad tags for the chat. JSON: { "tags": [] }\n',
         {"tags": ["LoRA and QLoRA"]}),
        ('### Task:\nGenerate search queries. JSON { "queries": ["q"] }\n',
         {"queries": ["How does LoRA work?"]}),
    ],
)  # fmt: skip
def test_what_a_client_asks_for_itself(prompt, value):
    assert json.loads(client_tasks.reply(prompt + CHAT)) == value


def test_a_title_asked_for_at_the_end_of_a_chat():
    prompt = "Provide a concise, 5-word-or-less title for the conversation."
    assert client_tasks.reply(prompt, [Exchange("How does LoRA work?")]) == "LoRA work"


@pytest.mark.parametrize(
    "question",
    ["Give me a title of a paper about conversation models", "How do I generate tags?",
     "Summarise the conversation of agent and environment in ReAct", "### Task: what is LoRA?"],
)  # fmt: skip
def test_what_a_person_asks_is_no_client_task(question):
    assert client_tasks.reply(question, [Exchange("How does LoRA work?")]) is None
