"""A question without its asides: what is said around it that nothing tells of.

People say who they are, why they ask and what others say: "just starting out, what are Q, K and V".
Such clauses turn the vector of a question away from what it asks. One is an aside if another asks
far more plainly for what the primer tells, and the question is nearer to that without it. What a
question loses with a clause may matter, so only one that would be refused is asked again so.
"""

from itertools import pairwise

import numpy as np

from assistant.answering.evidence import learned_sections
from assistant.answering.fitted import table
from assistant.wording import wording
from index.search.texts import Texts

_CLAUSE = wording("questions").patterns["clause"]
_MOST_CLAUSES = 12  # of more, none is left out: each is two more texts for the embedding model


def without_asides(library: Texts, text: str) -> str:
    """Return a text without its asides, the one that turns it away most left out first."""
    fitted = table("asides")
    text = " ".join(text.split())
    kept = list(_clauses(text))
    if not 1 < len(kept) <= _MOST_CLAUSES:
        return text
    near = _nearness(library, [text, *kept])
    if not near:
        return text
    whole, own = near[0], dict(zip(kept, near[1:], strict=True))
    asks = fitted["asks"] * max(near[1:])
    while len(kept) > 1:
        rests = ["".join(kept[:at] + kept[at + 1 :]) for at in range(len(kept))]
        left = _nearness(library, rests)
        asides = [at for at, clause in enumerate(kept) if own[clause] < asks]
        at = max(asides, key=left.__getitem__, default=None)
        if at is None or left[at] < max(whole + fitted["gains"], fitted["told"]):
            break
        whole = left[at]
        del kept[at]
    return "".join(kept).strip(" ,;:.，；：。、") if len(kept) < len(own) else text


def _clauses(text: str) -> list[str]:
    """Return the clauses of a text, each with what ends it; joined they are the text."""
    ends = [match.end() for match in _CLAUSE.finditer(text)]
    cuts = [0, *(end for end in ends if end < len(text)), len(text)]
    return [text[start:end] for start, end in pairwise(cuts)]


def _nearness(library: Texts, texts: list[str]) -> list[float]:
    """Return how plainly each text asks for something that the primer tells, if that is known."""
    vectors = np.stack([library.embedder.embed_query(text) for text in texts])
    cosines = learned_sections.cosines_of(library, vectors)
    return cosines.max(axis=0).tolist() if len(cosines) else []
