"""Train a judge of sentences: a cross-encoder of MiniLM's size that reads evidence and sentence.

    python -m tests.benchmarks.train_judge SHARED OUT [--epochs N] [--most PAIRS] [--export]
        [--threads N] [--models DIR]

Starts from the weights of all-MiniLM-L6-v2, whose vocabulary and lowest layers stay as they are.
Heads: whether the evidence supports the sentence (from the first token, the mean of the sentence
and the worst of its words), which words it does not bear, and whether it answers a question. The
pairs are those of `tests.benchmarks.judge_pairs`. Seeded; each fifty steps the state is written
to OUT, from which a run that was stopped goes on with the same batches (``--epochs`` and
``--most`` must be the same). At the end OUT holds
``judge.int8.onnx`` (inputs ``ids`` and ``parts``, int64 (1, tokens); outputs ``support`` and
``relevance``, logits (1,), and ``words``, logits (1, tokens)). A step takes some 1.7 s of a
processor. What it gave, and why the rules stayed, stands in BENCHMARKS.md ("Answers that explain");
nothing of it is used in answering.

Dense layers are int8 (7 bits used) by channel, activations uint8 by text, as in
`index.models.onnx_export`: one text is run at a time, so nothing depends on a batch.
"""

import argparse
import math
import random
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
import tokenizers
import torch
from onnxruntime.quantization import QuantType, quantize_dynamic
from torch import Tensor, nn
from torch.nn import functional
from transformers import AutoModel

from tests.benchmarks.falsify import SEED
from tests.benchmarks.judge_pairs import Pair, training

LIMIT = 128
"""Tokens that the judge reads, special ones included; evidence is cut, the sentence is not."""
GRAPH = "judge.int8.onnx"
_STATE = "state.pt"
_BATCH = 32
_FROZEN = 3  # of six layers
_RATE, _HEAD_RATE = 2e-4, 1e-3
_WARM = 0.06
_EVERY = 50  # steps between two states on disk
_BUCKET = 40  # batches within which pairs are sorted by length
_WORDS_WEIGH = 1.0
_WRONG_WEIGHS = 4.0  # a wrong word against a right one: there are few
_IGNORED = -1.0


class Network(nn.Module):  # type: ignore[misc]  # torch is untyped to mypy here
    """MiniLM with three heads."""

    def __init__(self, weights: Path) -> None:
        super().__init__()
        self.encoder = AutoModel.from_pretrained(
            weights, local_files_only=True, add_pooling_layer=False, dtype=torch.float32,
            attn_implementation="eager",
        )  # fmt: skip
        width = self.encoder.config.hidden_size
        self.support = nn.Linear(2 * width, 1)
        self.relevance = nn.Linear(2 * width, 1)
        self.words = nn.Linear(width, 1)
        self.worst = nn.Parameter(torch.tensor(0.5))
        for part in (self.encoder.embeddings, *self.encoder.encoder.layer[:_FROZEN]):
            part.requires_grad_(False)

    def forward(self, ids: Tensor, parts: Tensor, mask: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        states = self.encoder(
            input_ids=ids, token_type_ids=parts, attention_mask=mask
        ).last_hidden_state.float()
        said = (parts * mask).unsqueeze(-1).float()
        mean = (states * said).sum(1) / said.sum(1).clamp(min=1)
        pooled = torch.cat([states[:, 0], mean], -1)
        words = self.words(states).squeeze(-1)
        worst = (words - 1e4 * (1 - said.squeeze(-1))).amax(1)
        support = self.support(pooled).squeeze(-1) - functional.softplus(self.worst) * worst
        return support, self.relevance(pooled).squeeze(-1), words


class Reader:
    """Evidence and sentence to tokens."""

    def __init__(self, weights: Path) -> None:
        self._tokenizer = tokenizers.Tokenizer.from_file(str(weights / "tokenizer.json"))
        self._tokenizer.no_padding()
        self._tokenizer.no_truncation()

    def read(self, evidence: str, sentence: str) -> tuple[list[int], list[int], list[int]]:
        """Return the ids, the parts (0 evidence, 1 sentence) and each token's word or -1."""
        said = self._tokenizer.encode(sentence, add_special_tokens=False)
        own = said.ids[: LIMIT - 3 - 16]
        text = self._tokenizer.encode(evidence, add_special_tokens=False).ids
        text = text[: LIMIT - 3 - len(own)]
        first, last = self._tokenizer.token_to_id("[CLS]"), self._tokenizer.token_to_id("[SEP]")
        ends = [0, *np.cumsum([len(word) + 1 for word in sentence.split(" ")]).tolist()]
        of = [int(np.searchsorted(ends, start, "right")) - 1 for start, _ in said.offsets]
        ids = [first, *text, last, *own, last]
        parts = [0] * (len(text) + 2) + [1] * (len(own) + 1)
        return ids, parts, [-1] * (len(text) + 2) + of[: len(own)] + [-1]


def _batch(reader: Reader, pairs: list[Pair]) -> dict[str, Tensor]:
    rows = [reader.read(pair.evidence, " ".join(pair.sentence.split())) for pair in pairs]
    length = max(len(ids) for ids, _, _ in rows)
    made = {key: np.zeros((len(pairs), length), dtype=np.int64) for key in ("ids", "parts", "mask")}
    words = np.full((len(pairs), length), _IGNORED, dtype=np.float32)
    for row, (pair, (ids, parts, of)) in enumerate(zip(pairs, rows, strict=True)):
        made["ids"][row, : len(ids)] = ids
        made["parts"][row, : len(ids)] = parts
        made["mask"][row, : len(ids)] = 1
        for place, word in enumerate(of):
            if 0 <= word < len(pair.wrong):
                words[row, place] = pair.wrong[word]
    return {
        **{key: torch.from_numpy(each) for key, each in made.items()},
        "words": torch.from_numpy(words),
        "label": torch.tensor([float(pair.supported) for pair in pairs]),
        "relevance": torch.tensor([pair.relevance for pair in pairs]),
    }


def _loss(network: Network, batch: dict[str, Tensor], rate: Tensor) -> Tensor:
    support, relevance, words = network(batch["ids"], batch["parts"], batch["mask"])
    logit = torch.where(batch["relevance"], relevance, support)
    # as many true as false ones in all
    weights = torch.where(batch["relevance"] | (batch["label"] == 0), 1.0, rate)
    loss = functional.binary_cross_entropy_with_logits(logit, batch["label"], weights)
    known = batch["words"] != _IGNORED
    if known.any():
        wrong = functional.binary_cross_entropy_with_logits(
            words[known], batch["words"][known], pos_weight=torch.tensor(_WRONG_WEIGHS)
        )
        loss = loss + _WORDS_WEIGH * wrong
    return loss


def _order(pairs: list[Pair], epoch: int) -> list[list[Pair]]:
    """Return the batches of an epoch: alike in length, in an order that the seed gives."""
    rng = random.Random(f"{SEED}{epoch}")  # no secret
    mixed = rng.sample(pairs, len(pairs))
    batches: list[list[Pair]] = []
    for low in range(0, len(mixed), _BATCH * _BUCKET):
        near = sorted(
            mixed[low : low + _BATCH * _BUCKET], key=lambda p: len(p.evidence) + len(p.sentence)
        )
        batches += [near[n : n + _BATCH] for n in range(0, len(near), _BATCH)]
    rng.shuffle(batches)
    return batches


def train(shared: Path, weights: Path, out: Path, epochs: int, most: int) -> Network:
    """Train, or go on with a run that was stopped; the state is kept in ``out``."""
    torch.manual_seed(SEED)
    pairs = training(shared)[:most]
    network, reader = Network(weights), Reader(weights)
    own = [each for each in network.encoder.parameters() if each.requires_grad]
    heads = [each for name, each in network.named_parameters() if not name.startswith("encoder.")]
    groups = [{"params": own, "lr": _RATE}, {"params": heads, "lr": _HEAD_RATE}]
    optimizer = torch.optim.AdamW(groups, weight_decay=0.01)
    steps = [batch for epoch in range(epochs) for batch in _order(pairs, epoch)]
    warm = max(1, int(_WARM * len(steps)))
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimizer, lambda n: min((n + 1) / warm, max(0.0, (len(steps) - n) / (len(steps) - warm)))
    )
    state, first = out / _STATE, 0
    if state.exists():
        kept: dict[str, Any] = torch.load(state)
        network.load_state_dict(kept["network"])
        optimizer.load_state_dict(kept["optimizer"])
        schedule.load_state_dict(kept["schedule"])
        first = kept["step"]
    true = sum(pair.supported for pair in pairs if not pair.relevance)
    false = sum(not pair.supported for pair in pairs if not pair.relevance)
    rate = torch.tensor(math.sqrt(false / true))
    print(f"{len(pairs)} pairs ({true} true, {false} false), {len(steps)} steps, from {first}")
    network.train()
    began, running = time.monotonic(), 0.0
    for step in range(first, len(steps)):
        with torch.autocast("cpu", dtype=torch.bfloat16):
            loss = _loss(network, _batch(reader, steps[step]), rate)
        loss.backward()
        nn.utils.clip_grad_norm_(own + heads, 1.0)
        optimizer.step()
        schedule.step()
        optimizer.zero_grad()
        running = 0.95 * running + 0.05 * loss.item() if step > first else loss.item()
        if (step + 1) % 20 == 0:
            took = (time.monotonic() - began) / (step + 1 - first)
            print(f"step {step + 1}: loss {running:.3f}, {took:.2f} s a step", flush=True)
        if (step + 1) % _EVERY == 0 or step + 1 == len(steps):
            kept = {"network": network.state_dict(), "optimizer": optimizer.state_dict(),
                    "schedule": schedule.state_dict(), "step": step + 1}  # fmt: skip
            torch.save(kept, state.with_suffix(".new"))
            state.with_suffix(".new").replace(state)
    return network


class _Alone(nn.Module):  # type: ignore[misc]
    """The network for one pair: nothing is padded, so there is no mask."""

    def __init__(self, network: Network) -> None:
        super().__init__()
        self.network = network

    def forward(self, ids: Tensor, parts: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        net = self.network
        first = net.encoder.embeddings
        states = first.word_embeddings(ids) + first.token_type_embeddings(parts)
        states = first.LayerNorm(states + first.position_embeddings.weight[:LIMIT][: ids.shape[1]])
        heads = net.encoder.config.num_attention_heads
        for layer in net.encoder.encoder.layer:
            own, after = layer.attention.self, layer.attention.output
            three = [
                each(states).unflatten(-1, (heads, -1)).transpose(1, 2)
                for each in (own.query, own.key, own.value)
            ]
            weights = three[0] @ three[1].transpose(-1, -2) / math.sqrt(three[0].shape[-1])
            seen = (weights.softmax(-1) @ three[2]).transpose(1, 2).flatten(2)
            states = after.LayerNorm(after.dense(seen) + states)
            inner = layer.output.dense(layer.intermediate(states))
            states = layer.output.LayerNorm(inner + states)
        said = parts.unsqueeze(-1).float()
        mean = (states * said).sum(1) / said.sum(1)
        pooled = torch.cat([states[:, 0], mean], -1)
        words = net.words(states).squeeze(-1)
        worst = (words - 1e4 * (1 - said.squeeze(-1))).amax(1)
        support = net.support(pooled).squeeze(-1) - functional.softplus(net.worst) * worst
        return support, net.relevance(pooled).squeeze(-1), words


def export(network: Network, out: Path) -> Path:
    """Write the int8 graph and return its path."""
    graph = out / GRAPH
    with tempfile.TemporaryDirectory(dir=out) as scratch, torch.inference_mode():
        plain = Path(scratch, "plain.onnx")
        sample = (torch.tensor([[101, 7592, 102, 7592, 102]]), torch.tensor([[0, 0, 0, 1, 1]]))
        torch.onnx.export(
            _Alone(network).eval(), sample, str(plain),
            input_names=["ids", "parts"], output_names=["support", "relevance", "words"],
            dynamic_axes={"ids": {1: "tokens"}, "parts": {1: "tokens"}, "words": {1: "tokens"}},
            opset_version=17, dynamo=False,
        )  # fmt: skip
        quantize_dynamic(
            plain, graph, weight_type=QuantType.QInt8, per_channel=True, reduce_range=True
        )
    return graph


class Judge:
    """The trained judge as it would ship: int8, one pair a run."""

    def __init__(self, graph: Path, weights: Path) -> None:
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        self._session = onnxruntime.InferenceSession(
            str(graph), options, providers=["CPUExecutionProvider"]
        )
        self._reader = Reader(weights)

    def logits(self, evidence: str, sentence: str) -> tuple[float, float]:
        """Return the logits of support and of relevance."""
        ids, parts, _ = self._reader.read(evidence, " ".join(sentence.split()))
        support, relevance, _ = self._session.run(
            ["support", "relevance", "words"],
            {"ids": np.array([ids], np.int64), "parts": np.array([parts], np.int64)},
        )
        return float(support[0]), float(relevance[0])


def main() -> None:
    """Read the arguments, train, export."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("shared", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--epochs", type=int, default=2)
    parser.add_argument("--most", type=int, default=100_000)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--export", action="store_true", help="export the state as it is")
    parser.add_argument("--models", type=Path, default=Path.home() / ".cache" / "refdesk-tests")
    given = parser.parse_args()
    torch.set_num_threads(given.threads)
    given.out.mkdir(parents=True, exist_ok=True)
    weights = given.models / "all-minilm-l6-v2"
    if given.export:
        network = Network(weights)
        network.load_state_dict(torch.load(given.out / _STATE)["network"])
    else:
        network = train(given.shared, weights, given.out, given.epochs, given.most)
    graph = export(network, given.out)
    print(f"{graph}: {graph.stat().st_size / 1e6:.1f} MB")


if __name__ == "__main__":
    main()
