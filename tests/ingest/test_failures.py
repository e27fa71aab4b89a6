"""Reasons of failure are written and read back by their kind, in one place."""

import pytest

from ingest.failures import WALLS, Failure, failure_of
from ingest.reading.document import reason_of


@pytest.mark.parametrize("kind", Failure)
def test_what_is_written_is_read_back(kind):
    assert failure_of(kind) is kind
    assert failure_of(kind.reason("a detail")) is kind
    assert failure_of(f"{kind}: more words (dead)") is kind


def test_the_kind_of_a_status():
    assert [failure_of(reason_of(status) or "") for status in (200, 404, 429, 403, 418)] == [
        None, Failure.DEAD, Failure.LATER, Failure.BLOCKED, None,
    ]  # fmt: skip
    assert Failure.BLOCKED in WALLS
    assert Failure.DEAD not in WALLS
