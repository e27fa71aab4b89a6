"""The REST interface under ``/api/v1``: what the command line prints as JSON, for programs.

Knows HTTP; what a question or a search gives lies behind the desk. OpenAPI describes it at
``/api/v1/openapi.json``.
"""

from collections.abc import AsyncGenerator, Callable
from typing import Annotated, Any

from fastapi import APIRouter, Depends, FastAPI, Path, Query, Request
from fastapi.responses import JSONResponse, Response

from assistant.answering.evidence import PASSAGES
from assistant.answering.values import Event
from assistant.contract import to_json
from assistant.input_limits import PASTED, QUESTION
from assistant.references.forms import form_of
from ingest.errors import RefdeskError, UsageError
from ui.filters import filters_of
from ui.serving import schema
from ui.serving.access import Access
from ui.serving.asking import AskRequest, AskService, Waiting, exchanges
from ui.serving.cited import Format, cited, described
from ui.serving.ingest_api import add_ingest
from ui.serving.jobs import Jobs
from ui.serving.refusals import problem, status_of
from ui.serving.replies import replies
from ui.serving.sent import known_parameters
from ui.serving.streams import GONE, EventStream, Gone, event, unless_gone

_STREAM = (
    "event: hits\ndata: {...}\n\nevent: extractive\ndata: {...}\n\nevent: queue\n"
    'data: {"before": 1}\n\nevent: sentence\ndata: {...}\n\nevent: done\ndata: {...}\n\n'
)
_PICTURE = {
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "private, max-age=3600",
}
Many = Annotated[list[str] | None, Query()]
Events = AsyncGenerator[Event | Waiting, None]
Writer = Callable[[Event | Waiting, Events], AsyncGenerator[str, None]]
"""Puts a first event, and those that follow, into the words of a stream."""


def add_api(app: FastAPI, asking: AskService, jobs: Jobs, access: Access) -> None:
    """Add the interface to an application."""
    add_ingest(app, jobs, access, replies)
    api = APIRouter(prefix="/api/v1", tags=["refdesk"], dependencies=[Depends(known_parameters)])
    _add_asking(api, asking)
    _add_sources(api, asking)
    _add_passages(api, asking)
    _add_taking_out(api, asking)
    app.include_router(api)
    app.add_exception_handler(Gone, _gone)


def _add_asking(api: APIRouter, asking: AskService) -> None:
    @api.get("/search", responses=replies(schema.SearchForm, 400, 404))
    async def search(
        q: Annotated[
            str,
            Query(examples=["grouped-query attention"], json_schema_extra={"maxLength": PASTED}),
        ],
        k: Annotated[int, Query(ge=1, le=100)] = 10,
        list: Many = None,
        section: Many = None,
        difficulty: Many = None,
        kind: Many = None,
        lang: Many = None,
    ) -> Response:
        """Find the best passages for a query, without a model; filters may be repeated."""
        filters = filters_of(list, section, difficulty, kind, lang)
        return JSONResponse(
            await asking.look_up(lambda: to_json(asking.desk.search(q, k=k, filters=filters)))
        )

    described: dict[int | str, dict[str, Any]] = replies(schema.AnswerForm, 400, 404, 429, 503)
    described[200]["content"] = {
        "text/event-stream": {"schema": {"type": "string"}, "example": _STREAM}
    }

    @api.post("/ask", responses=described)
    async def ask(asked: schema.AskForm, request: Request) -> Response:
        """Answer a question, each sentence cited.

        With `Accept: text/event-stream` as events: `hits` (the passages), `extractive` (an answer
        in the sources' own words, unless only the model can tell whether they answer), `queue` (how
        many questions come first), `sentence` (each as it is verified, with its new citations), and
        at last `done` (the whole answer) or `error`. A caller that hangs up ends its question.
        """
        question = _question(asked, caller(request))
        if "text/event-stream" in request.headers.get("accept", ""):
            return await begun(request, asking, question, _lines)
        answer = await unless_gone(request, lambda: asking.answer(question))
        return JSONResponse(to_json(answer))


def _add_sources(api: APIRouter, asking: AskService) -> None:
    """Add what is known of sources: which there are, and one of them."""
    desk = asking.desk

    @api.get("/sources", responses=replies(schema.SourcesForm, 400, 404))
    async def sources(
        list: Many = None,
        section: Many = None,
        difficulty: Many = None,
        kind: Many = None,
        lang: Many = None,
        state: Annotated[str | None, Query(examples=["in_library"])] = None,
        offset: Annotated[int, Query(ge=0, le=10**9)] = 0,
        limit: Annotated[int, Query(ge=1, le=1000)] = 100,
    ) -> Response:
        """List what the lists recommend and the library holds, and what became of each."""
        filters = filters_of(list, section, difficulty, kind, lang)
        rows = await asking.look_up(lambda: desk.sources(filters=filters, state=state))
        shown = to_json(rows[offset : offset + limit])
        return JSONResponse({"total": len(rows), "offset": offset, "sources": shown})

    @api.get("/source", responses=replies(schema.KnownForm, 404))
    async def source(
        url: Annotated[str, Query(max_length=4000, examples=["https://arxiv.org/abs/1706.03762"])],
    ) -> Response:
        """Say whether the library holds the page of an address: 404 if not."""
        document = await asking.look_up(lambda: desk.read_source(url))
        known = {name: getattr(document, name) for name in ("url", "title", "lang", "kind")}
        more = {"archived_at": document.fetched_at, "length": len(document.text)}
        return JSONResponse(known | more)


def _add_passages(api: APIRouter, asking: AskService) -> None:
    """Add what stands in sources: a passage, a picture."""
    desk = asking.desk

    @api.get("/passages/{id}", responses=replies(schema.PassageForm, 404))
    async def passage(
        id: Annotated[str, Path(description="As hits and citations carry it.")],
    ) -> Response:
        """Return one passage."""
        return JSONResponse(await asking.look_up(lambda: to_json(desk.passage(id))))

    described_picture = replies(schema.ErrorForm, 404)
    described_picture[200] = {"content": {"image/webp": {}}, "description": "The picture."}

    @api.get("/figure", responses=described_picture, response_class=Response)
    async def figure(
        url: Annotated[str, Query(max_length=4000, examples=["https://arxiv.org/abs/1706.03762"])],
        number: Annotated[int, Query(ge=1, le=1000)] = 1,
    ) -> Response:
        """Return the picture of a figure of an archived page, drawn anew as WebP."""
        shown = await asking.look_up(lambda: desk.picture(url, number))
        return Response(shown.picture, media_type="image/webp", headers=_PICTURE)


def _add_taking_out(api: APIRouter, asking: AskService) -> None:
    """Add what is made of the library: a reading path, references, its state."""
    desk = asking.desk

    @api.get("/path", responses=replies(schema.PathForm, 400, 404))
    async def path(
        topic: Annotated[str, Query(examples=["LoRA"], json_schema_extra={"maxLength": QUESTION})],
        hours: Annotated[float | None, Query(gt=0, allow_inf_nan=False)] = None,
    ) -> Response:
        """Say what to read on a topic, in which order."""
        return JSONResponse(await asking.look_up(lambda: to_json(desk.path(topic, hours=hours))))

    @api.get("/cite", responses=described())
    async def cite(
        request: Request,
        url: Annotated[list[str] | None, Query(max_length=100)] = None,
        list: Annotated[str | None, Query(description="Every link of this list.")] = None,
        format: Format = "bibtex",
    ) -> Response:
        """Cite sources: as a file of the format, or with `Accept: application/json` in an object.

        The keys of BibTeX depend on their own source alone. Those of a kept thread:
        `/api/v1/threads/{id}/cite`.
        """
        form = form_of(format)
        named = [*(url or ()), *([list] if list else ())]
        if not named:
            raise UsageError("Say what to cite: url=ADDRESS, as often as you like, or list=NAME.")
        items = await asking.look_up(lambda: desk.cite(named))
        return cited(request, format, form, items)

    @api.get("/status", responses=replies(schema.StatusForm, 404))
    async def status() -> Response:
        """Return what the library holds."""
        return JSONResponse(await asking.look_up(desk.status))


def caller(request: Request) -> str:
    """Return whose places in the queue a request takes: its address's."""
    return request.client.host if request.client else ""


async def begun(
    request: Request, asking: AskService, question: AskRequest, write: Writer
) -> Response:
    """Return a stream whose first event is there: what is wrong before that has a status code."""
    events = asking.events(question)
    try:
        first = await unless_gone(request, lambda: anext(events))
    except BaseException:
        await events.aclose()
        raise
    return EventStream(write(first, events), behind=events)


def _question(asked: schema.AskForm, who: str) -> AskRequest:
    filters = filters_of(
        asked.lists, asked.section, list(asked.difficulty or ()), asked.kind, asked.lang
    )
    history = exchanges([(turn.role, turn.content) for turn in asked.history or ()])
    return AskRequest(asked.question, who, "ask", history, asked.k or PASSAGES, filters)


async def _lines(first: Event | Waiting, events: Events) -> AsyncGenerator[str, None]:
    """Yield server-sent events; the last is ``done`` or ``error``."""
    yield _line(first)
    try:
        async for item in events:
            yield _line(item)
    except RefdeskError as error:
        yield event("error", problem(status_of(error), str(error)))


def _line(item: Event | Waiting) -> str:
    if isinstance(item, Waiting):
        return event("queue", {"before": item.before})
    return event(item.name, _data(item))


def _data(item: Event) -> Any:
    if item.answer is not None:
        return to_json(item.answer)
    if item.sentence is not None:
        return to_json(item.sentence) | {"new_citations": to_json(item.citations)}
    return {"hits": to_json(item.hits)}


def _gone(request: Request, error: Exception) -> Response:
    return Response(status_code=GONE)
