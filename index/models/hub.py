"""One file from the model hub, or any HTTP server, into a ``.part`` file that can go on growing.

Knows ranges, time limits and what a hub's addresses look like. Nothing of what came is trusted:
the caller checks the SHA-256.
"""

import os
import queue
import threading
from collections.abc import Callable
from pathlib import Path

import httpx

from index.models.files import size_of
from index.models.pins import Hub
from ingest.text.digits import whole_number

REACH_SECONDS = 4.0  # to the first byte of an answer: names, proxies, TLS and redirects included
STALL_SECONDS = 15.0
_CHUNK = 1 << 20


class SourceError(Exception):
    """One way to a file did not lead there; the message says why, for a person."""


def hub_url(hub: Hub, name: str) -> str:
    """Return the address of a hub's file; ``HF_ENDPOINT`` names another hub."""
    endpoint = os.environ.get("HF_ENDPOINT") or "https://huggingface.co"
    return f"{endpoint.rstrip('/')}/{hub.repo}/resolve/{hub.revision}/{name}"


def fetch(url: str, part: Path, size: int | None, progress: Callable[[int, int], None]) -> None:
    """Bring ``part`` to the whole of ``url``, going on from the bytes it already has.

    Args:
        url: the file's address.
        part: the file to extend or make.
        size: the size it must have in bytes, None if unknown.
        progress: called with (bytes there, bytes in all).

    Raises:
        SourceError: offline by ``HF_HUB_OFFLINE``, no answer within 4 s, an answer that is not
            the file, or a connection that broke and could not be taken up again.
    """
    if os.environ.get("HF_HUB_OFFLINE", "").upper() in {"1", "ON", "YES", "TRUE"}:
        raise SourceError("HF_HUB_OFFLINE is set")
    try:
        with httpx.Client(
            follow_redirects=True, timeout=httpx.Timeout(STALL_SECONDS, connect=REACH_SECONDS)
        ) as client:
            while True:
                have = size_of(part)
                if have == size:
                    return
                if size is not None and have > size:
                    part.unlink()
                    continue
                response = _reach(client, url, have)
                try:
                    _receive(response, part, have, size, progress)
                    return
                except httpx.TransportError as error:
                    if size_of(part) <= have:  # else take it up again from there
                        raise SourceError(f"the connection to {url} broke: {error}") from error
                finally:
                    response.close()
    except (httpx.InvalidURL, ValueError, ImportError) as error:  # a bad endpoint or proxy setting
        raise SourceError(f"cannot ask {url}: {error}") from error


def _reach(client: httpx.Client, url: str, have: int) -> httpx.Response:
    """Open ``url`` at byte ``have`` within REACH_SECONDS in all.

    A thread, because no timeout of the client bounds the resolver, several addresses tried in
    turn, and redirects together.
    """
    answers: queue.SimpleQueue[httpx.Response | Exception] = queue.SimpleQueue()

    def ask() -> None:
        headers = {"Accept-Encoding": "identity"}
        if have:
            headers["Range"] = f"bytes={have}-"
        try:
            answers.put(client.send(client.build_request("GET", url, headers=headers), stream=True))
        except Exception as error:  # handed to the caller, whatever it is
            answers.put(error)

    threading.Thread(target=ask, daemon=True).start()
    try:
        answer = answers.get(timeout=REACH_SECONDS)
    except queue.Empty:
        raise SourceError(f"{url} did not answer within {REACH_SECONDS:g} s") from None
    if isinstance(answer, Exception):
        raise SourceError(f"{url} cannot be reached: {answer}") from answer
    return answer


def _receive(
    response: httpx.Response,
    part: Path,
    have: int,
    size: int | None,
    progress: Callable[[int, int], None],
) -> None:
    if response.status_code == 200:
        have = 0  # the server does not continue files
    elif response.status_code != 206:
        raise SourceError(f"{response.url} answered {response.status_code}")
    elif not response.headers.get("Content-Range", "").startswith(f"bytes {have}-"):
        raise SourceError(f"{response.url} answered with another range than asked")
    length = whole_number(response.headers.get("Content-Length", ""))
    total = size if length is None else have + length
    if size is not None and total != size:
        raise SourceError(f"{response.url} has {total} bytes where {size} are pinned")
    with part.open("r+b" if part.exists() else "wb") as file:
        file.truncate(have)
        file.seek(have)
        for chunk in response.iter_raw(_CHUNK):
            have += len(chunk)
            if total is not None and have > total:
                raise SourceError(f"{response.url} sent more than it announced")
            file.write(chunk)
            file.flush()  # a kill loses at most the chunk on its way
            progress(have, total or have)
    if total is not None and have < total:
        raise SourceError(f"{response.url} ended after {have} of {total} bytes")
