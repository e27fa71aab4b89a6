"""Peak memory of an ingest of 1,000 and of 10,000 generated pages of one paragraph.

python -m tests.benchmarks.memory
"""

import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import platformdirs

from tests.generated import site
from tests.kill import ROOT
from tests.stand_in import Web


def main() -> None:
    """Print peak resident memory, seconds and the ratio."""
    peaks = []
    for count in (1_000, 10_000):
        with tempfile.TemporaryDirectory() as folder, Web(dict(site(count, 1))) as web:
            home = Path(folder) / "home"
            home.mkdir()
            (home / "models").symlink_to(platformdirs.user_cache_path("refdesk-tests"))
            names = Path(folder) / "pages.txt"
            names.write_text("\n".join(web.pages), encoding="utf-8")
            command = [
                sys.executable, "-m", "tests.ingest_once", str(home), str(web.port), str(names),
            ]  # fmt: skip
            begun = time.monotonic()
            done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
            said = json.loads(done.stdout)
            peaks.append(said["peak_rss_kb"])
            print(
                f"{said['documents']} documents: {said['peak_rss_kb'] / 1024:.0f} MiB, "
                f"{time.monotonic() - begun:.0f} s"
            )
    print(f"ratio {peaks[1] / peaks[0]:.2f}")


if __name__ == "__main__":
    main()
