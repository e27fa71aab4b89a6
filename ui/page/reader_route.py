"""The reader view's address: ``/read?passage=KEY`` or ``/read?url=URL``."""

from contextlib import suppress

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from assistant.desk import Desk
from assistant.kept.notes import Note
from index.store.catalog import recommendations_of
from ingest.errors import RefdeskError
from ingest.links.urls import deep_link
from ui.page.html_pdf import pdf_address
from ui.page.html_reader import POLICY, missing_html, reader_html
from ui.page.i18n import LANGUAGES, texts
from ui.serving.access import Access
from ui.serving.visitors import owner_of

_NOTES = 500  # on one page

_HEADERS = {
    "Content-Security-Policy": POLICY,
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}


def reader(desk: Desk, access: Access) -> APIRouter:
    """Return the route of the reader view; a visitor's own notes are marked in it."""
    router = APIRouter()

    @router.get("/read", include_in_schema=False)
    def read(request: Request, passage: str = "", url: str = "", lang: str = "en") -> HTMLResponse:
        say = texts(lang if lang in LANGUAGES else "en")
        store = desk.library.store
        stored = store.passage(passage) if passage else None
        document = store.document(stored.url if stored else url)
        if document is None or (passage and stored is None):
            return HTMLResponse(missing_html(say), 404, headers=_HEADERS)
        span = (stored.start, stored.end) if stored else None
        live = ""
        if stored:
            before = document.text[: stored.start]
            live = deep_link(stored.opens_at(stored.start), stored.text, before, stored.fence)
        places = recommendations_of(store, [document.url])[document.url]
        pdf = ""
        if any("#page=" in address for _, address in document.anchors):
            pdf = pdf_address(say, passage=passage, url="" if stored else url, up="./")
        notes: list[Note] | None = None
        with suppress(RefdeskError):  # a page can be read whatever became of the notes
            owner = owner_of(request.headers, access)
            notes = desk.notes.latest(owner, url=document.url, limit=_NOTES)
        heads = {n: desk.picture_head(figure) for n, figure in enumerate(document.figures, 1)}
        pictures = {number: head for number, head in heads.items() if head is not None}
        html = reader_html(
            document, say, span=span, live=live, pdf=pdf, places=places, notes=notes,
            pictures=pictures,
        )  # fmt: skip
        return HTMLResponse(html, headers=_HEADERS)

    return router
