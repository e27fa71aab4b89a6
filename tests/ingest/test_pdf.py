"""PDF files made here: columns, running lines, hyphens, headings, pages, damage."""

import io
import re

import pytest
from reportlab.lib.pagesizes import A4
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas

from ingest.archive.warc import Reply
from ingest.reading.decode import UnreadableError
from ingest.reading.document import Document, read_document
from ingest.reading.pdf import extract_pdf

URL = "https://a.example/paper.pdf"
WIDTH, HEIGHT = A4


def lines_of(name, count):
    return [f"{name} line {n} tells what the method does here" for n in range(count)]


def made(draw, pages=1, **how):
    file = io.BytesIO()
    canvas = Canvas(file, pagesize=A4, **how)
    for number in range(1, pages + 1):
        draw(canvas, number)
        canvas.showPage()
    canvas.save()
    return file.getvalue()


def column(canvas, left, top, lines, size=9, font="Times-Roman"):
    canvas.setFont(font, size)
    for at, line in enumerate(lines):
        canvas.drawString(left, top - at * (size + 2), line)


def paper(canvas, number):
    """A two-column page; the right column is drawn line by line with the left one."""
    canvas.setFont("Times-Roman", 8)
    canvas.drawString(60, HEIGHT - 30, "Journal of Made-up Results, volume 3")
    canvas.drawString(WIDTH / 2, 25, str(number))
    canvas.saveState()
    canvas.rotate(90)
    canvas.drawString(200, -20, "arXiv:2401.00001v1 [cs.CL] 1 Jan 2024")
    canvas.restoreState()
    top = HEIGHT - 80
    if number == 1:
        column(canvas, 120, top, ["A Made-up Paper on Caches"], 20, "Times-Bold")
        column(
            canvas,
            60,
            top - 40,
            ["This abstract spans the whole width of the page and both columns."],
        )
        top -= 80
    column(canvas, 60, top, ["3.1 Sharing keys"], 11, "Times-Bold")
    left = [*lines_of(f"Left{number}", 20), "The last word is hyphen-"]
    right = ["ated here and goes on.", *lines_of(f"Right{number}", 20)]
    canvas.setFont("Times-Roman", 9)
    for at, (one, two) in enumerate(zip(left, right, strict=True)):
        y = top - 20 - at * 11
        canvas.drawString(60, y, one)
        canvas.drawString(WIDTH / 2 + 15, y, two)


def test_two_columns_are_read_one_after_the_other():
    text = extract_pdf(made(paper, 3), URL).text
    columns = ("Left1", "Right1", "Left2", "Right2", "Left3")
    places = [text.index(f"{name} line {n} ") for name in columns for n in range(20)]
    assert places == sorted(places)
    assert "Left1 line 3 tells what the method does here Left1 line 4" in text


def test_what_stands_on_every_page_is_gone():
    text = extract_pdf(made(paper, 4), URL).text
    for running in ("Journal of Made-up", "arXiv:2401"):
        assert running not in text
    assert not any(line.strip() in "1234" for line in text.split("\n") if line.strip())


def test_title_headings_and_hyphens():
    page = extract_pdf(made(paper, 3), URL)
    assert page.title == "A Made-up Paper on Caches"
    assert "\n\n### 3.1 Sharing keys\n\n" in page.text
    assert "The last word is hyphenated here and goes on." in page.text
    assert page.text.index("spans the whole width") < page.text.index("Left1 line 0")


def test_anchors_open_the_page_on_which_a_passage_stands():
    page = extract_pdf(made(paper, 3), URL)
    assert [address for _, address in page.anchors] == [f"{URL}#page={n}" for n in (1, 2, 3)]
    starts = [start for start, _ in page.anchors]
    for number, start in enumerate(starts, 1):
        end = starts[number] if number < 3 else len(page.text)
        assert f"Left{number} line 0" in page.text[start:end]
        assert f"Left{number + 1} line 0" not in page.text[start:end]
    assert page.text[starts[1] :].startswith("### 3.1")


def test_what_the_file_says_of_itself():
    def draw(canvas, number):
        canvas.setTitle("Attention in Practice")
        canvas.setAuthor("A. Writer")
        column(canvas, 60, 700, lines_of("Some", 5))

    page = extract_pdf(made(draw), URL)
    assert (page.title, page.author) == ("Attention in Practice", "A. Writer")


def test_one_column_items_and_contents():
    def draw(canvas, number):
        column(canvas, 60, 700, ["1 Introduction . . . . . . . . . . . 3"])
        column(
            canvas,
            60,
            650,
            [f"{line} and it fills the whole width of the page" for line in lines_of("One", 6)],
            11,
        )
        column(canvas, 60, 550, ["• first item", "• second item"], 11)

    text = extract_pdf(made(draw), URL).text
    assert ". . ." not in text
    assert text.count("\n\n- ") == 2
    assert "One line 2 tells what the method does here and it fills" in text


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"%PDF-1.7 nothing more", "damaged"),
        (made(paper, 2)[:900], "damaged"),
        (made(lambda canvas, number: None), "empty"),
        (made(paper, encrypt=StandardEncryption("secret")), "needs a password"),
    ],
)
def test_what_cannot_be_read_says_why(body, reason):
    with pytest.raises(UnreadableError) as error:
        extract_pdf(body, URL)
    assert error.value.reason.startswith(reason)


def test_any_address_may_give_a_pdf():
    reply = Reply(
        "https://a.example/download?id=3",
        200,
        (("Content-Type", "application/octet-stream"),),
        made(paper, 2),
        "2026-01-01T00:00:00Z",
    )
    document = read_document(reply)
    assert isinstance(document, Document)
    assert document.title == "A Made-up Paper on Caches"
    assert document.anchors[1][1] == "https://a.example/download?id=3#page=2"
    assert document.text[document.anchors[1][0] :].startswith("### 3.1")


def drawn(*lines, font="Times-Roman"):
    return made(lambda canvas, number: column(canvas, 60, 700, lines, 10, font))


def test_a_broken_compound_keeps_its_hyphen_and_a_broken_word_does_not():
    text = extract_pdf(
        drawn(
            "We study self-attention, large-scale training, state-of-the-",
            "art models with self-",
            "attention, GPT-",
            "4, a simple aver-",
            "age over multi-",
            "head blocks, as multi-head layers have it.",
        ),
        URL,
    ).text
    for kept in ("state-of-the-art", "with self-attention", "GPT-4", "average over multi-head "):
        assert kept in text


def test_names_with_underscores_stay_whole():
    assert "the max_seq_len option" in extract_pdf(drawn("Set the max_seq_len option."), URL).text


def test_chinese_lines_are_joined_without_spaces():
    pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))
    text = extract_pdf(
        drawn("注意力机制需要缓存键", "和值因此内存随长度增", font="STSong-Light"), URL
    )
    assert text.text == "注意力机制需要缓存键和值因此内存随长度增"


def test_a_bold_opening_does_not_cut_its_paragraph():
    def draw(canvas, number):
        for at, name in enumerate(("Setup.", "Results.", "Limits.")):
            y = 700 - 40 * at
            canvas.setFont("Times-Bold", 10)
            canvas.drawString(60, y, name)
            canvas.setFont("Times-Roman", 10)
            canvas.drawString(
                60 + canvas.stringWidth(f"{name} ", "Times-Bold", 10),
                y,
                "We train on four nodes with the usual schedule",
            )
            canvas.drawString(60, y - 12, "and then with a lower rate.")

    blocks = extract_pdf(made(draw), URL).text.split("\n\n")
    assert len(blocks) == 3
    assert blocks[1] == (
        "Results. We train on four nodes with the usual schedule and then with a lower rate."
    )


def test_text_is_not_taken_for_marks():
    assert extract_pdf(drawn("# a shell comment"), URL).text == "\\# a shell comment"


def test_a_page_of_short_labels_and_a_damaged_page_raise_nothing():
    labels = made(
        lambda canvas, n: [canvas.drawString(60, 700 - 40 * i, f"a{i}") for i in range(5)]
    )
    assert "a3" in extract_pdf(labels, URL).text
    body = made(paper, 2)
    kids = re.search(rb"/Kids \[[^\]]*\]", body)
    torn = body.replace(kids[0], b"/Kids [ 98 0 R 99 0 R".ljust(len(kids[0]) - 1) + b"]")
    with pytest.raises(UnreadableError, match="damaged"):
        extract_pdf(torn, URL)
