"""Pieces every view of the page is made of. Every word from outside is escaped: text, never markup.

Knows HTML and the texts of the page; nothing of Gradio.
"""

import re
from collections.abc import Sequence
from html import escape
from urllib.parse import quote, urlsplit

from index.search.library import Hit
from index.store.values import Recommendation
from ingest.errors import HomeBusy, RefdeskError
from ingest.links.urls import deep_link
from ui.page.formulas import typeset
from ui.page.highlight import marked
from ui.page.i18n import Texts
from ui.page.i18n.errors import heading
from ui.serving.turns import TooMany

PRIMER_LIST = "primer"


def framed(*parts: str, kind: str = "") -> str:
    """Return parts as one block of the page."""
    return f'<div class="refdesk {kind}">{"".join(parts)}</div>'


def link(url: str, label: str, look: str = "") -> str:
    """Return a link, or only its label where the address is none a browser should open."""
    if not is_web(url):
        return escape(label)
    return (
        f'<a class="{look}" href="{escape(url)}" target="_blank" '
        f'rel="noopener noreferrer nofollow">{escape(label)}</a>'
    )


def is_web(url: str) -> bool:
    """Say whether an address is one a browser should open."""
    try:
        return urlsplit(url).scheme in ("http", "https")
    except ValueError:
        return False


def reader_link(say: Texts, label: str, *, passage: str = "", url: str = "", at: str = "") -> str:
    """Return a link to the archived copy of a passage's document or of an address.

    ``at`` is the fragment of a deep link, by which the browser finds the sentence there too.
    """
    return view_link(reader_address(say, passage=passage, url=url, at=at, up=up(say)), label)


def reader_address(
    say: Texts, *, passage: str = "", url: str = "", at: str = "", up: str = ""
) -> str:
    """Return the address of the reader view, below ``up``; the rest as for `reader_link`."""
    what = f"passage={quote(passage)}" if passage else f"url={quote(url, safe='')}"
    fragment = f"#passage{at}" if passage else ""
    return f"{up}read?{what}&lang={say.lang}{fragment}"


def view_link(address: str, label: str) -> str:
    """Return a link to one of the views of what is archived, in a window of its own."""
    return f'<a href="{escape(address)}" target="_blank" rel="noopener">{escape(label)}</a>'


def up(say: Texts) -> str:
    """Return what leads from a page to where the views are.

    Relative, since a proxy may show it all below a path; the page in Chinese is one below.
    """
    return "../" if say.lang == "zh" else "./"


def directive(url: str) -> str:
    """Return the text directive of a deep link, with what introduces it, or ""."""
    _, marker, text = url.partition(":~:")
    return marker + text


def message_html(title: str, text: str = "", *, tone: str = "plain", lang: str = "") -> str:
    """Return a designed state: an invitation, an empty or refused result, an error.

    ``lang`` is the language of the text, where it is not the page's.
    """
    role = "alert" if tone == "error" else "status"
    spoken = f' lang="{escape(lang)}"' if lang else ""
    said = re.sub(r"`([^`]+)`", r"<code>\1</code>", escape(text))
    body = f"<p{spoken}>{said}</p>" if text else ""
    return framed(
        f'<div class="message {tone}" role="{role}"><p class="said">{escape(title)}</p>{body}</div>'
    )


def failed_html(error: RefdeskError, say: Texts) -> str:
    """Return what is shown of an error: what kind it is, then its own words, which are English."""
    tone = "refused" if isinstance(error, HomeBusy | TooMany) else "error"
    return message_html(heading(error, say), str(error), tone=tone, lang="en")


def trail(parts: Sequence[str]) -> str:
    """Return a heading path."""
    return " › ".join(typeset(part) for part in parts if part)


def chip(text: str, look: str = "") -> str:
    """Return a small label."""
    return f'<span class="chip {escape(look)}">{escape(text)}</span>' if text else ""


def recommended_html(places: Sequence[Recommendation], say: Texts) -> str:
    """Return who recommends a source: list, section, difficulty, a line each."""
    lines = "".join(f"<li>{_place(place, say)}</li>" for place in places)
    return f'<ul class="places">{lines}</ul>' if lines else ""


def _place(place: Recommendation, say: Texts) -> str:
    section = f" › {trail(place.section)}" if place.section else ""
    level = chip(say.named("difficulty", place.difficulty), f"level {place.difficulty}")
    return f"<b>{escape(place.list)}</b>{section}{level}"


def hit_html(hit: Hit, query: str, say: Texts) -> str:
    """Return one passage found: where it stands, its words with the query's marked, its links."""
    passage = hit.passage
    live = deep_link(passage.opens_at(passage.start), passage.text, fence=passage.fence)
    heading = trail([part for part in passage.heading if part != passage.title])
    levels = dict.fromkeys(place.difficulty for place in hit.recommended_by if place.difficulty)
    lists = dict.fromkeys(place.list for place in hit.recommended_by)
    chips = [chip(say.named("kind", passage.kind))]
    chips += [chip(say.named("difficulty", level), f"level {level}") for level in levels]
    chips += [chip(name, "list") for name in lists]
    links = []
    if passage.listed:
        chips.append(chip(say("search.not_here"), "away"))
    else:
        links.append(reader_link(say, say("search.read"), passage=passage.key, at=directive(live)))
    if is_web(live):
        links.append(link(live, say("search.live")))
    return (
        f'<article class="hit"><h3>{typeset(passage.title)}</h3>'
        f'<p class="meta">{"".join(chips)}{f"<span>{heading}</span>" if heading else ""}</p>'
        f'<details class="words"><summary>{marked(passage.text, [query], verbatim=False)}</summary>'
        f'</details><p class="links">{"".join(links)}</p></article>'
    )
