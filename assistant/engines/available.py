"""The pinned models on this machine: which are here, what they cost, having one now."""

from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

from assistant.engines import costs as model_costs
from index.models import weights
from index.store.generation import Home
from ingest.errors import UsageError

Progress = Callable[[str, int, int], None]


def rows(home: Home) -> list[dict[str, Any]]:
    """See :meth:`assistant.desk.Desk.models`."""
    costs = model_costs.read(home.cache)
    pins = weights.load_pins().values()
    fit = [m for m in pins if m.use == "answers" and model_costs.suits(m, costs.get(m.name))]
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
            "recommended": model is best,
        }
        for model in pins
    ]


def pull(name: str, home: Home, progress: Progress) -> Path:
    """See :meth:`assistant.desk.Desk.pull`."""
    home.make()
    if "/" in name:
        return weights.obtain_from_hub(name, home.models, progress)
    return weights.obtain(name, home.models, progress)


def measure(name: str, home: Home, progress: Progress) -> model_costs.Costs:
    """See :meth:`assistant.desk.Desk.measure`."""
    pin = weights.load_pins().get(name)
    if pin is not None and pin.use == "embedding":
        raise UsageError(f"{name} writes no answers: there is nothing to measure.")
    return model_costs.measure(name, pull(name, home, progress), home.cache)
