"""Pages read, extracted and cut a second by two processes, embedding left out.

python -m tests.benchmarks.reading [SHARED]
"""

import multiprocessing
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import platformdirs

from index.models.embedder import Embedder
from ingest.archive import writing
from ingest.archive.warc import Archive
from ingest.page import Page
from ingest.pipeline import pages
from ingest.text.passage import cut
from ingest.values import Document


def work(folder: Path, next_page: Any, start: Any, results: Any) -> None:
    """Read pages until there are no more, whichever is next."""
    embedder = Embedder.open(platformdirs.user_cache_path("refdesk-tests"))
    found = [page for page in pages(Archive(folder)) if isinstance(page, Page)]
    for page in found[:: len(found) // 10]:
        page.read()  # so that every library is loaded
    start.wait()
    count = passages = 0
    while True:
        with next_page.get_lock():
            number = next_page.value
            next_page.value += 1
        if number >= len(found):
            break
        count += 1
        for document in found[number].read():
            if isinstance(document, Document):
                passages += len(cut(document, embedder.token_starts, 198))
    results.put((count, passages))


def main(shared: Path) -> None:
    """Print pages a second for one and for two processes."""
    with tempfile.TemporaryDirectory() as folder:
        archive = Archive(Path(folder))
        writing.import_warc(archive, shared / "web/pages.warc.gz")
        list(archive.records())
        for shares in (1, 2):
            start = multiprocessing.Barrier(shares + 1)
            results: multiprocessing.Queue[tuple[int, int]] = multiprocessing.Queue()
            next_page = multiprocessing.Value("i", 0)
            for _ in range(shares):
                multiprocessing.Process(
                    target=work, args=(Path(folder), next_page, start, results)
                ).start()
            start.wait()
            begun = time.monotonic()
            done = [results.get() for _ in range(shares)]
            seconds = time.monotonic() - begun
            count = sum(number for number, _ in done)
            print(
                f"{shares} processes: {count} pages, {sum(n for _, n in done)} passages, "
                f"{seconds:.2f} s, {count / seconds:.0f} pages/s"
            )


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path("../shared"))
