"""Documents that are a ZIP of parts: opened within bounds, and never more of it than is read."""

import io
import zipfile
import zlib
from collections.abc import Mapping

from ingest.reading.decode import MAX_BYTES, UnreadableError
from ingest.reading.xml_tree import checked

_MOST_PARTS = 10_000


class Packed:
    """The parts of a packed document, by name.

    Raises:
        UnreadableError: it is no ZIP, or holds too many parts.
    """

    def __init__(self, body: bytes) -> None:
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(body))
        except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError) as error:
            raise UnreadableError("damaged: it cannot be unpacked") from error
        self.names = set(self._zip.namelist())
        if len(self.names) > _MOST_PARTS:
            raise UnreadableError("too large")
        self._left = MAX_BYTES

    def part(self, name: str) -> bytes:
        """Return a part; all that are read hold at most `MAX_BYTES`.

        Raises:
            UnreadableError: there is none of this name, it is damaged, or they are too large.
        """
        try:
            with self._zip.open(name) as stream:
                data = stream.read(self._left + 1)
        except (KeyError, zipfile.BadZipFile, zlib.error, OSError, RuntimeError, EOFError,
                NotImplementedError, ValueError) as error:  # fmt: skip
            raise UnreadableError(f"damaged: its part {name[:80]} cannot be read") from error
        self._left -= len(data)
        if self._left < 0:
            raise UnreadableError("too large")
        return data

    def with_parts(self, changed: Mapping[str, bytes]) -> bytes:
        """Return the document with some of its parts in another form."""
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w") as made:
            for name in sorted(self.names):
                made.writestr(name, changed[name] if name in changed else self._zip.read(name))
        return out.getvalue()

    def check_xml(self) -> None:
        """Look at every part in XML, for whoever reads them with another parser.

        Raises:
            UnreadableError: together they are too large, or one declares entities.
        """
        for name in sorted(self.names):
            if name.lower().endswith((".xml", ".rels")):
                checked(self.part(name))
