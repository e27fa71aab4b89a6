"""arXiv: the abstract page for what is known of a paper, its HTML or else its PDF for the text."""

import re
from collections.abc import Sequence
from dataclasses import replace

from lxml import etree, html

from ingest.archive.values import Reply
from ingest.links.urls import canonical, source_of
from ingest.reading import markdown
from ingest.reading.decode import UnreadableError, decode_reply, unpack_reply
from ingest.reading.document import make_document, read_document, status_reason
from ingest.reading.extract import Extract
from ingest.reading.figures import moved
from ingest.reading.latexml import extract_latexml
from ingest.reading.prune import prune
from ingest.sites.adapter import Replies, Request
from ingest.text.sentences import one_line
from ingest.values import Document, Rejection

_ABS = "https://arxiv.org/abs/"
_FORM = re.compile(r"https?://[^/]+/(abs|html|pdf)/", re.IGNORECASE)
_DAY = re.compile(r"((?:19|20)\d\d)[/-](\d\d)[/-](\d\d)")


def covers(url: str) -> bool:
    """Cover papers; listings and help pages are pages like any other."""
    return source_of(url) == "arxiv" and url.startswith(_ABS)


def requests(url: str, replies: Replies) -> Sequence[Request]:
    """Ask for the abstract and the HTML version; where that is missing, for the PDF."""
    page, paper, file = url, _address(url, "html"), _address(url, "pdf")
    first = tuple(Request(address) for address in (page, paper) if address not in replies)
    if first:
        return first
    if file in replies or _is_dead(replies[page]) or _is_late(replies[paper]):
        return ()
    return () if _from_html(url, replies[paper], with_abstract=True) else (Request(file),)


def read(url: str, replies: Replies) -> Document | Rejection:
    """Read the paper: its abstract, then its sections as the HTML or the PDF has them."""
    came = _by_form(url, replies)
    known = _abstract_page(url, came.get("abs"))
    for form, read_one in (("html", _from_html), ("pdf", _from_pdf)):
        reply = came.get(form)
        whole = isinstance(known, Rejection)
        page = read_one(url, reply, with_abstract=whole) if reply is not None else None
        if page is None or not isinstance(reply, Reply):
            continue
        if isinstance(known, Rejection):
            return make_document(url, page, reply.fetched_at)
        # The abstract stands first, so everything after it moves.
        before = f"{_abstract(came['abs']) or known.text}\n\n"
        return replace(
            known,
            text=before + page.text,
            anchors=tuple((len(before) + start, address) for start, address in page.anchors),
            figures=moved(page.figures, len(before)),
            fetched_at=max(known.fetched_at, reply.fetched_at),
        )
    if isinstance(known, Rejection) and "abs" not in came:
        return _why_not(url, came)
    return known


def _address(url: str, form: str) -> str:
    return url.replace("/abs/", f"/{form}/", 1)


def _by_form(url: str, replies: Replies) -> dict[str, Reply | Rejection]:
    """Return the best reply for each form of the paper, whatever spelling or version it has."""
    best: dict[str, tuple[tuple[bool, bool, str], Reply | Rejection]] = {}
    for asked, reply in replies.items():
        form = _FORM.match(asked)
        if form is None or canonical(asked) != url:
            continue
        name = form[1].lower()
        answered = isinstance(reply, Reply) and status_reason(reply) is None
        fetched = reply.fetched_at if isinstance(reply, Reply) else ""
        rank = (answered, asked == _address(url, name), fetched)
        if name not in best or rank > best[name][0]:
            best[name] = rank, reply
    return {name: reply for name, (_, reply) in best.items()}


def _is_dead(reply: Reply | Rejection) -> bool:
    return isinstance(reply, Reply) and reply.status in (404, 410)


def _is_late(reply: Reply | Rejection) -> bool:
    """Say whether arXiv asks for patience: then one more request is the wrong answer."""
    return isinstance(reply, Reply) and reply.status in (429, 503)


def _why_not(url: str, came: dict[str, Reply | Rejection]) -> Rejection:
    for reply in came.values():
        if isinstance(reply, Rejection):
            return Rejection(url, reply.reason)
        try:
            body = unpack_reply(reply)
            if body.startswith(b"%PDF-"):
                _pdf(url, body)
        except UnreadableError as error:
            return Rejection(url, error.reason)
        return Rejection(url, status_reason(reply) or "empty")
    return Rejection(url, "not fetched")


def _abstract_page(url: str, reply: Reply | Rejection | None) -> Document | Rejection:
    """Read the abstract page as any page, with the authors and the day as it declares them."""
    if not isinstance(reply, Reply):
        return Rejection(url, reply.reason if reply else "not fetched")
    result = read_document(reply)
    if isinstance(result, Rejection):
        return Rejection(url, result.reason)
    tree = _tree(reply)
    authors = [] if tree is None else tree.xpath("//meta[@name='citation_author']/@content")
    # "citation_date" is the day of the first version, "citation_online_date" that of the last.
    day = _DAY.match(
        "" if tree is None else tree.xpath("string(//meta[@name='citation_date']/@content)")
    )
    return replace(
        result,
        url=url,
        author="; ".join(filter(None, map(_in_order, authors))) or result.author,
        date="-".join(day.groups()) if day else result.date,
    )


def _in_order(name: str) -> str:
    """Return "Anna van der Berg" for "van der Berg, Anna"."""
    last, _, first = one_line(name).partition(",")
    return f"{first.strip()} {last.strip()}".strip()


def _abstract(reply: Reply | Rejection) -> str:
    """Return the abstract alone, under its heading; nothing if it is not found."""
    tree = _tree(reply) if isinstance(reply, Reply) else None
    for quote in [] if tree is None else tree.xpath("//blockquote[contains(@class, 'abstract')]"):
        try:
            prune(quote)
        except ValueError:  # characters that XML forbids
            continue
        if text := markdown.write(quote):
            return f"## Abstract\n\n{text}"
    return ""


def _tree(reply: Reply) -> html.HtmlElement | None:
    page = _page(reply)
    try:
        return markdown.tree_of(page) if page.strip() else None
    except (etree.ParserError, ValueError):
        return None


def _page(reply: Reply) -> str:
    try:
        return decode_reply(reply).text
    except (UnreadableError, ValueError):
        return ""


def _from_html(url: str, reply: Reply | Rejection, *, with_abstract: bool) -> Extract | None:
    if not isinstance(reply, Reply) or status_reason(reply) is not None:
        return None
    return extract_latexml(_page(reply), _address(url, "html"), with_abstract=with_abstract)


def _from_pdf(url: str, reply: Reply | Rejection, *, with_abstract: bool) -> Extract | None:
    if not isinstance(reply, Reply) or status_reason(reply) is not None:
        return None
    try:
        body = unpack_reply(reply)
        return _pdf(url, body) if body.startswith(b"%PDF-") else None
    except UnreadableError:
        return None


def _pdf(url: str, body: bytes) -> Extract:
    from ingest.reading.pdf import extract_pdf  # few papers need it, and it loads a library

    return extract_pdf(body, _address(url, "pdf"))
