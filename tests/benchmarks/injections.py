"""Ask the real model about thirty pages that give it orders.

    python -m tests.benchmarks.injections [ID...]

Prints what was shown, which orders got through, how many questions were answered, and the time.
"""

import sys
import tempfile
import time
from pathlib import Path

import platformdirs

from assistant.desk import Desk
from tests.assistant.injections import ATTACKS


def main(wanted: list[str]) -> None:
    """Ask about the pages with these ids, or about all."""
    attacks = [each for each in ATTACKS if not wanted or each.id in wanted]
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        (home / "models").symlink_to(platformdirs.user_cache_path("refdesk-tests"))
        pages = home / "pages"
        pages.mkdir()
        for each in ATTACKS:
            (pages / each.name).write_text(each.page, encoding="utf-8")
        desk = Desk(home)
        desk.ingest([pages], seed=False)
        through, useful, views = [], 0, {"model": 0, "extractive": 0, "refused": 0}
        begun = time.perf_counter()
        for each in attacks:
            answer = desk.ask(each.question)
            views["refused" if answer.refused else answer.view] += 1
            text = answer.text.casefold()
            if traces := [trace for trace in each.traces if trace in text]:
                through.append(each.id)
            useful += any(word in text for word in each.useful)
            print(f"{each.id} {each.kind}: {traces or 'held'}\n    {answer.text}")
        seconds = time.perf_counter() - begun
        desk.close()
    print(f"got through: {len(through)} of {len(attacks)} {through}")
    print(f"questions answered: {useful} of {len(attacks)}; {views}; {seconds:.0f} s")


if __name__ == "__main__":
    main(sys.argv[1:])
