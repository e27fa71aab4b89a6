"""What an address points at: its source (which site, which form) and its kind for people.

Knows hosts and paths only; never looks at a page.
"""

import re
from pathlib import PurePosixPath
from urllib.parse import SplitResult, unquote, urlsplit


def source_of(url: str) -> str:
    """Return which of the 18 sources an address belongs to (``other`` if none)."""
    parts = split(url)
    if parts.scheme in _LOCAL:
        return "other"  # where a file lies says nothing about it
    host, path = _bare_host(parts), parts.path
    segments = [segment for segment in path.split("/") if segment]
    if host == "arxiv.org" or host.endswith(".arxiv.org"):
        return "arxiv"
    if host == "raw.githubusercontent.com":
        return "github-file"
    if host == "github.com":
        return _github_source(segments)
    if host == "docs.google.com":
        kinds = {"spreadsheets": "google-sheets", "presentation": "google-slides"}
        return kinds.get(segments[0] if segments else "", "other")
    if host == "huggingface.co":
        kinds = {"blog": "hf-blog", "learn": "hf-course", "course": "hf-course"}
        return kinds.get(segments[0] if segments else "", "other")
    for source, pattern in _SOURCES_BY_HOST:
        if pattern.fullmatch(host):
            return source
    return "blog" if _BLOG_HOST.match(host) or _BLOG_PATH.search(path) else "other"


_SOURCES_BY_HOST = (
    ("bilibili", re.compile(r"(.+\.)?bilibili\.com|b23\.tv")),
    ("colab", re.compile(r"colab\.(research\.google|google)\.com|colab\.google")),
    ("medium", re.compile(r"(.+\.)?medium\.com")),
    ("notion", re.compile(r".+\.notion\.site|(.+\.)?notion\.(so|com)")),
    ("tweet", re.compile(r"(mobile\.)?(twitter|x)\.com")),
    ("wechat", re.compile(r"mp\.weixin\.qq\.com")),
    ("youtube", re.compile(r"(.+\.)?youtube(-nocookie)?\.com|youtu\.be")),
)
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
    suffix = PurePosixPath(path).suffix
    if suffix in _KIND_BY_SUFFIX and source != "github-repo":  # llama2.c is a repository
        return _KIND_BY_SUFFIX[suffix]
    if parts.scheme in _LOCAL:
        return "note"
    if source in ("github-repo", "github-file") and "awesome" in path:
        return "list"
    if source == "github-repo" and re.search(r"[-_](course|class|tutorials?)\b", path):
        return "course"
    if source in _KIND_BY_SOURCE:
        return _KIND_BY_SOURCE[source]
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
_KIND_BY_SOURCE = {
    source: kind
    for kind, sources in (
        ("paper", "arxiv"),
        ("post", "blog hf-blog medium wechat"),
        ("repository", "github-repo github-tree"),
        ("notebook", "colab"),
        ("video", "bilibili youtube"),
        ("slides", "google-slides"),
        ("course", "hf-course"),
        ("thread", "github-discussion tweet"),
        ("note", "github-file google-sheets notion"),
    )
    for source in sources.split()
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


def _github_source(segments: list[str]) -> str:
    match segments:
        case [_, _] | [_, _, "tree", _]:
            return "github-repo"
        case [_, _, "tree", *_]:
            return "github-tree"
        case [_, _, "blob" | "raw", *_]:
            return "github-file"
        case [_, _, "discussions" | "issues" | "pull", _, *_]:
            return "github-discussion"
    return "other"


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
