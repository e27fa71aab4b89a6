"""A request as chat clients send it to the OpenAI-compatible door: its form, and what is refused.

Clients differ in what they leave out or set to null, and in what they send beside text: all of that
is taken. What would change the reply and cannot be had is refused.
"""

import json
from collections.abc import Sequence
from typing import Any

from fastapi import Request
from pydantic import BaseModel, ConfigDict, Field, ValidationError

MODEL = "refdesk"
_TEXTS = ("text", "input_text", "output_text")
_ROLES = ("user", "assistant", "system", "developer", "tool", "function")
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


class Refused(Exception):
    """A request that cannot be served, with the status and parameter OpenAI's form names."""

    def __init__(self, status: int, text: str, param: str | None = None, code: str = "") -> None:
        super().__init__(text)
        self.status = status
        self.param = param
        self.code = code or None


async def read(request: Request) -> Completion:
    """Return what a request asks for.

    Raises:
        Refused: its body is not of the form; or see `_check`.
    """
    asked = await _read(request)
    _check(asked)
    return asked


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
    raise Refused(400, f"{where or _BODY}: {first['msg']}", where)


def _check(asked: Completion) -> None:
    """Refuse what would change the reply's form and cannot be had.

    Raises:
        Refused: the request asks for several replies, JSON, a call of a tool, likelihoods or
            anything but text.
    """
    if asked.n not in (None, 1):
        raise Refused(400, "refdesk gives one answer: leave n at 1.", "n")
    form = asked.response_format.type if asked.response_format else None
    if form not in (None, "text"):
        raise Refused(
            400,
            "refdesk answers in Markdown with its citations beside it, not in a form that is asked "
            "for: leave response_format out, or use POST /api/v1/ask, which answers in JSON.",
            "response_format",
        )
    if asked.tool_choice not in (None, "auto", "none"):
        raise Refused(400, "refdesk calls no tools: leave tool_choice at auto.", "tool_choice")
    if asked.logprobs:
        raise Refused(
            400, "refdesk tells no likelihoods of tokens: leave logprobs out.", "logprobs"
        )
    if set(asked.modalities or ()) - {"text"}:
        raise Refused(400, "refdesk answers in text alone: leave modalities out.", "modalities")


def question_of(messages: Sequence[Message]) -> tuple[Sequence[Message], str]:
    """Return the text of the user's last message, and the messages before it.

    Raises:
        Refused: there is none, it holds no text, or a role is none of OpenAI's.
    """
    for message in messages:
        if message.role not in _ROLES:
            known = ", ".join(_ROLES[:5])
            raise Refused(400, f"There is no role {message.role[:40]}: use {known}.", "messages")
    for at in range(len(messages) - 1, -1, -1):
        if messages[at].role == "user":
            if not messages[at].said().strip():
                raise Refused(400, "The question is empty: the user's last message holds no text.")
            return messages[:at], messages[at].said()
    raise Refused(400, "There is no question: no message is the user's.", "messages")
