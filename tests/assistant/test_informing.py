"""Sentences that tell nothing by themselves, and those that must not be taken for such."""

import numpy as np
import pytest

from assistant.answering import answer as answering
from assistant.answering.evidence.informing import SEEN, inform, seen
from assistant.desk import Desk
from index.store.values import Filters

EMPTY = (
    "In this section we will take a look at label smoothing.",
    "Thanks to Ada for her comments on an earlier version of this text.",
    "Feel free to leave a comment below!",
    "For more information, see the documentation of the library.",
    "Now let's see how this is done in code.",
)
TELLING = (
    "Label smoothing moves a tenth of the probability to the other classes.",
    "We saw the loss double when we left out the warm-up.",
    "DDR: Double Data Rate",
    "Here the batch is split among four cards.",
    "You need the validation set to choose when to stop.",
)
ANNOUNCES = "In this section we will take a closer look at label smoothing."
FACT = "Label smoothing gives every wrong class a small share of the probability."


@pytest.fixture(scope="module")
def desk(tmp_path_factory, models_dir):
    home = tmp_path_factory.mktemp("informing")
    (home / "models").symlink_to(models_dir)
    page = home / "smoothing.md"
    page.write_text(f"# Label smoothing\n\n{ANNOUNCES}\n\n{FACT}\n", "utf-8")
    desk = Desk(home, llm="extractive")
    desk.ingest([page], seed=False)
    yield desk
    desk.close()


def _inform(desk, texts):
    return inform(desk.library.embedder, texts, desk.library.sentence_vectors(texts)).tolist()


def test_what_tells_nothing_is_told_from_what_does(desk):
    assert _inform(desk, EMPTY) == [False] * len(EMPTY)
    assert _inform(desk, TELLING) == [True] * len(TELLING)


def test_an_answer_quotes_no_announcement(desk):
    answer = list(
        answering.answer(
            desk.library, "What is label smoothing?", Filters(), 8, lambda: None, lambda: False
        )
    )[-1].answer
    assert FACT in answer.text
    assert ANNOUNCES not in answer.text


def test_a_language_that_the_model_does_not_know_is_not_judged(desk):
    texts = ["在本节中，我们将介绍标签平滑。"]
    assert _inform(desk, texts) == [True]
    assert inform(desk.library.embedder, ["x"], np.zeros((1, 1), dtype=np.float32)).all()


def test_what_is_seen_of_a_sentence():
    values = dict(zip(SEEN, seen(["See my_file.py: what do You get?"])[0], strict=True))
    assert [values[name] for name in ("ends", "asks", "speaks")] == [1, 1, 1]
    assert [values[name] for name in ("announces", "digits")] == [0, 0]
    assert values["capitals"] == pytest.approx(2 / 6)
    assert values["notation"] == pytest.approx(1 / 6)
