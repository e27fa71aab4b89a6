"""What a picture's first bytes say of it: its kind and its size, before anything decodes it.

Knows the heads of the four formats that pages show figures in; a drawing in SVG is a program to a
browser, and none of them.
"""

import struct
from dataclasses import dataclass

MOST_PIXELS = 40_000_000
"""A picture that claims more is none: decoding it would take hundreds of megabytes."""

_LEAST = 48  # pixels a side: below it are icons and what counts visits
_FRAMES = frozenset({*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC})  # JPEG's markers that tell a size


@dataclass(frozen=True, slots=True)
class PictureHead:
    """What a picture says it is: its media type, and its size in pixels."""

    media_type: str
    width: int
    height: int


def figure_head(data: bytes) -> PictureHead | None:
    """Return what the picture in ``data`` is, None where it is none that can be a figure."""
    head = _png(data) or _gif(data) or _webp(data) or _jpeg(data)
    if head is None or min(head.width, head.height) < _LEAST:
        return None
    return head if head.width * head.height <= MOST_PIXELS else None


def _png(data: bytes) -> PictureHead | None:
    if not data.startswith(b"\x89PNG\r\n\x1a\n") or data[12:16] != b"IHDR" or len(data) < 24:
        return None
    return PictureHead("image/png", *struct.unpack(">II", data[16:24]))


def _gif(data: bytes) -> PictureHead | None:
    if not data.startswith((b"GIF87a", b"GIF89a")) or len(data) < 10:
        return None
    return PictureHead("image/gif", *struct.unpack("<HH", data[6:10]))


def _webp(data: bytes) -> PictureHead | None:
    if data[:4] != b"RIFF" or data[8:12] != b"WEBP" or len(data) < 30:
        return None
    if data[12:16] == b"VP8X":
        width, height = (1 + int.from_bytes(data[at : at + 3], "little") for at in (24, 27))
    elif data[12:16] == b"VP8L":
        bits = int.from_bytes(data[21:25], "little")
        width, height = 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)
    elif data[12:16] == b"VP8 ":
        width, height = (side & 0x3FFF for side in struct.unpack("<HH", data[26:30]))
    else:
        return None
    return PictureHead("image/webp", width, height)


def _jpeg(data: bytes) -> PictureHead | None:
    if not data.startswith(b"\xff\xd8\xff"):
        return None
    at = 2
    while at + 9 <= len(data) and data[at] == 0xFF:
        if data[at + 1] in _FRAMES:
            height, width = struct.unpack(">HH", data[at + 5 : at + 9])
            return PictureHead("image/jpeg", width, height)
        if data[at + 1] == 0xFF:  # it may be filled up before a marker
            at += 1
            continue
        at += 2 + int.from_bytes(data[at + 2 : at + 4], "big")
    return None
