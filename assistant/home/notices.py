"""What of a home a person should know before it changes."""

from index.store import sums
from index.store.generation import Home
from ingest.archive.warc import Archive
from ingest.gathering.ledger import Ledger


def notices(home: Home, archive: Archive) -> list[str]:
    """Return what of the home a person should know before it changes."""
    said = []
    for name, what in archive.seal.damage:
        said.append(f"archive/{name}: {what}; it is made anew (see `refdesk check`).")
    current = home.current()
    if current is not None and (harm := sums.damage(current, every_byte=True)):
        said.append(
            f"The library was damaged ({harm[0][0]}: {harm[0][1]}): it is made anew from the "
            "archive."
        )
    if lost := archive.lost():
        said.append(f"archive/{lost[0]} is gone or empty: see `refdesk check`.")
    bad = archive.bad()
    if harmed := [record for record in bad if record.damaged]:
        said.append(
            f"{len(harmed)} records of the archive are damaged and do not count (the first: "
            f"{harmed[0].file} at byte {harmed[0].offset}, {harmed[0].reason}): see "
            "`refdesk check`."
        )
    if malformed := [record for record in bad if not record.damaged]:
        said.append(
            f"{len(malformed)} records of given archives do not count (the first: "
            f"{malformed[0].url}: {malformed[0].reason}). `refdesk forget --quarantined` lets "
            "go of them."
        )
    if (ahead := Ledger(archive).from_the_future()) is not None:
        said.append(
            f"The archive holds records of {ahead[:16]}, which is still to come: this "
            "machine's clock was ahead then, or is behind now. What arrived last counts, "
            "whatever the clock said."
        )
    return said
