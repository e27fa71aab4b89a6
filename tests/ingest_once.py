"""One ingest in a process of its own, so that it can be killed: HOME PORT LIST [refresh]."""

import json
import resource
import sys
from pathlib import Path

from assistant.desk import Desk
from ingest.fetch.pace import Limits
from tests.stand_in import ToPort


def main(home: str, port: str, pages: str, *how: str) -> None:
    """Ingest the pages named in a file, one address a line, from a local server."""
    desk = Desk(
        home, llm="extractive", transport=ToPort(int(port)), limits=Limits(pace=0, backoff=0.05)
    )
    addresses = Path(pages).read_text("utf-8").split()
    report = desk.ingest(addresses, seed=False, refresh="refresh" in how)
    sys.stdout.write(
        json.dumps(
            {
                "digest": report.status["digest"],
                "documents": report.status["documents"],
                "fetched": sum(got.state == "fetched" for got in report.got),
                "mended": list(report.mended),
                "peak_rss_kb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss,
            }
        )
    )


if __name__ == "__main__":
    main(*sys.argv[1:])
