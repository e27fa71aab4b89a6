"""The pictures of a thread's figures in its HTML file: as data, bounded, known by their digests.

The file's JSON names a picture by its digest, its bytes stand where it is shown: once, and so that
a picture that was exchanged is found out like any other word.
"""

import base64
import contextlib
import hashlib
import re
from collections.abc import Callable, Mapping
from typing import Any

from assistant.answering.values import ShownFigure
from assistant.kept.answer_of import answer_of
from assistant.kept.threads import Whole
from ingest.errors import NothingFound

MOST_BYTES = 8_000_000
"""Of all pictures of one file: what is beyond is named with its link."""

_DATA = re.compile(r'<img src="data:image/webp;base64,([A-Za-z0-9+/]+={0,2})"')
_WEBP = re.compile(rb"RIFF.{4}WEBP", re.DOTALL)

Pictures = Mapping[str, bytes]
"""Pictures by the address of the figure's picture."""


def collected(whole: Whole, picture_of: Callable[[ShownFigure], bytes]) -> dict[str, bytes]:
    """Return the pictures that a thread's file is to show, from the first answer on.

    ``picture_of`` draws one as WebP, and raises `NothingFound` where that cannot be done.
    """
    pictures: dict[str, bytes] = {}
    left = MOST_BYTES
    for turn in whole.turns:
        for figure in answer_of(turn.answer).figures:
            with contextlib.suppress(NothingFound):
                picture = pictures.get(figure.url) or picture_of(figure)
                if figure.url not in pictures and len(picture) <= left:
                    pictures[figure.url] = picture
                    left -= len(picture)
    return pictures


def named(pictures: Pictures) -> dict[str, str]:
    """Return the digests of pictures, by the same address."""
    return {url: _digest(picture) for url, picture in pictures.items()}


def shown_in(text: str, saved: Mapping[str, Any]) -> dict[str, bytes]:
    """Return the pictures that a file shows and its JSON names; no other ones."""
    there = {}
    for match in _DATA.finditer(text):
        picture = base64.b64decode(match[1] + "=" * (-len(match[1]) % 4))
        if _WEBP.match(picture):
            there[_digest(picture)] = picture
    digests = saved.get("pictures", {})
    return {url: there[digest] for url, digest in digests.items() if digest in there}


def _digest(picture: bytes) -> str:
    return hashlib.sha256(picture).hexdigest()
