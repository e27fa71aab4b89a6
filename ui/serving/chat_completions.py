"""The OpenAI-compatible door: any chat client can use refdesk as a model.

The user's last message is the question, what came before it is history. The reply is Markdown:
sentences with ``[n]`` markers, then the numbered sources; ``citations`` beside it holds them in
full. What a client may send is told by `ui.serving.chat_request`. A reply that is to be short ends
behind a whole sentence, or before its sources.
"""

import time
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import aclosing
from typing import Any
from uuid import uuid4

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse, Response

from assistant.answering.values import Event, Sentence
from assistant.contract import to_json
from assistant.conversation import client_tasks
from ingest.errors import RefdeskError
from ui.serving.api import Events, begun, caller
from ui.serving.asking import AskRequest, AskService, Waiting, exchanges
from ui.serving.chat_markdown import next_sentence, pieces
from ui.serving.chat_request import MODEL, Completion, Refused, question_of, read
from ui.serving.refusals import RETRY_AFTER, openai_error, status_of
from ui.serving.schema import whole_schema
from ui.serving.streams import event, unless_gone

_TOLD = ("user", "assistant")


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
        return _error(Refused(404, text, "model", "model_not_found"))


async def _completed(asking: AskService, request: Request) -> Response:
    asked = await read(request)
    before, last = question_of(asked.messages)
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


def _is_ours(model: str) -> bool:
    """Whether a name means this model: proxies put an owner before it, clients a tag behind."""
    return model.rpartition("/")[2].partition(":")[0].lower() == MODEL


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
    except (RefdeskError, Refused) as error:
        return _error(error)


def _error(error: RefdeskError | Refused) -> Response:
    status = error.status if isinstance(error, Refused) else status_of(error)
    headers = {"Retry-After": RETRY_AFTER} if status == 429 else None
    return JSONResponse(_error_object(error), status, headers)


def _error_object(error: RefdeskError | Refused) -> dict[str, Any]:
    if isinstance(error, Refused):
        return openai_error(error.status, str(error), error.param, error.code)
    return openai_error(status_of(error), str(error))
