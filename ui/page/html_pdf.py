"""A page of an archived PDF as a page of its own: its picture, the quoted words marked.

Over the picture lies its text, unseen, to be selected, searched and read aloud. All of it is
anybody's, and is escaped.
"""

import base64
from collections.abc import Sequence
from html import escape
from urllib.parse import quote

from ingest.links.schemes import is_web
from ingest.reading.pdf_image import PageImage, TextLine
from ui.page.formulas import typeset
from ui.page.html import link
from ui.page.html_reader import page_html
from ui.page.i18n import Texts
from ui.page.pdf_marks import Box

_QUOTED = 600  # characters of a quotation that an address carries


def pdf_address(
    say: Texts, *, passage: str = "", url: str = "", said: str = "", page: int = 0, up: str = ""
) -> str:
    """Return the address of this view, below ``up``.

    ``passage`` is a passage's key, ``url`` a document's address, ``said`` the words to mark in it,
    ``page`` the number of the page (0: where the words are).
    """
    parts = {"passage": passage, "url": url, "quote": said[:_QUOTED], "page": str(page or "")}
    query = "&".join(f"{name}={quote(value, safe='')}" for name, value in parts.items() if value)
    return f"{up}pdf?{query}&lang={say.lang}#passage"


def pdf_html(
    image: PageImage,
    number: int,
    title: str,
    say: Texts,
    *,
    passage: Sequence[Box],
    quoted: Sequence[Box],
    addresses: Sequence[str],
    text: str,
    live: str,
    sought: bool,
) -> str:
    """Return the view of page ``number``.

    ``passage`` and ``quoted`` are what is marked, ``addresses`` those of the view of the page
    before and after, ``text`` that of the reader view, ``live`` of the original. ``sought`` says
    whether there is anything to mark.
    """
    before, after = addresses
    where = say("pdf.page", page=number, pages=image.pages)
    about = [
        escape(where),
        f'<a href="{escape(text)}">{escape(say("pdf.text"))}</a>',
        *([link(live, say("reader.live"))] if is_web(live) else []),
    ]
    said = (
        ""
        if quoted or passage or not sought
        else f'<p class="small">{escape(say("pdf.unmarked"))}</p>'
    )
    turns = _turn(before, "prev", say("pdf.before")) if number > 1 else ""
    turns += _turn(after, "next", say("pdf.after")) if number < image.pages else ""
    turning = f'<nav class="turns" aria-label="{escape(say("pdf.turn"))}">{turns}</nav>'
    picture = base64.b64encode(image.picture).decode()
    marks = f'<g id="passage">{_marks(passage, "cited")}{_marks(quoted, "quoted")}</g>'
    body = (
        f'<h1>{typeset(title)}</h1><p class="about">{" · ".join(about)}</p>{said}{turning}'
        f'<div class="sheet" tabindex="0" role="region" aria-label="{escape(where)}"><figure>'
        f'<img alt="" width="{image.width}" height="{image.height}" '
        f'src="data:image/webp;base64,{picture}">'
        f'<svg viewBox="0 0 {image.width} {image.height}">{marks}'
        f"{''.join(map(_line, image.lines))}</svg></figure></div>{turning}"
    )
    return page_html(f"{title}: {where}", body, say)


def unread_html(title: str, why: str, text: str, say: Texts) -> str:
    """Return what is shown of a page that cannot be drawn."""
    body = (
        f"<h1>{typeset(title)}</h1><p>{escape(say('pdf.unread'))}</p>"
        f'<p class="small" lang="en">{escape(why)}</p>'
        f'<p><a href="{escape(text)}">{escape(say("pdf.text"))}</a></p>'
    )
    return page_html(title, body, say)


def _turn(address: str, which: str, said: str) -> str:
    return f'<a rel="{which}" href="{escape(address)}">{escape(said)}</a>'


def _marks(boxes: Sequence[Box], look: str) -> str:
    return "".join(
        f'<rect class="{look}" x="{box.left:g}" y="{box.top:g}" '
        f'width="{box.right - box.left:g}" height="{box.bottom - box.top:g}"/>'
        for box in boxes
    )


def _line(line: TextLine) -> str:
    height = line.bottom - line.top
    return (
        f'<text x="{line.edges[0]:g}" y="{line.bottom - 0.24 * height:g}" '
        f'font-size="{0.8 * height:.1f}" textLength="{line.edges[-1] - line.edges[0]:g}" '
        f'lengthAdjust="spacingAndGlyphs">{escape(line.text)}\n</text>'
    )
