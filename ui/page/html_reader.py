"""The reader view: a document's archived text as a page of its own, the cited passage marked.

The text is Markdown from anywhere. It becomes headings, lists, tables, code and formulas, nothing
else: HTML in it stays text, images become their description, links are http and https only. Figures
are the archived pictures, drawn anew, where their page has them. The
page runs refdesk's own scripts, which its headers name by their digests, and would run no other.
"""

import base64
import hashlib
from collections.abc import Mapping, MutableMapping, Sequence
from html import escape
from types import MappingProxyType
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token

from assistant.kept.notes import Note
from assistant.kept.shown import parser
from index.store.values import Recommendation
from ingest.links.schemes import is_web
from ingest.reading.pictures import PictureHead
from ingest.values import Document
from ui.page import assets
from ui.page.formulas import typeset
from ui.page.html import link, recommended_html
from ui.page.html_deck import make_button
from ui.page.html_ease import size_html
from ui.page.html_figures import in_place_html
from ui.page.i18n import Texts
from ui.page.notes_part import mark, notes_html, script

_SCRIPTS = ("tex.js", "size.js", "reader.js")
_NAMED = (*_SCRIPTS, "notes.js")
_DIGESTS = " ".join(
    f"'sha256-{base64.b64encode(hashlib.sha256(assets.read(name).encode()).digest()).decode()}'"
    for name in _NAMED
)
POLICY = (
    f"default-src 'none'; script-src {_DIGESTS}; style-src 'unsafe-inline'; img-src 'self' data:; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
_LEAVES = frozenset(
    ("paragraph_open", "heading_open", "tr_open", "fence", "code_block", "list_item_open")
)
_DEEPEST = 3  # levels of headings in the contents


class _Renderer(RendererHTML):
    """Markdown tokens as HTML without anything that loads or runs."""

    def image(
        self,
        tokens: Sequence[Token],
        idx: int,
        options: Any,
        env: MutableMapping[str, Any],
    ) -> str:
        """An image would be fetched from elsewhere: its description stands for it."""
        return f'<span class="image">[{escape(tokens[idx].content) or "…"}]</span>'

    def figure(
        self,
        tokens: Sequence[Token],
        idx: int,
        options: Any,
        env: MutableMapping[str, Any],
    ) -> str:
        """A figure is HTML of refdesk's own."""
        return tokens[idx].content

    def formula(
        self,
        tokens: Sequence[Token],
        idx: int,
        options: Any,
        env: MutableMapping[str, Any],
    ) -> str:
        """A formula is set by the browser."""
        return typeset(tokens[idx].content)


def _parser() -> MarkdownIt:
    made = parser(_Renderer)
    made.validateLink = is_web  # type: ignore[method-assign]  # the documented way
    return made


def reader_html(
    document: Document,
    say: Texts,
    *,
    span: tuple[int, int] | None = None,
    live: str = "",
    pdf: str = "",
    places: Sequence[Recommendation] = (),
    notes: Sequence[Note] | None = None,
    pictures: Mapping[int, PictureHead] = MappingProxyType({}),
) -> str:
    """Return the whole page of a document; what overlaps ``span`` of its text is marked.

    ``live`` is the address that opens the original, at the passage where there is one, ``pdf`` that
    of its page as a picture. ``notes`` are those on this document; None where none can be taken.
    ``pictures`` are those that are archived of its figures, by the figure's number.
    """
    tokens = _parser().parse(document.text)
    mark(tokens, notes or ())
    lines = _lines(document.text, span) if span else None
    contents = _marked(tokens, lines)
    _put_figures(tokens, document, pictures, say)
    body = _parser().renderer.render(tokens, _parser().options, {})
    when = document.fetched_at[:10]
    if is_web(document.url):
        about = [
            escape(say("reader.archived", date=when)),
            link(live or document.url, say("reader.live")),
        ]
    else:
        about = [escape(say("card.primer") if document.kind == "note" else say("reader.given"))]
    about += [escape(part) for part in (document.author, document.date) if part]
    if pdf:
        about.append(f'<a href="{escape(pdf)}">{escape(say("reader.pdf"))}</a>')
    tab = escape(say("tab.cards"))
    about.append(
        f'<span class="hand-on" data-tab="{tab}">{make_button(say, url=document.url)}</span>'
    )
    if lines:
        about.append(f'<a href="#passage">{escape(say("reader.to_passage"))}</a>')
    recommended = recommended_html(places, say)
    if recommended:
        recommended = f"<p class='small'>{escape(say('reader.recommended'))}</p>{recommended}"
    title = f"<h1>{typeset(document.title)}</h1>" if not _titled(tokens) else ""
    return page_html(
        say("reader.title", title=document.title),
        f'<p class="about">{" · ".join(about)}</p>{recommended}{_contents(contents, say)}'
        f"{'' if notes is None else notes_html(say, url=document.url, count=len(notes))}"
        f'<article lang="{escape(document.lang)}">{title}{body}</article>'
        f"{'' if notes is None else script()}",
        say,
        document.url,
    )


def missing_html(say: Texts) -> str:
    """Return the page for an address or passage that is not here."""
    return page_html(
        say("reader.none"),
        f"<h1>{escape(say('reader.none'))}</h1><p>{escape(say('reader.none_explain'))}</p>",
        say,
    )


def nowhere_html(say: Texts, home: str) -> str:
    """Return the page for an address that leads nowhere; ``home`` is that of the first page."""
    return page_html(
        say("page.nowhere"),
        f"<h1>{escape(say('page.nowhere'))}</h1><p>{escape(say('page.nowhere_explain'))}</p>",
        say,
        home=home,
    )


def page_html(title: str, body: str, say: Texts, url: str = "", home: str = "") -> str:
    """Return a page of its own, with refdesk's scripts.

    ``url`` is the document that is read, ``home`` leads to the first page.
    """
    style = "".join(map(assets.read, ("formulas.css", "reader.css", "notes.css")))
    home = home or ("./zh/" if say.lang == "zh" else "./")  # a proxy may show it all below a path
    name = hashlib.sha256(url.encode()).hexdigest()[:16] if url else ""
    first, *scripts = (f"<script>{assets.read(name)}</script>" for name in _SCRIPTS)
    return (
        f'<!doctype html><html lang="{say.lang}"><head><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width, initial-scale=1">'
        f'<meta name="color-scheme" content="light dark"><title>{escape(title)}</title>'
        f'<link rel="icon" href="data:,"><style>{style}</style>{first}</head>'
        f"<body>"
        f'<header><a href="{escape(home)}">{escape(say("reader.back"))}</a>'
        f"{size_html(say)}</header>"
        f'<main data-document="{name}">{body}</main>{"".join(scripts)}</body></html>'
    )


def _lines(text: str, span: tuple[int, int]) -> tuple[int, int]:
    """The lines of a text a span touches: the first, and the one after the last."""
    start, end = span
    return text.count("\n", 0, start), text.count("\n", 0, max(start, end - 1)) + 1


def _marked(tokens: Sequence[Token], lines: tuple[int, int] | None) -> list[tuple[int, str, str]]:
    """Give headings names and what lies in ``lines`` its class; return (level, name, heading)."""
    headings: list[tuple[int, str, str]] = []
    first = True
    for place, token in enumerate(tokens):
        if token.type == "heading_open":
            name = f"h{len(headings) + 1}"
            token.attrSet("id", name)
            headings.append((int(token.tag[1]), name, tokens[place + 1].content))
        if token.type == "inline":
            _safe_links(token)
        if lines is None or token.map is None or token.type not in _LEAVES:
            continue
        if token.map[0] < lines[1] and token.map[1] > lines[0] and not token.hidden:
            if token.type == "list_item_open" and not tokens[place + 1].hidden:
                continue  # its paragraphs are marked themselves
            token.attrJoin("class", "cited")
            if first:
                token.attrSet("id", "passage")
                first = False
                if token.type == "heading_open":
                    headings[-1] = (headings[-1][0], "passage", headings[-1][2])
    return headings


def _put_figures(
    tokens: list[Token], document: Document, pictures: Mapping[int, PictureHead], say: Texts
) -> None:
    """Put figures before the outermost blocks that they stand before."""
    for number, figure in reversed(list(enumerate(document.figures, 1))):
        if number not in pictures:
            continue
        line = document.text.count("\n", 0, figure.at)
        place = next(
            (
                place
                for place, token in enumerate(tokens)
                if token.level == 0 and token.map is not None and token.map[0] >= line
            ),
            len(tokens),
        )
        if figure.at >= len(document.text):
            place = len(tokens)
        caption = document.text[figure.start : figure.end]
        made = Token("figure", "figure", 0)
        made.content = in_place_html(document.url, number, pictures[number], caption, say)
        tokens.insert(place, made)


def _safe_links(inline: Token) -> None:
    for token in inline.children or ():
        if token.type == "link_open":
            token.attrSet("rel", "noopener noreferrer nofollow")
            token.attrSet("target", "_blank")


def _titled(tokens: Sequence[Token]) -> bool:
    return bool(tokens) and tokens[0].type == "heading_open" and tokens[0].tag == "h1"


def _contents(headings: Sequence[tuple[int, str, str]], say: Texts) -> str:
    shown = [heading for heading in headings if heading[0] <= _DEEPEST]
    if len(shown) < 3:
        return ""
    rows = "".join(
        f'<li class="l{level}"><a href="#{name}">{typeset(text)}</a></li>'
        for level, name, text in shown
    )
    return f"<details><summary>{escape(say('reader.contents'))}</summary><ul>{rows}</ul></details>"
