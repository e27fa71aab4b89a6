"""Do deep links open at the right words? 50 archived pages in a real Chromium.

Each page is served as it was archived, with one more style rule that gives the browser's highlight
a colour no page has. Where that colour begins on the screen, the words of the sentence must begin:
what is counted is what a reader sees. Counted apart are passages whose words stand further ahead on
the page as well: there the words before the colour must be right too.

    python tests/benchmarks/fragments.py [SHARED] [N]
"""

import io
import os
import random
import re
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import unquote

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from PIL import Image  # noqa: E402  # the path comes first
from playwright.sync_api import Browser, sync_playwright  # noqa: E402

from ingest import pipeline  # noqa: E402
from ingest.archive import writing  # noqa: E402
from ingest.archive.warc import Archive  # noqa: E402
from ingest.links.urls import deep_link  # noqa: E402
from ingest.page import Page  # noqa: E402
from ingest.text.passage import cut  # noqa: E402
from ingest.values import Document  # noqa: E402
from tests.stand_in import Web, read_warc  # noqa: E402

COLOUR = (255, 0, 254)
RULE = b"<style>::target-text{background:rgb(255,0,254)!important;color:#000!important}</style>"
TOKENS = 256
AROUND = """([x, y]) => {
  const at = document.caretRangeFromPoint(x, y);
  if (!at) return ['', ''];
  const ahead = document.createRange();
  ahead.setStart(document.body, 0);
  ahead.setEnd(at.startContainer, at.startOffset);
  const rest = document.createRange();
  rest.setStart(at.startContainer, Math.max(0, at.startOffset - 2));
  rest.setEnd(document.body, document.body.childNodes.length);
  return [ahead.toString().slice(-400), rest.toString().slice(0, 400)];
}"""


def documents(warc: Path) -> list[Document]:
    """Return the documents of an archive that were read from HTML pages."""
    with tempfile.TemporaryDirectory() as folder:
        archive = Archive(Path(folder))
        writing.import_warc(archive, warc)
        read = [each for each in pipeline.pages(archive) if isinstance(each, Page)]
        found = [each for page in read for each in page.read()]
    return [each for each in found if isinstance(each, Document)]


def token_starts(text: str) -> list[int]:
    """Return where the words of a text begin; they stand in for a model's tokens."""
    return [found.start() for found in re.finditer(r"\w+|[^\w\s]", text)]


def is_html(answer: Any) -> bool:
    """Say whether an archived answer is a page of HTML that can be served as it is."""
    status, headers, body = answer
    kinds = [value for name, value in headers if name.lower() == "content-type"]
    coded = [value for name, value in headers if name.lower() == "content-encoding"]
    return status == 200 and bool(kinds) and "text/html" in kinds[0] and not coded and bool(body)


def opens_at(browser: Browser, address: str, wanted: str, before: str) -> str:
    """Open an address; return "" if the highlight begins where ``wanted`` does, else why not.

    ``before`` must stand right ahead of it.
    """
    page = browser.new_page(viewport={"width": 1200, "height": 900})
    try:
        page.route(
            "**/*",
            lambda route: route.continue_() if "127.0.0.1" in route.request.url else route.abort(),
        )
        page.goto(address, wait_until="domcontentloaded", timeout=20_000)
        page.wait_for_timeout(500)
        image = Image.open(io.BytesIO(page.screenshot(timeout=20_000))).convert("RGB")
        lit = [
            (at % image.width, at // image.width)
            for at, colour in enumerate(image.get_flattened_data())
            if colour == COLOUR
        ]
        if not lit:
            return "nothing is highlighted"
        top = lit[0][1]
        left = min(x for x, y in lit if y == top)
        ahead, said = page.evaluate(AROUND, [left + 1, top + 6])
        if squeezed(wanted)[:20] in squeezed(said)[: len(squeezed(wanted)[:20]) + 8]:
            if squeezed(before)[-12:] in squeezed(ahead)[-16:]:
                return ""
            return f"the highlight is behind {ahead[-50:]!r}"
        return f"the highlight begins at {said[:50]!r}"
    finally:
        page.close()


def squeezed(text: str) -> str:
    """Return the letters and digits of a text alone."""
    return re.sub(r"[\W_]+", "", text).casefold()


def links(documents: list[Document], *, repeated: bool) -> Iterator[tuple[str, str]]:
    """Yield (address, directive) of a passage of each document that has one to offer.

    With ``repeated``, of one whose words stand further ahead as well.
    """
    for number, document in enumerate(documents):
        passages = cut(document, token_starts, TOKENS)
        random.Random(number).shuffle(passages)
        for passage in passages:
            link = deep_link(document.url, passage.text, document.text[: passage.start])
            directive = link.partition(":~:text=")[2]
            if not repeated or "-," in directive:
                yield document.url, directive
                break


def opened(browser: Browser, port: int, cases: list[tuple[str, str]], names: dict[str, str]) -> int:
    """Print what became of each case; return how many opened at the right words."""
    right = 0
    for url, directive in cases:
        before, _, words = directive.rpartition("-,")
        wanted = unquote(words.partition(",")[0])
        address = f"http://127.0.0.1:{port}/{names[url]}#:~:text={directive}"
        wrong = opens_at(browser, address, wanted, unquote(before)) if directive else "no directive"
        right += not wrong
        print(f"{'wrong' if wrong else 'right'}  {url}  {unquote(directive)[:90]}  {wrong}")
    return right


def main(shared: Path, count: int) -> None:
    """Print what became of each page, and the shares that opened at the right words."""
    warc = shared / "web" / "pages.warc.gz"
    pages = read_warc(warc)
    usable = [
        each
        for each in documents(warc)
        if each.url in pages and is_html(pages[each.url]) and len(each.text) > 400
    ]
    chosen = random.Random(50).sample(usable, min(count, len(usable)))
    sets = {
        "any": list(links(chosen, repeated=False)),
        "repeated": list(links(usable, repeated=True))[: count // 2],
    }
    served = {}
    names = {document.url: str(number) for number, document in enumerate(usable)}
    for url in {url for cases in sets.values() for url, _ in cases}:
        status, headers, body = pages[url]
        kept = [(name, value) for name, value in headers if name.lower() == "content-type"]
        served[names[url]] = (status, kept, body + RULE)
    with Web(served) as web, sync_playwright() as driver:
        chromium = shutil.which("chromium") or shutil.which("chromium-browser")
        browser = driver.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        for name, cases in sets.items():
            right = opened(browser, web.port, cases, names)
            print(f"{name}: {right} of {len(cases)} open at the right words")
        browser.close()


if __name__ == "__main__":
    given = [*sys.argv[1:], "", ""]
    folder = given[0] or os.environ.get("REFDESK_SHARED") or str(ROOT.parent / "shared")
    main(Path(folder), int(given[1] or 50))
