"""The OpenAI-compatible door: any chat client can use refdesk as a model.

The last message is the question, what came before it is history. The reply is Markdown: sentences
with ``[n]`` markers, then the numbered sources; ``citations`` beside it holds them in full.
"""

import time
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import aclosing
from typing import Any
from uuid import uuid4

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from assistant.answering.json_form import citation_object
from assistant.answering.values import Event, Sentence
from assistant.conversation import client_tasks
from ingest.errors import RefdeskError
from ui.serving.api import RETRY_AFTER, Events, begun, caller, status_of
from ui.serving.asking import Asking, Question, Waiting, exchanges
from ui.serving.chat_markdown import markdown, next_sentence, rest
from ui.serving.streams import event, unless_gone

MODEL = "refdesk"
_LONGEST = 4_000_000  # characters of a request's body
_KINDS = {404: "not_found_error", 429: "rate_limit_error", 500: "server_error", 503: "server_error"}


class Part(BaseModel):
    """A part of a message's content; only text is understood."""

    type: str
    text: str = ""


class Message(BaseModel):
    """A message of the conversation."""

    role: str
    content: str | list[Part] | None = None

    def said(self) -> str:
        """Return the message's text."""
        if isinstance(self.content, list):
            return "\n".join(part.text for part in self.content if part.type == "text")
        return self.content or ""


class StreamOptions(BaseModel):
    """What a stream tells beside the reply."""

    include_usage: bool = False


class Completion(BaseModel):
    """A request for a reply; settings of other models (temperature and the like) change nothing."""

    model_config = ConfigDict(
        extra="ignore",
        json_schema_extra={
            "examples": [
                {
                    "model": MODEL,
                    "messages": [{"role": "user", "content": "explain GQA vs MQA"}],
                    "stream": False,
                }
            ]
        },
    )

    model: str = MODEL
    messages: list[Message] = Field(min_length=1, max_length=500)
    stream: bool = False
    stream_options: StreamOptions | None = None
    n: int | None = 1


class _Refused(Exception):
    """A request that cannot be served, with the status and parameter OpenAI's form names."""

    def __init__(self, status: int, text: str, param: str | None = None, code: str = "") -> None:
        super().__init__(text)
        self.status = status
        self.param = param
        self.code = code or None


def add_chat(app: FastAPI, asking: Asking) -> None:
    """Add ``/v1/chat/completions`` and ``/v1/models`` to an application."""
    body = {"content": {"application/json": {"schema": Completion.model_json_schema(
        ref_template="#/components/schemas/{model}")}}, "required": True}  # fmt: skip
    started = int(time.time())
    model = {"id": MODEL, "object": "model", "created": started, "owned_by": MODEL}

    @app.post("/v1/chat/completions", tags=["openai"], openapi_extra={"requestBody": body})
    async def complete(request: Request) -> Response:
        """Reply to a conversation from the library, with citations as an extra field."""
        return await _explained(lambda: _completed(asking, request))

    @app.get("/v1/models", tags=["openai"])
    async def models() -> dict[str, Any]:
        """Name the one model there is."""
        return {"object": "list", "data": [model]}

    @app.get("/v1/models/{name}", tags=["openai"])
    async def one(name: str) -> Response:
        """Describe the model."""
        if name == MODEL:
            return JSONResponse(model)
        return _error(_unknown(name))


async def _completed(asking: Asking, request: Request) -> Response:
    asked = await _read(request)
    if asked.model != MODEL:
        raise _unknown(asked.model)
    if asked.n not in (None, 1):
        raise _Refused(400, "refdesk gives one answer: leave n at 1.", "n")
    *before, last = asked.messages
    if last.role != "user":
        raise _Refused(400, "The last message must be the user's question.", "messages")
    history = exchanges([(each.role, each.said()) for each in before])
    question = Question(last.said(), caller(request), "chat", history)
    head = {"id": f"chatcmpl-{uuid4().hex}", "created": int(time.time()), "model": MODEL}
    prompt = "\n".join(each.said() for each in asked.messages)
    if (said := client_tasks.reply(last.said(), history)) is not None:
        return _by_code(asking, asked, head, prompt, said)
    if not asked.stream:
        answer = await unless_gone(request, lambda: asking.answer(question))
        text = markdown(answer)
        message = {"role": "assistant", "content": text, "refusal": None}
        choice = {"index": 0, "message": message, "logprobs": None, "finish_reason": "stop"}
        return JSONResponse(
            head
            | {
                "object": "chat.completion",
                "choices": [choice],
                "usage": _usage(asking, prompt, text),
                "citations": [citation_object(each) for each in answer.citations],
            }
        )

    def write(first: Event | Waiting, events: Events) -> AsyncGenerator[str, None]:
        counted = asked.stream_options is not None and asked.stream_options.include_usage
        usage = (lambda text: _usage(asking, prompt, text)) if counted else None
        return _chunks(first, events, head | {"object": "chat.completion.chunk"}, usage)

    return await begun(request, asking, question, write)


def _by_code(
    asking: Asking, asked: Completion, head: dict[str, Any], prompt: str, said: str
) -> Response:
    """Reply to what the client asks for itself (a title, tags): no search, no model, no gap."""
    usage = _usage(asking, prompt, said)
    choice = {"index": 0, "logprobs": None, "finish_reason": "stop"}
    if not asked.stream:
        message = {"role": "assistant", "content": said, "refusal": None}
        whole = head | {"object": "chat.completion", "usage": usage, "citations": []}
        return JSONResponse(whole | {"choices": [choice | {"message": message}]})
    head = head | {"object": "chat.completion.chunk"}
    lines = [
        event(None, head | {"choices": [choice | {"delta": delta, "finish_reason": finish}]})
        for delta, finish in (({"role": "assistant", "content": said}, None), ({}, "stop"))
    ]
    if asked.stream_options is not None and asked.stream_options.include_usage:
        lines.append(event(None, head | {"choices": [], "usage": usage}))
    return Response("".join([*lines, "data: [DONE]\n\n"]), media_type="text/event-stream")


async def _read(request: Request) -> Completion:
    body = await request.body()
    if len(body) > _LONGEST:
        raise _Refused(413, f"The request is longer than {_LONGEST} bytes.")
    try:
        return Completion.model_validate_json(body)
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False)[0]
        where = ".".join(str(part) for part in first["loc"]) or None
        said = f"{where or 'The body'}: {first['msg']}"
        raise _Refused(400, said, where) from None


async def _chunks(
    first: Event | Waiting,
    events: Events,
    head: dict[str, Any],
    usage: Callable[[str], dict[str, Any]] | None,
) -> AsyncGenerator[str, None]:
    """Yield the reply as chunks: each sentence once verified, then the sources."""

    def chunk(delta: dict[str, Any], finish: str | None = None, **extra: Any) -> str:
        choice = {"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish}
        return event(None, head | {"choices": [choice]} | extra)

    yield chunk({"role": "assistant", "content": ""})
    said: list[Sentence] = []
    text = ""
    try:
        async for each in _from(first, events):
            if isinstance(each, Waiting):
                yield ": waiting\n\n"
            elif each.sentence:
                piece = next_sentence(each.sentence, said)
                said.append(each.sentence)
                text += piece
                yield chunk({"content": piece})
            elif each.name == "done" and each.answer:
                piece = rest(each.answer, said)
                text += piece
                yield chunk({"content": piece})
                citations = [citation_object(cited) for cited in each.answer.citations]
                yield chunk({}, "stop", citations=citations)
    except RefdeskError as error:
        yield event(None, _error_object(error))
        return
    if usage is not None:
        yield event(None, head | {"choices": [], "usage": usage(text)})
    yield "data: [DONE]\n\n"


async def _from(first: Event | Waiting, events: Events) -> Events:
    async with aclosing(events):
        yield first
        async for each in events:
            yield each


def _usage(asking: Asking, prompt: str, reply: str) -> dict[str, Any]:
    """Count the conversation's tokens, not those of the passages the model read."""
    asked, guessed = asking.desk.count_tokens(prompt)
    said, _ = asking.desk.count_tokens(reply)
    return {
        "prompt_tokens": asked,
        "completion_tokens": said,
        "total_tokens": asked + said,
        "estimated": guessed,
    }


async def _explained(work: Callable[[], Awaitable[Response]]) -> Response:
    try:
        return await work()
    except (RefdeskError, _Refused) as error:
        return _error(error)


def _unknown(name: str) -> _Refused:
    text = f"There is no model {name}: the model here is {MODEL}."
    return _Refused(404, text, "model", "model_not_found")


def _error(error: RefdeskError | _Refused) -> Response:
    status = error.status if isinstance(error, _Refused) else status_of(error)
    headers = {"Retry-After": RETRY_AFTER} if status == 429 else None
    return JSONResponse(_error_object(error), status, headers)


def _error_object(error: RefdeskError | _Refused) -> dict[str, Any]:
    status = error.status if isinstance(error, _Refused) else status_of(error)
    kind = _KINDS.get(status, "invalid_request_error")
    param = error.param if isinstance(error, _Refused) else None
    code = error.code if isinstance(error, _Refused) else None
    return {"error": {"message": str(error), "type": kind, "param": param, "code": code}}
