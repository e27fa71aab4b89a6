"""Texts to vectors: all-MiniLM-L6-v2 or multilingual-e5-small as int8 ONNX.

Knows the models' files, their one-time export (`index.onnx_export`, in a process of its own) and
how to run them. Imports numpy, onnxruntime and tokenizers, never torch.
"""

import hashlib
import logging
import os
import shutil
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt
import onnxruntime
import tokenizers

from index.e5_tokenizer import UnigramTokenizer
from index.e5_weights import write_checkpoint
from index.files import locked, read_record, readably, sha256_of, stamp, write_record
from index.language_means import LanguageMeans
from index.weights import Progress, load_pins, obtain
from ingest.errors import ModelUnavailable, UsageError
from ingest.shipped import shipped

Vectors = npt.NDArray[np.float32]

DEFAULT = "all-minilm-l6-v2"
"""Name of the model that is used where none is asked for."""

_WORKERS = 2
_SLICE = 16  # texts a worker takes at a time

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class EmbeddingModel:
    """An embedding model known by name, and how it is to be used.

    ``limit`` is in tokens, special ones included: what the model was trained for. The prefixes go
    before a text as they stand. Of the layers ``kept_float`` the last product is not quantised.
    ``packed`` names the weights file of a model whose weights are no checkpoint but in 4 bits,
    ``means`` the shipped file of its `LanguageMeans`.
    """

    name: str
    limit: int
    dimension: int
    recipe: str  # raise the number when the export, or what is made of a text, changes
    kept_float: tuple[int, ...] = ()
    query_prefix: str = ""
    passage_prefix: str = ""
    multilingual: bool = False
    packed: str = ""
    means: str = ""


_KNOWN = (
    # Without the two layers the worst cosine to float32 over 300 texts is 0.976, with them 0.985.
    EmbeddingModel(DEFAULT, 256, 384, "mean-l2-int8-1", kept_float=(0, 2)),
    # Nothing kept: the worst cosine to float32 over 969 passages is 0.984, the mean 0.997.
    EmbeddingModel(
        "multilingual-e5-small",
        512,
        384,
        "mean-l2-int8-1",
        query_prefix="query: ",
        passage_prefix="passage: ",
        multilingual=True,
        packed="e5-small-q4.bin",
        means="multilingual-e5-small-means.npy",
    ),
)
MODELS = MappingProxyType({model.name: model for model in _KNOWN})
"""The embedding models by name, the default first."""


class _Tokenizer(Protocol):
    def ids(self, text: str) -> list[int]:
        """Return the tokens of a text, the special ones around it included."""

    def starts(self, text: str) -> list[int]:
        """Return the offsets at which the tokens of a text start, without the special ones."""


class Embedder:
    """An embedding model. Make one by `Embedder.open`; safe to use from several threads.

    Each text is run alone: dynamic quantisation takes its scales over a whole batch, so in a
    batch a vector would depend on its neighbours.
    """

    def __init__(
        self, model: EmbeddingModel, session: onnxruntime.InferenceSession, tokenizer: _Tokenizer
    ) -> None:
        self.name = model.name
        self.limit = model.limit
        self.dimension = model.dimension
        self._model = model
        self._session = session
        self._tokenizer = tokenizer
        self._means = _means_of(model)

    @classmethod
    def open(
        cls, models_dir: Path, progress: Progress | None = None, name: str = DEFAULT
    ) -> "Embedder":
        """Open a model in ``models_dir``, having and exporting it the first time.

        Args:
            models_dir: the home's models folder.
            progress: told of the download in bytes and of the export as one step.
            name: one of `MODELS`.

        Raises:
            UsageError: no embedding model has this name.
            ModelUnavailable: the weights cannot be had, or the export failed.
        """
        if name not in MODELS:
            raise UsageError(f"No embedding model is called '{name}'. Known: {', '.join(MODELS)}.")
        model = MODELS[name]
        obtain(name, models_dir, progress)
        folder = models_dir / name
        graph = folder / "model.int8.onnx"
        if not _is_exported(model, graph):
            with locked(models_dir, name, progress):
                _ensure_exported(model, graph, progress)
        # First the vocabulary: what making it takes for a while serves the session after it.
        tokenizer: _Tokenizer
        if model.packed:
            tokenizer = UnigramTokenizer.open(folder / model.packed)
        else:
            tokenizer = _Wordpieces(folder / "tokenizer.json")
        options = onnxruntime.SessionOptions()
        # One thread a text; `embed` runs two texts at a time on this one session.
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        session = onnxruntime.InferenceSession(
            str(graph), options, providers=["CPUExecutionProvider"]
        )
        return cls(model, session, tokenizer)

    @property
    def multilingual(self) -> bool:
        """Whether a question in one language finds passages in another."""
        return self._model.multilingual

    @property
    def fingerprint(self) -> str:
        """Names weights, tokenizer, quantisation and limit: vectors of equal ones compare."""
        model = self._model
        parts = [file.sha256 for file in load_pins()[self.name].files]
        parts += [model.recipe, str(model.limit), model.query_prefix, model.passage_prefix]
        if model.means:
            parts.append(sha256_of(shipped("embedding", model.means)))
        digest = hashlib.sha256(" ".join(filter(None, parts)).encode()).hexdigest()
        return f"{self.name}/{model.recipe}/{model.limit}/{digest[:16]}"

    def embed(self, texts: Sequence[str], progress: Progress | None = None) -> Vectors:
        """Return the vectors of passages, float32 (n, dimension), each of length 1.

        A text longer than `limit` tokens is cut there. ``progress`` is told of texts, not bytes.
        """
        vectors = np.empty((len(texts), self.dimension), dtype=np.float32)

        def work(start: int) -> int:
            stop = min(start + _SLICE, len(texts))
            for at in range(start, stop):
                vectors[at] = self._vector(self._model.passage_prefix, texts[at])
            return stop

        pool = ThreadPoolExecutor(_WORKERS)
        try:
            for done in pool.map(work, range(0, len(texts), _SLICE)):
                if progress:
                    progress("embedding", done, len(texts))
        finally:  # an interrupt waits for the texts being run, not for all
            pool.shutdown(cancel_futures=True)
        return vectors

    def embed_query(self, text: str) -> Vectors:
        """Return the vector of a question, float32 (dimension,), of length 1."""
        return self._vector(self._model.query_prefix, text)

    def count_tokens(self, text: str) -> int:
        """Return how many tokens a text has, the two special ones included, uncut, unprefixed."""
        return len(self._tokenizer.ids(_encodable(text)))

    def token_starts(self, text: str) -> list[int]:
        """Return the offsets at which the tokens of a text start, without the special ones."""
        return self._tokenizer.starts(_encodable(text))

    def _vector(self, prefix: str, text: str) -> Vectors:
        vector = self._run(prefix + text)
        return self._means.without(vector, text) if self._means else vector

    def _run(self, text: str) -> Vectors:
        ids = self._tokenizer.ids(_encodable(text))
        if len(ids) > self.limit:
            ids = [*ids[: self.limit - 1], ids[-1]]  # the token for the end stays last
        tokens = np.array([ids], dtype=np.int64)
        inputs = {"input_ids": tokens, "attention_mask": np.ones_like(tokens)}
        vector: Vectors = self._session.run(["vector"], inputs)[0][0]
        return vector


class _Wordpieces:
    """The tokenizer of a checkpoint, from its ``tokenizer.json``."""

    def __init__(self, path: Path) -> None:
        self._tokenizer = tokenizers.Tokenizer.from_file(str(path))
        self._tokenizer.no_padding()  # the file pads and cuts to 128
        self._tokenizer.no_truncation()

    def ids(self, text: str) -> list[int]:
        return list(self._tokenizer.encode(text).ids)

    def starts(self, text: str) -> list[int]:
        found = self._tokenizer.encode(text, add_special_tokens=False)
        return [start for start, _ in found.offsets]


def _means_of(model: EmbeddingModel) -> LanguageMeans | None:
    return LanguageMeans(shipped("embedding", model.means)) if model.means else None


def _encodable(text: str) -> str:
    # Half a surrogate pair, as in a badly decoded argument, is no text to a tokenizer.
    return text.encode("utf-8", "replace").decode("utf-8")


def _marker(graph: Path) -> Path:
    return graph.with_suffix(".json")


def _made_from(model: EmbeddingModel) -> dict[str, Any]:
    """What an export must have been made from and by to be used."""
    return {"recipe": model.recipe, "weights": [f.sha256 for f in load_pins()[model.name].files]}


def _is_exported(model: EmbeddingModel, graph: Path) -> bool:
    marker = read_record(_marker(graph))
    return graph.exists() and {**_made_from(model), **stamp(graph)}.items() <= marker.items()


def _ensure_exported(model: EmbeddingModel, graph: Path, progress: Progress | None) -> None:
    """Export unless the graph is there; the caller holds the lock."""
    marker = read_record(_marker(graph))
    usable = graph.exists() and _made_from(model).items() <= marker.items()
    # Another process made it meanwhile, or the home was copied and has other times.
    if usable and marker.get("sha256") == sha256_of(graph):
        write_record(_marker(graph), {**marker, **stamp(graph)})
    else:
        told = progress or (lambda *_: None)
        label = f"{model.name}: exporting to int8 ONNX (once)"
        told(label, 0, 1)
        _export(model, graph)
        told(label, 1, 1)


def _export(model: EmbeddingModel, graph: Path) -> None:
    """Make the int8 graph; the caller holds the lock."""
    import subprocess  # these two are needed once in a home's life
    from importlib.metadata import version

    if _lacks_vnni():
        _log.warning("This CPU has no VNNI instructions: embedding will be slower than it could be")
    # By path and with -P: nothing in the working directory can stand in for a library.
    script = Path(__file__).with_name("onnx_export.py")
    folder = weights = graph.parent
    scratch = folder / ".export"
    fresh = scratch / graph.name
    shutil.rmtree(scratch, ignore_errors=True)  # what a killed run left
    try:
        with readably(model.name, folder):
            scratch.mkdir()
            if model.packed:
                weights = scratch
                write_checkpoint(folder / model.packed, weights)
            run = subprocess.run(
                [sys.executable, "-P", script, weights, fresh, *map(str, model.kept_float)],
                env=os.environ | {"HF_HUB_OFFLINE": "1", "TRANSFORMERS_VERBOSITY": "error"},
                stdin=subprocess.DEVNULL,
                capture_output=True,
                check=False,
            )
            if run.returncode:
                said = run.stderr.decode("utf-8", "replace").strip().splitlines()
                raise ModelUnavailable(
                    f"The embedding model could not be exported to ONNX from {folder}: "
                    f"{(said or ['no message'])[-1]}. Check free memory (1 GB) and disk, and that "
                    "torch and transformers are installed."
                )
            versions = {name: version(name) for name in ("torch", "transformers", "onnxruntime")}
            marker = {**_made_from(model), "sha256": sha256_of(fresh), "versions": versions}
            fresh.replace(graph)
            write_record(_marker(graph), {**marker, **stamp(graph)})
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def _lacks_vnni() -> bool:
    """Say whether this is known to be an x86 CPU without 8-bit dot products."""
    try:
        with Path("/proc/cpuinfo").open(encoding="utf-8", errors="replace") as lines:
            flags = next((line.split() for line in lines if line.startswith("flags")), None)
    except OSError:
        return False
    return flags is not None and not {"avx512_vnni", "avx_vnni"} & set(flags)
