"""GitHub repositories, folders and files.

The raw host is asked first, as it gives the file its author wrote; then the documented interface,
which finds a README under any name and tells a folder from a file; the page itself comes last.
"""

import base64
import binascii
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import quote, unquote

from ingest.archive.values import Reply
from ingest.failures import Failure, failure_of
from ingest.links.kinds import split
from ingest.links.sites import github as site
from ingest.links.urls import canonical, joined, kind_of, source_of
from ingest.reading.decode import UnreadableError, suffix_of, unpack_reply
from ingest.reading.document import make_document, read_document, status_reason
from ingest.reading.extract import Extract
from ingest.reading.notebook import extract_notebook
from ingest.reading.titles import name_of
from ingest.sites.adapter import Replies, Request
from ingest.sites.github_api import answer, ask, is_interface, refusal
from ingest.text.sentences import one_line
from ingest.values import Document, Rejection

_RAW = f"https://{site.RAW}"
_SOURCES = (site.REPOSITORY, site.FOLDER, site.FILE)
# Addresses of two parts that are no repositories.
_NOT_OWNERS = {
    "about", "apps", "collections", "customer-stories", "enterprise", "events", "explore",
    "features", "login", "marketplace", "organizations", "orgs", "readme", "resources", "search",
    "security", "settings", "site", "solutions", "sponsors", "stars", "topics", "trending", "users",
}  # fmt: skip
# Where a link guesses the default branch, the interface is not asked for a branch: it knows.
_DEFAULT = ("", "HEAD", "main", "master")
_README = re.compile(r"readme(?:\.(md|markdown|mdx|rst|org|txt|adoc|textile|rdoc))?", re.IGNORECASE)
_SYMLINK = re.compile(rb"(?:\.{1,2}/)*[\w.-]+(?:/[\w.-]+)*\.(?:md|rst|org|txt|markdown|ipynb)\n?")
_FINAL = (Failure.UNSUPPORTED, Failure.TOO_LARGE)


@dataclass(frozen=True, slots=True)
class _Place:
    """What an address names: ``form`` is tree, blob or, for a repository itself, empty."""

    repo: str
    form: str = ""
    branch: str = ""
    path: str = ""
    query: str = ""

    @property
    def is_file(self) -> bool:
        return self.form == "blob" and bool(self.path)

    @property
    def url(self) -> str:
        parts = (f"https://{site.HOST}", self.repo, self.form, self.branch, self.path)
        return canonical("/".join(filter(None, parts)) + (f"?{self.query}" if self.query else ""))


def covers(url: str) -> bool:
    """Cover repositories, and folders and files in them."""
    place = _place(url)
    return place is not None and source_of(url) in _SOURCES


def requests(url: str, replies: Replies) -> tuple[Request, ...]:
    """Ask the raw host, then the interface, then for the page, until one of them has the text."""
    for request in _steps(url, replies):
        if request.url not in replies:
            return (request,)
        if _settles(replies[request.url]):
            break
    return ()


def read(url: str, replies: Replies) -> Document | Rejection:
    """Read the best of what came: the raw file, the page, the list of a folder's files."""
    place = _place(url)
    if place is None:
        return Rejection(url, "not fetched")
    came = [reply for reply in replies.values() if isinstance(reply, Reply)]
    came.sort(key=lambda reply: reply.fetched_at, reverse=True)
    rejected: list[Rejection] = []
    for reader in (_from_raw, _from_interface, _from_page, _from_listing):
        for reply in came:
            result = reader(place, reply)
            if isinstance(result, Document):
                return result
            if result is not None:
                rejected.append(result)
    return Rejection(url, _reason(rejected, replies))


def _place(url: str) -> _Place | None:
    parts = split(url)
    owner, _, rest = parts.path.strip("/").partition("/")
    if parts.hostname != site.HOST or owner in _NOT_OWNERS or not rest:
        return None
    match rest.split("/"):
        case [repo]:
            return _Place(f"{owner}/{repo}", query=parts.query)
        case [repo, "tree" | "blob" as form, branch, *path]:
            form = form if path else "tree"
            return _Place(f"{owner}/{repo}", form, branch, "/".join(path), parts.query)
    return None


def _steps(url: str, replies: Replies) -> Iterator[Request]:
    """Yield the requests in their order; each is in ``replies`` before the next is made up."""
    place = _place(url)
    if place is None:
        return
    readme = "" if place.is_file else "README.md"
    parts = (_RAW, place.repo, place.branch or "HEAD", place.path, readme)
    raw = "/".join(filter(None, parts))
    yield Request(raw)
    if target := _linked(replies[raw]):
        yield Request(target)
    what = f"contents/{place.path}" if place.path else "readme"
    branch = quote(unquote(place.branch), safe="")
    ref = "" if place.branch in _DEFAULT else f"?ref={branch}"
    interface = ask(f"{place.repo}/{what}{ref}")
    yield interface
    contents = answer(replies[interface.url])
    if file := _named(contents):
        yield Request(_raw_of(file))
    if not _items(contents):
        yield Request(url)


def _settles(came: Reply | Rejection) -> bool:
    """Say whether nothing better than this can come."""
    if isinstance(came, Rejection):
        return failure_of(came.reason) in _FINAL
    if _is_at(came, site.RAW):
        return came.status == 200 and _linked(came) is None
    return _content(answer(came)) is not None


def _is_at(reply: Reply, host: str) -> bool:
    return (split(reply.url).hostname or "").removeprefix("www.") == host


def _linked(came: Reply | Rejection) -> str | None:
    """Return the raw address a symbolic link leads to: the raw host gives but the link's text."""
    if isinstance(came, Rejection) or came.status != 200 or len(came.body) > 1000:
        return None
    try:
        body = unpack_reply(came)
    except UnreadableError:
        return None
    if not _SYMLINK.fullmatch(body):
        return None
    target = joined(came.url, body.decode().strip())
    repo = "/".join(came.url.split("/")[:6])
    return target if target and target.startswith(f"{repo}/") and target != came.url else None


def _items(contents: Any) -> list[dict[str, Any]]:
    """Return the files and folders of a listing that have a name and an address."""
    items = contents if isinstance(contents, list) else []
    return [item for item in items if isinstance(item, dict) and _seen(item) and item.get("name")]


def _seen(item: Any) -> _Place | None:
    """Return the place of what the interface speaks of, under its present name."""
    shown = item.get("html_url") if isinstance(item, dict) else None
    return _place(canonical(shown)) if isinstance(shown, str) else None


def _named(contents: Any) -> _Place | None:
    """Return the file to ask the raw host for: a folder's README, or one too large to be sent."""
    if isinstance(contents, dict):
        return _seen(contents) if contents.get("encoding") == "none" else None
    readmes = [item for item in _items(contents) if _is_readme(item)]
    readmes.sort(key=lambda item: suffix_of(str(item["name"])) not in ("md", "markdown", "mdx"))
    return next(map(_seen, readmes), None)


def _is_readme(item: dict[str, Any]) -> bool:
    return item.get("type") != "dir" and bool(_README.fullmatch(str(item["name"])))


def _raw_of(file: _Place) -> str:
    return f"{_RAW}/{file.repo}/{file.branch}/{file.path}"


def _content(contents: Any) -> bytes | None:
    """Return the file the interface sent."""
    if (
        not isinstance(contents, dict)
        or contents.get("encoding") != "base64"
        or not _seen(contents)
    ):
        return None
    try:
        return base64.b64decode(str(contents.get("content")))
    except (binascii.Error, ValueError):
        return None


def _from_raw(place: _Place, reply: Reply) -> Document | Rejection | None:
    if not _is_at(reply, site.RAW) or reply.status != 200 or _linked(reply):
        return None
    seen = _place(canonical(reply.url))
    return _read_file(place, seen, replace(reply, url=_raw_of(seen))) if seen else None


def _from_interface(place: _Place, reply: Reply) -> Document | Rejection | None:
    contents = answer(reply)
    content, seen = _content(contents), _seen(contents)
    if content is None or seen is None:
        return None
    headers = (("Content-Type", "text/plain"),)
    return _read_file(place, seen, Reply(_raw_of(seen), 200, headers, content, reply.fetched_at))


def _read_file(place: _Place, seen: _Place, reply: Reply) -> Document | Rejection:
    """Read the file at ``seen`` as the document of ``place``."""
    if place.path:
        form = "tree" if seen.path.startswith(f"{place.path}/") else "blob"
        place = replace(place, form=form)
    place = _renamed(place, seen)
    try:
        data = unpack_reply(reply)
        if data.startswith(b"version https://git-lfs.github.com/spec/"):
            return Rejection(place.url, f"{Failure.UNSUPPORTED} git-lfs")
        if suffix_of(reply.url) == "ipynb":
            return make_document(place.url, extract_notebook(data, reply.url), reply.fetched_at)
    except UnreadableError as error:
        return Rejection(place.url, error.reason)
    result = read_document(reply)
    if isinstance(result, Rejection):
        return replace(result, url=place.url)
    return replace(
        result,
        url=place.url,
        # A README's first heading is often that of a section: a repository is known by its name.
        title=result.title if place.is_file else name_of(place.url),
        source=source_of(place.url),
        kind=kind_of(place.url),
    )


def _renamed(place: _Place, seen: _Place) -> _Place:
    """Return the place under its present names, if its repository or branch got another."""
    same = seen.repo.casefold() == place.repo.casefold()
    branch = seen.branch if place.branch and seen.branch else place.branch
    return replace(place, repo=place.repo if same else seen.repo, branch=branch)


def _from_page(place: _Place, reply: Reply) -> Document | Rejection | None:
    return read_document(reply) if _is_at(reply, site.HOST) else None


def _from_listing(place: _Place, reply: Reply) -> Document | Rejection | None:
    items = _items(answer(reply))
    # A submodule's address lies in another repository.
    own = (seen for seen in map(_seen, items) if seen and seen.path.startswith(f"{place.path}/"))
    first = next(own, None)
    if first is None:
        return None
    url = _renamed(replace(place, form="tree"), first).url
    title = name_of(url)
    lines = [f"# {title}", ""]
    for item in items:
        name = one_line(str(item["name"]))
        lines.append(
            f"- [{name}{'/' * (item.get('type') == 'dir')}]({canonical(item['html_url'])})"
        )
    page = Extract(title, "\n".join(lines), author=site.owner_of(url))
    return make_document(url, page, reply.fetched_at)


def _reason(rejected: list[Rejection], replies: Replies) -> str:
    """Say why there is no document, by whoever knew best."""
    ranked = [(1, rejection.reason) for rejection in rejected]
    for came in replies.values():
        if isinstance(came, Rejection):
            ranked.append((0 if failure_of(came.reason) in _FINAL else 3, came.reason))
        elif is_interface(came):
            ranked.append((2, refusal(came) or "empty"))
        elif reason := status_reason(came):
            ranked.append((4, reason))
    return min(ranked, key=lambda item: item[0], default=(5, "not fetched"))[1]
