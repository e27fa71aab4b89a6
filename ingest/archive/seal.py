"""What is ours: records that speak for refdesk itself count only if this home wrote them.

Such a record (a list, a note of the primer, the end of a visit, what was forgotten) carries an
HMAC-SHA256 (RFC 2104) over address, date and body by a key that never leaves the home. Files that
an import brought, or that were written before there was a key, are adopted by name in a record of
their own, sealed by the same key. A key that is lost or damaged is made anew, and what is here then
is adopted.
"""

import hashlib
import hmac
import json
import re
import secrets
from collections.abc import Callable, Iterable
from pathlib import Path

from ingest.disk import json_of, own_text, write_whole

HEADER = "Refdesk-Seal"
"""The name of the record header that holds a seal."""

_OWN = re.compile(r"(?:given|fetched)-.*\.warc\.gz")
_KEY = "refdesk.key"
_ADOPTED = "adopted.json"


class Seal:
    """The key of one archive and the files it adopted, as they are on disk now.

    Args:
        folder: where the key lies.
        names: returns the names of the archive's files.
    """

    def __init__(self, folder: Path, names: Callable[[], Iterable[str]]) -> None:
        self._folder = folder
        self._names = names
        self.damage: tuple[tuple[str, str], ...] = ()
        self._key = self._read_key()
        self._adopted = self._read_adopted() if self._key else None

    @property
    def trust(self) -> str:
        """A name for what is trusted: it changes with the key."""
        return hashlib.sha256(self._key).hexdigest()[:16] if self._key else ""

    def adopts(self, name: str) -> bool:
        """Say whether a file counts as a whole as written by this home.

        Without a key, or without a sound record of what it adopted, that is every file that has a
        name only this home gives.
        """
        if self._adopted is None:
            return bool(_OWN.fullmatch(name))
        return name in self._adopted

    def of(self, url: str, date: str, body_digest: str) -> str:
        """Return the seal of a record; `ready` was called before."""
        assert self._key is not None  # noqa: S101  # see above
        message = "\n".join((url, date, body_digest)).encode("utf-8", "surrogatepass")
        return hmac.new(self._key, message, hashlib.sha256).hexdigest()

    def holds(self, url: str, date: str, body_digest: str, said: str | None) -> bool:
        """Say whether this home sealed a record."""
        if self._key is None or not said:
            return False
        return hmac.compare_digest(self.of(url, date, body_digest), said.strip())

    def ready(self) -> None:
        """Make sure that there is a key; only the one who may write to the home may call this."""
        if self._key is not None and self._adopted is not None:
            return
        own = [name for name in self._names() if _OWN.fullmatch(name)]
        if self._key is None:
            self._key = secrets.token_bytes(32)
            check = hashlib.sha256(self._key).hexdigest()[:16]
            self._write(_KEY, f"{self._key.hex()} {check}\n")
        self.adopt(own)

    def adopt(self, names: list[str]) -> None:
        """Count files as written by this home, beside those that do already."""
        if self._key is None:
            self.ready()
        assert self._key is not None  # noqa: S101  # made a line ago
        together = sorted({*(self._adopted or ()), *names})
        seal = self._seal_of(together)
        self._write(_ADOPTED, json.dumps({"files": together, "seal": seal}, indent=1) + "\n")
        self._adopted = frozenset(together)
        self.damage = ()

    def _seal_of(self, names: list[str]) -> str:
        assert self._key is not None  # noqa: S101  # both callers have one
        return hmac.new(self._key, json.dumps(names).encode(), hashlib.sha256).hexdigest()

    def _read_key(self) -> bytes | None:
        try:
            key, check = own_text(self._folder / _KEY).split()
            if hashlib.sha256(bytes.fromhex(key)).hexdigest()[:16] == check:
                return bytes.fromhex(key)
        except FileNotFoundError:
            return None
        except (OSError, ValueError):
            pass
        self.damage += ((_KEY, "the key is damaged"),)
        return None

    def _read_adopted(self) -> frozenset[str] | None:
        try:
            said = json_of(own_text(self._folder / _ADOPTED))
            names = said["files"]
            if hmac.compare_digest(self._seal_of(names), said["seal"]):
                return frozenset(names)
        except (OSError, ValueError, KeyError, TypeError):
            pass
        self.damage += ((_ADOPTED, "the record of adopted files is lost or damaged"),)
        return None

    def _write(self, name: str, text: str) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        write_whole(self._folder / name, text, mode=0o600)
