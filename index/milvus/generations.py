"""Generations of a library in Milvus: which one counts, making the next one count all at once.

A generation is a collection that holds its shelf: every file of its folder but the vectors, in
parts, and a manifest that names the collections its passages lie in. The alias with the library's
name points to the shelf that counts. What no kept shelf names is left over, and goes.
"""

import base64
import json
import re
import uuid
import zlib
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from index.milvus.client import (
    READ_S,
    WRITE_S,
    LibraryUnavailable,
    NotThere,
    Server,
    answering,
)
from index.milvus.passages import count, rows_of
from ingest.disk import write_whole

POINTER = "milvus.json"
"""File in a generation's folder: the collections its passages lie in."""

_PART = 48_000  # bytes of a file in one row: at most 64 KB once packed and in base64
_AT_ONCE = 64  # rows
_GENERATION = re.compile(r"[0-9]{6,12}")  # it names a folder here
_FILE = re.compile(
    r"library\.sqlite|sums\.json|milvus\.json|others/fingerprint"
    r"|words/(\.managed\.json|[A-Za-z0-9_][A-Za-z0-9_.-]{0,200})"
)
_COLLECTION = re.compile(r"(?P<name>.+)_(?P<number>[0-9]{6,12})_[0-9a-f]{8}(_passages|_others)?")


@dataclass(frozen=True, slots=True)
class Pointer:
    """The collections of a generation: its shelf, its passages, its second vectors ("" for none).

    Their names hold a mark of their own: no other generation ever has the same, even of a library
    that was dropped and made again.
    """

    shelf: str
    passages: str
    others: str = ""
    words: bool = False  # whether words are searched there too

    @classmethod
    def of(cls, folder: Path) -> "Pointer":
        """Read that of a generation's folder."""
        return cls(**json.loads((folder / POINTER).read_text(encoding="utf-8")))

    def write(self, folder: Path) -> None:
        """Write it into a generation's folder."""
        write_whole(folder / POINTER, json.dumps(asdict(self)))


@dataclass(frozen=True, slots=True)
class Manifest:
    """What the shelf of a generation says of it; ``files`` are names with their first row and rows.

    ``owner`` is the home whose archive it was made from.
    """

    generation: str
    owner: str
    pointer: Pointer
    files: dict[str, tuple[int, int]] = field(default_factory=dict)


def named(server: Server, generation: str) -> str:
    """Return a new name for a shelf; those of its passages and second vectors begin with it."""
    return f"{server.served.name}_{generation}_{uuid.uuid4().hex[:8]}"


def current(server: Server) -> Manifest | None:
    """Return the manifest of the generation that counts, if there is one."""
    shelf = pointed(server)
    return None if shelf is None else _manifest(server, shelf)


def pointed(server: Server) -> str | None:
    """Return the shelf that counts, if there is one: one short call."""
    try:
        with answering(server.served, "say which generation counts"):
            said = server.client.describe_alias(server.served.name, timeout=READ_S)
    except NotThere:
        return None
    return str(said["collection_name"])


def numbers(server: Server) -> list[int]:
    """Return the numbers of all generations that left something, finished or not."""
    return sorted({int(shelf["number"]) for shelf in _ours(server)})


def sweep(server: Server, keep: set[str]) -> None:
    """Drop what no generation in ``keep``, shelves by name, needs."""
    needed = set(keep)
    for shelf in keep:
        pointer = _manifest(server, shelf).pointer
        needed |= {pointer.passages, pointer.others}
    for match in _ours(server):
        if match[0] not in needed:
            with answering(server.served, "drop a collection"):
                server.client.drop_collection(match[0], timeout=WRITE_S)


def put(server: Server, folder: Path, manifest: Manifest) -> None:
    """Write the shelf of a finished generation. Nobody sees it yet."""
    name = manifest.pointer.shelf
    files: dict[str, tuple[int, int]] = {}
    at = 1
    with answering(server.served, "take a generation in"):
        _create(server, name)
        for file in sorted(path for path in folder.rglob("*") if path.is_file()):
            place = file.relative_to(folder).as_posix()
            if not _FILE.fullmatch(place) or place.endswith(".lock"):
                continue
            first = at
            rows: list[dict[str, Any]] = []
            for part in _parts(file):
                rows.append(_row(at, part))
                at += 1
                if len(rows) == _AT_ONCE:
                    server.client.upsert(name, rows, timeout=WRITE_S)
                    rows = []
            if rows:
                server.client.upsert(name, rows, timeout=WRITE_S)
            files[place] = (first, at - first)
        said = json.dumps(asdict(manifest) | {"files": files})
        server.client.upsert(name, [_row(0, said)], timeout=WRITE_S)
        server.client.flush(name, timeout=WRITE_S)
        server.client.load_collection(name, timeout=WRITE_S)
    if count(server, name) != at:
        raise LibraryUnavailable(
            f"The library {server.served} did not take the whole generation in. It is as it was; "
            "try again."
        )


def point(server: Server, shelf: str) -> None:
    """Let a finished generation be the one that counts, at once for all who read."""
    with answering(server.served, "let the new generation count"):
        if pointed(server) is None:
            server.client.create_alias(shelf, server.served.name, timeout=WRITE_S)
        else:
            server.client.alter_alias(shelf, server.served.name, timeout=WRITE_S)


def fetch(server: Server, manifest: Manifest, folder: Path) -> None:
    """Write the files of a generation into a folder; whoever calls compares them with their sums.

    Raises:
        LibraryUnavailable: they are not such files as a generation has.
    """
    shelf = manifest.pointer.shelf
    for name, (first, rows) in manifest.files.items():
        if not _FILE.fullmatch(name):
            raise LibraryUnavailable(
                f"The library {server.served} is none of refdesk's: it holds a file {name}."
            )
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        with file.open("wb") as out:
            for start in range(first, first + rows, _AT_ONCE):
                wanted = list(range(start, min(start + _AT_ONCE, first + rows)))
                got = _read(server, shelf, wanted)
                for number in wanted:
                    out.write(_unpacked(got[number]))


def _manifest(server: Server, shelf: str) -> Manifest:
    try:
        said = json.loads(_read(server, shelf, [0])[0])
        pointer = Pointer(**said["pointer"])
        files = {name: (int(first), int(rows)) for name, (first, rows) in said["files"].items()}
        manifest = Manifest(str(said["generation"]), str(said["owner"]), pointer, files)
        if not _GENERATION.fullmatch(manifest.generation):
            raise ValueError(manifest.generation)
    except (KeyError, TypeError, ValueError) as error:
        raise LibraryUnavailable(
            f"The collection {shelf} of the library {server.served} is none of refdesk's: name "
            "another library."
        ) from error
    return manifest


def _read(server: Server, shelf: str, wanted: list[int]) -> dict[int, str]:
    server.load(shelf)
    rows = rows_of(server, shelf, wanted, ["id", "data"])
    parts = {int(row["id"]): str(row["data"]) for row in rows}
    if len(parts) < len(wanted):
        raise LibraryUnavailable(
            f"The library {server.served} lacks parts of its files: `refdesk rebuild` in the home "
            "it was made from makes it anew."
        )
    return parts


def _ours(server: Server) -> Iterator[re.Match[str]]:
    with answering(server.served, "list its collections"):
        names = server.client.list_collections(timeout=READ_S)
    for name in names:
        match = _COLLECTION.fullmatch(name)
        if match is not None and match["name"] == server.served.name:
            yield match


def _parts(file: Path) -> Iterator[str]:
    with file.open("rb") as data:
        while part := data.read(_PART):
            yield base64.b64encode(zlib.compress(part, 6)).decode()


def _unpacked(part: str) -> bytes:
    unpacking = zlib.decompressobj()
    return unpacking.decompress(base64.b64decode(part), _PART)


def _row(number: int, data: str) -> dict[str, Any]:
    return {"id": number, "data": data, "vector": [1.0, 0.0]}  # Milvus wants a vector everywhere


def _create(server: Server, name: str) -> None:
    from pymilvus import DataType, MilvusClient

    schema = MilvusClient.create_schema(auto_id=False, enable_dynamic_field=False)
    schema.add_field("id", DataType.INT64, is_primary=True)
    schema.add_field("data", DataType.VARCHAR, max_length=65_535)
    schema.add_field("vector", DataType.FLOAT_VECTOR, dim=2)
    indexes = MilvusClient.prepare_index_params()
    indexes.add_index("vector", index_type="FLAT", metric_type="IP")
    server.client.create_collection(
        name, schema=schema, index_params=indexes, consistency_level="Strong", timeout=WRITE_S
    )
