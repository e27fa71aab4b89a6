"""The folder of a model a person named: where it is, and what is in it.

Knows local folders and the model hub, whose files are had once and stay as they are. Weights are
safetensors: neither pickles nor code are asked for.
"""

import hashlib
import os
import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from index.models.files import (
    Progress,
    locked,
    read_record,
    readably,
    stamp,
    write_record,
)
from ingest.disk import expanded, real, sha256_of
from ingest.errors import ModelUnavailable, UsageError

_WANTED = ("*.json", "*.safetensors", "*.txt", "*.model")
_UNWANTED = ("onnx/*", "openvino/*", "*.msgpack")
_SUFFIXES = frozenset(pattern[1:] for pattern in _WANTED)
_OTHER_FORMS = frozenset({"onnx", "openvino"})
_HUB_NAME = re.compile(r"\w[\w.-]*/\w[\w.-]*")
_REACH_SECONDS = 4.0


@dataclass(frozen=True, slots=True)
class Use:
    """What a model is for: ``what`` tells people so, ``room`` of the models folder holds them."""

    what: str
    room: str


EMBEDDING = Use("embedding model", "embedders")
JUDGE = Use("judge", "judges")


def folder_of(
    name: str, models_dir: Path, progress: Progress | None = None, use: Use = EMBEDDING
) -> Path:
    """Return the folder of a model, having it from the model hub the first time.

    Args:
        name: a folder, or ``OWNER/NAME`` on the model hub.
        models_dir: the home's models folder.
        progress: told that a download is on its way.
        use: what the model is for.

    Raises:
        UsageError: it is neither a folder nor of that form.
        ModelUnavailable: the hub cannot be reached or has no such model.
    """
    given = expanded(Path(name))
    if given.is_dir():
        return real(given)
    if not _HUB_NAME.fullmatch(name) or ".." in name:
        raise _unknown(name, use)
    key = name.replace("/", "--")
    folder = models_dir / use.room / key
    if not _record_of(folder, models_dir, use).exists():
        with readably(name, folder), locked(models_dir, f"{use.room}--{key}", progress):
            _download(name, folder, progress, use)
            content_hash(folder, models_dir, use)  # its record says that all of it is there
    return folder


def _unknown(name: str, use: Use) -> UsageError | ModelUnavailable:
    ways = "named as OWNER/NAME of the model hub or by the path of its folder"
    if use != EMBEDDING:
        return ModelUnavailable(f"There is no {use.what} '{name}': one is {ways}.")
    from index.models.embedding_models import MODELS

    return UsageError(
        f"No embedding model is called '{name}', and there is no such folder. Known: "
        f"{', '.join(MODELS)}. Any other is {ways} (as in sentence-transformers/all-mpnet-base-v2)."
    )


def content_hash(folder: Path, models_dir: Path, use: Use = EMBEDDING) -> str:
    """Return a hex SHA-256 over weights, configuration and tokenizer of a model's folder.

    Files are read again only if size or modification time changed since.

    Raises:
        ModelUnavailable: a file cannot be read, or there are no weights as safetensors.
    """
    record = _record_of(folder, models_dir, use)
    with readably(folder.name, folder):
        known = read_record(record)
        hashes = {}
        for file in _files(folder):
            place = file.relative_to(folder).as_posix()
            there = stamp(file)
            entry = known.get(place, {})
            same = there.items() <= entry.items()
            hashes[place] = {"sha256": entry["sha256"] if same else sha256_of(file), **there}
        if not any(place.endswith(".safetensors") for place in hashes):
            raise ModelUnavailable(
                f"The folder {folder} holds no {use.what}: there is no .safetensors file. "
                "Give the folder sentence-transformers saved one to."
            )
        if hashes != known:
            with suppress(OSError):  # a full or read-only disk: hashed again at the next start
                record.parent.mkdir(parents=True, exist_ok=True)
                write_record(record, hashes)
    digest = hashlib.sha256()
    for place, entry in sorted(hashes.items()):
        digest.update(f"{place} {entry['sha256']}\n".encode())
    return digest.hexdigest()


def _files(folder: Path) -> Iterator[Path]:
    for file in folder.rglob("*"):
        parents = file.relative_to(folder).parts[:-1]
        apart = any(part in _OTHER_FORMS or part.startswith(".") for part in parents)
        if file.suffix in _SUFFIXES and not apart and file.is_file():
            yield file


def _record_of(folder: Path, models_dir: Path, use: Use) -> Path:
    home = models_dir / use.room
    if folder.parent == home:
        return home / f"{folder.name}.json"
    return home / f"{hashlib.sha256(str(folder).encode()).hexdigest()[:16]}.json"


def _download(name: str, folder: Path, progress: Progress | None, use: Use) -> None:
    from huggingface_hub import snapshot_download

    if progress:
        progress(f"{name}: from the model hub", 0, 0)
    try:
        snapshot_download(
            name,
            local_dir=folder,
            allow_patterns=list(_WANTED),
            ignore_patterns=list(_UNWANTED),
            endpoint=os.environ.get("HF_ENDPOINT") or None,
            etag_timeout=_REACH_SECONDS,
        )
    except Exception as error:  # the client's own, of its transport and of the file system
        reason = str(error).strip().split("\n")[0] or type(error).__name__
        raise ModelUnavailable(
            f"The {use.what} {name} could not be had from the model hub: {reason}. Check the "
            "name and the network, or give the path of a folder that holds it."
        ) from error
