"""Shared fixtures. Real material beside the checkout is used when it is there."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import _pytest.runner
import platformdirs
import pytest

from assistant.desk import Desk
from index.models.embedder import Embedder

ROOT = Path(__file__).resolve().parent.parent

os.environ["TERM"] = "xterm-256color"  # what is said of terminals is said of one with colours
for name in ("NO_COLOR", "FORCE_COLOR", "COLORTERM"):
    os.environ.pop(name, None)
# A test noted in the environment makes it another one each time, and what is started in it anew.
_pytest.runner._update_current_test_var = lambda item, when: None

MQA_PAGE = """# Sharing keys and values

## Multi-query attention

Multi-query attention keeps one key head and one value head for all query heads. It was described \
by Shazeer in 2019. Decoding becomes faster because the cache is smaller.

## Grouped-query attention

Grouped-query attention gives every group of query heads its own key head and value head. With \
8 groups the cache is 8 times smaller than with 64 separate heads.
"""
BREAD_PAGE = """# Rye bread

A rye sourdough needs a starter that was fed the evening before. Bake it at 240 degrees Celsius \
for 15 minutes and then at 200 degrees for 40 minutes.
"""
ZH_PAGE = """# 键值缓存

键值缓存保存已经计算过的键和值。这样每一步解码只需要计算新词元的键和值，因此推理更快。
"""


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of real test material; the test is skipped where it is absent."""
    folder = Path(os.environ.get("REFDESK_SHARED", ROOT.parent / "shared"))
    if not folder.is_dir():
        pytest.skip("the real test material is not beside this checkout")
    return folder


@pytest.fixture(scope="session")
def models_dir() -> Path:
    """Real weights, had once and kept between test runs."""
    folder = os.environ.get("REFDESK_TEST_MODELS") or platformdirs.user_cache_path("refdesk-tests")
    return Path(folder)


@pytest.fixture(scope="session")
def embedder(models_dir: Path) -> Embedder:
    """The real embedding model."""
    return Embedder.open(models_dir)


@pytest.fixture
def home(tmp_path: Path, models_dir: Path) -> Path:
    """An empty home that finds the real weights where they are kept."""
    folder = tmp_path / "home"
    folder.mkdir()
    models_dir.mkdir(parents=True, exist_ok=True)
    (folder / "models").symlink_to(models_dir)
    return folder


@pytest.fixture
def notes(tmp_path: Path) -> Path:
    """A folder of three small documents."""
    folder = tmp_path / "notes"
    _write_notes(folder)
    return folder


@pytest.fixture(scope="session")
def taken_in(tmp_path_factory: pytest.TempPathFactory, models_dir: Path) -> Path:
    """A home over the three documents, made once: to be copied, not to be used."""
    folder = tmp_path_factory.mktemp("taken-in")
    (folder / "home").mkdir()
    (folder / "home" / "models").symlink_to(models_dir)
    _write_notes(folder / "notes")
    desk = Desk(folder / "home", llm="extractive")
    desk.ingest([folder / "notes"], seed=False)
    desk.close()
    return folder / "home"


def put_in(home: Path, request: pytest.FixtureRequest) -> None:
    """Put the three documents into an empty home.

    Where a test or a fixture of its own asks for the documents, too, they are taken in from there;
    else what was made once is copied.
    """
    if "notes" in request.fixturenames:
        desk = Desk(home, llm="extractive")
        desk.ingest([request.getfixturevalue("notes")], seed=False)
        desk.close()
    else:
        made = request.getfixturevalue("taken_in")
        ignore = shutil.ignore_patterns("models")
        shutil.copytree(made, home, symlinks=True, ignore=ignore, dirs_exist_ok=True)


@pytest.fixture
def desk(home: Path, request: pytest.FixtureRequest) -> Iterator[Desk]:
    """A desk over the three documents, answering without a model."""
    put_in(home, request)
    desk = Desk(home, llm="extractive")
    yield desk
    desk.close()


def _write_notes(folder: Path) -> None:
    folder.mkdir()
    for name, text in (("mqa.md", MQA_PAGE), ("bread.md", BREAD_PAGE), ("kv.md", ZH_PAGE)):
        (folder / name).write_text(text, encoding="utf-8")
