"""Libraries wherever they are: a home, an export, a lockfile."""

import tempfile
from pathlib import Path

from index.store import carry, lockfile
from index.store.generation import Home
from index.store.lockfile import Lock
from ingest.disk import expanded
from ingest.errors import UsageError


def lock_at(path: Path) -> Lock:
    """Return what the library of a home, an export or a lockfile holds.

    Raises:
        UsageError: it is none of these, or damaged.
        NothingFound: the home holds no library.
    """
    path = expanded(path)
    if path.is_dir():
        home = Home(path)
        if not home.library.is_dir():
            raise UsageError(f"{path} is no home: a home has a folder named library.")
        return lockfile.lock_of(home)
    if path.name.endswith(".json"):
        return lockfile.read(path)
    with tempfile.TemporaryDirectory(prefix="refdesk-") as folder:
        return lockfile.lock_of(carry.unpack(Home(Path(folder)), path).home)
