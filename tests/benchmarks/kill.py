"""SIGKILL at 20 random moments of an ingest of 300 pages.

python -m tests.benchmarks.kill
"""

import tempfile
from pathlib import Path

import platformdirs

from tests.kill import kill


def main() -> None:
    """Print what was fetched twice and whether the libraries are the same."""
    with tempfile.TemporaryDirectory() as folder:
        result = kill(
            Path(folder), Path(platformdirs.user_cache_path("refdesk-tests")), pages=300, kills=20
        )
    print(f"undisturbed: {result.seconds:.1f} s, {result.undisturbed['documents']} documents")
    print(f"killed {result.kills} times; same digest: ", end="")
    print(result.last["digest"] == result.undisturbed["digest"])
    again = {url: count for url, count in result.fetched.items() if count > 1}
    print(f"asked for more than once (in flight when killed): {len(again)}")
    print(f"requests repeated in all: {result.in_flight}, at most {16 * result.kills} in flight")


if __name__ == "__main__":
    main()
