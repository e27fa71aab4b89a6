"""Figures of PDF files: lines and pictures above a caption, as a place on its page."""

import io

import pypdfium2
import pytest
from PIL import Image
from reportlab.lib.utils import ImageReader

from ingest.reading.decode import UnreadableError
from ingest.reading.pdf import extract_pdf
from ingest.reading.pdf_figures import Place, place_of
from ingest.reading.pdf_image import place_image, size_of
from tests.ingest.test_pdf import HEIGHT, URL, WIDTH, column, lines_of, made

CAPTION = "Figure 3: Keys are shared by groups of queries."


def picture():
    out = io.BytesIO()
    Image.new("RGB", (200, 100), (200, 30, 30)).save(out, "PNG")
    return ImageReader(io.BytesIO(out.getvalue()))


def page(canvas, number):
    """Page 2 has a picture above a caption, page 3 lines; page 1 and 4 speak of figures only."""
    column(canvas, 60, HEIGHT - 90, lines_of("Before", 8))
    if number == 2:
        canvas.drawImage(picture(), 100, HEIGHT - 420, 300, 200)
        column(canvas, 100, HEIGHT - 440, [CAPTION])
    elif number == 3:
        canvas.setStrokeColorRGB(0, 0, 1)
        canvas.line(150, HEIGHT - 400, 150, HEIGHT - 250)
        canvas.line(150, HEIGHT - 400, 400, HEIGHT - 400)
        canvas.drawString(250, HEIGHT - 412, "steps")
        column(canvas, 100, HEIGHT - 440, ["Fig. 4. The loss falls."])
    else:
        column(canvas, 60, HEIGHT - 440, ["Figure 3 shows how keys are shared.", "It does."])
    column(canvas, 60, HEIGHT - 480, lines_of("After", 8))


def paper_bytes():
    """Return a file of four pages, two of them with a figure."""
    return made(page, 4)


@pytest.fixture(scope="module")
def paper():
    return paper_bytes()


def test_a_picture_and_a_drawing_above_their_captions_are_figures(paper):
    read = extract_pdf(paper, URL)
    pictured, drawn = read.figures
    assert read.text[pictured.start : pictured.end] == CAPTION
    assert read.text[drawn.start : drawn.end] == "Fig. 4. The loss falls."
    assert pictured.at == pictured.start
    place = place_of(pictured.url)
    assert place is not None
    assert (place.file, place.page) == (URL, 2)
    assert 90 <= place.left <= 100
    assert 210 <= place.top <= 220  # below the text above
    assert 300 <= place.width <= 312
    assert 200 <= place.height <= 222
    assert place_of(drawn.url).page == 3


def test_the_place_is_drawn_as_large_as_was_said(paper):
    pictured, drawn = extract_pdf(paper, URL).figures
    image = place_image(paper, place_of(pictured.url))
    shown = Image.open(io.BytesIO(image.picture)).convert("RGB")
    assert shown.size == (image.width, image.height) == size_of(place_of(pictured.url))
    red, green, _ = shown.getpixel((shown.width // 2, shown.height // 2))
    assert red > 180
    assert green < 60
    lines = Image.open(io.BytesIO(place_image(paper, place_of(drawn.url)).picture))
    assert any(blue > red + 80 for _, (red, _, blue) in lines.convert("RGB").getcolors(1 << 20))


def test_text_alone_above_a_caption_is_no_figure():
    def words(canvas, _):
        column(canvas, 60, HEIGHT - 90, lines_of("Before", 20))
        column(canvas, 60, HEIGHT - 350, [CAPTION])

    assert extract_pdf(made(words), URL).figures == ()


def test_only_places_are_places_and_none_is_drawn_beyond_a_page(paper):
    for address in (
        f"{URL}#page=2", f"{URL}#page=2&viewrect=1,2,3", f"{URL}#page=2&viewrect=1,2,0,9",
        f"{URL}#page=0&viewrect=1,2,9,9", f"{URL}#page=2&viewrect=-1,2,9,9", "",
        f"{URL}#page=2&viewrect=1,2,999999,9",
    ):  # fmt: skip
        assert place_of(address) is None
    with pytest.raises(UnreadableError, match="no such place"):
        place_image(paper, Place(URL, 2, 0, 0, int(WIDTH) + 50, 99_999))
    assert max(size_of(Place(URL, 2, 0, 0, 99_999, 1))) == 1600


def test_a_caption_may_stand_above_its_picture():
    def pictured(canvas, _):
        for top, name in ((HEIGHT - 120, "one"), (HEIGHT - 420, "two")):
            column(canvas, 100, top, [f"Figure {1 + (name == 'two')}: Picture {name}."])
            canvas.drawImage(picture(), 100, top - 180, 300, 160)
        column(canvas, 60, HEIGHT - 640, lines_of("After", 8))

    first, second = extract_pdf(made(pictured), URL).figures
    tops = [place_of(figure.url).top for figure in (first, second)]
    assert 130 <= tops[0] <= 145
    assert 430 <= tops[1] <= 445


@pytest.mark.parametrize("shown", [0, 90, 180, 270])
@pytest.mark.parametrize("written", [0, 90, 180, 270])
def test_a_figure_is_found_on_a_page_that_is_turned(shown, written):
    """Text and picture are ``written`` turned, and the viewer turns the page as it is ``shown``."""

    def pictured(canvas, _):
        canvas.translate(WIDTH / 2, HEIGHT / 2)
        canvas.rotate(written)
        canvas.drawImage(picture(), -150, -40, 300, 160)
        column(canvas, -150, -60, [CAPTION])
        column(canvas, -150, -120, lines_of("After", 6))

    file = pypdfium2.PdfDocument(made(pictured))
    file[0].set_rotation(shown)
    out = io.BytesIO()
    file.save(out)
    (figure,) = extract_pdf(out.getvalue(), URL).figures
    image = place_image(out.getvalue(), place_of(figure.url))
    drawn = Image.open(io.BytesIO(image.picture)).convert("RGB")
    red = sum(number for number, (r, g, _) in drawn.getcolors(1 << 24) if r > 180 and g < 80)
    assert red > 0.9 * drawn.width * drawn.height


def test_a_figure_is_found_where_the_page_is_cut_out_of_a_larger_one():
    def pictured(canvas, _):
        canvas.drawImage(picture(), 200, 400, 200, 150)
        column(canvas, 200, 380, [CAPTION])

    file = pypdfium2.PdfDocument(made(pictured))
    file[0].set_cropbox(100, 200, 500, 700)
    out = io.BytesIO()
    file.save(out)
    (figure,) = extract_pdf(out.getvalue(), URL).figures
    place = place_of(figure.url)
    assert (96 <= place.left <= 100, 146 <= place.top <= 150) == (True, True)
