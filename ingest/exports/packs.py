"""What a zipped export holds, member by member: Omnivore's, Notion's and Pocket's come packed."""

import io
import zipfile
from collections.abc import Iterator

from ingest.errors import UsageError

MOST_MEMBERS = 5_000
MOST_UNPACKED = 200_000_000
"""Bytes of all members together."""
_WITHIN = 1  # packs inside a pack: Notion parts a large export so


def is_pack(data: bytes, suffix: str) -> bool:
    """Say whether a file is a zipped export; a document that is one has a name of its own."""
    return suffix == ".zip" and data.startswith(b"PK\x03\x04")


def members(data: bytes, file: str, depth: int = 0) -> Iterator[tuple[str, bytes]]:
    """Yield the name and bytes of every member, in the order of their names.

    Raises:
        UsageError: it is damaged, encrypted, or unpacks to more than is read.
    """
    left = MOST_UNPACKED
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as pack:
            held = [each for each in pack.infolist() if not each.is_dir()]
            if len(held) > MOST_MEMBERS:
                raise UsageError(f"{file} holds more than {MOST_MEMBERS} files: split it.")
            for member in sorted(held, key=lambda each: each.filename):
                if member.filename.startswith("__MACOSX/"):
                    continue
                with pack.open(member) as stream:
                    body = stream.read(left + 1)
                left -= len(body)
                if left < 0:
                    raise UsageError(
                        f"{file} unpacks to more than {MOST_UNPACKED / 1e6:.0f} MB: split it."
                    )
                if member.filename.endswith(".zip") and depth < _WITHIN:
                    yield from members(body, member.filename, depth + 1)
                else:
                    yield member.filename, body
    except (zipfile.BadZipFile, RuntimeError, NotImplementedError, OSError, EOFError) as error:
        raise UsageError(f"{file} cannot be unpacked: {error}.") from error
