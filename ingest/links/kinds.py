"""What an address points at: its source (which site, which form) and its kind for people.

Knows hosts and paths only; never looks at a page. What is known of one site stands in
`ingest.links.sites`; here stand the sites of which only the kind is known.
"""

import re
from datetime import date
from pathlib import PurePosixPath
from urllib.parse import SplitResult, unquote, urlsplit

from ingest.links.site import OTHER
from ingest.links.sites import github
from ingest.links.sites.registry import site_of


def source_of(url: str) -> str:
    """Return which source an address belongs to: a site's, ``blog``, or ``other`` if none."""
    parts = split(url)
    if parts.scheme in _LOCAL:
        return OTHER  # where a file lies says nothing about it
    host, path = _bare_host(parts), parts.path
    if site := site_of(host):
        return site.source([segment for segment in path.split("/") if segment])
    return BLOG if _BLOG_HOST.match(host) or _BLOG_PATH.search(path) else OTHER


BLOG = "blog"
# Personal sites that are blogs as a whole and whose addresses do not say so.
_BLOG_HOST = re.compile(
    r"blog\.|.+\.(substack|blogspot|wordpress|hashnode|ghost)\.\w+$|rentry\.(org|co)$"
    r"|(jalammar|lilianweng|karpathy|colah|ruder|sebastianraschka)\.(github\.)?(io|com)$"
    r"|(philschmid|lesswrong|simonwillison|huyenchip|eugeneyan|substack)\.\w+$"
    r"|(zhuanlan\.zhihu|jianshu|juejin|csdn|cnblogs)\.\w+$|kexue\.fm$"
)
_BLOG_PATH = re.compile(
    r"/(blogs?|posts?|p|news|notes|articles?|archives?)/[^/]|/(19|20)\d\d/[01]?\d/", re.IGNORECASE
)


def kind_of(url: str) -> str:
    """Return what a reader finds there, in the words of people.

    One of paper, post, repository, code, notebook, video, slides, course, docs, thread, list, note.
    """
    parts = split(url)
    host, path = _bare_host(parts), unquote(parts.path).lower()
    source = source_of(url)
    is_local = parts.scheme in _LOCAL
    site = None if is_local else site_of(host)
    suffix = PurePosixPath(path).suffix
    if suffix in _KIND_BY_SUFFIX and not (site and source in site.bare):
        return _KIND_BY_SUFFIX[suffix]
    if is_local:
        return "note"
    if site and (kind := site.kind(source, path) or site.kinds.get(source)):
        return kind
    if source == BLOG:
        return "post"
    for kind, hosts, paths in _KIND_RULES:
        if re.search(hosts, host) or re.search(paths, path):
            return kind
    return "post"


_LOCAL = ("file", "refdesk")
_KIND_BY_SUFFIX = {
    suffix: kind
    for kind, suffixes in (
        ("notebook", ".ipynb"),
        ("paper", ".pdf"),
        ("slides", ".ppt .pptx"),
        ("video", ".mp4 .webm"),
        ("code", ".py .c .h .cc .cpp .cu .cuh .rs .go .js .ts .java .jl .sh .swift .mojo"),
    )
    for suffix in suffixes.split()
}
_NEVER = r"(?!)"
_KIND_RULES = (
    (
        "paper",
        r"openreview\.net$|aclanthology\.org$|doi\.org$|mlr\.press$|neurips\.cc$|papers\.nips\.cc$"
        r"|semanticscholar\.org$|(bio|med)rxiv\.org$",
        r"^/papers?/.",
    ),
    ("course", r"coursera\.org$|udemy\.com$|deeplearning\.ai$|fast\.ai$|edx\.org$", _NEVER),
    (
        "course",
        _NEVER,
        r"/(class|classes|courses?|lectures?|syllabus)(/|$)|zero-to-hero|/cs\d+\w?/",
    ),
    ("video", r"vimeo\.com$|youku\.com$|ted\.com$", _NEVER),
    ("slides", r"slideshare\.net$|speakerdeck\.com$|slides\.com$", r"/slides?(/|$)"),
    (
        "thread",
        r"reddit\.com$|news\.ycombinator\.com$|stackoverflow\.com$|stackexchange\.com$"
        r"|discuss\.|forums?\.|zhihu\.com$",
        r"^/(t|threads?|discussions?)/",
    ),
    ("repository", r"gitlab\.com$|gitee\.com$|codeberg\.org$", _NEVER),
    ("code", r"gist\.github\.com$", _NEVER),
    (
        "docs",
        r"^docs?\.|readthedocs\.(io|org)$|^developers?\.|^wiki\.|wikipedia\.org$",
        r"/(docs?|documentation|reference|manual|guides?|getting-started|tutorials?|wiki)(/|$)",
    ),
)


def beneath(url: str) -> str:
    """Return what the addresses of a page's own pages begin with; "" where it can have none.

    A repository has its files, a book or a course the pages below its address.
    """
    parts = split(url)
    steps = [step for step in parts.path.split("/") if step]
    if parts.scheme in _LOCAL or PurePosixPath(parts.path).suffix or not parts.hostname:
        return ""
    if _bare_host(parts) == github.HOST:
        repository = source_of(url) == github.REPOSITORY
        return f"{parts.scheme}://{parts.netloc}/{'/'.join(steps[:2])}/" if repository else ""
    return f"{parts.scheme}://{parts.netloc}/{'/'.join(steps)}/" if steps else ""


def date_of(url: str) -> str:
    """Return the day, or the month, that a canonical address itself tells; "" if it tells none.

    A paper's number does, a post's, and a path by years and months. Where files are filed by the
    day they came says nothing of what they hold.
    """
    parts = split(url)
    if parts.scheme in _LOCAL:
        return ""
    if site := site_of(_bare_host(parts)):
        return site.dated(parts.path)
    by_folder = None if _STORED.search(parts.path) else _FOLDERS.search(parts.path)
    filed = by_folder or _DAY_NAMED.search(parts.path)
    if filed is None:
        return ""
    year, month, day = (int(part or 0) for part in filed.groups())
    try:
        whole = date(year, month, day or 1).isoformat()
    except ValueError:
        return ""
    return whole if day else whole[: len("2023-05")]


_YEAR = r"((?:199|20[0-4])\d)"
_FOLDERS = re.compile(
    rf"/{_YEAR}/(\d\d)(?:/(\d\d))?/(?=[^/]*[^\W\d])[^/]", re.ASCII
)  # /2023/05/17/title
_DAY_NAMED = re.compile(rf"/{_YEAR}-(\d\d)-(\d\d)[-_][^/]", re.ASCII)  # /2023-05-17-title
_STORED = re.compile(r"/(?:wp-content|uploads?|files?|assets|media|static|images?|web)/", re.I)


def split(url: str) -> SplitResult:
    """Split an address; one that cannot be read has empty parts."""
    try:
        parts = urlsplit(url.strip())
        _ = parts.hostname, parts.port
    except ValueError:
        return SplitResult("", "", "", "", "")
    return parts


def _bare_host(parts: SplitResult) -> str:
    return (parts.hostname or "").lower().removeprefix("www.").rstrip(".")
