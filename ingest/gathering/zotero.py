"""A Zotero that runs on this machine, by its local interface (that of its web API, version 3).

Never another machine: what is asked is always 127.0.0.1. Zotero answers once a person allowed it in
its settings.
"""

import json
from typing import Any
from urllib.parse import urlsplit
from urllib.request import url2pathname

import httpx

from ingest.errors import UsageError
from ingest.exports.given import MOST_BYTES
from ingest.text.digits import whole_number

SCHEME = "zotero:"
"""What an address of a running Zotero begins with; the number of another port may follow."""

_PORT = 23119
_AT_ONCE = 100  # the most that the API gives at once
_MOST = 50_000  # items
_PATIENCE_S = 30.0
_STORED = ("imported_file", "imported_url")
_ALLOW = (
    "start Zotero 7 or newer, and in its settings, under Advanced, allow other applications on "
    "this computer to communicate with it"
)


def library(where: str) -> bytes:
    """Return the items and collections of the library, as `ingest.exports.zotero_items` reads them.

    Where the file of a stored attachment lies is asked for, too.

    Args:
        where: ``zotero:``, or ``zotero:PORT``.

    Raises:
        UsageError: no Zotero answers there, it does not allow it, or what it says makes no sense.
    """
    said = where.removeprefix(SCHEME).strip("/")
    port = whole_number(said) or 0
    if said and not 0 < port < 65536:
        raise UsageError(f"{where} names no port: write zotero: or zotero:{_PORT}.")
    at = f"http://127.0.0.1:{port or _PORT}/api/users/0"
    heads = {"Zotero-API-Version": "3"}
    # no proxy, no redirect: nothing but this machine is asked
    with httpx.Client(trust_env=False, timeout=_PATIENCE_S, headers=heads) as client:
        items = _all(client, f"{at}/items")
        for item in items:
            data = item.get("data") if isinstance(item, dict) else None
            if isinstance(data, dict) and data.get("linkMode") in _STORED:
                data["path"] = _path(client, f"{at}/items/{data.get('key')}/file/view/url")
        collections = _all(client, f"{at}/collections")
    return json.dumps({"items": items, "collections": collections}).encode()


def _all(client: httpx.Client, url: str) -> list[Any]:
    """Return every row behind an address, page by page."""
    rows: list[Any] = []
    size = 0
    while True:
        reply = _asked(client, url, start=len(rows), limit=_AT_ONCE)
        size += len(reply.content)
        try:
            page = reply.json()
            total = int(reply.headers.get("Total-Results", ""))
        except ValueError:
            page, total = None, 0
        if not isinstance(page, list):
            raise UsageError(f"What answers at {url} is no Zotero.")
        rows += page
        if not page or len(rows) >= total:
            return rows
        if len(rows) > _MOST or size > MOST_BYTES:
            raise UsageError(
                f"Zotero's library holds more than {_MOST:,} items or {MOST_BYTES / 1e6:.0f} MB: "
                "export a part of it to a file and add that."
            )


def _asked(client: httpx.Client, url: str, **query: int) -> httpx.Response:
    try:
        reply = client.get(url, params=query)
    except httpx.HTTPError as error:
        raise UsageError(
            f"No Zotero answers at {url} ({type(error).__name__}): {_ALLOW}."
        ) from error
    if reply.status_code == httpx.codes.FORBIDDEN:
        raise UsageError(f"Zotero does not let refdesk in: {_ALLOW}.")
    if reply.status_code != httpx.codes.OK:
        raise UsageError(f"Zotero answers {url} with {reply.status_code}.")
    return reply


def _path(client: httpx.Client, url: str) -> str:
    """Return where the file of an attachment lies, "" where Zotero has none."""
    try:
        reply = client.get(url)
    except httpx.HTTPError:
        return ""
    parts = urlsplit(reply.text[:4000].strip())
    if reply.status_code != httpx.codes.OK or parts.scheme != "file" or parts.netloc:
        return ""
    return url2pathname(parts.path)
