"""The Cards tab: making study cards, reviewing those that are due.

The page's script sends what is to be done as JSON (`assets/deck.js`). Whose cards they are: those
of who sits at this machine; with a token, each browser's own, by a name it keeps; else nobody's.
"""

import json
import re
import secrets
from typing import Any

import gradio as gr

from assistant.desk import Desk
from assistant.learning.deck import Deck
from index.store.catalog import recommendations_of
from ingest.errors import RefdeskError, UsageError
from ui.page import html as page
from ui.page.html_deck import due_html, progress_html, review_html
from ui.page.i18n import Texts
from ui.page.parts import sits_here, view
from ui.serving.access import Access

_HOW = {"show_progress": "hidden", "concurrency_limit": 4, "api_visibility": "private"}
_NAME = re.compile(r"[0-9a-f]{32}")
_MOST_QUOTES = 40
Shown = tuple[str, str, str, str]
"""What is said of what was done, how much is due, the card to review, and the sections."""


class DeckTab:
    """What the Cards tab does."""

    def __init__(self, desk: Desk, access: Access, say: Texts) -> None:
        self._desk = desk
        self._access = access
        self._say = say
        self.due = view("", "due")  # above all tabs

    def draw(self) -> None:
        """Put the tab's components into the page being built."""
        self._review, self._sections = view("", "review"), view("", "sections")

    def connect(self, tab: gr.Tab, blocks: gr.Blocks) -> None:
        """Put in what all tabs share, and say what happens when."""
        with gr.Row(elem_classes="away"):
            word = gr.Textbox("", label="deck", elem_id="deck-word", container=False)
            send = gr.Button("deck", elem_id="deck-send")
        said = view("", "deck-said")
        mine = gr.BrowserState("", storage_key="refdesk-deck", secret="refdesk")  # noqa: S106
        shown = [said, self.due, self._review, self._sections]
        send.click(self.act, inputs=[word, mine], outputs=shown, **_HOW)
        tab.select(self.show, inputs=[mine], outputs=shown, **_HOW)
        blocks.load(self.arrive, inputs=[mine], outputs=[mine, self.due], **_HOW)

    def arrive(self, mine: str, request: gr.Request) -> tuple[str, str]:
        """Give a browser its name at its first visit, and say what is due."""
        mine = mine if _NAME.fullmatch(mine or "") else secrets.token_hex(16)
        try:
            return mine, due_html(self._deck(mine, request).standing(), self._say)
        except RefdeskError:
            return mine, ""

    def show(self, mine: str, request: gr.Request) -> Shown:
        """Return the card that is due, and how far one is."""
        try:
            return self._all(self._deck(mine, request), "")
        except RefdeskError as error:
            return "", "", page.failed_html(error, self._say), ""

    def act(self, word: str, mine: str, request: gr.Request) -> Shown:
        """Do what the page's script asks for, and say what came of it."""
        try:
            deck = self._deck(mine, request)
            return self._all(deck, self._done(deck, _asked(word)))
        except RefdeskError as error:
            failed = page.failed_html(error, self._say)
            try:
                return self._all(self._deck(mine, request), failed)
            except RefdeskError:
                return failed, "", "", ""

    def _deck(self, mine: str, request: gr.Request) -> Deck:
        owner = owner_of(self._access, mine, request)
        if owner is None:
            raise UsageError(self._say("deck.locked"))
        return self._desk.deck(owner)

    def _done(self, deck: Deck, asked: dict[str, Any]) -> str:
        say = self._say
        match asked:
            case {"do": "make", "question": str(question), "quotes": list(quotes)}:
                pairs = [(str(quote[0]), str(quote[1])) for quote in quotes[:_MOST_QUOTES]]
                made, topic = self._desk.cards_of_answer(question, pairs), question
            case {"do": "make", "url": str(url)}:
                made = self._desk.cards_of_source(url)
                topic = made[0].title
            case {"do": "make", "topic": str(topic)}:
                made = self._desk.cards(topic)
            case {"do": "rate", "card": int(number), "rating": int(rating)}:
                deck.rate(number, rating)
                return ""
            case {"do": "remove", "card": int(number)}:
                deck.remove(number)
                return page.message_html(say("deck.removed"))
            case _:
                raise UsageError(say("error.usage"))
        new = deck.add(made, topic)
        known = len(made) - new
        detail = say("deck.made_known", count=known) if known else ""
        done = {0: "deck.made_none", 1: "deck.made_one"}.get(new, "deck.made")
        return page.message_html(say(done, count=new), detail)

    def _all(self, deck: Deck, said: str) -> Shown:
        standing = deck.standing()
        if not standing.kept:
            return said, "", review_html(None, standing, self._say), ""
        kept = deck.all()
        places = recommendations_of(self._desk.library.store, [card.card.url for card in kept])
        due = deck.due()
        return (
            said,
            due_html(standing, self._say),
            review_html(due[0] if due else None, standing, self._say),
            progress_html(kept, places, self._say),
        )


def owner_of(access: Access, mine: str, request: gr.Request) -> str | None:
    """Return whose cards a visitor has, whose browser keeps the name ``mine``; None: nobody's."""
    if sits_here(request):
        return ""
    return mine if access.token is not None and _NAME.fullmatch(mine or "") else None


def _asked(word: str) -> dict[str, Any]:
    try:
        asked = json.loads(word)
        quotes = asked.get("quotes", []) if isinstance(asked, dict) else None
        pairs = isinstance(quotes, list) and all(
            isinstance(quote, list) and len(quote) == 2 for quote in quotes
        )
    except (ValueError, RecursionError) as error:
        raise UsageError("What was sent cannot be read.") from error
    if not pairs:
        raise UsageError("What was sent cannot be read.")
    return dict(asked)
