"""What a sentence claims, read off its words: names, numbers, denials, opposites, conditions.

English and Chinese. Knows what must be the same in a sentence and its source, nothing of sources.
A name is matched whole: BERT is not RoBERTa, LoRA not QLoRA.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from ingest.text.alike import classes
from ingest.text.numbers import Quantity, quantities
from ingest.text.opposites import chinese_words, has_contrary
from ingest.text.scripts import HAN
from ingest.text.stems import stem
from ingest.text.words import FUNCTION_WORDS, word_set


class Kind(StrEnum):
    """What a term is: ``RELATION`` is a small word that has a contrary, such as before or with."""

    NAME = "name"
    NUMBER = "number"
    WORD = "word"
    RELATION = "relation"


@dataclass(frozen=True, slots=True)
class Term:
    """One thing that a sentence says, in its place.

    ``key`` is what is compared: the stem of a word, a name without case, hyphens and plural.
    ``denied``: it stands under a denial; ``heads``: it is the first that does. ``opens``: it is
    capitalised where every word would be. ``clause`` counts the clauses before it, ``statement``
    what may have a subject of its own; ``conditional``: its clause is a condition.
    """

    kind: Kind
    key: str
    text: str
    start: int
    end: int
    clause: int
    statement: int
    denied: bool = False
    heads: bool = False
    opens: bool = False
    conditional: bool = False
    quantity: Quantity | None = None

    @property
    def hard(self) -> bool:
        """Whether it must stand in a source as it is."""
        return self.kind in (Kind.NAME, Kind.NUMBER)


@dataclass(frozen=True, slots=True)
class Claims:
    """The terms of a text in order, how often it denies, and whether it compares."""

    terms: tuple[Term, ...]
    denials: int
    compares: bool


# Beside those: words that lead on, and words that say no more than be and have.
_FUNCTION = FUNCTION_WORDS["en"] | word_set(
    "according across actually additionally anything away based became become becomes "
    "besides called certain despite e.g else especially essentially etc everything example "
    "fewer finally furthermore get gets getting given herself himself i.e include included "
    "includes including indeed instead known least let ll made make makes making mean "
    "meaning means meanwhile moreover myself named namely need next others otherwise "
    "overall past perhaps re regarding respectively s say says simply something "
    "specifically t thereby thing things typically use used uses using usually various ve "
    "way whereas yes"
)
_DISCOURSE = word_set(
    "yeah sure yep ok okay oh wow hi hello actually sorry please thanks true false right wrong "
    "first second third next last overall generally additionally currently recently "
    "today nowadays later eventually originally initially interestingly notably importantly "
    "similarly conversely consequently besides despite unlike compared according given based "
    "multiple numerous "
    "following during after before when while once since because if unless although though "
    "sources source others many much people someone everyone everybody nobody anyone"
)
_CONJUNCTION = word_set(
    "but while whereas although though because which who whose if unless when whenever until since "
    "except than"
)
_STATES_ANEW = word_set("but while whereas although though because")
_CONDITION = word_set("if unless whenever except provided")
_CONDITION_ZH = ("如果", "除非", "只有", "倘若", "一旦", "只要")
_DENIALS = word_set(
    "not no never without cannot nor neither none nobody nothing hardly barely scarcely lack lacks "
    "lacked lacking fail fails failed unable refuse refuses refused isnt dont"
)
_DENIALS_ZH = word_set("没有 从不 从未 并非 无法 无需 无须 缺乏 缺少 失败 不 没 未 无 非 勿 别")
_NO_DENIALS_ZH = word_set(
    "不同 不仅 不但 不只 不断 不少 不过 不论 不管 不等 不一样 不一致 无论 无限 非常 无监督 "
    "非线性 未来 无疑 别的 区别 分别 级别 类别 识别 特别 个别 差别 判别"
)
_FUNCTION_ZH = frozenset(
    "的了是在和与也就及而或被把对从到这那它他她其为以有个种些来去着过于并且则再还之等将让使得吗呢"
    "啊吧么什哪怎样所由向中时后前里"
)
_COMPARES = re.compile(
    r"\b(?:than|unlike|compared|versus|vs|whereas|contrast|outperforms?|exceeds?|beats?)\b"
    r"|比|不像|相比|优于|劣于|胜过|超过",
    re.IGNORECASE,
)
_SCOPE = 6
_SCOPE_ZH = 4

_TOKEN = re.compile(
    r"(?P<word>(?<![A-Za-z0-9])[A-Za-zÀ-ɏ][A-Za-z0-9À-ɏ]*(?:[-_.+/'’][A-Za-z0-9À-ɏ]+)*\+*"
    r"|(?<![A-Za-z0-9.])\d+[A-Za-z]+[A-Za-z0-9]*(?:-[A-Za-z0-9]+)*)"
    rf"|(?P<han>[{HAN}]+)|(?P<stop>[,;:()\[\]—–|，；：、。！？（）.!?\n])"
)
_BEGINS = re.compile(r"(?:^|[.!?:;\n。！？：；|•]|[-–—] )[\s\"'“‘’”*_`(\[-]*$")
_CLOSE = 4  # characters between a bound and its number: "at least $5"
_NEAR = 60  # characters before a word that tell what it is
_IDIOM = re.compile(r"\b(?:years? old|a few|at least|at most|at first|at last|as well)$")
_BOUND = re.compile(r"\b(?:least|most)$", re.IGNORECASE)
_ANSWER = re.compile(r"no\s?[,:;.]", re.IGNORECASE)
_OBLIGES = re.compile(r"(?:ha(?:ve|s|d)|needs?|needed) to\b(?! do with)", re.IGNORECASE)
_NT = re.compile(r"n[’']t$", re.IGNORECASE)
_POSSESSIVE = re.compile(r"[’']s?$")


@lru_cache(maxsize=8192)
def read(text: str) -> Claims:
    """Read the terms of a sentence."""
    numbers = quantities(text)
    terms: list[Term] = []
    state = _State()
    for token in _TOKEN.finditer(text):
        while numbers and numbers[0].end <= token.start():
            terms.append(_number(numbers.pop(0), text, state))
        inside = numbers and numbers[0].start <= token.start() < token.end() <= numbers[0].end
        if inside:
            continue
        if token["stop"]:
            state.new_clause(anew=token["stop"] not in ",、()[]")
        elif token["han"]:
            terms += _mixed(text, *token.span(), numbers, state)
        elif not numbers or numbers[0].start >= token.end():
            terms += _word(text, token, state)
        elif numbers[0].start == token.start() and text[numbers[0].end] == "-":
            number = numbers.pop(0)  # three-layer
            terms.append(_number(number, text, state))
            rest = text[number.end + 1 : token.end()]
            terms += _plain(rest, number.end + 1, state, opens=False)
        else:
            numbers.pop(0)  # it is a part of a name
            terms += _word(text, token, state)
    terms += [_number(number, text, state) for number in numbers]
    return Claims(tuple(terms), state.denials, bool(_COMPARES.search(text)))


def holds_name(text: str, name: str) -> bool:
    """Say whether a text holds a name as a whole, however hyphens, case and plural are written."""
    return find_name(text, name) is not None


def find_name(text: str, name: str) -> tuple[int, int] | None:
    """Return the span at which a text first holds a name as a whole."""
    match = _name_pattern(name).search(text)
    return match.span() if match else None


def denies(text: str) -> bool:
    """Say whether a text denies something."""
    return read(text).denials > 0


def numbers_of(text: str) -> list[Quantity]:
    """Return the numbers that a text gives, those inside names too: 70 billion in Llama-2-70B."""
    inside = [
        quantity
        for name in re.findall(
            r"[A-Za-z][\w.]{0,60}(?:-[\w.]{1,60})+|int\d+|fp\d+|bf\d+", text, re.IGNORECASE
        )
        for part in re.split(r"[-_]", re.sub(r"^(?:int|fp|bf)", "", name, flags=re.IGNORECASE))
        for quantity in quantities(part)
    ]
    return [*quantities(text), *inside]


@lru_cache(maxsize=8192)
def name_key(name: str) -> str:
    """Return a name without case, hyphens, possessive and plural."""
    name = _POSSESSIVE.sub("", name)
    return re.sub(r"[^0-9a-zÀ-ɏ+]", "", re.sub(r"(?<=[A-Z0-9])s$", "", name).casefold())


class _State:
    """Where the reading stands: the clause, and how far a denial or a condition still reaches."""

    def __init__(self) -> None:
        self.clause = self.statement = 0
        self.denial = self.denials = 0
        self.heads = False
        self.conditional = False

    def new_clause(self, *, anew: bool) -> None:
        self.clause += 1
        self.statement += anew
        self.denial = 0
        self.conditional = False

    def deny(self, reach: int) -> None:
        self.denial, self.heads = reach, True
        self.denials += 1

    def take(self) -> tuple[bool, bool]:
        """Return whether the next term is denied, and whether it is the first that is."""
        if not self.denial:
            return False, False
        self.denial -= 1
        first, self.heads = self.heads, False
        return True, first


def _mixed(
    text: str, start: int, end: int, numbers: list[Quantity], state: _State
) -> Iterator[Term]:
    """Yield the terms of a run of Chinese, the numbers that begin or end in it in their place."""
    while numbers and numbers[0].start < end:
        number = numbers.pop(0)
        yield from _han(text[start : max(start, number.start)], start, state)
        yield _number(number, text, state)
        start = max(start, number.end)
    yield from _han(text[start:end], start, state)


def _number(number: Quantity, text: str, state: _State) -> Term:
    denied, heads = state.take()
    key = f"{number.value:g}"
    return Term(
        Kind.NUMBER, key, text[number.start : number.end], number.start, number.end, state.clause,
        state.statement, denied, heads, conditional=state.conditional, quantity=number,
    )  # fmt: skip


def _word(text: str, token: re.Match[str], state: _State) -> Iterator[Term]:
    said = token["word"]
    if _NT.search(said):
        state.deny(_SCOPE)
        return
    said = _POSSESSIVE.sub("", said)
    if _OBLIGES.match(text, token.start()):
        at = token.start()
        yield Term(Kind.RELATION, "must", said, at, token.end(), state.clause, state.statement,
                   state.denial > 0, conditional=state.conditional)  # fmt: skip
        return
    parts = said.split("-")
    if len(parts) > 1 and not any(_odd(part) or part[:1].isupper() for part in parts):
        at = token.start()
        for part in parts:
            yield from _plain(part, at, state, opens=False)
            at += len(part) + 1
        return
    near = max(0, token.start() - _NEAR)
    begins = bool(_BEGINS.search(text, near, token.start()))
    begins = begins or not text[near : token.start()].strip()
    low = said.casefold()
    upper = said[:1].isupper()
    if _odd(said) or (upper and not begins and len(said) > 1 and low not in _FUNCTION):
        denied, heads = state.take()
        yield Term(
            Kind.NAME, name_key(said), said, token.start(), token.start() + len(said),
            state.clause, state.statement, denied, heads, conditional=state.conditional,
        )  # fmt: skip
        return
    idiom = bool(_IDIOM.search(text, near, token.end()))
    if idiom and _BOUND.search(said):
        idiom = not any(number.start < _CLOSE for number in quantities(text[token.end() :][:_NEAR]))
    if idiom or _ANSWER.match(text, token.start()):
        return
    yield from _plain(said, token.start(), state, opens=upper and begins)


def _plain(said: str, at: int, state: _State, *, opens: bool) -> Iterator[Term]:
    """Yield what a word in small letters is: a denial, a relation, a content word or nothing."""
    low = said.casefold()
    if low in _CONJUNCTION:
        state.new_clause(anew=low in _STATES_ANEW)
    if low in _CONDITION:
        state.conditional = True
    if low in _DENIALS:
        state.deny(_SCOPE)
        if low not in ("lack", "lacks", "lacked", "lacking", "without", "fail", "fails", "failed"):
            return
    if low == "only" and state.heads:
        state.denial, state.denials = 0, state.denials - 1  # "not only" denies nothing
    key = stem(low)
    small = low in _FUNCTION or len(low) < 2
    if small and not has_contrary(key):
        return
    relation = small or low in _DENIALS
    denied, heads = (state.denial > 0, False) if relation else state.take()
    yield Term(
        Kind.RELATION if relation else Kind.WORD, key, said, at, at + len(said), state.clause,
        state.statement, denied, heads, opens=opens and not relation and not _leads_on(low),
        conditional=state.conditional,
    )  # fmt: skip


def _leads_on(low: str) -> bool:
    """Say whether a word opens a sentence without being what it speaks of."""
    return low in _DISCOURSE or low in classes()


_TABLE_ZH = chinese_words()
_SPLIT_ZH = re.compile(
    "|".join(
        sorted({*_NO_DENIALS_ZH, *_DENIALS_ZH, *_CONDITION_ZH, *_TABLE_ZH}, key=len, reverse=True)
    )
)


def _han(run: str, at: int, state: _State) -> Iterator[Term]:
    """Yield the pairs of characters of a run of Chinese, denials and contraries in their place."""
    end = 0
    for match in _SPLIT_ZH.finditer(run):
        yield from _pairs(run, end, match.start(), at, state)
        end = match.end()
        word = match[0]
        if word in _CONDITION_ZH:
            state.conditional = True
        elif word in _DENIALS_ZH:
            state.deny(_SCOPE_ZH)
        elif has_contrary(word) or word in _NO_DENIALS_ZH:
            kind = Kind.RELATION if len(word) == 1 else Kind.WORD
            denied, heads = (state.denial > 0, False) if kind == Kind.RELATION else state.take()
            yield Term(
                kind, word, word, at + match.start(), at + end, state.clause, state.statement,
                denied, heads, conditional=state.conditional,
            )  # fmt: skip
    yield from _pairs(run, end, len(run), at, state)


def _pairs(run: str, start: int, end: int, at: int, state: _State) -> Iterator[Term]:
    """Yield the overlapping pairs of a stretch, small characters left out."""
    for n in range(start, end - 1):
        pair = run[n : n + 2]
        if any(sign in _FUNCTION_ZH for sign in pair):
            continue
        denied, heads = state.take()
        yield Term(
            Kind.WORD, pair, pair, at + n, at + n + 2, state.clause, state.statement,
            denied, heads, conditional=state.conditional,
        )  # fmt: skip


def _odd(word: str) -> bool:
    """Say whether a word is written as no common word is: GPT, LoRA, fp16, v2.1."""
    letters = any(sign.isalpha() for sign in word)
    inner = any(sign.isupper() or sign.isdigit() for sign in word[1:])
    return letters and len(word) > 1 and (inner or any(sign in "_+" for sign in word))


@lru_cache(maxsize=8192)
def _name_pattern(name: str) -> re.Pattern[str]:
    pieces = re.findall(r"[A-Za-zÀ-ɏ]+|\d+(?:\.\d+)*|[^\sA-Za-z0-9À-ɏ]+", name)
    inner = r"[-_\s`]?".join("" if piece in "-_" else re.escape(piece) for piece in pieces)
    return re.compile(rf"(?<![A-Za-z0-9]){inner}(?:[’']?s)?(?![A-Za-z0-9]|\.\d)", re.IGNORECASE)
