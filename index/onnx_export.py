"""The one-time export of the embedding model to int8 ONNX.

The only module that imports torch; `index.embedder` runs it in a process of its own
(``python -m index.onnx_export WEIGHTS_FOLDER OUT_FILE``), so torch is never in memory at search
time. Knows BERT-like encoders with mean pooling, nothing of downloads or of where models live.
"""

import argparse
import tempfile
from pathlib import Path

OPSET = 17
# Left in float32: the two products whose inputs, after GELU, have the widest outliers. Without
# them the worst cosine to float32 over 300 titles and abstracts is 0.976, with them 0.985.
KEPT_FLOAT = tuple(f"/model/encoder/layer.{layer}/output/dense/MatMul" for layer in (0, 2))


def export(weights: Path, out: Path) -> None:
    """Write ``out``: encoder, mean pooling and L2 normalisation in one int8 ONNX graph.

    Inputs ``input_ids`` and ``attention_mask`` are int64 (batch, tokens); output ``vector`` is
    float32 (batch, dimension). Pooling as in sentence-transformers (Reimers and Gurevych 2019);
    weights quantised per channel to int8 (7 bits used), activations dynamically to uint8.

    Args:
        weights: a folder with ``config.json`` and ``model.safetensors``.
        out: the file to write; its folder must exist.

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
    ids = torch.tensor([[101, 7592, 2088, 102], [101, 7592, 102, 0]])
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
        lost = set(KEPT_FLOAT) - {node.name for node in onnx.load(plain).graph.node}
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
            nodes_to_exclude=list(KEPT_FLOAT),
        )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m index.onnx_export", description=export.__doc__)
    parser.add_argument("weights", type=Path)
    parser.add_argument("out", type=Path)
    arguments = parser.parse_args()
    export(arguments.weights, arguments.out)
