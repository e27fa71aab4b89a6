"""The REST interface under ``/api/v1``: what the command line prints as JSON, for programs.

Knows HTTP; what a question or a search gives lies behind the desk. OpenAPI describes it at
``/api/v1/openapi.json``.
"""

from collections.abc import AsyncGenerator, Callable
from typing import Annotated, Any

from fastapi import APIRouter, FastAPI, Path, Query, Request
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel

from assistant.answering.evidence import PASSAGES
from assistant.answering.json_form import (
    answer_object,
    citation_object,
    hit_object,
    passage_object,
    search_object,
    sentence_object,
    source_object,
)
from assistant.answering.values import Event
from assistant.bounds import QUESTION
from ingest.errors import RefdeskError
from ui.cli.options import filters_of
from ui.serving import schema
from ui.serving.asking import Asking, Question, Waiting, exchanges
from ui.serving.refusals import PROBLEM, problem, status_of
from ui.serving.streams import GONE, EventStream, Gone, event, unless_gone

_SAYS = {
    400: "What was asked for cannot be: `detail` says why.",
    404: "Nothing was found, or nothing is indexed yet.",
    422: "What was sent is not as described: `errors` names the fields.",
    429: "Too many questions are waiting: ask again after `Retry-After` seconds.",
    503: "The model could not be had.",
}
_STREAM = (
    "event: hits\ndata: {...}\n\nevent: extractive\ndata: {...}\n\nevent: queue\n"
    'data: {"before": 1}\n\nevent: sentence\ndata: {...}\n\nevent: done\ndata: {...}\n\n'
)
_PROBLEM = {PROBLEM: {"schema": schema.whole_schema(schema.ErrorForm)}}
Many = Annotated[list[str] | None, Query()]
Events = AsyncGenerator[Event | Waiting, None]
Writer = Callable[[Event | Waiting, Events], AsyncGenerator[str, None]]
"""Puts a first event, and those that follow, into the words of a stream."""


def add_api(app: FastAPI, asking: Asking) -> None:
    """Add the interface to an application."""
    api = APIRouter(prefix="/api/v1", tags=["refdesk"])
    _add_asking(api, asking)
    _add_reading(api, asking)
    app.include_router(api)
    app.add_exception_handler(Gone, _gone)


def _add_asking(api: APIRouter, asking: Asking) -> None:
    @api.get("/search", responses=_replies(schema.SearchForm, 400, 404))
    async def search(
        q: Annotated[str, Query(max_length=QUESTION, examples=["grouped-query attention"])],
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
            await asking.look_up(lambda: search_object(asking.desk.search(q, k=k, filters=filters)))
        )

    described: dict[int | str, dict[str, Any]] = _replies(schema.AnswerForm, 400, 404, 429, 503)
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
        return JSONResponse(answer_object(answer))


def _add_reading(api: APIRouter, asking: Asking) -> None:
    desk = asking.desk

    @api.get("/sources", responses=_replies(schema.SourcesForm, 400, 404))
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
        found = await asking.look_up(lambda: desk.sources(filters=filters, state=state))
        shown = [source_object(each) for each in found[offset : offset + limit]]
        return JSONResponse({"total": len(found), "offset": offset, "sources": shown})

    @api.get("/passages/{id}", responses=_replies(schema.PassageForm, 404))
    async def passage(
        id: Annotated[str, Path(description="As hits and citations carry it.")],
    ) -> Response:
        """Return one passage."""
        return JSONResponse(await asking.look_up(lambda: passage_object(desk.passage(id))))

    @api.get("/path", responses=_replies(schema.PathForm, 400, 404))
    async def path(
        topic: Annotated[str, Query(max_length=QUESTION, examples=["LoRA"])],
        hours: Annotated[float | None, Query(gt=0, allow_inf_nan=False)] = None,
    ) -> Response:
        """Say what to read on a topic, in which order."""
        from assistant.learning.path_form import to_object

        found = await asking.look_up(lambda: to_object(desk.path(topic, hours=hours)))
        return JSONResponse(found)

    @api.get("/status", responses=_replies(schema.StatusForm, 404))
    async def status() -> Response:
        """Return what the library holds."""
        return JSONResponse(await asking.look_up(desk.status))


def caller(request: Request) -> str:
    """Return whose places in the queue a request takes: its address's."""
    return request.client.host if request.client else ""


async def begun(request: Request, asking: Asking, question: Question, write: Writer) -> Response:
    """Return a stream whose first event is there: what is wrong before that has a status code."""
    events = asking.events(question)
    try:
        first = await unless_gone(request, lambda: anext(events))
    except BaseException:
        await events.aclose()
        raise
    return EventStream(write(first, events), behind=events)


def _question(asked: schema.AskForm, who: str) -> Question:
    filters = filters_of(
        asked.lists, asked.section, list(asked.difficulty or ()), asked.kind, asked.lang
    )
    history = exchanges([(turn.role, turn.content) for turn in asked.history or ()])
    return Question(asked.question, who, "ask", history, asked.k or PASSAGES, filters)


async def _lines(first: Event | Waiting, events: Events) -> AsyncGenerator[str, None]:
    """Yield server-sent events; the last is ``done`` or ``error``."""
    yield _line(first)
    try:
        async for each in events:
            yield _line(each)
    except RefdeskError as error:
        yield event("error", problem(status_of(error), str(error)))


def _line(each: Event | Waiting) -> str:
    if isinstance(each, Waiting):
        return event("queue", {"before": each.before})
    return event(each.name, _data(each))


def _data(told: Event) -> Any:
    if told.answer is not None:
        return answer_object(told.answer)
    if told.sentence is not None:
        return sentence_object(told.sentence) | {
            "new_citations": [citation_object(each) for each in told.citations]
        }
    return {"hits": [hit_object(hit) for hit in told.hits]}


def _gone(request: Request, error: Exception) -> Response:
    return Response(status_code=GONE)


def _replies(form: type[BaseModel], *codes: int) -> dict[int | str, dict[str, Any]]:
    replies: dict[int | str, dict[str, Any]] = {
        code: {"description": _SAYS[code], "content": _PROBLEM} for code in (*codes, 422)
    }
    said = " ".join((form.__doc__ or "").split())
    return {200: {"model": form, "description": said}} | replies
