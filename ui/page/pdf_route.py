"""The address of a PDF's pages: ``/pdf?passage=KEY`` or ``/pdf?url=URL&page=N``."""

import re
from dataclasses import dataclass

from fastapi import APIRouter
from fastapi.responses import HTMLResponse

from assistant.desk import Desk
from index.store.values import StoredPassage
from ingest.errors import NothingFound
from ingest.links.urls import deep_link
from ingest.reading.pdf_image import PageImage
from ingest.values import Document
from ui.page.highlight import readable
from ui.page.html import reader_address
from ui.page.html_pdf import pdf_address, pdf_html, unread_html
from ui.page.html_reader import POLICY, missing_html
from ui.page.i18n import LANGUAGES, texts
from ui.page.pdf_marks import Box, boxes, holds

_HEADERS = {
    "Content-Security-Policy": POLICY,
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
_MOST = 99_999  # pages
_PAGE = re.compile(r"#page=(\d{1,5})\b")


def pdf(desk: Desk) -> APIRouter:
    """Return the route of the view of PDF pages."""
    router = APIRouter()

    @router.get("/pdf", include_in_schema=False)
    def read(
        passage: str = "", url: str = "", quote: str = "", page: int = 0, lang: str = "en"
    ) -> HTMLResponse:
        say = texts(lang if lang in LANGUAGES else "en")
        store = desk.library.store
        stored = store.passage(passage) if passage else None
        document = store.document(stored.url if stored else url)
        file = _file_of(document) if document else ""
        if document is None or not file or (passage and stored is None):
            return HTMLResponse(missing_html(say), 404, headers=_HEADERS)
        text = reader_address(say, passage=passage, url="" if passage else document.url, up="./")
        begins = _page_of(stored)
        try:
            shown = _shown(desk, file, max(1, min(page or begins, _MOST)), begins, quote)
            if not page and quote and not shown.quoted and shown.number < shown.image.pages:
                # a passage may begin on the page before that of its quoted words
                after = _shown(desk, file, shown.number + 1, begins, quote)
                shown = after if after.quoted else shown
        except NothingFound as error:
            return HTMLResponse(
                unread_html(document.title, str(error), text, say), 404, headers=_HEADERS
            )
        image, number = shown.image, shown.number
        around = boxes(image.lines, readable(stored.text)) if stored and number == begins else []
        turns = [
            pdf_address(say, passage=passage, url=url, said=quote, page=other, up="./")
            for other in (number - 1, number + 1)
        ]
        live = f"{file}#page={number}"
        if stored and number == begins:
            before = document.text[: stored.start]
            live = deep_link(stored.opens_at(stored.start), stored.text, before, stored.fence)
        html = pdf_html(image, number, document.title, say, passage=around,
                        quoted=shown.quoted, sought=bool(passage or quote),
                        addresses=turns, text=text, live=live)  # fmt: skip
        return HTMLResponse(html, headers=_HEADERS)

    return router


@dataclass(frozen=True, slots=True)
class _Shown:
    """A page that is drawn, its number, and where the quoted words stand on it."""

    image: PageImage
    number: int
    quoted: list[Box]


def _shown(desk: Desk, file: str, number: int, begins: int, said: str) -> _Shown:
    """Draw a page; words whose passage ``begins`` on another one count if they run over its end."""
    image = desk.page_image(file, number)
    number = min(number, image.pages)
    words = readable(said)
    if number != begins and holds(desk.page_image(file, begins).lines, words):
        return _Shown(image, number, [])
    return _Shown(image, number, boxes(image.lines, words))


def _file_of(document: Document) -> str:
    """Return the address of the PDF file a document was read from; "" where it is none."""
    there = next((address for _, address in document.anchors if _PAGE.search(address)), "")
    return _PAGE.sub("", there)


def _page_of(passage: StoredPassage | None) -> int:
    said = _PAGE.search(passage.opens_at(passage.start)) if passage else None
    return int(said[1]) if said else 1
