"""The functions of `ingest` that take text, as `tests.growth` calls them."""

import json
from collections.abc import Callable, Sequence
from typing import Any

from lxml import html

from ingest.archive.values import Reply
from ingest.fetch import addresses, robots
from ingest.links import kinds, urls
from ingest.lists import blocks, catalog_file, check, lines, parser
from ingest.reading import (
    decode,
    document,
    extract,
    front_matter,
    junk,
    latexml,
    markdown,
    notebook,
    pdf_layout,
    prune,
    repair,
    tables,
    titles,
)
from ingest.sites import (
    arxiv,
    colab,
    github,
    github_api,
    github_discussion,
    google_docs,
    page,
    tweet,
    walled,
    wayback,
    web,
    youtube,
)
from ingest.text import passage, sentences, text_fragment
from ingest.values import Document
from tests.growth import Case

_URL = "https://a.example/page"
_AT = "2026-01-02T03:04:05Z"
_HTML = (("Content-Type", "text/html; charset=utf-8"),)


def _reply(text: str, url: str = _URL, headers: Sequence[tuple[str, str]] = _HTML) -> Reply:
    return Reply(url, 200, tuple(headers), text.encode(errors="replace"), _AT)


def _tree(text: str) -> html.HtmlElement:
    return html.document_fromstring(f"<p>a</p>{text}", parser=markdown.parser())


def _document(text: str) -> Document:
    return Document(_URL, "a", text, None, None, "en", "other", "post", _AT)


def _starts(text: str) -> list[int]:
    return list(range(0, len(text), 4))


def _site(module: Any, url: str, kind: str = "text/html") -> Callable[[str], Any]:
    """Answer every request of a site with the text, then have the page read."""

    def call(text: str) -> Any:
        replies: dict[str, Any] = {url: _reply(text, url, (("Content-Type", kind),))}
        for _ in range(4):
            asked = [each.url for each in module.requests(url, dict(replies))]
            new = [each for each in asked if each not in replies]
            if not new:
                break
            replies |= {each: _reply(text, each, (("Content-Type", kind),)) for each in new}
        return module.read(url, replies)

    return call


def _address(call: Callable[[str], Any]) -> Case:
    heads = ("https://github.com/a/b", "https://arxiv.org/abs/", "https://docs.google.com/document")
    return Case(
        call, heads=("", "https://a.example/", *heads), units=("/tree", "refs/heads/", ".git")
    )


def _words(text: str) -> list[Any]:
    """Return a line of a list as its parts."""
    return [text, blocks.Link("https://a.example", text), text, blocks.Image(text, text)]


def _extract(text: str) -> extract.Extract:
    return extract.Extract("a", text[:1400], body_text=text[:1400], noscript=text[:500])


def _pieces(text: str) -> list[pdf_layout.Piece]:
    parts = [text[at : at + 40] for at in range(0, len(text), 40)]
    return [
        pdf_layout.Piece(part, 10, 200, 700 - 12 * at, 710 - 12 * at, 10, False)
        for at, part in enumerate(parts)
    ]


_META = ("<meta http-equiv=refresh content='0", "<meta http-equiv=refresh content='0; url")
_FRONT = ("---\n", "---\na: ", "---\n- ")
_MARKDOWN = Case(lambda text: markdown.write(markdown.parse(text)), heads=("", "<A />", "<A {"))
_PAGE = ("", *_META, "<html><head><style>", "<p style='", "<title", "<article><p>", "<main><table>")

CASES: dict[str, Any] = {
    "ingest.fetch.addresses.refusal": _address(addresses.refusal),
    "ingest.fetch.addresses.is_public": addresses.is_public,
    "ingest.fetch.robots.Robots.learn": Case(
        lambda text: robots.Robots().learn(_URL, _reply(text)),
        heads=("", "User-agent: *\nDisallow: /"),
    ),
    "ingest.fetch.robots.Robots.allow": lambda text: robots.Robots().allow(f"{_URL}/{text}"),
    "ingest.fetch.robots.Robots.delay": lambda text: robots.Robots().delay(f"{_URL}/{text}"),
    "ingest.fetch.robots.is_robots": _address(robots.is_robots),
    "ingest.fetch.robots.origin": lambda text: robots.origin(f"{_URL}/{text}"),
    "ingest.links.kinds.kind_of": _address(kinds.kind_of),
    "ingest.links.kinds.source_of": _address(kinds.source_of),
    "ingest.links.kinds.split": _address(kinds.split),
    "ingest.links.urls.canonical": _address(urls.canonical),
    "ingest.links.urls.deep_link": [
        lambda text: urls.deep_link(_URL, text),
        lambda text: urls.deep_link(_URL, "a b", text),
        lambda text: urls.deep_link(_URL, text[:1000], text),
    ],
    "ingest.links.urls.joined": lambda text: urls.joined(_URL, text),
    "ingest.links.urls.resolve": [
        lambda text: urls.resolve(text, _URL),
        lambda text: urls.resolve(text, "https://github.com/a/b"),
        lambda text: urls.resolve("a.md", f"https://github.com/a/b/{text}"),
    ],
    "ingest.lists.blocks.plain": lambda text: blocks.plain(_words(text)),
    "ingest.lists.blocks.read_blocks": Case(
        blocks.read_blocks, heads=("", "- ", *_FRONT), units=("-[a](b)", "- [a](b)\n", "*[a]")
    ),
    "ingest.lists.catalog_file.loads": Case(catalog_file.loads, heads=("", 'a = "', "a = [")),
    "ingest.lists.check.anchors_of": Case(check.anchors_of, heads=("", "# ", "<h1>")),
    "ingest.lists.check.check_text": Case(
        lambda text: check.check_text(text, "a"),
        heads=("", "- ", "[a](#b)\n", "# "),
        units=("[a](#b)\n", "# a\n", "- [a](b)\n", "-[a](b)\n"),
    ),
    "ingest.lists.check.headings_of": Case(check.headings_of, units=("# a\n", "## a\n# b\n")),
    "ingest.lists.check.links_of": Case(check.links_of, heads=("", "- ", "[a](", "<a href='")),
    "ingest.lists.lines.cleaned": lines.cleaned,
    "ingest.lists.lines.drafts_of": [
        lambda text: lines.drafts_of(_words(text)),
        lambda text: lines.drafts_of([blocks.Link("a", "b") for _ in text[: len(text) // 20]]),
    ],
    "ingest.lists.lines.is_housekeeping": Case(lines.is_housekeeping, heads=("", "contributing")),
    "ingest.lists.lines.label_of": lambda text: lines.label_of(_words(text)),
    "ingest.lists.lines.names_something": lines.names_something,
    "ingest.lists.lines.topic_of": Case(lines.topic_of, heads=("", "[["), units=("]]", "a: ")),
    "ingest.lists.parser.decode": lambda text: parser.decode(text.encode(errors="replace")),
    "ingest.lists.parser.parse": Case(
        lambda text: parser.parse(f"- [a](https://a.example)\n{text}", name="a", base=_URL),
        units=("- [a](b)\n", "# a\n", "- a\n  - a\n", "[a](b) "),
    ),
    "ingest.reading.decode.decode": [
        Case(
            lambda text: decode.decode(text.encode(errors="replace"), url=_URL),
            heads=("", "<!--", "<?xml", "<meta charset", "<!doctype"),
        ),
        Case(
            lambda text: decode.decode(b"a", url=_URL, content_type=text),
            heads=("", "text/html; charset", "text/html; charset=", "text/html;charset='"),
            units=("charset", "charset=", "charset "),
        ),
    ],
    "ingest.reading.decode.suffix_of": _address(decode.suffix_of),
    "ingest.reading.decode.to_text": lambda text: decode.to_text(text.encode(errors="replace")),
    "ingest.reading.decode.unpack": [
        lambda text: decode.unpack(text.encode(errors="replace"), "gzip"),
        Case(lambda text: decode.unpack(b"a", text), units=("gzip,", "br, ", "identity,")),
    ],
    "ingest.reading.document.make_document": lambda text: document.make_document(
        _URL, extract.Extract("a", text, author=text), _AT
    ),
    "ingest.reading.document.read_document": [
        Case(lambda text: document.read_document(_reply(text)), heads=_PAGE),
        *(
            Case(
                lambda text, kind=kind: document.read_document(  # type: ignore[misc]
                    _reply(text, f"{_URL}.{kind}", (("Content-Type", "text/plain"),))
                )
            )
            for kind in ("md", "txt", "py")
        ),
    ],
    "ingest.reading.document.status_reason": lambda text: document.status_reason(
        Reply(_URL, 301, (("Location", text),), b"", _AT)
    ),
    "ingest.reading.extract.extract_html": Case(
        lambda text: extract.extract_html(text, _URL), heads=_PAGE
    ),
    "ingest.reading.extract.extract_markdown": Case(
        lambda text: extract.extract_markdown(text, _URL), heads=("", *_FRONT, "<A {")
    ),
    "ingest.reading.front_matter.split": Case(
        front_matter.split_leniently,
        heads=_FRONT,
        tail="\n---\n",
        units=("- ", "a:\n ", "&a [*a,", "? "),
    ),
    "ingest.reading.front_matter.split_leniently": Case(front_matter.split_leniently, heads=_FRONT),
    "ingest.reading.junk.reason": lambda text: junk.reason(_extract(text)),
    "ingest.reading.latexml.extract_latexml": Case(
        lambda text: latexml.extract_latexml(text, _URL, with_abstract=True),
        heads=(
            "<article class='ltx_document'>",
            "<article class=ltx_document><table class=ltx_eqn_table>",
        ),
        units=(
            "<span class=ltx_note>a</span>",
            "<section id=a><h2>",
            "<math alttext='a'>",
            "<div class=ltx_listing>",
            "<table><tr><td>",
        ),
    ),
    "ingest.reading.markdown.parse": _MARKDOWN,
    "ingest.reading.markdown.write": Case(
        lambda text: markdown.write(_tree(text)),
        units=("<pre>`</pre>", "<table><tr><td>a<td>b</table>", "<ol><li>a", "<p>#"),
    ),
    "ingest.reading.notebook.extract_notebook": [
        lambda text: notebook.extract_notebook(text.encode(errors="replace"), f"{_URL}.ipynb"),
        *(
            lambda text, kind=kind: notebook.extract_notebook(
                json.dumps(
                    {
                        "cells": [{"cell_type": kind, "source": text}],
                        "metadata": {},
                        "nbformat": 4,
                        "nbformat_minor": 0,
                    }
                ).encode(),
                f"{_URL}.ipynb",
            )
            for kind in ("markdown", "code")
        ),
    ],
    "ingest.reading.pdf_layout.in_order": lambda text: pdf_layout.in_order(_pieces(text), 600),
    "ingest.reading.pdf_layout.join": lambda text: pdf_layout.join(_pieces(text), ()),
    "ingest.reading.pdf_layout.joined": lambda text: pdf_layout.joined(text, text, ()),
    "ingest.reading.pdf_layout.paragraphs": lambda text: pdf_layout.paragraphs(_pieces(text)),
    "ingest.reading.pdf_layout.starts_item": pdf_layout.starts_item,
    "ingest.reading.prune.prune": Case(
        lambda text: prune.prune(_tree(text)),
        heads=("", "<style>", "<style>/*", "<p style='"),
        units=(
            "<p class=related>a</p>",
            "<math alttext=a>",
            "<script type=math/tex>a</script>",
            "@a{b{}c}",
            "<aside>a</aside>",
            "<span class=katex><math alttext=a></math></span>",
        ),
    ),
    "ingest.reading.repair.repair": lambda text: repair.repair("a", text),
    "ingest.reading.tables.grid": Case(
        lambda text: tables.grid(
            _tree(f"<table>{text}</table>").find(".//table"), lambda cell: "a"
        ),
        units=("<tr><td rowspan=60>", "<td colspan=60>", "<tr>"),
        common=False,
    ),
    "ingest.reading.titles.name_of": _address(titles.name_of),
    "ingest.reading.titles.owner_of": _address(titles.owner_of),
    "ingest.reading.titles.tells": titles.tells,
    "ingest.reading.titles.title_of": Case(
        lambda text: titles.title_of(text, "a", text[:200], _URL), units=(" | a", " - a")
    ),
    "ingest.sites.arxiv.read": _site(arxiv, "https://arxiv.org/abs/2401.00001"),
    "ingest.sites.colab.read": _site(colab, "https://colab.research.google.com/drive/1abc"),
    "ingest.sites.github.read": [
        _site(github, "https://github.com/a/b"),
        _site(github, "https://github.com/a/b/blob/main/c.md", "text/plain"),
    ],
    "ingest.sites.github_api.answer": lambda text: github_api.answer(_reply(text)),
    "ingest.sites.github_api.refusal": lambda text: github_api.refusal(_reply(text)),
    "ingest.sites.github_discussion.read": Case(
        _site(github_discussion, "https://github.com/a/b/issues/1"),
        units=("<div class=comment-body>a</div>", "<td class=js-comment-body>a</td>"),
    ),
    "ingest.sites.google_docs.read": [
        _site(google_docs, f"https://docs.google.com/{kind}/d/1abc/edit", "text/plain")
        for kind in ("document", "spreadsheets", "presentation")
    ],
    "ingest.sites.page.read_shell": lambda text: page.read_shell(_URL, _reply(text)),
    "ingest.sites.tweet.read": _site(tweet, "https://x.com/a/status/1"),
    "ingest.sites.walled.read": [
        _site(walled, url)
        for url in (
            "https://mp.weixin.qq.com/s/a",
            "https://medium.com/@a/b-0123456789ab",
            "https://a.notion.site/b",
            "https://www.bilibili.com/video/BV1",
        )
    ],
    "ingest.sites.wayback.as_original": lambda text: wayback.as_original(
        _reply("a", f"https://web.archive.org/web/2020id_/{text}")
    ),
    "ingest.sites.web.read": Case(_site(web, _URL), heads=_PAGE),
    "ingest.sites.youtube.read": Case(
        _site(youtube, "https://www.youtube.com/watch?v=dQw4w9WgXcQ"),
        units=('<meta name="title" content="',),
    ),
    "ingest.text.passage.cut": lambda text: passage.cut(_document(text), _starts, 64),
    "ingest.text.sentences.clean": sentences.clean,
    "ingest.text.sentences.closes_fence": lambda text: sentences.closes_fence(text, "```"),
    "ingest.text.sentences.han_bigrams": sentences.han_bigrams,
    "ingest.text.sentences.is_east_asian": sentences.is_east_asian,
    "ingest.text.sentences.language": sentences.language,
    "ingest.text.sentences.language_within": lambda text: sentences.language_within(text, "zh"),
    "ingest.text.sentences.sentences": sentences.sentences,
    "ingest.text.text_fragment.plain": text_fragment.plain,
    "ingest.text.text_fragment.text_directive": [
        text_fragment.text_directive,
        lambda text: text_fragment.text_directive("a b", text),
        lambda text: text_fragment.text_directive(text[:2000], text),
    ],
}

EXEMPT: dict[str, str] = {}
