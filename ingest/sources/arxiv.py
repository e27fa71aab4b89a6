"""arXiv: the abstract page for what is known of a paper, its HTML or else its PDF for the text.

arXiv makes the HTML by LaTeXML, whose classes (``ltx_…``) say what everything is. The bibliography
is left out: it tells of other papers, not of this one.
"""

import re
from collections.abc import Iterator
from dataclasses import replace

from lxml import etree, html

from ingest import markdown
from ingest.archive import Reply
from ingest.decode import UnreadableError, decode, unpack
from ingest.document import make_document, read_document, status_reason
from ingest.extract import Extract
from ingest.sources.source import Replies, Request
from ingest.urls import canonical, source_of
from ingest.values import Document, Rejection

_ABS = "https://arxiv.org/abs/"
_ENOUGH = 2_000  # characters: a conversion that failed leaves less
_OUT = (
    "ltx_bibliography", "ltx_page_navbar", "ltx_page_header", "ltx_page_footer", "ltx_role_refnum",
    "ltx_note_mark", "ltx_note_type", "ltx_ERROR", "ltx_authors", "ltx_abstract", "ltx_dates",
    "ltx_title_document", "ltx_pagination", "package-alerts", "ltx_tag_note", "ltx_TOC",
)  # fmt: skip
_MARK = re.compile(r"⟦§([^⟧]{1,80})⟧\s*")


def covers(url: str) -> bool:
    """Cover papers; listings and help pages are pages like any other."""
    return source_of(url) == "arxiv" and url.startswith(_ABS)


def requests(url: str, replies: Replies) -> tuple[Request, ...]:
    """Ask for the abstract and the HTML version; where that is missing, for the PDF."""
    first = tuple(Request(each) for each in (url, _html(url)) if each not in replies)
    if first:
        return first
    if _is_dead(replies[url]) or _body_of(_html(url), replies) is not None:
        return ()
    return () if _pdf(url) in replies else (Request(_pdf(url)),)


def read(url: str, replies: Replies) -> Document | Rejection:
    """Read the paper: its abstract, then its sections as the HTML or the PDF has them."""
    known = _abstract(url, replies)
    page = _body_of(_html(url), replies)
    fetched = replies.get(_html(url))
    if page is None:
        page, fetched = _from_pdf(url, replies)
    if page is None or isinstance(fetched, Rejection) or fetched is None:
        return known
    if isinstance(known, Rejection):
        return make_document(url, page, fetched.fetched_at)
    # The abstract stands first, so everything after it moves.
    before = f"{known.text}\n\n"
    return replace(
        known,
        text=before + page.text,
        anchors=tuple((len(before) + start, address) for start, address in page.anchors),
        fetched_at=max(known.fetched_at, fetched.fetched_at),
    )


def _html(url: str) -> str:
    return url.replace("/abs/", "/html/")


def _pdf(url: str) -> str:
    return url.replace("/abs/", "/pdf/")


def _is_dead(reply: Reply | Rejection) -> bool:
    return isinstance(reply, Reply) and reply.status in (404, 410)


def _abstract(url: str, replies: Replies) -> Document | Rejection:
    """Read the abstract page, under whichever spelling it came."""
    found: Document | Rejection = Rejection(url, "not fetched")
    for asked, reply in replies.items():
        if canonical(asked) != url or asked in (_html(url), _pdf(url)):
            continue
        if isinstance(reply, Rejection):
            found = replace(reply, url=url)
            continue
        read = read_document(reply)
        if isinstance(read, Document):
            return replace(read, url=url)
        found = Rejection(url, read.reason)
    return found


def _body_of(address: str, replies: Replies) -> Extract | None:
    reply = replies.get(address)
    if not isinstance(reply, Reply) or status_reason(reply) is not None:
        return None
    try:
        content = decode(
            reply.body,
            url=address,
            content_type=reply.header("Content-Type"),
            content_encoding=reply.header("Content-Encoding"),
        )
        tree = html.document_fromstring(content.text, parser=markdown.parser())
    except (UnreadableError, etree.ParserError, ValueError):
        return None
    articles = tree.xpath("//*[contains(concat(' ', @class, ' '), ' ltx_document ')]")
    if not articles:
        return None
    title = " ".join(tree.xpath("string(//*[contains(@class, 'ltx_title_document')])").split())
    article = articles[0]
    _prune(article)
    _formulas(article)
    _mark_sections(article)
    text, anchors = _anchored(markdown.write(article), address)
    return Extract(title, text, anchors=anchors) if len(text) >= _ENOUGH else None


def _prune(article: html.HtmlElement) -> None:
    for name in _OUT:
        found = article.xpath(f".//*[contains(concat(' ', @class, ' '), ' {name} ')]")
        for element in found:
            element.drop_tree()


def _formulas(article: html.HtmlElement) -> None:
    """Put LaTeX where MathML stands: it says the same and can be read as text."""
    for element in list(article.iter("math")):
        latex = " ".join((element.get("alttext") or "").split())
        latex = re.sub(r"\\(?:displaystyle|textstyle)\s*", "", latex).strip()
        mark = "$$" if element.get("display") == "block" else "$"
        span = html.Element("span")
        span.text = f"{mark}{latex}{mark}" if latex else ""
        span.tail = element.tail
        element.getparent().replace(element, span)


def _mark_sections(article: html.HtmlElement) -> None:
    """Write a section's id into its heading, so that it can be found in the text again."""
    for section in article.iter("section"):
        name = section.get("id")
        headings = section.xpath("./h1|./h2|./h3|./h4|./h5|./h6")
        if name and headings:
            heading = headings[0]
            # one line, however it was set
            words = " ".join(heading.text_content().split())
            for child in list(heading):
                heading.remove(child)
            heading.text = f"⟦§{name}⟧ {words}"


def _anchored(text: str, address: str) -> tuple[str, tuple[tuple[int, str], ...]]:
    """Take the marks out again; return the text and where each section starts."""
    out = ""
    anchors: list[tuple[int, str]] = []
    for piece, name in _split(text):
        out += piece
        if name:
            anchors.append((out.rfind("\n") + 1, f"{address}#{name}"))
    return out, tuple(anchors)


def _split(text: str) -> Iterator[tuple[str, str]]:
    at = 0
    for mark in _MARK.finditer(text):
        yield text[at : mark.start()], mark[1]
        at = mark.end()
    yield text[at:], ""


def _from_pdf(url: str, replies: Replies) -> tuple[Extract | None, Reply | None]:
    from ingest.pdf import extract_pdf  # few papers need it, and it loads a library

    reply = replies.get(_pdf(url))
    if not isinstance(reply, Reply) or status_reason(reply) is not None:
        return None, None
    try:
        body = unpack(reply.body, reply.header("Content-Encoding"))
        page = extract_pdf(body, _pdf(url)) if body.startswith(b"%PDF-") else None
    except UnreadableError:
        return None, None
    return page, reply
