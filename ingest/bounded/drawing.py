"""What is asked of a reading process that is to draw what an archive holds: a page, a picture."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from ingest.archive.values import Record
from ingest.archive.warc import Archive
from ingest.page import record_of
from ingest.reading.decode import UnreadableError, unpack_reply
from ingest.reading.pdf_figures import Place, place_of
from ingest.reading.pdf_image import PageImage, page_image, place_image
from ingest.reading.picture_image import PictureImage, redrawn


@dataclass(frozen=True, slots=True)
class Drawing:
    """What it takes to draw something: its archive, and the records it may be in.

    ``number`` is that of a page of a PDF file; 0 stands for a picture: a file's own, or what stands
    at a place on a page of a PDF file.
    """

    folder: Path
    records: tuple[Record, ...]
    number: int
    place: Place | None = None

    def message(self) -> dict[str, Any]:
        """Return it as an object of JSON, for another process."""
        return {
            "folder": str(self.folder),
            "records": [asdict(record) for record in self.records],
            "number": self.number,
            "place": self.place.address if self.place else "",
        }

    @classmethod
    def of(cls, message: Mapping[str, Any]) -> "Drawing":
        """Return the drawing of a :meth:`message`."""
        records = tuple(record_of(record) for record in message["records"])
        return cls(Path(message["folder"]), records, message["number"], place_of(message["place"]))

    def __call__(self) -> PageImage | PictureImage:
        """Draw it from the first record that holds it.

        Raises:
            UnreadableError: none of them holds what can be drawn.
        """
        archive = Archive(self.folder)
        why = UnreadableError("nothing to draw")
        for record in self.records:
            try:
                reply = archive.read(record)
                body = unpack_reply(reply)
                if self.place:
                    return place_image(body, self.place)
                return page_image(body, self.number) if self.number else redrawn(body)
            except UnreadableError as error:
                why = error
        raise why
