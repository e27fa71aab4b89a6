"""How long a passage may be, by its embedder's token limit; what the format stands for."""

import hashlib
import json
from types import SimpleNamespace

import pytest

from index.models.embedding_models import MODELS
from index.search.lexical import WordIndex
from index.store.recipe import FORMAT, PASSAGE_TOKENS, SPECIAL, passage_tokens
from index.store.rows import SCHEMA
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


def test_the_format_changes_with_what_the_files_of_a_generation_hold(tmp_path):
    """Change FORMAT with the digest: a home of before must be told to rebuild, not fail."""
    WordIndex(tmp_path)
    fields = json.loads((tmp_path / "meta.json").read_text())["schema"]
    held = hashlib.sha256(json.dumps([SCHEMA, fields], sort_keys=True).encode()).hexdigest()[:16]
    assert (FORMAT, held) == (9, "425e5cda3936f100")
