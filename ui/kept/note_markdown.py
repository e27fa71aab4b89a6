"""Notes as Markdown: page by page, each quote with what was noted of it."""

from collections.abc import Sequence

from assistant.kept.notes import Note
from ui.markdown_form import linked, words


def notes_markdown(notes: Sequence[Note]) -> str:
    """Return notes as Markdown, a heading for each page, its notes in the order of their words."""
    pages: dict[str, list[Note]] = {}
    for note in notes:
        pages.setdefault(note.url, []).append(note)
    parts = []
    for url, mine in pages.items():
        parts.append(f"## {linked(mine[0].title or url, url)}\n")
        for note in sorted(mine, key=lambda note: note.anchor.start):
            parts.append(f"> {words(note.anchor.exact)}\n")
            lines = [words(note.text)] if note.text else []
            lines += [" ".join(f"#{words(tag).replace(' ', '-')}" for tag in note.tags)]
            said = " ".join(line for line in lines if line)
            if said:
                parts.append(f"{said}\n")
    return "\n".join(parts)
