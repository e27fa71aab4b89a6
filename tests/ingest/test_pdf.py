"""PDF files made here: columns, running lines, hyphens, headings, pages, damage."""

import io
import re

import pytest
from reportlab.lib.pagesizes import A4
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas

from ingest.archive.values import Reply
from ingest.reading.decode import UnreadableError
from ingest.reading.document import Document, read_document
from ingest.reading.garbled import is_garbled
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


def turned_page(text_angle: int, page_rotation: int) -> bytes:
    """Two pages whose text is turned, with a power, an index and a footnote's mark in it."""
    width, height = A4
    buffer = io.BytesIO()
    paper = Canvas(buffer, pagesize=A4)
    for page in range(2):
        paper.setPageRotation(page_rotation)
        corners = {0: (0, 0), 90: (width, 0), 180: (width, height), 270: (0, height)}
        paper.translate(*corners[text_angle])
        paper.rotate(text_angle)
        paper.setFont("Helvetica", 11)
        paper.drawString(
            72, 400, f"Page {page} of a wide table goes on for more than one line, since"
        )
        paper.drawString(72, 386, "its words are many.")
        paper.drawString(72, 340, "It took 10")
        at = 72 + paper.stringWidth("It took 10", "Helvetica", 11)
        paper.setFont("Helvetica", 7)
        paper.drawString(at, 344, "23")
        paper.setFont("Helvetica", 11)
        paper.drawString(at + 12, 340, "steps with d")
        at += 12 + paper.stringWidth("steps with d", "Helvetica", 11)
        paper.setFont("Helvetica", 7)
        paper.drawString(at, 338, "model")
        paper.setFont("Helvetica", 11)
        paper.drawString(at + 24, 340, "as told.")
        at += 24 + paper.stringWidth("as told.", "Helvetica", 11)
        paper.setFont("Helvetica", 7)
        paper.drawString(at, 344, "12")
        paper.showPage()
    paper.save()
    return buffer.getvalue()


@pytest.mark.parametrize(("angle", "rotation"), [(0, 0), (90, 0), (90, 90), (180, 0), (270, 270)])
def test_turned_pages_are_read_and_scripts_written_on_the_line(angle, rotation):
    text = extract_pdf(turned_page(angle, rotation), URL).text
    assert text.startswith("Page 0 of a wide table goes on for more than one line, since its words")
    assert text.count("It took 10^23 steps with d_model as told.[12]") == 2


@pytest.mark.parametrize("name", ["identity.pdf", "shifted.pdf"])
def test_text_that_is_none_is_refused(shared, name):
    body = (shared / "cases" / "21-no-tounicode" / name).read_bytes()
    with pytest.raises(UnreadableError, match="its text cannot be read, needs OCR"):
        extract_pdf(body, URL)


def test_powers_of_a_file(shared):
    body = (shared / "cases" / "15-superscripts" / "powers.pdf").read_bytes()
    text = extract_pdf(body, URL).text
    for said in ("5.7×10^21 operations", "2^13 tokens", "O(n^2)", "d_model", "10^-3 to 10^-5"):
        assert said in text


PROSE = """The cache keeps the keys and values of all tokens, so that a new token is compared with
them and not with the whole text again. It grows with the length of the text and with the number of
heads, and for long texts it is larger than the weights of the model itself."""


@pytest.mark.parametrize("step", [1, 3, -3, 7, 13, -29])
def test_a_text_through_a_shifted_map_is_told(step):
    shifted = "".join(char if char.isspace() else chr(max(33, ord(char) + step)) for char in PROSE)
    assert is_garbled(shifted)


@pytest.mark.parametrize("step", [0x80, 0x391 - 97, 0x3400, 0xA000])
def test_a_text_through_a_map_to_letters_of_another_script_is_told(step):
    assert is_garbled("".join(char if char.isspace() else chr(ord(char) + step) for char in PROSE))


@pytest.mark.parametrize("step", [2, 5, 0x60, 0x4E00])
def test_a_text_whose_spaces_were_shifted_too_is_told(step):
    assert is_garbled("".join(char if char == "\n" else chr(ord(char) + step) for char in PROSE))


def test_a_text_through_any_other_map_is_told():
    letters = "abcdefghijklmnopqrstuvwxyz", "qwrtpsdfghjklzxcvbnmaeiouy"
    mixed = PROSE.lower().translate(str.maketrans(*letters))
    assert is_garbled(mixed)
    assert is_garbled("".join(chr(1 + ord(char) % 30) for char in PROSE))
    assert is_garbled("\ue001\ue002\ue010 " * 40)


@pytest.mark.parametrize(
    "text",
    [
        PROSE,
        "Der Speicher hält die Schlüssel und Werte aller Token, damit ein neues Token mit ihnen "
        "verglichen wird und nicht mit dem ganzen Text, und er wächst mit der Länge des Textes.",
        "注意力机制让模型有选择地参考输入。分组查询更快！" * 20,
        "def forward(self, x): return self.proj(F.silu(self.gate(x)) * self.up(x)) # swiglu\n" * 12,
        "0.12 0.33 0.41 0.52 17.3 18.9 20.1 33.0 41.5 12.6 99.1 " * 10,
        "[12] J. Kim, S. Lee, T. Vu. Xyz. NeurIPS, 2021. [13] K. Ng, W. Xu. ICLR, 2022. " * 8,
        "Внимание выбирает из входа то, что нужно, и складывает значения с весами." * 5,
        "",
        "Short.",
    ],
)
def test_readable_text_is_not_taken_for_garbled(text):
    assert not is_garbled(text)
