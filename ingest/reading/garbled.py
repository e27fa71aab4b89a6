"""Whether a text is none: glyph numbers or letters through a wrong map, as some PDF files have.

A text through a constant shift is told by what it would be without: the small words of a language
come back. One through any other map is told by its words, most of which have no vowel.
"""

import re
import unicodedata
from collections import Counter

_READ = 6000  # characters
_FEWEST = 30  # words: fewer tell nothing
_ODD = ("Cc", "Co", "Cn", "Cs")
_MOST_ODD = 0.2
_KNOWN = frozenset(
    """
    the of and to in is for that with as are by this be an on from or it at we which not can
    der die das und ist von mit den ein eine zu auf im nicht für dem des sich
    de la le les et des en un une du est que pour dans par sur au avec qui
    el los las y es con se del al una por como más lo
    il di che e non per con sono della nel alla gli
    o a os as do da em para com não uma no na
    het een van op te dat zijn voor met
    """.split()  # noqa: SIM905  # a list of words reads better as words
)
_LITTLE, _MUCH = 0.04, 0.15  # of the words are known ones: too few for a text, enough for one
_FARTHEST = 40  # steps of a shift
_COMMON = " eaotin"  # what the commonest signs of a text through a shift may stand for
_TRIED = 3
_DIFFERENT = 4
_LONG = 200  # characters that are shown
_WORD = re.compile(r"[a-z]{3,}")
_VOICED = 0.5  # of the words have a vowel, at least


def is_garbled(text: str) -> bool:
    """Say whether a text cannot be read by anybody."""
    sample = text[:_READ]
    shown = [char for char in sample if not char.isspace()]
    if not shown:
        return False
    odd = sum(char == "\ufffd" or unicodedata.category(char) in _ODD for char in shown)
    if odd > _MOST_ODD * len(shown):
        return True
    tokens = sample.split()
    plain = sum(char.isascii() for char in shown)
    if _known(tokens) >= _LITTLE:
        return False
    if len(shown) >= _LONG and _shifted_far(sample):
        return True
    if len(tokens) < _FEWEST or plain < 0.8 * len(shown):
        return False
    words = _WORD.findall(sample.lower())
    voiced = sum(bool(re.search("[aeiouy]", word)) for word in words)
    if len(words) >= _FEWEST and voiced < _VOICED * len(words):
        return True
    shifts = (step for size in range(1, _FARTHEST + 1) for step in (size, -size))
    return any(_makes_words(_shifted(sample, step)) for step in shifts)


def _makes_words(text: str) -> bool:
    tokens = [token for token in text.split() if len(token) > 1]  # one letter is soon a word
    known = _KNOWN.intersection(token.lower() for token in tokens)
    return len(known) >= _DIFFERENT and _known(tokens) >= _MUCH


def _shifted_far(text: str) -> bool:
    """Say whether a shift of all signs, the space among them or not, makes words of a text."""
    common = [char for char, _ in Counter(text.replace("\n", "")).most_common(_TRIED + 1)]
    for char in common:
        for meant in _COMMON:
            step = ord(meant) - ord(char)
            if not step or char == " ":
                continue
            moved = "".join(
                other if other.isspace() else chr(max(32, min(ord(other) + step, 0x10FFFF)))
                for other in text
            )
            if len(moved.split()) >= _FEWEST and _makes_words(moved):
                return True
    return False


def _known(tokens: list[str]) -> float:
    said = [token.strip(".,;:()[]\"'").lower() for token in tokens]
    return sum(token in _KNOWN for token in said) / max(1, len(said))


def _shifted(text: str, step: int) -> str:
    table = {code: code + step for code in range(max(33, 33 - step), 127)}
    return text.translate(table)
