"""The primer's notes: their front matter, links, length, and that worked numbers come out."""

import ast
import math
import operator
import re
from collections.abc import Callable
from dataclasses import dataclass
from graphlib import TopologicalSorter
from typing import Any

import pytest
import yaml

from ingest.links.urls import canonical
from ingest.lists.parser import founding
from ingest.shipped import shipped

REQUIRED = {
    "topic": str,
    "aliases": list,
    "aliases_zh": list,
    "prerequisites": list,
    "difficulty": str,
    "links": list,
    "papers": list,
    "checked": bool,
}
OPTIONAL = {"worked": list}
NUMBER = re.compile(r"\d+(?:(?:,|\{,\})\d{3})*(?:\.\d+)?")


@dataclass(frozen=True, slots=True)
class Note:
    slug: str
    meta: dict[str, Any]
    body: str


def read(slug: str, text: str) -> Note:
    opening, front, body = text.split("---\n", 2)
    assert opening == "", f"{slug} does not begin with front matter"
    return Note(slug, yaml.safe_load(front), body)


NOTES = {
    path.stem: read(path.stem, path.read_text(encoding="utf-8"))
    for path in sorted(shipped("primer").glob("*.md"))
    if path.name != "README.md"
}
every_note = pytest.mark.parametrize("note", NOTES.values(), ids=NOTES.keys())


BINARY: dict[type[ast.operator], Callable[[Any, Any], float]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv,
    ast.Mod: operator.mod,
    ast.Pow: operator.pow,
}
FUNCTIONS: dict[str, Callable[..., float]] = {
    **{name: getattr(math, name) for name in ("log", "log2", "exp", "sqrt", "sin", "cos", "tanh")},
    **{name: getattr(math, name) for name in ("ceil", "floor", "comb", "erf")},
    "min": min,
    "max": max,
    "abs": abs,
}
CONSTANTS = {"pi": math.pi}


def calculate(expression: str) -> float:
    """The value of an arithmetic expression; anything but arithmetic is a ValueError."""

    def value(node: ast.expr) -> float:
        match node:
            case ast.Constant(value=int() | float() as number) if not isinstance(number, bool):
                return number
            case ast.Name(id=name) if name in CONSTANTS:
                return CONSTANTS[name]
            case ast.UnaryOp(op=ast.USub(), operand=operand):
                return -value(operand)
            case ast.BinOp(left=left, op=sign, right=right) if type(sign) in BINARY:
                return BINARY[type(sign)](value(left), value(right))
            case ast.Call(func=ast.Name(id=name), args=args, keywords=[]) if name in FUNCTIONS:
                return FUNCTIONS[name](*map(value, args))
        raise ValueError(f"not arithmetic: {ast.unparse(node)}")

    return value(ast.parse(expression, mode="eval").body)


def prose(body: str) -> str:
    """The body without code, where dollar signs and hashes mean something else."""
    return re.sub(r"`[^`\n]+`", "", re.sub(r"^```.*?^```$", "", body, flags=re.DOTALL | re.M))


def test_the_primer_is_there():
    assert len(NOTES) >= 10


@every_note
def test_front_matter_has_its_fields_and_types(note: Note):
    assert {*REQUIRED} <= note.meta.keys() <= {*REQUIRED, *OPTIONAL}
    for field, kind in (REQUIRED | OPTIONAL).items():
        assert isinstance(note.meta.get(field, kind()), kind), field
    for field in ("aliases", "aliases_zh", "prerequisites", "links"):
        values = note.meta[field]
        assert all(isinstance(value, str) and value.strip() == value != "" for value in values)
        assert len(set(values)) == len(values), f"{field} names something twice"
    assert note.meta["aliases"], "a note needs an English alias"
    assert all(re.search(r"[\u4e00-\u9fff]", alias) for alias in note.meta["aliases_zh"])
    assert note.meta["aliases_zh"], "a note needs a Chinese alias"
    assert note.meta["difficulty"] in ("easy", "medium", "hard")
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", note.slug)


@every_note
def test_papers_can_be_found(note: Note):
    for paper in note.meta["papers"]:
        assert paper.keys() == {"title", "authors", "year", "id"}
        assert isinstance(paper["year"], int)
        assert 1930 <= paper["year"] <= 2030
        assert all(isinstance(paper[field], str) for field in ("title", "authors", "id"))
        arxiv = re.match(r"arXiv:(\d\d)(\d\d)\.\d{4,5}$", paper["id"])
        known = arxiv or re.match(r"(arXiv:[a-z.-]+/\d{7}$|doi:10\.|https://)", paper["id"])
        assert known, f"{paper['id']} is no arXiv number, DOI or address"
        if arxiv:
            assert 1 <= int(arxiv[2]) <= 12
            # published in the year of the preprint or within the next three
            assert 0 <= paper["year"] - 2000 - int(arxiv[1]) <= 3, paper


@every_note
def test_a_note_is_of_readable_length(note: Note):
    words = [word for word in note.body.split() if re.search(r"\w", word)]
    assert 250 <= len(words) <= 700


@every_note
def test_the_one_title_is_the_topic(note: Note):
    headings = re.findall(r"^(#+) (.+)$", prose(note.body), flags=re.M)
    assert [text for level, text in headings if level == "#"] == [note.meta["topic"]]
    assert headings[0][0] == "#"
    assert 2 <= sum(level == "##" for level, _ in headings) <= 7


@every_note
def test_formulas_are_closed(note: Note):
    text = prose(note.body).replace(r"\$", "")
    assert text.count("$$") % 2 == 0
    for paragraph in re.sub(r"\$\$.+?\$\$", "", text, flags=re.DOTALL).split("\n\n"):
        assert paragraph.count("$") % 2 == 0, paragraph
    for formula in re.findall(r"\$\$(.+?)\$\$|\$([^$]+)\$", text, flags=re.DOTALL):
        bare = re.sub(r"\\[{}]", "", "".join(formula))
        assert bare.count("{") == bare.count("}"), formula
        assert bare.count(r"\left") == bare.count(r"\right"), formula


@every_note
def test_prerequisites_are_notes(note: Note):
    assert set(note.meta["prerequisites"]) <= NOTES.keys()


def test_prerequisites_never_lead_back():
    order = TopologicalSorter({slug: note.meta["prerequisites"] for slug, note in NOTES.items()})
    order.prepare()  # raises CycleError, which names the cycle


@every_note
def test_links_are_curated(note: Note):
    curated = {canonical(entry.url) for known in founding() for entry in known.entries}
    strangers = [link for link in note.meta["links"] if canonical(link) not in curated]
    assert not strangers, "no founding list recommends these"
    assert note.meta["links"], "a note leads to at least one curated link"


@every_note
def test_worked_numbers_come_out(note: Note):
    stated = {float(re.sub(r"[,{}]", "", number)) for number in NUMBER.findall(note.body)}
    for worked in note.meta.get("worked", []):
        assert {"expression", "result", "unit"} <= worked.keys()
        assert worked.keys() <= {"expression", "result", "unit", "digits"}
        result = calculate(worked["expression"])
        if "digits" in worked:  # decimal places
            result = round(result, worked["digits"])
        assert math.isclose(result, worked["result"], rel_tol=1e-12), worked
        assert abs(worked["result"]) in stated, f"the text does not say {worked['result']}"


def test_only_arithmetic_is_calculated():
    assert calculate("2 * 80 * 8 * 128 * 2") == 327680
    for trick in ("__import__('os')", "(1).real", "[1][0]", "'a' * 3", "open", "True + 1"):
        with pytest.raises(ValueError, match="not arithmetic"):
            calculate(trick)


def test_no_two_topics_share_a_name():
    named = [(name.casefold(), slug) for slug, note in NOTES.items() for name in names(note)]
    owners: dict[str, set[str]] = {}
    for name, slug in named:
        owners.setdefault(name, set()).add(slug)
    assert {name: slugs for name, slugs in owners.items() if len(slugs) > 1} == {}


def names(note: Note) -> list[str]:
    return [note.meta["topic"], *note.meta["aliases"], *note.meta["aliases_zh"]]


@every_note
def test_a_second_reader_has_checked_the_note(note: Note):
    assert note.meta["checked"] is True


def test_every_heading_topic_and_entry_of_the_lists_has_a_note():
    table = (shipped("primer") / "README.md").read_text("utf-8")
    for curated in founding():
        part = table.split(f"\n## {curated.name}\n")[1].split("\n## ")[0]
        rows = re.findall(r"^\| (.+) \| [HTE] \| (.+) \|$", part, re.MULTILINE)
        covered = {title.replace("\\|", "|") for title, _ in rows}
        sections = {name for each in (*curated.entries, *curated.topics) for name in each.section}
        titles = {each.title for each in (*curated.entries, *curated.topics)}
        assert sections | titles == covered
        for _, notes in rows:
            slugs = re.findall(r"\[([\w-]+)\]\(\1\.md\)", notes)
            assert slugs
            assert set(slugs) <= NOTES.keys()
