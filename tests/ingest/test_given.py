"""Files that people give: saved pages know where they are from, markups are read, others named."""

import quopri
import re
from base64 import b64encode
from pathlib import Path

import pytest

from ingest.archive.given import resources
from ingest.archive.values import Reply
from ingest.errors import UsageError
from ingest.reading.document import Document, Rejection, read_document
from ingest.reading.markup import as_markdown

URL = "https://blog.example.org/posts/skua?a=1&b=2"
WORDS = "<p>The skua budget is 5 cents for a thousand tokens, and it was measured on two days.</p>"
BODY = (
    f"<head><title>Skua</title></head><body><article><h1>Skua</h1>{WORDS}</article></body></html>"
)


def given(name: str, body: str | bytes, kind: str = "text/html") -> Document | Rejection:
    data = body.encode() if isinstance(body, str) else body
    url = f"file:///home/me/{name}"
    return read_document(
        Reply(url, 200, (("Content-Type", kind),), data, "2026-01-02T03:04:05Z", resource=True)
    )


SAVED = {
    "a browser": (
        f"<!DOCTYPE html>\n<!-- saved from url=({len(URL):04})" + URL + " -->\n<html>" + BODY,
        "2026-01-02T03:04:05Z",
    ),
    "a browser, its count wrong": (
        "<!-- saved from url=(0011)" + URL.replace("&", "&amp;") + " -->\r\n<html>" + BODY,
        "2026-01-02T03:04:05Z",
    ),
    "SingleFile": (
        "<!DOCTYPE html><html lang=en><!--\n Page saved with SingleFile \n url: " + URL
        + " \n saved date: Tue Mar 04 2025 10:11:12 GMT+0100 (Central European Standard Time)\n-->"
        + BODY,
        "2025-03-04T09:11:12Z",
    ),
    "monolith": (
        f"<!-- Saved from {URL} at 2025-03-04T09:11:12Z using monolith v2.8.3 -->\n<html>{BODY}",
        "2025-03-04T09:11:12Z",
    ),
    "HTTrack": (
        f"<html><!-- Mirrored from {URL.removeprefix('https://')} by HTTrack Website Copier/3.x "
        f"[XR&CO'2014], Tue, 04 Mar 2025 09:11:12 GMT -->{BODY}",
        "2025-03-04T09:11:12Z",
    ),
    "WebScrapBook": (
        f'<html data-scrapbook-source="{URL.replace("&", "&amp;")}"'
        f' data-scrapbook-create="20250304091112000">{BODY}',
        "2025-03-04T09:11:12Z",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("page", "at"), SAVED.values(), ids=SAVED)
def test_a_saved_page_knows_its_address(page, at):
    found = given("skua (04.03.2025).html", page)
    assert isinstance(found, Document)
    assert (found.url, found.title, found.fetched_at) == (URL, "Skua", at)
    assert "5 cents" in found.text


@pytest.mark.parametrize(
    "address", ["about:internet", "file:///C:/x.html", "http://localhost:8888/"]
)
def test_an_address_that_nobody_else_can_open_is_not_taken_over(address):
    found = given("x.html", f"<!-- saved from url=({len(address):04}){address} -->\n<html>{BODY}")
    assert isinstance(found, Document)
    assert found.url == "file:///home/me/x.html"


def test_what_a_page_of_the_web_says_of_itself_is_not_believed():
    body = SAVED["SingleFile"][0].encode()
    reply = Reply("https://evil.example/", 200, (("Content-Type", "text/html"),), body, "2026")
    found = read_document(reply)
    assert isinstance(found, Document)
    assert found.url == "https://evil.example/"


def mhtml(encoding: str, body: bytes, charset: str = "", head: str = "") -> bytes:
    kind = "text/html" + (f"; charset={charset}" if charset else "")
    return (
        f"From: <Saved by Blink>\r\n{head}Subject: Skua\r\nDate: Tue, 4 Mar 2025 10:11:12 +0100\r\n"
        'MIME-Version: 1.0\r\nContent-Type: multipart/related;\r\n\ttype="text/html";\r\n'
        '\tboundary="--b--"\r\n\r\n\r\n----b--\r\nContent-Type: image/png\r\n'
        "Content-Transfer-Encoding: base64\r\n\r\niVBORw0KGgo=\r\n----b--\r\n"
        f"Content-Type: {kind}\r\nContent-Transfer-Encoding: {encoding}\r\n"
        f"Content-Location: {URL}\r\n\r\n"
    ).encode() + body + b"\r\n----b----\r\n"  # fmt: skip


PAGE = f"<!DOCTYPE html><html>{BODY}".replace("tokens", "tokens – 很好")
PAGES = {
    "quoted-printable": mhtml("quoted-printable", quopri.encodestring(PAGE.encode()), "utf-8"),
    "base64": mhtml("base64", b64encode(PAGE.encode()), "utf-8"),
    "binary": mhtml("binary", PAGE.encode(), "utf-8"),
    "8bit": mhtml("8bit", PAGE.encode()),
    "gb18030": mhtml("base64", b64encode(PAGE.encode("gb18030")), "gb2312"),
    "utf-16": mhtml("base64", b64encode(PAGE.encode("utf-16")), "utf-16"),
    "its own header": mhtml(
        "8bit", PAGE.encode(), "utf-8", f"Snapshot-Content-Location: {URL}\r\n"
    ),
}


@pytest.mark.parametrize("body", PAGES.values(), ids=PAGES)
@pytest.mark.parametrize("name", ["a.mhtml", "A.MHT"])
def test_a_page_in_one_file_is_read(body, name):
    found = given(name, body, "multipart/related")
    assert isinstance(found, Document)
    assert (found.url, found.title, found.fetched_at) == (URL, "Skua", "2025-03-04T09:11:12Z")
    assert "tokens – 很好" in found.text


@pytest.mark.parametrize("body", [b"", b"\x00\x01", b"no message at all", b"A: b\r\n\r\nwords"])
def test_a_damaged_page_in_one_file_is_named(body):
    found = given("a.mhtml", body, "multipart/related")
    assert found == Rejection("file:///home/me/a.mhtml", "damaged: it is no saved page (MHTML)")


def test_captions_are_read_as_paragraphs_each_line_once():
    vtt = (
        "WEBVTT\nKind: captions\n\nNOTE a remark\n\n00:00:01.000 --> 00:00:03.000 align:start\n"
        "so today we talk about\n\n00:00:03.000 --> 00:00:05.000\nso today we talk about\n"
        "the <c>gannet</c> optimiser which\n\n00:00:05.000 --> 00:00:09.000\n"
        "the gannet optimiser which\n<v Ann>has two states.\n\n01:00:40.000 --> 01:00:44.000\n"
        "[Music]\n\n01:00:41.000 --> 01:00:45.000\n>> It converges &amp; ends.\n"
    )
    found = given("lecture.vtt", vtt, "text/vtt")
    assert isinstance(found, Document)
    assert found.text == (
        "so today we talk about the gannet optimiser which has two states.\n\nIt converges & ends."
    )
    srt = "1\n00:00:01,000 --> 00:00:04,000\nThe gannet optimiser\n<i>has two states.</i>\n"
    assert given("lecture.srt", srt, "text/plain").text == "The gannet optimiser has two states."
    assert given("x.srt", "no cue", "text/plain") == Rejection(
        "file:///home/me/x.srt", "damaged: it holds no captions"
    )


def test_restructured_text_is_read_with_its_headings_code_and_notes():
    rst = (
        "======\nGannet\n======\n\n"
        "The *gannet* keeps ``two`` states [1]_, see `the paper <u>`_ and\n"
        ":class:`torch.optim.Adam`.\n\nUsing it\n--------\n\n.. code-block:: python\n"
        "   :linenos:\n\n"
        "   x = 1\n   # no heading\n\n.. note::\n\n   Mind the *step*.\n\n"
        ".. image:: a.png\n   :alt: x\n\n"
        ".. _label:\n\n.. [1] Said by\n   somebody.\n\nAn example::\n\n    y = 2\n\n"
        "Done.\n\nDeeper\n~~~~~~\n"
        "* item\n"
    )
    assert as_markdown(rst, "rst") == (
        "# Gannet\n\nThe *gannet* keeps `two` states [1], see the paper and\ntorch.optim.Adam.\n\n"
        "## Using it\n\n```python\nx = 1\n# no heading\n```\n\nMind the *step*.\n\n"
        "[1] Said by somebody.\n\nAn example:\n\n```\ny = 2\n```\n\nDone.\n\n### Deeper\n\n* item"
    )
    found = given("readme.rst", rst, "text/x-rst")
    assert found.title == "Gannet"
    assert "The gannet keeps two states [1], see the paper and torch.optim.Adam." in found.text


def test_org_is_read():
    org = (
        "#+TITLE: Gannet\n#+OPTIONS: toc:nil\n* TODO Use it :tag:two:\n:PROPERTIES:\n"
        ":ID: x\n:END:\n"
        "The =gannet= of [[https://a.example][the paper]] is fast[fn:1].\n"
        "#+begin_src python :results\n"
        "x = 1\n#+end_src\n** Deeper\n- item\n[fn:1] Said so.\n"
    )
    assert as_markdown(org, "org") == (
        "# Gannet\n\n## Use it\n\nThe `gannet` of the paper is fast[1].\n```python\nx = 1\n```\n\n"
        "### Deeper\n\n- item\n[1] Said so."
    )


def test_latex_is_read():
    tex = (
        "\\documentclass{article}\n\\title{Gannet: \\emph{two} states}\n"
        "\\begin{document}\n\\maketitle\n"
        "\\begin{abstract}\nIt keeps two states~\\cite{a} in 95\\% of runs. % remark\n"
        "\\end{abstract}\n"
        "\\section{Method}\\label{s}\nWith $\\beta = 0.9$ it is \\textbf{fast}\\footnote{Quite.}.\n"
        "\\begin{equation}\nx = y^2 \\label{e}\n\\end{equation}\n\\begin{itemize}\n\\item One\n"
        "\\item[Two] Deux\n\\end{itemize}\n\\begin{verbatim}\n% code\n\\end{verbatim}\n"
        "\\end{document}\n"
    )
    assert as_markdown(tex, "tex") == (
        "# Gannet: two states\n\n## Abstract\n\nIt keeps two states in 95% of runs.\n\n"
        "## Method\n\n"
        "With $\\beta = 0.9$ it is fast (Quite.).\n\n$$x = y^2$$\n\n- One\n- Two: Deux\n\n"
        "```\n% code\n```"
    )


@pytest.mark.parametrize(
    ("tex", "shown"),
    [
        ("\\begin{document}\\maketitle\\section{Prey}A vole.", "## Prey\n\nA vole."),
        ("\\paragraph{Prey.} Voles, mostly.\n\nMore.", "##### Prey.\n\nVoles, mostly.\n\nMore."),
        ("\\noindent Voles \\label{a}stay.", "Voles stay."),
        ("So \\begin{equation} e \\end{equation} holds.\nNo", "So\n\n$$e$$\n\nholds.\nNo"),
        ("\\begin{quote}Said so.\\end{quote} And on.", "Said so.\n\nAnd on."),
        ("\\begin{itemize}\\item one \\item two\\end{itemize}", "- one\n- two"),
        ("$\\begin{pmatrix} a \\end{pmatrix}$ stays", "$\\begin{pmatrix} a \\end{pmatrix}$ stays"),
        ("\\begin{verbatim}\n\\section{x} y\n\\end{verbatim}", "```\n\\section{x} y\n```"),
        ("\\title{T}\\author{A}\\begin{document}Words.", "# T\n\nA\n\nWords."),
        ("a $\\partial x$ and \\itemsep", "a $\\partial x$ and \\itemsep"),
    ],
)  # fmt: skip
def test_no_text_of_latex_is_lost_where_several_commands_share_a_line(tex, shown):
    made = re.sub(r"\n{3,}", "\n\n", as_markdown(tex, "tex")).strip()
    assert made == shown


def test_a_folder_is_taken_in_and_what_is_not_read_is_named(tmp_path: Path):
    names = ["notes.md", "a.rst", "b.org", "c.tex", "d.vtt", "e.srt", "f.mhtml", "page.htm"]
    others = ["slides.ppt", "book.mobi", "text.odt", "data.csv", "x.png"]
    for name in [*names, *others, ".hidden.odt"]:
        (tmp_path / name).write_text("# words", encoding="utf-8")
    (tmp_path / "page_files").mkdir()
    (tmp_path / "page_files" / "frame.html").write_text("<p>advert</p>", encoding="utf-8")
    said: list[str] = []
    found = [Path(each.url).name for each in resources(tmp_path, said.append)]
    assert sorted(found) == sorted(names)
    assert said == [
        "5 files were passed over, of kinds refdesk does not read: book.mobi (an electronic book), "
        "data.csv (a table), slides.ppt (slides), text.odt (a text document), x.png; "
        "save them as PDF, HTML, Markdown or text to take them in."
    ]


def test_a_file_that_is_not_read_is_named_with_what_it_is(tmp_path: Path):
    (tmp_path / "text.doc").write_bytes(b"PK")
    with pytest.raises(UsageError, match=r"cannot read text\.doc, a Word document: it reads \.md"):
        list(resources(tmp_path / "text.doc"))
    with pytest.raises(UsageError, match=r"no file refdesk can read .* 1 file was passed over"):
        list(resources(tmp_path))
