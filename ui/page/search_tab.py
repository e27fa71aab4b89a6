"""The Search tab: passages without the model, narrowed by filters."""

import gradio as gr

from assistant.desk import Desk
from index.store import browse
from index.store.catalog import list_rows
from index.store.values import Filters
from ingest.errors import RefdeskError
from ui.page import html as page
from ui.page.html_search import hits_html
from ui.page.i18n import Texts
from ui.page.parts import view

_SHOWN = 20
_DEPTH = 200  # passages looked at where only those of a time are wanted
_KINDS = (
    "paper", "post", "repository", "code", "notebook", "video", "slides", "course", "docs",
    "thread", "list", "note",
)  # fmt: skip
_LEVELS = ("easy", "medium", "hard")
_LANGS = ("en", "zh")


class SearchTab:
    """What the Search tab does."""

    def __init__(self, desk: Desk, say: Texts) -> None:
        self._desk = desk
        self._say = say

    def draw(self, blocks: gr.Blocks) -> None:
        """Put the tab's components into the page being built."""
        say = self._say
        with gr.Row(elem_classes="bar"):
            query = gr.Textbox(
                label=say("search.label"), placeholder=say("search.hint"), max_lines=1,
                elem_id="query", container=False, scale=1,
            )  # fmt: skip
            go = gr.Button(say("search.go"), variant="primary", elem_id="search", scale=0)
        with gr.Accordion(say("search.filters"), open=False, elem_id="filters"):
            lists = gr.CheckboxGroup([], label=say("search.list"), elem_id="lists")
            levels = gr.CheckboxGroup(
                [(say.named("difficulty", level), level) for level in _LEVELS],
                label=say("search.difficulty"), elem_id="levels",
            )  # fmt: skip
            kinds = gr.CheckboxGroup(
                [(say.named("kind", kind), kind) for kind in _KINDS], label=say("search.kind"),
                elem_id="kinds",
            )  # fmt: skip
            langs = gr.CheckboxGroup(
                [(say.named("lang", lang), lang) for lang in _LANGS], label=say("search.lang"),
                elem_id="langs",
            )  # fmt: skip
            with gr.Row():
                section = gr.Textbox(label=say("search.section"), max_lines=1, elem_id="section")
                since = gr.Textbox(label=say("search.since"), max_lines=1, elem_id="since")
        empty = page.message_html(say("search.invite"), say("search.explain"))
        out = view(empty, "hits")
        given = [query, lists, section, levels, kinds, langs, since]
        how = {"show_progress": "hidden", "concurrency_limit": 8, "api_visibility": "private"}
        gr.on([query.submit, go.click], self.search, inputs=given, outputs=[out], **how)
        for narrowing in given[1:]:
            event = narrowing.submit if narrowing in (section, since) else narrowing.input
            event(self.again, inputs=given, outputs=[out], **how)
        blocks.load(self.lists, outputs=[lists], **how)

    def lists(self) -> object:
        """Return the lists to choose from."""
        try:
            names = [row["name"] for row in list_rows(self._desk.library.store)]
        except RefdeskError:
            names = []
        return gr.update(choices=[*names, page.PRIMER_LIST], visible=bool(names))

    def again(self, query: str, *narrowing: object) -> object:
        """Search once more when a filter changed; without a query nothing happens."""
        return self.search(query, *narrowing) if query.strip() else gr.skip()

    def search(self, query: str, *narrowing: object) -> str:
        """Return the hits of a query as HTML."""
        say = self._say
        if not query.strip():
            return page.message_html(say("search.empty"))
        lists, section, levels, kinds, langs, since = narrowing
        filters = Filters(
            _many(lists), (str(section).strip(),) if str(section or "").strip() else (),
            _many(levels), _many(kinds), _many(langs),
        )  # fmt: skip
        since = str(since or "").strip()
        try:
            results = self._desk.search(query, k=_DEPTH if since else _SHOWN, filters=filters)
            hits = list(results.hits)
            if since:
                urls = [hit.passage.url for hit in hits]
                dates = browse.dates(self._desk.library.store, urls)
                hits = [hit for hit in hits if dates.get(hit.passage.url, "") >= since]
            return hits_html(hits[:_SHOWN], query, results.seconds, say, results.searched)
        except RefdeskError as error:
            return page.failed_html(error, say)


def _many(chosen: object) -> tuple[str, ...]:
    return tuple(str(value) for value in chosen) if isinstance(chosen, list) else ()
