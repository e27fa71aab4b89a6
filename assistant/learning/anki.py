"""Study cards as an Anki deck file. Knows Anki's fields and ids, not where cards come from."""

import hashlib
import html
import itertools
import json
import os
import re
import sqlite3
import tempfile
import time
import zipfile
from collections.abc import Sequence
from pathlib import Path

from assistant.learning import primer
from assistant.learning.card import Card
from ingest.disk import settle
from ingest.errors import UsageError
from ingest.links.schemes import is_web
from ingest.text.formulas import FORMULA, tex_of
from ingest.values import PRIMER

_FIELDS = ("Question", "Answer", "Quote", "Source")
_FRONT = "{{Question}}"
_BACK = (
    '{{FrontSide}}<hr id="answer">{{Answer}}'
    "<details><summary>Quote</summary><blockquote>{{Quote}}</blockquote></details>"
    "<p><small>{{Source}}</small></p>"
)
_MODEL = "refdesk question, answer, quote, source"


def write_anki(cards: Sequence[Card], file: Path, topic: str) -> None:
    """Write cards as an ``.apkg`` file; importing a newer one updates the same deck and notes.

    Ids are hashes: of the topic for the deck, of address and question for each note.

    Raises:
        UsageError: the name does not end in ``.apkg``, or the file cannot be written.
    """
    if file.suffix.lower() != ".apkg":
        raise UsageError(f"{file}: the name of an Anki deck ends in .apkg.")
    if file.is_dir():
        raise UsageError(f"The deck {file} cannot be written: it is a folder. Name another file.")
    part = file.with_name(f".{file.name}.{os.getpid()}.part")
    try:
        with tempfile.TemporaryDirectory() as scratch:
            collection = Path(scratch) / "collection.anki2"
            _write_collection(cards, collection, topic)
            with zipfile.ZipFile(part, "w", zipfile.ZIP_DEFLATED) as package:
                package.write(collection, "collection.anki2")
                package.writestr("media", json.dumps({}))
        settle(part, file)
    except OSError as error:
        raise UsageError(
            f"The deck {file} cannot be written: {error.strerror or error}. Name another file."
        ) from error
    finally:
        part.unlink(missing_ok=True)


def _write_collection(cards: Sequence[Card], file: Path, topic: str) -> None:
    import genanki

    note = primer.find(topic)
    name = note.topic if note else topic.strip()
    model = genanki.Model(
        _number(_MODEL),
        _MODEL,
        fields=[{"name": field} for field in _FIELDS],
        templates=[{"name": "Card", "qfmt": _FRONT, "afmt": _BACK}],
    )
    deck = genanki.Deck(_number(f"refdesk deck {name}"), f"refdesk: {name.replace('::', ':')}")
    for card in cards:
        fields = [_html(card.question), _html(card.answer), _html(card.quote), _source(card)]
        guid = hashlib.sha256(f"{card.url}\n{card.question}".encode()).hexdigest()[:20]
        deck.add_note(genanki.Note(model=model, fields=fields, guid=guid))
    # genanki's own write_to_file leaves a temporary file behind
    database = sqlite3.connect(file)
    try:
        now = time.time()
        ids = itertools.count(int(now * 1000))
        genanki.Package(deck).write_to_db(database.cursor(), now, ids)
        database.commit()
    finally:
        database.close()


def _number(name: str) -> int:
    """A stable id in the range Anki uses."""
    digest = hashlib.sha256(name.encode()).digest()
    return (1 << 30) + int.from_bytes(digest[:4]) % (1 << 30)


def _html(text: str) -> str:
    """Return text as HTML that shows it and does nothing; formulas as Anki's MathJax."""
    safe = FORMULA.sub(_mathjax, html.escape(text)).replace(r"\$", "$")
    return safe.replace("\n", "<br>")


def _mathjax(formula: re.Match[str]) -> str:
    tex, displayed = tex_of(formula)
    return rf"\[{tex}\]" if displayed else rf"\({tex}\)"


def _source(card: "Card") -> str:
    title = html.escape(card.title)
    if card.url.startswith(PRIMER):
        return f"refdesk primer: {title}"
    if is_web(card.url):
        return f'<a href="{html.escape(card.url)}" rel="noreferrer">{title}</a>'
    return title
