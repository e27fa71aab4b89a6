"""What a program is told when it is refused: one form for each kind of door.

Below ``/v1`` it is OpenAI's, everywhere else a problem as RFC 9457 has it, with the text under
``error`` too. What was sent is never repeated: it may be large, or meant for nobody's eyes.
"""

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response

from assistant.kept.database import DatabaseUnavailable
from index.milvus.client import LibraryUnavailable
from ingest.errors import HomeBusy, ModelUnavailable, NothingFound, RefdeskError, UsageError
from ui.serving.prefix import prefix_of
from ui.serving.turns import TooMany

PROBLEM = "application/problem+json"
RETRY_AFTER = "10"
"""Seconds after which a caller that was turned away may ask again: about one answer."""
_STATUS: tuple[tuple[type[RefdeskError], int], ...] = (
    (LibraryUnavailable, 503),  # before what it is a kind of
    (DatabaseUnavailable, 503),
    (UsageError, 400),
    (NothingFound, 404),
    (HomeBusy, 409),
    (TooMany, 429),
    (ModelUnavailable, 503),
)
_KINDS = {
    401: "authentication_error", 404: "not_found_error", 429: "rate_limit_error",
    500: "server_error", 503: "server_error",
}  # fmt: skip
_CODES = {401: "invalid_api_key"}
_NO_V1 = ("/chat/completions", "/completions", "/responses", "/embeddings", "/models")
_FAULTS = 20  # of a request that are named
_LONGEST = 1000  # characters of a refusal: it may quote what was sent


def status_of(error: RefdeskError) -> int:
    """Return the HTTP status of an error."""
    return next((code for kind, code in _STATUS if isinstance(error, kind)), 500)


def problem(status: int, text: str, faults: Sequence[Mapping[str, str]] = ()) -> dict[str, Any]:
    """Return a refusal as RFC 9457 has it; ``faults`` are the fields that are wrong."""
    text = _sendable(text)
    said: dict[str, Any] = {
        "type": "about:blank", "title": _title(status), "status": status, "detail": text,
        "error": text,
    }  # fmt: skip
    return said | {"errors": list(faults)} if faults else said


def openai_error(
    status: int, text: str, param: str | None = None, code: str | None = None
) -> dict[str, Any]:
    """Return a refusal as OpenAI's clients read it."""
    kind = _KINDS.get(status, "invalid_request_error")
    code = code or _CODES.get(status)
    said = _sendable(text)
    return {"error": {"message": said, "type": kind, "param": param, "code": code}}


def refusal(
    path: str, status: int, text: str, headers: Mapping[str, str] | None = None
) -> Response:
    """Return a refusal in the form the callers of ``path`` read."""
    given = dict(headers or {})
    if status == 401:
        given["WWW-Authenticate"] = "Bearer"
    if status == 429:
        given.setdefault("Retry-After", RETRY_AFTER)
    if _is_openais(path):
        return JSONResponse(openai_error(status, text), status, given)
    return JSONResponse(problem(status, text), status, given, PROBLEM)


def nothing_here(path: str) -> Response:
    """Return the refusal of a path there is nothing at."""
    if path.rstrip("/").endswith(_NO_V1) and not path.startswith(("/v1/", "/api/")):
        return refusal(path, 404, f"There is nothing at {path[:100]}: the base URL ends in /v1.")
    offers = "POST /v1/chat/completions and GET /v1/models" if _is_openais(path) else (
        "see /api/v1/openapi.json")  # fmt: skip
    return refusal(path, 404, f"There is nothing at {path[:100]}: {offers}.")


def explain_errors(app: FastAPI) -> None:
    """Let an application answer errors in these forms."""

    def refused(request: Request, error: Exception) -> Response:
        assert isinstance(error, RefdeskError)  # noqa: S101  # registered for these
        return refusal(_path(request), status_of(error), str(error))

    def invalid(request: Request, error: Exception) -> Response:
        assert isinstance(error, RequestValidationError)  # noqa: S101  # as above
        faults = faults_of(error.errors())
        return JSONResponse(problem(422, told(faults), faults), 422, media_type=PROBLEM)

    def of_http(request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)  # noqa: S101  # as above
        path = _path(request)
        if error.status_code == 404:
            return nothing_here(path)
        if error.status_code == 405:
            allowed = (error.headers or {}).get("Allow", "another method")
            text = f"{path[:100]} is not for {request.method[:20]}: use {allowed}."
            return refusal(path, 405, text, error.headers)
        return refusal(path, error.status_code, str(error.detail), error.headers)

    def failed(request: Request, error: Exception) -> Response:
        text = f"refdesk failed in a way it should not: {type(error).__name__}. Its log says more."
        return refusal(_path(request), 500, text)

    app.add_exception_handler(RefdeskError, refused)
    app.add_exception_handler(RequestValidationError, invalid)
    app.add_exception_handler(HTTPException, of_http)
    app.add_exception_handler(Exception, failed)


def _path(request: Request) -> str:
    path: str = request.scope["path"]
    return path.removeprefix(prefix_of(request.scope))


def faults_of(errors: Sequence[Mapping[str, Any]]) -> list[dict[str, str]]:
    """Return what is wrong with which field, of errors as pydantic lists them; no value is told.

    The first part of each place says where the fields came: in the body, the path or the query.
    """
    return [_fault(error) for error in errors[:_FAULTS]]


def told(faults: Sequence[Mapping[str, str]]) -> str:
    """Return faults as a sentence."""
    return "; ".join(f"{fault['field']}: {fault['message']}" for fault in faults)


def _fault(error: Mapping[str, Any]) -> dict[str, str]:
    where = [str(part) for part in error["loc"]]
    named = error.get("ctx", {}).get("named", "")  # of fields that are not known: see `sent`
    field = ".".join([*where[1:], *([named] if named else [])])
    return {"field": field or where[0], "message": str(error["msg"])}


def _is_openais(path: str) -> bool:
    return path == "/v1" or path.startswith("/v1/") or path.rstrip("/") in _NO_V1


def _sendable(text: str) -> str:
    """Return a text short enough to be read, without the halves of characters JSON may bring."""
    short = text if len(text) <= _LONGEST else f"{text[:_LONGEST]} …"
    return short.encode("utf-8", "replace").decode("utf-8")


def _title(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "Refused"
