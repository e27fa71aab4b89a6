"""Sums as an answer writes them: worked out exactly, written on one line, read and checked again.

A line is ``label: 2 × 3 layers × 4 bytes = 24 bytes``, with a unit that is easier to read after it
and a bound it is held against: ``= 112 GB > 24 GB: does not fit``. ``=`` is exact, ``≈`` rounded to
the digits shown. Knows no rules and no questions.
"""

import ast
import re
from collections.abc import Callable, Mapping
from fractions import Fraction

_BYTES = {"": 1, "k": 10**3, "M": 10**6, "G": 10**9, "T": 10**12, "P": 10**15}
BYTES = {f"{prefix}B": size for prefix, size in _BYTES.items() if prefix} | {
    "KB": 10**3, "KiB": 2**10, "MiB": 2**20, "GiB": 2**30, "TiB": 2**40,
}  # fmt: skip
"""How many bytes a unit of memory has."""

_FLOP = dict(
    zip(
        ["MFLOP", "GFLOP", "TFLOP", "PFLOP", "EFLOP", "ZFLOP", "YFLOP"],
        (1000**n for n in range(2, 9)),
        strict=True,
    )
)
_COUNTED = {
    "en": {"million tokens": 10**6, "billion tokens": 10**9, "trillion tokens": 10**12},
    "zh": {"万个 token": 10**4, "亿个 token": 10**8, "万亿个 token": 10**12},
}
_BASE = {
    "memory": {"en": "bytes", "zh": "字节"},
    "FLOP": {"en": "FLOP", "zh": "FLOP"},
    "tokens": {"en": "tokens", "zh": "个 token"},
    "tokens/s": {"en": "tokens/s", "zh": "token/秒"},
}
_VERDICTS = {
    "en": {">": "does not fit", "≤": "this alone fits"},
    "zh": {">": "放不下", "≤": "仅此部分放得下"},
}
_SIZES: dict[str, int] = (
    BYTES
    | _FLOP
    | _COUNTED["en"]
    | _COUNTED["zh"]
    | {name: 1 for names in _BASE.values() for name in names.values()}
)
_EXACT = 3  # decimals that are shown rather than rounded
_LARGE = 100  # from here one decimal is enough
_LONGEST = 600  # characters of a line

_PARTS = re.compile(r"\d[\d,]*(?:\.\d+)?|[×÷()]")
_RESULT = re.compile(r"(?P<number>\d[\d,]*(?:\.\d+)?) ?(?P<unit>\S.*)")
_TAIL = re.compile(r" ?[(（](?:computed|据来源)[^()（）]*[)）]$")
_LABEL = re.compile(r"^[^:：=≈]*(?:: |：)")
_VERDICT = re.compile(r"(?:: |：)(?P<verdict>[^:：]+)$")
_RELATION = re.compile(r" ([=≈>≤]) ")


def value(expression: str, values: Mapping[str, Fraction]) -> Fraction:
    """Work out products and quotients of whole numbers, decimals and named values, exactly.

    Raises:
        ValueError: it is no such expression, names a value that is not given, or divides by zero.
    """
    try:
        return _value(ast.parse(expression, mode="eval").body, values)
    except (SyntaxError, RecursionError, MemoryError, KeyError, ZeroDivisionError) as error:
        raise ValueError(f"This is no sum: {expression[:80]!r} ({error}).") from None


def names_in(expression: str) -> list[str]:
    """Return the names of the values that an expression needs, in order."""
    tree = ast.walk(ast.parse(expression, mode="eval"))
    return [node.id for node in tree if isinstance(node, ast.Name)]


def written(
    expression: str, values: Mapping[str, Fraction], said: Callable[[str, Fraction], str]
) -> str:
    """Write an expression with its values in it; ``said`` gives a named value with its unit."""

    def write(node: ast.expr) -> str:
        if isinstance(node, ast.BinOp):
            right = write(node.right)
            if isinstance(node.right, ast.BinOp):
                right = f"({right})"
            return f"{write(node.left)} {'×' if isinstance(node.op, ast.Mult) else '÷'} {right}"
        if isinstance(node, ast.Name):
            return said(node.id, values[node.id])
        return said(ast.unparse(node), Fraction(ast.unparse(node)))

    return write(ast.parse(expression, mode="eval").body)


def number(amount: Fraction) -> str:
    """Return a number with thousands set apart, exact.

    Raises:
        ValueError: it has no end in decimals.
    """
    for digits in range(12):
        if (amount * 10**digits).denominator == 1:
            return f"{_rounded(amount, digits)}"
    raise ValueError(f"{amount} has no exact decimals")


def results(amount: Fraction, kind: str, lang: str, *, binary: bool = False) -> str:
    """Return `` = 2,147,483,648 bytes = 2 GiB``: exact, then in a unit that is easier to read.

    ``kind`` is memory, FLOP, tokens or tokens/s; ``binary`` counts memory in powers of 1,024.
    """
    base = _BASE[kind][lang]
    try:
        text = f" = {number(amount)} {base}"
    except ValueError:
        return f" ≈ {_near(amount)} {base}"
    if kind == "memory":
        units = {unit: size for unit, size in BYTES.items() if ("i" in unit) == binary}
        units.pop("KB", None)
    else:
        units = {"FLOP": _FLOP, "tokens": _COUNTED[lang]}.get(kind, {})
    unit, size = max(
        ((unit, size) for unit, size in units.items() if size <= amount),
        key=lambda pair: pair[1],
        default=("", 1),
    )
    if size == 1:
        return text
    scaled = amount / size
    if (scaled * 10**_EXACT).denominator == 1:
        return f"{text} = {number(scaled)} {unit}"
    return f"{text} ≈ {_near(scaled)} {unit}"


def held_against(amount: Fraction, bound: Fraction, unit: str, lang: str) -> str:
    """Return `` > 24 GB: does not fit`` for an amount in bytes and a bound in a unit of memory."""
    sign = ">" if amount > bound * BYTES[unit] else "≤"
    colon = "：" if lang == "zh" else ": "
    return f" {sign} {number(bound)} {unit}{colon}{_VERDICTS[lang][sign]}"


def fault(line: str) -> str:
    """Return what is wrong with a written sum; nothing where it holds as it stands."""
    if len(line) > _LONGEST:
        return "it is longer than any sum is"
    line = _TAIL.sub("", " ".join(line.split()))
    body = _LABEL.sub("", line, count=1)
    verdict = _VERDICT.search(body)
    body = _VERDICT.sub("", body)
    first, *rest = _RELATION.split(body)
    if not rest:
        return "it is marked as computed and holds no sum"
    signs = {"×": "*", "÷": "/"}
    parts = [signs.get(part, part.replace(",", "")) for part in _PARTS.findall(first)]
    try:
        amount = value(" ".join(parts), {})
    except ValueError:
        return "it is marked as computed and holds no sum"
    for sign, said in zip(rest[::2], rest[1::2], strict=True):
        given = _RESULT.fullmatch(said)
        if given is None or given["unit"] not in _SIZES:
            return f"“{said}” is no result"
        if not _is(amount, sign, given["number"].replace(",", ""), _SIZES[given["unit"]]):
            return f"{first} is not {sign} {said}"
    bound = rest[-2] if rest[-2] in (">", "≤") else ""
    stated = verdict["verdict"] if verdict else ""
    if stated not in ([said[bound] for said in _VERDICTS.values()] if bound else [""]):
        return f"“{stated}” does not follow"
    return ""


def _is(amount: Fraction, sign: str, shown: str, size: int) -> bool:
    """Say whether an amount stands in a relation to a number as it is shown."""
    other = Fraction(shown) * size
    if sign == "≈":
        digits = len(shown.partition(".")[2])
        return bool(abs(amount - other) * 2 * 10**digits <= size)
    if sign == "=":
        return amount == other
    return amount > other if sign == ">" else amount <= other


def _value(node: ast.expr, values: Mapping[str, Fraction]) -> Fraction:
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult | ast.Div):
        left, right = _value(node.left, values), _value(node.right, values)
        return left * right if isinstance(node.op, ast.Mult) else left / right
    if isinstance(node, ast.Name):
        return values[node.id]
    if isinstance(node, ast.Constant) and type(node.value) in (int, float):
        return Fraction(ast.unparse(node))
    raise KeyError(ast.unparse(node))


def _near(amount: Fraction) -> str:
    return _rounded(amount, 1 if amount >= _LARGE else 2)


def _rounded(amount: Fraction, digits: int) -> str:
    """Return a number with this many decimals, halves to even, zeros at the end left out."""
    whole, part = divmod(round(amount * 10**digits), 10**digits)
    decimals = f"{part:0{digits}d}".rstrip("0") if digits else ""
    return f"{whole:,}" + (f".{decimals}" if decimals else "")
