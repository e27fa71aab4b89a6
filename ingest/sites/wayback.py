"""The Internet Archive's copy of a page that is dead: its documented look-up, then the raw copy."""

import json
import re
from dataclasses import replace
from urllib.parse import quote

from ingest.archive.values import Reply
from ingest.reading.decode import UnreadableError, unpack_reply
from ingest.sites.adapter import Replies, Request

_LOOK_UP = "https://archive.org/wayback/available?url="
_COPY = re.compile(r"https?://web\.archive\.org/web/(\d{4,14})(?:id_)?/(.+)")


def requests(url: str, replies: Replies) -> tuple[Request, ...]:
    """Return what to ask for next to get the archived copy of ``url``."""
    look_up = _LOOK_UP + quote(url, safe="")
    if look_up not in replies:
        return (Request(look_up, interface=True),)
    closest = _closest(replies[look_up])
    if closest is None or closest in replies:
        return ()
    return (Request(closest, interface=True),)


def as_original(reply: Reply) -> Reply:
    """Return a copy's reply under the address it is a copy of; any other reply as it is."""
    copy = _COPY.fullmatch(reply.url)
    return replace(reply, url=copy[2]) if copy else reply


def is_look_up(url: str) -> bool:
    """Say whether an address asks for a copy and is none."""
    return url.startswith(_LOOK_UP)


def is_copy(url: str) -> bool:
    """Say whether an address is that of an archived copy."""
    return bool(_COPY.fullmatch(url))


def _closest(reply: object) -> str | None:
    """Return the address of the raw copy (``id_``: without the archive's own frame)."""
    if not isinstance(reply, Reply) or reply.status != 200:
        return None
    try:
        said = json.loads(unpack_reply(reply))
        closest = said["archived_snapshots"]["closest"]
        copy = _COPY.fullmatch(closest["url"])
    except (UnreadableError, ValueError, KeyError, TypeError):
        return None
    if copy is None or str(closest.get("status", "200")) != "200":
        return None
    return f"https://web.archive.org/web/{copy[1]}id_/{copy[2]}"
