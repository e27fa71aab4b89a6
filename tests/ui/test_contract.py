"""JSON and its description come from the values themselves: a new field is one line."""

from dataclasses import dataclass
from typing import Annotated

import pytest
from pydantic import ValidationError

from assistant.answering.values import Answer, Citation, Dropped, Reading, Sentence, Span
from assistant.contract import Shown, to_json
from index.search.library import Hit
from index.store.values import Recommendation, StoredPassage
from ui.serving.schema import model_of

PLACE = Recommendation("mine", ("Attention", "Heads"), "easy")
PASSAGE = StoredPassage(
    3, "key", 5, 16, ("Heads",), "One key head", "https://a.example/x", "Title", "en", "post",
    "a source", "2026-01-01", "sha", anchors=((0, "https://a.example/x#heads"),),
)  # fmt: skip
CITATION = Citation(
    1, "key", "sha", 5, 16, "One key head", ("Heads",), "Title", "https://a.example/x",
    "https://a.example/x#heads", "post", False, "2026-01-01", (PLACE,),
)  # fmt: skip
ANSWER = Answer(
    "and MQA?", "What is MQA?", "en", False, None, "model",
    (Sentence("One key head.", (1,), 1.0, "supported", True, (Span(1, 5, 16),)),),
    (CITATION,), (Hit(1, 0.12345, PASSAGE, (PLACE,), 2, None),), (Reading("On", "https://b/"),),
    "small", {"total_s": 1.5}, look_in=(PLACE,), dropped=(Dropped("No.", 0.1, "unsupported"),),
    unanswered=("when?",), did_you_mean=("What is MHA?",),
)  # fmt: skip


def test_an_answer_is_what_its_description_says():
    shown = to_json(ANSWER)
    described = model_of(Answer).model_validate(shown, strict=False)
    assert described.model_dump(mode="json") == shown
    assert list(shown) == list(model_of(Answer).model_fields)


def test_what_json_shows_in_another_form():
    shown = to_json(ANSWER)
    assert shown["answer"] == ANSWER.text
    assert shown["sentences"][0]["spans"] == [{"n": 1, "start": 5, "end": 16}]
    assert shown["look_in"] == [{"list": "mine", "section": ["Attention", "Heads"]}]
    assert shown["timings"]["total_s"] == 1.5
    assert shown["timings"]["first_token_s"] is None
    hit = shown["nearest"][0]
    assert (hit["rank"], hit["score"], hit["passage"]) == (1, 0.1235, "key")
    assert (hit["quote"], hit["in_library"]) == ("One key head", True)
    assert hit["recommended_by"][0]["difficulty"] == "easy"


def test_a_new_field_is_one_line():
    @dataclass(frozen=True)
    class More(Sentence):
        certainty: Annotated[float, Shown("How sure it is.", least=0, most=1)] = 0.5

    assert to_json(More("x", (), 1.0, "supported", False))["certainty"] == 0.5
    field = model_of(More).model_json_schema()["properties"]["certainty"]
    assert field["description"] == "How sure it is."
    assert (field["minimum"], field["maximum"]) == (0, 1)


def test_values_outside_the_contract_do_not_fit_its_description():
    with pytest.raises(ValidationError):
        model_of(Answer).model_validate(to_json(ANSWER) | {"view": "guessed"})
