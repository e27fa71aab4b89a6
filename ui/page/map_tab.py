"""The Map tab: a list by its sections, or the primer's topics by what is read before them."""

import json

import gradio as gr

from assistant.desk import Desk
from assistant.learning import primer
from assistant.learning.subject_map import around, place_at, places
from index.store import browse
from index.store.catalog import list_rows
from ingest.errors import RefdeskError
from ui.page import html as page
from ui.page.html_map import place_html, topics_html
from ui.page.i18n import Texts
from ui.page.map_plots import topics_figure, tree_figure
from ui.page.parts import view

_HOW = {"show_progress": "hidden", "concurrency_limit": 4, "api_visibility": "private"}
_TOPICS = "\0topics"  # stands for the primer's topics among the lists' names
_FIRST = "attention"
Shown = tuple[object, object, str]
"""Updates of the choice of lists, of the picture and of the table."""


class MapTab:
    """What the Map tab does."""

    def __init__(self, desk: Desk, say: Texts) -> None:
        self._desk = desk
        self._say = say

    def draw(self, tab: gr.Tab) -> None:
        """Put the tab's components into the page being built; it is filled when it is opened."""
        say = self._say
        lists = gr.Radio([], label=say("map.of"), elem_id="map-of", visible=False)
        with gr.Row(elem_classes="away"):
            where = gr.Textbox("", label="map", elem_id="map-word", container=False)
            go = gr.Button("map", elem_id="map-send")
        picture = gr.Plot(show_label=False, elem_id="map-picture", container=False, visible=False)
        table = view("", "map-words")
        shown = [lists, picture, table]
        tab.select(self.open, inputs=[lists], outputs=shown, **_HOW)
        lists.input(self.open, inputs=[lists], outputs=shown, **_HOW)
        go.click(self.go, inputs=[lists, where], outputs=shown, **_HOW)

    def open(self, chosen: str | None) -> Shown:
        """Return the lists to choose from, and the map of the one chosen, or of the first."""
        return self.go(chosen, "")

    def go(self, chosen: str | None, where: str) -> Shown:
        """Return the map of a list, or of the topics, at a place the page's script named."""
        say = self._say
        try:
            store = self._desk.library.store
            names = [(row["name"], row["name"]) for row in list_rows(store)]
            names.append((say("map.topics"), _TOPICS))
            known = [value for _, value in names]
            name = chosen if chosen is not None and chosen in known else known[0]
            choice = gr.update(choices=names, value=name, visible=True)
            asked = _asked(where)
            if name == _TOPICS:
                topics = around(primer.notes().get(str(asked.get("note")), _first()))
                return choice, _shown(topics_figure(topics, say)), topics_html(topics, say)
            root = places(name, browse.links(store, name))
            path = asked.get("path")
            at = place_at(root, [str(part) for part in path] if isinstance(path, list) else [])
            return choice, _shown(tree_figure(root, at, say)), place_html(at, say)
        except RefdeskError as error:
            return gr.skip(), _shown(None), page.failed_html(error, say)


def _first() -> primer.Note:
    notes = primer.notes()
    return notes.get(_FIRST) or next(iter(notes.values()))


def _asked(where: str) -> dict[str, object]:
    try:
        asked = json.loads(where or "{}")
    except (ValueError, RecursionError):
        return {}
    return asked if isinstance(asked, dict) else {}


def _shown(figure: object) -> object:
    return gr.update(value=figure, visible=figure is not None)
