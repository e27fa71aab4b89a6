"""Pages of PDFs as pictures: bounded, marked where the words stand, and nothing of them runs."""

import io
import re

import pytest
from PIL import Image
from reportlab.pdfgen.canvas import Canvas

from ingest.archive import writing
from ingest.archive.values import Resource
from ingest.archive.warc import Archive
from ingest.bounded.drawings import Drawings
from ingest.reading.decode import UnreadableError
from ingest.reading.pdf_image import PageImage, TextLine, page_image
from ui.page.html_pdf import pdf_address, pdf_html, unread_html
from ui.page.html_reader import POLICY
from ui.page.i18n import texts
from ui.page.pdf_marks import boxes, holds

SAY = texts("en")
EVIL = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>"


def a_pdf(*pages, size=(400, 300), rotate=0):
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=size)
    for lines in pages:
        canvas.setPageRotation(rotate)
        for number, line in enumerate(lines):
            canvas.drawString(40, 250 - 20 * number, line)
        canvas.showPage()
    canvas.save()
    return out.getvalue()


def test_a_page_is_drawn_with_its_lines_in_pixels_of_the_picture():
    image = page_image(a_pdf(["One line", "another one"], ["Second page"]), 1)
    assert (image.pages, [line.text for line in image.lines]) == (2, ["One line", "another one"])
    assert Image.open(io.BytesIO(image.picture)).size == (image.width, image.height)
    first, second = image.lines
    assert first.bottom <= second.top + 1
    assert len(first.edges) == len(first.text) + 1
    assert 0 < first.edges[0] < first.edges[-1] < image.width
    assert page_image(a_pdf(["a"], ["b"]), 99).lines[0].text == "b"


def test_a_page_that_lies_on_its_side_has_its_lines_where_they_are_seen():
    image = page_image(a_pdf(["A line"], rotate=180), 1)
    assert image.lines == () or image.lines[0].edges[0] > 0  # never outside, never an error
    assert PageImage.of_plain(image.to_plain()) == image


@pytest.mark.parametrize("size", [(14_000, 14_000), (10, 14_000), (14_000, 3)])
def test_a_page_of_any_size_is_a_picture_of_bounded_size(size):
    image = page_image(a_pdf(["x"], size=size), 1)
    assert image.width * image.height <= 4_100_000
    assert max(image.width, image.height) <= 8_001


@pytest.mark.parametrize("body", [b"", b"%PDF-1.7\nnonsense", b"<html>"])
def test_what_is_no_pdf_is_refused_in_words(body):
    with pytest.raises(UnreadableError, match="damaged"):
        page_image(body, 1)


def test_pages_are_drawn_in_a_process_of_their_own_from_the_archived_bytes(tmp_path):
    archive = Archive(tmp_path)
    writing.add(archive, [
        Resource("https://a.example/a.pdf", "application/pdf", a_pdf(["Some words"])),
        Resource("https://a.example/b.pdf", "application/pdf", b"%PDF-1.4 broken"),
    ])  # fmt: skip
    drawings = Drawings(tmp_path)
    try:
        image = drawings.page("https://a.example/a.pdf", 1)
        assert image.lines[0].text == "Some words"
        assert drawings.page("https://a.example/a.pdf", 1) is image
        with pytest.raises(UnreadableError, match="damaged"):
            drawings.page("https://a.example/b.pdf", 1)
        with pytest.raises(UnreadableError, match="not in the archive"):
            drawings.page("https://a.example/c.pdf", 1)
        assert drawings.page("https://a.example/a.pdf", 1) is image
    finally:
        drawings.close()


def line(text, top=0):
    return TextLine(text, top, top + 10, tuple(float(at) for at in range(len(text) + 1)))


def test_words_are_found_across_lines_hyphens_and_ligatures():
    lines = [line("The eﬃ-"), line("cient cache holds", 10), line("keys.", 20)]
    found = boxes(lines, "efficient cache holds keys")
    assert [(box.left, box.top, box.right) for box in found] == [(4, 0, 6), (0, 10, 17), (0, 20, 4)]
    assert holds(lines, "efficient cache")
    assert boxes(lines, "something else entirely, of which nothing is here") == []
    assert boxes(lines, "") == []


def test_of_words_that_run_over_the_end_of_a_page_the_part_there_is_marked():
    words = "the first half of it stands on this page, and the other half on the next page"
    assert boxes([line("the first half of it stands on this page")], words)
    assert boxes([line("and the other half on the next page")], words)


def test_words_are_missed_only_where_some_were_looked_for():
    image, said = PageImage(b"x", 10, 10, 1, (line("words"),)), SAY("pdf.unmarked")
    how = {"passage": [], "quoted": [], "addresses": ["", ""], "text": "", "live": ""}
    assert said in pdf_html(image, 1, "T", SAY, sought=True, **how)
    assert said not in pdf_html(image, 1, "T", SAY, sought=False, **how)


def test_nothing_of_a_pdf_becomes_markup():
    image = PageImage(b"x", 10, 10, 3, (line(EVIL),))
    address = pdf_address(SAY, passage=EVIL, said=EVIL, page=2, up="./")
    for html in (
        pdf_html(image, 2, EVIL, SAY, passage=boxes(image.lines, "script"), quoted=[],
                 addresses=[address, address], text=address, live="javascript:alert(1)",
                 sought=True),
        unread_html(EVIL, EVIL, address, SAY),
    ):  # fmt: skip
        body = html[html.index("<main") : html.index("</main>")]
        tags = set(re.findall(r"<(\w+)", body))
        assert tags <= {
            "main",
            "h1",
            "p",
            "a",
            "nav",
            "div",
            "figure",
            "img",
            "svg",
            "g",
            "rect",
            "text",
        }
        assert not re.search(r"<[^>]*\son\w+=", body)
        assert "javascript:" not in body
        assert body.count("<img") <= 1
    assert "script-src 'sha256-" in POLICY
    assert "default-src 'none'" in POLICY
