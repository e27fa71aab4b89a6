"""Reading back what was saved of answers: the JSON of one or of a thread, or an HTML file."""

import json
from typing import Any

from ingest.disk import json_of
from ingest.errors import UsageError
from ui.kept.thread_html import embedded, shown_otherwise


def read(data: bytes) -> tuple[Any, str]:
    """Return the object in a saved file, and what is wrong with the file around it ("": nothing).

    Raises:
        UsageError: it holds none.
    """
    try:
        if data.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] == b"<":
            text = data.decode("utf-8-sig")
            saved = embedded(text)
            return saved, shown_otherwise(text, saved)
        return json_of(data.decode(json.detect_encoding(data))), ""  # shells differ in > too
    except ValueError as error:
        raise UsageError(f"{error}") from error
