# ruff: noqa: E501  # tables of inputs
"""Exports that are not what they say, each by name, made from a sound one."""

import gzip
import hashlib
import io
import json
import tarfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

Files = dict[str, bytes]
Manifest = dict[str, Any]


def opened(export: Path) -> tuple[Manifest, Files]:
    """Return the manifest and the files of an export."""
    with tarfile.open(export, "r:gz") as bundle:
        files = {m.name: bundle.extractfile(m).read() for m in bundle.getmembers()}
    return json.loads(files.pop("refdesk.json")), files


def packed(target: Path, manifest: Any, files: Files, more: Callable | None = None) -> Path:
    """Write an export."""
    with tarfile.open(target, "w:gz") as bundle:
        body = manifest if isinstance(manifest, bytes) else json.dumps(manifest).encode()
        for name, data in {"refdesk.json": body, **files}.items():
            head = tarfile.TarInfo(name)
            head.size = len(data)
            bundle.addfile(head, io.BytesIO(data))
        if more:
            more(bundle)
    return target


def noted(files: Files) -> dict[str, Any]:
    """Return what a manifest says of files."""
    return {name: [len(data), hashlib.sha256(data).hexdigest()] for name, data in files.items()}


def bad_exports(sound: Path, folder: Path, victim: Path) -> Iterator[tuple[str, Path]]:
    """Yield every bad export; ``victim`` is a folder none of them may touch."""
    manifest, files = opened(sound)
    generation = manifest["generation"]
    library = f"library/{generation}/library.sqlite"

    def made(name: str, said: Any = None, held: Files | None = None, more=None):
        files_now = files if held is None else held
        return name, packed(
            folder / f"{name}.tar.gz", manifest if said is None else said, files_now, more
        )

    def said(**more: Any) -> Manifest:
        return manifest | more

    for name, wrong in {
        "absolute": str(victim), "up": f"../../{victim.name}", "dots": "..", "empty": "", "number": 7,
        "none": None, "slash": f"{generation}/words", "words": "latest", "home": ".",
    }.items():  # fmt: skip
        yield made(f"generation-{name}", said(generation=wrong))
    for name, evil in {
        "absolute": str(victim / "x"), "up": f"../{victim.name}/x", "hidden": "archive/.ssh",
        "key": "archive/refdesk.key", "index": "archive/x.warc.gz.index.jsonl", "models": "models/evil.gguf",
        "quarantine": "quarantine.json", "deep": "archive/a/b.warc.gz", "other": "library/999999/library.sqlite",
        "newline": "archive/a\nb.warc.gz", "null-like": "archive/%00.warc", "lock": "writer.lock",
        "drive": "archive/C:x.warc", "backslash": "archive/..\\x.warc", "blank": "archive/ x.warc",
    }.items():  # fmt: skip
        held = files | {evil: b"evil"}
        yield made(f"name-{name}", said(files=noted(held)), held)
        yield made(f"unsaid-{name}", None, held)
    yield made("manifest-none", b"")
    yield made("manifest-no-json", b"{")
    yield made("manifest-list", [1])
    yield made("manifest-deep", b"[" * 100_000)
    yield made("manifest-format", said(format=99))
    yield made(
        "manifest-old", {name: manifest[name] for name in ("format", "generation", "archive")}
    )
    yield made("manifest-sizes", said(files={name: ["many", "x"] for name in files}))
    yield made("manifest-negative", said(files={name: [-1, "x"] for name in files}))
    yield made("manifest-archive-words", said(archive="yes"))
    yield made("manifest-huge", said(files=manifest["files"] | {library: [10**15, "0" * 64]}))
    yield made(
        "lacks-a-file", None, {name: data for name, data in files.items() if name != library}
    )
    yield made("lacks-all", None, {})
    yield made("no-library", said(files={}), {})
    changed = bytearray(files[library])
    changed[len(changed) // 2] ^= 1
    yield made("changed", None, files | {library: bytes(changed)})
    yield made("longer", None, files | {library: files[library] + b"x"})
    yield made("twice", None, None, lambda bundle: _again(bundle, library, files[library]))
    for name, kind in {
        "symlink": tarfile.SYMTYPE, "hardlink": tarfile.LNKTYPE, "device": tarfile.CHRTYPE,
        "fifo": tarfile.FIFOTYPE, "folder": tarfile.DIRTYPE,
    }.items():  # fmt: skip
        yield made(
            f"kind-{name}", None, None, lambda bundle, kind=kind: _link(bundle, kind, victim)
        )
    whole = sound.read_bytes()
    for name, data in {
        "empty": b"", "text": b"hello", "torn": whole[: len(whole) // 2], "cut": whole[:-9],
        "not-gzip": b"\x1f\x8b" + bytes(99), "tar-garbage": gzip.compress(b"x" * 5000),
        "bomb": gzip.compress(bytes(400_000_000), 9),
    }.items():  # fmt: skip
        file = folder / f"file-{name}.tar.gz"
        file.write_bytes(data)
        yield f"file-{name}", file
    zeros = bytes(150_000_000)
    held = files | {library: zeros}
    yield made("bomb-said", said(files=noted(held)), held)


def _again(bundle: tarfile.TarFile, name: str, data: bytes) -> None:
    head = tarfile.TarInfo(name)
    head.size = len(data)
    bundle.addfile(head, io.BytesIO(data))


def _link(bundle: tarfile.TarFile, kind: bytes, victim: Path) -> None:
    head = tarfile.TarInfo("archive/link.warc.gz")
    head.type = kind
    head.linkname = str(victim)
    bundle.addfile(head)
