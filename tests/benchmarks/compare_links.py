"""Compare the links refdesk reads in the five founding lists with those read by hand.

    python -m tests.benchmarks.compare_links [--snapshots]

Prints, per list and per kind, how many links are expected, seen, missing and extra, and the same
for the ignored targets. The real material is looked for beside the checkout, or in $REFDESK_SHARED.
With --snapshots the files of data/lists are written anew from the originals.
"""

import json
import os
import sys
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from warcio.archiveiterator import ArchiveIterator

from ingest.lists.parser import FOUNDING, CuratedList, decode, dumps, parse, without_prose

ROOT = Path(__file__).resolve().parents[2]
REPOSITORIES = ("Strivin0311/llms-learning", "zhiyuan8/LLM-learning", "Exorust/LLM-Deep-Dive")


@dataclass(frozen=True, slots=True)
class Comparison:
    """Counts of what was expected and seen; each key is (list number, target, kind or reason)."""

    expected: Counter[tuple[int, str, str]]
    seen: Counter[tuple[int, str, str]]

    @property
    def missing(self) -> Counter[tuple[int, str, str]]:
        return self.expected - self.seen

    @property
    def extra(self) -> Counter[tuple[int, str, str]]:
        return self.seen - self.expected


def read_originals(shared: Path) -> list[CuratedList]:
    """Parse the five original lists out of the archive, in their order."""
    bodies: dict[str, bytes] = {}
    with (shared / "web" / "pages.warc.gz").open("rb") as archive:
        for record in ArchiveIterator(archive):
            url = record.rec_headers.get_header("WARC-Target-URI") or ""
            if record.rec_type == "response" and url.startswith("https://lists.example/"):
                bodies[url] = record.content_stream().read()
    lists = []
    for number, (url, name) in enumerate(zip(sorted(bodies), FOUNDING, strict=True)):
        origin = base = None
        if number < len(REPOSITORIES):
            origin = f"https://github.com/{REPOSITORIES[number]}"
            base = f"{origin}/blob/main/"
        lists.append(parse(decode(bodies[url]), name=name, base=base, origin=origin))
    return lists


def compare_links(shared: Path, lists: list[CuratedList]) -> Comparison:
    """Compare the distinct links of each list, by address and source."""
    expected = Counter(
        (number, link["url"], link["kind"])
        for link in _rows(shared / "web" / "links.jsonl")
        for number in link["seeds"]
    )
    seen = {
        (number, entry.url, entry.source)
        for number, curated in enumerate(lists)
        for entry in curated.entries
    }
    return Comparison(expected, Counter(seen))


def compare_ignored(shared: Path, lists: list[CuratedList]) -> Comparison:
    """Compare the ignored targets of each list, repetitions counted, by target and reason."""
    expected = Counter(
        (row["seed"], decode(row["target"].encode()), row["reason"])
        for row in _rows(shared / "web" / "links-ignored.jsonl")
    )
    seen = Counter(
        (number, item.target, item.reason)
        for number, curated in enumerate(lists)
        for item in curated.ignored
    )
    return Comparison(expected, seen)


def write_snapshots(lists: list[CuratedList], folder: Path) -> None:
    """Write each list without its prose, as it ships."""
    for curated in lists:
        (folder / f"{curated.name}.toml").write_text(dumps(without_prose(curated)), "utf-8")


def _rows(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def _report(title: str, comparison: Comparison) -> None:
    print(f"{title}\n{'':44}expected  seen  missing  extra")
    for position in (0, 2):  # by list, then by kind or reason
        groups = sorted({key[position] for key in comparison.expected | comparison.seen}, key=str)
        for group in [*groups, None]:
            counts = [
                sum(n for key, n in part.items() if group is None or key[position] == group)
                for part in (
                    comparison.expected,
                    comparison.seen,
                    comparison.missing,
                    comparison.extra,
                )
            ]
            name = FOUNDING[group] if isinstance(group, int) else group or "all"
            print("{:44}{:8}{:6}{:9}{:7}".format(name, *counts))
        print()
    for sign, part in (("missing", comparison.missing), ("extra", comparison.extra)):
        for key in part:
            print(sign, *key)


def main() -> int:
    shared = Path(os.environ.get("REFDESK_SHARED", ROOT.parent / "shared"))
    if not shared.is_dir():
        print(f"the real test material is not at {shared}: set REFDESK_SHARED", file=sys.stderr)
        return 2
    lists = read_originals(shared)
    if "--snapshots" in sys.argv[1:]:
        write_snapshots(lists, ROOT / "data" / "lists")
    links, ignored = compare_links(shared, lists), compare_ignored(shared, lists)
    distinct = len({key[1] for key in links.seen})
    _report(f"links ({distinct} distinct over all lists)", links)
    _report("ignored targets", ignored)
    return 5 if links.missing or links.extra or ignored.missing or ignored.extra else 0


if __name__ == "__main__":
    sys.exit(main())
