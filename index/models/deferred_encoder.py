"""A known model whose weights are had when its first text comes: much of a library needs none."""

import threading
from collections.abc import Callable

from index.models.embedding_models import EmbeddingModel
from index.models.int8_encoder import Int8Encoder, Tokenizer, Vectors, fingerprint_of
from index.models.weights import load_pins


class DeferredEncoder:
    """An encoder that is opened, by ``open_it``, when it is first needed. Safe in several threads.

    What it is called and which vectors compare with its own is known before. Whatever else is
    asked of it may raise ModelUnavailable.
    """

    def __init__(self, model: EmbeddingModel, open_it: Callable[[], Int8Encoder]) -> None:
        self.name = model.name
        self.limit = model.limit
        self.dimension = model.dimension
        self.multilingual = model.multilingual
        self.fingerprint = fingerprint_of(
            model, [file.sha256 for file in load_pins()[model.name].files]
        )
        self._open = open_it
        self._lock = threading.Lock()
        self._encoder: Int8Encoder | None = None

    @property
    def tokenizer(self) -> Tokenizer:
        """The model's tokenizer."""
        return self._opened().tokenizer

    def passage(self, text: str) -> Vectors:
        """Return the vector of a passage, float32 (dimension,), of length 1."""
        return self._opened().passage(text)

    def query(self, text: str) -> Vectors:
        """Return the vector of a question, float32 (dimension,), of length 1."""
        return self._opened().query(text)

    def _opened(self) -> Int8Encoder:
        with self._lock:
            if self._encoder is None:
                self._encoder = self._open()
            return self._encoder
