"""The REST interface under ``/api/v1``: what the command line prints as JSON, for programs.

Knows HTTP; what a question or a search gives lies behind the desk.
"""

import json
from collections.abc import Iterator
from typing import Annotated, Any

from fastapi import APIRouter, FastAPI, Query, Request
from fastapi.responses import JSONResponse, StreamingResponse
from pydantic import BaseModel, Field

from assistant.desk import Desk
from assistant.json_form import (
    answer_object,
    citation_object,
    hit_object,
    passage_object,
    sentence_object,
)
from assistant.values import Event
from ingest.errors import HomeBusy, ModelUnavailable, NothingFound, RefdeskError, UsageError
from ui.options import filters_of
from ui.turns import Turns

_STATUS: tuple[tuple[type[RefdeskError], int], ...] = (
    (UsageError, 400),
    (NothingFound, 404),
    (HomeBusy, 409),
    (ModelUnavailable, 503),
)
Many = Annotated[list[str] | None, Query()]


class Asking(BaseModel):
    """A question, and what its sources are narrowed to."""

    question: str = Field(examples=["explain GQA vs MQA"], max_length=4000)
    k: int = Field(8, ge=1, le=50)
    lists: list[str] | None = Field(None, alias="list")
    section: list[str] | None = None
    difficulty: list[str] | None = None
    kind: list[str] | None = None
    lang: list[str] | None = None


def add_api(app: FastAPI, desk: Desk, turns: Turns) -> None:
    """Add the interface to an application; the model is asked in ``turns``."""
    api = APIRouter(prefix="/api/v1")

    @api.get("/search")
    def search(
        q: str,
        k: Annotated[int, Query(ge=1, le=100)] = 10,
        list: Many = None,
        section: Many = None,
        difficulty: Many = None,
        kind: Many = None,
        lang: Many = None,
    ) -> dict[str, Any]:
        """Find the best passages for a query, without a model."""
        filters = filters_of(list, section, difficulty, kind, lang)
        found = desk.search(q, k=k, filters=filters)
        return {
            "query": found.query,
            "hits": [hit_object(hit) for hit in found.hits],
            "timings": {"search_s": round(found.seconds, 4)},
        }

    @api.post("/ask", response_model=None)
    def ask(asking: Asking, request: Request) -> StreamingResponse | dict[str, Any]:
        """Answer a question, each sentence cited; as a stream of events if that is accepted."""
        filters = filters_of(
            asking.lists, asking.section, asking.difficulty, asking.kind, asking.lang
        )
        if not asking.question.strip():
            raise UsageError("The question is empty: say what you want to know.")
        events = desk.stream(asking.question, k=asking.k, filters=filters)
        if "text/event-stream" in request.headers.get("accept", ""):
            return StreamingResponse(
                _lines(events, turns, _caller(request)), media_type="text/event-stream"
            )
        with turns.take(_caller(request)) as turn:
            turn.wait()
            done = [event.answer for event in events if event.name == "done" and event.answer]
        return answer_object(done[-1])

    @api.get("/passages/{key}")
    def passage(key: str) -> dict[str, Any]:
        """Return one passage."""
        found = desk.library.store.passage(key)
        if found is None:
            raise NothingFound(f"There is no passage {key} here.")
        return passage_object(found)

    @api.get("/path")
    def path(topic: str, hours: Annotated[float | None, Query(gt=0)] = None) -> Any:
        """Say what to read on a topic, in which order."""
        from assistant.path_form import to_object

        return to_object(desk.path(topic, hours=hours))

    @api.get("/status")
    def status() -> dict[str, Any]:
        """Return what the library holds."""
        return desk.status()

    @app.get("/healthz")
    def health() -> dict[str, str]:
        """Say that the process answers."""
        return {"status": "ok"}

    @app.get("/readyz")
    def ready() -> dict[str, str]:
        """Say that the library is open."""
        return {"status": "ready", "generation": desk.status()["generation"]}

    app.include_router(api)
    app.add_exception_handler(RefdeskError, _explained)


def _caller(request: Request) -> str:
    return request.client.host if request.client else ""


def _explained(request: Request, error: Exception) -> JSONResponse:
    code = next((code for kind, code in _STATUS if isinstance(error, kind)), 500)
    return JSONResponse({"error": str(error)}, status_code=code)


def _lines(events: Iterator[Event], turns: Turns, caller: str) -> Iterator[str]:
    """Yield Server-Sent Events; the last is ``done`` or ``error``."""
    try:
        with turns.take(caller) as turn:
            turn.wait()
            for event in events:
                yield f"event: {event.name}\ndata: {json.dumps(_data(event))}\n\n"
    except RefdeskError as error:
        yield f"event: error\ndata: {json.dumps({'error': str(error)})}\n\n"


def _data(event: Event) -> Any:
    if event.answer is not None:
        return answer_object(event.answer)
    if event.sentence is not None:
        return sentence_object(event.sentence) | {
            "new_citations": [citation_object(each) for each in event.citations]
        }
    return {"hits": [hit_object(hit) for hit in event.hits]}
