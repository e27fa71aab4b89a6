"""The study desk in a real browser: one walk over all of it, then its ease, its quiz, its map."""

import io
import json
import sqlite3
from datetime import UTC, datetime, timedelta

import pytest
from PIL import Image
from reportlab.pdfgen.canvas import Canvas
from typer.testing import CliRunner

from assistant.desk import Desk
from ingest.fetch.pace import Limits
from tests.doors import served_by_command
from tests.stand_in import Web
from tests.ui.conftest import LIST, MQA_PAGE
from ui.cli.app import app

EVIL = r"$\text{<img/src=x/onerror=window.hacked=1>}$"
CAPTION = "Two narrow matrices stand beside the frozen one, and their product is added"
LORA = rf"""# Low-rank updates {EVIL}

A low-rank update adds the product of two small matrices to the frozen matrix $W_0$:

$$h = W_0 x + \frac{{\alpha}}{{r}} B A x$$

The rank $r$ of a low-rank update is far smaller than the width $d$. Broken TeX such as \
$\nosuch{{x}}$ stays as it stands, and {EVIL} is no picture.

![{CAPTION}](/lora.png)

![<img src=x onerror=window.hacked=1> is what a page may say of a picture](/lora.png?evil)
"""
LORA_QUESTION = "what does a low-rank update add to the frozen matrix?"
PAGED_QUESTION = "in blocks of how many tokens does paged attention keep the cache?"
PAGED = "Paged attention keeps the cache in blocks of 16 tokens, so that little memory is wasted."


def a_picture():
    out = io.BytesIO()
    picture = Image.new("RGB", (720, 420), "white")
    for box, colour in (
        ((60, 60, 300, 360), "#2a8079"), ((380, 60, 440, 360), "#d9a441"),
        ((500, 180, 680, 240), "#d9a441"),
    ):  # fmt: skip
        picture.paste(colour, box)
    picture.save(out, "PNG")
    return out.getvalue()


def a_pdf():
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=(595, 842))
    canvas.setTitle("<img src=x onerror=window.hacked=1> Paged attention")
    for page in ("The first page says why caches grow with every token that is generated.", PAGED):
        canvas.drawString(60, 780, f"{page[:11]} in practice")
        for number in range(12):
            canvas.drawString(
                60, 740 - 20 * number, f"Line {number} is about serving many requests."
            )
        canvas.drawString(60, 420, page)
        canvas.showPage()
    canvas.save()
    return out.getvalue()


@pytest.fixture(scope="module")
def study(tmp_path_factory, models_dir):
    """The address and the home of a server over a page with formulas, a PDF and a list."""
    folder = tmp_path_factory.mktemp("study")
    home = folder / "home"
    home.mkdir()
    (home / "models").symlink_to(models_dir)
    (folder / "deep-reading.md").write_text(LIST)
    row = {"_id": "mqa", "title": "Sharing keys", "text": MQA_PAGE,
           "url": "https://notes.example/mqa"}  # fmt: skip
    (folder / "pages.jsonl").write_text(json.dumps(row))
    (folder / "paged.pdf").write_bytes(a_pdf())
    picture = (200, [("Content-Type", "image/png")], a_picture())
    pages = {
        "https://notes.example/lora": (200, [("Content-Type", "text/markdown")], LORA.encode()),
        "https://notes.example/lora.png": picture,
        "https://notes.example/lora.png?evil": picture,
    }
    with Web(pages) as web:
        desk = Desk(home, llm="extractive", transport=web.transport, limits=Limits(pace=0))
        desk.ingest(
            ["https://notes.example/lora", folder / "pages.jsonl", folder / "paged.pdf"],
            seed=False,
        )
        desk.add_list(folder / "deep-reading.md")
        desk.close()
    with served_by_command(home, "extractive") as url:
        yield url, home


def asked(page, url, question):
    page.goto(f"{url}/?q={question}")
    page.locator("#answer .tools").wait_for()


def until(page, script):
    """Wait for it where the page's policy lets no string be run in it."""
    for _ in range(300):
        if page.evaluate(script):
            return
        page.wait_for_timeout(100)
    raise AssertionError(script)


def copied(page, selector):
    selected(page, selector)
    page.keyboard.press("Control+c")
    return page.evaluate("navigator.clipboard.readText()")


def selected(page, selector):
    page.evaluate(
        """(selector) => {
            const range = document.createRange();
            range.selectNodeContents(document.querySelector(selector));
            getSelection().removeAllRanges();
            getSelection().addRange(range);
        }""",
        selector,
    )


def no_serious_fault(page):
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    faults = axe.run(page).response["violations"]
    return [
        f"{fault['id']}: {fault['nodes'][0]['html'][:160]}"
        for fault in faults
        if fault["impact"] in ("serious", "critical")
    ]


@pytest.mark.parametrize(("phone", "dark"), [(False, False), (True, True)])
def test_an_answer_with_formulas_and_a_figure_is_read_by_keys_alone(study, open_page, phone, dark):
    url, _ = study
    page = open_page(phone=phone, dark=dark)
    asked(page, url, LORA_QUESTION)
    shown = page.locator("#answer .figures figure")
    assert CAPTION in shown.first.inner_text()
    assert page.evaluate("document.querySelector('.figures img').loading") == "lazy"
    assert 0 < shown.first.bounding_box()["width"] <= page.viewport_size["width"]
    said = page.locator("#answer .said")
    assert said.locator("math").count() >= 2
    assert said.locator("math[display=block] mfrac").count() == 1
    assert said.locator("img").count() == 0
    assert r"$W_0$" in copied(page, "#answer .said")
    # by keys alone: to the first sentence, its card, and back
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("j")
    assert "sentence" in page.evaluate("document.activeElement.className")
    page.keyboard.press("o")
    page.locator(".card:popover-open math").first.wait_for()
    page.keyboard.press("Escape")
    page.keyboard.press("c")
    page.get_by_text("Copied").wait_for()
    assert "$W_0$" in page.evaluate("navigator.clipboard.readText()")
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.matches('#question textarea')")
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("?")
    page.locator("#ease:popover-open").wait_for()
    assert not no_serious_fault(page)
    page.locator("#ease [data-size='1']").click()
    assert page.evaluate("document.documentElement.style.fontSize") == "112%"
    page.keyboard.press("?")
    # what one reads stays where it is while the answer above it grows
    page.evaluate("document.body.style.paddingBottom = '2000px'")
    first = "document.querySelector('#answer .sources li').getBoundingClientRect().top"
    page.evaluate(f"window.scrollBy(0, {first} - 4)")
    page.wait_for_timeout(200)
    page.evaluate(
        """() => {
            const holder = document.querySelector('#answer .turn').parentElement;
            holder.innerHTML = holder.innerHTML.replace('class="said">',
                'class="said"><p>' + 'more '.repeat(300) + '</p>');
        }"""
    )
    page.wait_for_timeout(200)
    assert abs(page.evaluate(first) - 4) < 3
    assert page.evaluate("document.documentElement.scrollWidth") <= page.viewport_size["width"]


def test_the_walk_from_a_question_to_a_thread_that_is_verified_elsewhere(
    study, open_page, browser, tmp_path
):
    url, home = study
    page = open_page()
    asked(page, url, LORA_QUESTION)
    assert page.locator("#answer .said math[display=block] mfrac").count() == 1
    picture = page.locator("#answer .figures img").first
    picture.scroll_into_view_if_needed()
    page.wait_for_function("document.querySelector('.figures img').naturalWidth === 720")
    # on to the PDF at its page
    page.locator("#question textarea").fill(PAGED_QUESTION)
    page.locator("#question textarea").press("Enter")
    page.locator("#answer .sentence", has_text="of 16 tokens").wait_for()
    page.locator("#answer .tools").wait_for()
    page.locator("#answer .sentence", has_text="of 16 tokens").locator("button.mark").click()
    with page.context.expect_page() as opening:
        page.locator('.card:popover-open a[href*="pdf?"]').click()
    view = opening.value
    view.locator(".sheet img").wait_for()
    assert "Page 2 of 2" in view.locator(".about").inner_text()
    assert view.evaluate("document.querySelector('.sheet img').naturalWidth") > 1000
    # the sheet takes its size when the picture does
    view.wait_for_function(
        """() => {
            const words = [...document.querySelectorAll(".sheet text")]
                .find((text) => text.textContent.startsWith("Paged attention keeps"))
                .getBoundingClientRect();
            const marks = [...document.querySelectorAll("rect.quoted")]
                .map((mark) => mark.getBoundingClientRect());
            return marks[0].y > -2 && marks[0].y < innerHeight && marks.some(
                (mark) => Math.abs(words.y - mark.y) < 12 && Math.abs(words.x - mark.x) < 3
                    && Math.abs(words.width - mark.width) < 0.05 * mark.width);
        }"""
    )
    assert PAGED in " ".join(copied(view, ".sheet svg").split())
    assert view.locator("main h1").inner_text().startswith("<img src=x")
    assert not no_serious_fault(view)
    at_phone_width(view)
    # to a highlight in its text
    view.get_by_role("link", name="As text").click()
    view.get_by_role("link", name="The PDF, page by page").wait_for()
    selected(view, ".cited")
    view.locator(".noting button").first.click()
    view.locator("mark.noted").first.wait_for()
    view.close()
    # to a card of the answer, and its review
    page.keyboard.press("Escape")
    page.locator("#answer .tools .deck-act").click()
    page.locator("#due .to-tab").click()
    card = page.locator(".study")
    card.wait_for()
    card.locator("h2").click()
    page.keyboard.press(" ")
    card.locator(".back blockquote", has_text="of 16 tokens").wait_for()
    assert not no_serious_fault(page)
    page.keyboard.press("3")
    page.get_by_text("Nothing is due").wait_for()
    # the clock moved: what is due then is due now
    with sqlite3.connect(home / "cards.sqlite") as db:
        before = datetime.now(UTC) - timedelta(days=1)
        db.execute("UPDATE cards SET due = ?", (before.isoformat(timespec="seconds"),))
    name = page.locator("#answer .turn").get_attribute("data-thread")
    assert name
    page.goto(f"{url}/?thread={name}")
    page.locator("#due .due").wait_for()
    page.locator("#thread .figures img, #answer .figures img").first.wait_for()
    # and reviewed again
    page.locator("#due .to-tab").click()
    page.locator(".study h2", has_text="in blocks of how many").click()
    page.keyboard.press(" ")
    page.keyboard.press("3")
    page.get_by_text("Nothing is due").wait_for()
    with sqlite3.connect(home / "cards.sqlite") as db:
        ((reviews, due),) = db.execute("SELECT reviews, due FROM cards").fetchall()
    assert reviews == 2
    assert datetime.fromisoformat(due) > datetime.now(UTC) + timedelta(hours=12)
    page.get_by_role("tab", name="Ask", exact=True).click()
    # the thread as a file, in a browser that has no server, and verified
    page.locator("details.threads > summary").click()
    row = page.locator(f'li[data-id="{name}"]')
    row.locator(".more > summary").click()
    with page.expect_download() as taking:
        row.locator("a[download]", has_text="HTML").click()
    file = tmp_path / "thread.html"
    taking.value.save_as(file)
    alone = browser.new_context(offline=True)
    elsewhere = alone.new_page()
    elsewhere.goto(file.as_uri())
    assert elsewhere.locator("math[display=block] mfrac").count() >= 1
    elsewhere.locator("a.mark").last.focus()
    assert "blocks of 16 tokens" in elsewhere.locator(".quote:visible").inner_text()
    assert elsewhere.evaluate("window.hacked") is None
    alone.close()
    checked = CliRunner().invoke(app, ["verify", str(file), "--home", str(home)])
    assert checked.exit_code == 0, checked.output


def at_phone_width(view):
    width, height = view.viewport_size["width"], view.viewport_size["height"]
    view.set_viewport_size({"width": 390, "height": 844})
    view.reload()
    view.locator("rect.quoted").first.wait_for()
    assert view.evaluate("document.documentElement.scrollWidth") <= 390
    view.keyboard.press("k")
    view.get_by_text("Page 1 of 2").wait_for()
    assert view.locator("rect.quoted").count() == 0
    view.set_viewport_size({"width": width, "height": height})
    view.go_back()
    view.locator("rect.quoted").first.wait_for()


def test_the_reader_remembers_the_place_and_copies_tex(study, open_page):
    url, home = study
    page = open_page(phone=True)
    read = f"{url}/read?url=https://notes.example/lora"
    page.goto(read)
    assert page.locator("article math").count() >= 4
    assert page.locator("article figure img").count() == page.locator("article img").count() == 2
    page.locator("#figure-1").scroll_into_view_if_needed()
    until(page, "document.querySelector('#figure-1 img').naturalWidth === 720")
    assert page.locator("#figure-1 + p").inner_text() == f"Alt text: {CAPTION}"
    assert r"$$h = W_0 x + \frac{\alpha}{r} B A x$$" in copied(page, "article")
    for _ in range(4):
        page.locator("[data-size='1']").click()
    page.evaluate("window.scrollTo(0, document.body.scrollHeight)")
    until(page, "(localStorage.getItem('refdesk-places') || '').includes('block')")
    page.goto("about:blank")
    page.goto(read)
    until(page, "window.scrollY > 50")
    page.goto(f"{url}/read?url=https://notes.example/mqa")
    page.locator(".hand-on .deck-act").click()
    page.locator(".study").wait_for()
    with sqlite3.connect(home / "cards.sqlite") as db:
        made = db.execute("SELECT question FROM cards WHERE title = 'Sharing keys'").fetchall()
    assert len(made) == 2


def test_a_path_ends_with_a_quiz_and_the_map_leads_on(study, open_page):
    url, _ = study
    page = open_page(phone=True, dark=True, locale="zh-CN")
    page.goto(f"{url}/zh/")
    page.get_by_role("tab", name="阅读路径", exact=True).click()
    page.locator("#topic textarea, #topic input").first.fill("attention")
    page.keyboard.press("Enter")
    quiz = page.locator(".quiz")
    quiz.locator("summary").click()
    quiz.locator('input[value="1"]').first.check()
    quiz.locator(".check").click()
    assert quiz.locator(".passage:visible").count() == quiz.locator("fieldset").count() - 1
    assert "1" in quiz.locator("output").inner_text()
    page.get_by_role("tab", name="地图", exact=True).click()
    page.locator("#map-picture .slice").first.wait_for()
    page.locator("#map-words tbody .map-go").first.press("Enter")
    page.wait_for_function("document.querySelectorAll('.trail .map-go').length === 2")
    assert page.evaluate("document.documentElement.scrollWidth") <= page.viewport_size["width"]
    assert page.locator("#map-words img").count() == 0
    assert not no_serious_fault(page)
    page.locator("#map-of label").last.click()
    page.locator("#map-words tr[aria-current]").wait_for()
