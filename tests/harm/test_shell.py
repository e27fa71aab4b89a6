"""Whatever is typed, and wherever it is typed, ends as ARCHITECTURE.md says: never in a bug."""

import os
import subprocess
import sys

import pytest

from assistant.evaluation import run, scores
from index.store import lockfile
from tests.harm import shell
from ui.cli import app, saved

_CODES = (0, 2, 3, 4, 5, 6)
_BUG = "in a way it should not"


@pytest.mark.long
def test_every_command_line_ends_in_words_and_a_documented_code(
    desk, home, tmp_path, monkeypatch, capfd
):
    desk.close()
    for module in (saved, lockfile, scores, run):
        monkeypatch.setattr(module, "_MOST", 2_000_000)
    folder = tmp_path / "odd"
    folder.mkdir()
    monkeypatch.chdir(folder)
    wrong = []
    for command in shell.commands(folder, home):
        where = () if "--home" in command or command[0] in ("", "--nope") else ("--home", str(home))
        monkeypatch.setattr(sys, "argv", ["refdesk", *command, *where])
        with pytest.raises(SystemExit) as ended:
            app.main()
        out, err = capfd.readouterr()
        shown = [part[:40] for part in command]
        if ended.value.code not in _CODES or _BUG in err or "Traceback" in out + err:
            wrong.append((shown, ended.value.code, err[-300:]))
        elif ended.value.code and not err.strip():
            wrong.append((shown, ended.value.code, "nothing is said"))
    assert not wrong
    assert desk.status()["documents"] >= 3
    assert any(hit.passage.url.endswith("bread.md") for hit in desk.search("sourdough").hits)


def _asked(home, command, environment=None, before=None):
    return subprocess.run(
        [sys.executable, "-m", "refdesk", *command, "--home", str(home)],
        capture_output=True, check=False, timeout=120, preexec_fn=before, cwd="/",
        env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)} | (environment or {}),
    )  # fmt: skip


_ASK = ("ask", shell.QUESTION, "--llm", "extractive")


@pytest.mark.long
@pytest.mark.parametrize("name", shell.surroundings())
def test_whatever_the_environment_says_it_answers(desk, home, name):
    for command in (_ASK, ("rebuild",)):
        done = _asked(home, command, shell.surroundings()[name])
        said = done.stderr.decode("utf-8", "replace")
        assert done.returncode == 0, said
        assert command is not _ASK or b"240" in done.stdout
    assert (home / "library" / "CURRENT").exists()


@pytest.mark.long
@pytest.mark.parametrize("name", shell.constraints())
def test_whatever_it_is_denied_it_says_so_and_the_library_stays(desk, home, name):
    for command in (_ASK, ("rebuild",)):
        done = _asked(home, command, before=shell.constraints()[name])
        said = done.stderr.decode("utf-8", "replace")
        assert done.returncode in _CODES, said
        assert _BUG not in said
        assert "Traceback" not in said
    assert b"240" in _asked(home, _ASK).stdout
