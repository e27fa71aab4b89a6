"""What a person typed, as it is searched for: plain letters, its language, the words that tell.

Knows nothing of spelling (see `spelling`) and nothing of who asks.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Callable

from index.search.lexical import WordIndex
from ingest.errors import UsageError
from ingest.text.scripts import HAN, has_han
from ingest.text.sentences import language, language_code

_MOST_TERMS = 40
"""A longer query is a pasted page or log: of it those words are searched that tell most."""

_MOST_PASTED = 12
"""The same of lines of a program or log, most words of which name places in it."""

_LINES = 3  # fewer are no log
_TELLING = 16
_LEAST = 10  # times less than the most telling word tells: the lines of a log repeat it
_FEWEST = 4  # words that tell a language
_SURE = 0.6
_WORD = re.compile(r"[^\W_]+")
_LETTERS = re.compile(r"[^\W\d_]{2,}")
_LONG = re.compile(rf"[^\W_]{{2,}}|[{HAN}]")
_CODE = re.compile(r"[\w)]\(|\w[_/\\]\w|\w::?\w|\d:\d\d|[=\[\]{}<>]|(?:Error|Exception)\b")
_ENGLISH = frozenset(
    re.findall(
        r"\w+",
        "an and are at be between by can did do does for from how if is it its of on or than"
        " that the their there these they this to vs what when where which who why with you your",
    )
)


def narrow(text: str) -> str:
    """Return a query with full-width letters as the narrow ones a keyboard gives."""
    return text if text.isascii() else unicodedata.normalize("NFKC", text)


def has_words(text: str) -> bool:
    """Say whether a text holds anything to search for, more than signs or a single letter."""
    return bool(_LONG.search(narrow(text)))


def require_words(text: str, what: str = "query") -> None:
    """Refuse a text that holds nothing to search for; ``what`` is what it was meant to be.

    Raises:
        UsageError: it is empty, or signs, an emoji or a single letter are all it holds.
    """
    if has_words(text):
        return
    if not text.strip():
        raise UsageError(f"The {what} is empty: say what to search for.")
    raise UsageError(
        f"There is no word in '{text.strip()[:40]}': say what to search for, in a word or more."
    )


def language_of(text: str, holds: Callable[[str], bool]) -> str:
    """Return the language of a query: two letters.

    Whoever writes a word in Han characters reads Chinese, whatever else the query holds. Short text
    in plain letters counts as English, unless most of its words stand nowhere in the library
    (``holds`` says whether one does) and none is a small word of English.
    """
    guess = language(text)
    if guess == "en" and has_han(text):
        return "zh"
    words = [word.lower() for word in _LETTERS.findall(text)]
    if guess != "en" or len(words) < _FEWEST or _ENGLISH & set(words):
        return guess
    if 2 * sum(map(holds, words)) > len(words):
        return guess
    code, sure = language_code(text)
    return code if sure >= _SURE else guess


def _is_log(text: str) -> bool:
    """Say whether a text is lines of a log or traceback: most hold signs that prose has none of."""
    lines = [line for line in text.splitlines() if line.strip()]
    return len(lines) >= _LINES and 2 * sum(map(bool, map(_CODE.search, lines))) > len(lines)


def reduced(text: str, words: WordIndex) -> str:
    """Return a query, or of a long one the words that tell most, in their order.

    Those tell that are rare in the library, yet stand there, and are not said over and over in the
    query itself, as the lines of a traceback are. Bare numbers do not count.
    """
    tokens = _WORD.findall(text)
    most = _MOST_PASTED if _is_log(text) else _MOST_TERMS
    if len(tokens) <= most and len(set(words.terms(text))) <= most:
        return text
    said = Counter(word.lower() for word in tokens)
    terms = {word: words.terms(word) for word in said if not word.isdigit()}
    idf = words.idf({term for own in terms.values() for term in own})
    absent = words.absent(idf)
    worth = {
        word: max(idf[term] for term in own) / said[word]
        for word, own in terms.items()
        if own and not absent.issuperset(own)
    }
    least = max(worth.values(), default=0.0) / _LEAST
    telling = {
        word
        for word in sorted(worth, key=lambda word: (-worth[word], word))[:_TELLING]
        if worth[word] >= least
    }
    kept = dict.fromkeys(word.lower() for word in tokens if word.lower() in telling)
    first = {word.lower(): word for word in reversed(tokens)}
    return " ".join(first[word] for word in kept) or text
