"""Vectors of sentences met before: pages that answer often are taken apart and embedded once."""

import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt

Vectors = npt.NDArray[np.float32]

_MOST = 8192  # sentences, 12 MB at 384 dimensions


class KeptVectors:
    """What ``embed`` returned for a text, for the texts asked for last. Safe in several threads."""

    def __init__(self, embed: Callable[[Sequence[str]], Vectors], most: int = _MOST) -> None:
        self._embed = embed
        self._most = most
        self._kept: OrderedDict[str, Vectors] = OrderedDict()
        self._lock = threading.Lock()

    def of(self, texts: Sequence[str]) -> Vectors:
        """Return the vectors of at least one text, shape (len(texts), dimension)."""
        with self._lock:
            vectors = {text: self._kept[text] for text in texts if text in self._kept}
        if new := [text for text in dict.fromkeys(texts) if text not in vectors]:
            vectors |= zip(new, self._embed(new), strict=True)
        with self._lock:
            for text in vectors:
                self._kept[text] = vectors[text]
                self._kept.move_to_end(text)
            while len(self._kept) > self._most:
                self._kept.popitem(last=False)
        return np.stack([vectors[text] for text in texts])
