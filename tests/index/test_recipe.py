"""How long a passage may be, by the token limit of the model that embeds it."""

from types import SimpleNamespace

import pytest

from index.models.embedding_models import MODELS
from index.store.recipe import PASSAGE_TOKENS, SPECIAL, passage_tokens
from ingest.text.passage import LEAST_LIMIT


@pytest.mark.parametrize(
    ("limit", "tokens"),
    [
        (1 << 20, PASSAGE_TOKENS),
        (256, PASSAGE_TOKENS),
        (255, PASSAGE_TOKENS - 1),
        (128, 72),
        (64, 32),
        (20, LEAST_LIMIT + SPECIAL),  # a shorter passage cannot be cut
    ],
)
def test_a_model_with_a_low_limit_gets_shorter_passages(limit, tokens):
    assert passage_tokens(SimpleNamespace(limit=limit)) == tokens


def test_the_models_known_by_name_get_the_longest():
    assert {passage_tokens(model) for model in MODELS.values()} == {PASSAGE_TOKENS}
