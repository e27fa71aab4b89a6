"""A picture from anywhere as one that refdesk made: its pixels, and nothing else of it.

What decodes it has had holes before: it is called only where too much time or memory costs nothing
but the picture (`ingest.bounded`).
"""

import base64
import io
import warnings
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from PIL import Image, ImageOps

from ingest.reading.decode import UnreadableError
from ingest.reading.pictures import MOST_PIXELS, figure_head

MEDIA_TYPE = "image/webp"
SIDE = 1600
"""Pixels of the longer side, at most."""

_FORMATS = ("PNG", "JPEG", "GIF", "WEBP")


@dataclass(frozen=True, slots=True)
class PictureImage:
    """A picture as WebP, and its size in pixels."""

    picture: bytes
    width: int
    height: int

    def to_plain(self) -> dict[str, Any]:
        """Return it as an object of JSON."""
        return {**asdict(self), "picture": base64.b64encode(self.picture).decode()}

    @classmethod
    def of_plain(cls, plain: Mapping[str, Any]) -> "PictureImage":
        """Return the picture of :meth:`to_plain`."""
        return cls(**{**plain, "picture": base64.b64decode(plain["picture"])})


def redrawn(data: bytes) -> PictureImage:
    """Draw a picture anew, its longer side at most 1,600 pixels; of a moving one the first frame.

    Raises:
        UnreadableError: it is none that can be a figure, or it is damaged.
    """
    if figure_head(data) is None:
        raise UnreadableError("no picture that can be a figure")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            Image.MAX_IMAGE_PIXELS = MOST_PIXELS
            with Image.open(io.BytesIO(data), formats=_FORMATS) as opened:
                opened.draft("RGB", (SIDE, SIDE))
                shown = ImageOps.exif_transpose(opened)
                shown.thumbnail((SIDE, SIDE))
                shown = shown.convert("RGBA" if shown.has_transparency_data else "RGB")
        out = io.BytesIO()
        shown.save(out, "WEBP", quality=85, method=2)
    except (MemoryError, UnreadableError):
        raise
    except Exception as error:  # whatever decoders make of damaged bytes
        raise UnreadableError("damaged: this picture cannot be drawn") from error
    return PictureImage(out.getvalue(), shown.width, shown.height)
