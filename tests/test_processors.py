"""What is installed runs on other processors, or says why not; see `tests.processors`."""

import shutil

import pytest

from tests import processors


@pytest.mark.skipif(not shutil.which(processors.QEMU), reason="Debian's qemu-user is not here")
@pytest.mark.timeout(700)
@pytest.mark.parametrize("processor", processors.CHEAPEST)
def test_a_question_on_another_processor_is_answered(tmp_path, processor):
    played = processors.play(processor, processors.home_with_pages(tmp_path), tmp_path)
    assert played.code == 0, played.err
    assert played.answered_by in ("model", "sources")
    assert "head" in played.out
