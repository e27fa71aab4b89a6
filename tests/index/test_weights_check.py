"""Weights that rot are noticed, put aside and had anew."""

import json
import os
from pathlib import Path

import pytest

from index.models import check
from index.models.files import mark
from index.models.pins import load_pins
from index.models.weights import remember
from ingest.disk import sha256_of
from tests.fake_hub import pinned
from tests.index.test_weights import gguf


@pytest.fixture
def weights(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A models folder with one pinned model that is whole."""
    from tests.fake_hub import CONTENT

    monkeypatch.setattr(check, "load_pins", lambda: load_pins() | {"fake": pinned()})
    file = tmp_path / "fake" / "fake.bin"
    file.parent.mkdir()
    file.write_bytes(CONTENT)
    mark(file, sha256_of(file))
    assert list(check.damages(tmp_path)) == []
    return file


def turned(file: Path) -> None:
    """Turn a byte, and leave size and time as they were."""
    status = file.stat()
    data = bytearray(file.read_bytes())
    data[len(data) // 2] ^= 1
    file.write_bytes(data)
    os.utime(file, ns=(status.st_atime_ns, status.st_mtime_ns))


def test_a_turned_byte_of_a_pinned_model_is_noticed_and_put_aside(weights: Path) -> None:
    turned(weights)
    (damage,) = check.damages(weights.parent.parent)
    assert damage.where == "models/fake/fake.bin"
    assert damage.repairable
    check.repair(weights.parent.parent)
    assert not weights.exists()
    assert list(check.damages(weights.parent.parent)) == []


def test_what_was_made_of_a_pinned_model_here_is_read_too(weights: Path) -> None:
    made = weights.with_name("fake.int8")
    made.write_bytes(b"made of it")
    mark(made, sha256_of(made))
    assert list(check.damages(weights.parent.parent)) == []
    turned(made)
    (damage,) = check.damages(weights.parent.parent)
    assert damage.where == "models/fake/fake.int8"


def test_a_model_of_the_users_own_is_named_and_left(tmp_path: Path) -> None:
    own = tmp_path / "mine.gguf"
    own.write_bytes(gguf())
    remember(own, tmp_path / "models")
    assert json.loads((tmp_path / "models" / "known.json").read_text("utf-8"))
    turned(own)
    (damage,) = check.damages(tmp_path / "models")
    assert (damage.where, damage.repairable) == (str(own), False)
    check.repair(tmp_path / "models")
    assert own.exists()
