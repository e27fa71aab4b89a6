"""Addresses: their canonical form, what they point at, and links to a passage.

Knows the spelling habits of the hosts that reading lists link to; never opens a connection.
Nothing here raises on bad input: lists hold whatever people typed.
"""

import re
from string import ascii_letters, digits
from urllib.parse import parse_qs, quote, unquote, urljoin, urlsplit

import idna

from ingest.links.kinds import kind_of, source_of, split
from ingest.text.text_fragment import text_directive

__all__ = ["NO_BASE", "canonical", "deep_link", "joined", "kind_of", "resolve", "source_of"]

_TRACKING = re.compile(
    r"utm_\w+|mtm_\w+|pk_\w+|fbclid|gclid|dclid|gbraid|wbraid|msclkid|yclid|twclid|igshid"
    r"|mc_cid|mc_eid|_hsenc|_hsmi|mkt_tok|ref_src|ref_url|spm|vd_source|share_source"
    r"|usp|fw",
    re.IGNORECASE,
)
"""Parameters that say where a reader came from (or, ``usp`` and ``fw``, how the page is shown)."""

_HOST_NOISE = {
    "github.com": frozenset({"tab", "plain", "raw"}),
    "mp.weixin.qq.com": frozenset({"chksm", "scene", "from", "isappinstalled", "sessionid"}),
    "medium.com": frozenset({"source"}),
}
_HOST_ALIASES = {
    "www.github.com": "github.com",
    "twitter.com": "x.com",
    "www.twitter.com": "x.com",
    "mobile.twitter.com": "x.com",
    "www.x.com": "x.com",
    "youtube.com": "www.youtube.com",
    "m.youtube.com": "www.youtube.com",
    "music.youtube.com": "www.youtube.com",
    "youtube-nocookie.com": "www.youtube.com",
    "www.youtube-nocookie.com": "www.youtube.com",
    "www.arxiv.org": "arxiv.org",
    "export.arxiv.org": "arxiv.org",
    "ar5iv.org": "arxiv.org",
    "ar5iv.labs.arxiv.org": "arxiv.org",
}
_UNRESERVED = frozenset(ascii_letters + digits + "-._~")
_HOST = re.compile(r"[a-z0-9_]([a-z0-9_.-]*[a-z0-9_])?\.?|\[[0-9a-f:.]+\]")
_ARXIV = re.compile(
    r"/(?:abs|pdf|html|format)/(\d{4}\.\d{4,5}|[a-z-]+(?:\.[A-Z]{2})?/\d{7})(?:v\d+)?(?:\.pdf)?"
)
_DEFAULT_BRANCHES = frozenset({"main", "master"})

_GITHUB_BASE = re.compile(
    r"https?://(?:www\.)?github\.com/([^/]+/[^/]+?)(?:\.git)?"
    r"(?:/(tree|blob)/([^/?#]+)(?:/([^?#]*))?)?/?(?:[?#].*)?"
)
_RAW_BASE = re.compile(
    r"https?://(raw)\.githubusercontent\.com/([^/]+/[^/]+)/(?:refs/heads/)?([^/]+)/([^?#]*)"
)
_BARE_FILES = frozenset({"license", "makefile", "dockerfile", "readme", "notice", "authors"})
NO_BASE = "relative, and the list's own address is not known"


def canonical(url: str) -> str:
    """Return the one spelling that stands for a page, whatever spelling a list used.

    Lower-cases scheme and host, prefers https, drops default ports, fragments, user names,
    tracking and view parameters and a closing slash, normalises percent-encoding (RFC 3986,
    section 6.2), and unifies the spellings of arXiv, GitHub, YouTube, X and Google Docs. The result
    is an address a browser opens. Anything that is no http(s) address comes back stripped.
    """
    stripped = url.strip()
    try:
        parts = urlsplit(stripped)
        port = parts.port
        host = _host(parts.hostname or "")
    except ValueError:
        return stripped
    scheme = parts.scheme.lower()
    if scheme not in ("http", "https") or not _HOST.fullmatch(host):
        return stripped
    host = _HOST_ALIASES.get(host, host)
    if port in (None, 80 if scheme == "http" else 443):
        # A bare public name is one site under both schemes; an address or a port is a dev server.
        scheme = "https" if "." in host and not re.search(r"\d$|\]$", host) else scheme
    else:
        host = f"{host}:{port}"
    path = _without_dots(_percent(parts.path, "/:@!$&'()*+,;=")).rstrip("/")
    host, path, query = _site_rules(host, path, _query(host, parts.query), parts.fragment)
    return f"{scheme}://{host}{path or '/'}{'?' + query if query else ''}"


def resolve(target: str, base: str | None) -> tuple[str, str]:
    """Return the absolute address of a link's target and "", or "" and why it has none.

    Args:
        target: the link as written.
        base: what a relative target resolves against: a GitHub repository, folder or file, raw or
            not, or any page; None if it is not known. A repository without a branch means ``main``.
    """
    if not target:
        return "", "empty target []()"
    if target.startswith("#"):
        return "", "in-page anchor"
    scheme = re.match(r"([A-Za-z][A-Za-z0-9+.-]*):", target)
    if scheme and scheme[1].lower() == "mailto":
        return "", "mailto"
    if scheme and scheme[1].lower() not in ("http", "https"):
        return "", f"unsupported address ({scheme[1].lower()}:)"
    if target.startswith("//"):
        target = "https:" + target
    elif target.startswith("www."):
        target = "https://" + target
    elif not scheme:
        if base is None:
            return "", NO_BASE
        target = _from_base(target, base)
    try:
        readable = urlsplit(target).hostname and not re.search(r"[\x00-\x1f]", target)
    except ValueError:
        readable = None
    return (target.replace(" ", "%20"), "") if readable else ("", "unreadable address")


def joined(url: str, location: str) -> str | None:
    """Return where a link or a redirect of the page at ``url`` leads, None if it is no address."""
    try:
        return urljoin(url, location)
    except ValueError:
        return None


def deep_link(url: str, text: str, before: str = "", fence: str = "") -> str:
    """Return an address that opens the page at ``text``, by a text fragment (``#:~:text=``).

    Args:
        url: where a person reads the page; a raw GitHub address becomes its human page, and
            ``refdesk:`` and ``file:`` addresses come back unchanged.
        text: the passage as Markdown. Its first sentence of plain text inside one line is used, as
            a text fragment must not need more than one block: whole when short, else its first and
            last words.
        before: what stands before the passage, as far as it is known: words that stand there too
            are told from the passage's by what is ahead of them.
        fence: the fence that is open where the passage begins, see `ingest.values.Passage`.
    """
    parts = split(url)
    if parts.scheme not in ("http", "https"):
        return url
    if parts.hostname == "raw.githubusercontent.com":
        url = canonical(url)
    page, _, fragment = url.partition("#")
    anchor = fragment.partition(":~:")[0]
    if anchor.startswith("page=") or source_of(url) in ("youtube", "bilibili"):
        return url  # a page of a PDF, a second of a video: there is no text to look for
    directive = text_directive(text, before, fence)
    if not directive:
        return f"{page}#{anchor}" if anchor else page
    return f"{page}#{anchor}:~:text={directive}"


def _host(name: str) -> str:
    name = name.lower().rstrip(".")
    if name.isascii():
        return f"[{name}]" if ":" in name else name
    try:
        return idna.encode(name, uts46=True).decode("ascii")
    except (idna.IDNAError, UnicodeError):
        return ""


def _percent(text: str, keep: str) -> str:
    """Percent-encoding in one spelling: upper-case, and only where it is needed."""

    def one(match: re.Match[str]) -> str:
        char = chr(int(match[1], 16))
        return char if char in _UNRESERVED else f"%{match[1].upper()}"

    text = re.sub(r"%(?![0-9a-fA-F]{2})", "%25", text)
    text = re.sub(r"%([0-9a-fA-F]{2})", one, text)
    return quote(text, safe=keep + "%~", errors="replace")


def _without_dots(path: str) -> str:
    """Remove ``.`` and ``..`` segments (RFC 3986, section 5.2.4)."""
    kept: list[str] = []
    segments = path.split("/")
    for segment in segments:
        if segment == "..":
            if len(kept) > 1:
                kept.pop()
        elif segment != ".":
            kept.append(segment)
    return "/".join(kept)


def _query(host: str, query: str) -> str:
    noise = _HOST_NOISE.get(host, frozenset())
    kept = []
    for pair in query.split("&"):
        name = unquote(pair.partition("=")[0])
        if pair and not _TRACKING.fullmatch(name) and name not in noise:
            kept.append(_percent(pair, "/:@!$'()*+,;=?"))
    return "&".join(kept)


def _site_rules(host: str, path: str, query: str, fragment: str) -> tuple[str, str, str]:
    if host == "arxiv.org" and (match := _ARXIV.fullmatch(path)):
        return host, f"/abs/{match[1]}", ""
    if host == "x.com" and (match := re.match(r"/(?:i/web|(\w+))/status(?:es)?/(\d+)", path)):
        return host, f"/{match[1] or 'i'}/status/{match[2]}", ""
    if host == "youtu.be" and (match := re.fullmatch(r"/([\w-]+)", path)):
        return "www.youtube.com", "/watch", f"v={match[1]}"
    if host == "www.youtube.com":
        if match := re.fullmatch(r"/(?:embed|shorts|live|v)/([\w-]+)", path):
            return host, "/watch", f"v={match[1]}"
        if path == "/watch" and (video := parse_qs(query).get("v")):
            return host, path, f"v={quote(video[0], safe='')}"
    if host == "raw.githubusercontent.com":
        raw = re.fullmatch(r"(/[^/]+/[^/]+)/(?:refs/heads/)*([^/]+/.+)", path)
        return ("github.com", f"{raw[1]}/blob/{raw[2]}", "") if raw else (host, path, query)
    if host == "github.com":
        return host, _github_path(path), query
    if host == "docs.google.com":
        document = re.match(r"/(document|spreadsheets|presentation)/d/(?!e(?:/|$))[\w-]+", path)
        if document:
            # Google names the sheet in the fragment; 0 is the first, shown when none is named.
            sheet = re.search(r"(?:^|&)gid=0*([1-9][0-9]*)(?:&|$)", f"{query}&{fragment}")
            named = f"gid={sheet[1]}" if sheet and document[1] == "spreadsheets" else ""
            return host, f"{document[0]}/edit", named
    return host, path, query


def _github_path(path: str) -> str:
    path = re.sub(r"^(/[^/]+/[^/]+?)(?:\.git)+$", r"\1", path)
    path = re.sub(r"^(/[^/]+/[^/]+)/raw/", r"\1/blob/", path)
    path = re.sub(r"^(/[^/]+/[^/]+/(?:blob|tree))/(?:refs/heads/)+", r"\1/", path)
    branch = re.fullmatch(r"(/[^/]+/[^/]+)/(?:tree|blob)/([^/]+)", path)
    return branch[1] if branch and branch[2] in _DEFAULT_BRANCHES else path


def _from_base(target: str, base: str) -> str:
    """Resolve a relative target; on GitHub to the page of the file or folder.

    A base that names no branch means ``main``.
    """
    if raw := _RAW_BASE.fullmatch(base):
        form, repo, branch, folder = raw.groups()
    elif github := _GITHUB_BASE.fullmatch(base):
        repo, form, branch, folder = github.groups(default="")
    else:
        return urljoin(base, target)
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
    page = f"https://github.com/{repo}"
    if kept:
        page += f"/{'blob' if is_file else 'tree'}/{branch or 'main'}/{'/'.join(kept)}"
    query = f"?{parts.query}" if parts.query else ""
    return page + query + (f"#{parts.fragment}" if parts.fragment else "")
