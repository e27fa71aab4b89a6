"""The map in words: a table beside the picture, for keys and for those who hear the page."""

import json
from collections.abc import Sequence
from html import escape

from assistant.learning.primer import Note
from assistant.learning.subject_map import Place, Topics
from index.store.browse import HERE
from ui.page.formulas import typeset
from ui.page.html import chip, framed, link, reader_link
from ui.page.i18n import Texts

_NUMBERS = frozenset(("map.links", "map.in_library", "map.missing", "map.read"))  # of columns


def place_html(at: Place, say: Texts) -> str:
    """Return what is in a section: the sections below, each with its counts, then its links."""
    parts = []
    for place in at.below.values():
        every = place.every()
        here = sum(entry.state == HERE for entry in every)
        urls = escape(json.dumps([entry.url for entry in every]))
        parts.append(
            f'<tr data-urls="{urls}"><th scope="row">{_go(place.path[-1], path=place.path)}</th>'
            f'<td class="number">{len(every)}</td><td class="number">{here}</td>'
            f'<td class="number">{len(every) - here}</td><td class="number read"></td></tr>'
        )
    for entry in at.links:
        title = (
            reader_link(say, entry.title, url=entry.document)
            if entry.document
            else link(entry.url, entry.title)
        )
        parts.append(
            f'<tr data-urls="{escape(json.dumps([entry.url]))}"><th scope="row">{title}</th>'
            f'<td colspan="3">{chip(say(f"state.{entry.state}"), entry.state)}</td>'
            '<td class="number read"></td></tr>'
        )
    path = " › ".join(
        _go(heading, path=at.path[: depth + 1]) for depth, heading in enumerate(at.path)
    )
    heads = ("map.place", "map.links", "map.in_library", "map.missing", "map.read")
    return _table(path, heads, parts, say)


def topics_html(topics: Topics, say: Texts) -> str:
    """Return the topics around one: what each needs first, and what it leads to."""
    shown = [note for _, row in sorted(topics.steps.items()) for note in row]
    names = {note.slug: note for note in shown}
    parts = []
    for note in shown:
        before = [names[slug] for slug, after in topics.lines if after == note.slug]
        after = [names[later] for slug, later in topics.lines if slug == note.slug]
        current = ' aria-current="true"' if note is topics.note else ""
        parts.append(
            f'<tr data-urls="{escape(json.dumps([note.url]))}"{current}>'
            f'<th scope="row">{_go(note.topic, note=note.slug)} '
            f"{reader_link(say, say('search.read'), url=note.url)}</th>"
            f"<td>{_goes(before)}</td><td>{_goes(after)}</td>"
            '<td class="number read"></td></tr>'
        )
    heads = ("map.topic", "map.needs", "map.leads", "map.read")
    return _table(typeset(topics.note.topic), heads, parts, say)


def _table(title: str, heads: Sequence[str], rows: Sequence[str], say: Texts) -> str:
    columns = "".join(
        f'<th scope="col" class="{"number" if key in _NUMBERS else ""}">{escape(say(key))}</th>'
        for key in heads
    )
    return framed(
        f'<p class="trail" aria-live="polite">{title}</p>'
        f'<div class="scroll" tabindex="0"><table class="map-table" '
        f'data-yes="{escape(say("map.yes"))}"><thead><tr>{columns}</tr></thead>'
        f"<tbody>{''.join(rows)}</tbody></table></div>",
        kind="wide",
    )


def _goes(notes: Sequence[Note]) -> str:
    return ", ".join(_go(note.topic, note=note.slug) for note in notes)


def _go(label: str, **where: object) -> str:
    data = escape(json.dumps(where, ensure_ascii=False))
    return f'<button type="button" class="map-go" data-go="{data}">{typeset(label)}</button>'
