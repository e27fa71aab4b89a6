"""The vectors that ship are those of the models, and a new home has to make none."""

from contextlib import closing

import numpy as np

from assistant.desk import Desk
from index.building.others import texts_of
from index.building.vector_cache import VectorCache
from index.models.embedder import Embedder
from ingest.archive import given


def test_a_new_home_embeds_no_passage_in_either_language(home, monkeypatch):
    """After a change of the primer or the lists: python -m tests.benchmarks.fit_passages HOME."""
    embedded = []
    embed = Embedder.embed

    def noted(self, texts, progress=None):
        embedded.extend(texts)
        return embed(self, texts, progress)

    monkeypatch.setattr(Embedder, "embed", noted)
    with closing(Desk(home, llm="extractive")) as desk:
        assert desk.search("What is attention?").hits
        assert desk.search("什么是注意力？").hits
        assert desk.status()["documents"] >= len(list(given.primer()))
    assert embedded == []


def test_what_ships_is_what_the_model_makes(home, tmp_path, embedder):
    with closing(Desk(home, llm="extractive")) as desk:
        hits = desk.search("What is attention?").hits
        texts = texts_of(desk.library.store, [hit.passage.number for hit in hits])
    with closing(VectorCache(tmp_path / "vectors.sqlite", embedder)) as cache:
        shipped = cache.embed(texts, lambda done: None)
    made = embedder.embed(texts)
    assert not np.array_equal(shipped, made)  # kept in eight bits
    assert np.sum(shipped * made, axis=1).min() > 0.99  # processors differ, too
    assert np.allclose(np.linalg.norm(shipped, axis=1), 1)
