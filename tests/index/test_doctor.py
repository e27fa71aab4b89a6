"""The doctor adds what a library knows: dead links, near spellings, candidates, reports."""

import json

import pytest

from index.doctor import examine, to_markdown, to_object
from ingest.lists.check import check_text
from ingest.lists.parser import parse

REPO = "https://github.com/a/b"
LISTING = "| Name | Last commit message |\n| --- | --- |\n| norm.md |  |\n| pe.md |  |\n"
TEXT = """# Mine

## Layers
- [Normalisation](doc/normalization.md)
- [Positions](doc/pe.md)
- [Tools](Agent/Tools.md)
- [Unknown](elsewhere/x.md)

## Grouped-query attention
"""


@pytest.fixture
def examination(desk, tmp_path):
    rows = [
        ("https://github.com/a/b/tree/main/doc", "doc", LISTING),
        ("https://github.com/a/b/blob/main/agent/tools.md", "tools", "Tools are called. " * 20),
    ]
    file = tmp_path / "rows.jsonl"
    file.write_text(
        "\n".join(json.dumps({"_id": t, "title": t, "text": x, "url": u}) for u, t, x in rows)
    )
    other = tmp_path / "other.md"
    other.write_text("# Other\n- [Grouped-query attention explained](https://a.example/gqa)\n")
    desk.add_list(other, name="other")
    desk.ingest([file], seed=False)
    curated = parse(TEXT, name="mine", base=REPO)
    return examine(desk.library, curated, check_text(TEXT, "mine", REPO), TEXT)


def test_links_their_repository_does_not_have_are_dead(examination):
    dead = {one.line: one.message for one in examination.findings if one.code == "dead-link"}
    assert set(dead) == {4, 6}
    assert "did you mean doc/norm.md" in dead[4]
    assert "did you mean agent/tools.md" in dead[6]
    assert examination.wanting


def test_an_empty_section_gets_entries_of_other_lists(examination):
    assert [(one.line, one.list, one.url) for one in examination.suggestions] == [
        (9, "other", "https://a.example/gqa")
    ]


def test_the_report_names_every_finding(examination):
    report = to_markdown(examination)
    assert all(f"line {one.line}" in report for one in examination.findings)
    assert json.loads(json.dumps(to_object(examination)))["wanting"] is True
