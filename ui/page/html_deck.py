"""Study cards as HTML: the one that is due, what is kept of each section, and a quiz.

Every text of a card is a source's: it is escaped, its formulas are set.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from html import escape

from assistant.answering.values import Sentence
from assistant.learning.cards import Card
from assistant.learning.deck import RATINGS, Kept, Standing
from index.store.values import Recommendation
from ingest.text.formulas import FORMULA
from ingest.text.sentences import sentences
from ingest.values import PRIMER
from ui.page.formulas import typeset
from ui.page.html import framed, message_html, reader_link
from ui.page.i18n import Texts

_CHOICES = 4
_QUESTIONS = 5
_SHORT = 260  # characters of a choice


def make_button(say: Texts, **what: object) -> str:
    """Return the button that makes cards of ``what``: an answer's quotations, a source, a topic."""
    data = escape(json.dumps({"do": "make", **what}, ensure_ascii=False))
    return (
        f'<button type="button" class="deck-act" data-act="{data}">'
        f"{escape(say('deck.make'))}</button>"
    )


def quotes_of(sentences: Sequence[Sentence], urls: Mapping[int, str]) -> list[list[str]]:
    """Return what an answer quotes word for word: pairs of a source's address and its words."""
    return [
        [urls[sentence.citations[0]], sentence.original or sentence.text]
        for sentence in sentences
        if (sentence.verbatim or sentence.original is not None)
        and sentence.citations
        and sentence.citations[0] in urls
    ]


def due_html(standing: Standing, say: Texts) -> str:
    """Return the line that says how many cards are due; nothing where none are kept."""
    if not standing.due:
        return ""
    said = say("deck.due_one") if standing.due == 1 else say("deck.due", count=standing.due)
    return (
        f'<p class="due" role="status">{escape(said)} <button type="button" class="to-tab" '
        f'data-tab="{escape(say("tab.cards"))}">{escape(say("deck.review"))}</button></p>'
    )


def review_html(card: Kept | None, standing: Standing, say: Texts) -> str:
    """Return the card to review, its answer folded; what is said where none is due."""
    if not standing.kept:
        return message_html(say("deck.invite"), say("deck.explain"))
    if card is None:
        when = standing.next_due
        text = say("deck.next", when=_when(when, say)) if when else ""
        return message_html(say("deck.done"), text)
    rates = "".join(
        f'<button type="button" class="deck-act rate" data-key="{number}" '
        f'data-act="{_act(do="rate", card=card.number, rating=number)}">'
        f"{escape(say(f'deck.{name}'))} <kbd>{number}</kbd></button>"
        for number, name in enumerate(RATINGS, 1)
    )
    left = say("deck.left", count=standing.due)
    return framed(
        f'<p class="legend">{escape(card.topic)} · {escape(left)}</p>'
        f'<article class="study" data-card-number="{card.number}">'
        f'<h2 class="asked-of">{typeset(card.card.question)}</h2>'
        f'<details class="back"><summary>{escape(say("deck.show"))} '
        f"<kbd>{escape(say('deck.space'))}</kbd></summary>"
        f"<blockquote>{_lines(card.card.answer)}</blockquote>{_where(card.card, say)}"
        f'<p class="rates" role="group" aria-label="{escape(say("deck.rate"))}">{rates}</p>'
        f'</details><p class="tools"><button type="button" class="deck-act" '
        f'data-act="{_act(do="remove", card=card.number)}">{escape(say("deck.remove"))}</button>'
        "</p></article>"
    )


def progress_html(
    kept: Sequence[Kept], places: Mapping[str, Sequence[Recommendation]], say: Texts
) -> str:
    """Return how far one is in each section of the lists: cards, those learned, those due."""
    if not kept:
        return ""
    now = datetime.now(UTC)
    rows: dict[str, list[Kept]] = {}
    for card in kept:
        there = places.get(card.card.url, ())
        names = {" › ".join([place.list, *place.section[:2]]) for place in there}
        primer = card.card.url.startswith(PRIMER)
        for name in names or {say("card.primer" if primer else "deck.no_section")}:
            rows.setdefault(name, []).append(card)
    body = "".join(
        f'<tr class="deck-row" tabindex="-1"><th scope="row">{escape(name)}</th>'
        f'<td class="number">{len(cards)}</td>'
        f'<td class="number">{sum(card.learned for card in cards)}</td>'
        f'<td class="number">{sum(card.due <= now for card in cards)}</td></tr>'
        for name, cards in sorted(rows.items())
    )
    heads = "".join(
        f'<th scope="col" class="{"number" if key != "deck.section" else ""}">{escape(say(key))}'
        "</th>"
        for key in ("deck.section", "deck.cards", "deck.learned", "deck.due_now")
    )
    return framed(
        f"<h2>{escape(say('deck.progress'))}</h2>"
        f'<div class="scroll" tabindex="0"><table><thead><tr>{heads}</tr></thead>'
        f"<tbody>{body}</tbody></table></div>",
        kind="wide",
    )


def quiz_html(cards: Sequence[Card], topic: str, say: Texts) -> str:
    """Return a short quiz: questions with answers to choose from, the passage for each mistake.

    The wrong choices are answers of the other cards; without enough of them there is no quiz.
    """
    of_words = [card for card in cards if not _is_gap(card)]
    asked = of_words[:_QUESTIONS] if len(of_words) >= _CHOICES else []
    if not asked:
        return ""
    parts = []
    for number, card in enumerate(asked):
        others = [other for other in of_words if other.answer != card.answer]
        others.sort(key=lambda other: _order(card.question, other.answer))
        choices = sorted(
            [card, *others[: _CHOICES - 1]], key=lambda choice: _order(choice.answer, card.question)
        )
        rows = "".join(
            f'<label><input type="radio" name="quiz-{number}" '
            f'value="{int(choice is card)}"> <span>{typeset(_short(choice.answer))}</span></label>'
            for choice in choices
        )
        parts.append(
            f"<fieldset><legend>{number + 1}. {typeset(card.question)}</legend>{rows}"
            f'<div class="passage" hidden><p class="small">{escape(say("quiz.passage"))}</p>'
            f"<blockquote>{_lines(card.quote)}</blockquote>{_where(card, say)}</div></fieldset>"
        )
    score = escape(say("quiz.score", right="{right}", count="{count}"))
    return framed(
        f'<details class="quiz" data-score="{score}"><summary>{escape(say("quiz.title"))}</summary>'
        f'{"".join(parts)}<p class="tools"><button type="button" class="check">'
        f"{escape(say('quiz.check'))}</button>{make_button(say, topic=topic)}"
        '<output role="status"></output></p></details>'
    )


def _act(**what: object) -> str:
    return escape(json.dumps(what))


def _where(card: Card, say: Texts) -> str:
    link = reader_link(say, card.title, url=card.url)
    return f'<p class="links"><span class="hint">{escape(say("deck.from"))}</span> {link}</p>'


def _lines(text: str) -> str:
    return "<br>".join(typeset(line) for line in text.split("\n"))


def _short(text: str) -> str:
    """Return what fits of a text: whole sentences, or else whole words and formulas.

    What leads up to a list or a formula says nothing without it.
    """
    first, *rest = text.split("\n")
    text = (
        " ".join([first, *(line.removeprefix("- ") for line in rest)])
        if first[-1:] in ":："
        else first
    )
    if len(text) <= _SHORT:
        return text
    beginning = sentences(text[: 2 * _SHORT])  # none that ends later counts
    whole = max((end for _, end in beginning if end <= _SHORT), default=0)
    if whole and text[whole - 1] not in ":：":
        return text[:whole]
    cut = text.rfind(" ", 0, _SHORT)
    inside = (match for match in FORMULA.finditer(text) if match.start() < cut < match.end())
    cut = next((match.start() for match in inside), cut)
    return f"{text[:cut].rstrip()} …"


def _is_gap(card: Card) -> bool:
    return len(card.answer) < 12  # a number that was left out


def _order(*texts: str) -> bytes:
    """An order without a pattern, the same every time."""
    return hashlib.sha256("\0".join(texts).encode()).digest()


def _when(moment: datetime, say: Texts) -> str:
    minutes = max(1, round((moment - datetime.now(UTC)).total_seconds() / 60))
    if minutes < 90:
        return say("deck.in_minutes", count=minutes)
    if minutes < 60 * 36:
        return say("deck.in_hours", count=round(minutes / 60))
    return say("deck.in_days", count=round(minutes / 60 / 24))
