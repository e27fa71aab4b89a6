"""A model behind an OpenAI-compatible server: vLLM, llama-server, Ollama and the like.

Questions and the passages found for them are sent to that server: unless its address is this
machine's own, they leave the machine.
"""

import contextlib
import ipaddress
import json
import os
import re
from collections.abc import Callable, Generator, Mapping, Sequence
from typing import Any

import httpx

from assistant.engines.pace import SERVED
from assistant.engines.protocol import Message
from ingest.errors import ModelUnavailable
from ingest.text.scripts import letters

_TIMEOUT = httpx.Timeout(120.0, connect=5.0)
_CONTEXT = 4096  # where the server does not say
_LIKELIEST = 20  # tokens of which the log-likelihood is asked: the most a server has to tell
_REFUSED = (400, 404, 422, 501)
_FAILURES = (httpx.HTTPError, httpx.InvalidURL, ValueError, LookupError, TypeError, AttributeError)


class ServerEngine:
    """A model of an OpenAI-compatible server.

    Messages are sent to ``url`` and, if ``OPENAI_API_KEY`` is set, so is that key: with an address
    that is not the loopback, passages and questions leave this machine.

    Args:
        url: the server's address, with or without ``/v1``.
        model: a model of that server; its first one if not given.

    Raises:
        ModelUnavailable: the server does not answer, or does not offer the model.
    """

    expected_pace = SERVED
    _tells = True  # of likelihoods, as far as is known

    def __init__(self, url: str, model: str | None = None) -> None:
        self._url = url.rstrip("/").removesuffix("/v1") + "/v1"
        with contextlib.ExitStack() as undo:
            try:
                self._client = undo.enter_context(contextlib.closing(_client(url)))
                offered = self._client.get(f"{self._url}/models").raise_for_status().json()["data"]
                by_name = {str(offer["id"]): offer for offer in offered}
                self.name = model if model is not None else next(iter(by_name), "")
                self.context = _context(by_name.get(self.name, {}))
            except _FAILURES as error:
                raise ModelUnavailable(
                    f"The model server at {url} cannot be used: {_reason(error)}. Is it running, "
                    "and OpenAI-compatible?"
                ) from error
            if self.name not in by_name:
                raise ModelUnavailable(
                    f"The model server at {url} has no model '{self.name}'. "
                    f"It offers: {', '.join(by_name) or 'none'}."
                )
            undo.pop_all()

    def stream(
        self,
        messages: Sequence[Message],
        *,
        max_tokens: int,
        stop: Callable[[], bool] | None = None,
    ) -> Generator[str, None, None]:
        """Yield the reply piece by piece, at temperature 0; see `Engine`.

        ``stop`` is asked whenever the server sends something. The server judges what is too long.
        """
        try:
            with contextlib.closing(
                self._events(messages, {"max_tokens": max_tokens}, stop)
            ) as events:
                for event in events:
                    text = event["delta"].get("content") if event else ""
                    if text:
                        yield text
        except _FAILURES as error:
            raise self._failed(error) from error

    def likelihood(
        self,
        messages: Sequence[Message],
        beginning: str,
        *,
        stop: Callable[[], bool] | None = None,
    ) -> float | None:
        """See `Engine`; None where the server tells no likelihoods, which is asked once.

        It is one more request. A server that keeps what it has read (vLLM, llama-server) does not
        read the messages again for the ``stream`` that follows. A token that is not among the
        likeliest it tells of counts as the last of these.
        """
        if not self._tells:
            return None
        asked = {"max_tokens": 1, "logprobs": True, "top_logprobs": _LIKELIEST}
        try:
            with contextlib.closing(self._events(messages, asked, stop)) as events:
                choice = next((event for event in events if _likeliest(event)), None)
        except httpx.HTTPStatusError as error:
            if error.response.status_code not in _REFUSED:
                raise self._failed(error) from error
            choice = None
        except _FAILURES as error:
            raise self._failed(error) from error
        if stop is not None and stop():
            return None
        self._tells = choice is not None
        return None if choice is None else _likelihood(_likeliest(choice), beginning)

    def _events(
        self,
        messages: Sequence[Message],
        asked: Mapping[str, Any],
        stop: Callable[[], bool] | None,
    ) -> Generator[dict[str, Any], None, None]:
        """Yield the first choice of every event of a reply; an event without one is empty.

        Raises:
            ValueError, httpx.HTTPError: the server failed, or broke off.
        """
        body = {
            "model": self.name,
            "messages": [
                {"role": message.role, "content": message.content} for message in messages
            ],
            "temperature": 0,
            "stream": True,
            **asked,
        }
        if stop is not None and stop():  # nobody waits any more: nothing is asked
            return
        with self._client.stream("POST", f"{self._url}/chat/completions", json=body) as reply:
            if reply.is_error:
                reply.read()
            reply.raise_for_status()
            ended = False
            for line in reply.iter_lines():
                if stop is not None and stop():
                    return
                kind, _, data = line.partition(":")
                if kind != "data":
                    continue
                if data.strip() == "[DONE]":
                    return
                choice = _choice(json.loads(data))
                ended = ended or bool(choice.get("finish_reason"))
                yield choice
        if not ended:
            raise ValueError("it broke off in the middle")

    def _failed(self, error: Exception) -> ModelUnavailable:
        return ModelUnavailable(
            f"The model server at {self._url} failed while answering: {_reason(error)}."
        )

    def count_tokens(self, text: str) -> int:
        """Estimate the tokens of ``text``: one a Han character, else one for four characters.

        Servers have no common way to count; this is near for English and Chinese prose, too low
        for code and rare scripts.
        """
        count = letters(text)
        east_asian = count.han + count.kana + count.hangul
        return east_asian + (len(text) - east_asian + 3) // 4

    def close(self) -> None:
        """Close the connections."""
        self._client.close()


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _client(url: str) -> httpx.Client:
    key = os.environ.get("OPENAI_API_KEY", "").strip()
    if not (key.isascii() and key.isprintable()):
        raise ValueError("OPENAI_API_KEY holds characters that no key can have")
    return httpx.Client(
        timeout=_TIMEOUT,
        headers={"Authorization": f"Bearer {key}"} if key else {},
        trust_env=not _is_loopback(httpx.URL(url).host),  # no proxy to this machine itself
    )


def _context(model: dict[str, Any]) -> int:
    """Return the context of a model as its server lists it: vLLM and llama-server say it."""
    meta = model.get("meta") or {}
    return int(model.get("max_model_len") or meta.get("n_ctx") or _CONTEXT)


def _choice(event: dict[str, Any]) -> dict[str, Any]:
    """Return the first choice of one event of a stream; one that only counts tokens has none."""
    if "error" in event:
        raise ValueError(_message(event))
    choices = event["choices"]
    first: dict[str, Any] = choices[0] if choices else {}
    return first


def _likeliest(choice: Mapping[str, Any]) -> list[tuple[str, float]]:
    """Return the likeliest first tokens of a reply with their log-likelihoods, if they are told."""
    content = (choice.get("logprobs") or {}).get("content") or [{}]
    return [(token["token"], token["logprob"]) for token in content[0].get("top_logprobs") or ()]


def _likelihood(tokens: Sequence[tuple[str, float]], beginning: str) -> float:
    """Return the log-likelihood of a text's first token: the longest told that it begins with."""
    fitting = [(len(t), value) for t, value in tokens if t and beginning.startswith(t)]
    return max(fitting)[1] if fitting else min(value for _, value in tokens)


def _reason(error: Exception) -> str:
    """Say in one line what went wrong, in the server's own words where it has some."""
    if isinstance(error, httpx.HTTPStatusError):
        reply = error.response
        said = f"HTTP {reply.status_code} {reply.reason_phrase}".strip()
        try:
            return f"{said}: {_message(reply.json())}"
        except (ValueError, LookupError, TypeError, AttributeError):
            return said
    if isinstance(error, httpx.HTTPError | httpx.InvalidURL):
        said = re.sub(r"^\[Errno -?\d+\] ", "", str(error))  # a number that tells people nothing
        return said or type(error).__name__
    if type(error) is ValueError:
        return str(error)
    return "its reply is not of the expected form"


def _message(body: dict[str, Any]) -> str:
    error = body["error"]
    return " ".join(str(error["message"] if isinstance(error, dict) else error).split())[:300]
