"""Threads in a real browser: kept, reopened with their sources, taken away, read without a server.

Titles and notes are whatever somebody wrote: they stay text.
"""

import httpx

from tests.ui.test_browser import QUESTION, answered, ask, opened


def rows(page):
    if page.locator("details.threads").get_attribute("open") is None:
        page.locator("details.threads > summary").click()
    return page.locator("details.threads li")


def test_a_thread_is_kept_reopened_found_renamed_and_taken_away(
    served, open_page, browser, tmp_path
):
    page = open_page()
    opened(page, served)
    ask(page, QUESTION)
    answered(page)
    page.locator("#answer .turn[data-thread]").wait_for()
    name = page.locator("#answer .turn").get_attribute("data-thread")
    ask(page, "and grouped-query attention?")
    page.locator("#thread .turn").wait_for()
    answered(page)
    page.goto(served)
    page.locator(".invite").wait_for()
    rows(page)
    row = page.locator(f'li[data-id="{name}"]')
    row.wait_for()
    assert "2 questions" in row.inner_text()
    row.locator("a").first.click()
    page.locator("#thread .turn").wait_for()
    assert page.url.endswith(f"?thread={name}")
    assert page.locator("#thread .question").inner_text() == QUESTION
    page.locator("#thread button.mark").first.click()
    assert "one key head" in page.locator(".card:popover-open blockquote").inner_text()
    page.keyboard.press("Escape")

    # found by its words, renamed to something nasty
    rows(page)
    page.locator("details.threads > input").fill("shazeer")
    page.wait_for_function("document.querySelectorAll('.threads li').length >= 1")
    page.locator("details.threads > input").fill("zebra crossing")
    page.get_by_text("No thread holds these words.").wait_for()
    page.locator("details.threads > input").fill("")
    row.wait_for()
    row.locator(".more > summary").press("Enter")
    row.locator(".menu button").first.click()
    row.locator("form input").fill("<img src=x onerror='window.hacked = 1'>")
    row.locator("form input").press("Enter")
    row.locator(".name").wait_for()
    assert row.locator(".name").inner_text() == "<img src=x onerror='window.hacked = 1'>"

    # as a file, in a browser that has no server
    row.locator(".more > summary").click()
    with page.expect_download() as taking:
        row.locator("a[download]", has_text="HTML").click()
    file = tmp_path / "thread.html"
    taking.value.save_as(file)
    alone = browser.new_context(offline=True)
    reader = alone.new_page()
    faults = []
    reader.on("pageerror", lambda error: faults.append(str(error)))
    reader.goto(file.as_uri())
    mark = reader.locator("a.mark").first
    quote = reader.locator(".quote").first
    assert not quote.is_visible()
    mark.focus()
    assert quote.is_visible()
    assert "one key head" in quote.inner_text()
    reader.locator("h1").hover()
    assert reader.evaluate("window.hacked") is None
    assert faults == []
    alone.close()

    row.locator(".more > summary").click()
    row.locator(".menu button").nth(1).click()
    row.locator(".menu button").nth(1).click()
    page.locator(".invite").wait_for()
    assert httpx.get(f"{served}/api/v1/threads/{name}").status_code == 404


def pick(page, selector, words):
    """Select words as a mouse would."""
    page.evaluate(
        """([selector, words]) => {
            const walker = document.createTreeWalker(document.querySelector(selector), 4);
            while (walker.nextNode()) {
                const at = walker.currentNode.data.indexOf(words);
                if (at < 0) continue;
                const range = document.createRange();
                range.setStart(walker.currentNode, at);
                range.setEnd(walker.currentNode, at + words.length);
                getSelection().removeAllRanges();
                getSelection().addRange(range);
                return;
            }
            throw new Error('these words are not here');
        }""",
        [selector, words],
    )
    page.locator(".noting").wait_for()


EVIL_NOTE = "<img src=x onerror='window.hacked = 1'> understood"


def test_words_are_noted_in_the_reader_and_in_an_answer_and_found(served, open_page):
    page = open_page(phone=True, dark=True)
    page.goto(f"{served}/read?url=https://notes.example/mqa")
    pick(page, "article", "one key head")
    page.locator(".noting button").nth(1).click()
    page.locator(".note-form textarea").fill(EVIL_NOTE)
    page.locator(".note-form input").fill("exam, <b>x</b>")
    page.locator(".note-form .save").click()
    noted = page.locator("mark.noted", has_text="one key head")
    noted.wait_for()
    noted.click()
    page.locator(".notes li .text").wait_for()
    assert page.locator(".notes li .text").inner_text() == EVIL_NOTE
    assert "#<b>x</b>" in page.locator(".notes li").inner_text()

    opened(page, f"{served}/?q={QUESTION}")
    page.locator("#answer .turn[data-thread]").wait_for()
    pick(page, "#answer .said", "one value head")
    page.locator(".noting button").first.click()
    page.wait_for_function("CSS.highlights.get('noted')?.size === 1")
    page.locator("details.notes > summary").click()
    page.locator(".notes > input").fill("understood")
    row = page.locator(".notes li", has_text="understood")
    row.wait_for()
    assert "one key head" in row.inner_text()
    page.locator(".notes > input").fill("")
    page.locator(".notes li", has_text="one value head").wait_for()
    for _ in range(2):
        page.locator(".notes li[data-id]").first.locator(".doing button").nth(1).click()
    page.wait_for_function("CSS.highlights.get('noted').size === 0")
    assert page.evaluate("document.documentElement.scrollWidth") <= page.viewport_size["width"]
    ask(page, "what did I note about key head?")
    page.locator("#answer .said", has_text="understood").wait_for()


def test_a_highlight_made_while_older_ones_are_on_their_way_stays(served, page):
    held = []

    def hold(route):
        if held:
            route.continue_()
        else:
            held.append((route, route.fetch()))  # what is so before the highlight is made

    page.route("**/notes?limit=500*", hold)
    opened(page, f"{served}/?q={QUESTION}")
    page.locator("#answer .turn[data-thread]").wait_for()
    pick(page, "#answer .said", "one value head")
    page.locator(".noting button").first.click()
    page.wait_for_function("CSS.highlights.get('noted')?.size === 1")
    route, reply = held[0]
    route.fulfill(response=reply)
    page.wait_for_timeout(300)
    assert page.evaluate("CSS.highlights.get('noted').size") == 1
    for note in httpx.get(f"{served}/api/v1/notes").json()["notes"]:
        httpx.delete(f"{served}/api/v1/notes/{note['id']}").raise_for_status()
