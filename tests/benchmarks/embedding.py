"""How near int8 comes to float32, and how fast: ``python -m tests.benchmarks.embedding``.

Paragraphs of the primer, or with ``--home`` every ninth passage there, and our own questions are
embedded by the default model in float32 (torch), as shipped, and with all products quantised. Then
the channels that reach furthest after GELU are listed layer by layer, over the primer: from these
the outliers of `index.models.embedding_models` were read.
"""

import argparse
import json
import tempfile
import time
from collections.abc import Callable
from itertools import islice
from pathlib import Path
from statistics import median

import numpy as np
import onnxruntime
import platformdirs
import torch
from transformers import AutoModel

from index.building.context import placed
from index.models.embedding_models import DEFAULT, MODELS
from index.models.onnx_export import export
from index.models.wordpieces import Wordpieces
from index.store.generation import Home
from index.store.sqlite import Store
from tests.benchmarks.growth import questions

Embed = Callable[[list[int]], np.ndarray]


def passages(home: Path) -> list[str]:
    """Return every ninth passage of a home as it is embedded."""
    folder = Home(home).current()
    if folder is None:
        raise SystemExit(f"{home} holds no library")
    store = Store(folder / "library.sqlite")
    numbers = [int(row[0]) for row in store.rows("SELECT id FROM passages ORDER BY id")]
    return placed(store, numbers[::9])


def paragraphs() -> list[str]:
    """Return 300 longer paragraphs of the primer."""
    parts = (
        part
        for file in sorted(Path("data", "primer").glob("**/*.md"))
        for part in file.read_text(encoding="utf-8").split("\n\n")
    )
    return list(islice((part for part in parts if len(part) > 200), 300))


def in_float(weights: Path) -> tuple[torch.nn.Module, Embed]:
    """Return the model in float32 and what embeds by it."""
    model = AutoModel.from_pretrained(weights, add_pooling_layer=False).eval()

    def embed(ids: list[int]) -> np.ndarray:
        with torch.inference_mode():
            mean = model(torch.tensor([ids]))[0].mean(1)
        return torch.nn.functional.normalize(mean, dim=1)[0].numpy()

    return model, embed


def in_int8(graph: Path) -> Embed:
    """Return what embeds by a graph, on one thread, with the settings of `int8_encoder`."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(
        str(graph), options, disabled_optimizers=["SkipLayerNormFusion"]
    )
    return lambda ids: session.run(["vector"], {"input_ids": np.array([ids], dtype=np.int64)})[0][0]


def row(name: str, embed: Embed, texts: list[list[int]], wanted: np.ndarray, asked: int) -> None:
    """Print how near the vectors come and what they cost; the last ``asked`` are questions."""
    spent, found = [], []
    for ids in texts:
        begun = time.perf_counter()
        found.append(embed(ids))
        spent.append(time.perf_counter() - begun)
    cosines = (np.stack(found) * wanted).sum(1)
    print(
        f"{name}: cosine worst {cosines.min():.4f}, first percentile "
        f"{np.quantile(cosines, 0.01):.4f}, mean {cosines.mean():.5f}; "
        f"passages {len(texts) - asked} in {sum(spent[:-asked]):.1f} s, "
        f"question p50 {1000 * median(spent[-asked:]):.1f} ms"
    )


def reaches(model: torch.nn.Module, tokenizer: Wordpieces, limit: int) -> None:
    """Print the channels that reach furthest after GELU, over the primer."""
    most: dict[int, torch.Tensor] = {}

    def noting(layer: int) -> Callable[..., None]:
        def note(_module: object, _given: object, made: torch.Tensor) -> None:
            here = made[0].max(0).values
            most[layer] = torch.maximum(most[layer], here) if layer in most else here

        return note

    for place, layer in enumerate(model.encoder.layer):
        layer.intermediate.register_forward_hook(noting(place))
    with torch.inference_mode():
        for part in paragraphs():
            model(torch.tensor([tokenizer.ids(part)[:limit]]))
    for place, reach in most.items():
        first = reach.argsort(descending=True)[:4].tolist()
        print(f"layer {place}: " + ", ".join(f"{c} to {reach[c]:.1f}" for c in first))


def main(home: Path | None, models: Path) -> None:
    """Print a row for each way, then the channels."""
    model = MODELS[DEFAULT]
    weights = models / model.name
    tokenizer = Wordpieces.open(weights / "tokenizer.json")
    given, asked = passages(home) if home else paragraphs(), questions()
    texts = [tokenizer.ids(text)[: model.limit] for text in [*given, *asked]]
    reference, embed = in_float(weights)
    wanted = np.stack([embed(ids) for ids in texts])
    row("float32", embed, texts, wanted, len(asked))
    row("as shipped", in_int8(weights / "model.int8.onnx"), texts, wanted, len(asked))
    with tempfile.TemporaryDirectory() as folder:
        plain = Path(folder, "plain.onnx")
        export(weights, plain, ())
        row("all quantised", in_int8(plain), texts, wanted, len(asked))
    reaches(reference, tokenizer, model.limit)
    print(json.dumps({"outliers": model.outliers}))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--home", type=Path)
    parser.add_argument(
        "--models", type=Path, default=platformdirs.user_cache_path("refdesk-tests")
    )
    arguments = parser.parse_args()
    main(arguments.home, arguments.models)
