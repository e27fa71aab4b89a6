"""The one-time export of an embedding model to int8 ONNX.

The only module that imports torch; `index.embedder` runs it in a process of its own
(``python index/onnx_export.py WEIGHTS_FOLDER OUT_FILE LAYER...``), so torch is never in memory at
search time. Knows BERT-like encoders with mean pooling, nothing of downloads or of where models
live.
"""

import argparse
import tempfile
from collections.abc import Sequence
from pathlib import Path

OPSET = 17
_VOCABULARY = "vocabulary.npz"
_WORDS = "model.embeddings.word_embeddings.weight"


def export(weights: Path, out: Path, kept_float: Sequence[int]) -> None:
    """Write ``out``: encoder, mean pooling and L2 normalisation in one int8 ONNX graph.

    Inputs ``input_ids`` and ``attention_mask`` are int64 (batch, tokens); output ``vector`` is
    float32 (batch, dimension). Pooling as in sentence-transformers (Reimers and Gurevych 2019);
    weights quantised per channel to int8 (7 bits used), activations dynamically to uint8.

    Args:
        weights: a folder with ``config.json`` and ``model.safetensors``; with ``vocabulary.npz``
            (see `index.e5_weights`) too, the vectors of the vocabulary are those, in 4 bits.
        out: the file to write; its folder must exist.
        kept_float: the layers whose last product stays in float32: its inputs, after GELU, have the
            widest outliers.

    Raises:
        OSError: the weights cannot be read or the result cannot be written.
    """
    import onnx
    import torch
    from onnxruntime.quantization import QuantType, quantize_dynamic
    from transformers import AutoModel

    class Encoder(torch.nn.Module):  # type: ignore[misc]  # torch is untyped to mypy here
        def __init__(self) -> None:
            super().__init__()
            # Eager attention: the fused kinds do not trace to plain ONNX operators.
            self.model = AutoModel.from_pretrained(
                weights,
                attn_implementation="eager",
                local_files_only=True,
                use_safetensors=True,
                trust_remote_code=False,
                dtype=torch.float32,
                add_pooling_layer=False,
            )

        def forward(self, input_ids: torch.Tensor, attention_mask: torch.Tensor) -> torch.Tensor:
            # A ready additive mask (batch, 1, 1, tokens): the library's own making of one does not
            # trace cleanly.
            bias = (1.0 - attention_mask[:, None, None, :].float()) * -1e9
            states = self.model(input_ids=input_ids, attention_mask=bias)[0]
            mask = attention_mask.unsqueeze(-1).to(states.dtype)
            mean = (states * mask).sum(1) / mask.sum(1).clamp(min=1e-9)
            return torch.nn.functional.normalize(mean, p=2.0, dim=1)

    encoder = Encoder().eval()
    ids = torch.tensor([[1, 3, 2, 1], [1, 3, 1, 0]])
    axes = {0: "batch", 1: "tokens"}
    with tempfile.TemporaryDirectory(dir=out.parent, prefix=".export-") as scratch:
        plain = Path(scratch, "model.onnx")
        with torch.inference_mode():
            torch.onnx.export(
                encoder,
                (ids, (ids != 0).long()),
                str(plain),
                input_names=["input_ids", "attention_mask"],
                output_names=["vector"],
                dynamic_axes={"input_ids": axes, "attention_mask": axes, "vector": {0: "batch"}},
                opset_version=OPSET,
                dynamo=False,
            )
        if (weights / _VOCABULARY).exists():
            _put_vocabulary(plain, weights / _VOCABULARY)
        kept = [f"/model/encoder/layer.{layer}/output/dense/MatMul" for layer in kept_float]
        lost = set(kept) - {node.name for node in onnx.load(plain).graph.node}
        if lost:
            raise RuntimeError(f"the exported graph has no {', '.join(sorted(lost))}")
        # reduce_range: with weights of 7 bits no product overflows the 16-bit sums of CPUs without
        # VNNI, so that every CPU computes the same integers. Full range clips there.
        quantize_dynamic(
            plain,
            out,
            weight_type=QuantType.QInt8,
            per_channel=True,
            reduce_range=True,
            nodes_to_exclude=kept,
        )


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
            lookup.output[0], onnx.TensorProto.FLOAT, ["batch", "tokens", shape[1]]
        )
    )
    lookup.CopyFrom(
        onnx.helper.make_node(
            "GatherBlockQuantized",
            [*lookup.input, f"{_WORDS}.scales"],
            lookup.output,
            lookup.name,
            domain="com.microsoft",
            gather_axis=0,
            quantize_axis=1,
            block_size=shape[1] // scales.shape[1],
        )
    )
    model.opset_import.append(onnx.helper.make_opsetid("com.microsoft", 1))
    model.ir_version = 10  # the first that has integers of 4 bits
    onnx.save(model, plain)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m index.onnx_export", description=export.__doc__)
    parser.add_argument("weights", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("kept_float", type=int, nargs="*")
    arguments = parser.parse_args()
    export(arguments.weights, arguments.out, arguments.kept_float)
