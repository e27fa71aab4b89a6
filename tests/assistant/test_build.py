"""The llama.cpp that is installed, and the command that builds it."""

import importlib.util
import os
import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from unittest import mock

import pytest

from assistant.engines import build
from tests.conftest import ROOT


@pytest.mark.skipif(shutil.which("objdump") is None, reason="binutils is not here")
def test_the_library_holds_none_of_the_instructions_that_compilers_break():
    spec = importlib.util.find_spec("llama_cpp")
    (library,) = Path(spec.origin).parent.glob("lib/libggml-cpu.so")
    listing = subprocess.run(["objdump", "-d", library], check=True, capture_output=True)
    assert listing.stdout.count(b"\n") > 10_000
    assert b"ldtilecfg" not in listing.stdout


def test_without_a_compiler_it_says_what_to_install(tmp_path):
    done = subprocess.run(
        [sys.executable, "-m", "assistant.engines.build"], capture_output=True, text=True,
        check=False, cwd=ROOT, env={"PATH": str(tmp_path), "PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    assert done.returncode == 1
    assert "apt install g++" in done.stderr


def test_pip_never_takes_a_wheel_that_was_built_otherwise(tmp_path):
    made, installed = build._with_pip(str(tmp_path))
    assert "--no-cache-dir" in made
    assert made[made.index("--no-binary") + 1] == "llama-cpp-python"
    assert "--force-reinstall" in installed
    assert "--require-hashes" in made


def test_outside_a_checkout_what_it_needs_comes_with_it(tmp_path):
    with mock.patch.object(build, "_LOCK", tmp_path / "none"):
        made, _, needed = build._with_pip(str(tmp_path))
    assert "--no-cache-dir" in made
    assert needed[-2:] == ["install", "llama-cpp-python"]
    (made,) = build._with_uv()
    assert "--no-deps" not in made
    assert made[made.index("--reinstall-package") + 1] == "llama-cpp-python"


def test_the_command_to_build_it_can_be_pasted_whatever_the_folder_is_called(tmp_path):
    python = tmp_path / "my tools" / "python"
    python.parent.mkdir()
    python.symlink_to(sys.executable)
    code = "from assistant.engines.process import REBUILD; print(REBUILD)"
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    told = subprocess.run([python, "-c", code], check=True, capture_output=True, text=True,
                          cwd=ROOT, env=environment)  # fmt: skip
    assert shlex.split(told.stdout) == [str(python), "-m", "assistant.engines.build"]


def test_the_locks_name_versions_and_hashes_and_no_place():
    for file in (ROOT / "requirements").glob("*.txt"):
        text = file.read_text(encoding="utf-8")
        assert "://" not in text
        assert "index-url" not in text
        pinned = [line for line in text.splitlines() if "==" in line]
        hashed = text.count("    --hash=sha256:")
        assert file.name in ("torch.txt", "overrides.txt") or 0 < len(pinned) <= hashed


def test_torch_is_locked_as_the_project_pins_it():
    wanted = (ROOT / "requirements" / "torch.txt").read_text(encoding="utf-8").splitlines()[-1]
    assert f'"{wanted}",' in (ROOT / "pyproject.toml").read_text(encoding="utf-8")


def test_the_build_asks_for_what_the_file_beside_it_says():
    arguments = build._environment()["CMAKE_ARGS"]
    assert "-DLLAVA_BUILD=OFF" in arguments
    file = arguments.partition("-DCMAKE_PROJECT_INCLUDE=")[2]
    assert "-mno-amx-tile" in Path(file.strip("'")).read_text(encoding="utf-8")
    assert os.path.isabs(file.strip("'"))  # noqa: PTH117  # as cmake sees it
