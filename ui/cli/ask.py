"""What people ask of a library: ``ask``, ``search``, ``path``, ``cards``, ``verify``."""

import sys
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from assistant.contract import to_json
from ingest.errors import FoundWanting, NothingFound
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
    NoLogOption,
    SectionOption,
    given,
    open_desk,
    print_json,
)
from ui.cli.progress import ShownProgress
from ui.cli.saved import saved_answer
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
) -> None:
    """Answer a question, each sentence cited.

    Example: refdesk ask "explain GQA vs MQA"
    """
    question = given(question)
    filters = filters_of(lists, section, difficulty, kind, lang)
    with ShownProgress() as progress, AnswerView(Console()) as view:

        def tell(step: str, done: int, total: int) -> None:
            view.hide()
            progress(step, done, total)

        desk = open_desk(home, tell, llm, note_gaps=not no_log, aside=view.hide)
        if question.strip():
            desk.load_ahead(question)
        try:
            for event in desk.stream(question, k=k, filters=filters):
                progress.stop()
                if not as_json:
                    view.show(event)
                elif event.name == "done" and event.answer:
                    print_json(to_json(event.answer))
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
        found = open_desk(home, progress).search(given(query), k=k, filters=filters)
    if as_json:
        print_json(to_json(found))
    else:
        render.hits(Console(), found.hits, "" if found.searched == query else found.searched)
    if not found.hits:
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
        found = open_desk(home, progress).path(topic, hours=hours)
    if as_json:
        print_json(to_json(found))
    else:
        sys.stdout.write(clean(to_markdown(found)))


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
    """Check a saved answer (ask --json) against the library, sentence by sentence.

    Example: refdesk verify answer.json
    """
    saved = saved_answer(answer)
    with ShownProgress() as progress:
        checked = open_desk(home, progress).verify(saved)
    wanting = [each for each in checked if not each["ok"]]
    if as_json:
        print_json({"ok": not wanting, "sentences": checked})
    else:
        console = Console()
        for each in checked:
            mark = "holds" if each["ok"] else f"does not hold: {each['reason']}"
            console.print(f"{clean(each['text'])}  ({mark})", markup=False)
    if wanting:
        raise FoundWanting(f"{len(wanting)} of {len(checked)} sentences do not hold.")
