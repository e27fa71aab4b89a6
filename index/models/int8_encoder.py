"""A known model as int8 ONNX, one text at a time. Imports numpy and onnxruntime, never torch."""

import hashlib
from pathlib import Path
from typing import Protocol

import numpy as np
import numpy.typing as npt
import onnxruntime

from index.models.e5_tokenizer import UnigramTokenizer
from index.models.embedding_models import EmbeddingModel
from index.models.files import Progress, sha256_of
from index.models.int8_graph import int8_graph
from index.models.language_means import LanguageMeans
from index.models.weights import load_pins, obtain
from index.models.wordpieces import Wordpieces
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
        self, model: EmbeddingModel, session: onnxruntime.InferenceSession, tokenizer: Tokenizer
    ) -> None:
        self.name = model.name
        self.limit = model.limit
        self.dimension = model.dimension
        self.multilingual = model.multilingual
        self.tokenizer = tokenizer
        self._model = model
        self._session = session
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
        graph = int8_graph(model, models_dir, progress)
        # First the vocabulary: what making it takes for a while serves the session after it.
        tokenizer: Tokenizer
        if model.packed:
            tokenizer = UnigramTokenizer.open(models_dir / model.name / model.packed)
        else:
            tokenizer = Wordpieces.open(models_dir / model.name / "tokenizer.json")
        options = onnxruntime.SessionOptions()
        # One thread a text; `Embedder.embed` runs a text a core on this one session.
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        session = onnxruntime.InferenceSession(
            str(graph),
            options,
            providers=["CPUExecutionProvider"],
            disabled_optimizers=_SLOWER,
        )
        return cls(model, session, tokenizer)

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
