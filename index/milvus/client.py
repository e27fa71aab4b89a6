"""The connection to Milvus: opened once a process, and what goes wrong with it said for people."""

import contextlib
import logging
import os
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from index.store.served import TOKEN, Served
from ingest.errors import RefdeskError, UsageError

READ_S = 20.0
"""Seconds a reading call may take."""

WRITE_S = 300.0
"""The same of a writing one: an index is built in it."""

_CONNECT_S = 10.0
_WORDS_FROM = (2, 5)  # the version of Milvus that has BM25
_NOT_THERE = (100, 1600)  # of its error codes: no such collection, no such alias
_DENIED = ("auth", "permission", "privilege")
_WEAK = (
    "fail connecting", "unavailable", "deadline", "cancelled", "not loaded", "no available",
    "timeout", "recovering", "closed channel",
)  # fmt: skip


class LibraryUnavailable(UsageError):
    """The server of a library cannot be reached, or does not do what it is asked."""


class NotThere(LibraryUnavailable):
    """A collection or an alias is not there."""


@dataclass(frozen=True, slots=True)
class Server:
    """A server that answers: pymilvus' client, which threads share, and what it can do."""

    served: Served
    client: Any
    version: str
    has_words: bool
    loaded: set[str] = field(default_factory=set)

    def load(self, name: str) -> None:
        """Have a collection ready to be read; asked once a connection."""
        if name not in self.loaded:
            with answering(self.served, "load a collection"):
                self.client.load_collection(name, timeout=WRITE_S)
            self.loaded.add(name)


_open: dict[str, Server] = {}
_lock = threading.Lock()


def connected(served: Served) -> Server:
    """Return the server of a library, connected.

    Raises:
        LibraryUnavailable: it cannot be reached, or refuses us.
        UsageError: pymilvus is not installed.
    """
    with _lock:
        there = _open.get(served.uri)
        if there is None:
            there = _open[served.uri] = _connect(served)
    return replace(there, served=served)


def forget(served: Served) -> None:
    """Close the connection of a library; the next call connects again."""
    with _lock:
        there = _open.pop(served.uri, None)
    if there is not None:
        there.client.close()


def _connect(served: Served) -> Server:
    try:
        from pymilvus import MilvusClient
    except ImportError:
        raise UsageError(
            f"The library {served} lies in Milvus, for which pymilvus is needed: install "
            "refdesk[milvus]."
        ) from None
    logging.getLogger("pymilvus").setLevel(logging.CRITICAL + 1)  # errors are raised, and said
    if served.is_file:
        Path(served.uri).parent.mkdir(parents=True, exist_ok=True)
    with answering(served, "connect"):
        client = MilvusClient(
            served.uri, token=os.environ.get(TOKEN, ""), timeout=_CONNECT_S, dedicated=True
        )
        version = str(client.get_server_version())
    return Server(served, client, version, served.is_file or _number(version) >= _WORDS_FROM)


def _number(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.lstrip("v").split("-")[0].split(".")[:2])


def _told(error: Exception) -> tuple[object, str]:
    """Return the code and the words of an error of pymilvus, or of gRPC below it."""
    code, details = getattr(error, "code", None), getattr(error, "details", None)
    if callable(code) and callable(details):
        status = getattr(code(), "name", "")
        return status, f"{status}: {details()}"[:200]
    return code, str(getattr(error, "message", "") or error).split("\n")[0][:200]


@contextlib.contextmanager
def answering(served: Served, doing: str) -> Iterator[None]:
    """Say what went wrong while the block asks a server to do something.

    Raises:
        NotThere: what is asked for is not there.
        LibraryUnavailable: it cannot be reached, refuses, or cannot.
    """
    try:
        yield
    except RefdeskError:
        raise
    except Exception as error:  # whatever pymilvus and gRPC make of it
        code, said = _told(error)
        low = said.lower()
        if code in _NOT_THERE or "not found" in low:
            raise NotThere(
                f"The library {served} lacks something it should hold ({said}): it was replaced or "
                "dropped meanwhile. Try again; if it stays so, `refdesk rebuild` makes it anew."
            ) from error
        if served.is_file and ("lock" in low or "another process" in low):
            raise LibraryUnavailable(
                f"The file {served} is open in another process, and Milvus Lite serves one at a "
                "time. Wait until that ends, or use a Milvus server."
            ) from error
        if any(word in low for word in _DENIED):
            raise LibraryUnavailable(
                f"The Milvus server at {served.uri} refuses us ({said}): set {TOKEN} to its token "
                "or user:password."
            ) from error
        if doing == "connect" or any(word in low for word in _WEAK):
            raise LibraryUnavailable(
                f"The Milvus server at {served.uri} cannot be reached ({said}). See that it runs "
                "and that the address is right, then try again; nothing was changed."
            ) from error
        raise LibraryUnavailable(
            f"The Milvus server at {served.uri} could not {doing} ({said}). The library is as it "
            "was."
        ) from error
