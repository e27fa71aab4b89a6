"""Kept threads under ``/api/v1/threads``: each caller sees its own, see `ui.serving.visitors`."""

from collections.abc import Callable
from typing import Annotated

from fastapi import APIRouter, Depends, FastAPI, Path, Query, Request
from fastapi.responses import JSONResponse, Response

from assistant.input_limits import QUESTION
from assistant.kept.threads import thread_object, whole_object
from assistant.references.forms import form_of
from ui.kept.forms import MEDIA, exported
from ui.serving import schema
from ui.serving.access import Access
from ui.serving.asking import AskService
from ui.serving.cited import Format, cited, described
from ui.serving.replies import private, replies
from ui.serving.sent import known_parameters
from ui.serving.visitors import owner_of

Id = Annotated[str, Path(max_length=40, description="As the list of threads has it.")]
_Owner = Callable[[Request], str]
_CLOSED = "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:"


def add_threads(app: FastAPI, asking: AskService, access: Access) -> None:
    """Add the interface to an application."""
    known = [Depends(known_parameters)]
    api = APIRouter(prefix="/api/v1/threads", tags=["threads"], dependencies=known)

    def mine(request: Request) -> str:
        return owner_of(request.headers, access)

    _add_reading(api, asking, mine)
    _add_taking_out(api, asking, mine)
    _add_writing(api, asking, mine)
    app.include_router(api)


def _add_reading(api: APIRouter, asking: AskService, mine: _Owner) -> None:
    """Add what shows the caller's threads."""
    threads = asking.desk.threads

    @api.get("", responses=replies(schema.ThreadsForm, 400))
    async def listed(
        request: Request,
        q: Annotated[str, Query(max_length=QUESTION, description="Its words.")] = "",
        limit: Annotated[int, Query(ge=1, le=1000)] = 100,
        offset: Annotated[int, Query(ge=0, le=10**9)] = 0,
    ) -> Response:
        """List the caller's threads, the one asked in last first, or find some by their words."""
        owner = mine(request)
        if q.strip():
            rows = await asking.look_up(lambda: threads.search(q, owner, limit=offset + limit))
            rows = rows[offset:]
        else:
            rows = await asking.look_up(lambda: threads.latest(owner, limit=limit, offset=offset))
        shown = [thread_object(thread) for thread in rows]
        return private(JSONResponse({"threads": shown, "keeping": threads.keeping}))

    @api.get("/{id}", responses=replies(schema.ThreadForm, 400, 404))
    async def shown(id: Id, request: Request) -> Response:
        """Return a thread whole: every question with its answer as it was given."""
        owner = mine(request)
        whole = await asking.look_up(lambda: threads.show(id, owner))
        return private(JSONResponse(whole_object(whole)))


def _add_taking_out(api: APIRouter, asking: AskService, mine: _Owner) -> None:
    """Add what makes a file of a thread, or of its sources."""
    threads = asking.desk.threads

    @api.get("/{id}/export", responses=replies(schema.ThreadForm, 400, 404))
    async def taken(
        id: Id,
        request: Request,
        form: Annotated[str, Query(alias="as", examples=list(MEDIA))] = "markdown",
        lang: Annotated[str, Query(examples=["en", "zh"])] = "en",
    ) -> Response:
        """Return a thread as one file: Markdown with footnotes, HTML, or JSON."""
        owner = mine(request)
        picture_of = asking.desk.shown_picture
        text = await asking.look_up(
            lambda: exported(threads.show(id, owner), form, lang, picture_of=picture_of)
        )
        ending, media = MEDIA[form]
        headers = {
            "Content-Disposition": f'attachment; filename="refdesk-{id[:20]}.{ending}"',
            "Content-Security-Policy": _CLOSED,
        }
        return private(Response(text, headers=headers, media_type=media))

    @api.get("/{id}/cite", responses=described())
    async def cite(id: Id, request: Request, format: Format = "bibtex") -> Response:
        """Cite every source of a thread's answers, each once; as `/api/v1/cite` otherwise."""
        form, owner = form_of(format), mine(request)
        items = await asking.look_up(lambda: asking.desk.cite(thread=id, owner=owner))
        return private(cited(request, format, form, items))


def _add_writing(api: APIRouter, asking: AskService, mine: _Owner) -> None:
    """Add what changes the caller's threads."""
    threads = asking.desk.threads

    @api.patch("/{id}", responses=replies(schema.ThreadRowForm, 400, 404))
    async def renamed(id: Id, new: schema.TitleForm, request: Request) -> Response:
        """Give a thread another title."""
        owner = mine(request)
        thread = await asking.look_up(lambda: threads.rename(id, new.title, owner))
        return private(JSONResponse(thread_object(thread)))

    @api.delete("/{id}", responses=replies(schema.ThreadRowForm, 404))
    async def deleted(id: Id, request: Request) -> Response:
        """Delete a thread for good."""
        owner = mine(request)
        thread = await asking.look_up(lambda: threads.delete(id, owner))
        return private(JSONResponse(thread_object(thread)))
