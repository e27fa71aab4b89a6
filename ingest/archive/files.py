"""Files of an archive: their names and order, their indexes, what a crash leaves of them."""

import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from ingest.archive.members import MORE, TORN, Found, Unreadable, members
from ingest.archive.values import Order
from ingest.disk import settle
from ingest.errors import UsageError

IMPORTED = "imported-"
"""What the names of files that were made elsewhere begin with."""
GIVEN = "given-"
"""What the names of files that hold given files begin with."""
INDEX = ".index.jsonl"
"""What the name of a file's index ends with."""
_INDEX_FORMAT = 4
_NUMBERED = re.compile(r"(?:given|fetched|imported)-(\d{6,9})-.+")


def write_index(index: Path, rows: Iterable[Mapping[str, Any]], size: int, trust: str) -> None:
    """Write the index of a WARC file of ``size`` bytes: a row of plain values per record.

    Its first line says what it depends on: the file, whom it trusts (`Seal`), the rows themselves.
    """
    partial = index.with_suffix(".part")
    text = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    body = text.encode("utf-8", "surrogatepass")  # a file may have a name that is no UTF-8
    with partial.open("wb") as out:
        out.write(json.dumps(stamp_of(size, trust, body)).encode() + b"\n" + body)
    settle(partial, index)


def digest_of(body: bytes) -> str:
    """Return the hex SHA-256 by which equal bodies are known."""
    return hashlib.sha256(body).hexdigest()


def order_of(file: str, row: Mapping[str, Any]) -> Order:
    """Return when the record of an index row arrived in its archive."""
    number = number_of(file)
    dated = not number or file.startswith(IMPORTED)
    return number, row.get("fetched_at") or "" if dated else "", row["offset"]


def is_imported(file: str) -> bool:
    """Say whether an archive file was made elsewhere."""
    return file.startswith(IMPORTED)


def number_of(name: str) -> int:
    """Return the number of a file of an archive, 0 for one of before they were numbered."""
    numbered = _NUMBERED.fullmatch(name)
    return int(numbered[1]) if numbered else 0


def stamp_of(size: int, trust: str, body: bytes) -> dict[str, Any]:
    """Return what an index says of itself, and of the file and the trust it was made with."""
    return {"format": _INDEX_FORMAT, "bytes": size, "trust": trust, "rows": digest_of(body)}


def whole_bytes(warc: Path) -> int:
    """Return how many bytes of a ``.warc.gz`` are whole members."""
    end = 0
    for member in members(warc):
        if isinstance(member, Unreadable) and member.damaged:
            break
        end = member.offset + member.length
    return end


def only_torn(warc: Path, end: int) -> bool:
    """Say whether nothing but one torn record follows, as a crash leaves it."""
    return [isinstance(e, Unreadable) and e.reason == TORN for e in members(warc, end)] == [True]


def count_replies(path: Path) -> int:
    """Read a WARC file through and count its replies.

    Raises:
        UsageError: it cannot be read, is not whole, or holds no page.
    """
    records = 0
    try:
        for member in members(path):  # the first damage ends it
            if isinstance(member, Found):
                records += member.record.rec_type in ("response", "resource")
            elif member.damaged:
                raise _not_whole(path, member)
    except FileNotFoundError:
        raise UsageError(f"There is no file {path}.") from None
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror}.") from error
    if not records:
        raise UsageError(f"{path} holds no page: a WARC file with response records is needed.")
    return records


def _not_whole(path: Path, damaged: Unreadable) -> UsageError:
    cure = "get a complete copy and ingest that"
    if damaged.reason.endswith(MORE) and path.suffix == ".gz":  # gzip's way, not WARC's
        cure = (
            f"if its records were packed all in one, unpack them (`gunzip -k {path.name}`) "
            f"and ingest {path.stem}"
        )
    return UsageError(
        f"{path} is not a whole WARC file: at byte {damaged.offset} {damaged.reason}. "
        f"Nothing was taken in; {cure}."
    )
