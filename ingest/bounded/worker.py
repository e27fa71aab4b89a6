"""A reading process: takes readings one by one, gives back what they make, and may be ended.

Runs as a program of its own, spoken to in JSON, each message after its length in four bytes.
``{"reading": ...}`` is answered by ``{"results": [...]}`` or ``{"unreachable": ...}``,
``{"list": ...}`` by ``{"toml": ...}`` and ``{"drawing": ...}`` by ``{"image": ...}``, the last two
also by ``{"error": ...}``. It holds
itself to its limits where the system can: too much memory is an error inside it, too many seconds
of the processor end it by a signal, which no library in C can delay.
"""

import base64
import json
import os
import signal
import sys
from collections.abc import Mapping
from dataclasses import asdict
from typing import IO, Any

from ingest.archive.shelf import ArchiveUnreachable
from ingest.bounded.drawing import Drawing
from ingest.bounded.limits import MEMORY
from ingest.bounded.sound import MEMORY_SPENT, soundly, storable
from ingest.errors import RefdeskError
from ingest.exports.registry import read_list
from ingest.failures import Failure
from ingest.lists.catalog_file import dumps
from ingest.lists.parser import parse
from ingest.page import Reading
from ingest.reading.decode import UnreadableError
from ingest.values import Document, Figure, Imprint, Rejection


def send(stream: IO[bytes], message: Mapping[str, Any]) -> None:
    """Write one message."""
    body = json.dumps(message).encode("ascii")
    stream.write(len(body).to_bytes(4, "big") + body)
    stream.flush()


def receive(stream: IO[bytes]) -> dict[str, Any] | None:
    """Read one message, None at the end of the stream."""
    head = stream.read(4)
    if len(head) < 4:
        return None
    size = int.from_bytes(head, "big")
    body = stream.read(size)
    if len(body) < size:
        return None
    message: dict[str, Any] = json.loads(body)
    return message


def to_plain(result: Document | Rejection) -> dict[str, Any]:
    """Return a result as an object of JSON."""
    return asdict(result)


def of_plain(plain: Mapping[str, Any]) -> Document | Rejection:
    """Return the result of `to_plain`."""
    if "reason" in plain:
        return Rejection(plain["url"], plain["reason"])
    return Document(
        **{
            **plain,
            "links": tuple(plain["links"]),
            "aliases": tuple(plain["aliases"]),
            "anchors": tuple((at, url) for at, url in plain["anchors"]),
            "imprint": Imprint.of(plain["imprint"]),
            "figures": tuple(Figure(**figure) for figure in plain["figures"]),
        }
    )


def main() -> None:
    """Read until there is nothing more to read."""
    inlet, outlet = sys.stdin.buffer, os.fdopen(os.dup(1), "wb")
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # what libraries print is no answer
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the one who asks is told, and ends us
    _bound_memory()
    while (message := receive(inlet)) is not None:
        _bound_time(message["seconds"])
        answer = _answer(message)
        _bound_time(0)
        send(outlet, answer)


def _answer(message: Mapping[str, Any]) -> dict[str, Any]:
    if "reading" in message:
        return _read(message["reading"])
    return _draw(message["drawing"]) if "drawing" in message else _parse(message["list"])


def _draw(message: Mapping[str, Any]) -> dict[str, Any]:
    try:
        return {"image": Drawing.of(message)().to_plain()}
    except (UnreadableError, ArchiveUnreachable) as error:
        return {"error": storable(str(error))}
    except MemoryError:
        return {"error": MEMORY_SPENT}
    except Exception as error:  # as `soundly` has it
        return {"error": f"{Failure.READER}: {storable(f'{type(error).__name__}: {error}')[:200]}"}


def _read(message: Mapping[str, Any]) -> dict[str, Any]:
    reading = Reading.of(message)
    try:
        return {"results": [to_plain(result) for result in soundly(reading.url, reading)]}
    except ArchiveUnreachable as error:
        return {"unreachable": storable(str(error))}


def _parse(message: Mapping[str, Any]) -> dict[str, Any]:
    name = message["name"]
    about = {key: message[key] for key in ("name", "base", "origin")}
    try:
        if "data" in message:
            curated = read_list(base64.b64decode(message["data"]), file=message["file"], **about)
        else:
            curated = parse(message["text"], **about)
        return {"toml": dumps(curated), "attached": [asdict(file) for file in curated.attached]}
    except RefdeskError as error:
        return {"error": storable(str(error))}
    except Exception as error:  # as `soundly` has it
        said = storable(f"{type(error).__name__}: {error}")[:200]
        return {"error": f"The list {storable(name)} cannot be read: {Failure.READER}: {said}."}


def _bound_memory() -> None:
    if sys.platform != "win32":  # which has no such limits: there the one who asks watches alone
        import resource

        # data, not addresses: libraries reserve many of those and use few
        resource.setrlimit(resource.RLIMIT_DATA, (MEMORY, MEMORY))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _bound_time(seconds: float) -> None:
    if sys.platform != "win32":
        signal.setitimer(signal.ITIMER_PROF, seconds)  # SIGPROF ends the process by default


if __name__ == "__main__":
    main()
