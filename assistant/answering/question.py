"""What a question asks: its language and parts, what it compares, how much it wants to hear."""

import re
from dataclasses import dataclass

from ingest.text.sentences import language

_LEAD = re.compile(
    r"^(?:please\s+)?(?:explain|compare|contrast|describe|what(?:'s| is| are)|"
    r"how (?:do|does|is|are)|tell me about|"
    r"when (?:should|do|would) (?:i|we|you) (?:use|choose|pick)|"
    r"should (?:i|we|you) (?:use|choose|pick|prefer)|请?(?:解释|比较|说明|介绍)(?:一下)?)\s*",
    re.IGNORECASE,
)
_TAIL = re.compile(
    r"(?:\s*[:：,，;；(（].*|\s+(?:in terms of|when it comes to|for|on|regarding)\s.*|"
    r"\s*(?:之间)?的?(?:区别|不同|差别|差异)(?:是什么|在哪里|有哪些)?\s*)$",
    re.IGNORECASE,
)
_SEPARATED = re.compile(
    r"\s*(?:,|，|、|\band\b|\bor\b|\bvs\.?|\bversus\b|和|与|跟|以及|还是)\s*", re.I
)
# A first side that may be anything begins its line: searched for from every place it would cost the
# square of the length.
_COMPARISONS = (
    re.compile(r"differences?\s+between\s+(.+?)\s+and\s+(.+)", re.IGNORECASE),
    re.compile(r"how\s+\w+\s+(.+?)\s+(?:differ|different)\s+(?:from|to)\s+(.+)", re.IGNORECASE),
    re.compile(r"(?:compare|contrast)\s+(.+?)\s+(?:and|with|to)\s+(.+)", re.IGNORECASE),
    re.compile(r"^(.+?)\s+compared?\s+(?:to|with)\s+(.+)", re.IGNORECASE | re.MULTILINE),
    re.compile(r"^(.+?)\s+(?:vs\.?|versus)\s+(.+)", re.IGNORECASE | re.MULTILINE),
    re.compile(
        r"(?:which|better|choose|pick|prefer|选|哪|更)[^:：\n]{0,80}[:：]\s?"
        r"(\S{1,60}(?: \S{1,60})?)\s?(?:\bor\b|还是)\s?(\S{1,60}(?: \S{1,60})?)$",
        re.IGNORECASE,
    ),
    re.compile(r"^(\S+(?: \S+)?)\s*(?:\bor\b|还是)\s*(\S+(?: \S+)?)$", re.IGNORECASE),
    re.compile(r"^(.+?)\s+(?:and|&)\s+(.+?)\s*[:,]\s*(?:differences?|comparison|compared)$", re.I),
    re.compile(
        r"\b[Ww]hich of (?:the )?(\S*[A-Z\d].{0,60}?) (?:and|or) (\S*[A-Z\d].{0,60}?) (?:is|are|"
        r"was|has|had|does|can|should|needs?|uses?|takes?|costs?|gives?|runs?|works?|supports?)\b"
    ),
    re.compile(
        r"(?:use|choose|pick|prefer)\s+(.+?)\s+(?:or|over|instead of)\s+(.+)", re.IGNORECASE
    ),
    re.compile(
        r"^(.+?)\s*(?:和|与|跟|同)\s*(.{1,200}?)(?:之间)?(?:的|有什么|有何)(?:区别|不同|差别|差异)",
        re.MULTILINE,
    ),
    re.compile(
        r"^(.+?)\s*(?:和|与|跟)\s*(.{1,200}?)(?:相比|比较|对比|比[，,]|哪个|怎么选|如何选)",
        re.MULTILINE,
    ),
)  # fmt: skip
_ENUMERATED = re.compile(
    r"^(.+?)\s*[:：]\s*(?:.*\b(?:each|them|which|both)\b.*|.*(?:各自|分别|哪个).*)$", re.I
)
_LONGEST_SIDE = 8  # words

_ASKS_AGAIN = (
    r"(?:(?:in|on|at|by|for|from|to|with|under|of|about)\s+)?"
    r"(?:how|why|what|when|where|which|who|whom|whose|is|are|does|do|did|can|could|should)\b"
)
_PARTS = re.compile(
    rf"[?;]+\s+(?:and\s+|but\s+)?|\s*,?\s+(?:and|but)\s+(?={_ASKS_AGAIN})|,\s+(?={_ASKS_AGAIN})|"
    r"[？；]+|[，,](?=(?:为什么|为何|怎么|怎样|如何|有什么|有没有|有哪些|哪|是否|能否|什么时候|谁|还能|还可以|"
    r"和.{1,12}相比|与.{1,12}相比|它)|[^，,]{1,12}(?:多少|哪一?[种个]|多久))",
    re.IGNORECASE,
)
_FEWEST_LETTERS = 4
_ASKS = re.compile(
    rf"{_ASKS_AGAIN}|\b(?:explain|describe|compare|contrast|list|name|tell|give|show|walk|outline|"
    r"summari[sz]e)\b|"
    r"什么|怎[么样]|如何|为何|哪|谁|多少|几|吗|有没有|有何|是否|能否|区别|不同|解释|介绍|说明|比较|列出|推荐|总结|概括",
    re.IGNORECASE,
)

_NARROW = re.compile(
    r"\bhow (?:many|much|large|big|long|fast|far|old|often)\b|"
    r"\b(?:who|whom|whose|when (?:was|were|did))\b|^when\b(?! \w+ (?:i|we|you|it)\b)|"
    r"\b(?:what|which) (?:sizes?|numbers?|percentage|fraction|share|years?|rates?|ratio|values?|"
    r"licen[cs]e|name|version|dataset|optimi[sz]er|company|authors?)\b|"
    r"多少|几[个种倍年层]|哪一?年|多[大长快高]|谁",
    re.IGNORECASE,
)
_WIDE = re.compile(
    r"\b(?:how|why|explain|compare|describe|overview|introduc\w+|walk|summar\w+|intuition|"
    r"understand|pros|cons|benefits?|advantages?|drawbacks?|trade-?offs?|steps?|differ\w*|vs|versus)\b|"
    r"解释|为什么|为何|怎[么样]|如何|原理|介绍|区别|不同|优[点势]|缺点|步骤|比较",
    re.IGNORECASE,
)


ASKING = (
    "a about am an and any are as ask at be been being between by can compare compared contrast "
    "could describe did differ difference differences different do does doing each every explain "
    "for from "
    "get give had happen has have how i if in is it its just list long make many may me mean means "
    "might much must my need of on one or our please should show so some summarise summarize take "
    "tell than that the their them then there these they this those to try use used using versus "
    "very vs was way were what when where whether which who whom whose why will with work works "
    "would you your"
)
"""Words that say that something is asked, not what."""

_ASKING = frozenset(ASKING.split())
_NAME = re.compile(
    r"(?=\d{0,40}[A-Za-z])[a-zA-Z\d][\w+]*(?:[-.][\w+]+)*|(?<!\d)\d++(?:\.\d++)+", re.ASCII
)
_BEGUN = re.compile(r"(?:^|[?!]|[a-z]{3}\.\s)\W*$")
_VERSION = re.compile(
    r"(?<![A-Za-z0-9.])(?P<name>[A-Za-z]*[A-Z][A-Za-z]*)[- ]?v?"
    r"(?P<number>\d{1,2}(?:\.\d{1,2})?)(?![A-Za-z0-9%]|\.\d)"
)
_WORK = re.compile(
    r"\b(?:papers?|articles?|titles?|titled|called|named?|works?|posts?|which|who)\b|论文|文章|标题|哪",
    re.IGNORECASE,
)
_PLACES = (
    "figure",
    "fig",
    "table",
    "section",
    "chapter",
    "step",
    "part",
    "top",
    "page",
    "appendix",
)


@dataclass(frozen=True, slots=True)
class Question:
    """A question as asked: its language, the things it compares and the parts it has.

    ``sides`` is empty where nothing is compared. ``parts`` holds at least one text, each in words
    that can be searched alone; a question that asks one thing is its only part. ``scope`` says how
    much an answer should cover: ``narrow`` (a number, a name), ``wide`` (an explanation,
    a comparison) or ``plain``.
    """

    text: str
    lang: str
    sides: tuple[str, ...] = ()
    parts: tuple[str, ...] = ()
    scope: str = "plain"


def names(text: str) -> list[str]:
    """Return the names in a question: words with a capital or a digit, three signs or longer.

    The first word of a sentence counts only when it has a digit or a second capital.
    """
    words = []
    for word in _NAME.finditer(text):
        inside = word[0][1:]
        odd = any(sign.isupper() or sign.isdigit() for sign in inside)
        named = word[0][0].isupper() and not _BEGUN.search(text, 0, word.start())
        if len(word[0]) >= 3 and (odd or named):
            words.append(word[0])
    return words


def wants_title(text: str) -> bool:
    """Say whether a question asks for a work by name, so that a heading may be its answer."""
    return bool(_WORK.search(text))


def versions(text: str) -> list[tuple[str, str]]:
    """Return names with the version that follows them: ("Gemma", "3"), ("FlashAttention", "2")."""
    return [
        (match["name"], match["number"])
        for match in _VERSION.finditer(text)
        if match["name"].casefold() not in _PLACES and match["name"].casefold() not in _ASKING
    ]


def understand(text: str) -> Question:
    """Read a question: its language, sides, parts and scope, by the form of its words alone."""
    text = " ".join(text.split())
    sides, parts = _sides(text), _parts(text)
    scopes = {"wide"} if sides else {_scope(part) for part in parts}
    scope = next(scope for scope in ("wide", "plain", "narrow") if scope in scopes)
    return Question(text, language(text), sides, parts, scope)


def _scope(part: str) -> str:
    """Return how much one part of a question wants to hear."""
    if re.match(r"(?:how|why)\b(?! (?:many|much|large|big|long|fast|far|old|often)\b)", part, re.I):
        return "wide"
    if _NARROW.search(part):
        return "narrow"
    return "wide" if _WIDE.search(part) else "plain"


def _sides(text: str) -> tuple[str, ...]:
    """Return the things a question compares, two or more; none where it compares nothing."""
    plain = text.rstrip(" ?？.。!！")
    listed = _ENUMERATED.match(plain)
    if listed and len(sides := _separate(listed[1])) >= 2:
        return _completed(sides)
    for pattern in _COMPARISONS:
        if match := pattern.search(plain):
            first = _LEAD.sub("", match[1]).strip()
            sides = (*_separate(first), *_separate(_TAIL.sub("", _LEAD.sub("", match[2])).strip()))
            if len(sides) >= 2:
                return _completed(sides)
    return ()


def _completed(sides: tuple[str, ...]) -> tuple[str, ...]:
    """Return sides with the noun that only the last one names: tensor and pipeline parallelism."""
    _, _, noun = sides[-1].partition(" ")
    return tuple(
        f"{side} {noun}" if noun and side.isalpha() and side[1:].islower() else side
        for side in sides
    )


def _separate(text: str) -> tuple[str, ...]:
    """Return the things an enumeration names, in a few words each; what is longer is no name."""
    text = _LEAD.sub("", text)
    sides = tuple(side.strip(" ?？.。") for side in _SEPARATED.split(text) if side.strip(" ?？.。"))
    return sides if all(len(side.split()) <= _LONGEST_SIDE for side in sides) else (text,)


def _parts(text: str) -> tuple[str, ...]:
    """Return what a question asks one after the other, each with the names of the first part.

    "What does it solve and how?" asks how of the same thing.
    """
    pieces = asked_in_turn(text)
    if len(pieces) < 2:
        return (text,)
    subject = _subject(pieces[0])
    parts = [pieces[0]]
    for piece in pieces[1:]:
        bare = len(piece.split()) < 2 and (piece.isascii() or len(piece) < _FEWEST_LETTERS)
        if bare:
            parts.append(f"{piece} {subject}")
        elif subject and not _named(piece):
            parts.append(f"{piece} ({subject})")
        else:
            parts.append(piece)
    return tuple(parts)


def asked_in_turn(text: str) -> list[str]:
    """Return what a question asks one after the other, each as it stands there."""
    text = " ".join(text.split())  # the pattern tries every run of spaces from each of its places
    pieces = [piece.strip(" ,，") for piece in _PARTS.split(text.rstrip(" ?？.。!！"))]
    pieces = [piece for piece in pieces if piece]
    # "In simple terms, what is ...?"
    asking = next((at for at, piece in enumerate(pieces) if _ASKS.search(piece)), len(pieces) - 1)
    return [", ".join(pieces[: asking + 1]), *pieces[asking + 1 :]] if pieces else []


def _named(part: str) -> list[str]:
    """Return the names in a part of a question; the word it begins with is none by its capital."""
    return names(part[:1].lower() + part[1:])


def _subject(part: str) -> str:
    """Return what a part is about: its names, else its words that do not only ask."""
    if named := _named(part):
        return ", ".join(dict.fromkeys(named))
    words = [word for word in re.findall(r"[\w-]+", part) if word.casefold() not in _ASKING]
    return " ".join(words[-4:])
