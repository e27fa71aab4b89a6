"""An answer as a table: its checked sentences in cells, a comparison with a column a side.

Nothing is said anew: a cell holds sentences of the answer as they stand, each with its mark. What
cannot stand in a cell (code, formulas, tables) follows below it.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import replace

from assistant.answering.question import understand
from assistant.answering.values import Answer, Citation, Sentence

_WORD = r"(?<![A-Za-z0-9]){}(?![A-Za-z0-9])"
_FEWEST = 2  # rows of a table of works
_BEGINS = 16  # characters

Cells = Sequence[tuple[str, ...]]


def as_table(answer: Answer, asked: str) -> tuple[Answer, bool]:
    """Return an answer as a table, and whether there was anything to put into one.

    ``asked`` is what it answers, in words that stand alone: what is compared there gets a column
    each. Works of the catalog get a row each.
    """
    works = [each for each in answer.sentences if each.item and len(each.citations) == 1]
    if answer.view == "catalog" and len(works) >= _FEWEST:
        return _of_works(answer, works), True
    told = [each for each in answer.sentences if not each.block]
    if not told or answer.view == "catalog":
        return answer, False
    sides = understand(asked).sides
    head, rows = _by_side(answer, told, sides) if sides else _by_heading(answer, told)
    table = _sentence(answer, told, head, rows)
    below = tuple(each for each in answer.sentences if each.block)
    return replace(answer, sentences=(table, *below)), True


def _of_works(answer: Answer, works: Sequence[Sentence]) -> Answer:
    """Return an answer about the shelves with its works as rows."""
    cited = {each.n: each for each in answer.citations}
    numbers = list(dict.fromkeys(n for each in works for n in each.citations))
    head = _text(answer, ("Title", "Kind", "Difficulty", "Where", ""),
                 ("标题", "类型", "难度", "位置", ""))  # fmt: skip
    rows = [(cited[n].title, cited[n].kind, *_place(cited[n]), f"[{n}]") for n in numbers]
    table = _sentence(answer, works, head, rows)
    before = answer.sentences[: answer.sentences.index(works[0])]
    rest = [each for each in answer.sentences[len(before) :] if each not in works]
    return replace(answer, sentences=(*before, replace(table, group=works[0].group), *rest))


def _place(cited: Citation) -> tuple[str, str]:
    """Return how hard a work is marked, and where it is recommended."""
    level = next((each.difficulty for each in cited.recommended_by if each.difficulty), "")
    places = (" > ".join((each.list, *each.section)) for each in cited.recommended_by)
    return level, "; ".join(dict.fromkeys(places))


def _by_heading(answer: Answer, told: Sequence[Sentence]) -> tuple[tuple[str, ...], Cells]:
    titles = {each.n: each.title for each in answer.citations}
    head = _text(answer, ("About", "What is said", "Source"), ("方面", "内容", "来源"))
    rows: dict[tuple[str, str], list[Sentence]] = {}
    for each in told:
        source = ", ".join(dict.fromkeys(titles[n] for n in each.citations))
        rows.setdefault((each.group, source), []).append(each)
    return head, [(group, _cell(said), source) for (group, source), said in rows.items()]


def _by_side(
    answer: Answer, told: Sequence[Sentence], sides: Sequence[str]
) -> tuple[tuple[str, ...], Cells]:
    """Return a row for each heading, a column for each side, one for what is said of several."""
    naming = [_names(side, sides) for side in sides]
    rows: dict[str, dict[int, list[Sentence]]] = {}
    for each in told:
        text = each.text
        at = [place for place, names in enumerate(naming) if names(text)]
        begins = [place for place in at if naming[place](text[:_BEGINS])]
        at = begins if len(begins) == 1 else at  # what a sentence begins with it is about
        if not at:  # the heading says which is spoken of, else what was said before it
            at = [place for place, names in enumerate(naming) if names(each.group)]
        column = at[0] if len(at) == 1 else len(sides)
        rows.setdefault(each.group, {}).setdefault(column, []).append(each)
    both = any(len(sides) in row for row in rows.values())
    columns = range(len(sides) + both)
    first, last = _text(answer, ("", "Both"), ("", "两者"))
    head = (first, *sides, *([last] if both else []))
    cells = [
        (group, *(_cell(row.get(column, ())) for column in columns)) for group, row in rows.items()
    ]
    return head, cells


def _names(side: str, sides: Sequence[str]) -> Callable[[str], bool]:
    """Return what says whether a text names a side and not only a longer name of another."""
    longer = [other for other in sides if other != side and side.casefold() in other.casefold()]
    pattern = re.compile(_WORD.format(re.escape(side)), re.IGNORECASE)

    def named(text: str) -> bool:
        for other in longer:
            text = re.sub(re.escape(other), " ", text, flags=re.IGNORECASE)
        return bool(pattern.search(text))

    return named


def _cell(told: Sequence[Sentence]) -> str:
    """Return sentences with their marks; one source in a row has one."""
    said = ""
    for place, each in enumerate(told):
        last = place + 1 == len(told) or told[place + 1].citations != each.citations
        marks = "".join(f" [{n}]" for n in each.citations) if last else ""
        said += f" {each.text}{marks}"
    return said.strip()


def _sentence(
    answer: Answer, told: Sequence[Sentence], head: tuple[str, ...], rows: Cells
) -> Sentence:
    """Return a table of Markdown that cites what its cells do."""
    lines = [head, tuple("---" for _ in head), *rows]
    text = "\n".join("| " + " | ".join(map(_escaped, line)) + " |" for line in lines)
    weak = any(each.status == "weak" for each in told)
    return Sentence(
        text,
        tuple(dict.fromkeys(n for each in told for n in each.citations)),
        min(each.support for each in told),
        "weak" if weak else "supported",
        False,
        spans=tuple(dict.fromkeys(span for each in told for span in each.spans)),
        form="table",
    )


def _escaped(cell: str) -> str:
    return " ".join(cell.split()).replace("|", "\\|")


def _text(answer: Answer, english: tuple[str, ...], chinese: tuple[str, ...]) -> tuple[str, ...]:
    return chinese if answer.lang == "zh" else english
