"""An ingest killed at any moment carries on and loses nothing."""

from pathlib import Path

from tests.kill import kill


def test_a_killed_ingest_carries_on(tmp_path: Path, models_dir: Path, embedder):
    result = kill(tmp_path, models_dir, pages=40, kills=4)
    assert result.kills >= 2
    assert result.last["digest"] == result.undisturbed["digest"]
    assert result.last["documents"] == 40
    assert len(result.fetched) == 40
    # a kill costs at most the requests in flight (two a host, ten hosts, sixteen in all)
    assert result.in_flight <= 16 * result.kills
