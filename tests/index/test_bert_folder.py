"""A model of MiniLM's architecture in a folder: real ones, made here, small, of random weights."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from assistant.desk import Desk
from index.models.bert_folder import described
from index.models.embedder import Embedder
from index.models.int8_encoder import Int8Encoder
from index.models.weights import obtain

LIMIT = 48
PROMPTS = {"query": "find: ", "passage": "told: "}
TEXTS = (
    "The KV cache keeps keys and values.",
    "Rye bread bakes at 240 degrees for a quarter of an hour, then longer.",
    "cache " * 60,
    "缓存 🙂 [MASK]",
    "",
)


def make_model(folder: Path, models_dir: Path, pooling: str, *, dense: bool = False) -> Path:
    """Save a BERT of two layers to ``folder``, as sentence-transformers does."""
    import torch
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import Dense, Pooling, Transformer
    from transformers import BertConfig, BertModel, PreTrainedTokenizerFast

    torch.manual_seed(1)
    bare = folder.with_name(f"{folder.name}-bare")
    sizes = BertConfig(
        hidden_size=64, num_hidden_layers=2, num_attention_heads=2, intermediate_size=128
    )
    BertModel(sizes).save_pretrained(bare)
    special = {"unk_token": "[UNK]", "cls_token": "[CLS]", "sep_token": "[SEP]",
               "pad_token": "[PAD]", "mask_token": "[MASK]"}  # fmt: skip
    file = obtain("all-minilm-l6-v2", models_dir) / "tokenizer.json"
    PreTrainedTokenizerFast(tokenizer_file=str(file), **special).save_pretrained(bare)
    encoder = Transformer(str(bare))
    encoder.max_seq_length = LIMIT
    modules = [encoder, Pooling(encoder.get_embedding_dimension(), pooling)]
    if dense:
        modules.append(Dense(64, 96, activation_function=torch.nn.Identity()))
    SentenceTransformer(modules=modules, device="cpu", prompts=PROMPTS).save(str(folder))
    shutil.rmtree(bare)
    return folder


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory, models_dir: Path) -> Path:
    return make_model(tmp_path_factory.mktemp("bert") / "mean", models_dir, "mean")


def reference(folder: Path, texts: list[str]) -> np.ndarray:
    from sentence_transformers import SentenceTransformer

    model = SentenceTransformer(str(folder), device="cpu")
    return np.stack([model.encode(text, normalize_embeddings=True) for text in texts])


@pytest.mark.parametrize(("pooling", "dense"), [("mean", False), ("cls", False), ("cls", True)])
def test_it_gives_the_vectors_of_sentence_transformers(
    pooling: str, dense: bool, tmp_path: Path, models_dir: Path
) -> None:
    folder = make_model(tmp_path / "made", models_dir, pooling, dense=dense)
    embedder = Embedder.open(tmp_path / "models", name=str(folder))
    assert isinstance(embedder._encoder, Int8Encoder)
    assert (embedder.limit, embedder.dimension) == (LIMIT, 96 if dense else 64)
    wanted = reference(folder, [f"told: {text}" for text in TEXTS])
    assert (embedder.embed(TEXTS) * wanted).sum(axis=1).min() > 0.98
    (asked,) = reference(folder, [f"find: {TEXTS[0]}"])
    assert float(embedder.embed_query(TEXTS[0]) @ asked) > 0.98


def test_it_needs_no_torch_once_it_is_exported(folder: Path, tmp_path: Path) -> None:
    Embedder.open(tmp_path, name=str(folder))
    said = subprocess.run(
        [sys.executable, "-c",
         "import sys; from pathlib import Path; from index.models.embedder import Embedder\n"
         f"Embedder.open(Path({str(tmp_path)!r}), name={str(folder)!r}).embed_query('bread')\n"
         "print('torch' in sys.modules)"],
        check=True, capture_output=True, text=True,
    )  # fmt: skip
    assert said.stdout.strip() == "False"


def test_the_fingerprint_is_of_the_content_not_of_the_place(folder: Path, tmp_path: Path) -> None:
    first = Embedder.open(tmp_path / "a", name=str(folder))
    copy = shutil.copytree(folder, tmp_path / "elsewhere")
    assert Embedder.open(tmp_path / "a", name=str(copy)).fingerprint == first.fingerprint
    config = copy / "config_sentence_transformers.json"
    config.write_text(config.read_text().replace("told: ", "tell: "))
    assert Embedder.open(tmp_path / "a", name=str(copy)).fingerprint != first.fingerprint


def test_a_library_is_built_with_it(folder: Path, home: Path, notes: Path, tmp_path: Path) -> None:
    (home / "models").unlink()
    desk = Desk(home, embedder=str(folder))
    desk.ingest([notes], seed=False)
    assert desk.search("rye sourdough", k=1).hits[0].passage.title == "Rye bread"
    assert desk.status()["embedder"] == str(folder)
    assert Desk(home).search("rye sourdough", k=1).hits[0].passage.title == "Rye bread"


@pytest.mark.parametrize(
    ("file", "change"),
    [
        ("config.json", {"model_type": "roberta"}),
        ("config.json", {"hidden_act": "relu"}),
        ("1_Pooling/config.json", {"pooling_mode": "max"}),
        ("modules.json", None),
    ],
)
def test_other_architectures_are_left_to_sentence_transformers(
    file: str, change: dict | None, folder: Path, tmp_path: Path
) -> None:
    assert described("m", folder) is not None
    copy = shutil.copytree(folder, tmp_path / "copy")
    if change is None:
        (copy / file).unlink()
    else:
        config = json.loads((copy / file).read_text())
        (copy / file).write_text(json.dumps(config | change))
    assert described("m", copy) is None


def test_older_files_switch_their_pooling_on(folder: Path, tmp_path: Path) -> None:
    copy = shutil.copytree(folder, tmp_path / "copy")
    old = {"word_embedding_dimension": 64, "pooling_mode_cls_token": True,
           "pooling_mode_mean_tokens": False}  # fmt: skip
    (copy / "1_Pooling" / "config.json").write_text(json.dumps(old))
    model = described("m", copy)
    assert model is not None
    assert model.pooling == "cls"
