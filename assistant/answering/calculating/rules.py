"""What can be worked out by a rule of the primer, and what of a question is a number for one.

The rules stand in `data/calculations.toml`. Knows words and numbers, nothing of a library.
"""

import itertools
import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cache
from typing import Any

from assistant.answering.calculating.sums import BYTES, names_in
from ingest.shipped import shipped
from ingest.text.numbers import Quantity, quantities
from ingest.text.scripts import has_han
from ingest.text.words import says_nothing, without_asking

Quote = tuple[str, str]
"""A primer note and a sentence or block of it, word for word."""

_MEMORY = "memory"
_LONGEST = 400  # signs of a question: a longer one says more than a rule knows
_MOST = 6  # lines of one calculation: more is a table and no answer
_WORD = re.compile(r"[A-Za-z][A-Za-z'’-]*")
_GIGA = re.compile(r"(?<=\d)\s?(?:(?P<unit>[gt])(?P<binary>i?)b|g)(?![A-Za-z])", re.IGNORECASE)
_SIZED = re.compile(r"\b(?P<name>[A-Z][\w.-]*?(?: \d+(?:\.\d+)?)?)[- ]?(?=\d+(?:\.\d+)?B\b)")


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule: what it calculates, by which expression over which quantities, and where it stands.

    ``assumes`` are the values of what a question may leave open, ``sets`` those it holds for;
    ``beside`` says what the notes add to its result. See `data/calculations.toml`.
    """

    key: str
    name: Mapping[str, str]
    calculates: str
    expression: str
    quotes: tuple[Quote, ...]
    beside: tuple[Quote, ...] = ()
    assumes: Mapping[str, Sequence[int]] = field(default_factory=dict)
    sets: Mapping[str, int] = field(default_factory=dict)
    named: str = ""
    binary: bool = False
    units: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    @property
    def needs(self) -> tuple[str, ...]:
        """The quantities of its expression; bytes per number follow from bits."""
        return tuple("bits" if n == "number_bytes" else n for n in names_in(self.expression))


@dataclass(frozen=True, slots=True)
class Case:
    """A rule with a value for everything it needs.

    ``assumed`` are the quantities that the question left open and that are the same in every case,
    ``quotes`` state the values that come from the notes, ``of`` names what they are the values of.
    """

    rule: Rule
    values: Mapping[str, Fraction]
    assumed: tuple[str, ...]
    quotes: tuple[Quote, ...]
    of: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CalculationRequest:
    """What a question asks to be worked out: the cases, and the memory it has (number and unit).

    ``memory_quotes`` state that memory where the question only names a card.
    """

    cases: tuple[Case, ...]
    memory: tuple[Fraction, str] | None = None
    memory_quotes: tuple[Quote, ...] = ()


def asked(text: str) -> CalculationRequest | None:
    """Return what a question asks to be worked out; None where a rule does not say all of it.

    The question must ask for a rule's result, every number in it must be a quantity of that rule,
    and no word may be left that the request does not know.
    """
    data = _data()
    if len(text) > _LONGEST:
        return None
    for pattern, put in data["common"]["spelt"]:
        text = re.sub(pattern, put, text, flags=re.IGNORECASE)
    if re.search(data["common"]["never"], text, re.IGNORECASE):
        return None
    text, card = _card(text)
    read = _read(text)
    if read is None:
        return None
    stated = read.memory is None and card is not None
    if stated:
        read.memory = card
    for request in data["requests"]:
        if _asks(request, text, read):
            cases = _cases(request, text, read)
            if cases:
                quotes = tuple(map(_quote, data["cards"]["quotes"])) if stated else ()
                return CalculationRequest(cases, read.memory, quotes)
    return None


def _card(text: str) -> tuple[str, tuple[Fraction, str] | None]:
    """Return a question with "GPU" for the card it names, and the memory that the name tells.

    None where it names several, or none whose name tells it.
    """
    named = [
        (Fraction(memory), re.compile(rf"(?<![\w-])(?:{pattern})", re.IGNORECASE))
        for memory, pattern in _data()["cards"]["memory"]
    ]
    found = [(memory, card) for memory, card in named if card.search(text)]
    if len(found) != 1 or len(found[0][1].findall(text)) > 1:
        return text, None
    memory, card = found[0]
    return card.sub("GPU", text), (memory, "GB")


def unit_of(quantity: str, lang: str, amount: Fraction) -> str:
    """Return what stands after an amount of a quantity in a sum."""
    known = _data()["quantities"][quantity]
    return str(known.get("one", known["en"]) if lang == "en" and amount == 1 else known[lang])


def all_quotes() -> Iterator[Quote]:
    """Yield every quote of the rules and of the things they know."""
    for rule in _rules().values():
        yield from (*rule.quotes, *rule.beside)
    for thing in _data()["things"]:
        for quotes in thing["quotes"].values():
            yield from map(_quote, quotes)
    yield from map(_quote, _data()["cards"]["quotes"])


@dataclass(slots=True)
class _Reading:
    """What of a question is known: values by quantity, things, and the words that are left."""

    values: dict[str, list[Fraction]]
    things: list[dict[str, Any]]
    memory: tuple[Fraction, str] | None
    rest: str


def _read(text: str) -> _Reading | None:
    """Take the things and numbers out of a question; None if a number in it is none of ours."""
    data = _data()
    text = _GIGA.sub(_as_read, text)
    read = _Reading({}, [], None, text)
    for thing in data["things"]:
        if re.search(thing["pattern"], read.rest, re.IGNORECASE):
            read.things.append(thing)
            read.rest = re.sub(thing["pattern"], " ", read.rest, flags=re.IGNORECASE)
    read.rest = re.sub(data["devices"]["pattern"], " ", read.rest)
    read.rest = _SIZED.sub(lambda match: match[0] if _is_known(match["name"]) else " ", read.rest)
    for name, quantity in data["quantities"].items():
        for pattern, worth in quantity.get("words", ()):
            if re.search(pattern, read.rest, re.IGNORECASE):
                read.values.setdefault(name, []).append(Fraction(worth))
                read.rest = re.sub(pattern, " ", read.rest, flags=re.IGNORECASE)
    taken = []
    for number in quantities(read.rest):
        role = _role(number, read.rest)
        if role is None:
            return None
        name, span = role
        amount = Fraction(f"{number.value:.12g}")
        taken.append(span)
        if name == _MEMORY:
            if read.memory:
                return None
            read.memory = amount, number.unit
            continue
        worth = amount * BYTES[number.unit] if name == "bandwidth" else amount
        if worth <= 0:
            return None
        if worth not in read.values.setdefault(name, []):
            read.values[name].append(worth)
    for start, end in reversed(taken):
        read.rest = f"{read.rest[:start]} {read.rest[end:]}"
    return read


def _as_read(unit: re.Match[str]) -> str:
    """Return a unit of memory as the reader of numbers knows it: 24gb and 24G are 24 GB."""
    return f" {(unit['unit'] or 'G').upper()}{(unit['binary'] or '').lower()}B"


def _role(number: Quantity, text: str) -> tuple[str, tuple[int, int]] | None:
    """Return which quantity a number is, and the span of it with what says so.

    What stands beside it says more than its unit, which may be that of the next number.
    """
    known = {
        name: quantity
        for name, quantity in _data()["quantities"].items()
        if not quantity.get("bytes") or number.unit in BYTES
    }
    written = text[number.start : number.end]
    own = quantities(written)  # in "70B, 4096 tokens" the first has the unit of the next
    unit = own[0].unit if own else ""
    if unit and unit not in BYTES:
        for name, quantity in known.items():
            if unit in quantity.get("units", ()):
                return name, (number.start, number.end)
    for name, quantity in known.items():
        start, end = number.start, number.end
        if "before" in quantity and (
            before := re.search(f"(?:{quantity['before']})$", text[:start], re.IGNORECASE)
        ):
            start = before.start()
        if "after" in quantity and (
            after := re.compile(quantity["after"], re.IGNORECASE).match(text, end)
        ):
            end = after.end()
        if (start, end) != (number.start, number.end):
            return name, (start, end)
    for name, quantity in known.items():
        sized = not unit and re.search(quantity.get("written", "$^"), written)
        if sized or unit in quantity.get("units", ()):
            return name, (number.start, number.end)
    return None


def _asks(request: dict[str, Any], text: str, read: _Reading) -> bool:
    """Say whether a question asks for this and for nothing that its rules do not say."""
    if not all(re.search(need, text, re.IGNORECASE) for need in request["needs"]):
        return False
    if amounts := request.get("amounts"):
        asks = any(re.search(pattern, text, re.IGNORECASE) for pattern in amounts)
    else:
        known = _data()["amounts"]
        asks = bool(re.search(known["memory"], text, re.IGNORECASE))
        asks = asks or (
            read.memory is not None and bool(re.search(known["fits"], text, re.IGNORECASE))
        )
    asks = asks or _in_keywords(text)
    return bool(asks) and not _left(request, read.rest)


def _in_keywords(text: str) -> bool:
    """Say whether a question is a few words for an amount, without a verb: "QLoRA 70B VRAM?"."""
    known = _data()["amounts"]
    return not re.search(known["verbs"], text, re.IGNORECASE) and bool(
        re.search(known["noun"], text, re.IGNORECASE)
    )


def _left(request: dict[str, Any], rest: str) -> bool:
    """Say whether a word is left that a request does not know."""
    common = _data()["common"]
    english = {*common["en"].split(), *request["en"].split()}
    for word in _WORD.findall(rest):
        low = word.casefold().replace("’", "'").removesuffix("'s")
        if low not in english and not says_nothing(low):
            return True
    chinese = {*common["zh"].split(), *request["zh"].split()}
    longest = sorted(chinese, key=lambda word: (-len(word), word))
    rest = re.sub("|".join(map(re.escape, longest)), " ", rest)
    return has_han(without_asking(rest))


def _cases(request: dict[str, Any], text: str, read: _Reading) -> tuple[Case, ...]:
    """Return the rules of a request that hold, each with the values it is worked out with."""
    rules = [_rules()[key] for key in request["rules"]]
    named = [rule for rule in rules if rule.named and re.search(rule.named, text, re.IGNORECASE)]
    ignored = request.get("ignores", ())
    cases = []
    for rule in named or rules:
        given = {*read.values} - {*ignored}
        if given <= {*rule.needs, *rule.sets} and (read.memory is None or _compares(rule)):
            cases += list(_of_rule(rule, read))
    return tuple(cases) if len(cases) <= _MOST else ()


def _compares(rule: Rule) -> bool:
    return rule.calculates == _MEMORY


def _of_rule(rule: Rule, read: _Reading) -> Iterator[Case]:
    """Yield the cases of a rule: one for every choice among the values that are known."""
    things = [thing for thing in read.things if rule.key in thing.get("only", (rule.key,))]
    models = [thing for thing in things if "bandwidth" not in thing["values"]]
    if len(things) < len(read.things) or len(models) > 1:  # whose value would it be?
        return
    quotes: list[Quote] = []
    of: dict[str, None] = {}
    values: dict[str, list[Fraction]] = {}
    assumed = []
    for name in dict.fromkeys((*rule.needs, *rule.sets)):
        stated = [thing for thing in things if name in thing["values"]]
        if name in rule.sets:
            values[name] = [Fraction(rule.sets[name])]
            if read.values.get(name, values[name]) != values[name]:
                return
        elif stated and name not in read.values:
            values[name] = [Fraction(stated[0]["values"][name])]
            of[stated[0]["name"]] = None
            quotes += [_quote(quote) for quote in stated[0]["quotes"].get(name, ())]
        elif name in read.values:
            values[name] = read.values[name]
        elif name in rule.assumes:
            values[name] = [Fraction(amount) for amount in rule.assumes[name]]
            if len(values[name]) == 1:
                assumed.append(name)
        else:
            return
    for chosen in itertools.product(*values.values()):
        worth = dict(zip(values, chosen, strict=True))
        if "bits" in worth:
            worth["number_bytes"] = worth["bits"] / 8
        yield Case(rule, worth, tuple(assumed), tuple(quotes), tuple(of))


def _is_known(name: str) -> bool:
    """Say whether what stands before a size is a word and no name: "Training 7B"."""
    low = name.casefold()
    words = " ".join((_data()["common"]["en"], *(request["en"] for request in _data()["requests"])))
    return says_nothing(low) or low in words.split()


def _quote(pair: Sequence[str]) -> Quote:
    return pair[0], pair[1]


@cache
def _rules() -> dict[str, Rule]:
    rules = {}
    for key, entry in _data()["rules"].items():
        rules[key] = Rule(
            key=key,
            name={"en": entry["en"], "zh": entry["zh"]},
            calculates=entry["calculates"],
            expression=entry["expression"],
            quotes=tuple(map(_quote, entry["quotes"])),
            beside=tuple(map(_quote, entry.get("beside", ()))),
            assumes=entry.get("assumes", {}),
            sets=entry.get("sets", {}),
            named=entry.get("named", ""),
            binary=entry.get("binary", False),
            units={"en": entry.get("constants_en", {}), "zh": entry.get("constants_zh", {})},
        )
    return rules


@cache
def _data() -> dict[str, Any]:
    return tomllib.loads(shipped("calculations.toml").read_text("utf-8"))
