"""The desk: the one door for every user interface, and for programs in Python.

A desk serves one home. It opens models and the library when they are first needed and keeps them.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import cached_property, partial
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Any

from platformdirs import user_data_path

from assistant import bounds
from assistant.answering import gaps as gap_notes
from assistant.answering import inquiry
from assistant.answering.evidence import PASSAGES
from assistant.answering.prompt import prefix
from assistant.answering.values import Answer, Event, SearchResult
from assistant.conversation.rewriting import Exchange
from assistant.engines import available as models_here
from assistant.engines.protocol import Engine
from assistant.home.opened import Resources
from assistant.kept import asked_notes
from assistant.kept.anchor import Anchor, located
from assistant.kept.notes import Note, Notes
from assistant.kept.threads import Threads
from assistant.reception import needs_no_model, receive
from index.search.library import Library
from index.search.narrowing import check
from index.search.query import require_words
from index.store.generation import Home
from index.store.values import Filters, StoredPassage
from ingest.errors import NothingFound, UsageError
from ingest.lists.catalog_file import CuratedList
from ingest.text.sentences import language
from ingest.values import Document, Figure

if TYPE_CHECKING:
    import httpx

    from assistant.engines.costs import Costs
    from assistant.evaluation.scores import Evaluation
    from assistant.home.checking import Checkup
    from assistant.home.keeping import Fetching, ForgetReport, IngestReport
    from assistant.learning.cards import Card
    from assistant.learning.deck import Deck
    from assistant.learning.holdings import Source
    from assistant.learning.path_form import ReadingPath
    from assistant.listing.entries import Marked
    from assistant.references.csl import Item
    from assistant.refreshing.digest import Digest
    from assistant.vault.folder import Written
    from index.doctor import Examination
    from index.store.lockfile import Lock
    from ingest.bounded.drawings import Drawings
    from ingest.fetch.pace import Limits
    from ingest.gathering.gather import OnOutcome
    from ingest.gathering.sent import SeenPage
    from ingest.lists.changes import ListChanges
    from ingest.reading.pdf_image import PageImage
    from ingest.reading.picture_image import PictureImage
    from ingest.reading.pictures import PictureHead

_EVERYTHING = Filters()
_ASKED_AGAIN = 50  # refused questions after a refresh, those asked last

Progress = Callable[[str, int, int], None]
"""Told the step, how much of it is done, and how much there is (0: not known)."""


def default_home() -> Path:
    """Return the user's data folder on this platform."""
    return user_data_path("refdesk", appauthor=False)


class Desk:
    """A home's library and models, ready to be asked.

    Args:
        home: the home folder; by default the user's data folder.
        llm: ``auto``, ``extractive``, a pinned model's name, a ``.gguf`` path or a server's URL.
        progress: told of every long step.
        notice: told, once, what was done unasked (a new home being seeded).
        transport: sends what is fetched; by default straight to the public web.
        limits: how politely is fetched; see `ingest.fetch.pace.Limits`.
        embedder: the embedding model; by default that of the home's library, else MiniLM for
            English with multilingual-e5-small for all other languages. With another one than the
            library's, the library has to be rebuilt.
        note_gaps: remember refused questions in the home, for :meth:`gaps`.
        history: let doors keep what they are asked, in :attr:`threads`; asking alone keeps nothing.
        library: where the library lies: a folder, ``http(s)://HOST:PORT[/NAME]`` of a Milvus
            server or a ``.db`` file of Milvus Lite; by default where :meth:`rebuild` put it.
    """

    def __init__(
        self,
        home: Path | str | None = None,
        *,
        llm: str = "auto",
        progress: Progress = lambda step, done, total: None,
        notice: Callable[[str], None] = lambda text: None,
        transport: "httpx.AsyncBaseTransport | None" = None,
        limits: "Limits | None" = None,
        embedder: str | None = None,
        note_gaps: bool = True,
        history: bool = True,
        library: str = "",
    ) -> None:
        self.home = Home(Path(home).expanduser() if home else default_home(), library)
        self.threads = Threads(self.home.root, keeping=history, notice=notice)
        self.notes = Notes(self.home.root, keeping=history)
        self._progress = progress
        self._transport = transport
        self._limits = limits
        self._note_gaps = note_gaps
        self._opened = Resources(self.home, llm, embedder, progress, notice)

    # --- asking

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
            UsageError: the question is empty or longer than `bounds.QUESTION` characters.
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

        question, history = bounds.asked(question), bounds.said_before(history)
        noted = None if owner is None or filters else self._noted(question, owner)
        if noted is not None:
            yield Event("done", answer=noted)
            return
        for event in receive(self._snapshot, question, history, filters, k, model, stop):
            if event.answer is not None and event.answer.citations:
                event = replace(event, answer=self._with_figures(event.answer))
            answer = event.answer if event.name == "done" else None
            if answer and answer.refused and self._note_gaps and not filters and not stop():
                gap_notes.note(self.home.root, answer)
            yield event

    def _with_figures(self, answer: Answer) -> Answer:
        from assistant.answering.figures import with_figures

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
        found = self.notes.search(about, owner, limit=asked_notes.MOST) if about else (
            self.notes.latest(owner, limit=asked_notes.MOST))  # fmt: skip
        return asked_notes.answer_from(question, about, found, language(question))

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
        query = bounds.asked(query, "query")
        require_words(query)
        library = self._snapshot(query)
        begun = perf_counter()
        searched = library.corrected(query)
        hits = tuple(library.search(searched, k, filters))
        return SearchResult(query, hits, perf_counter() - begun, searched=searched)

    def sources(
        self, *, filters: Filters = _EVERYTHING, state: str | None = None
    ) -> "list[Source]":
        """Return what the lists recommend and the library holds, with what became of each.

        ``state`` is one of in_library, dead, needs_a_browser, failed, not_fetched.

        Raises:
            UsageError: there is no such state, or a filter names nothing there is.
            NothingFound: nothing is indexed.
        """
        from assistant.learning.holdings import STATES, sources  # needed here alone

        if state is not None and state not in STATES.values():
            raise UsageError(
                f"There is no state {state}: choose one of {', '.join(STATES.values())}."
            )
        library = self._snapshot()
        check(library.store, filters)
        return sources(library.store, filters, state)

    def read_source(self, url: str) -> Document:
        """Return the document an address leads to: its archived text, as Markdown.

        Raises:
            NothingFound: the library holds no page of this address.
        """
        found = self.library.document(url)
        if found is None:
            raise NothingFound(
                f"The library holds no page of {url}: see `refdesk status --dead`, or take it in "
                "with `refdesk ingest`."
            )
        return found

    def passage(self, key: str) -> StoredPassage:
        """Return the passage of a key, as hits and citations carry it.

        Raises:
            NothingFound: the library holds no such passage.
        """
        found = self.library.store.passage(key)
        if found is None:
            raise NothingFound(f"There is no passage {key} here; search again for its words.")
        return found

    def page_image(self, address: str, number: int) -> "PageImage":
        """Return a page of the archived PDF file at an address as a picture, with its text.

        Raises:
            NothingFound: there is none, or it cannot be drawn within its limits.
        """
        from ingest.reading.decode import UnreadableError

        try:
            return self._drawings.page(address, number)
        except UnreadableError as error:
            raise NothingFound(
                f"Page {number} of {address} cannot be drawn: {error}. Its text can be read."
            ) from error

    def picture(self, url: str, number: int) -> "PictureImage":
        """Return the picture of a figure of a document, drawn anew; figures are counted from 1.

        Raises:
            NothingFound: there is no such document or figure, or its picture is not in the
                archive or cannot be drawn.
        """
        from ingest.reading.decode import UnreadableError

        figures = self.read_source(url).figures
        if not 1 <= number <= len(figures):
            raise NothingFound(f"{url} has no figure {number}: it has {len(figures)}.")
        address = figures[number - 1].url
        try:
            return self._drawings.picture(address)
        except UnreadableError as error:
            raise NothingFound(
                f"The picture of figure {number} of {url} cannot be shown: {error}. "
                "`refdesk ingest --refresh` asks for it again."
            ) from error

    def picture_head(self, figure: Figure) -> "PictureHead | None":
        """Return what the archived picture of a figure is; None if there is none."""
        return self._drawings.head(figure.url)

    @cached_property
    def _drawings(self) -> "Drawings":
        from ingest.bounded.drawings import Drawings

        return Drawings(self.home.archive)

    @property
    def asks_a_server(self) -> bool:
        """Whether a model server writes, which answers several at once; else one does here."""
        return self._opened.asks_a_server

    def count_tokens(self, text: str) -> tuple[int, bool]:
        """Return how many tokens ``text`` is, and whether that is an estimate.

        The model counts once it is loaded, if it runs here; else four characters are one token.
        """
        return self._opened.count_tokens(text)

    def path(self, topic: str, *, hours: float | None = None) -> "ReadingPath":
        """Return the curated links for a topic in the order a learner should take them.

        Raises:
            UsageError: the topic is empty or the hours are not positive.
            NothingFound: nothing is known of the topic; the message names the nearest.
        """
        from assistant.learning.path import reading_path  # needed here alone

        return reading_path(self._snapshot(), bounds.asked(topic, "topic"), hours)

    def cards(self, topic: str) -> "list[Card]":
        """Return study cards on a topic, each answer quoted from a document of the library.

        Raises:
            UsageError: the topic is empty.
            NothingFound: nothing here defines it.
        """
        from assistant.learning.cards import cards  # needed here alone

        return cards(self._snapshot(), bounds.asked(topic, "topic"))

    def cards_of_answer(self, question: str, quotes: "Sequence[tuple[str, str]]") -> "list[Card]":
        """Return study cards of an answer's quotations: pairs of a document's address and words.

        Raises:
            NothingFound: none of them stands in the library.
        """
        from assistant.learning.card_sources import cards_of_answer

        return cards_of_answer(self._snapshot(), bounds.asked(question), quotes)

    def cards_of_source(self, url: str) -> "list[Card]":
        """Return study cards of the document an address leads to.

        Raises:
            NothingFound: it is not here, or nothing in it makes a card.
        """
        from assistant.learning.card_sources import cards_of_source

        return cards_of_source(self._snapshot(), url)

    def deck(self, owner: str = "") -> "Deck":
        """Return the cards kept in this home, by whom; see `learning.deck`."""
        from assistant.learning.deck import Deck

        return Deck(self.home.root, owner)

    # --- taking out

    def cite(
        self,
        named: Sequence[str] = (),
        answers: Sequence[Any] = (),
        *,
        thread: str = "",
        owner: str | None = "",
    ) -> "list[Item]":
        """Return sources as items of CSL-JSON; `assistant.references.forms` writes them.

        Args:
            named: names of lists, and addresses of pages.
            answers: saved answers, as ``ask --json`` prints them.
            thread: a kept thread, whose answers' sources follow; its id, or how that begins.
            owner: whose threads are looked at, as in `Threads.show`.

        Raises:
            UsageError: an answer is none, or what is named is neither a list nor an address.
            NothingFound: an address or the thread is not here, or nothing is cited.
        """
        from assistant.references.cited import references  # needed here alone

        kept = self.threads.show(thread, owner).turns if thread else ()
        every = [*answers, *(turn.answer for turn in kept)]
        return references(self._snapshot().store, named, every)

    def vault(
        self, folder: Path, *, lists: Sequence[str] = (), answers: Sequence[Any] = ()
    ) -> "Written":
        """Write the library into a folder of Markdown notes, and change no line of a person's.

        Args:
            folder: the vault; made if it is not there.
            lists: only the sources and sections of these lists.
            answers: saved answers, as ``ask --json`` prints them.

        Raises:
            UsageError: there is no such list, an answer is none, or the folder cannot be used.
            NothingFound: nothing is indexed.
        """
        from assistant.vault.make import written  # needed here alone

        return written(self._snapshot(), folder.expanduser(), lists, answers, self._progress)

    def list_entries(self, name: str) -> "tuple[CuratedList, list[Marked]]":
        """Return a list and its entries, with what became of each link.

        `assistant.listing` writes them as Markdown or OPML.

        Raises:
            UsageError: this home knows no such list.
        """
        from assistant.listing.entries import marked  # needed here alone

        for curated in self.lists():
            if curated.name == name:
                return curated, marked(self._snapshot().store, curated)
        raise UsageError(f"There is no list {name} here: see `refdesk lists show`.")

    # --- keeping

    def ingest(
        self,
        inputs: Sequence[str | Path] = (),
        *,
        seed: bool = True,
        offline: bool = False,
        refresh: bool = False,
        depth: int = 1,
        limit: int | None = None,
        wayback: bool = False,
        told: "OnOutcome" = lambda got, done, total: None,
        progress: Progress | None = None,
        ray: str | None = None,
    ) -> "IngestReport":
        """Take things in, fetch what lists link to, and update the library.

        Args:
            inputs: names or addresses of known lists, addresses of pages, WARC files, files,
                folders, ``.jsonl`` documents. Without any: everything the known lists link to.
            seed: give a new home the primer and the five founding lists.
            offline: fetch nothing.
            refresh: ask of every page whether it changed.
            depth: 2 to fetch also what the lists inside lists link to.
            limit: visit no more pages than this.
            wayback: of dead pages, get the Internet Archive's copy.
            told: hears what became of each page.
            progress: told of every step instead of the desk's.
            ray: read and embed on the Ray cluster at this address, ``local``: one made here.

        Raises:
            UsageError: an input cannot be read; nothing was taken in then.
            HomeBusy: another process is writing to this home.
        """
        fetching = self._fetching(
            offline=offline, refresh=refresh, depth=depth, most=limit, wayback=wayback, told=told
        )
        return self._opened.keeper(progress, ray).ingest(inputs, seed=seed, fetching=fetching)

    def refresh(
        self,
        *,
        limit: int = 500,
        minutes: float = 30.0,
        wayback: bool = False,
        told: "OnOutcome" = lambda got, done, total: None,
        progress: Progress | None = None,
    ) -> "Digest":
        """Look at what is due, lists and feeds first, and say what is new since the last time.

        A page is due by how often it was seen to change. Questions that were refused and can be
        answered now are told in the digest, and forgotten as gaps.

        Args:
            limit: look at no more pages than this, those most overdue.
            minutes: begin with no more pages after this time.
            wayback: of dead pages, get the Internet Archive's copy.
            told: hears what became of each page.
            progress: told of every step instead of the desk's.

        Raises:
            HomeBusy: another process is writing to this home.
        """
        from assistant.refreshing import digest as digests  # needed here alone
        from ingest.gathering.collect import Budget

        self._opened.seed()
        budget = Budget(limit, 60 * minutes, wayback)
        found = self._opened.keeper(progress).refresh(budget, self._fetching(told=told))
        found = replace(found, answered=tuple(self._answered_now()))
        digests.keep(self.home.root, found)
        gap_notes.forget(self.home.root, found.answered)
        return found

    def digests(self) -> list[dict[str, Any]]:
        """Return the last digests, the oldest first, as ``refresh --json`` has them."""
        from assistant.refreshing import digest as digests  # needed here alone

        return digests.read(self.home.root)

    def _answered_now(self) -> Iterator[str]:
        """Yield the refused questions that the sources answer by now, without a model."""
        for gap in gap_notes.read(self.home.root)[:_ASKED_AGAIN]:
            library = partial(self._snapshot, gap.question)
            if not inquiry.answer_alone(library, gap.question, lambda: None).refused:
                yield gap.question

    def rebuild(
        self, *, progress: Progress | None = None, ray: str | None = None
    ) -> "IngestReport":
        """Make the library anew from the archive alone; arguments as in :meth:`ingest`.

        Raises:
            NothingFound: the archive is empty.
        """
        return self._opened.keeper(progress, ray).rebuild()

    def move_archive(self, url: str | None) -> int:
        """Move the archive's files to the object store at ``url``, None: into the home.

        Returns how many were moved. What breaks off in the middle changed nothing.

        Raises:
            UsageError: the address is none, or holds files of another archive.
            ArchiveUnreachable: the store cannot be used.
        """
        return self._opened.keeper().move_archive(url)

    def export(self, file: Path, *, archive: bool = False) -> int:
        """Write the library into one file, with the archive if asked; return its bytes.

        Beside it stands its lockfile, ``FILE.lock.json``: what another home compares itself with.

        Raises:
            UsageError: the file exists or cannot be written.
            NothingFound: nothing is indexed.
        """
        self._opened.seed()
        return self._opened.keeper().export(file, archive=archive)

    def lock(self) -> "Lock":
        """Return what the library holds: every source's address, SHA-256 and passages, the lists.

        Raises:
            NothingFound: nothing is indexed.
            UsageError: the library is damaged.
        """
        from index.store.lockfile import lock_of  # needed here alone

        self._opened.seed()
        return lock_of(self.home)

    def carry_in(self, file: Path) -> dict[str, Any]:
        """Take an exported library into this empty home; return its status.

        Raises:
            UsageError: the file is no export of this version, or the home is not empty.
        """
        self._opened.carry_in(file)
        return self.status()

    def forget(
        self, what: Sequence[str | Path] = (), *, quarantined: bool = False
    ) -> "ForgetReport":
        """Take out what is named; the library follows.

        What was forgotten is not fetched again unless it is named.

        Args:
            what: addresses of pages, files and folders that were given, archive files, or names of
                lists (a list goes with the pages fetched for it alone).
            quarantined: also every record that cannot be read.

        Raises:
            NothingFound: nothing of one of them is here; nothing was forgotten then.
        """
        return self._opened.keeper().forget(what, quarantined=quarantined)

    def check(self, *, repair: bool = False) -> "Checkup":
        """Look for damage anywhere in the home, and put right what can be.

        Raises:
            NothingFound: there is no home yet.
        """
        if not self.home.root.is_dir():
            raise NothingFound(f"There is no home {self.home.root} yet.")
        from assistant.home import checking  # needed here alone

        if not repair:  # which needs no model
            return checking.Checkup(tuple(checking.damages(self.home)))
        return self._opened.keeper().repair()

    def status(self) -> dict[str, Any]:
        """Return what the library holds, in the form of ``status --json``."""
        return self.library.status()

    def gaps(self) -> list[gap_notes.Gap]:
        """Return what was asked and refused, questions alike together, most often asked first."""
        return gap_notes.grouped(self._snapshot(), gap_notes.read(self.home.root))

    def lists(self) -> list[CuratedList]:
        """Return the lists this home knows."""
        self._opened.seed()
        return self._opened.keeper().lists()

    def add_list(
        self, where: str | Path, *, name: str | None = None, base: str | None = None
    ) -> CuratedList:
        """Make a list known: a Markdown file, what another program exported, notes, an address.

        Its relative links resolve against ``base``, else against its address.

        Raises:
            UsageError: it cannot be read or holds no link.
        """
        self._opened.seed()
        return self._opened.keeper().add_list(where, name, base, self._fetching())

    def take_page(self, page: "SeenPage", *, progress: Progress | None = None) -> "IngestReport":
        """Take in a page as a person's browser shows it: nothing is fetched.

        It joins the list ``saved-pages``, with what was marked and written beside it.

        Raises:
            UsageError: its address is none of the public web, or it is empty or too large.
            HomeBusy: another process is writing to this home.
        """
        self._opened.seed()
        return self._opened.keeper(progress).take_page(page)

    def take_file(
        self, name: str, data: bytes, *, progress: Progress | None = None
    ) -> "IngestReport":
        """Take in a file by its name and bytes: a document, or another program's export, a list.

        Raises:
            UsageError: it is of a kind that is not read, or too large.
            HomeBusy: another process is writing to this home.
        """
        self._opened.seed()
        return self._opened.keeper(progress).take_file(name, data)

    def check_list(
        self, where: str | Path, *, name: str | None = None, base: str | None = None
    ) -> "Examination":
        """Examine a list: malformed, dead and moved links, empty sections, candidates.

        ``where`` is a Markdown file, an address, or the name of a known list.

        Raises:
            UsageError: it cannot be read or holds no link.
        """
        self._opened.seed()
        return self._opened.keeper().check_list(where, name, base, self._fetching())

    def list_changes(self, name: str) -> "ListChanges":
        """Return what the curator of a list changed between its last two states known here.

        Raises:
            UsageError: this home knows no such list.
        """
        self._opened.seed()
        return self._opened.keeper().changes(name)

    def remove_list(self, name: str) -> None:
        """Forget a list; the pages it led to stay.

        Raises:
            UsageError: this home knows no such list.
        """
        self._opened.seed()
        self._opened.keeper().remove_list(name)

    def evaluate(self, questions: Path, *, retrieval_only: bool = False) -> "Evaluation":
        """Measure retrieval, and answers unless ``retrieval_only``, on a file of questions.

        Raises:
            UsageError: the file cannot be read.
        """
        from assistant.evaluation import scores  # needed here alone, and slow to import

        asked = scores.read_questions(questions)
        # nobody wanted to know: a refusal is not remembered
        library = partial(self._snapshot, *(each.question for each in asked))
        alone = partial(inquiry.answer_alone, library, model=self._opened.engine)
        answers = None if retrieval_only else alone
        return scores.evaluate(library(), asked, answers, self._progress)

    def evaluate_beir(self, folder: Path) -> "Evaluation":
        """Measure retrieval on a collection in BEIR layout, in a library of its own in the cache.

        Raises:
            UsageError: the folder is not in BEIR layout.
        """
        from assistant.evaluation import beir  # as above

        return beir.evaluate(folder, self.home, self._opened.embedder(), self._progress)

    def verify(self, saved: dict[str, Any]) -> list[dict[str, Any]]:
        """Check a saved ``ask --json`` object against the library (`answering.verify`)."""
        from assistant.answering import saved_form
        from assistant.answering.verify import verify

        library = self._snapshot()

        def asked_again(asked: str) -> list[str]:
            if noted := self._noted(asked, ""):
                return [sentence.text for sentence in noted.sentences]
            said = receive(lambda *_: library, asked, (), _EVERYTHING, PASSAGES, lambda: None,
                           lambda: False)  # fmt: skip
            return [sentence.text for sentence in inquiry.final(said).sentences]

        return verify(library, saved_form.checked(saved), asked_again)

    def models(self) -> list[dict[str, Any]]:
        """Return a row per pinned model: what it is, whether it is here, what it costs here.

        ``costs`` is None until :meth:`measure` was asked; ``recommended`` marks the largest model
        for answers that suits this machine.
        """
        return models_here.rows(self.home)

    def pull(self, name: str) -> Path:
        """Have a model now, verified; return where it is.

        ``name`` is a pinned model's, or ``owner/repository/file.gguf`` of the model hub: of that
        the SHA-256 is recorded now and compared later.

        Raises:
            UsageError: no pinned model has this name.
            ModelUnavailable: it could not be had.
        """
        return models_here.pull(name, self.home, self._progress)

    def measure(self, name: str) -> "Costs":
        """Measure what a model for answers costs on this machine, having it first.

        Raises:
            UsageError: no such model writes answers.
            ModelUnavailable: it could not be had or measured.
        """
        return models_here.measure(name, self.home, prefix(), self._progress)

    def close(self) -> None:
        """Give the model's memory back."""
        if "_drawings" in vars(self):
            self._drawings.close()
        self._opened.close()

    @property
    def library(self) -> Library:
        """The library; a home without one is seeded first."""
        return self._opened.library()

    def _snapshot(self, *asked: str) -> Library:
        """Return the library as it is now: one answer is made from one generation."""
        return self._opened.library(*asked).snapshot()

    def _fetching(self, **how: Any) -> "Fetching":
        from assistant.home.keeping import Fetching  # as above

        if self._limits is not None:
            how["limits"] = self._limits
        return Fetching(transport=self._transport, **how)
