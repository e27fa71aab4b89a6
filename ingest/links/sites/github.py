"""GitHub: repositories, folders, files and discussions, raw or as people see them."""

import re
from collections.abc import Sequence
from urllib.parse import unquote, urlsplit

from ingest.links.site import OTHER, Site

HOST, RAW = "github.com", "raw.githubusercontent.com"
REPOSITORY, FOLDER, FILE, DISCUSSION = (
    "github-repo", "github-tree", "github-file", "github-discussion",
)  # fmt: skip
_DEFAULT_BRANCHES = frozenset({"main", "master"})
_BASE = re.compile(
    r"https?://(?:www\.)?github\.com/([^/]+/[^/]+?)(?:\.git)?"
    r"(?:/(tree|blob)/([^/?#]+)(?:/([^?#]*))?)?/?(?:[?#].*)?"
)
_RAW_BASE = re.compile(
    r"https?://(raw)\.githubusercontent\.com/([^/]+/[^/]+)/(?:refs/heads/)?([^/]+)/([^?#]*)"
)
_REPOSITORY = re.compile(r"https://github\.com/[^/]+/[^/]+/?$")
_BARE_FILES = frozenset({"license", "makefile", "dockerfile", "readme", "notice", "authors"})


def _source(segments: Sequence[str]) -> str:
    match segments:
        case [_, _] | [_, _, "tree", _]:
            return REPOSITORY
        case [_, _, "tree", *_]:
            return FOLDER
        case [_, _, "blob" | "raw", *_]:
            return FILE
        case [_, _, "discussions" | "issues" | "pull", _, *_]:
            return DISCUSSION
    return OTHER


def _kind(source: str, path: str) -> str:
    if source in (REPOSITORY, FILE) and "awesome" in path:
        return "list"
    if source == REPOSITORY and re.search(r"[-_](course|class|tutorials?)\b", path):
        return "course"
    return ""


def _spelling(path: str, query: str, fragment: str) -> tuple[str, str, str]:
    path = re.sub(r"^(/[^/]+/[^/]+?)(?:\.git)+$", r"\1", path)
    path = re.sub(r"^(/[^/]+/[^/]+)/raw/", r"\1/blob/", path)
    path = re.sub(r"^(/[^/]+/[^/]+/(?:blob|tree))/(?:refs/heads/)+", r"\1/", path)
    branch = re.fullmatch(r"(/[^/]+/[^/]+)/(?:tree|blob)/([^/]+)", path)
    return HOST, branch[1] if branch and branch[2] in _DEFAULT_BRANCHES else path, query


def _raw_spelling(path: str, query: str, fragment: str) -> tuple[str, str, str]:
    raw = re.fullmatch(r"(/[^/]+/[^/]+)/(?:refs/heads/)*([^/]+/.+)", path)
    return (HOST, f"{raw[1]}/blob/{raw[2]}", "") if raw else (RAW, path, query)


def _resolve(target: str, base: str) -> str | None:
    """Resolve a relative target to the page of the file or folder.

    A base that names no branch means ``main``.
    """
    if raw := _RAW_BASE.fullmatch(base):
        form, repo, branch, folder = raw.groups()
    elif github := _BASE.fullmatch(base):
        repo, form, branch, folder = github.groups(default="")
    else:
        return None
    parts = urlsplit(target)
    if form != "tree" and not folder.endswith("/"):
        folder = folder.rpartition("/")[0]  # the base is a file: its folder counts
    kept: list[str] = []
    joined = parts.path if parts.path.startswith("/") else f"{folder}/{parts.path}"
    for segment in joined.split("/"):
        if segment == "..":
            del kept[-1:]
        elif segment not in ("", "."):
            kept.append(segment)
    last = kept[-1].lower() if kept else ""
    named_file = re.search(r"\.[a-z_]\w*$", last) and not last.startswith(".")
    is_file = not parts.path.endswith("/") and (named_file or last in _BARE_FILES)
    page = f"https://{HOST}/{repo}"
    if kept:
        page += f"/{'blob' if is_file else 'tree'}/{branch or 'main'}/{'/'.join(kept)}"
    query = f"?{parts.query}" if parts.query else ""
    return page + query + (f"#{parts.fragment}" if parts.fragment else "")


def name_of(url: str) -> str:
    """Return what a page of GitHub is called: repository and path; "" for other addresses."""
    steps = _steps(url)
    if urlsplit(url).hostname == RAW and len(steps) > 3:
        if steps[2:4] == ["refs", "heads"]:
            del steps[2:4]
        steps.insert(2, "blob")
    if len(steps) < 2:
        return ""
    name = "/".join(steps[:2])
    return f"{name}: {'/'.join(steps[4:])}" if len(steps) > 4 else name


def is_repository(url: str) -> bool:
    """Say whether an address is that of a repository, not of anything in it."""
    return _REPOSITORY.match(url) is not None


def owner_of(url: str) -> str | None:
    """Return the owner of the repository an address lies in, None for other addresses."""
    steps = _steps(url)
    return (steps[0] or None) if steps else None


def _steps(url: str) -> list[str]:
    parts = urlsplit(url)
    on_github = parts.hostname in (HOST, RAW)
    return unquote(parts.path).strip("/").split("/") if on_github else []


SITE = Site(
    hosts=re.compile(r"github\.com"),
    source=_source,
    kinds={
        REPOSITORY: "repository",
        FOLDER: "repository",
        FILE: "note",
        DISCUSSION: "thread",
    },
    kind=_kind,
    bare=frozenset({REPOSITORY}),  # llama2.c is a repository
    aliases={"www.github.com": HOST},
    noise={HOST: frozenset({"tab", "plain", "raw"})},
    spellings={HOST: _spelling},
    resolve=_resolve,
    called={"github": HOST},
    shared=frozenset({HOST}),
    accounts=re.compile(r"github\.com/[\w-]+", re.IGNORECASE),
)
RAW_SITE = Site(
    hosts=re.compile(re.escape(RAW)),
    source=lambda segments: FILE,
    kinds=SITE.kinds,
    kind=_kind,
    spellings={RAW: _raw_spelling},
)
