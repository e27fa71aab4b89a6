"""The list doctor: what a library knows of a curated list's links and sections.

Adds dead and moved links, from the archive's record and its folder listings, and candidates
from other lists for empty sections. Meaning is cosine similarity of the
embedding model's unit vectors. Fetches nothing.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from difflib import get_close_matches
from typing import Any
from urllib.parse import unquote

from index.search.library import Library
from index.store.catalog import catalog_rows, failure_rows
from index.store.sqlite import Store
from ingest.failures import Failure, failure_of
from ingest.links.urls import canonical, resolve
from ingest.lists.catalog_file import CuratedList
from ingest.lists.check import Finding
from ingest.lists.written import links_of
from ingest.text.plain import escape, inline_code

_SUGGESTED = 0.59
"""An entry of another list is suggested from this nearness on."""


@dataclass(frozen=True, slots=True)
class Suggestion:
    """An entry of another list for an empty section: ``nearness`` is a cosine, at most 1."""

    section: str
    line: int
    title: str
    url: str
    list: str
    nearness: float


@dataclass(frozen=True, slots=True)
class Examination:
    """What was found in a list, by line, and what could fill its empty sections."""

    name: str
    title: str
    findings: tuple[Finding, ...]
    suggestions: tuple[Suggestion, ...]

    @property
    def wanting(self) -> bool:
        """Whether any finding is an error."""
        return any(finding.severity == "error" for finding in self.findings)


def examine(
    library: Library,
    curated: CuratedList,
    findings: Sequence[Finding],
    text: str = "",
) -> Examination:
    """Add what the library knows of a list to what its text showed.

    Args:
        library: whose record of dead and moved pages, folder listings and lists are consulted.
        curated: the list, parsed; its ``base`` resolves its links.
        findings: what ``list_check.check_text`` found; its empty sections get suggestions.
        text: the list's text as ``lists.decode`` gives it, for line numbers; without it the line
            of every link finding is 0.
    """
    lines = _lines(text, curated.base)
    combined = [
        *findings,
        *_links(library.store, curated, lines),
    ]
    ordered = sorted(set(combined), key=lambda one: (one.line, one.code, one.text))
    empty = [one for one in ordered if one.code == "empty-section"]
    return Examination(
        curated.name, curated.title, tuple(ordered), tuple(_suggest(library, curated, empty))
    )


def _lines(text: str, base: str | None) -> dict[str, int]:
    lines: dict[str, int] = {}
    for link in links_of(text):
        address, reason = resolve(link.target, base)
        if not reason:
            lines.setdefault(canonical(address), link.line)
    return lines


def _links(store: Store, curated: CuratedList, lines: dict[str, int]) -> Iterator[Finding]:
    reasons = {row["url"]: row["reason"] for row in failure_rows(store)}
    folders = _Folders(store)
    done: set[str] = set()
    for entry in curated.entries:
        address = canonical(entry.url)
        if address in done:
            continue
        done.add(address)
        line, piece = lines.get(address, 0), f"[{entry.title}]({entry.url})"[:200]
        reason = reasons.get(address, "")
        kind = failure_of(reason)
        if kind is Failure.DEAD:
            yield Finding("dead-link", line, piece, f"{reason}: replace it or take it out")
            continue
        if kind is Failure.MOVED:
            yield Finding("moved-link", line, piece, f"{reason}: write the new address")
            continue
        known = store.document(address)
        if known is None:
            if problem := folders.problem(address):
                sure = failure_of(problem) is Failure.DEAD
                yield Finding("dead-link", line, piece, problem, "error" if sure else "warning")
        elif known.url != address and _other_page(address, known.url):
            message = f"redirects to {known.url}: write that address"
            yield Finding("moved-link", line, piece, message, "warning")


def _other_page(address: str, document: str) -> bool:
    """Whether two addresses differ in more than how GitHub shows a file or folder."""
    spelling = re.compile(r"(github\.com/[^/]+/[^/]+)/(?:blob|tree|raw)/", re.IGNORECASE)
    return spelling.sub(r"\1/-/", address) != spelling.sub(r"\1/-/", document)


_PATH = re.compile(
    r"https://github\.com/(?P<repo>[^/]+/[^/]+)/(?:blob|tree)/(?P<branch>[^/]+)/(?P<path>[^?#]+)"
)
_ROW = re.compile(r"^\|\s*(?P<name>[^|\s][^|]*?)\s*\|.*\|\s*$", re.MULTILINE)


class _Folders:
    """What the library knows of repositories: their archived folder listings and files."""

    def __init__(self, store: Store) -> None:
        self._listed: dict[tuple[str, str], set[str]] = {}
        self._known: dict[str, set[str]] = {}
        for document in store.documents():
            for address in store.addresses(document.url):
                if not (match := _PATH.fullmatch(address)):
                    continue
                repo, path = match["repo"].lower(), unquote(match["path"]).strip("/")
                self._known.setdefault(repo, set()).add(path)
                names = {row["name"] for row in _ROW.finditer(document.text)}
                if document.source == "github-tree" and "Name" in names:
                    folder = {name for name in names if name != "Name" and set(name) - set("-: ")}
                    self._listed[repo, path] = folder
                    self._known[repo] |= {f"{path}/{name}" for name in folder}

    def problem(self, address: str) -> str:
        """Say why a GitHub address is taken to lead nowhere, or "" if nothing speaks against it.

        A file is missing if its folder's archived listing does not name it, or if the repository
        has nothing at this path but something under a close spelling of it.
        """
        match = _PATH.fullmatch(address)
        if match is None:
            return ""
        repo, path = match["repo"].lower(), unquote(match["path"]).strip("/")
        known = self._known.get(repo, set())
        if path in known or any(other.startswith(f"{path}/") for other in known):
            return ""
        folder, _, name = path.rpartition("/")
        near = self._near(path, known)
        listing = self._listed.get((repo, folder))
        if listing is not None and name not in listing:
            if not near and (alike := get_close_matches(name, sorted(listing), 1, 0.5)):
                near = f"{folder}/{alike[0]}"
            hint = f"did you mean {near}?" if near else "find where it went"
            return f"{Failure.DEAD}: the archived listing of {folder}/ has no {name}: {hint}"
        if not near and any(_moved_folder(folder, other) for other in known):
            new = min(other.rpartition("/")[0] for other in known if _moved_folder(folder, other))
            if not any(other.startswith(f"{folder}/") for other in known):
                return f"perhaps dead: {folder}/ is not known, {new}/ is: look for the file there"
        if near and (near.lower() == path.lower() or _moved(path, near) or _renamed(path, near)):
            return (
                f"perhaps dead: the repository is not known to have this path: did you mean {near}?"
            )
        return ""

    def _near(self, path: str, known: set[str]) -> str:
        by_case = [other for other in sorted(known) if other.lower() == path.lower()]
        same_name = [other for other in sorted(known) if _moved(path, other)]
        same_name += [other for other in sorted(known) if _renamed(path, other)]
        close = get_close_matches(path, sorted(known), 1, 0.75)
        return next(iter(by_case + same_name + close), "")


def _moved(path: str, other: str) -> bool:
    """Whether the same file stands in a folder with a shortened or lengthened name."""
    folder, _, name = path.rpartition("/")
    elsewhere, _, same = other.rpartition("/")
    related = folder.startswith(elsewhere) or elsewhere.startswith(folder)
    return bool(folder and elsewhere) and name.lower() == same.lower() and related


def _moved_folder(folder: str, other: str) -> bool:
    """Whether another path stands in a folder with a shortened or lengthened name."""
    new = other.rpartition("/")[0]
    shorter, longer = sorted((folder, new), key=len)
    return bool(shorter) and longer.startswith(f"{shorter}-")


def _renamed(path: str, other: str) -> bool:
    """Whether another file of the same folder has all the words of the name, and more."""
    folder, _, name = path.rpartition("/")
    elsewhere, _, new = other.rpartition("/")
    old_words, new_words = (set(re.findall(r"[^\W_]+", one.lower())) for one in (name, new))
    return folder == elsewhere and len(old_words) > 2 and old_words < new_words


def _suggest(
    library: Library, curated: CuratedList, empty: Sequence[Finding]
) -> Iterator[Suggestion]:
    here = {canonical(entry.url) for entry in curated.entries}
    others: dict[str, tuple[str, str, str]] = {}
    for row in catalog_rows(library.store):
        if len(row) == 6 and row[0] != curated.name and canonical(row[1]) not in here:
            others.setdefault(canonical(row[1]), (row[0], row[1], row[2]))
    if not others or not empty:
        return
    offered = list(others.values())
    vectors = library.embedder.embed([one.text for one in empty] + [row[2] for row in offered])
    nearness = vectors[: len(empty)] @ vectors[len(empty) :].T
    for finding, scores in zip(empty, nearness, strict=True):
        for place in scores.argsort()[::-1][:3]:
            name, url, title = offered[place]
            if scores[place] >= _SUGGESTED:
                score = round(float(scores[place]), 3)
                yield Suggestion(finding.text, finding.line, title, url, name, score)


def to_object(examination: Examination) -> dict[str, Any]:
    """Return an examination as JSON values."""
    return {"wanting": examination.wanting, **asdict(examination)}


def to_markdown(examination: Examination) -> str:
    """Return an examination as Markdown for a pull request, grouped by what is wrong."""
    errors = sum(one.severity == "error" for one in examination.findings)
    warnings = len(examination.findings) - errors
    lines = [f"# {escape(examination.title)}: {errors} errors, {warnings} warnings", ""]
    for severity in ("error", "warning"):
        findings = [one for one in examination.findings if one.severity == severity]
        for code in sorted({one.code for one in findings}):
            group = [one for one in findings if one.code == code]
            lines += [f"## {code} ({severity}, {len(group)})", ""]
            lines += [
                f"- line {one.line}: {inline_code(one.text)}: {escape(one.message)}"
                for one in group
            ]
            lines.append("")
    if examination.suggestions:
        lines += ["## Entries of other lists for empty sections", ""]
        for one in examination.suggestions:
            lines.append(
                f"- line {one.line}, {escape(one.section)}: "
                f"[{escape(one.title)}]({one.url.replace(')', '%29')}) "
                f"({one.list}, {one.nearness:.2f})"
            )
    return "\n".join(lines).rstrip() + "\n"
