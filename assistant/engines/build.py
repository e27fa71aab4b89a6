"""Building llama.cpp for this machine: ``python -m assistant.engines.build``.

Installs llama-cpp-python into the environment of the Python that runs this, compiled for this
processor as `llama.cmake` beside this file says. Needs a C++ compiler. In a checkout it takes the
locked version and the locked build tools. Of refdesk it imports nothing, so that it can run first.
"""

import importlib.metadata
import importlib.util
import os
import shlex
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

_HERE = Path(__file__).resolve().parent
_LOCK = _HERE.parents[1] / "requirements" / "llama.txt"
_NAME = "llama-cpp-python"


def main() -> None:
    """Build and install; ends with 1 and a message if that fails."""
    if not any(map(shutil.which, (os.environ.get("CXX") or "c++", "g++", "clang++", "cl"))):
        sys.exit(
            "There is no C++ compiler here: install one (Debian: apt install g++; macOS: "
            "xcode-select --install) and run this again. Without, refdesk answers from its sources "
            "directly, or asks a model server (--llm URL)."
        )
    with tempfile.TemporaryDirectory(prefix="refdesk-llama-") as folder:
        steps = _with_pip(folder) if importlib.util.find_spec("pip") else _with_uv()
        for step in steps:
            done = subprocess.run(step, env=_environment(), check=False)
            if done.returncode:
                sys.exit(f"llama.cpp could not be built: {shlex.join(step)} ended with an error.")


def _with_pip(folder: str) -> list[list[str]]:
    # pip's cache of built wheels does not look at how one was built: a broken one would come again
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check"]
    wheel = [*pip, "wheel", "--no-deps", "--no-cache-dir", "--no-binary", _NAME, "-w", folder]
    if _LOCK.exists():
        build = [*wheel, "--no-build-isolation", "--require-hashes", "-r", str(_LOCK)]
    else:
        build = [*wheel, _wanted()]
    install = [*pip, "install", "--no-deps", "--no-index", "--force-reinstall", "--find-links"]
    steps = [build, [*install, folder, _NAME]]
    # what it needs itself: in a checkout that is in the lock of everything
    return steps if _LOCK.exists() else [*steps, [*pip, "install", _NAME]]


def _with_uv() -> list[list[str]]:
    """Return the steps in an environment without pip, as `uv tool install` makes them."""
    install = ["uv", "pip", "install", "--python", sys.executable, "--no-cache"]
    return [[*install, "--reinstall-package", _NAME, "--no-binary-package", _NAME, _wanted()]]


def _wanted() -> str:
    """Return the requirement: the version that is installed, else what refdesk asks for."""
    try:
        return f"{_NAME}=={importlib.metadata.version(_NAME)}"
    except importlib.metadata.PackageNotFoundError:
        asked = importlib.metadata.requires("refdesk") or []
        return next((name for name in asked if name.startswith(_NAME)), _NAME)


def _environment() -> dict[str, str]:
    own = [
        "-DLLAVA_BUILD=OFF",
        f"-DCMAKE_PROJECT_INCLUDE={(_HERE / 'llama.cmake').as_posix()}",
    ]
    usable = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])
    return os.environ | {
        "PATH": path,  # cmake and ninja of the environment
        "CMAKE_ARGS": " ".join([os.environ.get("CMAKE_ARGS", ""), *map(shlex.quote, own)]).strip(),
        "CMAKE_BUILD_PARALLEL_LEVEL": str(usable or 1),
    }


if __name__ == "__main__":
    main()
