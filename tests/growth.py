"""How the time of functions that read what others wrote grows with the text they are given.

A floor keeps its table in ``tests/growth_FLOOR.py``: ``CASES`` says how each public function that
takes text is called with a text made to hurt, ``EXEMPT`` why one need not be (a name that ends in
a point stands for all that begin with it, one that begins with a star for all that end so).
`tests.test_growth` finds the tables, grows the texts, and fails for a function in neither.

``python -m tests.benchmarks.linear_time`` prints how the worst text of each function grows.
"""

import gc
import importlib
import inspect
import math
import os
import pkgutil
import signal
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

FULL = 100_000
MOST_SECONDS = 1.0
MOST_EXPONENT = 1.2
_PATIENCE = 4.0  # seconds of processor time: an exponential never ends

UNITS = (
    # marks of Markdown, alone, in pairs and nested
    "[", "]", "![", "[](", "[a](", "[a]", "![a](b)", "[[a]](", "[^", "](", "(", ")", "((a)", "`",
    "``a", "`a`b", "*", "**a", "*a ", "*a_", "_", "_a", "__a ", "~~", "~~~", "#", "# ", "> ", ">",
    "- ", "* a\n", "1. ", "|", "|a", "| a |\n", "| - ", "---\n", "===\n", "\\", "\\(", "$", "$a",
    "$$", "$ a", "^", "^[", "```\n", "``` a\n", ":::", "{", "}", "{}", "{/*", "{%", "[ ] ", "[x]",
    "[a]: b\n", "[^1]: a\n", "  ", "\t", "\n", "\n\n", " \n", "\r", "a  \n", "    a\n", "- \n",
    # HTML
    "<", "<a", "<a ", "<a>", "</a>", "<a href='", "<a href=\"x\">", "<!--", "<!---->", "-->",
    "<!-", "<!", "<?", "<?xml", "<div>", "<div ", "<p", "<b>", "<b><i>", "<table>", "<tr><td>",
    "<td colspan=9 rowspan=9>", "<style>", "<style>/*", "<script>", "<title>", "<title", "<h1>",
    "<h1", "<math>", "<sup>", "<details>", "<summary>", "<meta ", "<meta charset", "<ul><li>",
    "<img ", "<A b", "</", "&", "&#", "&amp;", "&a", "&#1", "<pre>", "<br>", "<svg>", "<select>",
    "<blockquote>", "<template>", "<textarea>", "<noscript>", "<A {", "<A>{",
    # style sheets, addresses, numbers, words, other scripts
    "a{", "a{}", "@a{", "/*", "*/", "@a", "http://a", "http://", "https://a/(", "www.", "a@", "a.",
    "a/", "/../", "%", "%4", "?a=1&", "1", "1.", "1,", "0x", "-", "--", "a-", "a_", "Aa", "A",
    "aA ", "a ", "a, ", "a. ", "A. ", ". ", "e.g. ", "!", "?", "...", '"', "'", "“", "”", "（",
    "」", ":", "a:", "a: ", ";", "=", "+", "\x1b[", "\0", "\u200b", "\ufeff", "\u0301",
    "\U0001f600", "\u200d", "\ud7af", "é", "Ã©", "的", "的a", "的。", "か", "한", "一 ",
)  # fmt: skip
"""What hostile texts repeat: the openings, closings and separators that scanners stumble over."""


FEW = ("[", "(", "`", "*a ", "_a", "$", "{", "<", "<a ", "<!--", "<!---->", "a{", "/*", "a", "a ",
       "1", " ", "\n", "=", ";", "\\", "|", "的")  # fmt: skip
"""Those of them that are tried behind every further head of a case."""


HALVES = (
    ("a<!--", "->"), ("[", "](a)"), ("<div>", "</p>"), ("`", "``"), ("\\[", "\\)"), ("{", "/*"),
    # and those that are tried thoroughly alone
    ("<!--", "->"), ("*", "_"), ("(", "]"), ("<b>", "</i>"), ("```\n", "~~~\n"), ("$", "$$"),
    ("[a", "]("), ("“", '"'), ("<a href=x>", "<a"), ("<table>", "<td>"), ("# ", "- "),
    ("<ul>", "<li>"), (" ", "a"), ("\n", " "), ("1", "a."), ("-", "="), ("|", "\n"), ("<?", "?"),
    ("<![CDATA[", "]>"), ("<a b='", '"'), ("<p>", "</div>"), ("</", "<"), ("&", ";"),
    ("http://a", ")"),
)  # fmt: skip
"""Openings and what half closes them, or closes something else: n of the one, then n of the other.
"""
_HALVES = 6  # of these are tried with every case


NUMBERED = (
    "[a%d]: http://b/%d\n", "[^%d]: n%d\n", "<a href='http://c%d.example/'>t%d</a>", "word%d ",
    # as above
    "# h%d\n", "x[^%d] ", "[a%d](http://b.example/%d) ", "<h2 id=h%d>t%d</h2>", "- item%d\n",
    "| a%d | b%d |\n", "GQA%d and ", "W%d. ", "%d GB ", "$x_%d$ ", "http://e%d.example/p ",
    "第%d章，", "<div class=c%d>", "@a%d{t, title={b%d}}\n", '"k%d": 1,\n', "<li>i%d</li>",
    "The term T%d is a thing. ", "\\cite{a%d}", "[[n%d]] ", "#tag%d ", '"q%d" ', "(A%d) ",
    "```c%d\nx\n```\n", "> q%d\n", "{#a%d} ", "<tr><td>%d</td></tr>", "<sup>%d</sup>", "*e%d* ",
)  # fmt: skip
"""Units that differ from each other by their number: what is kept of each, and sought again."""
_NUMBERED = 4


@dataclass(frozen=True)
class Case:
    """One way to hand a text to a function.

    ``heads`` are what may have to stand before the repeated units for the scanner to start at all,
    ``tail`` what closes the text; ``units`` are repeated beside the common ones. ``most`` is the
    longest text (characters) where the function's own door refuses longer ones. ``common`` are the
    common units that are tried: a few suffice where the reading is another function's.
    """

    call: Callable[[str], Any]
    heads: Sequence[str] = ("",)
    tail: str = ""
    units: Sequence[str] = ()
    most: int = FULL
    common: Sequence[str] = UNITS


def texts(case: Case) -> Iterator[tuple[str, Callable[[int], str]]]:
    """Yield what each text repeats and how to make it of a length in characters.

    All common units are tried with ``REFDESK_THOROUGH`` in the environment (``make faults``), else
    few of them: a function that stumbles over others has them among its own.
    """
    thorough = bool(os.environ.get("REFDESK_THOROUGH"))
    for place, head in enumerate(case.heads):
        few = FEW if case.common else ()
        common = case.common if place == 0 and thorough else few
        for unit in [*common, *case.units]:
            name = f"{head[:40]!r} + {unit!r} * n" if head else f"{unit!r} * n"

            def make(length: int, head: str = head, unit: str = unit) -> str:
                return head + unit * (length // len(unit)) + case.tail

            yield name, make
    for opening, closing in (("[", "]"), ("(", ")"), ("{", "}"), ("<b>", "</b>"), ("![", "](a)"),
                             ("<div>", "</div>"), ("*a ", "*"), ("[a](", ")"), ("> ", "\n"),
                             ("<ul><li>", "</li></ul>"), ("“", "”"), ("（", "）")):  # fmt: skip
        if case.common is UNITS:

            def nest(length: int, opening: str = opening, closing: str = closing) -> str:
                count = length // (len(opening) + len(closing))
                return case.heads[0] + opening * count + "a" + closing * count + case.tail

            yield f"{opening!r} * n + {closing!r} * n", nest
    if case.common:
        yield from _halves(case, thorough=thorough)
        yield from _numbered(case, thorough=thorough)


def _halves(case: Case, *, thorough: bool) -> Iterator[tuple[str, Callable[[int], str]]]:
    for opening, closing in HALVES if thorough else HALVES[:_HALVES]:

        def make(length: int, opening: str = opening, closing: str = closing) -> str:
            half = length // 2
            first, second = opening * (half // len(opening)), closing * (half // len(closing))
            return case.heads[0] + first + second + case.tail

        yield f"{opening!r} * half + {closing!r} * half", make


def _numbered(case: Case, *, thorough: bool) -> Iterator[tuple[str, Callable[[int], str]]]:
    for unit in NUMBERED if thorough else NUMBERED[:_NUMBERED]:

        def make(length: int, unit: str = unit) -> str:
            count = length // len(unit) + 1
            units = "".join(unit.replace("%d", str(number)) for number in range(count))
            return case.heads[0] + units[:length] + case.tail

        yield f"{unit!r}, numbered", make


class TooLong(Exception):
    """A call took longer than it may."""


@contextmanager
def _patient() -> Iterator[None]:
    def ring(*_: object) -> None:
        raise TooLong

    before = signal.signal(signal.SIGPROF, ring)
    signal.setitimer(signal.ITIMER_PROF, _PATIENCE)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


def seconds(call: Callable[[str], Any], text: str) -> float:
    """Return the processor time of one call, or infinity if it lost our patience or fell over.

    Errors that are for people are an answer like any other. The collector of cycles rests
    meanwhile, as in `timeit`: what one collection costs grows with all that the process holds.
    """
    gc.disable()
    started = time.thread_time()
    try:
        with _patient():
            found = call(text)
            if isinstance(found, Iterator):
                for _ in found:
                    pass
    except TooLong:
        return math.inf
    except Exception as error:
        if not _is_for_people(error):
            return math.inf
    finally:
        gc.enable()
    return time.thread_time() - started


def _is_for_people(error: Exception) -> bool:
    return type(error).__name__ in (
        "UsageError",
        "UnreadableError",
        "YAMLError",
        "QuestionTooLong",
    ) or type(error).__module__.startswith("yaml")


@dataclass(frozen=True)
class Growth:
    """The worst text of one function: seconds at ``length`` characters, exponent of growth."""

    function: str
    text: str
    length: int
    seconds: float
    exponent: float

    @property
    def is_linear(self) -> bool:
        """Whether the text is read in about linear time, and soon."""
        return self.seconds <= MOST_SECONDS and (
            self.exponent <= MOST_EXPONENT or self.seconds < 0.3
        )


def is_quick(call: Callable[[str], Any], make: Callable[[int], str], most: int = FULL) -> bool:
    """Say, with short texts, whether a call is surely within the limits: for every test run."""
    for size in (60, 60, 500):  # the first call of all may load a library
        took = seconds(call, make(size))
        if took == math.inf or (size == 500 and took > 0.5):
            return False
    short_text, long_text = (make(min(size, most)) for size in (2_000, 8_000))
    long = seconds(call, long_text)
    if long < 0.006:  # if quadratic: a second at 100,000
        return True
    short = math.inf
    for _ in range(3):  # a busy machine makes noise: the best of each counts
        short = min(short, seconds(call, short_text))
        if long < 0.012 or (long < 0.2 and long < 7 * max(short, 1e-4)):
            return True
        long = min(long, seconds(call, long_text))
    grown = measured("", "", call, make, most)
    busy = grown.exponent < 1.4 and grown.seconds < 3 * MOST_SECONDS
    return grown.is_linear or busy


def measured(
    function: str,
    text: str,
    call: Callable[[str], Any],
    make: Callable[[int], str],
    most: int = FULL,
) -> Growth:
    """Measure a call with texts of growing length; a text that takes too long is not grown more."""
    before = 0.0
    for size in (24, 100, 1_000, most // 10, most):
        took = min(seconds(call, make(size)) for _ in range(2 if size < most else 1))
        if took > _PATIENCE / 2 and size < most:
            return Growth(function, text, size, took, math.inf)
        if size == most:
            exponent = math.log10(max(took, 1e-6) / max(before, 1e-5))
            return Growth(function, text, size, took, exponent)
        before = took
    raise AssertionError("no sizes")


def tables() -> dict[str, ModuleType]:
    """Return the tables there are, by the floor they are about."""
    here = Path(__file__).parent
    return {
        path.stem.removeprefix("growth_"): importlib.import_module(f"tests.{path.stem}")
        for path in sorted(here.glob("growth_*.py"))
    }


def is_exempt(name: str, table: ModuleType) -> bool:
    """Say whether a table says that a function need not be measured."""
    return any(
        name == exempt
        or (exempt.endswith(".") and name.startswith(exempt))
        or (exempt.startswith("*") and name.endswith(exempt[1:]))
        for exempt in table.EXEMPT
    )


def cases_of(table: ModuleType) -> Iterator[tuple[str, Case]]:
    """Yield the cases of a table; a function may have several."""
    cases: Mapping[str, Any] = table.CASES
    for name, given in cases.items():
        for each in given if isinstance(given, (list, tuple)) else [given]:
            yield name, each if isinstance(each, Case) else Case(each)


_TEXT = ("str", "bytes", "Reply", "Extract", "Document", "HtmlElement", "Piece", "TextRun",
         "Inline", "Message")  # fmt: skip


def public_functions(floor: str) -> dict[str, Any]:
    """Return the public functions and methods of a floor that take text, by dotted name."""
    found: dict[str, Any] = {}
    package = importlib.import_module(floor)
    for info in pkgutil.walk_packages(package.__path__, f"{floor}."):
        module = importlib.import_module(info.name)
        for name, thing in vars(module).items():
            if name.startswith("_") or getattr(thing, "__module__", "") != info.name:
                continue
            if inspect.isfunction(thing):
                found[f"{info.name}.{name}"] = thing
            elif inspect.isclass(thing) and not getattr(thing, "_is_protocol", False):
                for method, function in vars(thing).items():
                    function = getattr(function, "__func__", function)
                    if not method.startswith("_") and inspect.isfunction(function):
                        found[f"{info.name}.{name}.{method}"] = function
    return {name: function for name, function in found.items() if _takes_text(function)}


def _takes_text(function: Callable[..., Any]) -> bool:
    try:
        parameters = inspect.signature(function).parameters.values()
    except (TypeError, ValueError):
        return False
    return any(kind in str(parameter.annotation) for parameter in parameters for kind in _TEXT)


_TRIED = 3  # of a function's texts are grown to the full length: those that take longest at 8,000


def worst(table: ModuleType, wanted: Iterable[str] = ()) -> Iterator[Growth]:
    """Yield the worst growth of every function of a table."""
    chosen = list(wanted)
    by_name: dict[str, list[Case]] = {}
    for name, case in cases_of(table):
        if not chosen or any(part in name for part in chosen):
            by_name.setdefault(name, []).append(case)
    for name, cases in by_name.items():
        tried = []
        for case in cases:
            for text, make in texts(case):
                tiny = min(seconds(case.call, make(60)) for _ in range(2))
                took = tiny if tiny > 0.5 else seconds(case.call, make(min(8_000, case.most)))
                tried.append((took, text, make, case))
        tried.sort(key=lambda each: -each[0])
        grown = [
            measured(name, text, case.call, make, case.most)
            for _, text, make, case in tried[:_TRIED]
        ]
        yield max(grown, key=lambda each: (not each.is_linear, each.seconds / each.length))
