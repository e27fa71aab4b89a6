"""The five lists and the edge cases, through the real fetcher, from the archived pages.

    python -m tests.benchmarks.fetch_archive [SHARED]

A local server stands in for the web. Prints what came in by kind of link, what became of each edge
case, and whether any passage holds the text of a wall or of a script.
"""

import json
import re
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

import platformdirs

from assistant.desk import Desk
from ingest.fetch.pace import Limits
from ingest.links.urls import canonical
from tests.stand_in import Web, read_warc

LIMITS = Limits(pace=0, backoff=0.02, patience=0.5)
WALLS = re.compile(
    r"attention required|just a moment|checking your browser|verify you are human|环境异常"
    r"|enable javascript|accept all cookies|function\s*\(\)\s*\{\s*window|member-only story",
    re.IGNORECASE,
)


def main(shared: Path) -> None:
    """Print the tables."""
    rows = [json.loads(line) for line in (shared / "web/links.jsonl").open(encoding="utf-8")]
    edges = [json.loads(line) for line in (shared / "web/links-edge.jsonl").open(encoding="utf-8")]
    with (
        tempfile.TemporaryDirectory() as folder,
        Web(read_warc(shared / "web/pages.warc.gz")) as web,
    ):
        (Path(folder) / "models").symlink_to(platformdirs.user_cache_path("refdesk-tests"))
        desk = Desk(folder, llm="extractive", transport=web.transport, limits=LIMITS)
        begun = time.monotonic()
        desk.ingest()
        print(f"five lists: {time.monotonic() - begun:.1f} s, {len(web.log)} requests")
        store = desk.library.store
        failures = {each["url"]: each["reason"] for each in desk.status()["failures"]}

        expected, seen, untitled = Counter(), Counter(), []
        for row in rows:
            if row["archived"] and not row["holdout"]:
                expected[row["kind"]] += 1
                document = store.document(row["url"])
                if document is not None and document.title.strip():
                    seen[row["kind"]] += 1
                else:
                    untitled.append((row["url"], failures.get(canonical(row["url"]))))
        print(f"\n{'kind':20} expected seen")
        for kind in sorted(expected):
            print(f"{kind:20} {expected[kind]:8} {seen[kind]:4}")
        print(f"{'all':20} {expected.total():8} {seen.total():4}")
        for url, reason in untitled:
            print(f"  not in the library: {url}: {reason}")

        web.log.clear()
        begun = time.monotonic()
        report = desk.ingest()
        print(f"\nagain: {time.monotonic() - begun:.2f} s, asked for: {web.asked()}")
        print(f"embedded again: {report.passages}")

        desk.ingest([row["url"] for row in edges])
        failures = {each["url"]: each["reason"] for each in desk.status()["failures"]}
        asked = set(web.asked())
        store = desk.library.store
        print("\nedge cases:")
        for row in edges:
            url = canonical(row["url"])
            document = store.document(row["url"])
            if document is not None:
                became = f"in, {len(document.text)} characters, {document.title[:40]!r}"
                became += "" if document.url == url else f" at {document.url}"
            else:
                became = failures.get(url, "-")
            never = "" if row["url"] in asked else " (never asked for)"
            print(f"  {row['case']}: {row['expect']}\n    {row['url']}: {became}{never}")

        texts = [document.text for document in desk.library.store.documents()]
        found = [match[0] for text in texts for match in WALLS.finditer(text)]
        print(f"\nwall or script text in {len(texts)} documents: {found}")
        print(f"zirconplover: {sum('zirconplover' in text for text in texts)} documents")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path("../shared"))
