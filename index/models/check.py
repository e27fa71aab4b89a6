"""Which weights of a home are not the bytes they were when they came.

Starts compare size and time alone (`index.models.weights`); here every byte is read.
"""

from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

from index.models.files import MARKER, read_record, stamp
from index.models.pins import load_pins
from ingest.disk import sha256_of
from ingest.values import Damage

_ASIDE = ".damaged"


def damages(models_dir: Path) -> Iterator[Damage]:
    """Yield every weight file that is not the pinned one, or not the one of its first use."""
    for path, sha256 in _pinned(models_dir):
        if _digest(path) != sha256:
            yield Damage(
                f"models/{path.relative_to(models_dir)}",
                "its bytes are not the pinned ones",
                "`refdesk check --repair` puts it aside; it is had anew when it is needed",
            )
    for name, known in sorted(read_record(models_dir / "known.json").items()):
        path = Path(name)
        if path.is_file() and _digest(path) != known.get("sha256"):
            yield Damage(
                name,
                "its bytes are not those of its first use",
                "put the file back, or give it another name if you changed it on purpose",
                repairable=False,
            )


def repair(models_dir: Path) -> None:
    """Put aside the pinned files that are damaged, so that they are had anew."""
    for path, sha256 in list(_pinned(models_dir)):
        if _digest(path) != sha256:
            path.replace(path.with_name(f"{path.name}{_ASIDE}"))


def _pinned(models_dir: Path) -> Iterator[tuple[Path, str]]:
    """Yield the files that are here: what is pinned, and what was made of it here and noted."""
    for name, model in load_pins().items():
        folder = models_dir / name
        noted = {file: str(mark["sha256"]) for file, mark in read_record(folder / MARKER).items()}
        for file, sha256 in (noted | {file.name: file.sha256 for file in model.files}).items():
            if (folder / file).is_file():
                yield folder / file, sha256


def _digest(path: Path) -> str:
    status = path.stat()
    return _read(path, status.st_ino, status.st_ctime_ns, *stamp(path).values())


@lru_cache(maxsize=64)  # within one process, as long as nothing was written
def _read(path: Path, *_: int) -> str:
    return sha256_of(path)
