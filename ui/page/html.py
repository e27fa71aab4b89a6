"""Pieces every view of the page is made of. Every word from outside is escaped: text, never markup.

Knows HTML and the texts of the page; nothing of Gradio.
"""

import re
from collections.abc import Sequence
from html import escape
from urllib.parse import quote

from index.search.library import Hit
from index.store.values import Recommendation
from ingest.errors import HomeBusy, RefdeskError
from ingest.links.schemes import is_web
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


def view_link(address: str, label: str, shown: str = "") -> str:
    """Return a link to one of the views of what is archived, in a window of its own.

    ``shown`` is HTML that stands for the label.
    """
    body = shown or escape(label)
    return f'<a href="{escape(address)}" target="_blank" rel="noopener">{body}</a>'


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
    said = with_code(text)
    body = f"<p{spoken}>{said}</p>" if text else ""
    return framed(
        f'<div class="message {tone}" role="{role}"><p class="said">{with_code(title)}</p>'
        f"{body}</div>"
    )


def with_code(text: str) -> str:
    """Return a sentence of refdesk's with its commands, which stand between backticks, as code."""
    code = re.sub(r"`([^`]+)`", r"<code>\1</code>", escape(text))
    return code.replace("\n", "<br>")


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


def hits_by_source(hits: Sequence[Hit], query: str, say: Texts, most: int | None = None) -> str:
    """Return passages found, each source once, in the order of its best passage.

    ``most`` is how many sources are shown, None for all.
    """
    sources: dict[str, list[Hit]] = {}
    for hit in hits:
        sources.setdefault(hit.passage.url or hit.passage.key, []).append(hit)
    shown = list(sources.values())[:most]
    return "".join(_source_html(best, further, query, say) for best, *further in shown)


def _source_html(best: Hit, further: Sequence[Hit], query: str, say: Texts) -> str:
    """Return a source by its best passage; those ``further`` down in it are folded away."""
    passage = best.passage
    chips = [chip(say.named("kind", passage.kind))]
    levels = dict.fromkeys(place.difficulty for place in best.recommended_by if place.difficulty)
    chips += [chip(say.named("difficulty", level), f"level {level}") for level in levels]
    lists = dict.fromkeys(place.list for place in best.recommended_by)
    chips += [chip(name, "list") for name in lists]
    title = typeset(passage.title)
    if passage.listed:
        chips.append(chip(say("search.not_here"), "away"))
    else:
        title = view_link(_reader_of(best, say), passage.title, title)
    more = ""
    if further:
        one = len(further) == 1
        said = say("search.also_one") if one else say("search.also", count=len(further))
        rest = "".join(_passage_html(hit, "", query, say) for hit in further)
        more = f'<details class="also"><summary>{escape(said)}</summary>{rest}</details>'
    body = _passage_html(best, "".join(chips), query, say)
    return f'<article class="hit"><h3>{title}</h3>{body}{more}</article>'


def _reader_of(hit: Hit, say: Texts) -> str:
    at = directive(_live(hit))
    return reader_address(say, passage=hit.passage.key, at=at, up=up(say))


def _live(hit: Hit) -> str:
    passage = hit.passage
    return deep_link(passage.opens_at(passage.start), passage.text, fence=passage.fence)


def _passage_html(hit: Hit, chips: str, query: str, say: Texts) -> str:
    """Return a passage found: where it stands, its words with the query's marked, its links."""
    passage = hit.passage
    heading = trail([part for part in passage.heading if part != passage.title])
    links = [] if passage.listed else [view_link(_reader_of(hit, say), say("search.read"))]
    if is_web(live := _live(hit)):
        links.append(link(live, say("search.live")))
    return (
        f'<p class="meta">{chips}{f"<span>{heading}</span>" if heading else ""}</p>'
        f'<details class="words"><summary>{marked(passage.text, [query], verbatim=False)}</summary>'
        f'</details><p class="links">{"".join(links)}</p>'
    )
