"""The official OpenAI client finds a model here, its errors too."""

import openai
import pytest

from assistant.answering.values import Sentence
from tests.doors import serving
from ui.serving.chat_markdown import next_sentence

ASKED = [{"role": "user", "content": "What is multi-query attention?"}]


@pytest.fixture
def client(desk):
    with (
        serving(desk) as url,
        openai.OpenAI(base_url=f"{url}/v1", api_key="unused", max_retries=0) as client,
    ):
        yield client


def test_a_whole_reply_with_its_citations(client, desk):
    assert [model.id for model in client.models.list()] == ["refdesk"]
    with pytest.raises(openai.NotFoundError, match="the model here is refdesk"):
        client.models.retrieve("gpt-4")
    reply = client.chat.completions.create(model="refdesk", messages=ASKED)
    text = reply.choices[0].message.content
    assert "one key head and one value head" in text
    assert "[1]" in text
    assert "\n\nSources:\n\n1. " in text
    assert reply.choices[0].finish_reason == "stop"
    assert reply.citations[0]["quote"] in desk.read_source(reply.citations[0]["url"]).text
    assert reply.usage.total_tokens == reply.usage.prompt_tokens + reply.usage.completion_tokens
    assert reply.usage.estimated is True  # no model is loaded that could count


def test_a_stream_says_the_same(client):
    whole = client.chat.completions.create(model="refdesk", messages=ASKED)
    chunks = list(
        client.chat.completions.create(
            model="refdesk", messages=ASKED, stream=True, stream_options={"include_usage": True}
        )
    )
    told = "".join(each.choices[0].delta.content or "" for each in chunks if each.choices)
    assert told == whole.choices[0].message.content
    last = [each for each in chunks if each.choices][-1]
    assert last.choices[0].finish_reason == "stop"
    assert last.citations == whole.citations
    assert chunks[-1].usage == whole.usage


def test_earlier_turns_are_history(client):
    before = [
        {"role": "system", "content": "Answer like a pirate."},
        *ASKED,
        {"role": "assistant", "content": "One key head and one value head for all. [1]"},
    ]
    parts = [{"type": "text", "text": "and grouped-query attention?"}]
    reply = client.chat.completions.create(
        model="refdesk", messages=[*before, {"role": "user", "content": parts}]
    )
    assert "Grouped-query attention gives every group" in reply.choices[0].message.content


def test_a_refusal_names_the_nearest(client):
    asked = [{"role": "user", "content": "Who won the football world cup in 1954?"}]
    reply = client.chat.completions.create(model="refdesk", messages=asked)
    assert "does not answer" in reply.choices[0].message.content
    assert reply.citations == []


def test_a_short_reply_ends_behind_a_sentence(client):
    """Not in the middle of one, and not without saying so."""
    whole = client.chat.completions.create(model="refdesk", messages=ASKED)
    most = whole.usage.completion_tokens - 1
    short = client.chat.completions.create(model="refdesk", messages=ASKED, max_tokens=most)
    assert short.choices[0].finish_reason == "length"
    said = short.choices[0].message.content
    assert whole.choices[0].message.content.startswith(said)
    assert said.endswith("]")
    assert short.usage.completion_tokens <= most
    assert short.citations == whole.citations
    chunks = client.chat.completions.create(
        model="refdesk", messages=ASKED, stream=True, max_completion_tokens=most
    )
    choices = [each.choices[0] for each in chunks]
    assert "".join(choice.delta.content or "" for choice in choices) == said
    assert choices[-1].finish_reason == "length"
    none = client.chat.completions.create(model="refdesk", messages=ASKED, max_tokens=1)
    assert (none.choices[0].message.content, none.choices[0].finish_reason) == ("", "length")


@pytest.mark.parametrize(
    ("asked", "error", "param"),
    [
        ({"model": "refdesk", "messages": []}, openai.BadRequestError, "messages"),
        ({"model": "refdesk", "messages": ASKED, "n": 2}, openai.BadRequestError, "n"),
        (
            {"model": "refdesk", "messages": [{"role": "assistant", "content": "Yes."}]},
            openai.BadRequestError,
            "messages",
        ),
        (
            {"model": "refdesk", "messages": [{"role": "user", "content": " "}]},
            openai.BadRequestError,
            None,
        ),
        *(
            ({"model": "refdesk", "messages": ASKED, name: value}, openai.BadRequestError, name)
            for name, value in (
                ("max_tokens", 0),
                ("max_completion_tokens", -1),
                ("max_tokens", "many"),
                ("logprobs", True),
                ("temperature", "hot"),
            )
        ),
        (
            {"model": "refdesk", "messages": ASKED, "modalities": ["text", "audio"]},
            openai.BadRequestError,
            "modalities",
        ),
    ],
)
def test_what_is_wrong_is_said_in_openais_form(client, asked, error, param):
    for stream in (False, True):
        with pytest.raises(error) as raised:
            client.chat.completions.create(**asked, stream=stream)
        assert raised.value.body["message"]
        assert raised.value.param == param


@pytest.mark.parametrize(
    "text",
    [
        "![x](https://evil.example/p.png)",
        "[run](javascript:alert(1))",
        "[a]: https://evil.example",
        "[a][b]",
        "<img src=x onerror=alert(1)>",
    ],
)
def test_a_pages_words_become_no_markdown(text):
    from markdown_it import MarkdownIt

    sentence = Sentence(text, (1,), 1.0, "supported", True)
    html = MarkdownIt("commonmark", {"html": True}).render(next_sentence(sentence, []))
    assert "<img" not in html
    assert "<a" not in html
    assert "[1]" in html


def test_code_of_a_page_stands_on_lines_of_its_own():
    prose = Sentence("Make a cache.", (1,), 1.0, "supported", True)
    code = Sentence("```python\nx = 1\n```", (2,), 1.0, "supported", True, form="code")
    said = next_sentence(prose, []) + next_sentence(code, [prose]) + next_sentence(prose, [code])
    assert said == "Make a cache. [1]\n\n```\nx = 1\n```\n\n[2]\n\nMake a cache. [1]"


@pytest.mark.parametrize("stream", [False, True])
def test_what_a_client_asks_for_itself_is_no_question_of_the_library(client, desk, stream):
    chat = "<chat_history>\nUSER: Who bakes bread on Mars?\nASSISTANT: Nobody.\n</chat_history>"
    prompt = f'### Task:\nGenerate a concise title.\n### Output: JSON {{ "title": "" }}\n{chat}'
    asked = [{"role": "user", "content": prompt}]
    reply = client.chat.completions.create(model="refdesk", messages=asked, stream=stream)
    if stream:
        said = "".join(each.choices[0].delta.content or "" for each in reply if each.choices)
    else:
        said = reply.choices[0].message.content
    assert said == '{"title": "Bakes bread on Mars"}'
    assert desk.gaps() == []
