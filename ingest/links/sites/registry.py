"""Which site an address belongs to. A new site is a module here and a line below."""

import re

from ingest.links.site import Site
from ingest.links.sites import (
    arxiv,
    bilibili,
    colab,
    github,
    google_docs,
    huggingface,
    medium,
    notion,
    tweet,
    wechat,
    youtube,
)

_WEB = re.compile(r"https?://(?:www\.)?", re.IGNORECASE)
_PERSON = re.compile(r"linkedin\.com/in/[\w%-]+", re.IGNORECASE)  # no site that is read
SITES: tuple[Site, ...] = (
    arxiv.SITE,
    bilibili.SITE,
    colab.SITE,
    github.SITE,
    github.RAW_SITE,
    google_docs.SITE,
    huggingface.SITE,
    medium.SITE,
    notion.SITE,
    tweet.SITE,
    wechat.SITE,
    youtube.SITE,
)
"""Their hosts do not overlap."""

ALIASES = {alias: host for site in SITES for alias, host in site.aliases.items()}
NOISE = {host: names for site in SITES for host, names in site.noise.items()}
SPELLINGS = {host: spelling for site in SITES for host, spelling in site.spellings.items()}
CALLED = {name: host for site in SITES for name, host in site.called.items()}
SHARED = frozenset().union(*(site.shared for site in SITES))


def is_account(url: str) -> bool:
    """Say whether an address is where somebody publishes, not something to read or watch."""
    web = _WEB.match(url)
    place = url[web.end() :].rstrip("/") if web else ""
    return bool(_PERSON.fullmatch(place)) or any(
        site.accounts and site.accounts.fullmatch(place) for site in SITES
    )


def site_of(host: str) -> Site | None:
    """Return the site that a bare host name (without ``www.``) belongs to, or None."""
    return next((site for site in SITES if site.hosts.fullmatch(host)), None)
