"""YouTube: every form of a video's address is the page it is watched on."""

import re
from urllib.parse import parse_qs, quote

from ingest.links.site import Site, always

_HOST = "www.youtube.com"


def _spelling(path: str, query: str, fragment: str) -> tuple[str, str, str]:
    if shown := re.fullmatch(r"/(?:embed|shorts|live|v)/([\w-]+)", path):
        return _HOST, "/watch", f"v={shown[1]}"
    if path == "/watch" and (video := parse_qs(query).get("v")):
        return _HOST, path, f"v={quote(video[0], safe='')}"
    return _HOST, path, query


def _short_spelling(path: str, query: str, fragment: str) -> tuple[str, str, str]:
    video = re.fullmatch(r"/([\w-]+)", path)
    return (_HOST, "/watch", f"v={video[1]}") if video else ("youtu.be", path, query)


SITE = Site(
    hosts=re.compile(r"(.+\.)?youtube(-nocookie)?\.com|youtu\.be"),
    source=always("youtube"),
    kinds={"youtube": "video"},
    aliases={
        "youtube.com": _HOST,
        "m.youtube.com": _HOST,
        "music.youtube.com": _HOST,
        "youtube-nocookie.com": _HOST,
        "www.youtube-nocookie.com": _HOST,
    },
    names=frozenset({"youtube.com", "youtu.be"}),
    spellings={_HOST: _spelling, "youtu.be": _short_spelling},
    played=True,
    called={"youtube": "youtube.com"},
    shared=frozenset({_HOST}),
    accounts=re.compile(r"youtube\.com/(?:@[\w.-]+|channel/[\w-]+|c/[\w-]+)", re.IGNORECASE),
)
