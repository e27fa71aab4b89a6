"""Notes on the page and in the reader view: the place they are listed in, the words they mark.

The list, and what happens when words are selected, is `assets/notes.js`; what notes say is put in
as text there. The policy of the reader view names the script by its hash.
"""

import json
from collections.abc import MutableSequence, Sequence
from html import escape
from itertools import pairwise

from markdown_it.token import Token

from assistant.kept.anchor import located
from assistant.kept.notes import Note
from assistant.kept.shown import Leaf, leaves
from ui.page import assets
from ui.page.i18n import Texts

_WORDS = (
    "none", "nothing", "off", "failed", "highlight", "add", "text_label", "tags_label", "save",
    "cancel", "edit", "delete", "really", "gone", "export",
)  # fmt: skip


def script() -> str:
    """Return the script of notes, as an element."""
    return f"<script>{assets.read('notes.js')}</script>"


def notes_html(say: Texts, *, url: str = "", root: str = "./", count: int = 0) -> str:
    """Return the place notes are listed in: all, or those on the page of ``url``.

    ``root`` is the way from here to where the page in English stands.
    """
    words = json.dumps({name: say.words[f"notes.{name}"] for name in _WORDS}, ensure_ascii=False)
    title = escape(say("notes.here", count=count) if url else say("notes.title"))
    find = escape(say("notes.find"))
    box = f'<input type="search" aria-label="{find}" placeholder="{find}" maxlength="200">'
    return (
        f'<details class="notes" data-words="{escape(words)}" data-url="{escape(url)}" '
        f'data-root="{root}" data-lang="{say.lang}"><summary>{title}</summary>'
        f'{"" if url else box}<p class="said" role="status"></p><ul></ul></details>'
    )


def mark(tokens: Sequence[Token], notes: Sequence[Note]) -> None:
    """Wrap the words of notes in the tokens of a document in ``mark`` elements."""
    text, shown = leaves(tokens)
    spans = []
    for note in notes:
        at = located(text, note.anchor)
        if at is not None:
            spans.append((at.start, at.end, note))
    if not spans:
        return
    named: set[str] = set()
    within: dict[int, list[Token]] = {}
    for leaf in shown:
        within[id(leaf.token)] = _pieces(leaf, spans, named)
    for token in tokens:
        if token.type == "inline" and token.children is not None:
            _replace(token.children, within)


def _replace(children: MutableSequence[Token], within: dict[int, list[Token]]) -> None:
    children[:] = [piece for child in children for piece in within.get(id(child), [child])]


def _pieces(leaf: Leaf, spans: Sequence[tuple[int, int, Note]], named: set[str]) -> list[Token]:
    """Return a token cut at the ends of the notes on it, the noted pieces wrapped."""
    content, start = leaf.token.content, leaf.start
    end = start + len(content)
    here = [span for span in spans if span[0] < end and span[1] > start]
    if not here:
        return [leaf.token]
    if leaf.token.type != "text":  # code is marked whole
        leaf.token.attrJoin("class", "noted")
        _name(leaf.token, here[0][2], named)
        return [leaf.token]
    inside = {place for span in here for place in span[:2] if start < place < end}
    cuts = [start, *sorted(inside), end]
    pieces: list[Token] = []
    for left, right in pairwise(cuts):
        words = Token("text", "", 0, content=content[left - start : right - start])
        note = next((span[2] for span in here if span[0] < right and span[1] > left), None)
        if note is None:
            pieces.append(words)
            continue
        opening = Token("note_open", "mark", 1, attrs={"class": "noted", "data-note": note.id})
        _name(opening, note, named)
        pieces += [opening, words, Token("note_close", "mark", -1)]
    return pieces


def _name(token: Token, note: Note, named: set[str]) -> None:
    """Give the first words of a note the name that links lead to."""
    if note.id not in named:
        named.add(note.id)
        token.attrSet("id", f"note-{note.id}")
