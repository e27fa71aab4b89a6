"""From an HTML page or a raw Markdown file to its text and what is known about it.

Knows pages; the step before it (bytes to text) is `decode`, the one after it (is this a page at
all?) is `junk`. A page's own sign of where its article is (``<article>``, ``<main>``, schema.org's
``articleBody``) is believed; where there is none, trafilatura finds the article. Metadata is
trafilatura's.
"""

import re
from copy import deepcopy
from dataclasses import dataclass
from datetime import date
from itertools import chain, islice
from types import SimpleNamespace
from typing import Any
from urllib.parse import urlsplit

from lxml import etree, html

from ingest.failures import Failure
from ingest.links.sites import github
from ingest.links.urls import joined
from ingest.reading import figures, markdown
from ingest.reading.decode import MAX_CHARS, UnreadableError
from ingest.reading.front_matter import split_leniently
from ingest.reading.imprint import imprint_of, listed_authors
from ingest.reading.prune import prune, write_inline
from ingest.reading.shadow import unfold
from ingest.reading.titles import name_of, tells, title_of
from ingest.text.blocks import first_heading
from ingest.text.sentences import one_line
from ingest.values import Figure, Imprint

_FEW = 200  # characters: too few to believe that they are the article of a longer page
_MOST_OPEN = 50
_FEW_ELEMENTS = 20
_CODE_MARK = re.compile(r"⟦code (\d{1,6})⟧")
_AT_ONCE = 10  # seconds: a refresh later than this is a page that reloads, not one that moved
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_UNCLOSED_TITLE = re.compile(r"(<title[^<>]*+>[^<]*+)(?=<)", re.IGNORECASE)
_REFRESH = re.compile(
    r"\s*+(\d{1,9})[^;,]*+[;,]\s*+url\s*+=\s*+[\"']?+\s*+([^\"'>\s]++)", re.IGNORECASE
)
_OF_BODY = ("article", "main", "section", "header", "nav", "aside", "footer", "figure", "details")
_SURE = (
    "//*[contains(concat(' ', normalize-space(@class), ' '), ' markdown-body ')]",
    "(//meta[@name='citation_arxiv_id'])[1]/following::div[@id='abs']",
)
_LIKELY = ("//main | //*[@role='main']", "//*[@itemprop='articleBody']")
# trafilatura's own tags for what HTML calls otherwise
_TEI = {"item": "li", "row": "tr", "lb": "br", "quote": "blockquote", "ref": "span", "hi": "span"}


@dataclass(frozen=True, slots=True)
class Extract:
    """What a page says, and the signals by which a page that says nothing is known.

    ``text`` is Markdown. ``body_text`` is all text shown without scripts, ``refresh``
    where a ``<meta>`` refresh leads, ``scripted`` whether the page runs scripts, ``asks_password``
    whether it has a password field, ``noscript`` what it says to browsers without scripts,
    ``anchors``, ``imprint`` and ``figures`` as in `Document`.
    """

    title: str
    text: str
    author: str | None = None
    published: str | None = None
    lang: str | None = None
    canonical: str | None = None
    refresh: str | None = None
    body_text: str = ""
    noscript: str = ""
    scripted: bool = False
    asks_password: bool = False
    anchors: tuple[tuple[int, str], ...] = ()
    imprint: Imprint = Imprint()  # noqa: RUF009  # immutable
    figures: tuple[Figure, ...] = ()


def extract_html(page: str, url: str) -> Extract:
    """Read an HTML page, whatever its state; ``url`` is where it was fetched.

    Raises:
        UnreadableError: its text is longer than `MAX_CHARS`.
    """
    if "</title" not in page[:100_000].lower():
        page = _UNCLOSED_TITLE.sub(r"\1</title>", page, count=1)
    page = page.replace("\0", "")
    if not page.strip():
        return Extract("", "")
    # lxml refuses text that names its own encoding
    page = re.sub(r"^\s*<\?xml[^>]*\?>", "", page)
    tree = _parsed(page)
    if tree is None:
        return Extract("", "")
    unfold(tree)
    if len(page) > MAX_CHARS and _shown_chars(tree) > MAX_CHARS:
        raise UnreadableError(Failure.TOO_LARGE)
    write_inline(tree)
    on_github = urlsplit(url).hostname == github.HOST
    imprint = Imprint() if on_github else imprint_of(tree)
    # GitHub's frame says nothing that the address does not say better.
    # Its reader looks again and again through what is nested.
    metadata = _NO_METADATA if on_github or _is_deep(tree) else _metadata(tree, url)
    few = islice(tree.iter("noscript"), _FEW_ELEMENTS)
    noscript = " ".join(element.text_content() for element in few)
    signals: dict[str, Any] = {
        "author": _cited_authors(tree) or metadata.author or None,
        "published": metadata.date if _DATE.fullmatch(metadata.date or "") else None,
        "lang": _declared_language(tree),
        "canonical": _canonical(tree, url),
        "refresh": _refresh(tree, url),
        "noscript": noscript.strip()[:500],
        "scripted": bool(tree.xpath("boolean(//script[not(@type='application/ld+json')])")),
        "asks_password": bool(tree.xpath("boolean(//input[@type='password'])")),
    }
    raw_title = one_line(metadata.title or tree.findtext(".//title") or "")
    pictures = figures.mark(tree, url)
    text, body_text, heading, sure = _article(tree, url)
    text, shown = figures.taken(text, pictures)
    body_text = figures.without_marks(body_text) if pictures else body_text
    if sure:
        signals["scripted"] = False
    title = title_of(raw_title, metadata.sitename or "", heading, url)
    if on_github:
        signals |= {"author": github.owner_of(url), "published": None}
    return Extract(title, text, body_text=body_text, imprint=imprint, figures=shown, **signals)


def extract_markdown(text: str, url: str) -> Extract:
    """Read a raw Markdown file; its front matter gives title, author, date and language."""
    front, rest = split_leniently(text)
    tree = markdown.parse(rest)
    write_inline(tree)  # before figures are looked for: a formula may be a picture
    pictures = figures.mark(tree, url)
    prune(tree)
    written, shown = figures.taken(markdown.write(tree), pictures)
    first = first_heading(written, 2)
    heading = first if tells(first) or not github.owner_of(url) else ""
    title = _scalar(front.get("title")) or heading or name_of(url)
    published = _DATE.match(_scalar(front.get("date")))
    author = front.get("author") or front.get("authors")
    return Extract(
        one_line(title),
        written,
        author=author if isinstance(author, str) else github.owner_of(url),
        published=published[0] if published else None,
        lang=_two_letters(_scalar(front.get("lang") or front.get("language"))),
        imprint=Imprint(authors=listed_authors(author)),
        figures=shown,
    )


def _cited_authors(tree: html.HtmlElement) -> str:
    """Return the authors of a page made for citing, first names first."""
    names = tree.xpath("//meta[@name='citation_author']/@content")
    turned = (" ".join(reversed(name.split(",", 1))) for name in names)
    return "; ".join(" ".join(name.split()) for name in turned if name.strip())


_NO_METADATA = SimpleNamespace(author=None, date=None, title=None, sitename=None)


def _shown_chars(tree: html.HtmlElement) -> int:
    texts = tree.xpath("//text()[not(parent::script or parent::style)]")
    return sum(map(len, texts))


def _metadata(tree: html.HtmlElement, url: str) -> Any:
    from trafilatura.metadata import extract_metadata  # slow to import

    # Not extensive: a date guessed from any number in the text is worse than none.
    return extract_metadata(tree, url, None, False)


def _parsed(page: str) -> html.HtmlElement | None:
    try:
        tree = markdown.tree_of(page)
    except etree.ParserError:  # nothing but comments or white space
        return None
    _empty_head(tree)
    return tree


def _empty_head(tree: html.HtmlElement) -> None:
    """Move into the body what libxml2 leaves in the head of a page that writes neither out."""
    head, body = tree.find("head"), tree.find("body")
    strays = [] if head is None else [e for e in head if e.tag in _OF_BODY]
    if not strays:
        return
    if body is None:
        body = etree.SubElement(tree, "body")
    for place, element in enumerate(strays):
        body.insert(place, element)


def _is_deep(tree: html.HtmlElement) -> bool:
    depth = 0
    for event, _ in etree.iterwalk(tree, events=("start", "end")):
        depth += 1 if event == "start" else -1
        if depth > markdown.MAX_DEPTH:
            return True
    return False


def _has_open_formulas(text: str) -> bool:
    r"""Say whether many ``\(`` and ``\[`` never close: trafilatura looks on for each of them."""
    return any(
        text.count(opening) > text.count(closing) + _MOST_OPEN
        for opening, closing in (("\\(", "\\)"), ("\\[", "\\]"))
    )


def _article(tree: html.HtmlElement, url: str) -> tuple[str, str, str, bool]:
    """Return the article as Markdown, the body's text, the first h1, and whether that is sure."""
    sure: list[html.HtmlElement] = next((f for path in _SURE if (f := tree.xpath(path))), [])
    prune(tree)
    sure = [part for element in sure[:1] for part in _with_spilled(element)]
    likely = chain([_outermost(tree, "article")], map(tree.xpath, _LIKELY))
    chosen = sure or next((elements for elements in likely if 0 < len(elements) < 3), [])
    size = sum(len(one_line(element.text_content())) for element in chosen)
    body = tree.find("body")
    body = tree if body is None else body
    body_text = one_line(body.text_content())
    if len(body_text) > MAX_CHARS:  # it will be turned away: no more work on it
        return body_text, body_text, "", False
    if sure or (chosen and (size >= _FEW or len(body_text) < 5 * _FEW)):
        heading = _first_heading(chosen)
        text = "\n\n".join(filter(None, map(_written, chosen)))
        return text, text if sure else body_text, heading, bool(sure)
    heading = _first_heading([body])
    main_text = ""
    if len(body_text) > 5 * _FEW and not _is_deep(tree) and not _has_open_formulas(body_text):
        main_text = _found_by_trafilatura(tree, url)
    # On a short page there is nothing to choose, and a poor choice is worse than none.
    return main_text if len(main_text) > _FEW else _written(body), body_text, heading, False


def _outermost(tree: html.HtmlElement, tag: str) -> list[html.HtmlElement]:
    """Return the elements of a tag that stand in no other one of it, in one walk.

    (XPath's ``not(ancestor::...)`` takes cubic time where they are nested.)
    """
    outermost = []
    depth = 0
    for event, element in etree.iterwalk(tree, events=("start", "end"), tag=tag):
        if event == "start" and depth == 0:
            outermost.append(element)
        depth += 1 if event == "start" else -1
    return outermost


def _with_spilled(article: html.HtmlElement) -> list[html.HtmlElement]:
    """Add what follows the article when a stray end tag in it has closed it too early."""
    if article.getparent() is None:  # hidden, so it is gone
        return []
    after: list[html.HtmlElement] = []
    inner = article
    while inner.tag not in ("main", "body") and inner.getparent() is not None:
        after += inner.itersiblings()
        inner = inner.getparent()
    spilled = sum(len(one_line(element.text_content())) for element in after)
    much = spilled > max(5 * _FEW, len(one_line(article.text_content())))
    return [article, *after] if much and inner.tag == "main" else [article]


def _first_heading(elements: list[html.HtmlElement]) -> str:
    for element in elements:
        for first in element.iter("h1"):
            return one_line(first.text_content())
    return ""


def _written(element: html.HtmlElement) -> str:
    # A tree of its own, so that what stands around it is out of reach.
    root = html.Element("div")
    element.tail = None
    root.append(element)
    return markdown.write(root)


def _found_by_trafilatura(tree: html.HtmlElement, url: str) -> str:
    from trafilatura import bare_extraction

    spare = deepcopy(tree)
    codes = _taken_out(spare)
    extracted = bare_extraction(
        spare, url=url, fast=True, include_comments=False, include_formatting=True
    )
    body = getattr(extracted, "body", None)
    if body is None:
        return ""
    # Written out and read again, as its elements are not lxml.html's.
    source = etree.tostring(_as_html(body), encoding="unicode")
    source = _CODE_MARK.sub(
        lambda mark: codes[int(mark[1])] if int(mark[1]) < len(codes) else mark[0], source
    )
    return markdown.write(html.fragment_fromstring(source, "div"))


def _taken_out(tree: html.HtmlElement) -> list[str]:
    """Put a mark in place of every block of code: trafilatura would run its lines together."""
    codes: list[str] = []
    for pre in list(tree.iter("pre")):
        mark = html.Element("p")
        mark.text, mark.tail, pre.tail = f"⟦code {len(codes)}⟧", pre.tail, None
        codes.append(etree.tostring(pre, encoding="unicode", method="html"))
        pre.getparent().replace(pre, mark)
    return codes


def _as_html(body: Any) -> Any:
    """Rename trafilatura's elements to HTML's, in place."""
    for element in body.iter(etree.Element):
        tag = element.tag
        kind = element.get("rend") or ""
        if tag == "head":
            element.tag = kind if re.fullmatch("h[1-6]", kind) else "h2"
        elif tag == "list":
            element.tag = "ol" if kind == "ol" else "ul"
        elif tag == "cell":
            element.tag = "th" if element.get("role") == "head" else "td"
        elif tag == "code":
            element.tag = "pre" if "\n" in "".join(element.itertext()) else "code"
        else:
            element.tag = _TEI.get(tag, tag)
    body.tag = "div"
    return body


def _declared_language(tree: html.HtmlElement) -> str | None:
    for name in ("lang", "{http://www.w3.org/XML/1998/namespace}lang", "xml:lang"):
        if code := _two_letters(tree.get(name) or ""):
            return code
    said = tree.xpath("string(//meta[@http-equiv='content-language']/@content)")
    return _two_letters(said)


def _two_letters(tag: str) -> str | None:
    match = re.match(r"\s*([A-Za-z]{2})(?:[-_]|\s*$)", tag)
    return match[1].lower() if match else None


def _canonical(tree: html.HtmlElement, url: str) -> str | None:
    for link in tree.iter("link"):
        if "canonical" in (link.get("rel") or "").lower().split() and link.get("href"):
            return joined(url, link.get("href").strip())
    return None


def _refresh(tree: html.HtmlElement, url: str) -> str | None:
    for meta in tree.iter("meta"):
        if (meta.get("http-equiv") or "").lower() == "refresh":
            match = _REFRESH.match(meta.get("content") or "")
            if match and int(match[1]) <= _AT_ONCE:
                return joined(url, match[2].strip())
    return None


def _scalar(value: Any) -> str:
    return str(value).strip() if isinstance(value, (str, int, float, date)) else ""
