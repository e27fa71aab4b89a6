"""Figures of pages: where they stand, what is their caption, and which pictures are none."""

import io
import struct

import pytest
from PIL import Image

from ingest.reading.extract import extract_html, extract_markdown
from ingest.reading.figures import carried
from ingest.reading.latexml import extract_latexml
from ingest.reading.pictures import PictureHead, figure_head

URL = "https://a.example/post/one"
WORDS = "Attention reads every token that came before, which costs more with every one of them. "
EVIL = "<script>window.hacked=1</script>\"'><img src=x onerror=window.hacked=1>"


def html_page(body):
    return f"<html><title>T</title><body><article><h1>T</h1>{body}</article></body></html>"


def shown(extract):
    """The figures with their captions and the first word of what follows them."""
    return [
        (
            each.url,
            extract.text[each.start : each.end],
            extract.text[each.at :].partition("\n")[0].partition(" ")[0],
        )
        for each in extract.figures
    ]


def test_a_figure_stands_before_its_caption_and_the_caption_is_text_of_the_page():
    page = extract_html(
        html_page(
            f"<p>{WORDS * 3}</p><figure><img src='/img/a.png' alt='x'><figcaption>Figure 1: The "
            f"<b>shape</b> of a cache.</figcaption></figure><p>After {WORDS * 3}</p>"
        ),
        URL,
    )
    assert shown(page) == [
        ("https://a.example/img/a.png", "Figure 1: The shape of a cache.", "Figure")
    ]
    assert "⟦" not in page.text
    assert "\n\nFigure 1: The shape of a cache.\n\nAfter" in page.text


def test_a_description_as_long_as_a_sentence_becomes_a_caption_and_a_short_one_does_not():
    long = "Four query heads share one key head and one value head"
    page = extract_html(
        html_page(
            f"<p>{WORDS * 3}<img src='a.png' alt='{long}'> and more words.</p>"
            f"<p><a href='b.png'><img data-src='b.png' src='data:,x' alt='a chart'></a></p>"
            f"<ul><li><img src='c.png' alt='chart'></li><li>An item</li></ul><p>{WORDS}</p>"
        ),
        URL,
    )
    assert shown(page) == [
        ("https://a.example/post/a.png", f"Alt text: {long}", "Alt"),
        ("https://a.example/post/b.png", "", "-"),
        ("https://a.example/post/c.png", "", "-"),
    ]
    assert "and more words.\n\nAlt text: Four query" in page.text
    assert "- An item" in page.text
    assert "chart" not in page.text


def test_what_is_no_figure_is_left_out():
    page = extract_html(
        "<html><title>T</title><body><nav><img src='nav.png'></nav><article>"
        f"<h1><img src='logo.png'>T</h1><p>{WORDS * 4}</p>"
        "<img src='a.svg'><img src='data:image/png;base64,AA'><img src='b.png' width=16>"
        "<img src='https://img.shields.io/x.png'><img class='avatar' src='me.png'>"
        "<img src='javascript:alert(1)'><img src='http://a.example:port/a.png'><img>"
        "<img src='http://[::1/a.png'><div hidden><img src='hidden.png'></div>"
        f"<p>{WORDS}</p></article></body></html>",
        URL,
    )
    assert page.figures == ()


def test_an_address_is_written_as_a_browser_asks_for_it():
    page = extract_html(
        html_page(f"<p>{WORDS * 3}</p><img src='my figure “1”.png#x'><p>{WORDS}</p>"), URL
    )
    assert [figure.url for figure in page.figures] == [
        "https://a.example/post/my%20figure%20%E2%80%9C1%E2%80%9D.png"
    ]


def test_two_pictures_of_one_figure_share_its_caption_and_keep_their_order():
    page = extract_html(
        html_page(
            f"<p>{WORDS * 3}</p><figure><div><img src='a.png'><img src='b.png'></div>"
            f"<figcaption><p>Both halves.</p></figcaption></figure><p>{WORDS * 3}</p>"
        ),
        URL,
    )
    assert shown(page) == [
        ("https://a.example/post/a.png", "Both halves.", "Both"),
        ("https://a.example/post/b.png", "Both halves.", "Both"),
    ]


def test_figures_of_markdown_and_of_pages_without_an_article_are_found():
    page = extract_markdown(
        f"# T\n\n{WORDS}\n\n![The cache of a model grows with each token](img/a.png)\n\n{WORDS}",
        "https://raw.a.example/main/README.md",
    )
    caption = "Alt text: The cache of a model grows with each token"
    assert shown(page) == [("https://raw.a.example/main/img/a.png", caption, "Alt")]
    body = "".join(f"<div><p>{WORDS * 4}</p></div>" for _ in range(6))
    page = extract_html(
        f"<html><head><base href='/other/'><title>T</title></head><body><div>{body}"
        f"<figure><img src='a.png'><figcaption>Figure 2: A chart of costs.</figcaption></figure>"
        f"{body}</div></body></html>",
        URL,
    )
    assert shown(page)[0][:2] == ("https://a.example/other/a.png", "Figure 2: A chart of costs.")


def test_figures_of_papers_stand_right_after_the_marks_of_sections_are_gone():
    page = extract_latexml(
        "<html><base href='/html/1/'><body><article class='ltx_document'>"
        "<h1 class='ltx_title_document'>A paper</h1>"
        f"<section id='S1'><h2>1 One</h2><p>{WORDS * 14}</p>"
        "<figure><img src='x1.png' alt='Refer to caption'><figcaption>Figure 1: Cost.</figcaption>"
        f"</figure></section><section id='S2'><h2>2 Two</h2><p>{WORDS * 14}</p>"
        "<figure><table><tr><td>1</td><td>2</td></tr></table>"
        "<figcaption>Table 1: Numbers.</figcaption></figure>"
        "<figure><img src='x2.png'><figcaption>Figure 2: More.</figcaption></figure>"
        "</section></article></body></html>",
        "https://arxiv.org/html/1",
        with_abstract=True,
    )
    assert shown(page) == [
        ("https://arxiv.org/html/1/x1.png", "Figure 1: Cost.", "Figure"),
        ("https://arxiv.org/html/1/x2.png", "Figure 2: More.", "Figure"),
    ]
    assert [page.text[at:].partition("\n")[0] for at, _ in page.anchors] == ["## 1 One", "## 2 Two"]


def test_what_a_page_writes_in_captions_and_descriptions_stays_text():
    page = extract_html(
        html_page(
            f"<p>{WORDS * 3}</p><img src='a.png' alt='{EVIL.replace(chr(39), '&#39;')} eight words "
            f"are enough here ⟦figure:0⟧'><p>⟦figure:7⟧ ⟦caption:0⟧ {WORDS}</p>"
        ),
        URL,
    )
    assert len(page.figures) == 1
    assert "window.hacked" in page.text[page.figures[0].start : page.figures[0].end]


def test_figures_are_found_again_in_a_text_that_was_changed():
    page = extract_html(
        html_page(f"<p>Byline</p><p>{WORDS * 3}</p><img src='a.png'><p>After it. {WORDS * 3}</p>"),
        URL,
    )
    changed = page.text.replace("Byline\n\n", "")
    [figure] = carried(page.figures, page.text, changed)
    assert changed[figure.at :].startswith("After it.")
    assert carried(page.figures, page.text, "something else") == ()


def picture(form, size=(120, 80), **how):
    out = io.BytesIO()
    Image.new("RGB", size, (200, 30, 30)).save(out, form, **how)
    return out.getvalue()


@pytest.mark.parametrize(
    ("form", "how"),
    [("PNG", {}), ("JPEG", {}), ("JPEG", {"progressive": True}), ("GIF", {}), ("WEBP", {}),
     ("WEBP", {"lossless": True}), ("WEBP", {"exif": b"Exif\0\0II*\0"})],
)  # fmt: skip
def test_a_picture_is_known_by_its_bytes(form, how):
    data = picture(form, **how)
    assert figure_head(data) == PictureHead(f"image/{form.lower()}", 120, 80)
    for end in range(40):
        figure_head(data[:end])  # cut off anywhere, it is an answer and no error


@pytest.mark.parametrize(
    "data",
    [
        b"", b"<svg xmlns='http://www.w3.org/2000/svg'><script>1</script></svg>", b"GIF89a",
        b"<html><script>1</script>", picture("PNG", (8, 8)), picture("PNG", (600, 3)),
        b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + struct.pack(">II", 60_000, 60_000) + b"\x08\x02\0\0\0",
    ],
)  # fmt: skip
def test_what_is_no_picture_or_claims_to_be_too_large_is_none(data):
    assert figure_head(data) is None
