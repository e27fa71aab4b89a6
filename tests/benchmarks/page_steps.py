"""What each step on the page takes in a real browser, and pictures of it to look at.

python -m tests.benchmarks.page_steps http://127.0.0.1:7860 [FOLDER]

The page is one that `refdesk serve` shows. Each figure is from the key or the click until what was
asked for is there to be read, the middle of three; pictures go to FOLDER: desktop, tablet and
phone, by day and by night, in both languages.
"""

import shutil
import statistics
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

_FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"]
_TIMES = 3
_QUESTION = "explain GQA vs MQA"
_WIDTHS = {"desktop": (1280, 900), "tablet": (820, 1100), "phone": (390, 844)}
_TABS = ("ask", "search", "browse", "map", "path", "cards", "news", "library")


def middle(step: Callable[[], None]) -> float:
    """Return the middle of some runs of a step, in milliseconds."""
    took = []
    for _ in range(_TIMES):
        begun = time.perf_counter()
        step()
        took.append(1000 * (time.perf_counter() - begun))
    return statistics.median(took)


def opened(page: Page, url: str) -> None:
    """Open the page and wait until a question can be typed."""
    page.goto(url)
    page.locator("#question textarea").wait_for()


def chosen(page: Page, tab: str) -> None:
    """Open a tab, from another one."""
    page.locator('[role="tab"][data-tab-id="ask"]').last.click()
    page.locator(f'[role="tab"][data-tab-id="{tab}"]').last.click()
    page.locator(f'[role="tab"][data-tab-id="{tab}"][aria-selected="true"]').last.wait_for()


def read(page: Page, address: str) -> None:
    """Open an archived page."""
    page.goto(address)
    page.locator("article").wait_for()


def entered(page: Page, box: str, words: str, found: str) -> None:
    """Type words, press Enter and wait for what comes of it."""
    field = page.locator(f"{box} textarea, {box} input").first
    field.fill(words)
    field.press("Enter")
    page.locator(found).first.wait_for()


def steps(page: Page, url: str) -> dict[str, float]:
    """Return what each step takes."""
    took = {"first view": middle(lambda: opened(page, url))}

    def asked(found: str) -> Callable[[], None]:
        def step() -> None:
            opened(page, url)
            begun = time.perf_counter()
            entered(page, "#question", _QUESTION, found)
            spent.append(1000 * (time.perf_counter() - begun))

        return step

    for name, found in (
        ("passages of a question", "#answer .hit, #answer .sentence"),
        ("its answer, whole", "#answer .tools"),
    ):
        spent: list[float] = []
        middle(asked(found))
        took[name] = statistics.median(spent)
    page.locator("#answer button.mark").first.click()
    card = page.locator(".card:popover-open")
    card.wait_for()
    reader = card.locator('a[href*="read?"]').first.get_attribute("href") or ""
    took["archived page"] = middle(partial(read, page, f"{url}/{reader.removeprefix('./')}"))
    opened(page, url)
    for tab in _TABS:
        took[f"tab {tab}"] = middle(partial(chosen, page, tab))
    chosen(page, "search")
    words = iter(["sliding window", "quantization", "positional encoding"])
    took["search"] = middle(
        lambda: entered(page, "#query", next(words), "#hits .hit, #hits .message")
    )
    return took


def pictures(browser: Browser, url: str, folder: Path) -> None:
    """Take a picture of an answer at every width, by day and by night, in both languages."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, (width, height) in _WIDTHS.items():
        for scheme in ("light", "dark"):
            for lang, path in (("en", "/"), ("zh", "/zh/")):
                context = browser.new_context(
                    viewport={"width": width, "height": height}, color_scheme=scheme,
                    locale="zh-CN" if lang == "zh" else "en-GB",
                )  # fmt: skip
                page = context.new_page()
                page.set_default_timeout(120_000)
                opened(page, f"{url}{path}?q={_QUESTION}")
                page.locator("#answer .tools").wait_for()
                page.screenshot(path=folder / f"{name}-{scheme}-{lang}.png")
                context.close()


def main() -> None:
    """Walk over the page and print what each step took."""
    url = sys.argv[1].rstrip("/")
    with sync_playwright() as driver:
        path = shutil.which("chromium") or shutil.which("chromium-browser")
        browser = driver.chromium.launch(executable_path=path, args=_FLAGS)
        context = browser.new_context(viewport={"width": 1280, "height": 900}, locale="en-GB")
        page = context.new_page()
        page.set_default_timeout(120_000)
        for name, took in steps(page, url).items():
            print(f"{name:<24} {took:>8,.0f} ms")
        if len(sys.argv) > 2:
            pictures(browser, url, Path(sys.argv[2]))
        browser.close()


if __name__ == "__main__":
    main()
