"""A model begins to load beside the search; what is wrong with it is told when it is needed."""

import pytest

from assistant.home.opened import Resources
from index.models import weights
from index.store.generation import Home
from ingest.errors import ModelUnavailable


def opened(home, llm):
    return Resources(Home(home), llm, None, lambda *_: None, lambda _: None)


def test_a_model_loaded_ahead_is_the_one_that_answers(home, models_dir):
    here = opened(home, str(weights.obtain("smollm2-135m", models_dir)))
    here.load_ahead()
    first = here.engine()
    assert first is not None
    assert here.engine() is first
    here.close()


def test_a_damaged_model_is_told_when_it_is_asked_for(home, tmp_path, capfd):
    file = tmp_path / "torn.gguf"
    file.write_bytes(b"GGUF" + bytes(64))
    here = opened(home, str(file))
    here.load_ahead()
    with pytest.raises(ModelUnavailable):
        here.engine()
    here.close()
    assert "Traceback" not in "".join(capfd.readouterr())


@pytest.mark.parametrize("llm", ["extractive", "http://127.0.0.1:9/v1", "no-such-model"])
def test_nothing_is_loaded_ahead_that_is_not_here(home, llm):
    here = opened(home, llm)
    here.load_ahead()
    assert here._ahead is None
