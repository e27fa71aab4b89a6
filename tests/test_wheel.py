"""An installed wheel works without the checkout: it finds its data, its command and its types."""

import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.conftest import ROOT


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    folder = tmp_path_factory.mktemp("dist")
    subprocess.run(
        [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", folder, ROOT],
        check=True, capture_output=True,
    )  # fmt: skip
    return next(folder.glob("*.whl"))


def test_the_wheel_holds_packages_and_data_and_no_tests(wheel):
    names = zipfile.ZipFile(wheel).namelist()
    assert "refdesk.py" in names
    assert "ingest/data/models.toml" in names
    assert "assistant/engines/llama.cmake" in names
    assert "ingest/data/primer/mha-mqa-gqa.md" in names
    assert "ingest/data/primer-zh/mha-mqa-gqa.md" in names
    assert "ingest/data/primer-questions/mha-mqa-gqa.md" in names
    assert sum(name.startswith("ingest/data/lists/") for name in names) == 5
    assert {f"{floor}/py.typed" for floor in ("ingest", "index", "assistant", "ui")} <= set(names)
    assert not [name for name in names if name.startswith(("tests", "data"))]


def test_an_installed_wheel_answers(wheel, tmp_path, models_dir):
    site = tmp_path / "site"
    subprocess.run(
        [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--target", site, wheel],
        check=True,
    )
    home = tmp_path / "home"
    home.mkdir()
    (home / "models").symlink_to(models_dir)
    done = subprocess.run(
        [sys.executable, "-P", "-m", "refdesk", "ask", "explain GQA vs MQA", "--llm", "extractive",
         "--home", home],
        check=False, capture_output=True, text=True, cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": str(site)},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "refdesk primer" in done.stdout
    where = subprocess.run(
        [sys.executable, "-P", "-c", "import ingest; print(ingest.__file__)"],
        check=True, capture_output=True, text=True, cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": str(site)},
    )  # fmt: skip
    assert where.stdout.startswith(str(site))


UV = shutil.which("uv", path=f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")


@pytest.mark.skipif(UV is None, reason="uv is not here")
@pytest.mark.timeout(900)
def test_it_installs_as_a_tool_and_answers_before_llama_cpp_is_built(wheel, tmp_path, models_dir):
    without = tmp_path / "without.txt"  # compiling it takes minutes; `tests/fresh.sh` does
    without.write_text("llama-cpp-python ; python_version < '0'\n")
    environment = os.environ | {
        "UV_TOOL_DIR": str(tmp_path / "tools"),
        "UV_TOOL_BIN_DIR": str(tmp_path / "bin"),
        "UV_FIND_LINKS": os.environ.get("UV_FIND_LINKS") or os.environ.get("PIP_FIND_LINKS", ""),
        "PYTHONPATH": "",
    }
    subprocess.run(
        [UV, "tool", "install", "--quiet", "--python", sys.executable, "--overrides", without,
         wheel],
        check=True, env=environment, cwd=tmp_path,
    )  # fmt: skip
    home = tmp_path / "home"
    home.mkdir()
    (home / "models").symlink_to(models_dir)
    done = subprocess.run(
        [tmp_path / "bin" / "refdesk", "ask", "explain GQA vs MQA", "--home", home],
        check=False, capture_output=True, text=True, cwd=tmp_path, env=environment,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "refdesk primer" in done.stdout
    assert "Answers are taken from the sources directly." in done.stderr
    assert "-m assistant.engines.build" in done.stderr
