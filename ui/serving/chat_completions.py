"""The OpenAI-compatible door: any chat client can use refdesk as a model.

The user's last message is the question, what came before it is history. The reply is Markdown:
sentences with ``[n]`` markers, then the numbered sources; ``citations`` beside it holds them in
full. Clients differ in what they leave out or set to null, and in what they send beside text: all
of that is taken. What would change the reply and cannot be had is refused. A reply that is to be
short ends behind a whole sentence, or before its sources.
"""

import json
import time
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import aclosing
from typing import Any
from uuid import uuid4

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from assistant.answering.values import Event, Sentence
from assistant.contract import to_json
from assistant.conversation import client_tasks
from ingest.errors import RefdeskError
from ui.serving.api import Events, begun, caller
from ui.serving.asking import AskRequest, AskService, Waiting, exchanges
from ui.serving.chat_markdown import next_sentence, pieces
from ui.serving.refusals import RETRY_AFTER, openai_error, status_of
from ui.serving.schema import whole_schema
from ui.serving.streams import event, unless_gone

MODEL = "refdesk"
_TEXTS = ("text", "input_text", "output_text")
_ROLES = ("user", "assistant", "system", "developer", "tool", "function")
_TOLD = ("user", "assistant")
_BODY = "The body"


class Part(BaseModel):
    """A part of a message's content; only text is understood."""

    type: str | None = None
    text: Any = None


class Message(BaseModel):
    """A message of the conversation."""

    role: str
    content: str | list[str | Part] | None = None

    def said(self) -> str:
        """Return the message's text."""
        if isinstance(self.content, list):
            return "\n".join(text for part in self.content if (text := _text(part)))
        return self.content or ""


class StreamOptions(BaseModel):
    """What a stream tells beside the reply."""

    include_usage: bool | None = None


class ResponseFormat(BaseModel):
    """The form of the reply a client wants."""

    type: str | None = None


class Completion(BaseModel):
    """A request for a reply; settings of other models (temperature and the like) change nothing.

    Of the settings those are named that a reply has to keep to, or that can be plainly wrong.
    """

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

    model: str | None = MODEL
    messages: list[Message] = Field(min_length=1, max_length=500)
    stream: bool | None = False
    stream_options: StreamOptions | None = None
    n: int | None = 1
    stop: str | list[str] | None = None
    response_format: ResponseFormat | None = None
    tool_choice: Any = None
    max_tokens: int | None = Field(None, gt=0)
    max_completion_tokens: int | None = Field(None, gt=0)
    temperature: float | None = Field(None, ge=0, le=2, allow_inf_nan=False)
    logprobs: bool | None = None
    modalities: list[str] | None = None

    @property
    def most_tokens(self) -> int | None:
        """The most tokens of the reply; None if it may be as long as it is."""
        return self.max_completion_tokens or self.max_tokens


def _text(part: str | Part) -> str:
    if isinstance(part, str):
        return part
    understood = part.type is None or part.type in _TEXTS
    return part.text if understood and isinstance(part.text, str) else ""


class _Refused(Exception):
    """A request that cannot be served, with the status and parameter OpenAI's form names."""

    def __init__(self, status: int, text: str, param: str | None = None, code: str = "") -> None:
        super().__init__(text)
        self.status = status
        self.param = param
        self.code = code or None


def add_chat(app: FastAPI, asking: AskService) -> None:
    """Add ``/v1/chat/completions`` and ``/v1/models`` to an application."""
    schema = whole_schema(Completion)
    body = {"content": {"application/json": {"schema": schema}}, "required": True}
    said = {"description": "Refused, in OpenAI's form."}
    replies: dict[int | str, dict[str, Any]] = dict.fromkeys((400, 404, 413, 429, 503), said)
    replies[200] = {"content": {"text/event-stream": {}, "application/json": {}}}
    started = int(time.time())
    model = {"id": MODEL, "object": "model", "created": started, "owned_by": MODEL}

    @app.post("/v1/chat/completions/", include_in_schema=False)
    @app.post(
        "/v1/chat/completions", tags=["openai"], openapi_extra={"requestBody": body},
        responses=replies,
    )  # fmt: skip
    async def complete(request: Request) -> Response:
        """Reply to a conversation from the library, with citations as an extra field."""
        return await _explained(lambda: _completed(asking, request))

    @app.get("/v1/models/", include_in_schema=False)
    @app.get("/v1/models", tags=["openai"])
    async def models() -> dict[str, Any]:
        """Name the one model there is."""
        return {"object": "list", "data": [model]}

    @app.get("/v1/models/{name:path}", tags=["openai"], responses={404: said})
    async def one(name: str) -> Response:
        """Describe the model."""
        if _is_ours(name):
            return JSONResponse(model)
        text = f"There is no model {name[:100]}: the model here is {MODEL}."
        return _error(_Refused(404, text, "model", "model_not_found"))


async def _completed(asking: AskService, request: Request) -> Response:
    asked = await _read(request)
    _check(asked)
    before, last = _question(asked.messages)
    history = exchanges(
        [(message.role, message.said()) for message in before if message.role in _TOLD]
    )
    question = AskRequest(last, caller(request), "chat", history)
    head = {"id": f"chatcmpl-{uuid4().hex}", "created": int(time.time()), "model": MODEL}
    prompt = "\n".join(message.said() for message in asked.messages)
    stops = [asked.stop] if isinstance(asked.stop, str) else asked.stop or []
    stops = [stop for stop in stops if stop]
    if (said := client_tasks.reply(last, history)) is not None:
        return await _by_code(asking, asked, head, prompt, said)
    reply = _Reply(asking, stops, asked.most_tokens)
    if not asked.stream:
        answer = await unless_gone(request, lambda: asking.answer(question))
        for piece in pieces(answer):
            await reply.add(piece)
        message = {"role": "assistant", "content": reply.text, "refusal": None}
        finish = reply.finish or "stop"
        choice = {"index": 0, "message": message, "logprobs": None, "finish_reason": finish}
        return JSONResponse(
            head
            | {
                "object": "chat.completion",
                "choices": [choice],
                "usage": await _usage(asking, prompt, reply.text),
                "citations": to_json(answer.citations),
            }
        )

    def write(first: Event | Waiting, events: Events) -> AsyncGenerator[str, None]:
        counted = asked.stream_options is not None and asked.stream_options.include_usage
        usage = (lambda text: _usage(asking, prompt, text)) if counted else None
        return _chunks(first, events, head | {"object": "chat.completion.chunk"}, usage, reply)

    return await begun(request, asking, question, write)


async def _by_code(
    asking: AskService, asked: Completion, head: dict[str, Any], prompt: str, said: str
) -> Response:
    """Reply to what the client asks for itself (a title, tags): no search, no model, no gap."""
    reply = _Reply(asking, (), asked.most_tokens)
    said = await reply.add(said)
    ends = reply.finish or "stop"
    usage = await _usage(asking, prompt, said)
    choice = {"index": 0, "logprobs": None, "finish_reason": ends}
    if not asked.stream:
        message = {"role": "assistant", "content": said, "refusal": None}
        whole = head | {"object": "chat.completion", "usage": usage, "citations": []}
        return JSONResponse(whole | {"choices": [choice | {"message": message}]})
    head = head | {"object": "chat.completion.chunk"}
    lines = [
        event(None, head | {"choices": [choice | {"delta": delta, "finish_reason": finish}]})
        for delta, finish in (({"role": "assistant", "content": said}, None), ({}, ends))
    ]
    if asked.stream_options is not None and asked.stream_options.include_usage:
        lines.append(event(None, head | {"choices": [], "usage": usage}))
    return Response("".join([*lines, "data: [DONE]\n\n"]), media_type="text/event-stream")


def _check(asked: Completion) -> None:
    """Refuse what would change the reply's form and cannot be had.

    Raises:
        _Refused: the request asks for several replies, JSON, a call of a tool, likelihoods or
            anything but text.
    """
    if asked.n not in (None, 1):
        raise _Refused(400, "refdesk gives one answer: leave n at 1.", "n")
    form = asked.response_format.type if asked.response_format else None
    if form not in (None, "text"):
        raise _Refused(
            400,
            "refdesk answers in Markdown with its citations beside it, not in a form that is asked "
            "for: leave response_format out, or use POST /api/v1/ask, which answers in JSON.",
            "response_format",
        )
    if asked.tool_choice not in (None, "auto", "none"):
        raise _Refused(400, "refdesk calls no tools: leave tool_choice at auto.", "tool_choice")
    if asked.logprobs:
        raise _Refused(
            400, "refdesk tells no likelihoods of tokens: leave logprobs out.", "logprobs"
        )
    if set(asked.modalities or ()) - {"text"}:
        raise _Refused(400, "refdesk answers in text alone: leave modalities out.", "modalities")


def _question(messages: Sequence[Message]) -> tuple[Sequence[Message], str]:
    """Return the text of the user's last message, and the messages before it.

    Raises:
        _Refused: there is none, it holds no text, or a role is none of OpenAI's.
    """
    for message in messages:
        if message.role not in _ROLES:
            known = ", ".join(_ROLES[:5])
            raise _Refused(400, f"There is no role {message.role[:40]}: use {known}.", "messages")
    for at in range(len(messages) - 1, -1, -1):
        if messages[at].role == "user":
            if not messages[at].said().strip():
                raise _Refused(400, "The question is empty: the user's last message holds no text.")
            return messages[:at], messages[at].said()
    raise _Refused(400, "There is no question: no message is the user's.", "messages")


def _is_ours(model: str) -> bool:
    """Whether a name means this model: proxies put an owner before it, clients a tag behind."""
    return model.rpartition("/")[2].partition(":")[0].lower() == MODEL


async def _read(request: Request) -> Completion:
    body = await request.body()
    try:
        return Completion.model_validate_json(body)
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False)[0]
    if first["type"] == "json_invalid":  # halves of characters, for one, are no JSON to pydantic
        try:
            mended = json.dumps(json.loads(body), ensure_ascii=False).encode("utf-8", "replace")
            return Completion.model_validate_json(mended)
        except ValidationError as error:
            first = error.errors(include_url=False, include_context=False)[0]
        except (ValueError, RecursionError):
            pass
    where = ".".join(str(part) for part in first["loc"]) or None
    raise _Refused(400, f"{where or _BODY}: {first['msg']}", where)


class _Reply:
    """A reply that grows piece by piece, up to where a client wants it to end.

    ``finish`` says why it ended before its end: "stop" at one of the sequences ``stops``, "length"
    before a piece that would have made it longer than ``most`` tokens.
    """

    def __init__(self, asking: AskService, stops: Sequence[str], most: int | None) -> None:
        self.text = ""
        self.finish: str | None = None
        self._count = asking.desk.count_tokens
        self._look_up = asking.look_up
        self._stops = stops
        self._most = most

    async def add(self, piece: str) -> str:
        """Add a piece; return what the reply grew by."""
        if self.finish:
            return ""
        whole = self.text + piece
        if self._most is not None:
            tokens, _ = await self._look_up(lambda: self._count(whole))
            if tokens > self._most:
                self.finish = "length"
                return ""
        places = [at for stop in self._stops if (at := whole.find(stop)) >= 0]
        if places:
            self.finish = "stop"
            whole = whole[: max(min(places), len(self.text))]  # what was sent stays
        grown = whole[len(self.text) :]
        self.text = whole
        return grown


async def _chunks(
    first: Event | Waiting,
    events: Events,
    head: dict[str, Any],
    usage: Callable[[str], Awaitable[dict[str, Any]]] | None,
    reply: _Reply,
) -> AsyncGenerator[str, None]:
    """Yield the reply as chunks: each sentence once verified, then the sources."""

    def chunk(delta: dict[str, Any], finish: str | None = None, **extra: Any) -> str:
        choice = {"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish}
        return event(None, head | {"choices": [choice]} | extra)

    yield chunk({"role": "assistant", "content": ""})
    said: list[Sentence] = []
    try:
        async with aclosing(_from(first, events)) as stream:
            async for item in stream:
                if isinstance(item, Waiting):
                    yield ": waiting\n\n"
                    continue
                answer = item.answer if item.name == "done" else None
                if not (item.sentence or answer):
                    continue
                for piece in _new_pieces(item, said):
                    if grown := await reply.add(piece):
                        yield chunk({"content": grown})
                if reply.finish or answer:
                    cited = answer.citations if answer else ()
                    finish = reply.finish or "stop"
                    yield chunk({}, finish, citations=to_json(tuple(cited)))
                    break
    except RefdeskError as error:
        yield event(None, _error_object(error))
        return
    if usage is not None:
        yield event(None, head | {"choices": [], "usage": await usage(reply.text)})
    yield "data: [DONE]\n\n"


def _new_pieces(item: Event, said: list[Sentence]) -> list[str]:
    """Return the pieces that an event adds to what was said, and note its sentence."""
    if item.sentence:
        piece = next_sentence(item.sentence, said)
        said.append(item.sentence)
        return [piece]
    return pieces(item.answer, said) if item.answer else []


async def _from(first: Event | Waiting, events: Events) -> Events:
    async with aclosing(events):
        yield first
        async for item in events:
            yield item


async def _usage(asking: AskService, prompt: str, reply: str) -> dict[str, Any]:
    """Count the conversation's tokens, not those of the passages the model read."""
    count = asking.desk.count_tokens
    asked, guessed = await asking.look_up(lambda: count(prompt))
    said, _ = await asking.look_up(lambda: count(reply))
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


def _error(error: RefdeskError | _Refused) -> Response:
    status = error.status if isinstance(error, _Refused) else status_of(error)
    headers = {"Retry-After": RETRY_AFTER} if status == 429 else None
    return JSONResponse(_error_object(error), status, headers)


def _error_object(error: RefdeskError | _Refused) -> dict[str, Any]:
    if isinstance(error, _Refused):
        return openai_error(error.status, str(error), error.param, error.code)
    return openai_error(status_of(error), str(error))
