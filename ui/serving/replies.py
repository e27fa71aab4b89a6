"""What a path of the REST interface may reply, as OpenAPI describes it."""

from typing import Any

from pydantic import BaseModel
from starlette.responses import Response

from ui.serving import schema
from ui.serving.refusals import PROBLEM

_SAYS = {
    400: "What was asked for cannot be: `detail` says why.",
    403: "Only those who hold the token may, and there is none.",
    404: "Nothing was found, or nothing is indexed yet.",
    422: "What was sent is not as described: `errors` names the fields.",
    429: "Too many questions are waiting: ask again after `Retry-After` seconds.",
    503: "The model could not be had.",
}
_PROBLEM = {PROBLEM: {"schema": schema.whole_schema(schema.ErrorForm)}}


def replies(form: type[BaseModel], *codes: int, code: int = 200) -> dict[int | str, dict[str, Any]]:
    """Return what a path may reply: its form, with ``code``, and the refusals of ``codes``."""
    refused: dict[int | str, dict[str, Any]] = {
        code: {"description": _SAYS[code], "content": _PROBLEM} for code in (*codes, 422)
    }
    said = " ".join((form.__doc__ or "").split())
    return {code: {"model": form, "description": said}} | refused


def private(reply: Response) -> Response:
    """Return a reply that no cache may keep: it is one person's."""
    reply.headers["Cache-Control"] = "no-store"
    return reply
