"""The News tab: what the last refreshes told."""

import gradio as gr

from assistant.desk import Desk
from ui.page.html_news import news_html
from ui.page.i18n import Texts
from ui.page.parts import view


class NewsTab:
    """What the News tab does."""

    def __init__(self, desk: Desk, say: Texts) -> None:
        self._desk = desk
        self._say = say

    def draw(self, tab: gr.Tab) -> None:
        """Put the tab's component into the page being built; it is filled when it is opened."""
        told = view("", "news")
        tab.select(
            self.show, outputs=[told], show_progress="hidden", concurrency_limit=4,
            api_visibility="private",
        )  # fmt: skip

    def show(self) -> str:
        """Return the digests of this home."""
        return news_html(self._desk.digests(), self._say)
