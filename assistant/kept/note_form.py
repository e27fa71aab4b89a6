"""Notes for other programs: the W3C's Web Annotations as JSON-LD."""

from collections.abc import Sequence
from typing import Any

from assistant.kept.notes import Note

_CONTEXT = "http://www.w3.org/ns/anno.jsonld"


def annotations(notes: Sequence[Note]) -> dict[str, Any]:
    """Return notes as an AnnotationPage (https://www.w3.org/TR/annotation-model/)."""
    items = [annotation(note) for note in notes]
    return {"@context": _CONTEXT, "type": "AnnotationPage", "items": items}


def annotation(note: Note) -> dict[str, Any]:
    """Return one note as an Annotation."""
    body: list[dict[str, Any]] = []
    if note.text:
        body.append(
            {"type": "TextualBody", "value": note.text, "format": "text/plain",
             "purpose": "commenting"}
        )  # fmt: skip
    body += [{"type": "TextualBody", "value": tag, "purpose": "tagging"} for tag in note.tags]
    at = note.anchor
    return {
        "@context": _CONTEXT,
        "id": f"urn:refdesk:note:{note.id}",
        "type": "Annotation",
        "motivation": "commenting" if note.text else "highlighting",
        "created": note.created,
        "modified": note.updated,
        "body": body,
        "target": {
            "source": note.url,
            "selector": [
                {"type": "TextQuoteSelector", "exact": at.exact, "prefix": at.prefix,
                 "suffix": at.suffix},
                {"type": "TextPositionSelector", "start": at.start, "end": at.end},
            ],
        },
    }  # fmt: skip
