"""Taking things in by REST: an address, a page as seen, a file; jobs, and building anew.

Only for those who hold the token: without one, nothing that is served changes the library.
"""

import json
import re
from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from fastapi import APIRouter, Depends, FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from pydantic import ValidationError
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException

from assistant.desk import Desk
from ingest.errors import UsageError
from ingest.gathering.sent import SeenPage, check_address, file_resource, page_resource
from ingest.links.urls import without_user
from ui.serving import schema
from ui.serving.access import Access
from ui.serving.jobs import Job, Jobs, Work
from ui.serving.sent import known_parameters

LOCKED = (
    "Nothing is taken in without a token: start `refdesk serve` with REFDESK_TOKEN set, and send "
    "it as Authorization: Bearer TOKEN."
)
_HALF = re.compile(rb"\\u[dD][89a-fA-F]")  # as JSON spells it
_BODIES = {
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {"schema": schema.IngestForm.model_json_schema()},
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["file"],
                    "properties": {"file": {"type": "string", "format": "binary"}},
                }
            },
        },
    }
}


def add_ingest(
    app: FastAPI,
    jobs: Jobs,
    access: Access,
    replies: Callable[..., dict[int | str, dict[str, Any]]],
) -> None:
    """Add the interface to an application; ``replies`` describes what its doors answer."""

    def keeping() -> None:
        if access.token is None:
            raise HTTPException(403, LOCKED)

    first = [Depends(keeping), Depends(known_parameters)]
    api = APIRouter(prefix="/api/v1", tags=["refdesk"], dependencies=first)
    described = replies(schema.JobForm, 400, 403, 429)

    @api.post("/ingest", status_code=202, responses=described, openapi_extra=_BODIES)
    async def ingest(request: Request) -> Response:
        """Take in an address, a page as it is seen (`url` and `html`), or a file.

        What is wrong with it is said at once; the rest is a job, told of at `Location`.
        """
        if request.headers.get("content-type", "").startswith("multipart/form-data"):
            what, work = await _file(request, jobs.desk)
        else:
            what, work = await _page(request, jobs.desk)
        return _accepted(request, jobs.submit(what, work))

    @api.post("/rebuild", status_code=202, responses=described)
    async def rebuild(request: Request) -> Response:
        """Make the library anew from the archive."""
        work: Work = lambda tell, on_outcome: jobs.desk.rebuild(progress=tell)  # noqa: E731
        return _accepted(request, jobs.submit("rebuild", work))

    @api.get("/jobs", responses=replies(schema.JobsForm, 403))
    async def all_jobs() -> Response:
        """List the jobs of this start, the newest first."""
        return JSONResponse({"jobs": [asdict(job) for job in jobs.all()]})

    @api.get("/jobs/{id}", responses=replies(schema.JobForm, 403, 404))
    async def job(id: str) -> Response:
        """Say how far a job is, or what came of it."""
        return JSONResponse(asdict(jobs.get(id)))

    @api.delete("/jobs/{id}", responses=replies(schema.JobForm, 403, 404))
    async def cancel(id: str) -> Response:
        """Give a job up, at its next step; what it had fetched stays in the archive."""
        return JSONResponse(asdict(jobs.cancel(id)))

    app.include_router(api)


def fetching(desk: Desk, url: str, *, refresh: bool = False, wayback: bool = False) -> Work:
    """Return the job that fetches a page and takes it in.

    Raises:
        UsageError: refdesk does not go to such an address.
    """
    check_address(url)
    return lambda tell, on_outcome: desk.ingest(
        [url.strip()], refresh=refresh, wayback=wayback, told=on_outcome, progress=tell
    )


async def _page(request: Request, desk: Desk) -> tuple[str, Work]:
    try:
        sent = schema.IngestForm.model_validate_json(_without_halves(await request.body()))
    except ValidationError as error:
        faults = error.errors(include_url=False, include_input=False)
        raise RequestValidationError(
            [fault | {"loc": ("body", *fault["loc"])} for fault in faults]
        ) from error
    if sent.html is None:
        return f"fetch {without_user(sent.url)}", fetching(
            desk, sent.url, refresh=sent.refresh, wayback=sent.wayback
        )
    page = SeenPage(sent.url, sent.html, sent.title, sent.selection, sent.note)
    page_resource(page)  # what is wrong with it is said now
    return f"take in {without_user(sent.url)}", lambda tell, on_outcome: desk.take_page(
        page, progress=tell
    )


def _without_halves(body: bytes) -> bytes:
    """Return JSON with a mark for each half of a character: browsers cut strings in the middle."""
    if not _HALF.search(body):
        return body
    try:
        text = json.dumps(json.loads(body), ensure_ascii=False)
    except (ValueError, RecursionError):  # no JSON: said by whoever reads it
        return body
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace").encode()


async def _file(request: Request, desk: Desk) -> tuple[str, Work]:
    from ingest.exports.registry import is_export  # few send files

    async with request.form(max_files=1, max_fields=4) as form:
        file = form.get("file")
        if not isinstance(file, UploadFile):
            raise UsageError("A form has to bring the file in a field called file.")
        name, data = file.filename or "", await file.read()
    if not await run_in_threadpool(is_export, name, data):
        file_resource(name, data)  # as above
    return f"take in {name[:200]}", lambda tell, on_outcome: desk.take_file(
        name, data, progress=tell
    )


def _accepted(request: Request, job: Job) -> Response:
    prefix = request.scope.get("root_path", "")
    headers = {"Location": f"{prefix}/api/v1/jobs/{job.id}"}
    return JSONResponse(asdict(job), 202, headers)
