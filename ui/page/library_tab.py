"""The Library tab: what is in it and what is missing, and making it grow."""

import queue
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from html import escape
from pathlib import Path

import gradio as gr

from assistant.desk import Desk, Progress
from assistant.home.reports import IngestReport
from index.store import browse
from ingest.errors import RefdeskError
from ingest.gathering.gather import PageOutcome
from ingest.links.schemes import is_web
from ingest.text.digits import whole_number
from ui.listed_form import not_taken
from ui.page import html as page
from ui.page import html_library as page_library
from ui.page import plots as page_plots
from ui.page.i18n import Texts
from ui.page.parts import sits_here, view
from ui.serving.access import Access

_HOW = {"show_progress": "hidden", "concurrency_limit": 4, "api_visibility": "private"}
_TOLD = 10  # pages that could not be had
_LOOK = 0.1  # seconds between two pictures of a job


@dataclass(frozen=True, slots=True)
class _Told:
    """How far a job is: what it does, ``done`` of ``total`` (0: not known)."""

    text: str
    done: int = 0
    total: int = 0


class LibraryTab:
    """What the Library tab does."""

    def __init__(self, desk: Desk, access: Access, say: Texts) -> None:
        self._desk = desk
        self._access = access
        self._say = say

    def draw(self, tab: gr.Tab) -> None:
        """Put the tab's components into the page being built; it is filled when it is opened."""
        say = self._say
        tiles = view("", "tiles")
        lists = _plot("plot-lists")
        list_table = view("", "table-lists")
        kinds = _plot("plot-kinds")
        kind_table = view("", "table-kinds")
        grown = _plot("plot-growth")
        growth_table = view("", "table-growth")
        missing = view("", "missing")
        thin = view("", "thin")
        keep = view("", "keep")
        with gr.Column(visible=False, elem_id="keeping") as keeping:
            with gr.Row(elem_classes="bar"):
                what = gr.Textbox(label=say("library.fetch_what"), max_lines=1, elem_id="what")
                most = gr.Textbox(
                    "20", label=say("library.fetch_limit"), max_lines=1, elem_id="most"
                )
            with gr.Row(elem_classes="bar"):
                fetch = gr.Button(say("library.fetch"), elem_id="fetch", scale=0)
                rebuild = gr.Button(say("library.rebuild"), elem_id="rebuild", scale=0)
        secret = gr.Textbox("", visible="hidden", elem_id="secret", container=False)
        said = view("", "job")
        shown = [
            tiles, lists, list_table, kinds, kind_table, grown, growth_table, missing, thin,
        ]  # fmt: skip
        tab.select(self.show, outputs=shown, **_HOW)
        tab.select(self.unlock, outputs=[keep, keeping, secret], **_HOW)
        for start, job in ((fetch, self.fetch), (rebuild, self.rebuild)):
            running = start.click(job, inputs=[secret, what, most], outputs=[said], **_HOW)
            running.then(self.show, outputs=shown, **_HOW)

    def unlock(self, request: gr.Request) -> tuple[object, object, object]:
        """Show the way to fetch and rebuild, and hand out the secret, to whoever may have it.

        That is who sits at this machine, or came in with the token; not whom a proxy brought.
        """
        allowed = sits_here(request) or self._access.token is not None
        explained = self._say("library.keep_explain" if allowed else "library.locked")
        html = page.framed(
            f"<h2>{escape(self._say('library.keep'))}</h2><p class='hint'>{escape(explained)}</p>"
        )
        secret = self._access.secret if allowed else ""
        return html, gr.update(visible=allowed), secret

    def show(self) -> tuple[object, ...]:
        """Return everything the tab shows."""
        say = self._say
        try:
            status = self._desk.status()
            store = self._desk.library.store
        except RefdeskError as error:
            said = page.failed_html(error, say)
            nothing = _shown(None)
            return said, nothing, "", nothing, "", nothing, "", "", ""
        links, documents = browse.links(store), browse.shelves(store)
        lists = page_library.by_list(links)
        points = page_library.growth(documents)
        grown = page_plots.growth_figure(points, say) if len(points) > 1 else None
        return (
            page_library.tiles_html(status, links, say),
            _shown(page_plots.list_figure(lists, say) if lists else None),
            page_library.list_table(links, say) if lists else "",
            _shown(page_plots.kind_figure(page_library.by_kind(documents), say)),
            page_library.kind_table(documents, say),
            _shown(grown),
            page_library.growth_table(documents, say),
            page_library.missing_html(links, say),
            page_library.thin_html(links, say),
        )

    def fetch(self, secret: str, what: str, most: str, request: gr.Request) -> Iterator[str]:
        """Fetch from the web and take in what came; yields how far it is.

        A token opens the library, not this machine's files: those are taken in for who sits here,
        from the folders that whoever serves allowed.
        """
        limit = whole_number(most)
        if most.strip() and limit is None:
            said = self._say("library.no_number", said=most.strip()[:40])
            yield page.message_html(self._say("error.other"), said)
            return
        for item in what.split() if self._access.holds_secret(secret) else ():
            if not self._may_take(item, request):
                said = self._say("library.no_file", file=item)
                yield page.message_html(self._say("error.other"), said)
                return

        def job(tell: Callable[[_Told], None]) -> str:
            def on_outcome(outcome: PageOutcome, done: int, total: int) -> None:
                state = self._say.named("got", outcome.state)
                tell(_Told(f"{outcome.url}: {outcome.reason or state}", done, total))

            report = self._desk.ingest(
                what.split(), limit=limit, told=on_outcome, progress=self._step(tell)
            )
            return self._fetched(report, named=bool(what.split()))

        yield from self._run(secret, job)

    def _fetched(self, report: IngestReport, *, named: bool) -> str:
        """Say what a fetch came to: how many pages, then which could not be had, and why."""
        failed = [outcome for outcome in report.got if outcome.state == "failed"]
        if named and not report.got and not report.given:
            return self._say("library.not_due")
        said = self._say(
            "library.done_fetch",
            fetched=len(report.got) - len(failed), failed=len(failed), passages=report.passages,
        )  # fmt: skip
        why = [f"{outcome.url}: {outcome.reason}" for outcome in failed[:_TOLD]]
        more = [self._say("library.more", count=len(failed) - _TOLD)] if failed[_TOLD:] else []
        return "\n".join([said, *why, *more, *not_taken(report.not_taken), *report.notices])

    def _may_take(self, item: str, request: gr.Request) -> bool:
        if is_web(item):
            return True
        if item in {curated.name for curated in self._desk.lists()}:
            return True
        return sits_here(request) and self._access.may_read(Path(item))

    def rebuild(self, secret: str, what: str, most: str) -> Iterator[str]:
        """Make the library anew from the archive; yields how far it is."""

        def job(tell: Callable[[_Told], None]) -> str:
            report = self._desk.rebuild(progress=self._step(tell))
            status = report.status
            return self._say(
                "library.done_rebuild",
                documents=status["documents"], passages=status["passages"],
            )  # fmt: skip

        yield from self._run(secret, job)

    def _step(self, tell: Callable[[_Told], None]) -> Progress:
        """Return what hears of the steps of a job and tells of them in the page's language."""
        return lambda step, done, total: tell(_Told(self._say.named("step", step), done, total))

    def _run(self, secret: str, job: Callable[[Callable[[_Told], None]], str]) -> Iterator[str]:
        """Run a job in a thread of its own; it goes on when nobody looks on any more."""
        if not self._access.holds_secret(secret):
            yield page.message_html(self._say("error.other"), self._say("library.locked"))
            return
        news: queue.Queue[_Told | str | Exception] = queue.Queue()

        def work() -> None:
            try:
                news.put(job(news.put))
            except Exception as error:  # whatever it is, the one who looks on has to hear of it
                news.put(error)

        threading.Thread(target=work, name="refdesk-keeping", daemon=True).start()
        yield _progress(_Told(self._say("library.working")))
        while True:
            latest = _newest(news)
            if isinstance(latest, _Told):
                yield _progress(latest)
                time.sleep(_LOOK)
                continue
            if isinstance(latest, RefdeskError):
                yield page.failed_html(latest, self._say)
            elif isinstance(latest, Exception):
                raise latest
            else:
                said, *more = latest.split("\n")
                yield page.message_html(said, "\n".join(more))
            return


def _newest(news: "queue.Queue[_Told | str | Exception]") -> _Told | str | Exception:
    """Return what was said last, once something is: how it ended, or how far it is by now."""
    latest = news.get()
    while isinstance(latest, _Told) and not news.empty():
        latest = news.get()
    return latest


def _plot(name: str) -> gr.Plot:
    return gr.Plot(show_label=False, elem_id=name, container=False, visible=False)


def _shown(figure: object) -> object:
    """An update of a plot; one without a figure is not there."""
    return gr.update(value=figure, visible=figure is not None)


def _progress(step: _Told) -> str:
    share = 100 * step.done / step.total if step.total else 0
    count = f"{step.done} / {step.total}" if step.total else str(step.done or "")
    bar = f'<progress max="100" value="{share:.0f}">{count}</progress>' if step.total else ""
    return page.framed(f'<p class="state busy" role="status">{escape(step.text)} {count}</p>{bar}')
