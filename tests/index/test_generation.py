"""Generations are switched all at once, two are kept, one process writes."""

import subprocess
import sys

import pytest

from index.store.generation import Home
from ingest.errors import HomeBusy, UsageError


def publish(home, text):
    folder = home.begin()
    (folder / "file").write_text(text)
    return home.publish(folder)


def test_the_published_generation_is_current(tmp_path):
    home = Home(tmp_path)
    home.make()
    assert home.current() is None
    assert publish(home, "one") == home.current()
    assert (home.current() / "file").read_text() == "one"


def test_an_unfinished_generation_changes_nothing(tmp_path):
    home = Home(tmp_path)
    home.make()
    first = publish(home, "one")
    (home.begin() / "file").write_text("half")
    assert home.current() == first
    second = publish(home, "two")
    assert (home.current(), (second / "file").read_text()) == (second, "two")
    assert list(home.library.glob("*.part")) == []


def test_two_generations_are_kept(tmp_path):
    home = Home(tmp_path)
    home.make()
    names = [publish(home, str(n)).name for n in range(4)]
    kept = sorted(folder.name for folder in home.library.iterdir() if folder.is_dir())
    assert kept == names[-2:]


def test_a_second_writer_is_told_who_is_first(tmp_path):
    code = (
        "import sys, pathlib\nfrom index.store.generation import Home\n"
        "with Home(pathlib.Path(sys.argv[1])).writing():\n"
        "    print('in', flush=True)\n    input()\n"
    )
    other = subprocess.Popen(
        [sys.executable, "-c", code, str(tmp_path)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    try:
        assert other.stdout.readline() == "in\n"
        with pytest.raises(HomeBusy, match=f"process {other.pid}"), Home(tmp_path).writing():
            pass
    finally:
        other.communicate("\n")
    with Home(tmp_path).writing():
        assert (tmp_path / "archive").is_dir()


def test_a_home_that_cannot_be_made_is_an_error_for_people(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(UsageError, match="--home"):
        Home(tmp_path / "file" / "home").make()
