"""Word documents and books are read, within bounds, and what is wrong with one is said."""

import pytest

from ingest.archive.values import Reply
from ingest.reading.document import read_document
from ingest.values import Document, Rejection
from tests.packed import docx, epub, packed, paragraph, pptx, shape

WORDS = "A kestrel hovers over the field and waits for a vole to move. " * 8
PAGE = f"<html><head><title>t</title></head><body><h1>One</h1><p>{WORDS}</p></body></html>"
BOMB = '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>'
_DEEPER = "\tfield voles"
AT = "2026-01-02T03:04:05Z"


def read(name, body):
    return read_document(Reply(f"file:///{name}", 200, (), body, AT, resource=True))


def test_a_word_document_keeps_headings_lists_and_tables():
    def row(*cells):
        return f"<w:tr>{''.join(f'<w:tc>{paragraph(cell)}</w:tc>' for cell in cells)}</w:tr>"

    table = f"<w:tbl>{row('Bird', 'Prey')}{row('Kestrel', 'Vole')}</w:tbl>"
    core = (
        '<cp:coreProperties xmlns:cp="c" xmlns:dc="http://purl.org/dc/elements/1.1/" '
        'xmlns:dcterms="http://purl.org/dc/terms/"><dc:creator>A. Falconer</dc:creator>'
        "<dcterms:modified>2021-05-01T10:00:00Z</dcterms:modified></cp:coreProperties>"
    )
    body = paragraph("Kestrels", "Heading1") + paragraph(WORDS) + table
    found = read("kestrels.docx", docx(body, docProps__core_xml=core))
    assert isinstance(found, Document)
    assert (found.title, found.author, found.date) == ("Kestrels", "A. Falconer", "2021-05-01")
    assert found.text.startswith("# Kestrels\n\nA kestrel hovers")
    assert "| Kestrel | Vole |" in found.text
    plain = read("my notes.docx", docx(paragraph(WORDS)))
    assert (plain.title, plain.author) == ("my notes", None)
    assert "kestrel" in read("zh.docx", docx(paragraph("红隼在田野上空盘旋。 kestrel " * 9))).text


def test_slides_stand_in_their_order_under_their_titles_with_notes():
    cells = (("Bird", "Prey"), ("Kestrel", "Vole"))
    rows = "".join(
        f"<a:tr>{''.join(f'<a:tc><a:p><a:r><a:t>{c}</a:t></a:r></a:p></a:tc>' for c in row)}</a:tr>"
        for row in cells
    )
    table = f"<p:graphicFrame><a:tbl>{rows}</a:tbl></p:graphicFrame>"
    twice = (
        "<mc:AlternateContent><mc:Choice><p:sp><p:txBody><a:p><m:oMath><m:t>e=mc</m:t></m:oMath>"
        f"</a:p></p:txBody></p:sp></mc:Choice><mc:Fallback>{shape('', 'a picture')}</mc:Fallback>"
        "</mc:AlternateContent>"
    )
    first = shape("ctrTitle", "Kestrels") + shape("subTitle", "What they eat")
    second = (
        shape("title", "Their", "prey") + shape("sldNum", "2")
        + f"<p:grpSp>{shape('body', 'Voles &amp; mice', _DEEPER, 'Beetles')}</p:grpSp>"
        + table + twice
    )  # fmt: skip
    notes = shape("sldImg") + shape("body", WORDS, "Then pause.") + shape("sldNum", "2")
    made = pptx([first, second, shape("", ""), shape("body", "Thanks")], {1: notes})
    found = read("my talk.pptx", made)
    assert isinstance(found, Document)
    assert (found.title, found.kind) == ("Kestrels", "slides")
    assert found.text == (
        "## Kestrels\n\nWhat they eat\n\n## Their prey\n\n- Voles & mice\n  - field voles\n"
        "- Beetles\n\n| Bird | Prey |\n| --- | --- |\n| Kestrel | Vole |\n\n$e=mc$\n\n"
        f"Notes: {WORDS.strip()}\n\nThen pause.\n\n## Slide 4\n\nThanks"
    )


def test_a_book_is_its_chapters_in_the_order_of_its_spine():
    two = PAGE.replace("One", "Two").replace("kestrel", "hobby")
    found = read("book.epub", epub({"b.xhtml": two, "a.xhtml": PAGE}, ["a.xhtml", "b.xhtml"]))
    assert isinstance(found, Document)
    assert (found.title, found.author, found.date, found.lang) == (
        "On Kestrels", "A. Falconer", "2021-05-01", "en",
    )  # fmt: skip
    assert found.text.index("# One") < found.text.index("# Two")
    odd = read("odd.epub", epub({"x y.xhtml": PAGE, "gone.xhtml": ""}, ["gone.xhtml", "x y.xhtml"]))
    assert "kestrel" in odd.text
    spaced = epub({"x%20y.xhtml": PAGE}, **{"OEBPS/x y.xhtml": PAGE})
    assert "kestrel" in read("spaced.epub", spaced).text


def test_what_is_marked_as_hidden_in_a_word_document_is_left_out():
    def run(text, mark):
        return f"<w:r><w:rPr>{mark}</w:rPr><w:t>{text}</w:t></w:r>"

    runs = run("Hidden.", "<w:vanish/>") + run(" Shown.", '<w:vanish w:val="0"/>')
    body = f"{paragraph(WORDS)}<w:p>{runs}</w:p><w:vanish/>"
    text = read("a.docx", docx(body)).text
    assert "Hidden" not in text
    assert "Shown." in text


@pytest.mark.parametrize(
    ("name", "body", "reason"),
    [
        ("a.docx", b"PK\x03\x04 no zip", "damaged"),
        ("a.pptx", b"PK\x03\x04 no zip", "damaged"),
        ("a.pptx", packed({"x.xml": "<a/>"}), "no slides"),
        ("a.pptx", pptx([]), "without text"),
        ("a.pptx", pptx([shape("body", "x")], **{"ppt/slides/slide1.xml": BOMB}), "XML entities"),
        ("a.pptx", pptx([shape("body", WORDS * 60_000)]), "too large"),
        ("a.docx", packed({"x.xml": "<a/>"}), "no Word document"),
        ("a.docx", docx(paragraph("x"), word__styles_xml=f"{BOMB}<a>&b;</a>"), "XML entities"),
        ("a.docx", docx("<w:p>" * 50_000), "damaged"),
        ("a.docx", docx(paragraph("x"), word__big_xml=b" " * 30_000_000), "too large"),
        ("a.epub", packed({"mimetype": "application/epub+zip"}), "META-INF/container.xml"),
        ("a.epub", epub({"a.xhtml": "<html><body></body></html>"}), "empty"),
        ("a.epub", epub({"a.xhtml": PAGE}, **{"META-INF/rights.xml": "<r/>"}), "protected"),
        ("a.epub", epub({"a.xhtml": PAGE}, **{"META-INF/container.xml": f"{BOMB}<a/>"}),
         "XML entities"),
        ("a.epub", epub({"a.xhtml": "<p>" + "a " * 12_000_000}), "too large"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)  # fmt: skip
def test_what_cannot_be_read_is_said(name, body, reason):
    found = read(name, body)
    assert isinstance(found, Rejection)
    assert reason in found.reason
