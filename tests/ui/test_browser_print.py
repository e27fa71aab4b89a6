"""What a printer gets of the page: all of an answer, over as many sheets as it takes."""

import pypdfium2
import pytest


def squeezed(text):
    return "".join(text.split())


@pytest.mark.parametrize("path", ["/", "/zh/"])
def test_an_answer_is_printed_whole(served, open_page, path):
    page = open_page(dark=True)
    page.goto(f"{served}{path}?q=What does grouped-query attention give each group?")
    page.locator("#answer .tools").wait_for()
    page.evaluate(
        """() => {
            const said = document.querySelector('#answer .said');
            for (let n = 0; n < 40; n += 1) said.after(said.cloneNode(true));
        }"""
    )
    shown = page.locator("#answer .refdesk").first
    said = shown.locator(".said").first.inner_text()
    page.emulate_media(media="print")
    sources = shown.locator(".sources").inner_text()
    paper = pypdfium2.PdfDocument(page.pdf(format="A5"))
    sheets = [squeezed(sheet.get_textpage().get_text_range()) for sheet in paper]
    assert len(sheets) > 2
    printed = "".join(sheets)
    assert printed.count(squeezed(said.splitlines()[0])[:30]) == 41
    assert all(squeezed(line) in printed for line in sources.splitlines())
    assert "Threads" not in printed
    assert sheets[0].startswith("refdesk")
