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
    works = [
        sentence for sentence in answer.sentences if sentence.item and len(sentence.citations) == 1
    ]
    if answer.view == "catalog" and len(works) >= _FEWEST:
        return _of_works(answer, works), True
    prose = [sentence for sentence in answer.sentences if not sentence.block]
    if not prose or answer.view == "catalog":
        return answer, False
    sides = understand(asked).sides
    head, rows = _by_side(answer, prose, sides) if sides else _by_heading(answer, prose)
    table = _sentence(answer, prose, head, rows)
    below = tuple(sentence for sentence in answer.sentences if sentence.block)
    return replace(answer, sentences=(table, *below)), True


def _of_works(answer: Answer, works: Sequence[Sentence]) -> Answer:
    """Return an answer about the shelves with its works as rows."""
    cited = {citation.n: citation for citation in answer.citations}
    numbers = list(dict.fromkeys(n for work in works for n in work.citations))
    head = _text(answer, ("Title", "Kind", "Difficulty", "Where", ""),
                 ("标题", "类型", "难度", "位置", ""))  # fmt: skip
    rows = [(cited[n].title, cited[n].kind, *_place(cited[n]), f"[{n}]") for n in numbers]
    table = _sentence(answer, works, head, rows)
    before = answer.sentences[: answer.sentences.index(works[0])]
    rest = [sentence for sentence in answer.sentences[len(before) :] if sentence not in works]
    return replace(answer, sentences=(*before, replace(table, group=works[0].group), *rest))


def _place(cited: Citation) -> tuple[str, str]:
    """Return how hard a work is marked, and where it is recommended."""
    level = next((place.difficulty for place in cited.recommended_by if place.difficulty), "")
    places = (" > ".join((place.list, *place.section)) for place in cited.recommended_by)
    return level, "; ".join(dict.fromkeys(places))


def _by_heading(answer: Answer, sentences: Sequence[Sentence]) -> tuple[tuple[str, ...], Cells]:
    titles = {citation.n: citation.title for citation in answer.citations}
    head = _text(answer, ("About", "What is said", "Source"), ("方面", "内容", "来源"))
    rows: dict[tuple[str, str], list[Sentence]] = {}
    for sentence in sentences:
        source = ", ".join(dict.fromkeys(titles[n] for n in sentence.citations))
        rows.setdefault((sentence.group, source), []).append(sentence)
    return head, [(group, _cell(said), source) for (group, source), said in rows.items()]


def _by_side(
    answer: Answer, sentences: Sequence[Sentence], sides: Sequence[str]
) -> tuple[tuple[str, ...], Cells]:
    """Return a row for each heading, a column for each side, one for what is said of several."""
    naming = [_names(side, sides) for side in sides]
    rows: dict[str, dict[int, list[Sentence]]] = {}
    for sentence in sentences:
        text = sentence.text
        at = [place for place, names in enumerate(naming) if names(text)]
        begins = [place for place in at if naming[place](text[:_BEGINS])]
        at = begins if len(begins) == 1 else at  # what a sentence begins with it is about
        if not at:  # the heading says which is spoken of, else what was said before it
            at = [place for place, names in enumerate(naming) if names(sentence.group)]
        column = at[0] if len(at) == 1 else len(sides)
        rows.setdefault(sentence.group, {}).setdefault(column, []).append(sentence)
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


def _cell(sentences: Sequence[Sentence]) -> str:
    """Return sentences with their marks; one source in a row has one."""
    said = ""
    for place, sentence in enumerate(sentences):
        last = place + 1 == len(sentences) or sentences[place + 1].citations != sentence.citations
        marks = "".join(f" [{n}]" for n in sentence.citations) if last else ""
        said += f" {sentence.text}{marks}"
    return said.strip()


def _sentence(
    answer: Answer, sentences: Sequence[Sentence], head: tuple[str, ...], rows: Cells
) -> Sentence:
    """Return a table of Markdown that cites what its cells do."""
    lines = [head, tuple("---" for _ in head), *rows]
    text = "\n".join("| " + " | ".join(map(_escaped, line)) + " |" for line in lines)
    weak = any(sentence.status == "weak" for sentence in sentences)
    return Sentence(
        text,
        tuple(dict.fromkeys(n for sentence in sentences for n in sentence.citations)),
        min(sentence.support for sentence in sentences),
        "weak" if weak else "supported",
        False,
        spans=tuple(dict.fromkeys(span for sentence in sentences for span in sentence.spans)),
        form="table",
    )


def _escaped(cell: str) -> str:
    return " ".join(cell.split()).replace("|", "\\|")


def _text(answer: Answer, english: tuple[str, ...], chinese: tuple[str, ...]) -> tuple[str, ...]:
    return chinese if answer.lang == "zh" else english
