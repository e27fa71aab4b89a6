"""What people ask of a library: ``ask``, ``search``, ``path``, ``cards``, ``verify``."""

import sys
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from assistant.contract import to_json
from assistant.kept.threads import answers
from ingest.errors import FoundWanting, NothingFound, UsageError
from ui.cli import render
from ui.cli.live_answer import AnswerView
from ui.cli.options import (
    CountOption,
    DifficultyOption,
    HomeOption,
    JsonOption,
    KindOption,
    LangOption,
    ListOption,
    LlmOption,
    NoHistoryOption,
    NoLogOption,
    SectionOption,
    given,
    open_desk,
    print_json,
)
from ui.cli.progress import ShownProgress
from ui.cli.saved import bytes_given
from ui.cli.terminal import Console, clean
from ui.filters import filters_of


def ask(
    question: Annotated[str, typer.Argument(help="- for what stands on stdin.")],
    home: HomeOption = None,
    as_json: JsonOption = False,
    k: CountOption = 8,
    lists: ListOption = None,
    section: SectionOption = None,
    difficulty: DifficultyOption = None,
    kind: KindOption = None,
    lang: LangOption = None,
    llm: LlmOption = "auto",
    no_log: NoLogOption = False,
    no_history: NoHistoryOption = False,
) -> None:
    """Answer a question, each sentence cited. It is kept: see `refdesk threads`.

    Example: refdesk ask "explain GQA vs MQA"
    """
    question = given(question)
    filters = filters_of(lists, section, difficulty, kind, lang)
    with ShownProgress() as progress, AnswerView(Console()) as view:

        def tell(step: str, done: int, total: int) -> None:
            view.hide()
            progress(step, done, total)

        desk = open_desk(home, tell, llm, note_gaps=not no_log, history=not no_history,
                         aside=view.hide)  # fmt: skip
        if question.strip():
            desk.load_ahead(question)
        try:
            for event in desk.stream(question, k=k, filters=filters, owner=""):
                progress.stop()
                if not as_json:
                    view.show(event)
                elif event.name == "done" and event.answer:
                    print_json(to_json(event.answer))
                if event.name == "done" and event.answer:
                    desk.threads.keep(event.answer, origin="shell")
        finally:
            desk.close()


def search(
    query: Annotated[str, typer.Argument(help="- for what stands on stdin.")],
    home: HomeOption = None,
    as_json: JsonOption = False,
    k: CountOption = 10,
    lists: ListOption = None,
    section: SectionOption = None,
    difficulty: DifficultyOption = None,
    kind: KindOption = None,
    lang: LangOption = None,
) -> None:
    """Find the best passages, without a model.

    Example: refdesk search "grouped-query attention" -k 5
    """
    filters = filters_of(lists, section, difficulty, kind, lang)
    with ShownProgress() as progress:
        results = open_desk(home, progress).search(given(query), k=k, filters=filters)
    if as_json:
        print_json(to_json(results))
    else:
        render.hits(Console(), results.hits, "" if results.searched == query else results.searched)
    if not results.hits:
        raise NothingFound("Nothing was found: try other words, or fewer filters.")


def path(
    topic: str,
    home: HomeOption = None,
    hours: Annotated[
        float | None, typer.Option("--hours", help="Keep what fits into this many hours.")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Say what to read on a topic, in which order.

    Example: refdesk path LoRA --hours 3
    """
    from assistant.learning.path_form import to_markdown

    with ShownProgress() as progress:
        plan = open_desk(home, progress).path(topic, hours=hours)
    if as_json:
        print_json(to_json(plan))
    else:
        sys.stdout.write(clean(to_markdown(plan)))


def cards(
    topic: str,
    home: HomeOption = None,
    anki: Annotated[
        Path | None, typer.Option("--anki", help="Write an Anki deck.", metavar="FILE.apkg")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Make study cards: question, answer, the quote that holds it, its source.

    Example: refdesk cards "KV cache" --anki kv-cache.apkg
    """
    from assistant.learning.cards import write_anki

    with ShownProgress() as progress:
        made = open_desk(home, progress).cards(topic)
    if anki:
        write_anki(made, anki, topic)
    if as_json:
        print_json([asdict(card) for card in made])
    elif anki:
        sys.stdout.write(f"{anki}: {len(made)} cards\n")
    else:
        render.cards(Console(), made)


def verify(
    answer: Path,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Check saved answers against the library, sentence by sentence.

    A file of `ask --json`, or a thread as `threads export` writes it, HTML or JSON. Of an HTML file
    it is checked too that it shows what refdesk wrote.

    Example: refdesk verify answer.json
    """
    from ui.kept import saved as saved_files  # needed here alone

    data = bytes_given(answer)
    try:
        saved, shown_otherwise = saved_files.read(data)
    except UsageError as error:
        raise UsageError(f"The answer {answer} cannot be read: {error}") from error
    with ShownProgress() as progress:
        desk = open_desk(home, progress)
        checked = [sentence for one in answers(saved) for sentence in desk.verify(one)]
    wanting = [sentence for sentence in checked if not sentence["ok"]]
    if as_json:
        verdict = {"ok": not wanting and not shown_otherwise, "sentences": checked}
        print_json(verdict | ({"file": shown_otherwise} if shown_otherwise else {}))
    else:
        console = Console()
        for sentence in checked:
            mark = "holds" if sentence["ok"] else f"does not hold: {sentence['reason']}"
            console.print(f"{clean(sentence['text'])}  ({mark})", markup=False)
    if shown_otherwise:
        raise FoundWanting(
            f"What {answer} shows is not to be believed: {shown_otherwise}. Of the {len(checked)} "
            f"sentences on record in it, {len(wanting)} do not hold."
        )
    if wanting:
        raise FoundWanting(f"{len(wanting)} of {len(checked)} sentences do not hold.")
