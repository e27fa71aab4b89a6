"""The functions of `ingest` that take text, as `tests.growth` calls them."""

import io
import json
from collections.abc import Callable, Sequence
from typing import Any

from lxml import html
from reportlab.pdfgen.canvas import Canvas

from ingest.archive.values import Reply
from ingest.fetch import addresses, robots
from ingest.links import kinds, urls
from ingest.lists import blocks, catalog_file, check, lines, parser
from ingest.reading import (
    captions,
    decode,
    document,
    extract,
    formulas,
    front_matter,
    garbled,
    imprint,
    junk,
    latexml,
    markdown,
    markup,
    notebook,
    pdf,
    pdf_layout,
    prune,
    raised,
    repair,
    saved,
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
from ingest.text import blocks as blocks_of
from ingest.text import (
    claims,
    names,
    numbers,
    opposites,
    passage,
    plain,
    scripts,
    sentences,
    text_fragment,
    words,
)
from ingest.values import Document
from tests.growth import FEW, Case

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


def _site(module: Any, url: str, kind: str = "text/html", *units: str) -> Case:
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

    return Case(call, common=FEW, units=units)


def _address(call: Callable[[str], Any]) -> Case:
    heads = ("https://github.com/a/b", "https://arxiv.org/abs/", "https://docs.google.com/document")
    return Case(
        call, heads=("", "https://a.example/", *heads), units=("/tree", "refs/heads/", ".git")
    )


def _words(text: str) -> list[Any]:
    """Return a line of a list as its parts."""
    return [text, blocks.Link("https://a.example", text), text, blocks.Image(text, text)]


def _pdf(text: str) -> Any:
    file = io.BytesIO()
    paper = Canvas(file)
    for at, line in enumerate(text.split("\n")[:2000]):
        paper.drawString(72, 800 - at % 60 * 12, line[:20_000].replace("\0", ""))
    paper.save()
    return pdf.extract_pdf(file.getvalue(), _URL)


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
_NESTED = (
    "<article>", "<article><p>", "<article></article>", "<main>", "<main><p>a", "<div role=main>",
    "<div itemprop=articleBody>", "<div class=markdown-body>", "<div id=abs>", "<h1><p>",
    "<meta name=citation_arxiv_id>", "<meta name=citation_arxiv_id><div id=abs>",
)  # fmt: skip
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
        Case(lambda text: document.read_document(_reply(text)), heads=_PAGE, common=FEW),
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
        lambda text: extract.extract_html(text, _URL), heads=_PAGE, units=_NESTED
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
    "ingest.reading.imprint.imprint_of": Case(
        lambda text: imprint.imprint_of(_tree(text)),
        heads=("", "<script type='application/ld+json'>", "<meta name=citation_author content='"),
        units=("<meta name=citation_doi content=a>", '{"@type":', '[{"author":', "10.1234/a "),
    ),
    "ingest.text.names.name_parts": names.name_parts,
    "ingest.text.names.names_in": Case(names.names_in, units=(" and ", "A B, ", "A B; ")),
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
        common=(),
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
    "ingest.sites.github_discussion.read": _site(
        github_discussion,
        "https://github.com/a/b/issues/1",
        "text/html",
        "<div class=comment-body>a</div>",
        "<td class=js-comment-body>a</td>",
    ),
    "ingest.sites.google_docs.read": [
        _site(google_docs, f"https://docs.google.com/{kind}/d/1abc/edit", "text/plain")
        for kind in ("document", "spreadsheets", "presentation")
    ],
    "ingest.sites.page.read_shell": Case(
        lambda text: page.read_shell(_URL, _reply(text)), common=FEW
    ),
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
    "ingest.sites.web.read": _site(web, _URL, "text/html", *_PAGE[1:]),
    "ingest.sites.youtube.read": _site(
        youtube,
        "https://www.youtube.com/watch?v=dQw4w9WgXcQ",
        "text/html",
        '<meta name="title" content="',
    ),
    "ingest.lists.lines.drafts_of_row": lambda text: lines.drafts_of_row(
        [_words(text), [text[:200]]], ["Title", text[:200]]
    ),
    "ingest.lists.lines.folded": Case(lines.folded, heads=("", "(click "), units=("(click ",)),
    "ingest.lists.lines.says_nothing": lines.says_nothing,
    "ingest.reading.captions.caption_lines": Case(
        captions.caption_lines,
        heads=("00:01.0 --> 00:02.0\n", ""),
        units=("00:01.0 --> 00:02.0\na\n\n", "00:", "0:0:0.0  "),
    ),
    "ingest.reading.captions.paragraphs": lambda text: captions.paragraphs(
        [(at, text[at : at + 40]) for at in range(0, len(text), 40)]
    ),
    "ingest.reading.formulas.write_formulas": Case(
        lambda text: formulas.write_formulas(_tree(text)),
        units=(
            "<math><mi>",
            "<math><msup><mi>a</mi>",
            "<mfrac>",
            "<span class=katex>",
            "<span class=MathJax></span>",
            "<script type=math/tex>a</script>",
        ),
    ),
    "ingest.reading.front_matter.without": Case(front_matter.without, heads=_FRONT),
    "ingest.reading.garbled.is_garbled": garbled.is_garbled,
    "ingest.reading.markup.as_markdown": [
        Case(
            lambda text: markup.as_markdown(text, "rst"),
            units=(
                ".. a::\n",
                "a::\n",
                "a\n=\n",
                ".. [1] a\n",
                ".. a::\n   :b: c\n",
                ":a:`b`",
                "`a <b>`_",
                "   a\n",
            ),
        ),
        Case(
            lambda text: markup.as_markdown(text, "org"),
            units=("* a :b:\n", "#+begin_src\n", "[[a][b]]", "[fn:a]", "=a=", ":a:\n"),
        ),
        Case(
            lambda text: markup.as_markdown(text, "tex"),
            units=(
                "\\section{",
                "\\emph{",
                "\\cite[",
                "\\footnote{a}",
                "\\begin{verbatim}\n",
                "\\begin{equation}\n",
                "\\item[",
                "%",
                "\\\\",
            ),
        ),
    ],
    "ingest.reading.pdf.extract_pdf": Case(_pdf, units=("a\n",)),
    "ingest.reading.prune.write_inline": Case(
        lambda text: prune.write_inline(_tree(text)),
        units=(
            "<sup>1</sup>",
            "a<sub>i</sub><sup>2</sup>",
            "<sup><a href='#a'>1</a></sup>",
            "<b><sup>1",
        ),
    ),
    "ingest.reading.raised.subscript": lambda text: raised.subscript(text, text, text),
    "ingest.reading.raised.superscript": [
        lambda text: raised.superscript(text, "10"),
        lambda text: raised.superscript("2", text, text),
    ],
    "ingest.reading.saved.opened": Case(
        lambda text: saved.opened(_reply(text, "file:///a.mhtml")),
        heads=(
            "Content-Type: multipart/related; boundary=a\n\n",
            "",
            "Content-Type: ",
            "Content-Type: text/html; ",
            "Date: ",
        ),
        units=(
            "--a\n",
            "--a\nContent-Type: multipart/mixed; boundary=b\n\n",
            "A: b\n",
            "=?",
            ";a=",
            "=\n",
        ),
    ),
    "ingest.reading.saved.origin_of": Case(
        saved.origin_of,
        heads=("", "<!-- saved from url=(0009)", "<html "),
        units=("<!-- Page saved with SingleFile url: a", "data-scrapbook-source='"),
    ),
    "ingest.text.blocks.blocks": Case(blocks_of.blocks, units=("```a\n", "# a #\n", "  - a\n")),
    "ingest.text.blocks.closes_fence": lambda text: blocks_of.closes_fence(text, "```"),
    "ingest.text.blocks.code_spans": Case(blocks_of.code_spans, units=("```a\n",)),
    "ingest.text.blocks.fenced": blocks_of.fenced,
    "ingest.text.blocks.first_heading": blocks_of.first_heading,
    "ingest.text.blocks.guarded": blocks_of.guarded,
    "ingest.text.blocks.lines": blocks_of.lines,
    "ingest.text.blocks.open_fence": blocks_of.open_fence,
    "ingest.text.claims.denies": claims.denies,
    "ingest.text.claims.find_name": lambda text: claims.find_name(text, "GQA"),
    "ingest.text.claims.holds_name": lambda text: claims.holds_name(text, "GQA"),
    "ingest.text.claims.numbers_of": claims.numbers_of,
    "ingest.text.numbers.quantities": numbers.quantities,
    "ingest.text.opposites.has_contrary": opposites.has_contrary,
    "ingest.text.plain.escape": plain.escape,
    "ingest.text.plain.inline_code": plain.inline_code,
    "ingest.text.plain.plain": Case(plain.plain, units=("[^a]", "![a]", "**a*")),
    "ingest.text.plain.plain_line": Case(plain.plain_line, heads=("", "- [ ] ", "## ")),
    "ingest.text.plain.plain_lines": plain.plain_lines,
    "ingest.text.scripts.has_east_asian": scripts.has_east_asian,
    "ingest.text.scripts.has_han": scripts.has_han,
    "ingest.text.scripts.is_chinese": scripts.is_chinese,
    "ingest.text.scripts.is_east_asian": scripts.is_east_asian,
    "ingest.text.scripts.length_in_words": scripts.length_in_words,
    "ingest.text.scripts.letters": scripts.letters,
    "ingest.text.scripts.runs": scripts.runs,
    "ingest.text.words.says_nothing": words.says_nothing,
    "ingest.text.words.singular": words.singular,
    "ingest.text.words.without_asking": words.without_asking,
    "ingest.text.passage.cut": lambda text: passage.cut(_document(text), _starts, 64),
    "ingest.text.sentences.clean": sentences.clean,
    "ingest.text.sentences.language": sentences.language,
    "ingest.text.sentences.language_within": lambda text: sentences.language_within(text, "zh"),
    "ingest.text.sentences.sentences": sentences.sentences,
    "ingest.text.text_fragment.text_directive": [
        text_fragment.text_directive,
        lambda text: text_fragment.text_directive("a b", text),
        lambda text: text_fragment.text_directive(text[:2000], text),
    ],
}

EXEMPT: dict[str, str] = {
    "ingest.archive.": "records are found by their places; what they say is read elsewhere",
    "ingest.bounded.": "hands pages to a process that is ended when it takes too long",
    "ingest.gathering.": "asks for pages; addresses are compared, replies kept",
    "ingest.fetch.client.": "sends and receives; bodies have a most size",
    "ingest.fetch.pace.": "one look-up by host",
    "ingest.fetch.robots_gate.": "asks `Robots`",
    "ingest.pipeline.": "reads by `read_document` and `jsonl`",
    "ingest.lists.catalog.": "names of lists",
    "ingest.lists.catalog_file.dumps": "writes what was read",
    "ingest.shipped.": "names of our own files",
    "ingest.primer_zh.": "our own notes",
    "*.covers": "one look at an address; `links` is measured with addresses",
    "*.requests": "addresses and JSON; measured with `read` of the same site",
    "ingest.sites.github_api.ask": "an address of our own making",
    "ingest.sites.github_api.is_interface": "one comparison",
    "ingest.sites.page.page_of": "one look-up",
    "ingest.sites.registry.source_for": "asks `covers`",
    "ingest.sites.transcript.transcript_of": "measured with youtube's `read`",
    "ingest.sites.wayback.is_copy": "one match of an address",
    "ingest.sites.wayback.is_look_up": "one comparison",
    "ingest.sites.youtube.blocks": "measured with `read`",
    "ingest.reading.saved.is_mhtml": "the end of an address",
    "ingest.values.Imprint.of": "copies fields",
    "ingest.text.blocks.code_lines": "measured with `plain_lines`",
    "ingest.text.sentences.language_code": "two letters",
}
