"""Which engine writes: what a user's words choose, its weights had first."""

from collections.abc import Callable, Sequence
from pathlib import Path

from assistant.engines.protocol import Engine, Message
from index.models import weights
from ingest.disk import expanded
from ingest.errors import UsageError

DEFAULT_MODEL = "qwen2.5-coder-1.5b-instruct-q4_k_m"


def choose(
    spec: str,
    models_dir: Path,
    cache_dir: Path,
    progress: Callable[[str, int, int], None],
    prefix: Sequence[Message],
    *,
    notice: Callable[[str], None] = lambda text: None,
    given_up: Callable[[], bool] = lambda: False,
) -> Engine | None:
    """Return the engine a user asks for, having its weights first; None for ``extractive``.

    Args:
        spec: ``auto``, ``extractive``, a pinned model's name, the path of a ``.gguf`` file, a file
            of the model hub (``owner/repository/file.gguf``, ``@revision`` behind it if need be)
            or the URL of an OpenAI-compatible server (``#model`` behind it if it has several).
        models_dir: where weights are kept.
        cache_dir: where the state after ``prefix`` is kept.
        progress: told of downloads: what, bytes done, bytes in all.
        prefix: the messages every prompt begins with.
        notice: told what went wrong with a model that runs all the same.
        given_up: says whether nobody waits for the engine any more.

    Raises:
        UsageError: there is no such model.
        CannotRun: llama.cpp is not installed, or dies of the model on this machine.
        ModelUnavailable: it could not be had or loaded.
    """
    if spec == "extractive":
        return None
    if spec.startswith(("http://", "https://")):
        from assistant.engines.server import ServerEngine

        url, _, model = spec.partition("#")
        return ServerEngine(url, model or None)
    from assistant.engines.isolated import IsolatedEngine

    path = _weights(spec, models_dir, progress)
    return IsolatedEngine(path, cache_dir, prefix, notice=notice, given_up=given_up)


def is_here(spec: str, models_dir: Path) -> bool:
    """Say whether a model of this kind would be loaded in this process, from weights on disk."""
    if spec.endswith(".gguf"):
        return expanded(Path(spec)).exists()
    pin = weights.load_pins().get(DEFAULT_MODEL if spec == "auto" else spec)
    return pin is not None and weights.is_present(pin, models_dir)


def _weights(spec: str, models_dir: Path, progress: Callable[[str, int, int], None]) -> Path:
    if spec.endswith(".gguf") or ".gguf@" in spec:
        path = expanded(Path(spec))
        if not path.exists() and spec.count("/") >= 2 and not path.is_absolute():
            return weights.obtain_from_hub(spec, models_dir, progress)
        weights.remember(path, models_dir)
        return path
    name = DEFAULT_MODEL if spec == "auto" else spec
    known = [pin.name for pin in weights.load_pins().values() if pin.use != "embedding"]
    if name not in known:
        raise UsageError(
            f"No model called '{spec}' can answer. Known: auto, extractive, {', '.join(known)}; "
            "or give the path of a .gguf file, owner/repository/file.gguf of the model hub, or the "
            "URL of an OpenAI-compatible server."
        )
    return weights.obtain(name, models_dir, progress)
