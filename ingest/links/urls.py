"""Addresses: their canonical form, what they point at, and links to a passage.

What is known of one site's addresses stands in `ingest.links.sites`. Never opens a connection.
Nothing here raises on bad input: lists hold whatever people typed.
"""

import re
from string import ascii_letters, digits
from urllib.parse import quote, unquote, urljoin, urlsplit

import idna

from ingest.links.kinds import kind_of, source_of, split
from ingest.links.sites import github
from ingest.links.sites.registry import ALIASES, NOISE, SITES, SPELLINGS, site_of
from ingest.text.text_fragment import text_directive

__all__ = [
    "NO_BASE",
    "canonical",
    "deep_link",
    "joined",
    "kind_of",
    "resolve",
    "source_of",
    "without_user",
]

_TRACKING = re.compile(
    r"utm_\w+|mtm_\w+|pk_\w+|fbclid|gclid|dclid|gbraid|wbraid|msclkid|yclid|twclid|igshid"
    r"|mc_cid|mc_eid|_hsenc|_hsmi|mkt_tok|ref_src|ref_url|spm|vd_source|share_source"
    r"|usp|fw",
    re.IGNORECASE,
)
"""Parameters that say where a reader came from (or, ``usp`` and ``fw``, how the page is shown)."""

_UNRESERVED = frozenset(ascii_letters + digits + "-._~")
_HOST = re.compile(r"[a-z0-9_]([a-z0-9_.-]*[a-z0-9_])?\.?|\[[0-9a-f:.]+\]")
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
    host = ALIASES.get(host, host)
    if port in (None, 80 if scheme == "http" else 443):
        # A bare public name is one site under both schemes; an address or a port is a dev server.
        scheme = "https" if "." in host and not re.search(r"\d$|\]$", host) else scheme
    else:
        host = f"{host}:{port}"
    path = _without_dots(_percent(parts.path, "/:@!$&'()*+,;=")).rstrip("/")
    query = _query(host, parts.query)
    if host in SPELLINGS:
        host, path, query = SPELLINGS[host](path, query, parts.fragment)
    return f"{scheme}://{host}{path or '/'}{'?' + query if query else ''}"


def resolve(target: str, base: str | None) -> tuple[str, str]:
    """Return the absolute address of a link's target and "", or "" and why it has none.

    A name and a password in it are left out: no list is shown with somebody's password.

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
        on_site = (site.resolve(target, base) for site in SITES)
        target = next((page for page in on_site if page), "") or urljoin(base, target)
    try:
        readable = urlsplit(target).hostname and not re.search(r"[\x00-\x1f]", target)
    except ValueError:
        readable = None
    return (
        (without_user(target.replace(" ", "%20")), "") if readable else ("", "unreadable address")
    )


def without_user(url: str) -> str:
    """Return an address without the name and the password that may stand before its host."""
    scheme, mark, rest = url.partition("://")
    end = min((at for sign in "/?#\\" if (at := rest.find(sign)) >= 0), default=len(rest))
    return f"{scheme}{mark}{rest[:end].rpartition('@')[2]}{rest[end:]}" if mark else url


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
    if parts.hostname == github.RAW:
        url = canonical(url)
    page, _, fragment = url.partition("#")
    anchor = fragment.partition(":~:")[0]
    site = site_of((parts.hostname or "").removeprefix("www."))
    if anchor.startswith("page=") or (site and site.played):
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
    noise = NOISE.get(host, frozenset())
    kept = []
    for pair in query.split("&"):
        name = unquote(pair.partition("=")[0])
        if pair and not _TRACKING.fullmatch(name) and name not in noise:
            kept.append(_percent(pair, "/:@!$'()*+,;=?"))
    return "&".join(kept)
