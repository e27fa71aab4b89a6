"""Notes and highlights under ``/api/v1/notes``: each caller's own, see `ui.serving.visitors`."""

from collections.abc import Callable
from typing import Annotated

from fastapi import APIRouter, Depends, FastAPI, Path, Query, Request
from fastapi.responses import JSONResponse, Response

from assistant.input_limits import QUESTION
from assistant.kept.anchor import Anchor
from assistant.kept.note_form import annotations
from assistant.kept.notes import THREAD, Note, note_object
from ui.kept.note_markdown import notes_markdown
from ui.serving import schema
from ui.serving.access import Access
from ui.serving.asking import AskService
from ui.serving.replies import private, replies
from ui.serving.sent import known_parameters
from ui.serving.visitors import owner_of

Id = Annotated[str, Path(max_length=40, description="As the list of notes has it.")]
_ALL = 1_000_000
_Owner = Callable[[Request], str]


def add_notes(app: FastAPI, asking: AskService, access: Access) -> None:
    """Add the interface to an application."""
    known = [Depends(known_parameters)]
    api = APIRouter(prefix="/api/v1/notes", tags=["notes"], dependencies=known)

    def mine(request: Request) -> str:
        return owner_of(request.headers, access)

    _add_reading(api, asking, mine)
    _add_writing(api, asking, mine)
    app.include_router(api)


def _add_reading(api: APIRouter, asking: AskService, mine: _Owner) -> None:
    """Add what shows the caller's notes and takes them out."""
    notes = asking.desk.notes

    @api.get("", responses=replies(schema.NotesForm, 400))
    async def listed(
        request: Request,
        q: Annotated[str, Query(max_length=QUESTION, description="Their words.")] = "",
        url: Annotated[str, Query(max_length=8_000, description="Only of this page.")] = "",
        tag: Annotated[str, Query(max_length=200)] = "",
        limit: Annotated[int, Query(ge=1, le=1000)] = 100,
        offset: Annotated[int, Query(ge=0, le=10**9)] = 0,
    ) -> Response:
        """List the caller's notes, the one written last first, or find some by their words."""
        owner = mine(request)

        def look() -> list[Note]:
            if q.strip():
                return notes.search(q, owner, limit=offset + limit)[offset:]
            return notes.latest(owner, url=url, tag=tag, limit=limit, offset=offset)

        rows = await asking.look_up(look)
        body = {"notes": [note_object(note) for note in rows], "keeping": notes.keeping}
        return private(JSONResponse(body))

    @api.get("/export", responses=replies(schema.NotesForm, 400))
    async def taken(
        request: Request,
        form: Annotated[str, Query(alias="as", pattern="^(jsonld|markdown)$")] = "jsonld",
    ) -> Response:
        """Return all of the caller's notes: Web Annotations (JSON-LD), or Markdown."""
        owner = mine(request)
        rows = await asking.look_up(lambda: notes.latest(owner, limit=_ALL))
        if form == "markdown":
            reply = Response(notes_markdown(rows), media_type="text/markdown; charset=utf-8")
            ending = "md"
        else:
            reply = JSONResponse(annotations(rows), media_type="application/ld+json")
            ending = "jsonld"
        reply.headers["Content-Disposition"] = f'attachment; filename="refdesk-notes.{ending}"'
        return private(reply)


def _add_writing(api: APIRouter, asking: AskService, mine: _Owner) -> None:
    """Add what changes the caller's notes."""
    desk = asking.desk
    notes = desk.notes

    @api.post("", status_code=201, responses=replies(schema.NoteForm, 400, 404, code=201))
    async def added(new: schema.NewNoteForm, request: Request) -> Response:
        """Fasten a note, or without `note` a highlight, to words of a page or of an answer.

        `url` is the page's address, or `refdesk:thread/` and a kept thread's id.
        """
        owner = mine(request)
        anchor = Anchor(new.quote, new.prefix, new.suffix, new.start, new.start + len(new.quote))

        def add() -> Note:
            if not new.url.startswith(THREAD):
                return desk.note(new.url, anchor, new.note, new.tags, owner=owner)
            thread = desk.threads.show(new.url.removeprefix(THREAD), owner).thread
            where = f"{THREAD}{thread.id}"
            return notes.add(where, thread.title, "", anchor, new.note, new.tags, owner=owner)

        return private(JSONResponse(note_object(await asking.look_up(add)), 201))

    @api.patch("/{id}", responses=replies(schema.NoteForm, 400, 404))
    async def edited(id: Id, new: schema.NoteEditForm, request: Request) -> Response:
        """Change what a note says, or its tags."""
        owner = mine(request)
        note = await asking.look_up(lambda: notes.edit(id, owner, text=new.note, tags=new.tags))
        return private(JSONResponse(note_object(note)))

    @api.delete("/{id}", responses=replies(schema.NoteForm, 404))
    async def deleted(id: Id, request: Request) -> Response:
        """Delete a note for good."""
        owner = mine(request)
        note = await asking.look_up(lambda: notes.delete(id, owner))
        return private(JSONResponse(note_object(note)))
