"""What a page declares for those who cite it: its ``<meta>`` tags for citing, its JSON-LD.

The tags are those Google Scholar reads (``citation_…``), Dublin Core's and Open Graph's; JSON-LD
is schema.org's. Where they disagree, the tags made for citing are believed.
"""

import json
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any

from lxml import html

from ingest.links.schemes import is_web
from ingest.text.names import name_parts, names_in
from ingest.text.sentences import one_line
from ingest.values import Imprint

_MOST_TAGS = 2_000
_MOST_SCRIPTS = 20
_MOST_NODES = 500
_LONGEST_SCRIPT = 300_000  # characters
_LONGEST = 1_000  # characters of one value
_MOST_AUTHORS = 500
_DAY = re.compile(r"((?:1[5-9]|20)\d\d)(?:[-/.](\d{1,2})(?!\d)(?:[-/.](\d{1,2})(?!\d))?)?")
_YEAR = re.compile(r"(?<!\d)((?:1[5-9]|20)\d\d)(?!\d)")
_LONGEST_DATE = 60
_DOI = re.compile(r"10\.\d{4,9}/[^\s\"<>{}]{1,200}")
_ARXIV = re.compile(r"(?:\d{4}\.\d{4,5}|[a-z-]{2,12}(?:\.[A-Z]{2})?/\d{7})(?=v\d|$)")
_OF_ARXIV = "10.48550/arxiv."
_ARTICLES = {
    "article", "scholarlyarticle", "techarticle", "newsarticle", "blogposting", "report",
    "medicalscholarlyarticle", "analysisnewsarticle", "socialmediaposting", "webpage", "book",
    "thesis", "chapter", "learningresource", "course", "creativework",
}  # fmt: skip
_BODIES = ("organization", "corporation", "newsmediaorganization", "educationalorganization")

# Which tag says where a work appeared also says what kind of work it is.
_FORMS = (
    ("citation_journal_title", "article-journal"),
    ("citation_conference_title", "paper-conference"),
    ("citation_conference", "paper-conference"),
    ("citation_inbook_title", "chapter"),
    ("citation_book_title", "chapter"),
    ("citation_dissertation_institution", "thesis"),
    ("citation_technical_report_institution", "report"),
    ("prism.publicationname", "article-journal"),
)


def imprint_of(tree: html.HtmlElement) -> Imprint:
    """Return what an HTML page declares about itself; the tree stays as it is."""
    said = _tags(tree)
    node = _article(tree)
    form, venue = next(
        ((form, value) for name, form in _FORMS if (value := _first(said, name))), ("", "")
    )
    if not venue:
        form, venue = _periodical(node)
    publisher = _first(said, "citation_publisher", "dc.publisher") or _name(node.get("publisher"))
    doi = _doi(
        _first(said, "citation_doi", "prism.doi", "bepress_citation_doi"),
        *said.get("dc.identifier", ()),
        *_texts(node.get("identifier")),
        *_texts(node.get("sameAs")),
    )
    arxiv = _ARXIV.match(_first(said, "citation_arxiv_id"))
    by_doi = _ARXIV.match(doi[len(_OF_ARXIV) :]) if doi.lower().startswith(_OF_ARXIV) else None
    number = arxiv or by_doi
    return Imprint(
        authors=_authors(said, node),
        title=_first(said, "citation_title", "dc.title"),
        form=form,
        venue=venue or _first(said, "og:site_name") or publisher,
        publisher=publisher,
        date=_date(
            *(_first(said, name) for name in ("citation_publication_date", "citation_date",
              "citation_online_date", "citation_year", "prism.publicationdate", "dcterms.issued",
              "dc.date.issued", "dc.date")),
            *_texts(node.get("datePublished")), _first(said, "article:published_time"),
        ),
        doi=doi,
        arxiv=number[0] if number else "",
        volume=_first(said, "citation_volume", "prism.volume"),
        issue=_first(said, "citation_issue", "prism.number"),
        pages=_pages(_first(said, "citation_firstpage"), _first(said, "citation_lastpage")),
    )  # fmt: skip


def listed_authors(said: object) -> tuple[tuple[str, str], ...]:
    """Return the authors that front matter lists: names, or objects with a name or a user."""
    if isinstance(said, str):
        return names_in(said)
    authors = []
    for author in said[:_MOST_AUTHORS] if isinstance(said, list) else ():
        if isinstance(author, dict):
            name = author.get("name")
            user = author.get("user")
            if isinstance(name, str):
                authors.append(name_parts(name))
            elif isinstance(user, str):
                authors.append((_plain(user), ""))
        elif isinstance(author, str):
            authors.append(name_parts(author))
    return tuple(parts for parts in authors if parts[0])


def _tags(tree: html.HtmlElement) -> Mapping[str, list[str]]:
    """Return what the ``<meta>`` tags say, by their names in small letters."""
    said: dict[str, list[str]] = defaultdict(list)
    for meta in islice(tree.iter("meta"), _MOST_TAGS):
        name = (meta.get("name") or meta.get("property") or "").strip().lower()
        content = _plain(meta.get("content") or "")
        if name and content and len(content) <= _LONGEST:
            said[name.replace("dc:", "dc.")].append(content)
    return said


def _first(said: Mapping[str, list[str]], *names: str) -> str:
    return next((said[name][0] for name in names if said.get(name)), "")


def _authors(said: Mapping[str, list[str]], node: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    for name in ("citation_author", "dc.creator", "dc.contributor.author", "citation_authors"):
        names = said.get(name, [])[:_MOST_AUTHORS]
        if names:
            # one tag for all of them is against the rules, and common
            several = [names_in(name) if ";" in name else (name_parts(name),) for name in names]
            return tuple(parts for group in several for parts in group if parts[0])
    authors: list[tuple[str, str]] = []
    for author in _several(node.get("author"))[:_MOST_AUTHORS]:
        name = _name(author)
        body = isinstance(author, dict) and _types(author) & set(_BODIES)
        if name and not is_web(name):
            authors += [(name, "")] if body else names_in(name)
    return tuple(parts for parts in dict.fromkeys(authors) if parts[0])


def _article(tree: html.HtmlElement) -> Mapping[str, Any]:
    """Return the JSON-LD node that is the page's article, its authors in place of their ids."""
    nodes: list[dict[str, Any]] = []
    scripts = (e for e in tree.iter("script") if "ld+json" in (e.get("type") or "").lower())
    for script in islice(scripts, _MOST_SCRIPTS):
        text = script.text or ""
        if len(text) > _LONGEST_SCRIPT:
            continue
        try:
            nodes += islice(_nodes(json.loads(text, strict=False)), _MOST_NODES)
        except (ValueError, RecursionError):
            continue
    by_id = {node["@id"]: node for node in nodes if isinstance(node.get("@id"), str)}
    articles = [node for node in nodes if _types(node) & _ARTICLES]
    # of several the one that has an author, and of these the most telling type
    articles.sort(key=lambda node: ("author" not in node, bool(_types(node) & {"webpage"})))
    if not articles:
        return {}
    chosen = dict(articles[0])
    for name in ("author", "publisher", "isPartOf"):
        chosen[name] = [
            by_id.get(value.get("@id", ""), value) if isinstance(value, dict) else value
            for value in _several(chosen.get(name))
        ]
    return chosen


def _nodes(value: Any) -> Iterator[dict[str, Any]]:
    for node in _several(value):
        if isinstance(node, dict):
            yield node
            for inner in _several(node.get("@graph")):
                if isinstance(inner, dict):
                    yield inner


def _several(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]


def _types(node: Mapping[str, Any]) -> set[str]:
    return {str(name).lower() for name in _several(node.get("@type"))[:20]}


def _texts(value: Any) -> list[str]:
    texts = []
    for item in _several(value)[:50]:
        inner = item.get("value") if isinstance(item, dict) else item
        if isinstance(inner, str):
            texts.append(_plain(inner))
    return texts


def _name(value: Any) -> str:
    """Return the name of the first of what JSON-LD gives as a text, an object or several."""
    for first in _several(value)[:1]:
        said = first.get("name") if isinstance(first, dict) else first
        if isinstance(said, list) and said:
            said = said[0]
        return _plain(said) if isinstance(said, str) else ""
    return ""


def _periodical(node: Mapping[str, Any]) -> tuple[str, str]:
    """Return the journal a JSON-LD article says it is part of, however deep, and its form."""
    within: Any = node.get("isPartOf")
    for _ in range(4):
        held = next((node for node in _several(within) if isinstance(node, dict)), None)
        if held is None:
            break
        if "periodical" in _types(held):
            return "article-journal", _name(held)
        within = held.get("isPartOf")
    return "", ""


def _date(*said: str) -> str:
    """Return the first that is a date, as far as it goes."""
    for text in said:
        match = _DAY.match(text) or _YEAR.search(text[:_LONGEST_DATE])
        if match is None:
            continue
        year: str = match[1]
        month, day = match.groups()[1:] or (None, None)
        if month is None or not 1 <= int(month) <= 12:
            return year
        if day is None or not 1 <= int(day) <= 31:
            return f"{year}-{int(month):02d}"
        return f"{year}-{int(month):02d}-{int(day):02d}"
    return ""


def _doi(*said: str) -> str:
    for text in said:
        if match := _DOI.search(text[:_LONGEST]):
            return match[0].rstrip(".,;)")
    return ""


def _pages(first: str, last: str) -> str:
    return f"{first}–{last}" if first and last and first != last else first


def _plain(text: str) -> str:
    return one_line(text[: 4 * _LONGEST])
