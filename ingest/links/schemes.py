"""How addresses begin: schemes are compared without case (RFC 3986, section 3.1), and only here.

What stands in the archive has its scheme in small letters (`plain`), so that what comes after may
look at the beginning of an address as it is.
"""

import re

WEB = ("http", "https")
_SCHEME = re.compile(r"\s*([A-Za-z][A-Za-z0-9+.-]{0,30}):")


def scheme_of(url: str) -> str:
    """Return the scheme of an address in small letters, "" if it has none."""
    match = _SCHEME.match(url)
    return match[1].lower() if match else ""


def plain(url: str) -> str:
    """Return an address with its scheme in small letters; what has none comes back as it is."""
    scheme = scheme_of(url)
    return f"{scheme}{url.lstrip()[len(scheme) :]}" if scheme else url


def is_web(url: str) -> bool:
    """Say whether what is named is an address of the web, by how it begins."""
    return scheme_of(url) in WEB and plain(url).partition(":")[2].startswith("//")
