"""The rules of the judge: when an answer is correct, when a quote supports a sentence."""

import re
from dataclasses import dataclass, field

from tests.benchmarks.judge_text import (
    TABLES,
    Quantity,
    chinese,
    counted,
    denies,
    expand,
    holds_name,
    names,
    quantities,
    sentences,
    stem,
    words,
)  # fmt: skip

ENOUGH = 0.6
SAME = 0.8
_LITERAL = re.compile(r"`[^`]*`|\"[^\"\n]*\"|“[^”\n]*”")  # code and quotations claim nothing
_LABEL = re.compile(
    r"\b[A-Z][A-Za-z]+ \d+(?:\.\d+)?(?![\d%KMBT.])(?= [a-z(]|[,.;:)?!\n]|$)"
)  # "Gemma 2"


@dataclass(frozen=True, slots=True)
class Aliases:
    """Other words for those of one reference, and the reference in the other language."""

    words: dict[str, list[str]] = field(default_factory=dict)
    also: str = ""


def why_wrong(said: str, reference: str, question: str, aliases: Aliases) -> str:
    """Say what is wrong with an answer by its reference; nothing where it is correct."""
    reason = _against(said, reference, question, aliases)
    if not reason or not aliases.also:
        return reason
    other = _against(said, aliases.also, question, aliases)
    return min(reason, other, key=len) if not other else reason


def _against(said: str, reference: str, question: str, aliases: Aliases) -> str:
    wide = expand(said)
    granted = {
        stem_or_self(word): any(_says(wide, each) for each in every)
        for word, every in aliases.words.items()
    }
    have = quantities(said) + _in_names(said)
    for wanted in quantities(reference):
        if not any(wanted.met_by(each) for each in have) and not granted.get(
            f"{wanted.value:g}", False
        ):
            return f"{wanted.value:g} {wanted.unit}".strip() + " is not said"
    known = names(reference)
    for name in known:
        if not holds_name(wide, name) and not granted.get(name.casefold(), False):
            return f"{name} is not said"
    if (wrong := contradiction(said, reference, question)) is not None:
        return wrong
    wanted_words = words(reference) - words(" ".join(known))
    if (chinese(reference) and not chinese(said)) or (chinese(said) and not chinese(reference)):
        if known or quantities(reference):
            return ""
        return "in another language than its reference"
    found = wanted_words & words(wide) | {w for w in wanted_words if granted.get(w, False)}
    if len(found) < ENOUGH * len(wanted_words):
        missing = " ".join(sorted(wanted_words - found))
        return f"{len(found)} of {len(wanted_words)} words, without: {missing}"
    return ""


def contradiction(said: str, reference: str, question: str) -> str | None:
    """Return what an answer says otherwise than its reference, if anything.

    That is another number for the same quantity, or a yes for a no. A quantity is taken for the
    same if it has the same unit, stands in a sentence about the whole question (all its names, more
    than half of its words, half of those of the reference if there is a unit) which does not give
    the reference's number too, and, without a unit, counts something that question or reference
    names. A number of the question or the reference is no contradiction.
    """
    begins = [re.match(r"\W*(yes|no)\b", text, re.IGNORECASE) for text in (said, reference)]
    if begins[0] and begins[1] and begins[0][1].casefold() != begins[1][1].casefold():
        return "yes and no exchanged"
    if chinese(question) != chinese(said):
        return None
    wanted = quantities(reference)
    fixed = wanted + quantities(question)
    asked, told = words(question), words(reference)
    for sentence in sentences(_LITERAL.sub(" ", said)):
        spoken = words(expand(sentence))
        inside = counted(_LABEL.sub(" ", sentence))
        if (
            any(each.met_by(other) for each in wanted for other, _ in inside)
            or not all(
                label.casefold() in sentence.casefold() for label in _LABEL.findall(question)
            )
            or not all(holds_name(expand(sentence), name) for name in names(question))
            or len(asked & spoken) <= 0.5 * len(asked)
        ):
            continue
        for other, things in inside:
            about = (
                len(told & spoken) >= 0.5 * len(told)
                if other.unit
                else not things or things & (asked | told)
            )
            if (
                about
                and any(other.unit == each.unit for each in wanted)
                and not _year(other)
                and not any(other.met_by(each) or each.met_by(other) for each in fixed)
            ):
                return f"{other.value:g} {other.unit}".strip() + " is said instead"
    return None


def why_unsound(quote: str | None, sentence: str) -> str:
    """Say why a quote does not support a sentence; nothing where it does."""
    if quote is None:
        return "cites no citation of the answer"
    if _flat(sentence) in _flat(quote):
        return ""
    wide = expand(quote)
    have = quantities(quote) + _in_names(quote)
    for wanted in quantities(sentence):
        if not any(wanted.met_by(each) for each in have):
            return f"{wanted.value:g} {wanted.unit}".strip() + " is not in the quote"
    for name in names(sentence):
        if not holds_name(wide, name):
            return f"{name} is not in the quote"
    if chinese(sentence) != chinese(quote):
        return _between_languages(sentence, quote)
    wanted_words, found = words(sentence), words(wide)
    share = len(wanted_words & found) / max(1, len(wanted_words))
    if not wanted_words or share < ENOUGH:
        return f"{share:.2f} of its words are in the quote"
    near = max(sentences(quote), key=lambda each: len(words(each) & wanted_words))
    if denies(sentence) and not denies(quote):
        return "it denies and the quote does not"
    if denies(near) and not denies(sentence) and _same_words(words(near), wanted_words):
        return "the quote denies and it does not"
    return ""


def _same_words(one: set[str], other: set[str]) -> bool:
    return len(one & other) >= SAME * max(len(one), len(other))


def _between_languages(sentence: str, quote: str) -> str:
    """Judge a sentence by a quote in another language: what the glossary knows must be there."""
    low = quote.casefold()
    known = [
        any(each in low for each in ([term] if chinese(quote) else english))
        for term, english in TABLES["glossary"].items()
        if (
            term in sentence
            if chinese(sentence)
            else any(e in sentence.casefold() for e in english)
        )
    ]
    if len(known) < 2 and not names(sentence) and not quantities(sentence):
        return "another language, and nothing to compare by"
    if known and sum(known) < ENOUGH * len(known):
        return f"{sum(known)} of {len(known)} terms of the glossary are in the quote"
    return ""


def _says(wide: str, phrase: str) -> bool:
    """Say whether one sentence of a text holds a phrase: its words, names and numbers."""
    if phrase.casefold() in wide.casefold():
        return True
    if chinese(phrase) or not words(phrase):
        return False
    return any(
        words(phrase) <= words(each)
        and all(holds_name(each, name) for name in names(phrase))
        and all(any(q.met_by(o) for o in quantities(each)) for q in quantities(phrase))
        for each in sentences(wide)
    )


def stem_or_self(word: str) -> str:
    """Return how a content word, name or number of a reference is looked up."""
    return (
        stem(word.casefold())
        if word.isascii() and word.isalpha() and word.islower()
        else word.casefold()
    )


def _in_names(text: str) -> list[Quantity]:
    """Return the sizes that stand in names: 70 billion in Llama-2-70B, 4 bits in int4."""
    return [
        each for name in names(text) for part in name.split("-") for each in quantities(part)
    ] + [
        each
        for name in names(text)
        if name.casefold().startswith("int")
        for each in quantities(name[3:] + " bit")
    ]


def _year(quantity: Quantity) -> bool:
    return not quantity.unit and 1900 <= quantity.value <= 2100 and quantity.value % 1 == 0


def _flat(text: str) -> str:
    return "".join(each for each in text.casefold() if each.isalnum())
