"""A model of MiniLM's architecture in a folder of sentence-transformers: what its files say of it.

Such a model (BERT, then the mean of its tokens or the first one, then perhaps a linear layer) runs
as int8 without torch, as those known by name do; none is fitted to its few outlying channels, so
its vectors are a little coarser than float32's (BENCHMARKS.md, "Embedding model").
"""

import json
from pathlib import Path
from typing import Any

from index.models.embedding_models import EmbeddingModel
from index.models.prompts import prompts

_POOLINGS = ("mean", "cls")
_LEGACY = {"pooling_mode_mean_tokens": "mean", "pooling_mode_cls_token": "cls"}
_DENSE_TAKES = ("Identity", "Tanh")
_UNLIMITED = 1 << 20


def described(name: str, folder: Path) -> EmbeddingModel | None:
    """Return how the model in a folder is to be used; None if it is of another architecture."""
    try:
        return _described(name, folder)
    except (OSError, ValueError, KeyError, TypeError):  # whatever else lies in such a folder
        return None


def _described(name: str, folder: Path) -> EmbeddingModel | None:
    config = _read(folder / "config.json")
    modules = _read(folder / "modules.json")
    kinds = [module["type"].rpartition(".")[2] for module in modules]
    if (
        config["model_type"] != "bert"
        or config["hidden_act"] != "gelu"
        or config.get("position_embedding_type", "absolute") != "absolute"
        or kinds[:2] != ["Transformer", "Pooling"]
        or kinds[2:] not in ([], ["Normalize"], ["Dense"], ["Dense", "Normalize"])
        or not (folder / "model.safetensors").is_file()
        or not (folder / "tokenizer.json").is_file()
    ):
        return None
    pooling = _pooling(_read(folder / modules[1]["path"] / "config.json"))
    if pooling is None:
        return None
    dimension, dense = int(config["hidden_size"]), ""
    if "Dense" in kinds:
        dense = modules[2]["path"]
        layer = _read(folder / dense / "config.json")
        if layer["activation_function"].rpartition(".")[2] not in _DENSE_TAKES:
            return None
        dimension = int(layer["out_features"])
    own = _read(folder / "config_sentence_transformers.json", {})
    query, passage = prompts(
        folder.name.rpartition("--")[2], own.get("prompts") or {}, own.get("default_prompt_name")
    )
    return EmbeddingModel(
        name,
        _limit(folder, config),
        dimension,
        f"{pooling}-l2-int8-named-1",
        query_prefix=query,
        passage_prefix=passage,
        pooling=pooling,
        dense=dense,
    )


def _pooling(config: dict[str, Any]) -> str | None:
    """Return the one pooling a configuration asks for; newer ones name it, older ones switch."""
    mode = config.get("pooling_mode")
    if mode is None:
        on = [key for key, value in config.items() if key.startswith("pooling_") and value is True]
        mode = _LEGACY.get(on[0]) if len(on) == 1 else None
    return mode if mode in _POOLINGS else None


def _limit(folder: Path, config: dict[str, Any]) -> int:
    said = [
        _read(folder / "sentence_bert_config.json", {}).get("max_seq_length"),
        _read(folder / "tokenizer_config.json", {}).get("model_max_length"),
        config["max_position_embeddings"],
    ]
    return int(min(limit or _UNLIMITED for limit in said))


def _read(file: Path, default: Any = None) -> Any:
    if default is not None and not file.exists():
        return default
    return json.loads(file.read_text(encoding="utf-8"))
