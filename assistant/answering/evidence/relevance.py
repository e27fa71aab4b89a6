"""How likely a sentence answers a question: a logistic model over a few plain signals.

The weights are fitted by `python -m tests.benchmarks.fit_relevance` on questions whose evidence is
known; they hold for every embedding model, since cosines are standardised within one question.
"""

import numpy as np
from numpy.typing import NDArray

from assistant.answering.fitted import logistic
from assistant.wording import wording
from ingest.text.numbers import has_number

_WORDING = wording("questions")
_ASKS_NUMBER = _WORDING.patterns["asks_number"]
_ASKS_LIST = _WORDING.patterns["asks_list"]
_WORDING = wording("sentences")
_ENUMERATES = _WORDING.patterns["enumerates"]
_LONG = 30
_SHORT = 4

SIGNALS = ("cosine", "words", "passage", "place", "no number", "length", "short", "beside", "list")
"""``no number`` has the weight that it gets where questions for numbers are many."""


def signals(
    question: str,
    *,
    cosines: NDArray[np.float32],
    words: NDArray[np.float64],
    passages: NDArray[np.float64],
    places: NDArray[np.float64],
    beside: NDArray[np.bool_],
    texts: list[str],
    terms: list[int],
    leads: list[bool],
) -> NDArray[np.float64]:
    """Return the signals of the sentences found for a question, shape (sentences, 9).

    Args:
        question: as asked.
        cosines: of question and sentence, shape (sentences,).
        words: the share of the question's terms, rare ones weighing more, that a sentence or its
            headings hold, between 0 and 1.
        passages: the score of each sentence's passage, the best being 1.
        places: the place of that passage among the hits, 0 for the best.
        beside: whether that passage was not found itself but stands beside one that was.
        texts: the sentences.
        terms: how many content terms each has.
        leads: whether each introduces the items of a list.
    """
    spread = float(cosines.std()) or 1.0
    lists = bool(_ASKS_LIST.search(question))
    enumerates = np.array(
        [
            lists and (lead or bool(_ENUMERATES.search(text)))
            for text, lead in zip(texts, leads, strict=True)
        ],
        dtype=np.float64,
    )
    counts = np.array(terms, dtype=np.float64)
    asked = bool(_ASKS_NUMBER.search(question))
    numberless = np.array([asked and not has_number(text) for text in texts], dtype=np.float64)
    return np.column_stack(
        [
            (cosines - cosines.mean()) / spread,
            words,
            passages,
            1 / (1 + places),
            numberless,
            np.minimum(counts, _LONG) / _LONG,
            counts < _SHORT,
            beside,
            enumerates,
        ]
    )


def relevance(values: NDArray[np.float64], *, understood: bool) -> NDArray[np.float64]:
    """Return how likely each sentence belongs to the answer, shape (..., sentences).

    0.5 is the value of a sentence that is as often evidence as not, had there been as many of the
    one as of the other. ``values`` are what `signals` gives, stacked or not; without ``understood``
    the embedding model does not know the question's language and cosines do not count.
    """
    return logistic("sentences", SIGNALS, understood=understood).chances(values)
