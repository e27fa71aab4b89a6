"""The Browse and Reading path tabs: what the lists recommend, and in which order to read it."""

import gradio as gr

from assistant.desk import Desk
from index.store import browse
from index.store.catalog import list_rows
from ingest.errors import RefdeskError
from ui.page import html as page
from ui.page.html_browse import nothing_html, shelf_html, tree_html
from ui.page.html_deck import quiz_html
from ui.page.html_path import path_html
from ui.page.i18n import Texts
from ui.page.parts import view

_LOOSE = ""  # stands for the documents of no list among the lists' names
_HOW = {"show_progress": "hidden", "concurrency_limit": 8, "api_visibility": "private"}


class BrowseTab:
    """What the Browse tab does."""

    def __init__(self, desk: Desk, say: Texts) -> None:
        self._desk = desk
        self._say = say

    def draw(self, tab: gr.Tab) -> None:
        """Put the tab's components into the page being built; it is filled when it is opened."""
        say = self._say
        lists = gr.Radio([], label=say("browse.list"), elem_id="which", visible=False)
        out = view("", "tree")
        tab.select(self.open, inputs=[lists], outputs=[lists, out], **_HOW)
        lists.input(self.tree, inputs=[lists], outputs=[out], **_HOW)

    def open(self, chosen: str | None) -> tuple[object, str]:
        """Return the lists to choose from, and the one chosen, or the first."""
        try:
            store = self._desk.library.store
            names = [(row["name"], row["name"]) for row in list_rows(store)]
            if browse.unlisted(store):
                names.append((self._say("browse.documents"), _LOOSE))
        except RefdeskError as error:
            said = page.failed_html(error, self._say)
            return gr.skip(), said
        if not names:
            return gr.update(visible=False), nothing_html(self._say)
        values = [value for _, value in names]
        name = chosen if chosen is not None and chosen in values else values[0]
        return gr.update(choices=names, value=name, visible=True), self.tree(name)

    def tree(self, name: str) -> str:
        """Return a list as HTML."""
        try:
            store = self._desk.library.store
            if name == _LOOSE:
                return shelf_html(browse.unlisted(store), self._say)
            return tree_html(browse.links(store, name), browse.topics(store, name), self._say)
        except RefdeskError as error:
            return page.failed_html(error, self._say)


class PathTab:
    """What the Reading path tab does."""

    def __init__(self, desk: Desk, say: Texts) -> None:
        self._desk = desk
        self._say = say

    def draw(self) -> None:
        """Put the tab's components into the page being built."""
        say = self._say
        with gr.Row(elem_classes="bar"):
            topic = gr.Textbox(
                label=say("path.label"), placeholder=say("path.hint"), max_lines=1,
                elem_id="topic", container=False, scale=1,
            )  # fmt: skip
            hours = gr.Textbox(
                label=say("path.hours"), placeholder=say("path.hours"), max_lines=1,
                elem_id="hours", container=False, scale=0, min_width=150,
            )  # fmt: skip
            go = gr.Button(say("path.go"), variant="primary", elem_id="make", scale=0)
        empty = page.message_html(say("path.invite"), say("path.explain"))
        out = view(empty, "path")
        gr.on(
            [topic.submit, hours.submit, go.click], self.show, inputs=[topic, hours],
            outputs=[out], **_HOW,
        )  # fmt: skip

    def show(self, topic: str, hours: str) -> str:
        """Return the path for a topic as HTML; without hours as many as it takes."""
        if not topic.strip():
            return page.message_html(self._say("path.empty"))
        try:
            path = path_html(self._desk.path(topic, hours=_number(hours)), self._say)
            return path + self._quiz(topic)
        except RefdeskError as error:
            return page.failed_html(error, self._say)

    def _quiz(self, topic: str) -> str:
        try:
            return quiz_html(self._desk.cards(topic), topic, self._say)
        except RefdeskError:  # nothing here makes a card
            return ""


def _number(text: str) -> float | None:
    """The hours a person wrote, 0 (which is refused in words) for what is no number."""
    try:
        return float(text.replace(",", ".")) if text.strip() else None
    except ValueError:
        return 0
