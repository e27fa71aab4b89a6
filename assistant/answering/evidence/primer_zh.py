"""The primer's notes in Chinese, in our own wording: what a sentence of a note is called there.

`data/primer-zh` says every note again, piece by piece (see `pieces`): a sentence is looked up, not
translated. Knows nothing of a library; a note is read when it is first asked for.
"""

from functools import cache

from assistant.answering.evidence.pieces import BLOCKS, Piece, pieces
from ingest.primer_zh import files_of


def in_chinese(slug: str, sentence: str) -> str | None:
    """Return the Chinese wording of a sentence, item, row, heading or block of a note.

    ``sentence`` is plain text, as `pieces` gives it, and so is what is returned. A sentence that
    announces what followed it may end in a full stop instead of its colon; the Chinese then does.
    None if the note has no Chinese wording or does not say the sentence.
    """
    wordings = _wordings(slug)
    said = _key(sentence)
    if said in wordings:
        return wordings[said]
    if said.endswith(".") and (announced := wordings.get(said[:-1] + ":")):
        return announced.removesuffix("：") + "。"
    return None


@cache
def _wordings(slug: str) -> dict[str, str]:
    """Return the Chinese of each piece of a note; empty if there is none, or it does not align."""
    files = files_of(slug)
    if files is None:
        return {}
    said, wordings = map(pieces, files)
    if [piece.form for piece in said] != [piece.form for piece in wordings]:
        return {}
    # from the end, so that of two equal pieces the first counts
    pairs = reversed(list(zip(said, wordings, strict=True)))
    return {_key(one.text): _text(other) for one, other in pairs}


def _text(piece: Piece) -> str:
    return piece.text.strip("\n") if piece.form in BLOCKS else _bare(piece.text)


def _key(text: str) -> str:
    return " ".join(_bare(text).split())


def _bare(text: str) -> str:
    """Return a text as libraries have it: without marks around code or before a dollar."""
    return text.replace("`", "").replace("\\$", "$")
