"""The one-time export of an embedding model to int8 ONNX.

The only module that imports torch; `index.models.embedder` runs it in a process of its own
(``python onnx_export.py WEIGHTS_FOLDER OUT_FILE CHANNELS...``), so torch is never in memory
at search time. Knows BERT-like encoders, nothing of downloads or of where models
live.
"""

import argparse
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

OPSET = 17
_DOMAIN = "com.microsoft"  # operators of onnxruntime beside the standard's
_VOCABULARY = "vocabulary.npz"
_WORDS = "model.embeddings.word_embeddings.weight"


def export(
    weights: Path,
    out: Path,
    outliers: Sequence[Sequence[int]],
    pooling: str = "mean",
    dense: Path | None = None,
) -> None:
    """Write ``out``: encoder, pooling and L2 normalisation in one int8 ONNX graph.

    Input ``input_ids`` is int64 (1, tokens); output ``vector`` is float32 (1, dimension). One text
    a run: nothing is padded, so there is no mask. Pooling as in sentence-transformers (Reimers and
    Gurevych 2019); weights quantised per channel to int8 (7 bits used), activations dynamically to
    uint8.

    Args:
        weights: a folder with ``config.json`` and ``model.safetensors``; with ``vocabulary.npz``
            (see `index.models.e5_weights`) too, the vectors of the vocabulary are those, in 4 bits.
        out: the file to write; its folder must exist.
        outliers: for each layer, the first on, the inner channels that stay in float32. After GELU
            they reach three times as far as all others, and would make the 8-bit steps of these
            as much coarser (after Dettmers et al. 2022, LLM.int8()).
        pooling: ``mean`` of all tokens, or ``cls`` for the first one.
        dense: the folder of a linear layer after it, as sentence-transformers saves one.

    Raises:
        OSError: the weights cannot be read or the result cannot be written.
    """
    import onnx
    import torch
    from onnxruntime.quantization import QuantType, quantize_dynamic
    from transformers import AutoModel

    class Attention(torch.autograd.Function):  # type: ignore[misc]  # torch is untyped to mypy here
        """Attention of all tokens to all, one operator in the graph."""

        @staticmethod
        def forward(
            _: Any, queries: torch.Tensor, keys: torch.Tensor, values: torch.Tensor, heads: int
        ) -> torch.Tensor:
            parts = [
                tensor.unflatten(-1, (heads, -1)).transpose(1, 2)
                for tensor in (queries, keys, values)
            ]
            attended = torch.nn.functional.scaled_dot_product_attention(*parts)
            return attended.transpose(1, 2).flatten(2)

        @staticmethod
        def symbolic(graph: Any, queries: Any, keys: Any, values: Any, heads: int) -> Any:
            made = graph.op(f"{_DOMAIN}::MultiHeadAttention", queries, keys, values,
                            num_heads_i=heads)  # fmt: skip
            return made.setType(queries.type())

    class Outliers(torch.nn.Module):  # type: ignore[misc]  # torch is untyped to mypy here, too
        """Some inner channels of a layer, taken out of it and computed apart."""

        def __init__(self, layer: torch.nn.Module, channels: Sequence[int]) -> None:
            super().__init__()
            inner, last = layer.intermediate.dense, layer.output.dense
            there = torch.tensor(channels)
            self.register_buffer("into", inner.weight[there].T.clone())
            self.register_buffer("bias", inner.bias[there].clone())
            self.register_buffer("out_of", last.weight[:, there].T.clone())
            inner.weight[there] = 0
            inner.bias[there] = 0
            last.weight[:, there] = 0

        def forward(self, states: torch.Tensor) -> torch.Tensor:
            return torch.nn.functional.gelu(states @ self.into + self.bias) @ self.out_of

    class Encoder(torch.nn.Module):  # type: ignore[misc]
        def __init__(self) -> None:
            super().__init__()
            self.model = AutoModel.from_pretrained(
                weights,
                local_files_only=True,
                use_safetensors=True,
                trust_remote_code=False,
                dtype=torch.float32,
                add_pooling_layer=False,
            )
            layers = self.model.encoder.layer
            self.outliers = torch.nn.ModuleList(
                Outliers(layers[place], channels) for place, channels in enumerate(outliers)
            )
            self.last = _dense(dense) if dense else torch.nn.Identity()

        def forward(self, input_ids: torch.Tensor) -> torch.Tensor:
            # Layer by layer: the library's own way makes twice the nodes, most of them for a mask.
            first, heads = self.model.embeddings, self.model.config.num_attention_heads
            places = first.position_embeddings.weight + first.token_type_embeddings.weight[0]
            states = first.word_embeddings(input_ids) + places[: input_ids.shape[1]]
            states = first.LayerNorm(states)
            for place, layer in enumerate(self.model.encoder.layer):
                own, after = layer.attention.self, layer.attention.output
                seen = Attention.apply(own.query(states), own.key(states), own.value(states), heads)
                states = after.LayerNorm(after.dense(seen) + states)
                both = layer.output.dense(layer.intermediate(states)) + states
                if place < len(self.outliers):
                    both = both + self.outliers[place](states)
                states = layer.output.LayerNorm(both)
            pooled = states.mean(1) if pooling == "mean" else states[:, 0]
            return torch.nn.functional.normalize(self.last(pooled), p=2.0, dim=1)

    with torch.inference_mode():
        encoder = Encoder().eval()
    with tempfile.TemporaryDirectory(dir=out.parent, prefix=".export-") as scratch:
        plain = Path(scratch, "model.onnx")
        with torch.inference_mode():
            torch.onnx.export(
                encoder,
                (torch.tensor([[1, 3, 2, 1]]),),
                str(plain),
                input_names=["input_ids"],
                output_names=["vector"],
                dynamic_axes={"input_ids": {1: "tokens"}},
                opset_version=OPSET,
                custom_opsets={_DOMAIN: 1},
                dynamo=False,
            )
        if (weights / _VOCABULARY).exists():
            _put_vocabulary(plain, weights / _VOCABULARY)
        # reduce_range: with weights of 7 bits no product overflows the 16-bit sums of CPUs without
        # VNNI, so that every CPU computes the same integers. Full range clips there.
        quantize_dynamic(
            plain,
            out,
            weight_type=QuantType.QInt8,
            per_channel=True,
            reduce_range=True,
            nodes_to_exclude=_of_outliers(onnx.load(plain), outliers),
        )


def _dense(folder: Path) -> Any:
    """Return the linear layer in a folder, with the activation it was saved with."""
    import json

    import torch
    from safetensors.torch import load_file

    config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    bias = config.get("bias", True)
    layer = torch.nn.Linear(config["in_features"], config["out_features"], bias=bias)
    saved = load_file(folder / "model.safetensors")
    layer.load_state_dict({name.removeprefix("linear."): tensor for name, tensor in saved.items()})
    if config["activation_function"].endswith("Tanh"):
        return torch.nn.Sequential(layer, torch.nn.Tanh())
    return layer


def _of_outliers(model: Any, outliers: Sequence[Sequence[int]]) -> list[str]:
    """Return the names of the products with so few channels as are computed apart."""
    few = {len(channels) for channels in outliers}
    shapes = {tensor.name: set(tensor.dims) for tensor in model.graph.initializer}
    products = [
        node.name
        for node in model.graph.node
        if node.op_type == "MatMul" and shapes.get(node.input[1], set()) & few
    ]
    if len(products) != 2 * len(outliers):
        raise RuntimeError(f"the graph has {len(products)} products of outliers")
    return products


def _put_vocabulary(plain: Path, vocabulary: Path) -> None:
    """Let the graph look its tokens up in a vocabulary of 4 bits, in place of the one it has."""
    import numpy as np
    import onnx

    with np.load(vocabulary) as arrays:
        pairs, scales = arrays["pairs"], arrays["scales"]
    model = onnx.load(plain)
    graph = model.graph
    (lookup,) = (node for node in graph.node if node.input[:1] == [_WORDS])
    (old,) = (tensor for tensor in graph.initializer if tensor.name == _WORDS)
    shape = (len(pairs), 2 * pairs.shape[1])
    old.CopyFrom(
        onnx.helper.make_tensor(_WORDS, onnx.TensorProto.INT4, shape, pairs.tobytes(), raw=True)
    )
    graph.initializer.append(onnx.numpy_helper.from_array(scales, f"{_WORDS}.scales"))
    graph.value_info.append(  # which cannot be inferred for an operator of onnxruntime's own
        onnx.helper.make_tensor_value_info(
            lookup.output[0], onnx.TensorProto.FLOAT, [1, "tokens", shape[1]]
        )
    )
    lookup.CopyFrom(
        onnx.helper.make_node(
            "GatherBlockQuantized",
            [*lookup.input, f"{_WORDS}.scales"],
            lookup.output,
            lookup.name,
            domain=_DOMAIN,
            gather_axis=0,
            quantize_axis=1,
            block_size=shape[1] // scales.shape[1],
        )
    )
    model.ir_version = 10  # the first that has integers of 4 bits
    onnx.save(model, plain)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        prog="python -m index.models.onnx_export", description=export.__doc__
    )
    parser.add_argument("weights", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("outliers", nargs="*", help="a layer's channels, with commas between")
    parser.add_argument("--pooling", default="mean", choices=("mean", "cls"))
    parser.add_argument("--dense", type=Path)
    arguments = parser.parse_args()
    channels = [[int(channel) for channel in text.split(",")] for text in arguments.outliers]
    export(arguments.weights, arguments.out, channels, arguments.pooling, arguments.dense)
