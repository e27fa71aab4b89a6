"""The model that writes: what an engine must do, and which one a user's words choose.

Knows messages and text, nothing of questions, evidence or citations.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from index import weights

DEFAULT_MODEL = "qwen2.5-coder-1.5b-instruct-q4_k_m"


@dataclass(frozen=True, slots=True)
class Message:
    """One turn of a conversation; ``role`` is ``system``, ``user`` or ``assistant``."""

    role: str
    content: str


class Engine(Protocol):
    """Something that continues a conversation, always the same way for the same messages."""

    @property
    def name(self) -> str:
        """What the model is called in answers."""

    def stream(
        self, messages: Sequence[Message], *, max_tokens: int, stop: Callable[[], bool]
    ) -> Iterator[str]:
        """Yield the reply piece by piece; ends early, without an error, once ``stop()`` is true.

        Raises:
            ModelUnavailable: the model could not answer, or the messages are too long for it.
        """

    def count_tokens(self, text: str) -> int:
        """Return how many tokens ``text`` is."""

    def close(self) -> None:
        """Give the memory back."""


def choose(
    spec: str,
    models_dir: Path,
    cache_dir: Path,
    progress: Callable[[str, int, int], None],
    prefix: Sequence[Message],
) -> Engine | None:
    """Return the engine a user asks for, having its weights first; None for ``extractive``.

    Args:
        spec: ``auto``, ``extractive``, a pinned model's name, the path of a ``.gguf`` file, a file
            of the model hub (``owner/repository/file.gguf``) or the URL of an OpenAI-compatible
            server.
        models_dir: where weights are kept.
        cache_dir: where the state after ``prefix`` is kept.
        progress: told of downloads: what, bytes done, bytes in all.
        prefix: the messages every prompt begins with.

    Raises:
        UsageError: there is no such model.
        ModelUnavailable: it could not be had or loaded.
    """
    if spec == "extractive":
        return None
    if spec.startswith(("http://", "https://")):
        from assistant.llm_server import ServerEngine

        return ServerEngine(spec)
    from assistant.llm_local import LocalEngine

    return LocalEngine(_weights(spec, models_dir, progress), cache_dir, prefix)


def _weights(spec: str, models_dir: Path, progress: Callable[[str, int, int], None]) -> Path:
    if not spec.endswith(".gguf"):
        return weights.obtain(DEFAULT_MODEL if spec == "auto" else spec, models_dir, progress)
    path = Path(spec).expanduser()
    if not path.exists() and spec.count("/") >= 2 and not path.is_absolute():
        return weights.obtain_from_hub(spec, models_dir, progress)
    weights.remember(path, models_dir)
    return path
