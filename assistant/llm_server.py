"""A model behind an OpenAI-compatible server: vLLM, llama-server, Ollama and the like.

Questions and the passages found for them are sent to that server: unless its address is this
machine's own, they leave the machine.
"""

import json
import os
import re
from collections.abc import Callable, Iterator, Sequence

import httpx

from assistant.llm import Message
from ingest.errors import ModelUnavailable

_TIMEOUT = httpx.Timeout(120.0, connect=5.0)
_HAN = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")


class ServerEngine:
    """The first model a server offers.

    Args:
        url: the server's address, with or without ``/v1``. ``OPENAI_API_KEY`` is sent if it is set.

    Raises:
        ModelUnavailable: the server does not answer, or offers no model.
    """

    def __init__(self, url: str) -> None:
        self._url = url.rstrip("/").removesuffix("/v1") + "/v1"
        key = os.environ.get("OPENAI_API_KEY")
        headers = {"Authorization": f"Bearer {key}"} if key else {}
        self._client = httpx.Client(timeout=_TIMEOUT, headers=headers)
        try:
            reply = self._client.get(f"{self._url}/models").raise_for_status()
            self.name = str(reply.json()["data"][0]["id"])
        except (httpx.HTTPError, ValueError, LookupError, TypeError) as error:
            self._client.close()
            raise ModelUnavailable(
                f"The model server at {url} cannot be used: {error}. Is it running, and "
                "OpenAI-compatible?"
            ) from error

    def stream(
        self, messages: Sequence[Message], *, max_tokens: int, stop: Callable[[], bool]
    ) -> Iterator[str]:
        """Yield the reply piece by piece, at temperature 0; see :class:`assistant.llm.Engine`."""
        body = {
            "model": self.name,
            "messages": [{"role": each.role, "content": each.content} for each in messages],
            "max_tokens": max_tokens,
            "temperature": 0,
            "stream": True,
        }
        try:
            with self._client.stream("POST", f"{self._url}/chat/completions", json=body) as reply:
                reply.raise_for_status()
                for line in reply.iter_lines():
                    data = line.removeprefix("data:").strip()
                    if stop() or data == "[DONE]":
                        break
                    if line.startswith("data:"):
                        piece = json.loads(data)["choices"][0]["delta"].get("content")
                        if piece:
                            yield piece
        except (httpx.HTTPError, ValueError, LookupError, TypeError) as error:
            raise ModelUnavailable(
                f"The model server at {self._url} failed while answering: {error}."
            ) from error

    def count_tokens(self, text: str) -> int:
        """Estimate the tokens of ``text``: one for each Han character, else one for four letters."""
        han = len(_HAN.findall(text))
        return han + (len(text) - han + 3) // 4

    def close(self) -> None:
        """Close the connection."""
        self._client.close()
