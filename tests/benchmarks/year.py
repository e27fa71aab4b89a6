"""A year of daily refreshes against a local server whose pages change, move, die and come back.

``python -m tests.benchmarks.year [DAYS]``: the clock is moved, the archive is real, no library is
built. Prints the requests by day kind, and what each page's history came to.

``python -m tests.benchmarks.year DAYS --digests``: the whole refresh, library and digest. Prints
ten digests, and what was told in all that does not agree with what the server did.
"""

import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import Any

from platformdirs import user_cache_path

from assistant.desk import Desk
from assistant.refreshing.digest import digest_object, lines_of
from ingest.archive import writing
from ingest.archive.warc import Archive
from ingest.bounded.lists import ListReader
from ingest.fetch.pace import Limits
from ingest.gathering.collect import Budget, Collector
from ingest.gathering.ledger import Ledger
from ingest.lists import catalog
from tests.clock import Clock
from tests.stand_in import Answer, Web

HOST = "https://blog.example"
FEED = f"{HOST}/feed.xml"
QUICK = Limits(pace=0, backoff=0.01, patience=0.2)
GONE, BACK = 100, 200
MOVED = 150


def page(words: str) -> Answer:
    """Return a page that says this."""
    said = f"This page says {words}, and says it in a sentence that is long enough to be read. " * 4
    body = f"<title>{words}</title><article><p>{said}</p></article>"
    return (200, [("Content-Type", "text/html")], body.encode())


def site(day: int) -> dict[str, Answer]:
    """Return what the server holds on a day."""
    posts = range(0, day + 1, 10)
    items = "".join(
        f"<item><title>Post {number}</title><link>{HOST}/post{number}</link></item>"
        for number in posts[-5:]
    )
    links = "".join(
        f"<item><title>{name}</title><link>{HOST}/{name}</link></item>"
        for name in ("daily", "weekly", "never", "moves", "dies")
    )
    feed = f"<rss version='2.0'><channel><title>B</title>{items}{links}</channel></rss>"
    pages = {
        FEED: (200, [("Content-Type", "application/rss+xml")], feed.encode()),
        f"{HOST}/daily": page(f"day {day}"),
        f"{HOST}/weekly": page(f"week {day // 7}"),
        f"{HOST}/never": page("always the same"),
        f"{HOST}/moves": page("here")
        if day < MOVED
        else (301, [("Location", f"{HOST}/moved")], b""),
        f"{HOST}/moved": page("here"),
        f"{HOST}/dies": (410, [], b"") if GONE <= day < BACK else page("alive"),
    }
    return pages | {f"{HOST}/post{number}": page(f"post {number}") for number in posts}


def year(days: int) -> tuple[Counter[str], dict[int, list[tuple[str, str]]], int]:
    """Refresh every day; return requests by path, what became of pages by day, entries known."""
    asked: Counter[str] = Counter()
    told: dict[int, list[tuple[str, str]]] = {}
    with (
        tempfile.TemporaryDirectory() as folder,
        Clock() as clock,
        Web(site(0)) as web,
        ListReader() as reader,
    ):
        archive = Archive(Path(folder))
        none = lambda got, done, total: None  # noqa: E731
        first = Collector(archive, none, reader, web.transport, QUICK)
        writing.add(archive, [catalog.added(first.fetch_list(FEED, "blog", None))])
        for day in range(1, days + 1):
            clock.days = day + 0.01 * (day % 3)  # timers are never on the second
            web.pages = site(day)
            web.log.clear()
            collector = Collector(archive, none, reader, web.transport, QUICK)
            got = collector.refresh(Budget())
            told[day] = [(each.url.removeprefix(HOST), each.state) for each in got]
            asked.update(url.removeprefix(HOST) for _, url, _ in web.log)
        (blog,) = catalog.known(archive)
        late = Ledger(archive)
        assert all(late.visited().count(url) == 1 for url in late.visited())
        return asked, told, len(blog.entries)


def digests(days: int) -> dict[int, dict[str, Any]]:
    """Refresh a home every day; return what each day's digest told."""
    told: dict[int, dict[str, Any]] = {}
    with tempfile.TemporaryDirectory() as folder, Clock() as clock, Web(site(0)) as web:
        home = Path(folder)
        (home / "models").symlink_to(user_cache_path("refdesk-tests"))
        desk = Desk(home, llm="extractive", transport=web.transport, limits=QUICK)
        desk.ingest(seed=False, offline=True)
        desk.add_list(FEED, name="blog")
        for day in range(1, days + 1):
            clock.days = day + 0.01 * (day % 3)
            web.pages = site(day)
            told[day] = digest_object(desk.refresh())
        desk.close()
    return told


def wrong(told: dict[int, dict[str, Any]]) -> list[str]:
    """Return what digests told that did not happen, happened before, or is told twice."""
    found = []
    new: dict[str, int] = {}
    for day, digest in told.items():
        paths = {name: [each["url"].removeprefix(HOST) for each in digest[name]]
                 for name in ("new", "changed", "died", "back")}  # fmt: skip
        for path in paths["new"]:
            born = int(path[5:]) if path.startswith("/post") else 0
            if path in new or born > day:
                found.append(f"day {day}: {path} is new")
            new[path] = day
        found += [f"day {day}: {path} changed" for path in paths["changed"]
                  if path not in ("/daily", "/weekly")]  # fmt: skip
        found += [f"day {day}: {path} died" for path in paths["died"]
                  if path != "/dies" or not GONE <= day < BACK]  # fmt: skip
        found += [f"day {day}: {path} is back" for path in paths["back"]
                  if path != "/dies" or day < BACK]  # fmt: skip
        if digest["failed"] and not GONE <= day < BACK:
            found.append(f"day {day}: {digest['failed']} failed")
        for each in digest["lists"]:
            found += [f"day {day}: {entry['url']} dropped" for entry in each["dropped"]]
    last = max(told)
    posts = {f"/post{number}" for number in range(0, last - 8, 10)}
    found += [f"{path} was never told" for path in sorted(posts - new.keys())]
    for name, since in (("died", GONE), ("back", BACK)):
        count = sum(bool(digest[name]) for digest in told.values())
        if count != (last > since + 40):
            found.append(f"{name} was told {count} times")
    return found


def show_digests(days: int) -> None:
    """Print ten digests of a year, and what is wrong with any."""
    began = time.perf_counter()
    told = digests(days)
    speaking = [day for day, digest in told.items() if list(lines_of(digest))]
    print(f"{days} digests in {time.perf_counter() - began:.0f} s, {len(speaking)} say something")
    turns = [day for day in speaking if told[day]["died"] or told[day]["back"]]
    for day in sorted({*turns, *speaking[:: max(1, len(speaking) // (10 - len(turns)))]}):
        print(f"day {day}: looked at {told[day]['looked_at']}, failed {told[day]['failed']}")
        print("".join(f"    {line}\n" for line in lines_of(told[day])), end="")
    print("wrong:", wrong(told) or "nothing")


def main() -> None:
    """Print the year."""
    days = int(sys.argv[1]) if len(sys.argv) > 1 else 365
    if "--digests" in sys.argv:
        show_digests(days)
        return
    began = time.perf_counter()
    asked, told, entries = year(days)
    posts = sum(count for path, count in asked.items() if path.startswith("/post"))
    print(f"{days} days in {time.perf_counter() - began:.0f} s; {entries} entries known")
    print(f"requests: {sum(asked.values())}, to posts {posts}")
    for path, count in sorted(asked.items()):
        if not path.startswith("/post"):
            print(f"  {count:4} {path}")
    for path in ("/dies", "/moves", "/never"):
        print(
            path, [(day, state) for day, rows in told.items() for url, state in rows if url == path]
        )


if __name__ == "__main__":
    main()
