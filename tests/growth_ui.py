"""The functions of `ui` that take text, as `tests.growth` calls them."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime
from io import StringIO
from typing import Any

from starlette.datastructures import Headers
from starlette.types import Scope

from assistant.answering.values import Sentence, ShownFigure
from assistant.kept.anchor import Anchor
from assistant.kept.notes import Note
from assistant.learning.cards import Card
from assistant.learning.deck import Kept
from index.search.library import Hit
from index.store.browse import Link
from index.store.values import Recommendation, StoredPassage
from ingest.reading.pdf_image import PageImage, TextLine
from ingest.reading.pictures import PictureHead
from ingest.values import Document
from tests.growth import FEW, Case
from ui import markdown_form, sentence_form
from ui.cli import formulas as terminal_formulas
from ui.cli import render, terminal
from ui.cli import tables as terminal_tables
from ui.kept import pictures, saved, thread_html
from ui.page import (
    formulas,
    highlight,
    html,
    html_browse,
    html_deck,
    html_figures,
    html_pdf,
    html_reader,
    html_search,
    notes_part,
    pdf_marks,
)
from ui.page.i18n import texts
from ui.serving import access, asking, guesses, metrics, prefix, refusals, sent, streams, visitors

_SAY = texts("en")
_ACCESS = access.Access(token="a token of some length", origins=frozenset({"https://a.example"}))


def _document(text: str) -> Document:
    return Document(
        "https://a.example/x", "a", text, None, None, "en", "other", "post", "2026-01-02T03:04:05Z"
    )


def _note(text: str) -> Note:
    return Note("a", "https://a.example/x", text, "0", Anchor(text, text, text), text, (), "", "")


def _hit(text: str) -> Hit:
    passage = StoredPassage(
        1, "a", 0, len(text), ("a", text[:300]), text, f"https://a.example/{text[:300]}",
        text[:300], "en", "post", "web", "2026-01-02T03:04:05Z", "a",
    )  # fmt: skip
    return Hit(1, 0.5, passage, (), 1, 1)


def _kept(text: str) -> Kept:
    card = Card(text, text, text, text, f"https://{text}")
    return Kept(1, text, card, datetime(2026, 1, 2, tzinfo=UTC), 1, learned=False)


def _drawn(text: str) -> PageImage:
    return PageImage(b"", 9, 9, 1, (TextLine(text, 0, 9, tuple(map(float, range(len(text) + 1)))),))


def _console(text: str) -> None:
    terminal.Console(file=StringIO(), width=100).print(text, markup=False, highlight=False)


def _link(text: str) -> Link:
    url = f"https://a.example/{text}"
    return Link("a", text, url, ("a",), None, "post", "failed", url, 9, "en", text)


def _dead(text: str) -> str:
    row = {"list": "a", "title": text, "url": f"https://a.example/{text}", "section": [text],
           "reason": text}  # fmt: skip
    return render.dead({"lists": [{"name": "a"}], "missing": [row], "failures": []})


def _through(made: Callable[..., Any], **headers: str) -> Callable[[str], Any]:
    """Return what sends a text as a path and in headers through a layer of the server."""

    async def app(scope: Scope, receive: Any, send: Any) -> None: ...

    async def nothing(*_: Any) -> dict[str, Any]:
        return {"type": "http.disconnect"}

    def call(text: str) -> None:
        told = text.encode("latin-1", "replace")
        raw = [(b"host", b"127.0.0.1"), *((name.encode(), told) for name in headers)]
        scope = {"type": "http", "method": "GET", "path": f"/{text}", "headers": raw,
                 "query_string": told, "client": ("127.0.0.1", 1), "root_path": ""}  # fmt: skip
        asyncio.run(made(app)(scope, nothing, nothing))

    return call


CASES: dict[str, Any] = {
    "ui.cli.formulas.typeset": Case(
        terminal_formulas.typeset,
        heads=("", "$", "$$"),
        tail="$$",
        units=("\\frac{a}{", "{", "^{", "_", "\\left("),
        common=FEW,
    ),
    "ui.cli.render.dead": _dead,
    "ui.cli.render.hits": Case(
        lambda text: render.hits(terminal.Console(file=StringIO(), width=100), [_hit(text)], text),
        most=20_000,
    ),
    "ui.cli.render.link": lambda text: render.link(f"https://{text}"),
    "ui.cli.terminal.clean": terminal.clean,
    "ui.cli.terminal.Console.render": Case(_console, most=20_000),
    "ui.kept.saved.read": [
        lambda text: saved.read(text.encode("utf-8", "replace")),
        lambda text: saved.read(f"<{text}".encode("utf-8", "replace")),
    ],
    "ui.kept.thread_html.embedded": Case(
        thread_html.embedded, heads=("", '<script type="application/json" id="refdesk-thread">'),
        tail="</script>",
    ),
    "ui.kept.pictures.shown_in": Case(
        lambda text: pictures.shown_in(text, {}),
        units=('<img src="data:image/webp;base64,', "AAAA", "UklGRgAAAABXRUJQ", '="'),
    ),
    "ui.kept.thread_html.shown_otherwise": lambda text: thread_html.shown_otherwise(
        text, {"turns": [], "id": "", "title": text, "origin": "", "created": "", "updated": "",
               "shown_in": "en"},
    ),
    "ui.markdown_form.linked": lambda text: markdown_form.linked(text, f"https://{text}"),
    "ui.markdown_form.words": markdown_form.words,
    "ui.cli.tables.aligned": Case(
        terminal_tables.aligned, heads=("", "| ", "|-"), units=("|", "| a ", "\\|", "-", "\n|")
    ),
    "ui.page.formulas.typeset": Case(
        formulas.typeset, heads=("", "$", "$$"), tail="$$", units=("\\frac{a}{", "{", "^{", "_")
    ),
    "ui.page.highlight.marked": [
        lambda text: highlight.marked(text, [text], verbatim=False),
        lambda text: highlight.marked(text, [text[: len(text) // 2]], verbatim=True),
    ],
    "ui.page.highlight.readable": highlight.readable,
    "ui.page.html.chip": html.chip,
    "ui.page.html.directive": html.directive,
    "ui.page.html.framed": html.framed,
    "ui.page.html.hits_by_source": lambda text: html.hits_by_source(
        [_hit(text)] * 2, text[:4000], _SAY
    ),
    "ui.page.html.with_code": html.with_code,
    "ui.page.html.link": lambda text: html.link(f"https://{text}", text),
    "ui.page.html.message_html": lambda text: html.message_html(text, text),
    "ui.page.html.reader_link": lambda text: html.reader_link(_SAY, text, url=text, at=text),
    "ui.page.html.trail": lambda text: html.trail([text]),
    "ui.page.html.reader_address": lambda text: html.reader_address(_SAY, url=text, at=text),
    "ui.page.html.view_link": lambda text: html.view_link(text, text),
    "ui.page.html_deck.progress_html": lambda text: html_deck.progress_html(
        [_kept(text)], {_kept(text).card.url: [Recommendation(text, (text,), None)]}, _SAY
    ),
    "ui.page.html_deck.quiz_html": Case(
        lambda text: html_deck.quiz_html(
            [Card(text, f"{n} {text}", text, text, text) for n in "1234"], text, _SAY
        ),
        most=5_000,
        common=FEW,
    ),
    "ui.page.html_deck.quotes_of": lambda text: html_deck.quotes_of(
        [Sentence(text, (1,), 1.0, "supported", True)], {1: text}
    ),
    "ui.page.html_figures.kept_html": lambda text: html_figures.kept_html(
        [ShownFigure(1, 1, text, text, text, text, 9, 9)], {}, _SAY
    ),
    "ui.page.html_figures.in_place_html": lambda text: html_figures.in_place_html(
        text, 1, PictureHead("image/png", 9, 9), text, _SAY
    ),
    "ui.page.html_pdf.pdf_address": lambda text: html_pdf.pdf_address(_SAY, url=text, said=text),
    "ui.page.html_pdf.pdf_html": lambda text: html_pdf.pdf_html(
        _drawn(text), 1, text, _SAY, passage=[], quoted=[], addresses=[text, text], text=text,
        live=text, sought=True,
    ),
    "ui.page.html_pdf.unread_html": lambda text: html_pdf.unread_html(text, text, text, _SAY),
    "ui.page.html_reader.nowhere_html": lambda text: html_reader.nowhere_html(_SAY, text),
    "ui.page.html_reader.page_html": lambda text: html_reader.page_html(text, text, _SAY, text),
    "ui.page.pdf_marks.boxes": Case(
        lambda text: pdf_marks.boxes(_drawn(text).lines, text[: len(text) // 2]), most=30_000
    ),
    "ui.page.pdf_marks.holds": lambda text: pdf_marks.holds(_drawn(text).lines, text[:9]),
    "ui.page.html_reader.reader_html": [
        Case(
            lambda text: html_reader.reader_html(_document(text), _SAY, span=(0, len(text) // 2)),
            common=FEW,
            units=("\\[", "\\(", "$$", "| a |\n", "> ", "- "),
        ),
        Case(
            lambda text: html_reader.reader_html(
                _document(text), _SAY, notes=[_note(text[:4_000]), _note(text[:2])]
            ),
            common=FEW,
        ),
    ],
    "ui.page.html_search.hits_html": lambda text: html_search.hits_html(
        [_hit(text)], text[:4000], 0.1, _SAY
    ),
    "ui.page.notes_part.notes_html": lambda text: notes_part.notes_html(_SAY, url=text),
    "ui.page.i18n.Texts.named": lambda text: _SAY.named("kind", text),
    "ui.sentence_form.code_of": [
        sentence_form.code_of, lambda text: sentence_form.code_of(f"```\n{text}\n```"),
    ],
    "ui.serving.access.Access.answers_to": _ACCESS.answers_to,
    "ui.serving.access.Access.holds_pass": lambda text: _ACCESS.holds_pass(
        Headers(raw=[(b"cookie", text.encode("latin-1", "replace"))])
    ),
    "ui.serving.access.Access.holds_secret": _ACCESS.holds_secret,
    "ui.serving.access.Access.is_token": _ACCESS.is_token,
    "ui.serving.access.Access.lets_in": _ACCESS.lets_in,
    "ui.serving.access.access_for": lambda text: access.access_for(
        text, text, open_to_everyone=True, names=[text], origins=[text]
    ),
    "ui.serving.asking.exchanges": lambda text: asking.exchanges(
        [("user", "a"), *(("assistant", text[at : at + 300]) for at in range(0, len(text), 300))]
    ),
    "ui.serving.guesses.Guesses.exhausted": guesses.Guesses().exhausted,
    "ui.serving.guesses.Guesses.wrong": guesses.Guesses().wrong,
    "ui.serving.metrics.door_of": metrics.door_of,
    "ui.serving.prefix.checked": prefix.checked,
    "ui.serving.prefix.prefix_of": _through(
        lambda app: prefix.Stripped(app, ""), **{"x-forwarded-prefix": ""}
    ),
    "ui.serving.refusals.faults_of": lambda text: refusals.faults_of(
        [{"loc": ("body", text), "msg": text, "ctx": {"named": text}}]
    ),
    "ui.serving.refusals.told": lambda text: refusals.told([{"field": text, "message": text}]),
    "ui.serving.sent.unknown": [
        lambda text: sent.unknown([text], [text[1:]]), lambda text: sent.unknown(text, "a"),
    ],
    "ui.serving.refusals.nothing_here": refusals.nothing_here,
    "ui.serving.refusals.openai_error": lambda text: refusals.openai_error(400, text),
    "ui.serving.refusals.problem": lambda text: refusals.problem(400, text),
    "ui.serving.refusals.refusal": lambda text: refusals.refusal(f"/{text}", 400, text),
    "ui.serving.visitors.owner_of": lambda text: visitors.owner_of(
        Headers(raw=[(b"cookie", text.encode("latin-1", "replace"))]), _ACCESS
    ),
    "ui.serving.streams.event": lambda text: streams.event("a", {"a": text}),
    "ui.page.html_browse.tree_html": lambda text: html_browse.tree_html([_link(text)], {}, _SAY),
}  # fmt: skip


_COMMAND = "a command: what it is given goes to the desk, whose bound it meets"
_TAB = "an event of the page: as a command"
_SERVES = "its texts are whose start it is"
EXEMPT: dict[str, str] = {
    "ui.filters.filters_of": "puts values into tuples",
    **{
        f"ui.cli.{name}": _COMMAND
        for name in (
            "ask.ask", "ask.cards", "ask.path", "ask.search", "carry.archive",
            "chat.Conversation.take", "chat.chat",
            "evaluate.evaluate", "keep.forget", "keep.import_",
            "keep.ingest", "keep.rebuild", "lists.lists_add",
            "lists.lists_check", "lists.lists_diff", "lists.lists_export", "lists.lists_remove",
            "models.models_measure", "models.models_pull", "options.given", "options.open_desk",
            "review.review", "serve.mcp", "serve.serve", "take_out.cite", "take_out.vault",
            "threads.threads_delete", "threads.threads_export",
            "threads.threads_rename", "threads.threads_search", "threads.threads_show",
            "notes.notes_add", "notes.notes_delete", "notes.notes_edit", "notes.notes_export",
            "notes.notes_list", "notes.notes_search",
        )
    },
    **{
        f"ui.page.{name}": _TAB
        for name in (
            "ask_tab.AskTab.ask", "browse_tab.BrowseTab.open", "browse_tab.BrowseTab.tree",
            "browse_tab.PathTab.show", "deck_tab.DeckTab.act", "deck_tab.DeckTab.arrive",
            "deck_tab.DeckTab.show", "deck_tab.owner_of", "map_tab.MapTab.go",
            "map_tab.MapTab.open",
            "library_tab.LibraryTab.fetch", "library_tab.LibraryTab.rebuild",
            "search_tab.SearchTab.again",
            "search_tab.SearchTab.search",
        )
    },
    "ui.kept.pictures.collected": "bounds bytes itself; the answers as below",
    "ui.kept.pictures.named": "digests of pictures that are bounded",
    "ui.kept.thread_html.thread_html": "measured with `shown_otherwise`",
    "ui.kept.forms.exported": "the thread's answers met their bounds when they were asked for",
    "ui.cli.options.shared": "options, taken as they are",
    "ui.cli.plots.curves": "takes figures",
    "ui.cli.plots.draw": "takes figures",
    "ui.cli.render.status": "shows it by `terminal.Console.render`",
    "ui.page.answer_markdown.markdown": "takes an answer, whose sentences have bounds",
    "ui.page.html_sentences.said_html": "takes sentences of an answer",
    "ui.page.html_library.tiles_html": "takes figures",
    "ui.page.parts.view": "hands HTML of ours to Gradio",
    "ui.page.plots.growth_figure": "takes figures",
    "ui.page.plots.kind_figure": "takes figures",
    "ui.page.plots.list_figure": "takes figures",
    "ui.page.plots.styled": "takes figures",
    "ui.server.application": _SERVES,
    "ui.cli.kept.write_new": "writes what it is given",
    "ui.server.configuration": _SERVES,
    "ui.server.interface": _SERVES,
    "ui.server.serve": _SERVES,
    "ui.page.threads_part.Keeping.turns": "compares a name",
    "ui.serving.chat_request.question_of": "goes over the messages of one body once",
    "ui.serving.api.begun": "the question met its bound before",
    "ui.serving.connections.Connection.send_400_response": "says the same whatever came",
    "ui.serving.connections.Connection.data_received": "uvicorn's; at most 64 kB of headers",
    "ui.serving.ingest_api.": "looks at one address; bodies have a most size",
    "ui.page.html_news.news_html": "digests of the home, of which there are few",
    "ui.serving.cited.cited": "hands on the references of an answer, whose sources have bounds",
    "ui.serving.mcp.tools": "puts the tools together; takes no text",
    "ui.serving.jobs.": "numbers of jobs",
    "ui.serving.refreshing.": "digests of the home, of which there are few",
    "ui.serving.metrics.Metrics.answered": "takes figures",
    "ui.serving.metrics.Metrics.requested": "takes names of doors",
    "ui.serving.metrics.Metrics.turned_away": "takes names of doors",
    "ui.serving.turns.Turns.take": "compares addresses",
}  # fmt: skip
