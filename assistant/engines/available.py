"""The pinned models on this machine: which are here, what they cost, having one now."""

from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from assistant.engines import checks
from assistant.engines import costs as model_costs
from assistant.engines.choice import DEFAULT_MODEL
from assistant.engines.protocol import Message
from index.models import weights
from index.models.pins import Model
from index.store.generation import Home
from ingest.errors import UsageError

Progress = Callable[[str, int, int], None]


def rows(home: Home) -> list[dict[str, Any]]:
    """See :meth:`assistant.desk.Desk.models`."""
    costs = model_costs.read(home.cache)
    pins = weights.load_pins().values()
    kernels = {model.name: _kernels(model, home) for model in pins if model.use != "embedding"}
    fit = [
        model
        for model in pins
        if model.use == "answers"
        and kernels[model.name] not in ("none", "silent")
        and model_costs.suits(model, costs.get(model.name))
    ]
    best = max(fit, key=lambda model: model.bytes, default=None)
    return [
        {
            "name": model.name,
            "use": model.use,
            "author": model.author,
            "licence": model.licence,
            "bytes": model.bytes,
            "here": weights.is_present(model, home.models),
            "costs": asdict(costs[model.name]) if model.name in costs else None,
            "kernels": kernels.get(model.name),
            "recommended": model is best,
        }
        for model in pins
    ]


def _kernels(model: Model, home: Home) -> checks.Kernels | None:
    """Return which kernels of llama.cpp run a model here; None if that was not tried."""
    if not weights.is_present(model, home.models):
        return None
    return checks.recall(home.cache, weights.obtain(model, home.models))


def pull(name: str, home: Home, progress: Progress) -> Path:
    """See :meth:`assistant.desk.Desk.pull`."""
    home.make()
    name = DEFAULT_MODEL if name == "auto" else name
    if "/" in name:
        return weights.obtain_from_hub(name, home.models, progress)
    return weights.obtain(name, home.models, progress)


def measure(
    name: str, home: Home, beginning: Sequence[Message], progress: Progress
) -> model_costs.Costs:
    """See :meth:`assistant.desk.Desk.measure`."""
    pin = weights.load_pins().get(name)
    if pin is not None and pin.use == "embedding":
        raise UsageError(f"{name} writes no answers: there is nothing to measure.")
    return model_costs.measure(name, pull(name, home, progress), home.cache, beginning)
