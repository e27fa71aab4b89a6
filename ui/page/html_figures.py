"""Figures as HTML: small beside an answer, whole in the reader. Captions are anybody's: escaped."""

import base64
from collections.abc import Mapping, Sequence
from html import escape

from assistant.answering.values import ShownFigure, figure_path
from ingest.reading.pictures import PictureHead
from ui.page.formulas import typeset
from ui.page.html import link, reader_address, up
from ui.page.i18n import Texts


def beside_html(figures: Sequence[ShownFigure], say: Texts) -> str:
    """Return the figures beside an answer, each small, with its caption and where it is from."""
    rows = []
    for figure in figures:
        name = say("figure.of", n=figure.n, title=figure.title)
        place = f"{reader_address(say, url=figure.source, up=up(say))}#{figure_id(figure.number)}"
        caption = f"<span>{typeset(figure.caption)}</span> " if figure.caption else ""
        rows.append(
            f'<figure><a href="{escape(place)}" target="_blank" rel="noopener">'
            f"{_image(figure.source, figure.number, figure, figure.caption or name, up(say))}</a>"
            f'<figcaption>{caption}<span class="hint">{typeset(name)}</span></figcaption></figure>'
        )
    return f'<div class="figures">{"".join(rows)}</div>' if rows else ""


def kept_html(figures: Sequence[ShownFigure], pictures: Mapping[str, bytes], say: Texts) -> str:
    """Return the figures of an answer for a file that stands alone, their pictures in it as WebP.

    ``pictures`` are by the address of the figure's picture; a figure that has none there is named.
    """
    rows = []
    for figure in figures:
        name = say("figure.of", n=figure.n, title=figure.title)
        words = f"{typeset(figure.caption)} ({link(figure.url, name)})"
        picture = pictures.get(figure.url)
        if picture is None:
            rows.append(f'<p class="hint">{words}</p>')
            continue
        data = base64.b64encode(picture).decode()
        alt = escape(figure.caption or name)
        rows.append(
            f'<figure><img src="data:image/webp;base64,{data}" alt="{alt}" '
            f'width="{figure.width}" height="{figure.height}">'
            f'<figcaption class="hint">{words}</figcaption></figure>'
        )
    return "".join(rows)


def in_place_html(source: str, number: int, head: PictureHead, caption: str, say: Texts) -> str:
    """Return a figure where it stands in the reader; its caption follows as text of the page."""
    words = caption or say("figure.unsaid", number=number)
    return f'<figure id="{figure_id(number)}">{_image(source, number, head, words, "./")}</figure>'


def figure_id(number: int) -> str:
    """Return the name by which the reader's page leads to a figure of a document."""
    return f"figure-{number}"


def _image(source: str, number: int, size: PictureHead | ShownFigure, words: str, up: str) -> str:
    return (
        f'<img src="{escape(up + figure_path(source, number))}" alt="{escape(words)}" '
        f'width="{size.width}" height="{size.height}" loading="lazy" decoding="async">'
    )
