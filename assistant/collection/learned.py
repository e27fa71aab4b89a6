"""Which kind of request a text is, learnt from examples: `data/requests.toml`.

What a text names is covered first (`mentions`), so that what is left says what is wanted of it; a
multinomial model over the vector of that, and over its words and parts of words, tells the kind.
Fitted for the embedding models that ship
(`python -m tests.benchmarks.fit_requests`); with another one nothing is said.
"""

import itertools
import re
import tomllib
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assistant.answering.fitted import table
from assistant.collection.mentions import LIST, PERSON, SUBJECT, WORK, Mention
from assistant.collection.vocabulary import WORDING
from index.search.library import Library
from ingest.shipped import shipped
from ingest.text.scripts import HAN, has_han

FACT = "fact"
COVERS = {
    "en": {WORK: "this article", PERSON: "this author", LIST: "this list", SUBJECT: "this topic"},
    "zh": {WORK: "这篇文章", PERSON: "这位作者", LIST: "这份清单", SUBJECT: "这个主题"},
}
"""What stands in the place of what is named, by language."""
_BUCKETS = 2048
_WORDS_WEIGH = 0.5  # the length of what words say, beside the vector's of 1
_RUN = re.compile(rf"[a-z0-9']+|[{HAN}]+")
_PARTS = {True: (1, 2, 3), False: (3, 4)}
"""Characters of a part of a word: of a run of Chinese, of a Latin word."""
_ARTICLE = WORDING.patterns["article_before"]


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of request with what is wanted of it ("" for nothing special), and how likely."""

    kind: str
    asks: str
    chance: float


@cache
def examples() -> dict[str, dict[str, list[str]]]:
    """Return the examples: kind and what is wanted, then language, then wordings with slots."""
    return {name: said for name, said in _file().items() if name != "unknown"}


def names_unknown() -> dict[str, dict[str, list[str]]]:
    """Return names that no catalog knows, by language and slot, to fit examples with."""
    unknown: dict[str, dict[str, list[str]]] = _file()["unknown"]
    return unknown


@cache
def _file() -> dict[str, Any]:
    return tomllib.loads(shipped("requests.toml").read_text("utf-8"))


def covered(text: str, named: Sequence[Mention], lang: str) -> str:
    """Return a text with other words in the place of what it names."""
    parts, at = [], 0
    for mention in named:
        before = _ARTICLE.sub(" ", text[at : mention.start])
        parts += [before, COVERS[lang][mention.what]]
        at = mention.end
    return " ".join(" ".join([*parts, text[at:]]).split())


def wanted(library: Library, text: str, named: Sequence[Mention], lang: str) -> list[Kind]:
    """Return the kinds a text may be of, likeliest first; none where the model is another.

    ``chance`` is that of the whole kind, ``asks`` what is likeliest wanted of it.
    """
    text = covered(text, named, lang)
    chances = _chances(library.asked_in(lang), text, lang)
    if chances is None:
        return []
    other = library.asked_in("zh")  # its model knows all languages
    fact = list(examples()).index(FACT)
    if lang == "en" and other is not library and chances[fact] < 1 - sure():
        again = _chances(other, text, lang)  # what one model takes for a request, both have to
        if again is not None:
            chances = (chances + again) / 2
    kinds: dict[str, tuple[float, float, str]] = {}
    for label, chance in zip(examples(), chances.tolist(), strict=True):
        kind, _, asks = label.partition(".")
        total, best, of_best = kinds.get(kind, (0.0, 0.0, ""))
        kinds[kind] = (total + chance, max(best, chance), asks if chance > best else of_best)
    ranked = sorted(kinds.items(), key=lambda item: -item[1][0])
    return [Kind(kind, asks, total) for kind, (total, _, asks) in ranked]


def _chances(library: Library, text: str, lang: str) -> NDArray[np.float64] | None:
    """Return how likely each label of the examples is, by the library's embedding model."""
    weights = _weights().get(library.embedder.name)
    if weights is None or (lang != "en" and not library.embedder.multilingual):
        return None
    seen = features(library, [text])[0]
    if len(seen) + 1 != weights.shape[1]:  # where all are blocks
        return None
    scores = weights[:, :-1] @ seen + weights[:, -1]
    chances = np.exp(scores - scores.max()).astype(np.float64)
    summed: NDArray[np.float64] = chances / chances.sum()
    return summed


def features(library: Library, texts: Sequence[str]) -> NDArray[np.float32]:
    """Return what is seen of each covered text: its vector, then its words hashed into buckets."""
    hashed = np.zeros((len(texts), _BUCKETS), np.float32)
    for row, text in zip(hashed, texts, strict=True):
        row[[zlib.crc32(part.encode()) % _BUCKETS for part in _parts(text)]] = 1.0
        row *= _WORDS_WEIGH / max(1.0, float(np.linalg.norm(row)))
    return np.hstack([library.sentence_vectors(list(texts)), hashed]).astype(np.float32)


def _parts(text: str) -> Iterator[str]:
    """Yield the words of a text, pairs of Latin ones, and parts of each; edges are marked."""
    runs = _RUN.findall(text.casefold())
    for run in runs:
        marked = f"<{run}>"
        for length in _PARTS[has_han(run)]:
            for at in range(len(marked) - length + 1):
                yield marked[at : at + length]
        yield marked
    words = ["<", *(run for run in runs if not has_han(run)), ">"]
    yield from (" ".join(pair) for pair in itertools.pairwise(words))


def sure(*, titled: bool = False) -> float:
    """Return how unlikely a question of fact has to be, where a text names a work or does not."""
    return float(table("requests")["sure_of_a_work" if titled else "sure"])


@cache
def _weights() -> dict[str, NDArray[np.float32]]:
    """Return a row for each label of the examples, its bias last, by embedding model."""
    names = table("requests")["models"]
    return {
        name: np.load(shipped("requests") / f"{name}.npy", allow_pickle=False).astype(np.float32)
        for name in names
    }
