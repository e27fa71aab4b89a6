"""Which sentences of a source tell a reader nothing by themselves, learnt from examples.

A table of contents, a caption, thanks, a sentence about the text it stands in: they are near what
is asked, for they name it, and say nothing of it. A logistic model over the sentence's vector and
what is seen of it tells them; examples in `data/informing.toml`, fitted by
`python -m tests.benchmarks.fit_informing` for the embedding models that ship. With another one, or
in a language that the model does not know, every sentence is held to inform.
"""

import re
from collections.abc import Sequence
from functools import cache

import numpy as np
from numpy.typing import NDArray

from assistant.answering.fitted import table
from assistant.wording import wording
from index.models.embedder import Embedder
from index.search.dense import Vectors
from ingest.shipped import shipped
from ingest.text.scripts import has_han, letters
from ingest.text.sentences import CLOSERS, last_mark

SEEN = ("length", "ends", "announces", "asks", "capitals", "digits", "notation", "speaks")
"""What is seen of a sentence: the logarithm of its words, whether it ends as a sentence does, in a
colon, in a question or exclamation mark; the share of its words that begin with a capital; whether
it has digits; the share of its words that are code or paths; whether it speaks of who writes or
reads it."""

_SPEAKS = wording("sentences").patterns["speaks"]
_CLOSERS = CLOSERS + "）"  # what is seen of a text is what the weights were fitted on
_ENDS = tuple(".!?。！？")
_COLON = tuple(":：")
_ASKS = tuple("?!？！")
_NOTATION = re.compile(r"\w[_/.]\w|^--|=")


def inform(embedder: Embedder, texts: Sequence[str], vectors: Vectors) -> NDArray[np.bool_]:
    """Say for each text, by its vector of this embedding model, whether it tells something."""
    known = np.array([embedder.multilingual or not has_han(text) for text in texts], dtype=bool)
    model = _models().get(embedder.name)
    if not len(texts) or model is None or vectors.shape[-1] + len(SEEN) + 1 != len(model):
        return np.ones(len(texts), dtype=bool)
    values = np.hstack([vectors, seen(texts)])
    said: NDArray[np.bool_] = ~known | (values @ model[:-1] + model[-1] >= 0)
    return said


def seen(texts: Sequence[str]) -> NDArray[np.float64]:
    """Return what is seen of each text, shape (texts, len(SEEN))."""
    return np.array([_seen(text) for text in texts], dtype=np.float64)


def _seen(text: str) -> tuple[float, ...]:
    words, mark = text.split(), last_mark(text, _CLOSERS)
    han = letters(text).han
    latin = [word for word in words if word[0].isalpha()] if not han else []
    return (
        float(np.log10(1 + len(words) + han // 2)),
        mark in _ENDS,
        mark in _COLON,
        mark in _ASKS,
        sum(word[0].isupper() for word in latin) / max(len(latin), 1),
        any(map(str.isdigit, text)),
        sum(bool(_NOTATION.search(word)) for word in words) / max(len(words), 1),
        bool(_SPEAKS.search(text)),
    )


@cache
def _models() -> dict[str, NDArray[np.float64]]:
    """Return the weights of the vector, of what is seen and the bias, by embedding model."""
    return {
        name: np.load(shipped("informing") / f"{name}.npy", allow_pickle=False).astype(np.float64)
        for name in table("informing")["models"]
    }
