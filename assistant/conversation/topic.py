"""What a question is about, in English or Chinese, so that the next one can lean on it.

A question is cut at the words that ask, at verbs and at little words, and the runs of words between
them are its phrases (as RAKE does, Rose et al. 2010): the first that names a thing is its topic.
"""

import re
import tomllib
from itertools import groupby
from operator import itemgetter

from assistant.answering.question import understand
from assistant.learning import primer
from assistant.wording import wording
from ingest.shipped import shipped
from ingest.text.sentences import language
from ingest.text.things import names_said
from ingest.text.words import QUESTION_WORDS, singular

_READ = tomllib.loads(shipped("follow_ups.toml").read_text("utf-8"))
_VERBS = frozenset(_READ["en"]["verbs"].split())
_SIDES = frozenset(_READ["en"]["sides"].split())
_EMPTY = QUESTION_WORDS | frozenset(_READ["en"]["little"].split())
_ENDS_ZH = wording("conversation").exact["ends_zh"]
WORD = re.compile(r"[^\W_][\w'+.-]*[\w+]|[^\W_]")
MARKS = " ?!.？。！"
_LONGEST = 8  # words: what is called a side, and is longer, is no name


def topics(question: str) -> list[str]:
    """Return what a question is about: both sides of a comparison, else one thing, else nothing."""
    plain = " ".join(question.split()).rstrip(MARKS)
    sides = [side.strip(" ,;:\"'") for side in understand(plain).sides]
    if sides and all(len(side.split()) <= _LONGEST for side in sides):
        return [
            _ENDS_ZH.sub("", side).strip() if _chinese(plain) else _bare(side) for side in sides
        ]
    phrases = phrases_zh(plain) if _chinese(plain) else _phrases(plain)
    written = names_said(plain)
    named = [phrase for phrase in phrases if any(name in phrase for name in written)]
    known = [phrase for phrase in phrases if primer.named(phrase)]
    own = [phrase for phrase in phrases if not aspects_only(content(phrase))]
    if len(named) > 1 and f"{named[0]} or {named[1]}" in plain:
        return named[:2]
    return (named or known or own or phrases)[:1]


def content(text: str) -> list[str]:
    """Return the words of a text that carry it: neither asking words nor articles."""
    return [word for word in WORD.findall(text) if word.lower() not in _EMPTY]


def is_stop(word: str) -> bool:
    """Say whether a word ends the name of a thing: it asks, is a verb or little."""
    low = word.lower()
    if low in _EMPTY:
        return True
    stems = {low, low.removesuffix("s"), low.removesuffix("d"), low.removesuffix("ed")}
    return bool(stems & _VERBS)


def aspects_only(words: list[str]) -> bool:
    """Say whether words name sides that anything has (cost, memory, drawbacks), not a thing."""
    return bool(words) and all(
        word.isdigit() or bool({word.lower(), singular(word.lower())} & _SIDES) for word in words
    )


def names_something(text: str, said: str = "") -> bool:
    """Say whether a text names a thing: by the way it is written, or a subject of the primer.

    A subject that was ``said`` before is none of its own.
    """
    new = set(primer.named(text)) - set(primer.named(said))
    return bool(names_said(text)) or bool(new)


def _bare(side: str) -> str:
    words = side.split()
    while len(words) > 1 and words[0].lower() in _EMPTY:
        words.pop(0)
    return " ".join(words)


def _phrases(plain: str) -> list[str]:
    """Return the runs of words of an English question between those that end a name.

    "of" joins what it stands between ("tree of thoughts"), unless a side of something is named
    ("rank of LoRA").
    """
    spans = [(word.span(), is_stop(word[0])) for word in WORD.finditer(plain)]
    runs = [list(run) for stop, run in groupby(spans, itemgetter(1)) if not stop]
    phrases: list[str] = []
    ended = -1
    for run in runs:
        start, end = run[0][0][0], run[-1][0][1]
        phrase = plain[start:end]
        if phrases and plain[ended:start] == " of " and not aspects_only(content(phrases[-1])):
            phrase = f"{phrases.pop()} of {phrase}"
        phrases.append(phrase)
        ended = end
    return phrases


def phrases_zh(plain: str) -> list[str]:
    """Return the pieces of a Chinese question between the words that ask and the verbs."""
    parts = [part.strip(" ，,的是在用由不") for part in _ENDS_ZH.split(plain)]
    return [part for part in parts if part]


def _chinese(text: str) -> bool:
    return language(text) == "zh"
