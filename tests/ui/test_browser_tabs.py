"""The other tabs in a real browser: search, lists, paths, the library; in both languages."""

import json
import re
from urllib.parse import quote

import httpx
import pytest
from warcio.archiveiterator import ArchiveIterator
from warcio.warcwriter import WARCWriter

from assistant.desk import Desk

TABS = ("Ask", "Search", "Browse", "Reading path", "News", "Library")
LOOKS = [(False, False), (True, True)]
"""Phone and dark: each at least once."""


def opened(page, url, tab):
    page.goto(url)
    page.get_by_role("tab", name=tab, exact=True).click()


@pytest.mark.parametrize(("phone", "dark"), LOOKS)
def test_searching_and_narrowing_needs_no_model(served, open_page, phone, dark):
    page = open_page(phone=phone, dark=dark)
    opened(page, served, "Search")
    page.locator("#query textarea, #query input").first.fill("attention key head")
    page.keyboard.press("Enter")
    page.locator("#hits .hit").first.wait_for()
    every = page.locator("#hits .hit").count()
    assert page.locator("#hits .hit mark").count() >= 2
    page.locator("#filters button").first.click()
    page.locator("#levels").get_by_text("easy").click()
    page.wait_for_function(f"document.querySelectorAll('#hits .hit').length < {every}")
    titles = page.locator("#hits h3").all_inner_texts()
    assert set(titles) == {"Sharing keys and values"}
    assert page.evaluate("document.documentElement.scrollWidth") <= page.viewport_size["width"]


@pytest.mark.parametrize(("phone", "dark"), LOOKS)
def test_a_list_is_a_tree_whose_sources_open_in_the_reader(served, open_page, phone, dark):
    page = open_page(phone=phone, dark=dark)
    opened(page, served, "Browse")
    page.locator("#tree summary", has_text="Attention").click()
    page.locator("#tree summary", has_text="Variants").click()
    row = page.locator("#tree li", has_text="Sharing keys and values")
    assert "in the library" in row.inner_text()
    assert "easy" in row.inner_text()
    gone = page.locator("#tree li", has_text="A page that is gone")
    assert "not fetched" in gone.inner_text()
    assert page.locator("#tree img").count() == 0
    assert page.locator('#tree a[href^="javascript"]').count() == 0
    with page.context.expect_page() as opening:
        row.locator("a").first.click()
    assert "Multi-query attention keeps" in opening.value.locator("article").inner_text()
    page.locator(".find input").fill("key-value")
    assert page.locator("#tree li:visible").count() == 1


def test_what_was_read_of_a_path_is_remembered(served, page):
    opened(page, served, "Reading path")
    page.locator("#topic textarea, #topic input").first.fill("attention")
    page.keyboard.press("Enter")
    boxes = page.locator(".steps input")
    boxes.first.wait_for()
    assert "0 of" in page.locator(".tally").inner_text()
    boxes.first.check()
    assert "1 of" in page.locator(".tally").inner_text()
    opened(page, served, "Reading path")
    page.locator("#topic textarea, #topic input").first.fill("attention")
    page.keyboard.press("Enter")
    boxes.first.wait_for()
    page.wait_for_function("document.querySelector('.tally').textContent.startsWith('1 of')")
    assert boxes.first.is_checked()


@pytest.mark.parametrize(("phone", "dark"), LOOKS)
def test_the_library_shows_figures_and_rebuilds(served, open_page, phone, dark):
    page = open_page(phone=phone, dark=dark)
    opened(page, served, "Library")
    page.locator(".tiles").wait_for()
    assert "5\ndocuments" in page.locator(".tiles").inner_text().lower()
    page.locator("#plot-lists .main-svg").first.wait_for()
    page.locator("#table-lists summary").click()
    assert "deep-reading" in page.locator("#table-lists").inner_text()
    assert page.get_by_role("button", name="Fetch from the web now").is_visible()
    if not phone:
        page.get_by_role("button", name="Rebuild from the archive").click()
        page.get_by_text(re.compile("Built anew: 5 documents")).wait_for()


def test_a_busy_home_names_its_writer(served, page, page_home):
    opened(page, served, "Library")
    page.locator("#rebuild").wait_for()
    with Desk(page_home).home.writing():
        page.locator("#rebuild").click()
        page.get_by_text(re.compile("being written to by process")).wait_for()


def test_nothing_is_rebuilt_without_the_secret(served, page_home):
    config = httpx.get(f"{served}/config").json()
    before = (page_home / "library" / "CURRENT").read_text()
    for index, dependency in enumerate(config["dependencies"]):
        if len(dependency["inputs"]) == 3 and len(dependency["outputs"]) == 1:
            call = {"fn_index": index, "session_hash": "x", "data": ["guess", "", "1"]}
            httpx.post(f"{served}/gradio_api/queue/join", json=call)
    with httpx.stream("GET", f"{served}/gradio_api/queue/data?session_hash=x") as events:
        said = [line for line in events.iter_lines() if "process_completed" in line]
    assert said
    assert (page_home / "library" / "CURRENT").read_text() == before


def test_a_question_can_be_begun_from_every_tab(served, page):
    opened(page, served, "Library")
    page.locator("#tiles .tiles").wait_for()
    page.keyboard.press("/")
    page.wait_for_function("document.activeElement.matches('#question textarea')")


def test_the_page_speaks_chinese(served, open_page):
    page = open_page(locale="zh-CN")
    page.goto(served)
    page.get_by_role("tab", name="提问").wait_for()
    assert page.url.rstrip("/").endswith("/zh")
    assert page.evaluate("document.documentElement.lang").startswith("zh")
    page.locator("#question textarea").fill("multi-query attention?")
    page.keyboard.press("Enter")
    page.get_by_text("复制为 Markdown").wait_for()
    page.get_by_role("link", name="English").click()
    page.get_by_role("tab", name="Ask").wait_for()


@pytest.mark.parametrize("dark", [False, True])
def test_no_tab_has_a_serious_fault_of_accessibility(served, open_page, dark):
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    page = open_page(dark=dark)
    page.goto(f"{served}/?q=how does multi-query attention share keys?")
    page.locator("#answer .tools").wait_for()
    page.locator("details.threads > summary").click()
    page.locator("details.notes > summary").click()
    page.locator(".threads .more > summary").first.click()
    page.locator("#answer button.mark").first.click()
    page.locator(".card:popover-open").wait_for()
    found = {"card": axe.run(page).response["violations"]}
    page.keyboard.press("Escape")
    ready = {"Browse": ".tree", "Library": "#plot-kinds .main-svg"}
    for tab in TABS:
        page.get_by_role("tab", name=tab, exact=True).click()
        page.locator(ready.get(tab, "h1")).first.wait_for()
        if tab == "Search":
            page.locator("#query textarea, #query input").first.fill("attention")
            page.keyboard.press("Enter")
            page.locator("#hits .hit").first.wait_for()
        found[tab] = axe.run(page).response["violations"]
    faults = {
        f"{tab}: {fault['id']}: {fault['nodes'][0]['html'][:160]}"
        for tab, faults in found.items()
        for fault in faults
        if fault["impact"] in ("serious", "critical")
    }
    assert not faults, "\n".join(sorted(faults))


def test_pages_that_would_inject_are_shown_as_text(served, open_page, shared, page_home, tmp_path):
    """The injection pages of the shared material: nothing runs, nothing is fetched or obeyed."""
    rows = (shared / "web" / "links-edge.jsonl").read_text(encoding="utf-8").splitlines()
    urls = {row["url"] for row in map(json.loads, rows) if "inject.example" in row["url"]}
    assert len(urls) >= 4
    few = tmp_path / "few.warc.gz"
    source = shared / "web" / "pages.warc.gz"
    with source.open("rb") as whole, few.open("wb") as part:
        writer = WARCWriter(part, gzip=True)
        for record in ArchiveIterator(whole):
            if record.rec_headers.get_header("WARC-Target-URI") in urls:
                writer.write_record(record)
    Desk(page_home, llm="extractive").ingest([few], offline=True, seed=False)
    page = open_page()
    for url in sorted(urls):
        page.goto(f"{served}/read?url={url}")
        title = page.locator("h1").inner_text()
        assert page.locator("article script, img, iframe").count() == 0
        page.goto(f"{served}/?q={quote(title)}")
        page.locator("#answer .tools, #answer .refused").first.wait_for()
        assert page.locator("#answer img, #answer script, #answer iframe").count() == 0
