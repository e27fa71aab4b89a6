"""The embedding model, with its real weights."""

import json
import os
import random
import shutil
import subprocess
import sys
import textwrap
from pathlib import Path

import numpy as np
import pytest

from index.embedder import Embedder
from index.weights import obtain

ROOT = Path(__file__).resolve().parents[2]
TEXTS = (
    "Grouped-query attention shares each key and value head among a group of query heads.",
    "How does FlashAttention avoid writing the attention matrix to memory?",
    "分组查询注意力让多个查询头共享同一组键和值，从而减小 KV 缓存。",
    "回転位置埋め込み（RoPE）は相対位置を回転で表す。",
    "The KV cache holds the keys and values of past tokens. " * 40,
    "量化把权重从十六位降到四位。" * 60,
    "def attention(q, k, v):\n    return softmax(q @ k.T / sqrt(d)) @ v",
    "| method | bits |\n| --- | --- |\n| QLoRA | 4 |",
    "RoPE",
    "",
    "🙂 naïve café [MASK] <b>bold</b>",
)


def python(script: str, *arguments: object) -> str:
    """Run a script in a process of its own; return what it printed."""
    run = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(script), *map(str, arguments)],
        env=os.environ | {"PYTHONPATH": str(ROOT), "HF_HUB_OFFLINE": "1"},
        capture_output=True,
        check=True,
        text=True,
    )
    return run.stdout


def test_vectors_are_those_of_the_reference_implementation(
    embedder: Embedder, models_dir: Path, tmp_path: Path
) -> None:
    # In another process: sentence-transformers brings torch with it.
    weights = obtain("all-minilm-l6-v2", models_dir)
    reference = tmp_path / "reference.npy"
    python(
        """
        import json, sys
        import numpy as np
        from sentence_transformers import SentenceTransformer
        from sentence_transformers.sentence_transformer.modules import (
            Normalize, Pooling, Transformer,
        )
        encoder = Transformer(sys.argv[1])
        encoder.max_seq_length = 256
        pooling = Pooling(encoder.get_embedding_dimension(), "mean")
        model = SentenceTransformer(modules=[encoder, pooling, Normalize()], device="cpu")
        np.save(sys.argv[2], model.encode(json.loads(sys.argv[3])))
        """,
        weights,
        reference,
        json.dumps(TEXTS),
    )
    ours = embedder.embed(TEXTS)
    assert ours.shape == (len(TEXTS), embedder.dimension)
    assert ours.dtype == np.float32
    assert np.linalg.norm(ours, axis=1) == pytest.approx(1, abs=1e-5)
    cosines = (ours * np.load(reference)).sum(axis=1)
    assert cosines.min() >= 0.98, dict(zip(TEXTS, cosines.tolist(), strict=True))


def test_a_vector_depends_on_its_text_alone(embedder: Embedder) -> None:
    texts = [f"{text} {n}" for n in range(8) for text in TEXTS]
    alone = np.array([embedder.embed_query(text) for text in texts])
    assert np.array_equal(embedder.embed(texts), alone)
    order = random.Random(7).sample(range(len(texts)), len(texts))
    assert np.array_equal(embedder.embed([texts[at] for at in order]), alone[order])
    for size in (1, 3, 17):
        pieces = [embedder.embed(texts[at : at + size]) for at in range(0, len(texts), size)]
        assert np.array_equal(np.concatenate(pieces), alone)


def test_vectors_are_the_same_in_another_process(
    embedder: Embedder, models_dir: Path, tmp_path: Path
) -> None:
    python(
        """
        import json, sys
        from pathlib import Path
        import numpy as np
        from index.embedder import Embedder
        np.save(sys.argv[2], Embedder.open(Path(sys.argv[1])).embed(json.loads(sys.argv[3])))
        """,
        models_dir,
        tmp_path / "there.npy",
        json.dumps(TEXTS),
    )
    assert np.array_equal(np.load(tmp_path / "there.npy"), embedder.embed(TEXTS))


def test_a_long_text_is_cut_at_the_limit_and_counted_in_full(embedder: Embedder) -> None:
    words = " ".join(["cache"] * 254)
    assert embedder.count_tokens(words) == embedder.limit == 256
    longer = f"{words} cache memory"
    assert embedder.count_tokens(longer) == 258
    assert np.array_equal(embedder.embed_query(longer), embedder.embed_query(words))
    assert embedder.count_tokens("") == 2


def test_nothing_to_embed_and_broken_text(embedder: Embedder) -> None:
    assert embedder.embed([]).shape == (0, 384)
    assert np.array_equal(embedder.embed_query("a \ud800"), embedder.embed_query("a ?"))
    assert embedder.count_tokens("\udc80") == 3


def test_progress_counts_texts(embedder: Embedder) -> None:
    told: list[tuple[str, int, int]] = []
    embedder.embed(["text"] * 40, lambda *step: told.append(step))
    assert told == [("embedding", 16, 40), ("embedding", 32, 40), ("embedding", 40, 40)]


def test_searching_never_imports_torch(embedder: Embedder, models_dir: Path) -> None:
    loaded = python(
        """
        import sys
        from pathlib import Path
        from index.embedder import Embedder
        Embedder.open(Path(sys.argv[1])).embed_query("explain GQA vs MQA")
        print(*sys.modules)
        """,
        models_dir,
    ).split()
    for heavy in ("torch", "transformers", "onnx", "sentence_transformers", "httpx", "filelock"):
        assert heavy not in loaded


def test_a_damaged_export_is_made_again(
    embedder: Embedder, models_dir: Path, tmp_path: Path
) -> None:
    name = "all-minilm-l6-v2"
    shutil.copytree(models_dir / name, tmp_path / name)
    graph = tmp_path / name / "model.int8.onnx"
    graph.write_bytes(graph.read_bytes()[:1000])
    told: list[str] = []
    again = Embedder.open(tmp_path, lambda step, *_: told.append(step))
    assert f"{name}: exporting to int8 ONNX (once)" in told
    assert np.array_equal(again.embed(TEXTS), embedder.embed(TEXTS))
    assert again.fingerprint == embedder.fingerprint
    assert not list((tmp_path / name).glob(".*"))


def test_a_copied_home_needs_no_new_export(
    embedder: Embedder, models_dir: Path, tmp_path: Path
) -> None:
    name = "all-minilm-l6-v2"
    shutil.copytree(models_dir / name, tmp_path / name, copy_function=shutil.copyfile)
    told: list[str] = []
    copied = Embedder.open(tmp_path, lambda step, *_: told.append(step))
    assert told == []
    assert np.array_equal(copied.embed_query("RoPE"), embedder.embed_query("RoPE"))


def test_the_fingerprint_does_not_change_by_accident(embedder: Embedder) -> None:
    # Libraries on disk are tied to it: a change here means they must be embedded again.
    assert embedder.fingerprint == ("all-minilm-l6-v2/mean-l2-int8-1/256/c66221571af9841f")
