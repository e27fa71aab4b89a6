"""A library knows the languages of its pages and its questions: by default, without a flag."""

import numpy as np
import pytest

from assistant.desk import Desk
from index.models.embedder import Embedder
from index.search.library import Library
from index.store import sums
from index.store.generation import FINGERPRINT, OTHERS
from ingest.errors import ModelUnavailable
from tests.conftest import BREAD_PAGE, MQA_PAGE, ZH_PAGE

ZH_QUESTION = "面包要在多少度的烤箱里烤多久？"  # the bread page, which shares no word with it


@pytest.fixture
def english(tmp_path):
    folder = tmp_path / "english"
    folder.mkdir()
    (folder / "mqa.md").write_text(MQA_PAGE)
    (folder / "bread.md").write_text(BREAD_PAGE)
    return folder


def others_of(desk):
    return (desk.home.current() / OTHERS / FINGERPRINT).exists()


def title(desk, query):
    return desk.search(query, k=1).hits[0].passage.title


def test_english_pages_alone_are_embedded_once(home, english):
    desk = Desk(home)
    desk.ingest([english], seed=False)
    assert title(desk, "how hot should the oven be") == "Rye bread"
    assert not others_of(desk)


def test_the_first_question_in_another_language_makes_its_vectors(home, english):
    said = []
    desk = Desk(home, notice=said.append)
    desk.ingest([english], seed=False)
    digest = desk.status()["digest"]
    before = desk.search("sharing key heads").hits
    assert title(desk, ZH_QUESTION) == "Rye bread"
    assert others_of(desk)
    assert len(said) == 1
    assert desk.status()["digest"] == digest
    assert title(Desk(home, notice=said.append), ZH_QUESTION) == "Rye bread"
    assert len(said) == 1  # once in the home's life
    desk.rebuild()
    assert others_of(desk)
    assert not any(sums.damage(each, every_byte=True) for each in desk.home.generations())
    after = desk.search("sharing key heads").hits
    assert [(hit.passage.key, hit.score) for hit in after] == [
        (hit.passage.key, hit.score) for hit in before
    ]


def test_pages_in_several_languages_have_them_from_the_start(desk):
    assert others_of(desk)
    assert title(desk, ZH_QUESTION) == "Rye bread"
    assert title(desk, "解码时保存什么") == "键值缓存"


def test_an_update_goes_on_with_them(home, english):
    desk = Desk(home)
    desk.ingest([english], seed=False)
    desk.search(ZH_QUESTION)
    (english / "bread.md").write_text("# Soda bread\n\nSoda bread needs no yeast at all.")
    (english / "kv.md").write_text(ZH_PAGE)
    desk.ingest([english])
    assert title(desk, "哪种面包不需要酵母？") == "Soda bread"
    assert title(desk, "解码时为什么更快") == "键值缓存"
    vectors = desk.library.asked_in("zh").vectors
    numbers = [hit.passage.number for hit in desk.search("bread", k=50).hits]
    kept = vectors(numbers)
    desk.rebuild()
    keys = [hit.passage.key for hit in desk.search("bread", k=50).hits]
    again = vectors([desk.library.store.passage(key).number for key in keys])
    assert np.allclose(sorted(kept.sum(axis=1)), sorted(again.sum(axis=1)), atol=1e-6)


def test_a_question_is_compared_by_the_model_that_knows_it(desk, embedder):
    library = desk.library
    assert library.asked_in("en") is library
    other = library.asked_in("zh")
    assert other.asked_in("en") is library
    assert other.embedder.multilingual
    near, far = other.sentence_vectors(
        ["The bread bakes at 240 degrees.", "Attention heads share one key."]
    ) @ other.embedder.embed_query(ZH_QUESTION)
    assert near > far + 0.1
    assert library.embedder.fingerprint == embedder.fingerprint
    assert all(hit.cosine is None for hit in library.search(ZH_QUESTION))
    assert any(hit.cosine is not None for hit in other.search(ZH_QUESTION))


def test_without_the_second_model_words_go_on(home, english, monkeypatch):
    def unreachable(self):
        raise ModelUnavailable("no network")

    monkeypatch.setattr(Embedder, "beyond_english", unreachable)
    said = []
    desk = Desk(home, notice=said.append)
    (english / "kv.md").write_text(ZH_PAGE)
    desk.ingest([english], seed=False)
    assert not others_of(desk)
    assert title(desk, "解码时的缓存") == "键值缓存"
    assert "no network" in said[-1]
    assert title(desk, "how hot should the oven be") == "Rye bread"
    count = len(said)
    desk.search("面包")
    assert len(said) == count  # told once, not at every question


def test_vectors_of_another_version_of_the_model_are_not_used(desk):
    folder = desk.home.current()
    (folder / OTHERS / FINGERPRINT).write_text("another")
    (folder / "sums.json").unlink()
    sums.write(folder)
    library = Library(desk.home, desk.library.embedder)
    assert library.lacks(ZH_QUESTION)
    assert library.search("bread")[0].passage.title == "Rye bread"
