"""References as REST replies: a file of the form asked for, or an object for who asks for JSON."""

from collections.abc import Sequence
from typing import Annotated, Any

from fastapi import Query, Request
from fastapi.responses import JSONResponse, Response

from assistant.references.csl import Item
from assistant.references.forms import FORMS, Form
from ui.serving import schema
from ui.serving.replies import replies

Format = Annotated[str, Query(description=f"One of {', '.join(FORMS)}.")]


def described() -> dict[int | str, dict[str, Any]]:
    """Return what a path that cites may reply, as `replies` does."""
    said = replies(schema.CiteForm, 400, 404)
    said[200]["content"] = {form.media_type: {} for form in FORMS.values()}
    return said


def cited(request: Request, name: str, form: Form, items: Sequence[Item]) -> Response:
    """Return items in the form of a name."""
    text = form.write(items)
    if "application/json" in request.headers.get("accept", ""):
        return JSONResponse({"format": name, "text": text, "items": list(items)})
    return Response(text, media_type=f"{form.media_type}; charset=utf-8")
