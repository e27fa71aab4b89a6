"""Writing a library into a vault: the notes are planned, given their places, filled and written."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from assistant.vault.folder import Vault, Written
from assistant.vault.kept import Kept
from assistant.vault.names import link_text
from assistant.vault.notes import heads_of, notes_of, planned
from index.search.library import Library
from index.store.catalog import list_rows
from ingest.errors import NothingFound, UsageError


def written(
    library: Library,
    folder: Path,
    lists: Sequence[str],
    answers: Sequence[Any],
    kept: Kept,
    progress: Callable[[str, int, int], None],
) -> Written:
    """Write the sources, subjects and answers of a library as notes, and change no other line.

    With them comes what a person keeps: highlights and notes with their page, threads.

    Raises:
        UsageError: there is no such list, an answer is none, or the folder cannot be used.
        NothingFound: there is nothing to write.
    """
    there = {row["name"] for row in list_rows(library.store)}
    for name in lists:
        if name not in there:
            raise UsageError(f"There is no list {name} here: see `refdesk lists show`.")
    plan = planned(library.store, lists, answers, kept)
    heads = heads_of(plan)
    if not heads:
        raise NothingFound("The library holds nothing yet: run `refdesk ingest`.")
    vault = Vault(folder)
    paths = vault.place(heads)

    def link_to(note: str, text: str) -> str:
        id, mark, block = note.partition("#")
        return f"[[{paths[id].removesuffix('.md')}{mark}{block}|{link_text(text)}]]"

    notes = []
    for note in notes_of(plan, library, link_to):
        notes.append(note)
        progress("writing notes", len(notes), len(heads))
    return vault.write(notes)
