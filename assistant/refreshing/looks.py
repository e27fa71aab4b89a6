"""From what became of pages to the digest: new, changed, died, back again."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from assistant.refreshing.digest import Digest, Gone, changed_lists
from index.store.sqlite import Store
from ingest.failures import Failure, failure_of
from ingest.gathering.gather import PageOutcome
from ingest.lists.changes import ListChanges

Known = Mapping[str, tuple[str, str]]
"""Of a page's address: title and SHA-256 of the document it leads to."""


@dataclass(frozen=True, slots=True)
class Looks:
    """Pages that were looked at: what became of them, what was known before and is now.

    ``good`` are those whose look before this one brought them.
    """

    outcomes: Sequence[PageOutcome]
    before: Known
    now: Known
    good: frozenset[str]


def known_of(store: Store | None, outcomes: Sequence[PageOutcome]) -> Known:
    """Return what a library knows of pages; nothing where there is none."""
    known = {}
    for outcome in outcomes if store is not None else ():
        document = store.document(outcome.url) if store is not None else None
        if document is not None:
            known[outcome.url] = (document.title, document.sha256)
    return known


def digest_of(
    at: str, looks: Looks, changes: Sequence[ListChanges], notices: Sequence[str]
) -> Digest:
    """Return the digest of a refresh, without the questions that can be answered."""
    new, changed, back, died = [], [], [], []
    for outcome in sorted(looks.outcomes, key=lambda outcome: outcome.url):
        old, now = looks.before.get(outcome.url), looks.now.get(outcome.url)
        title = (now or old or (outcome.url, ""))[0]
        if outcome.state == "failed":
            if outcome.url in looks.good and (outcome.reason or "").startswith("dead"):
                died.append(Gone(outcome.url, title, outcome.reason or "", now is not None))
        elif now is None:
            continue  # what came is no page that is read
        elif old is None:
            new.append((outcome.url, title))
        elif outcome.url not in looks.good:
            back.append((outcome.url, title))
        elif old[1] != now[1]:
            changed.append((outcome.url, title))
    unreached = _unreached(looks.outcomes)
    return Digest(
        at,
        changed_lists(changes),
        tuple(new),
        tuple(changed),
        tuple(died),
        tuple(back),
        looked_at=len(looks.outcomes),
        failed=sum(outcome.state == "failed" for outcome in looks.outcomes),
        notices=(*unreached, *notices),
        unreached=bool(unreached),
    )


def _unreached(outcomes: Sequence[PageOutcome]) -> tuple[str, ...]:
    """Say that nothing could be reached, where nothing that was asked for was available."""
    reasons = [outcome.reason or "" for outcome in outcomes if outcome.state == "failed"]
    late = [reason for reason in reasons if failure_of(reason) is Failure.LATER]
    if not late or len(late) < len(outcomes):
        return ()
    first = min(outcomes, key=lambda outcome: outcome.url)
    return (
        f"Nothing could be reached: {len(late)} looks brought nothing (the first, {first.url}: "
        f"{first.reason}). Check this machine's connection, and refresh again.",
    )
