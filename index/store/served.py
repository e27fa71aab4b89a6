"""Where a library lies: in a folder, on a Milvus server, in a file of Milvus Lite."""

import re
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from ingest.disk import expanded
from ingest.errors import UsageError

TOKEN = "REFDESK_LIBRARY_TOKEN"  # noqa: S105  # the name of a variable
"""Environment variable that holds the token or ``user:password`` of a server."""

_DEFAULT = "refdesk"
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,59}")


@dataclass(frozen=True, slots=True)
class Served:
    """A library in Milvus: the ``uri`` of the server or the path of the file, its name there."""

    uri: str
    name: str = _DEFAULT

    @property
    def is_file(self) -> bool:
        """Whether it is a file of Milvus Lite."""
        return not self.uri.startswith(("http://", "https://"))

    def __str__(self) -> str:
        return self.uri if self.is_file else f"{self.uri}/{self.name}"


def place(text: str) -> Served | Path:
    """Return what a person names: ``http(s)://HOST:PORT[/NAME]``, a ``.db`` file, or a folder.

    Raises:
        UsageError: it is an address that cannot be one of a library.
    """
    if text.startswith(("http://", "https://")):
        parts = urlsplit(text)
        name = parts.path.strip("/") or _DEFAULT
        if parts.username or parts.password:
            raise UsageError(f"Keep the password out of the library's address: set {TOKEN}.")
        if not parts.hostname or parts.query or parts.fragment or not _NAME.fullmatch(name):
            raise UsageError(
                f"{text} is no address of a library: write http://HOST:PORT/NAME, the name in "
                "letters, digits and underscores."
            )
        return Served(f"{parts.scheme}://{parts.netloc}", name)
    path = expanded(Path(text)).absolute()
    return Served(str(path)) if path.suffix == ".db" else path
