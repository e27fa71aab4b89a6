"""What the files of office programs say of themselves (Office Open XML, ECMA-376)."""

from ingest.reading.packed import Packed
from ingest.reading.xml_tree import root_of

_CORE = "docProps/core.xml"
_SAYS = {
    "title": "{http://purl.org/dc/elements/1.1/}title",
    "author": "{http://purl.org/dc/elements/1.1/}creator",
    "date": "{http://purl.org/dc/terms/}modified",
}


def said_of(packed: Packed) -> dict[str, str]:
    """Return title, author and date of a document, "" for what it does not say.

    Raises:
        UnreadableError: the part that says it cannot be read.
    """
    if _CORE not in packed.names:
        return dict.fromkeys(_SAYS, "")
    root = root_of(packed.part(_CORE))
    return {name: " ".join((root.findtext(tag) or "").split()) for name, tag in _SAYS.items()}
