"""Questions: answered, searched for, about one's notes, and answers checked again."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from time import perf_counter
from typing import Any

from assistant import input_limits
from assistant.answering import inquiry
from assistant.answering.evidence import PASSAGES
from assistant.answering.values import Answer, Event, SearchResult
from assistant.conversation.rewriting import Exchange
from assistant.desk.reading import Reading
from assistant.engines.protocol import Engine
from assistant.kept import asked_notes
from assistant.kept.anchor import Anchor, located
from assistant.kept.gaps import Gap, grouped
from assistant.kept.notes import Note
from assistant.reception import needs_no_model, receive
from index.search.query import require_words
from index.store.values import Filters
from ingest.errors import ModelUnavailable, UsageError
from ingest.text.sentences import language

_EVERYTHING = Filters()


class Asking(Reading):
    """Answers questions."""

    def ask(
        self,
        question: str,
        history: Sequence[Exchange] = (),
        *,
        k: int = PASSAGES,
        filters: Filters = _EVERYTHING,
    ) -> Answer:
        """Answer a question from the library.

        ``history`` holds what was asked before, oldest first: a follow-up ("and MQA?") is put into
        words that stand alone, which the answer's ``asked`` tells. It is never evidence.

        Raises:
            UsageError: the question is empty or longer than `input_limits.QUESTION` characters.
            NothingFound: nothing is indexed.
            ModelUnavailable: the model could not be had.
        """
        return inquiry.final(self.stream(question, history, k=k, filters=filters))

    def stream(
        self,
        question: str,
        history: Sequence[Exchange] = (),
        *,
        k: int = PASSAGES,
        filters: Filters = _EVERYTHING,
        stop: Callable[[], bool] = lambda: False,
        before_model: Callable[[], None] = lambda: None,
        owner: str | None = None,
    ) -> Iterator[Event]:
        """Answer a question and tell what becomes known on the way; see :class:`Event`.

        ``before_model`` is called when the model is needed, and may wait until it is free; not at
        all if none is needed. ``history`` as in :meth:`ask`. A question refused is remembered,
        unless ``filters`` kept the library from answering it. Questions about one's notes are
        answered from those of ``owner`` (see `assistant.kept.notes`), unless that is None.
        """

        def model() -> Engine | None:
            if self._opened.llm != "extractive":
                before_model()
            return self._opened.engine()

        question, history = input_limits.asked(question), input_limits.said_before(history)
        noted = None if owner is None or filters else self._noted(question, owner)
        if noted is not None:
            yield Event("done", answer=noted)
            return
        for event in self._received(question, history, filters, k, model, stop):
            if event.answer is not None and event.answer.citations:
                event = replace(event, answer=self._with_figures(event.answer))
            answer = event.answer if event.name == "done" else None
            if answer and answer.refused and self._note_gaps and not filters and not stop():
                self._gaps.note(answer)
            yield event

    def _received(
        self, question: str, history: Sequence[Exchange], filters: Filters, k: int,
        model: Callable[[], Engine | None], stop: Callable[[], bool],
    ) -> Iterator[Event]:  # fmt: skip
        """Answer; by the sources alone if the model, asked for by nobody, fails before a word."""
        said = False
        try:
            for event in receive(self._snapshot, question, history, filters, k, model, stop):
                said = said or event.name == "sentence"
                yield event
        except ModelUnavailable as error:
            if said:
                raise
            self._opened.stand_in(error)
            yield from receive(self._snapshot, question, history, filters, k, lambda: None, stop)

    def _with_figures(self, answer: Answer) -> Answer:
        from assistant.answering.presenting import with_figures

        return with_figures(answer, self._opened.library().store, self.picture_head)

    def note(
        self, url: str, anchor: Anchor, text: str = "", tags: Sequence[str] = (), *,
        owner: str = "",
    ) -> Note:  # fmt: skip
        """Fasten a note, or without ``text`` a highlight, to words of an archived page.

        Raises:
            NothingFound: the library holds no page of this address.
            UsageError: the words do not stand there, or something is too long.
        """
        from assistant.kept.shown import shown_text  # reads Markdown: no question should wait

        document = self.read_source(url)
        at = located(shown_text(document.text), anchor)
        if at is None:
            raise UsageError(f"These words do not stand in {document.url}: “{anchor.exact[:80]}”.")
        return self.notes.add(
            document.url, document.title, document.sha256, at, text, tags, owner=owner
        )

    def _noted(self, question: str, owner: str) -> Answer | None:
        """Answer a question about one's notes from them; None if it is none."""
        about = asked_notes.subject(question)
        if about is None:
            return None
        notes = self.notes.search(about, owner, limit=asked_notes.MOST) if about else (
            self.notes.latest(owner, limit=asked_notes.MOST))  # fmt: skip
        return asked_notes.answer_from(question, about, notes, language(question))

    def load_ahead(self, question: str = "", history: Sequence[Exchange] = ()) -> None:
        """Begin to load the model that writes, for a question that is about to be asked.

        Not if the question may be one that needs no model: then it is loaded when it is needed.
        """
        if not (question and needs_no_model(question, history)):
            self._opened.load_ahead()

    def search(self, query: str, *, k: int = 10, filters: Filters = _EVERYTHING) -> SearchResult:
        """Find the best passages for a query, without a model.

        Misspelt words are put right by the words of the library, which the result tells.

        Raises:
            UsageError: the query holds no word or is too long, or a filter names nothing there is.
            NothingFound: nothing is indexed.
        """
        query = input_limits.asked(query, "query")
        require_words(query)
        library = self._snapshot(query)
        if not library.terms(query):
            raise UsageError(
                f"'{query.strip()[:40]}' is said everywhere: say what to search for, in a word"
                " that tells."
            )
        begun = perf_counter()
        searched = library.corrected(library.telling(query) if "\n" in query else query)
        hits = tuple(library.search(searched, k, filters))
        return SearchResult(query, hits, perf_counter() - begun, searched=searched)

    @property
    def asks_a_server(self) -> bool:
        """Whether a model server writes, which answers several at once; else one does here."""
        return self._opened.asks_a_server

    def count_tokens(self, text: str) -> tuple[int, bool]:
        """Return how many tokens ``text`` is, and whether that is an estimate.

        The model counts once it is loaded, if it runs here; else four characters are one token.
        """
        return self._opened.count_tokens(text)

    def verify(self, saved: dict[str, Any]) -> list[dict[str, Any]]:
        """Check a saved ``ask --json`` object against the library (`answering.saved`)."""
        from assistant.answering.saved import form as saved_form
        from assistant.answering.saved import verify

        library = self._snapshot()

        def asked_again(asked: str) -> list[str]:
            if noted := self._noted(asked, ""):
                return [sentence.text for sentence in noted.sentences]
            said = receive(lambda *_: library, asked, (), _EVERYTHING, PASSAGES, lambda: None,
                           lambda: False)  # fmt: skip
            return [sentence.text for sentence in inquiry.final(said).sentences]

        return verify(library, saved_form.checked(saved), asked_again)

    def gaps(self) -> list[Gap]:
        """Return what was asked and refused, questions alike together, most often asked first."""
        return grouped(self._snapshot(), self._gaps.read())
