"""A known model as int8 ONNX, one text at a time. Imports numpy and onnxruntime, never torch."""

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

import numpy as np
import numpy.typing as npt
import onnxruntime

from index.models.e5_tokenizer import UnigramTokenizer
from index.models.embedding_models import MODELS, EmbeddingModel
from index.models.files import Progress
from index.models.int8_graph import GRAPH, int8_graph
from index.models.language_means import LanguageMeans
from index.models.model_folder import content_hash
from index.models.weights import load_pins, obtain
from index.models.wordpieces import Wordpieces
from ingest.disk import sha256_of
from ingest.shipped import shipped

Vectors = npt.NDArray[np.float32]

# Fused with the addition before it, this version's layer norm is computed one number at a time: a
# tenth of a query's time.
_SLOWER = ["SkipLayerNormFusion"]


class Tokenizer(Protocol):
    """What a model's tokenizer gives."""

    def ids(self, text: str) -> list[int]:
        """Return the tokens of a text, the special ones around it included."""

    def starts(self, text: str) -> list[int]:
        """Return the offsets at which the tokens of a text start, without the special ones."""


class Int8Encoder:
    """A known model, run as int8 ONNX. Make one by `Int8Encoder.open`.

    Each text is run alone: dynamic quantisation takes its scales over a whole batch, so in a
    batch a vector would depend on its neighbours.
    """

    def __init__(
        self,
        model: EmbeddingModel,
        session: onnxruntime.InferenceSession,
        tokenizer: Tokenizer,
        content: Sequence[str] = (),
    ) -> None:
        """Take an opened session over; ``content`` holds the hashes of the model's files."""
        self.name = model.name
        self.limit = model.limit
        self.dimension = model.dimension
        self.multilingual = model.multilingual
        self.tokenizer = tokenizer
        self._model = model
        self._session = session
        self._content = tuple(content)
        self._means = LanguageMeans(shipped("embedding", model.means)) if model.means else None

    @classmethod
    def open(
        cls, model: EmbeddingModel, models_dir: Path, progress: Progress | None
    ) -> "Int8Encoder":
        """Open a model, having its weights and making its graph the first time.

        Raises:
            ModelUnavailable: the weights cannot be had, or the export failed.
        """
        obtain(model.name, models_dir, progress)
        folder = models_dir / model.name
        content = [file.sha256 for file in load_pins()[model.name].files]
        graph = int8_graph(model, folder, folder / GRAPH, content, models_dir, progress)
        # First the vocabulary: what making it takes for a while serves the session after it.
        if model.packed:
            tokenizer: Tokenizer = UnigramTokenizer.open(folder / model.packed)
        else:
            tokenizer = Wordpieces.open(folder / "tokenizer.json")
        return cls(model, _session(graph), tokenizer, content)

    @classmethod
    def of_folder(
        cls, model: EmbeddingModel, folder: Path, models_dir: Path, progress: Progress | None
    ) -> "Int8Encoder":
        """Open a model in a folder a person named (see `bert_folder`); its graph is kept apart.

        Raises:
            ModelUnavailable: a file cannot be read, or the export failed.
        """
        content = content_hash(folder, models_dir)
        apart = models_dir / "embedders" / f"{content[:16]}.int8"
        graph = int8_graph(model, folder, apart / GRAPH, [content], models_dir, progress)
        tokenizer = Wordpieces.open(folder / "tokenizer.json")
        return cls(model, _session(graph), tokenizer, [content])

    @property
    def fingerprint(self) -> str:
        """See `fingerprint_of`."""
        return fingerprint_of(self._model, self._content)

    def passage(self, text: str) -> Vectors:
        """Return the vector of a passage, float32 (dimension,), of length 1."""
        return self._vector(self._model.passage_prefix, text)

    def query(self, text: str) -> Vectors:
        """Return the vector of a question, float32 (dimension,), of length 1."""
        return self._vector(self._model.query_prefix, text)

    def run(self, text: str) -> Vectors:
        """Return what the network makes of a text as it stands: no prefix, no mean taken out."""
        ids = self.tokenizer.ids(text)
        if len(ids) > self.limit:
            ids = [*ids[: self.limit - 1], ids[-1]]  # the token for the end stays last
        inputs = {"input_ids": np.array([ids], dtype=np.int64)}
        vector: Vectors = self._session.run(["vector"], inputs)[0][0]
        return vector

    def _vector(self, prefix: str, text: str) -> Vectors:
        vector = self.run(prefix + text)
        return self._means.without(vector, text) if self._means else vector


def fingerprint_of(model: EmbeddingModel, content: Sequence[str]) -> str:
    """Name weights, tokenizer, quantisation and limit: vectors of equal fingerprints compare.

    ``content`` holds the hashes of the model's files.
    """
    parts = [*content]
    parts += [model.recipe, str(model.limit), model.query_prefix, model.passage_prefix]
    if model.means:
        parts.append(sha256_of(shipped("embedding", model.means)))
    digest = hashlib.sha256(" ".join(filter(None, parts)).encode()).hexdigest()
    # the name of a folder says where a model lies, not what it is
    name = model.name if model.name in MODELS else "named"
    return f"{name}/{model.recipe}/{model.limit}/{digest[:16]}"


def _session(graph: Path) -> onnxruntime.InferenceSession:
    options = onnxruntime.SessionOptions()
    # One thread a text; `Embedder.embed` runs a text a core on this one session.
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    return onnxruntime.InferenceSession(
        str(graph), options, providers=["CPUExecutionProvider"], disabled_optimizers=_SLOWER
    )
