"""Texts to vectors, by a known model or by any of sentence-transformers.

The door to the embedding models: `index.models.int8_encoder` runs those known by name, and others
of their architecture, without torch, `index.models.sentence_transformer` all others.
"""

import os
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Protocol

import numpy as np
import numpy.typing as npt

from index.models.bert_folder import described
from index.models.deferred_encoder import DeferredEncoder
from index.models.embedding_models import DEFAULT, MODELS, EmbeddingModel
from index.models.int8_encoder import Int8Encoder, Tokenizer
from index.models.model_folder import folder_of
from index.models.weights import Progress
from ingest.disk import expanded
from ingest.text.characters import encodable

__all__ = ["DEFAULT", "MODELS", "Embedder", "Encoder", "Vectors"]

Vectors = npt.NDArray[np.float32]

_SLICE = 16  # texts a worker takes at a time


class Encoder(Protocol):
    """A model that makes a vector of one text, whatever runs it. Called from several threads.

    ``name`` opens it again; vectors of equal ``fingerprint`` compare; ``limit`` is in tokens,
    special ones included; ``multilingual`` says whether a question in one language finds passages
    in another. Texts given to it can be encoded in UTF-8.
    """

    @property
    def name(self) -> str: ...  # noqa: D102  # said above, as the next five
    @property
    def limit(self) -> int: ...  # noqa: D102
    @property
    def dimension(self) -> int: ...  # noqa: D102
    @property
    def multilingual(self) -> bool: ...  # noqa: D102
    @property
    def fingerprint(self) -> str: ...  # noqa: D102
    @property
    def tokenizer(self) -> Tokenizer: ...  # noqa: D102

    def passage(self, text: str) -> Vectors:
        """Return the vector of a passage, float32 (dimension,), of length 1."""

    def query(self, text: str) -> Vectors:
        """Return the vector of a question, float32 (dimension,), of length 1."""


class Embedder:
    """An embedding model. Make one by `Embedder.open`; safe to use from several threads.

    Each text is embedded alone: its vector depends on text and model, not on its neighbours. A
    model that knows English alone may have another at its side for all other languages, opened when
    it is first needed: see :meth:`beyond_english`.
    """

    def __init__(self, encoder: Encoder, beyond: "Callable[[], Embedder] | None" = None) -> None:
        self.name = encoder.name
        self.limit = encoder.limit
        self.dimension = encoder.dimension
        self.multilingual = encoder.multilingual
        self.fingerprint = encoder.fingerprint
        self._encoder = encoder
        self._open_beyond = beyond
        self._beyond: Embedder | None = None
        self._lock = threading.Lock()

    @classmethod
    def open(
        cls, models_dir: Path, progress: Progress | None = None, name: str = DEFAULT
    ) -> "Embedder":
        """Open a model, having it and making it ready the first time.

        Args:
            models_dir: the home's models folder.
            progress: told of a download in bytes and of an export as one step.
            name: one of `MODELS`, the folder of a sentence-transformers model, or the name
                ``OWNER/NAME`` of one on the model hub.

        Raises:
            UsageError: it is neither a known name, nor a folder, nor of that form.
            ModelUnavailable: the weights cannot be had or loaded, or the export failed.
        """
        if name in MODELS:
            beside = _beside(MODELS[name], models_dir, progress)
            return cls(Int8Encoder.open(MODELS[name], models_dir, progress), beside)
        folder = folder_of(name, models_dir, progress)
        # A folder is opened again from wherever the next command runs.
        lasting = str(folder) if expanded(Path(name)).is_dir() else name
        if own := described(lasting, folder):
            return cls(Int8Encoder.of_folder(own, folder, models_dir, progress))
        from index.models.sentence_transformer import SentenceTransformerEncoder  # brings torch

        return cls(SentenceTransformerEncoder.open(lasting, folder, models_dir))

    @classmethod
    def deferred(
        cls, models_dir: Path, progress: Progress | None = None, name: str = DEFAULT
    ) -> "Embedder":
        """Return a model as `open` does, whose weights are had when its first text comes.

        Only for the known ones: what another is lies in its files. What goes wrong is raised then.
        """
        if name not in MODELS:
            return cls.open(models_dir, progress, name)
        model = MODELS[name]
        encoder = DeferredEncoder(model, partial(Int8Encoder.open, model, models_dir, progress))
        return cls(encoder, _beside(model, models_dir, progress))

    def ready(self) -> "Embedder":
        """Return this model with its weights there.

        Raises:
            ModelUnavailable: the weights cannot be had or loaded, or the export failed.
        """
        _ = self._encoder.tokenizer
        return self

    @property
    def has_beyond(self) -> bool:
        """Whether another model is at its side for other languages than English."""
        return self._open_beyond is not None

    def beyond_english(self) -> "Embedder":
        """Return the model for other languages than English: this one where it is all there is.

        Raises:
            ModelUnavailable: its weights cannot be had.
        """
        if self._open_beyond is None:
            return self
        with self._lock:
            if self._beyond is None:
                self._beyond = self._open_beyond()
            return self._beyond

    def embed(self, texts: Sequence[str], progress: Progress | None = None) -> Vectors:
        """Return the vectors of passages, float32 (n, dimension), each of length 1.

        A text longer than `limit` tokens is cut there. ``progress`` is told of texts, not bytes.
        """
        vectors = np.empty((len(texts), self.dimension), dtype=np.float32)

        def work(start: int) -> int:
            stop = min(start + _SLICE, len(texts))
            for at in range(start, stop):
                vectors[at] = self._encoder.passage(encodable(texts[at]))
            return stop

        pool = ThreadPoolExecutor(_cores())
        try:
            for done in pool.map(work, range(0, len(texts), _SLICE)):
                if progress:
                    progress("embedding", done, len(texts))
        finally:  # an interrupt waits for the texts being run, not for all
            pool.shutdown(cancel_futures=True)
        return vectors

    def embed_query(self, text: str) -> Vectors:
        """Return the vector of a question, float32 (dimension,), of length 1."""
        return self._encoder.query(encodable(text))

    def count_tokens(self, text: str) -> int:
        """Return how many tokens a text has, the special ones included, uncut, unprefixed."""
        return len(self._encoder.tokenizer.ids(encodable(text)))

    def is_word(self, word: str) -> bool:
        """Say whether the model has a word as a whole, in no parts: it has met it often."""
        return len(self.token_starts(word)) == 1

    def token_starts(self, text: str) -> list[int]:
        """Return the offsets at which the tokens of a text start, without the special ones."""
        return self._encoder.tokenizer.starts(encodable(text))


def _beside(
    model: EmbeddingModel, models_dir: Path, progress: Progress | None
) -> "Callable[[], Embedder] | None":
    """Return what opens the model for other languages than English, if there is one."""
    return partial(_shared, models_dir, progress, model.beyond) if model.beyond else None


_shared_models: dict[tuple[Path, str], Embedder] = {}
_sharing = threading.Lock()


def _shared(models_dir: Path, progress: Progress | None, name: str) -> Embedder:
    """Open a model once in a process: it takes 150 MB, and half a second."""
    key = (models_dir.resolve(), name)
    with _sharing:
        if key not in _shared_models:
            _shared_models[key] = Embedder.open(models_dir, progress, name)
        return _shared_models[key]


def _cores() -> int:
    # Those this process may use: two texts in turns on one core only push each other's data out.
    usable = getattr(os, "sched_getaffinity", None)  # which some systems lack
    return len(usable(0)) if usable else os.cpu_count() or 1
