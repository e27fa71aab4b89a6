"""The sentence that answers is ranked above those that repeat the question's words."""

import numpy as np
import pytest

from assistant.answering.evidence.relevance import relevance, signals


def seen(question: str, texts: list[str], cosines: list[float]):
    count = len(texts)
    return signals(
        question,
        cosines=np.array(cosines, dtype=np.float32),
        words=np.full(count, 0.5),
        passages=np.ones(count),
        places=np.zeros(count),
        beside=np.zeros(count, dtype=bool),
        texts=texts,
        terms=[len(text.split()) for text in texts],
        leads=[text.endswith(":") for text in texts],
    )


def test_a_question_for_a_number_wants_a_number():
    texts = ["The model has 13 big matrices in all.", "The model has many big matrices in all."]
    few, many = relevance(
        seen("How many matrices does it have?", texts, [0.5, 0.5]), understood=True
    )
    assert few > many
    one, other = relevance(seen("What is the model?", texts, [0.5, 0.5]), understood=True)
    assert one == other


@pytest.mark.parametrize(
    "better", ["It shares keys, drops heads, and packs caches.", "It changes three parts of these:"]
)
def test_a_question_for_several_things_wants_them_listed(better):
    texts = [better, "It changes a good many of the parts."]
    one, other = relevance(
        seen("What three changes does it make?", texts, [0.5, 0.5]), understood=True
    )
    assert one > other
    one, other = relevance(seen("What does it change?", texts, [0.5, 0.5]), understood=True)
    assert one == pytest.approx(other, rel=0.3)


def test_the_nearer_sentence_counts_more_unless_the_language_is_unknown():
    texts = ["Keys are shared by all heads.", "Values are shared by all heads."]
    found = seen("What is shared?", texts, [0.2, 0.8])
    far, near = relevance(found, understood=True)
    assert far < near
    far, near = relevance(found, understood=False)
    assert far == near


def test_values_are_shares_for_one_sentence_too():
    found = relevance(seen("What is shared?", ["Keys are shared."], [0.4]), understood=True)
    assert found.shape == (1,)
    assert 0 < found[0] < 1
