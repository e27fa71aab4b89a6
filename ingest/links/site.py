"""What is known of a site's addresses, as a value: see `ingest.links.sites` for the sites."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

OTHER = "other"
"""The source of an address that belongs to no site we know."""

Spelling = Callable[[str, str, str], tuple[str, str, str]]
"""From path, query and fragment (percent-encoded) to the canonical host, path and query."""


@dataclass(frozen=True, slots=True)
class Site:
    """One site: whose hosts it has, how its addresses are spelt, and what they point at.

    Attributes:
        hosts: matches its bare host names (lower case, without ``www.``) as a whole.
        source: the name of the source an address belongs to, by the segments of its path; `OTHER`
            where it is a page like any other.
        kinds: what a reader finds there, by source.
        kind: the same where the path says more; empty where it does not. It gets source and path.
        bare: sources whose last segment is a name and no file, whatever its ending.
        aliases: host names that mean another, with that.
        noise: parameters that name no page, by host.
        spellings: the canonical spelling, by host.
        resolve: what a relative link means on a page of it; None where that is the usual.
        names: hosts under which people know one and the same page, if there are several.
        pace: seconds the site wants between two requests where its robots.txt does not say so.
        dated: the day, or the month, that a path of it tells; "" where it tells none.
        played: its pages are played, not read: no text can be marked there.
        called: what people call it, with the host, or the part of one, that its addresses have.
        shared: hosts of it on which many publish: they do not name who published.
        accounts: matches, without scheme and ``www.``, the address of where somebody publishes.
    """

    hosts: re.Pattern[str]
    source: Callable[[Sequence[str]], str]
    kinds: Mapping[str, str]
    kind: Callable[[str, str], str] = lambda source, path: ""
    bare: frozenset[str] = frozenset()
    aliases: Mapping[str, str] = field(default_factory=dict)
    noise: Mapping[str, frozenset[str]] = field(default_factory=dict)
    spellings: Mapping[str, Spelling] = field(default_factory=dict)
    resolve: Callable[[str, str], str | None] = lambda target, base: None
    names: frozenset[str] = frozenset()
    pace: float = 0.0
    dated: Callable[[str], str] = lambda path: ""
    played: bool = False
    called: Mapping[str, str] = field(default_factory=dict)
    shared: frozenset[str] = frozenset()
    accounts: re.Pattern[str] | None = None


def always(source: str) -> Callable[[Sequence[str]], str]:
    """Return what gives every address of a site one source."""
    return lambda segments: source


def by_first(sources: Mapping[str, str]) -> Callable[[Sequence[str]], str]:
    """Return what gives an address the source that its first segment says."""
    return lambda segments: sources.get(segments[0] if segments else "", OTHER)
