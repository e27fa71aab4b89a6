"""What decides about an answer stands where the map says, its fitted numbers in one file."""

import re
from pathlib import Path

from assistant.wording import wording
from tests.benchmarks.module_map import DECIDE, ROOT, decimals

WORDINGS = sorted(file.stem for file in (ROOT / "data" / "wording").glob("*.toml"))


def test_every_module_of_answering_stands_once_in_the_map() -> None:
    mapped = sorted(name for modules in DECIDE.values() for name in modules)
    assert mapped == sorted(decimals())


def test_what_decides_about_an_answer_has_no_number_of_its_own() -> None:
    counts = decimals()
    for what in (
        "whether to answer",
        "which sentences of the sources are shown",
        "whether a sentence of a model stands",
    ):
        own = {name: counts[name] for name in DECIDE[what] if counts[name]}
        assert not own, f"numbers that decide {what} belong in data/fitted.toml: {own}"


def test_every_wording_is_used() -> None:
    code = "\n".join(file.read_text("utf-8") for file in (ROOT / "assistant").rglob("*.py"))
    used = set(
        re.findall(r"\.(?:patterns|exact|whole|several|words|templates)\[\s*\"(\w+)\"", code)
    )
    parts = "\n".join(
        (ROOT / "data" / "wording" / f"{name}.toml").read_text("utf-8") for name in WORDINGS
    )
    for name in WORDINGS:
        read = wording(name)
        tables = (read.patterns, read.exact, read.whole, read.several, read.templates)
        entries = {entry for table in tables for entry in table}
        assert entries <= used, f"nothing reads these of data/wording/{name}.toml: {entries - used}"
        unused = {word for word in read.words if word not in used and f"{{{word}}}" not in parts}
        assert not unused, f"nothing is made of these words of data/wording/{name}.toml: {unused}"


def test_every_file_that_the_architecture_names_is_there() -> None:
    text = (ROOT / "ARCHITECTURE.md").read_text("utf-8")
    rooms = ("", "assistant", "assistant/answering", "ingest", "index", "ui")
    named = re.findall(r"`((?:ingest|index|assistant|ui|data|docs|tests)/[\w./-]+)`", text)
    missing = [path for path in named if not any((ROOT / room / path).exists() for room in rooms)]
    assert named
    assert not missing


def test_the_readmes_links_lead_somewhere() -> None:
    for page in ("README.md", "CONTRIBUTING.md", "ARCHITECTURE.md"):
        text = (ROOT / page).read_text("utf-8")
        links = re.findall(r"\]\((?!https?:)([^)#]+)\)", text)
        assert not [link for link in links if not Path(ROOT, link).exists()]
