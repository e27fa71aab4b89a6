"""The shapes of people's lists: footnotes, tables, folded and bold sections, bare addresses."""

import pytest

from ingest.lists.parser import CuratedList, parse


def read(text: str) -> CuratedList:
    return parse(text, name="list", base="https://github.com/someone/list/blob/main/README.md")


def titles(text: str) -> dict[str, str]:
    return {entry.url: entry.title for entry in read(text).entries}


def sections(text: str) -> dict[str, tuple[str, ...]]:
    return {entry.title: entry.section for entry in read(text).entries}


def test_footnotes_are_no_links_and_their_links_stand_where_they_are_referred_to():
    found = read(
        "## Adapters\n\n- [LoRA](https://a.example/lora) is frozen[^1].\n"
        "- [QLoRA](https://a.example/qlora) has four bits[^bits][^3]\n\n## Later\n\nWords.\n\n"
        "[^1]: reparametrised\n[^bits]: See the [docs of bits](https://a.example/bits)\n"
        "  for more.\n[^3]: https://a.example/blog\n\n    https://a.example/second\n"
        "[^4]: <https://a.example/alone>\n"
    )
    assert [(entry.title, entry.url, entry.section) for entry in found.entries] == [
        ("LoRA", "https://a.example/lora", ("Adapters",)),
        ("QLoRA", "https://a.example/qlora", ("Adapters",)),
        ("docs of bits", "https://a.example/bits", ("Adapters",)),
        ("QLoRA (note)", "https://a.example/blog", ("Adapters",)),
        ("QLoRA (note)", "https://a.example/second", ("Adapters",)),
        ("https://a.example/alone", "https://a.example/alone", ("Later",)),
    ]
    assert not any("reparametrised" in ignored.target for ignored in found.ignored)
    assert found.entries[0].note == "is frozen."


def test_an_inline_note_and_a_reference_definition_stay_what_they_are():
    assert titles("a [x][y] b^[see [z](https://a.example/z)]\n\n[y]: https://a.example/y") == {
        "https://a.example/y": "x",
        "https://a.example/z": "z",
    }


TABLES = {
    "name first": "| Model | Link |\n|---|---|\n| Kestrel: sparse routing |"
    " [Paper](https://a.example/1) |",
    "name last": "| Year | PDF | Title |\n|---|---|---|\n"
    "| 2024 | [pdf](https://a.example/1) | Kestrel: sparse routing |",
    "name in bold": "| A | B | C |\n|---|---|---|\n"
    "| routes tokens well | **Kestrel: sparse routing** | [here](https://a.example/1) |",
    "no header": "<table><tr><td>2024</td><td>ICLR 2024</td><td>Kestrel: sparse routing</td>"
    "<td><a href='https://a.example/1'>[paper]</a></td></tr></table>",
    "an icon": "| Name | |\n|---|---|\n| Kestrel: sparse routing |"
    " [![](https://img.example/i.png)](https://a.example/1) |",
    "an emoji": "| Title | |\n|---|---|\n| Kestrel: sparse routing | [📄](https://a.example/1) |",
    "a number": "| Title | Ref |\n|---|---|\n| Kestrel: sparse routing |"
    " [1](https://a.example/1) |",
    "a bare address": "| Title | URL |\n|---|---|\n| Kestrel: sparse routing |"
    " https://a.example/1 |",
    "by reference": "| Title | Paper |\n|---|---|\n| Kestrel: sparse routing | [Paper][k] |\n\n"
    "[k]: https://a.example/1",
    "chinese": "| 年份 | 标题 | 链接 |\n|---|---|---|\n"
    "| 2024 | Kestrel: sparse routing | [论文](https://a.example/1) |",
    "lines in cells": "<table><thead><tr><th>Title</th><th>Paper</th></tr></thead><tbody><tr>"
    "<td><p>Kestrel:<br>sparse routing</p></td><td><p><a href='https://a.example/1'>Paper</a></p>"
    "</td></tr></tbody></table>",
}


@pytest.mark.parametrize("table", TABLES.values(), ids=TABLES)
def test_a_row_names_links_that_say_nothing(table):
    assert titles(f"# Papers\n\n{table}") == {"https://a.example/1": "Kestrel: sparse routing"}


def test_several_links_of_a_row_are_told_apart_and_its_words_are_the_note():
    found = read(
        "| Title | Paper | Code | Remark |\n|---|---|---|---|\n"
        "| Heron | [Paper](https://a.example/p) | [Code](https://a.example/c) | shares a gate |\n"
        "| [Egret](https://a.example/e) | - | [repo](https://a.example/r) | |"
    )
    assert [(entry.title, entry.url, entry.note) for entry in found.entries] == [
        ("Heron", "https://a.example/p", "shares a gate"),
        ("Heron (code)", "https://a.example/c", "shares a gate"),
        ("Egret", "https://a.example/e", None),
        ("Egret (repo)", "https://a.example/r", None),
    ]


def test_a_cell_that_spans_rows_names_each_of_them():
    assert titles(
        "<table><tr><td rowspan=2><b>Ibis</b></td><td><a href='https://a.example/1'>pdf</a></td>"
        "</tr><tr><td><a href='https://a.example/2'>code</a></td></tr>"
        "<tr><td><b>Crane</b></td><td><a href='https://a.example/3'>pdf</a></td></tr></table>"
    ) == {
        "https://a.example/1": "Ibis",
        "https://a.example/2": "Ibis (code)",
        "https://a.example/3": "Crane",
    }


def test_a_table_for_looks_is_read_as_what_stands_in_it():
    assert sections(
        "<table><tr><td>\n\n### Left\n\n- [one](https://a.example/1)\n\n</td><td>\n\n"
        "### Right\n\n- [two](https://a.example/2)\n\n</td></tr></table>"
    ) == {"one": ("Left",), "two": ("Right",)}


FOLDED = """# List

## Inference

Before [it](https://a.example/0).

<details>
<summary><b>Serving</b></summary>

- [vLLM](https://a.example/1)

### Inside

- [TGI](https://a.example/2)

<details><summary>Deeper</summary>

- [deep](https://a.example/3)

</details>

- [after](https://a.example/4)

</details>

- [plain](https://a.example/5)

<details open><summary><h2>Training</h2></summary>

* [DeepSpeed](https://a.example/6)

</details>

<details><summary>Click to expand</summary>

- [hidden](https://a.example/7)

</details>

<details><summary>Data (click to show)</summary>

- [data](https://a.example/8)

</details>

## Next

- [next](https://a.example/9)
"""


def test_folded_sections_are_sections_and_end_with_their_element():
    assert sections(FOLDED) == {
        "it": ("Inference",),
        "vLLM": ("Inference", "Serving"),
        "TGI": ("Inference", "Serving", "Inside"),
        "deep": ("Inference", "Serving", "Inside", "Deeper"),
        "after": ("Inference", "Serving", "Inside"),
        "plain": ("Inference",),
        "DeepSpeed": ("Training",),
        "hidden": (),
        "data": ("Data",),
        "next": ("Next",),
    }


@pytest.mark.parametrize(
    "label", ["**Recipes**", "__Recipes__:", "<b>Recipes</b>", "🍳 **Recipes**", "**Recipes:**"]
)
def test_a_line_in_bold_above_a_list_is_a_heading(label):
    found = read(
        f"## Tools\n\n{label}\n\n- [torchtune](https://a.example/1)\n\n"
        "**More**\n* [axolotl](https://a.example/2)\n\n## End\n\n- [end](https://a.example/3)"
    )
    assert {entry.title: entry.section for entry in found.entries} == {
        "torchtune": ("Tools", "Recipes"),
        "axolotl": ("Tools", "More"),
        "end": ("End",),
    }


def test_bold_words_in_prose_are_no_heading():
    assert sections(
        "## Tools\n\n**Note** that this is prose.\n\n- [one](https://a.example/1)\n\n"
        "**Only prose follows**\n\nWords [two](https://a.example/2)."
    ) == {"one": ("Tools",), "two": ("Tools",)}


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("see [https://a.example/x]", "https://a.example/x"),
        ("see {https://a.example/x}", "https://a.example/x"),
        ("“https://a.example/x”", "https://a.example/x"),
        ("「https://a.example/x」", "https://a.example/x"),
        ("参见https://a.example/x这篇文章", "https://a.example/x"),
        ("参见 https://a.example/x，很好", "https://a.example/x"),
        ("（https://a.example/x）", "https://a.example/x"),
        ("(https://a.example/x_(y))", "https://a.example/x_(y)"),
        ("https://a.example/x?a[0]=1&b={c}.", "https://a.example/x?a[0]=1&b={c}"),
        ("<b>https://a.example/x</b>!", "https://a.example/x"),
        ("https://a.example/x：说明", "https://a.example/x"),
        ("https://a.example/x…", "https://a.example/x"),
        ("([https://a.example/x])", "https://a.example/x"),
    ],
)
def test_a_bare_address_ends_where_the_text_goes_on(text, address):
    assert [entry.url for entry in read(f"- {text}").entries] == [address]


def test_links_in_comments_are_reported_once_whatever_they_nest():
    found = read("- [a](https://a.example/a)\n<!-- [b](https://a.example/b) <!-- [c](u) -->")
    assert [(ignored.title, ignored.reason[:23]) for ignored in found.ignored] == [
        ("b", "inside an HTML comment "),
        ("c", "inside an HTML comment "),
    ]


def test_a_footnote_is_named_after_the_link_it_stands_at():
    found = titles(
        "- [LoRA](https://a.example/lora)[^a] and [DoRA](https://a.example/dora)[^b]\n\n"
        "[^a]: www.a.example/talk\n[^b]: Weights apart; see <https://a.example/site>\n"
    )
    assert found["http://www.a.example/talk"] == "LoRA (note)"
    assert found["https://a.example/site"] == "DoRA (note)"


def test_words_that_only_join_links_are_no_notes():
    found = read(
        "- [one](https://a.example/1), [two](https://a.example/2) and <https://a.example/3>"
    )
    assert [entry.note for entry in found.entries] == [None, None, None]
    scraps = read(
        "- https://a.example/5 \\] and {https://a.example/6}，见 https://a.example/7"
    ).entries
    assert [entry.note for entry in scraps] == [None, None, None]
    assert titles("- LoRA, the paper: <https://a.example/4>") == {
        "https://a.example/4": "LoRA, the paper"
    }


def test_the_sign_that_leads_to_a_heading_is_no_part_of_it():
    text = "<details><summary><b>Surveys</b> <a href='#s'>#</a></summary>\n\n- [x](https://a.example/1)\n"
    assert sections(text) == {"x": ("Surveys",)}


def test_a_star_badge_in_a_row_is_named_by_the_row():
    paper = "[![](https://img.shields.io/b.svg)](https://a.example/1)"
    code = "[![Stars](https://img.shields.io/s)](https://github.com/x/harrier)"
    found = titles(f"| Name | Paper | Code |\n|---|---|---|\n| Harrier | {paper} | {code} |")
    assert found["https://github.com/x/harrier"] == "Harrier (stars)"
