"""The functions of `ingest` that take text, as `tests.growth` calls them."""

import io
import json
from collections.abc import Callable, Sequence
from typing import Any

from lxml import html
from reportlab.pdfgen.canvas import Canvas

from ingest import failures
from ingest.archive.values import ABOUT, Reply
from ingest.exports import bibtex, given, registry, rows, shelf, works
from ingest.fetch import robots
from ingest.links import kinds, public, schemes, urls
from ingest.links.sites import arxiv as links_arxiv
from ingest.links.sites import github as links_github
from ingest.lists import blocks, catalog_file, check, lines, parser, written
from ingest.reading import (
    about,
    canvas,
    captions,
    decode,
    document,
    epub,
    extract,
    feed_heads,
    figures,
    formulas,
    front_matter,
    garbled,
    imprint,
    jsonl,
    junk,
    latexml,
    markdown,
    markup,
    notebook,
    pdf,
    pdf_figures,
    pdf_layout,
    prune,
    raised,
    repair,
    saved,
    shadow,
    slides,
    tables,
    titles,
    wiki,
    word,
    xml_tree,
)
from ingest.reading.packed import Packed
from ingest.sites import (
    arxiv,
    bilibili,
    colab,
    github,
    github_api,
    github_discussion,
    google_docs,
    medium,
    notion,
    page,
    tweet,
    wayback,
    web,
    wechat,
    youtube,
)
from ingest.text import (
    alike,
    bounds,
    characters,
    claims,
    digits,
    large_numbers,
    names,
    numbers,
    opposites,
    passage,
    plain,
    scripts,
    sentences,
    symbols,
    text_fragment,
    things,
    words,
)
from ingest.text import blocks as blocks_of
from ingest.text import formulas as formulas_of
from ingest.values import Document, Figure
from tests import packed
from tests.growth import FEW, Case

_URL = "https://a.example/page"
_AT = "2026-01-02T03:04:05Z"
_HTML = (("Content-Type", "text/html; charset=utf-8"),)


def _reply(text: str, url: str = _URL, headers: Sequence[tuple[str, str]] = _HTML) -> Reply:
    return Reply(url, 200, tuple(headers), text.encode(errors="replace"), _AT)


def _export(file: str, head: str, *units: str, tail: str = "") -> Case:
    """Read a list from a file of another program that begins so."""

    def call(text: str) -> Any:
        return registry.read_list(text.encode("utf-8", "replace"), file=file, name="a")

    return Case(call, heads=(head,), units=units, common=FEW, tail=tail)


def _shelf(text: str) -> shelf.ListBuilder:
    made = shelf.ListBuilder()
    made.take("https://a.example/", text)
    return made


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


def _pieces(text: str) -> list[pdf_layout.TextRun]:
    parts = [text[at : at + 40] for at in range(0, len(text), 40)]
    return [
        pdf_layout.TextRun(part, 10, 200, 700 - 12 * at, 710 - 12 * at, 10, False)
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


def _of_question(call: Callable[[str], Any], *heads: str) -> Case:
    return Case(call, ("", *heads), common=FEW, most=4_000)


def _of_numbers(call: Callable[[str], Any]) -> Case:
    return Case(call, ("", "1"), units=("1 million ", "亿", "1 GB ", "1e", "一", "万"), common=FEW)


CASES: dict[str, Any] = {
    "ingest.links.public.refusal": _address(public.refusal),
    "ingest.links.public.is_public": public.is_public,
    "ingest.fetch.robots.Robots.learn": Case(
        lambda text: robots.Robots().learn(_URL, _reply(text)),
        heads=("", "User-agent: *\nDisallow: /"),
    ),
    "ingest.fetch.robots.Robots.allow": lambda text: robots.Robots().allow(f"{_URL}/{text}"),
    "ingest.fetch.robots.Robots.delay": lambda text: robots.Robots().delay(f"{_URL}/{text}"),
    "ingest.fetch.robots.is_robots": _address(robots.is_robots),
    "ingest.fetch.robots.origin": lambda text: robots.origin(f"{_URL}/{text}"),
    "ingest.links.sites.arxiv.month_of": links_arxiv.month_of,
    "ingest.links.kinds.beneath": _address(kinds.beneath),
    "ingest.links.kinds.date_of": _address(kinds.date_of),
    "ingest.links.kinds.kind_of": _address(kinds.kind_of),
    "ingest.links.kinds.source_of": _address(kinds.source_of),
    "ingest.links.kinds.split": _address(kinds.split),
    "ingest.links.schemes.is_web": _address(schemes.is_web),
    "ingest.links.schemes.plain": _address(schemes.plain),
    "ingest.links.schemes.scheme_of": _address(schemes.scheme_of),
    "ingest.links.urls.canonical": _address(urls.canonical),
    "ingest.links.urls.deep_link": [
        lambda text: urls.deep_link(_URL, text),
        lambda text: urls.deep_link(_URL, "a b", text),
        lambda text: urls.deep_link(_URL, text[:1000], text),
    ],
    "ingest.links.urls.without_user": lambda text: urls.without_user(f"https://{text}"),
    "ingest.links.urls.joined": lambda text: urls.joined(_URL, text),
    "ingest.links.urls.resolve": [
        lambda text: urls.resolve(text, _URL),
        lambda text: urls.resolve(text, "https://github.com/a/b"),
        lambda text: urls.resolve("a.md", f"https://github.com/a/b/{text}"),
    ],
    "ingest.lists.pieces.plain": lambda text: blocks.plain(_words(text)),
    "ingest.lists.blocks.read_blocks": Case(
        blocks.read_blocks, heads=("", "- ", *_FRONT), units=("-[a](b)", "- [a](b)\n", "*[a]")
    ),
    "ingest.lists.catalog_file.loads": Case(catalog_file.loads, heads=("", 'a = "', "a = [")),
    "ingest.lists.written.anchors_of": Case(written.anchors_of, heads=("", "# ", "<h1>")),
    "ingest.lists.check.check_text": Case(
        lambda text: check.check_text(text, "a"),
        heads=("", "- ", "[a](#b)\n", "# "),
        units=("[a](#b)\n", "# a\n", "- [a](b)\n", "-[a](b)\n"),
    ),
    "ingest.lists.written.headings_of": Case(written.headings_of, units=("# a\n", "## a\n# b\n")),
    "ingest.lists.written.links_of": Case(written.links_of, heads=("", "- ", "[a](", "<a href='")),
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
    "ingest.reading.decode.decode_reply": lambda text: decode.decode_reply(_reply(text)),
    "ingest.reading.decode.unpack_reply": lambda text: decode.unpack_reply(_reply(text)),
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
    "ingest.reading.shadow.unfold": Case(
        lambda text: shadow.unfold(_tree(text)),
        units=(
            "<x-a><template shadowrootmode=open><slot></slot></template><p>a</p></x-a>",
            "<x-a><template shadowrootmode=open><slot name=a>",
            "<template shadowmode=open>a<slot></slot>",
        ),
    ),
    "ingest.reading.junk.reason": lambda text: junk.reason(_extract(text)),
    "ingest.reading.jsonl.without_rows": Case(
        lambda text: jsonl.without_rows(text.encode("utf-8", "replace"), _URL, {_URL}),
        units=('{"text":"a"}\n', '{"text":"a","_id":1}\n', "{}\n", "\n", "\r"),
    ),
    "ingest.reading.jsonl.read_rows": [
        Case(lambda text: jsonl.read_rows(_reply(text)), units=('{"text":"a"}\n', "{}\n")),
        Case(
            lambda text: jsonl.read_rows(_reply(json.dumps({"text": text, "url": _URL}))),
            common=FEW,
        ),
    ],
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
    "ingest.reading.markdown.tree_of": lambda text: markdown.tree_of(f"<p>{text}"),
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
    "ingest.reading.figures.mark": Case(
        lambda text: figures.mark(_tree(text), _URL),
        units=(
            "<img src=a alt='eight words are here as they should be'>",
            "<figure><img src=a><figcaption>a</figcaption>",
            "<figure><figcaption>a",
            "<figure>",
            "<p><a><img src=a>",
        ),
    ),
    "ingest.reading.figures.taken": Case(
        lambda text: figures.taken(text, ["a"] * 9),
        heads=("", "- "),
        units=("⟦figure:1⟧", "⟦figure:1⟧\n", "⟦caption:1⟧a⟦/caption:1⟧ ", "- ⟦figure:2⟧\n  ", "⟦"),
    ),
    "ingest.reading.figures.carried": lambda text: figures.carried(
        [Figure(0, 0, 3, "a"), Figure(2, 0, 0, "b")], text, f"a{text}"
    ),
    "ingest.reading.pdf_figures.place_of": Case(
        pdf_figures.place_of, units=("#page=1&viewrect=1,1,1,1", "#page=", ",1")
    ),
    "ingest.reading.figures.without_marks": Case(
        figures.without_marks, units=("⟦figure:1⟧", "⟦/caption:1⟧ ")
    ),
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
    "ingest.links.sites.github.name_of": _address(links_github.name_of),
    "ingest.links.sites.github.is_repository": _address(links_github.is_repository),
    "ingest.links.sites.github.owner_of": _address(links_github.owner_of),
    "ingest.failures.failure_of": failures.failure_of,
    "ingest.reading.titles.note_name": titles.note_name,
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
    "ingest.sites.bilibili.read": _site(bilibili, "https://www.bilibili.com/video/BV1"),
    "ingest.sites.medium.read": _site(medium, "https://medium.com/@a/b-0123456789ab"),
    "ingest.sites.notion.read": _site(notion, "https://a.notion.site/b"),
    "ingest.sites.wechat.read": _site(wechat, "https://mp.weixin.qq.com/s/a"),
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
    "ingest.exports.bibtex.unlatexed": Case(bibtex.unlatexed, units=("\\'{a}", "{\\ss}", "\\c")),
    "ingest.exports.given.opened": lambda text: given.opened(
        "a.json", text.encode(errors="replace")
    ),
    "ingest.reading.feed_heads.is_outline": feed_heads.is_outline,
    "ingest.reading.feed_heads.is_xml_feed": feed_heads.is_xml_feed,
    "ingest.reading.feed_heads.is_feed": Case(
        lambda text: feed_heads.is_feed(text.encode(errors="replace")),
        heads=("", "<?xml?>", "<!DOCTYPE ["),
        units=("<!-- -->", "<?a?>"),
    ),
    "ingest.exports.registry.read_list": [
        _export(
            "a.html",
            "<!DOCTYPE NETSCAPE-Bookmark-file-1><DL><p>",
            "<DT>",
            "<DD>a",
            "<DL>",
            "<DT><H3>a</H3><DL>",
            "<DT><A HREF='http://a.b/'>a</A>",
            "</DL>",
            "<A HREF='",
        ),
        _export("a.html", "<title>Pocket Export</title>", "<li><a href='http://a.b/c'>", "<h1>a"),
        _export("a.opml", "<opml><body>", "<outline text='a'>", "<outline url='http://a.b/'/>"),
        _export(
            "a.xml",
            "<rss version='2.0'><channel>",
            "<item>",
            "<item><link>http://a.b/</link>",
            "<![CDATA[",
            "</item>",
        ),
        _export("a.json", '[{"url": "http://a.b/c", "title": "', "\\n", "[[", tail='"}]'),
        _export("a.json", "[", '{"url": "http://a.b/c"},', "[", tail="{}]"),
        _export("a.csv", "url,title\n", "http://a.b/c,d\n", '"', '"a', ","),
        _export(
            "a.bib",
            "@article{a, title={",
            "@article{a,\n",
            "@a{b, c={",
            "{",
            '"',
            "a = {b},",
            "\\'",
        ),
        _export("a.bib", "@misc{b, file={", "a:b:c;", "\\:", ";", tail="}}"),
        _export(
            "a.rdf",
            '<rdf:RDF xmlns:z="http://www.zotero.org/namespaces/export#" '
            'xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" '
            'xmlns:dc="http://purl.org/dc/elements/1.1/" '
            'xmlns:dcterms="http://purl.org/dc/terms/">',
            "<a><z:itemType>book</z:itemType></a>",
            '<z:Collection rdf:about="#a"><dcterms:hasPart rdf:resource="#a"/></z:Collection>',
            "<dc:subject>",
        ),
        _export(
            "a.json",
            "[",
            '{"data": {"itemType": "book", "key": "a", "parentItem": "b"}},',
            '{"data": {"itemType": "note", "note": "',
            tail="{}]",
        ),
        _export("a.csv", "a;b\n", "http://a.b/c;d\n", '"', ";"),
        _export(
            "a.ris", "TY  - JOUR\n", "TY  - JOUR\nUR  - http://a.b/c\n", "KW  - a\n", "ER  - \n"
        ),
    ],
    "ingest.exports.rows.columns_of": lambda text: rows.columns_of(text.split(",")),
    "ingest.exports.shelf.ListBuilder.as_list": lambda text: _shelf(text).as_list(
        "a", text, what="a", form="a", origin=None
    ),
    "ingest.exports.shelf.ListBuilder.cover": lambda text: shelf.ListBuilder().cover(text),
    "ingest.exports.shelf.ListBuilder.follow": lambda text: shelf.ListBuilder().follow(text, text),
    "ingest.exports.shelf.ListBuilder.leave": lambda text: shelf.ListBuilder().leave(
        text, text, "a"
    ),
    "ingest.exports.shelf.ListBuilder.take": Case(
        lambda text: shelf.ListBuilder().take(
            f"https://a.example/{text}", text, note=text, tags=[text]
        ),
        units=("<b>", "<"),
    ),
    "ingest.exports.shelf.addresses_in": Case(
        shelf.addresses_in, units=(" https://a", ";", "; ;https://")
    ),
    "ingest.exports.shelf.from_html": Case(shelf.from_html, units=("<a ", "<p>", "&lt;")),
    "ingest.exports.shelf.without_tags": Case(shelf.without_tags, units=("<a ", "<p>")),
    "ingest.exports.shelf.plain": lambda text: shelf.plain(text, 500),
    "ingest.exports.works.take_work": lambda text: works.take_work(
        shelf.ListBuilder(),
        works.Work(
            text,
            doi=text,
            arxiv=text,
            authors=[text],
            date=text,
            pages=text,
            files=[works.File(text)],
        ),
    ),
    "ingest.reading.about.imprint_of_line": about.imprint_of_line,
    "ingest.reading.about.told": lambda text: about.told(
        _document("a"), Reply(_URL, 200, ((ABOUT, text),), b"", _AT)
    ),
    "ingest.reading.epub.extract_epub": Case(
        lambda text: epub.extract_epub(packed.epub({"a.xhtml": text}), "file:///a.epub"),
        common=FEW,
        units=("<p>a", "<div>"),
    ),
    "ingest.reading.packed.Packed.part": lambda text: Packed(packed.packed({"a": text})).part("a"),
    "ingest.reading.slides.extract_pptx": Case(
        lambda text: slides.extract_pptx(
            packed.pptx(
                [
                    packed.shape("title", text.replace("<", "&lt;")),
                    f"<p:sp><a:p>{text}</a:p></p:sp>",
                ]
            ),
            "file:///a.pptx",
        ),
        common=FEW,
        units=("<p:sp>", "<a:p><a:r><a:t>a</a:t></a:r></a:p>", "<mc:Fallback>", "<a:tbl>"),
    ),
    "ingest.reading.word.extract_docx": Case(
        lambda text: word.extract_docx(
            packed.docx(packed.paragraph(text.replace("<", "&lt;"))), "file:///a.docx"
        ),
        common=FEW,
    ),
    "ingest.reading.xml_tree.checked": lambda text: xml_tree.checked(text.encode(errors="replace")),
    "ingest.reading.xml_tree.root_of": Case(
        lambda text: xml_tree.root_of(text.encode(errors="replace")),
        heads=("<a>", "<!DOCTYPE a ["),
    ),
    "ingest.lists.lines.language_of": lambda text: lines.language_of([text]),
    "ingest.reading.canvas.as_markdown": [
        canvas.as_markdown,
        lambda text: canvas.as_markdown(
            json.dumps({"nodes": [{"type": "group", "label": text[:300]}, {"text": text}]})
        ),
    ],
    "ingest.reading.wiki.as_markdown": Case(
        wiki.as_markdown,
        heads=("", "[[a]]", "> [!"),
        units=("[[", "[[a|", "]]", "%%", "==", "==a", "![[a]]", "> [!a]", "^a", "`a", "\\|"),
    ),
    "ingest.reading.wiki.without_ours": Case(
        wiki.without_ours, units=("<!-- refdesk:begin ", "<!-- refdesk:end ", "-->")
    ),
    "ingest.reading.wiki.title_in": Case(wiki.title_in, units=("a:: b\n", "title:: ")),
    "ingest.reading.wiki.links_of": Case(wiki.links_of, units=("[[a]]", "[[a|b]]", "%%")),
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
                "== ==\n",
                "== ==\na b\n",
                "+-+\n",
                "+-+\n|a|\n",
                ".. list-table::\n   * - a\n",
                ":math:`a`",
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
                "\\begin{quote}{a} b",
                "\\section{a} b",
                "\\noindent",
                "\\end{equation} b",
                "\\item[",
                "\\item\n",
                "\\(",
                "\\[",
                "\\begin{tabular}{l}",
                "\\begin{tabular}{l} a & b \\\\ \\end{tabular}",
                "\\hypertarget{a}{\\section{",
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
    "ingest.text.alike.without_small": alike.without_small,
    "ingest.text.claims.denies": claims.denies,
    "ingest.text.claims.find_name": lambda text: claims.find_name(text, "GQA"),
    "ingest.text.claims.holds_name": lambda text: claims.holds_name(text, "GQA"),
    "ingest.text.claims.numbers_of": claims.numbers_of,
    "ingest.text.digits.whole_number": Case(digits.whole_number, units=("²", "٣", "９")),
    "ingest.text.large_numbers.in_chinese_units": Case(
        large_numbers.in_chinese_units,
        ("", "1"),
        units=("1 million ", "亿", "1 GB ", "1e"),
        common=FEW,
    ),
    "ingest.text.large_numbers.quantities": Case(
        large_numbers.quantities,
        ("", "1"),
        units=("1 million ", "亿", "1 GB ", "1e", "一", "万"),
        common=FEW,
    ),
    "ingest.text.large_numbers.without_quantities": Case(
        large_numbers.without_quantities,
        ("", "1"),
        units=("1 million ", "亿", "1 GB ", "1e", "一", "万"),
        common=FEW,
    ),
    "ingest.text.bounds.bound_of": lambda text: bounds.bound_of(text, *[len(text) // 2] * 2),
    "ingest.text.numbers.quantities": numbers.quantities,
    "ingest.text.words.run_together": words.run_together,
    "ingest.text.things.has_version": [
        _of_question(lambda text: things.has_version(text, "LLaMA", "2"), "llama "),
        _of_question(lambda text: things.has_version("llama 3", text, "2"), "Ll"),
    ],
    "ingest.text.formulas.count": formulas_of.count,
    "ingest.text.formulas.commands": formulas_of.commands,
    "ingest.text.numbers.has_number": numbers.has_number,
    "ingest.text.numbers.years": numbers.years,
    "ingest.text.scripts.plain_words": scripts.plain_words,
    "ingest.text.scripts.count_spaced": scripts.count_spaced,
    "ingest.text.things.dotted_versions": things.dotted_versions,
    "ingest.text.things.odd_parts": things.odd_parts,
    "ingest.text.things.is_name": _of_question(things.is_name),
    "ingest.text.things.is_quantity": _of_question(things.is_quantity, "1"),
    "ingest.text.things.mentions": [
        _of_question(lambda text: things.mentions(text, "WMT14"), "wmt "),
        _of_question(lambda text: things.mentions("wmt 2014", text), "1"),
    ],
    "ingest.text.things.names": _of_question(things.names, "What is "),
    "ingest.text.things.names_said": _of_question(things.names_said),
    "ingest.text.things.versions": _of_question(things.versions, "Llama ", "v"),
    "ingest.text.opposites.has_contrary": opposites.has_contrary,
    "ingest.text.formulas.outside": Case(
        lambda text: formulas_of.outside(text, str.upper),
        heads=("", "$$", "\\[ x_1 "),
        units=("\\(a", "\\[a", "\\[x_1", "\\begin{align}", "\\end{align}", "$$a", "\\("),
    ),
    "ingest.text.symbols.symbols": Case(
        symbols.symbols,
        heads=("", "\\text{", "x_{"),
        units=(
            "x_{a",
            "\\hat",
            "\\hat{",
            "\\text{",
            "\\begin{",
            "O(",
            "\\mathcal{O}",
            "a=",
            "\\left",
        ),
    ),
    "ingest.text.symbols.uses": Case(
        lambda text: list(symbols.uses(text)),
        heads=("", "$", "the share $"),
        units=("$a$ ", "$\\hat v$", "\\(a\\)", "$a = ", "$x_{a", "the share $p$ "),
    ),
    "ingest.text.plain.as_quoted": Case(plain.as_quoted, heads=("", "*", "**", "[", "[a](")),
    "ingest.text.plain.escape_marks": plain.escape_marks,
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
    "ingest.text.characters.encodable": characters.encodable,
    "ingest.text.characters.without_controls": characters.without_controls,
    "ingest.text.sentences.one_line": sentences.one_line,
    "ingest.text.sentences.clean": sentences.clean,
    "ingest.text.sentences.last_mark": Case(sentences.last_mark, units=('"', "*_", ")")),
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
    "ingest.exports.registry.is_export": "measured with `read_list`",
    "ingest.exports.packs.": "bounded in members and in bytes; each is measured with `read_list`",
    "ingest.exports.folders.": "at most 40 steps",
    "ingest.reading.list_source.": "asks `decode` and `is_feed`, which are measured",
    "ingest.reading.latex.": "measured with `markup.as_markdown`",
    "ingest.reading.latex_macros.": "measured with `markup.as_markdown`",
    "ingest.reading.rst_tables.": "measured with `markup.as_markdown`",
    "ingest.exports.omnivore.": "looks a name up for each row; its members are those of `packs`",
    "ingest.reading.omml.write_formulas": "goes over a tree once, which is bounded",
    "ingest.reading.packed.Packed.with_parts": "copies parts, which are bounded",
    "ingest.exports.saved_pages.": "one entry, by `ListBuilder.take`",
    "ingest.gathering.collected.": "reads by `read_list` and `read_vault`",
    "ingest.exports.rows.take_rows": "measured with `read_list`",
    "ingest.exports.vault.": "reads notes by `wiki` and `parse`",
    "ingest.reading.picture_image.": "bounds pixels itself, in a process that is ended",
    "ingest.reading.pictures.": "looks at the first bytes; a JPEG's parts are passed over in steps",
    "ingest.reading.pdf_image.": "bounds characters and pixels itself, in a process that is ended",
    "ingest.reading.pdf_pages.pages": "the larger part of extract_pdf, which is measured",
    "ingest.reading.pdf_figures.placed": "five numbers",
    "ingest.reading.pdf_figures.region": "goes over a page's pieces at most twelve times",
    "ingest.reading.pdf_figures.regions": "goes over a page's pieces at most twelve times",
    "ingest.text.formulas.tex_of": "reads what a pattern matched",
    "ingest.archive.": "records are found by their places; what they say is read elsewhere",
    "ingest.bounded.": "hands pages to a process that is ended when it takes too long",
    "ingest.gathering.": "asks for pages; addresses are compared, replies kept",
    "ingest.fetch.client.": "sends and receives; bodies have a most size",
    "ingest.fetch.pace.": "one look-up by host",
    "ingest.fetch.robots_gate.": "asks `Robots`",
    "ingest.thinning.": "reads by `without_rows`",
    "ingest.page.": "reads by `read_document` and `read_rows`",
    "ingest.pipeline.": "compares addresses; reads nothing",
    "ingest.lists.catalog.": "names of lists",
    "ingest.lists.catalog_file.dumps": "writes what was read",
    "ingest.disk.": "writes and reads bytes",
    "ingest.lists.tables.": "measured with `read_blocks`",
    "ingest.lists.pieces.shows": "one look at a piece",
    "ingest.lists.written.blank_front_matter": "measured with `links_of`",
    "ingest.lists.written.visible": "measured with `links_of`",
    "ingest.text.words.word_set": "our own lists of words",
    "ingest.shipped.": "names of our own files",
    "ingest.primer_zh.": "our own notes",
    "ingest.primer_questions.": "our own questions",
    "*.covers": "one look at an address; `links` is measured with addresses",
    "*.requests": "addresses and JSON; measured with `read` of the same site",
    "ingest.links.site.": "names of sources",
    "ingest.links.sites.registry.": "one match of a host name",
    "ingest.sites.article.": "measured with the sites that read by it",
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
