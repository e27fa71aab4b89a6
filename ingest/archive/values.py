"""What the archive holds, as values: replies, where they lie, visits, files that were given."""

from dataclasses import dataclass

from ingest.links.urls import canonical

FETCHED = "fetched-"
"""What the name of a file of fetched replies begins with."""

VISIT = "application/vnd.refdesk.visit+json"
"""The media type of the metadata record that ends a visit."""

ABOUT = "WARC-JSON-Metadata"
"""The header of a given file's record that holds what is known of it beside what it says."""

OURS = "refdesk:"
"""What the address of a record begins with that speaks for refdesk itself."""

Order = tuple[int, str, int]
"""When a record arrived in its archive: comparable, later ones are greater.

The number of its file, then, within a file from elsewhere, its date there, then its place. No clock
of this machine counts, save in files of before files were numbered (number 0).
"""


@dataclass(frozen=True, slots=True)
class Reply:
    """One archived reply to a request, or one given file (then ``resource`` is true).

    ``body`` is the payload as it came: its content encoding is not undone.
    """

    url: str
    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes
    fetched_at: str
    resource: bool = False

    def header(self, name: str) -> str | None:
        """Return the first header of that name, whatever its case."""
        for key, value in self.headers:
            if key.lower() == name.lower():
                return value
        return None


@dataclass(frozen=True, slots=True)
class Record:
    """Where one reply lies in the archive, with what is needed to choose it unread.

    ``payload`` says where the body lies (file, offset) when it was the same as that of an earlier
    reply and was not kept again. ``length`` is that of the body in bytes, ``order`` says when the
    record arrived, ``about`` is that of its `Resource`.
    """

    url: str
    status: int
    location: str | None
    fetched_at: str
    digest: str
    file: str
    offset: int
    payload: tuple[str, int] | None = None
    length: int = 0
    order: Order = (0, "", 0)
    about: str = ""

    @property
    def asked_for(self) -> bool:
        """Whether refdesk itself fetched it, so that a `Visit` says which page it is for."""
        return self.file.startswith(FETCHED)


@dataclass(frozen=True, slots=True)
class FetchResult:
    """One address that was asked for: the reply at the end of its redirects, or why none came.

    The reply is the one of address ``reply_url`` fetched at ``reply_at``.
    """

    url: str
    reason: str | None = None
    reply_url: str = ""
    reply_at: str = ""


@dataclass(frozen=True, slots=True)
class Visit:
    """One finished attempt to get the page at the canonical address ``url``: all it asked for.

    ``at`` is when it ended by the clock of then, ``order`` when it arrived. ``pictures`` are those
    of its figures; the page is read without them.
    """

    url: str
    at: str
    requests: tuple[FetchResult, ...]
    order: Order = (0, "", 0)
    pictures: tuple[FetchResult, ...] = ()


@dataclass(frozen=True, slots=True)
class Exchange:
    """One request as it was made and the reply to it, redirects not followed."""

    method: str
    url: str
    headers: tuple[tuple[str, str], ...]
    body: bytes
    reply: Reply


@dataclass(frozen=True, slots=True)
class Resource:
    """A file given to the archive: its address, media type and bytes.

    ``about`` is what is known of it beside what it says, one line of JSON (`ingest.reading.about`),
    ``at`` when it was given, where that is not now.
    """

    url: str
    media_type: str
    body: bytes
    about: str = ""
    at: str = ""


@dataclass(frozen=True, slots=True)
class Bad:
    """A record that is there and does not count, and why.

    ``url`` is its address, or ``warc:FILE@OFFSET`` where it has none that can be read. ``damaged``
    says that its bytes are no longer those once written.
    """

    url: str
    reason: str
    file: str
    offset: int
    damaged: bool
    order: Order = (0, "", 0)


@dataclass(frozen=True, slots=True)
class Forgotten:
    """What no longer counts, as far as it arrived before ``order``.

    ``addresses`` are canonical addresses of pages, ``documents`` single documents of a page
    that holds several, as (page, document), ``files`` names of archive files, ``places`` records
    by (file, offset).
    """

    addresses: frozenset[str] = frozenset()
    documents: frozenset[tuple[str, str]] = frozenset()
    files: frozenset[str] = frozenset()
    places: frozenset[tuple[str, int]] = frozenset()
    order: Order = (0, "", 0)

    def covers(self, url: str, file: str, offset: int, order: Order) -> bool:
        """Say whether a record was forgotten."""
        return order < self.order and (
            file in self.files or (file, offset) in self.places or canonical(url) in self.addresses
        )
