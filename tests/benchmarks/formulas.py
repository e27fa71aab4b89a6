"""The formulas of the shared archive, as the page sets them: how many, how fast, which are not set.

python -m tests.benchmarks.formulas [SHARED]

Those that are not set are listed with their TeX, to be laid beside what TeX itself says of them.
"""

import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from ingest.archive import writing
from ingest.archive.warc import Archive
from ingest.page import Page
from ingest.pipeline import pages
from ingest.text.blocks import code_spans
from ingest.text.formulas import FORMULA
from ingest.values import Document
from ui.page.formulas import typeset


def formulas(document: Document) -> Iterator[str]:
    """Yield the formulas of a document, those in its code left out."""
    code = iter([*code_spans(document.text), (len(document.text) + 1,) * 2])
    start, end = next(code)
    for found in FORMULA.finditer(document.text):
        while end <= found.start():
            start, end = next(code)
        if found.start() < start:
            yield found[0]


def main() -> None:
    """Set every formula and print what came of it."""
    given = [each for each in sys.argv[1:] if not each.startswith("-")]
    shared = Path(given[0]) if given else Path(__file__).resolve().parents[3] / "shared"
    source = shared / "web" / "pages.warc.gz"
    if not source.exists():
        print(f"{source} is not here: nothing is measured.")
        return
    places: dict[str, str] = {}
    count = 0
    with tempfile.TemporaryDirectory() as folder:
        archive = Archive(Path(folder))
        writing.import_warc(archive, source)
        for page in pages(archive):
            for document in page.read() if isinstance(page, Page) else ():
                for tex in formulas(document) if isinstance(document, Document) else ():
                    count += 1
                    places.setdefault(tex, document.url)
    begun = time.perf_counter()
    left = [tex for tex in places if "<math" not in typeset(tex)]
    seconds = time.perf_counter() - begun
    print(f"{count} formulas, {len(places)} different; {1000 * seconds / len(places):.2f} ms each")
    print(f"{len(left)} are shown as they stand:")
    for tex in left:
        print(f"- {places[tex]}\n  {tex}")


if __name__ == "__main__":
    main()
