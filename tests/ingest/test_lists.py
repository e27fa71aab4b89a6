import json
import re
import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.errors import UsageError
from ingest.lists.parser import (
    FOUNDING,
    CuratedList,
    Entry,
    Ignored,
    Topic,
    decode,
    dumps,
    founding,
    loads,
    parse,
    without_prose,
)
from ingest.shipped import shipped
from tests.benchmarks.compare_links import compare_ignored, compare_links, read_originals

BASE = "https://github.com/someone/notes/blob/main/"

# Every odd form the five real lists are known to hold, in words of our own.
ODD = """---
time_modified: 2024-01-01T00:00:00-04:00
---
<div align="center">
  <img src="img/logo.png" alt="A logo">
  <h1>📚 A Small List 🦙</h1>
  <p>🐦 <a href="https://twitter.com/someone">Follow me</a> •
  📧 <a href="mailto:me@a.example?subject=A%20list">Write</a></p>
</div>

#tag/llm

#### ◻️Table of contents
- [🟩 Models](#-models)
  - [◻️Attention](#️attention)
- [Attention](#attention-1)

<details><summary>目录</summary><p>

- [Models](#models)

</p></details>

### 🟩 Models:
This part is prose with a [late link](https://prose.example/a), and goes on.

#### ◻️Attention
- [Plain title](https://a.example/1) ![Easy](https://img.shields.io/badge/difficulty-Easy-green)
- [Glued badge](https://a.example/2)![Hard](https://img.shields.io/badge/difficulty-Hard-red)
-[No space](https://a.example/3)![Medium](https://img.shields.io/badge/difficulty-Medium-yellow)
More words that lazily continue the bullet.
- [[2305.18290] Brackets: Inside](https://arxiv.org/abs/2305.18290)
- [\\[2407.14679\\] Escaped brackets](https://arxiv.org/abs/2407.14679)
- [Pipes | by A. Writer | 𝐀𝐈 · Medium](https://medium.com/x/y) - a short note
- [ ] [Task box](https://a.example/4)
- [X](https://twitter.com/a/status/1)
-\x20
- []()
- [](https://a.example/untitled)
- Prefix tuning
- This bullet is a whole sentence of prose, and no topic of the list.
- 稀疏注意力：注意力不在整个序列中进行，而只在更相关的 token 之间进行。
- **2024.10.24**
  * [Under a date](https://a.example/5)

##### Empty Section
###### Deeper
[No list item](https://a.example/6)

#### [Linked heading](https://a.example/7)
* [Below it](https://a.example/8)
> * quoted bullet

## Folders
* [Dev](./dev/)
  * [Modeling](./dev/modeling)
    * [SSM](./dev/modeling/ssm.md)
      * Mamba
        - [Same target](1-a/1-bert.md)
* [Same target again](./1-a/1-bert.md)
* [Elsewhere](<../with space.md>)

| name | link |
| --- | --- |
| A | [In a table](https://a.example/9) |

Bare addresses: https://a.example/10.
$$cos(\\theta) \\in \\[-1, 1\\]$$
![img](images/)
`[in code](https://a.example/not-a-link)`

```
[in a block](https://a.example/not-a-link-either)
```
<!-- Copy this:
- [Link 1](http://template.example) ![Hard](https://img.shields.io/badge/difficulty-Hard-red)
-->
"""


@pytest.fixture(scope="module")
def odd() -> CuratedList:
    return parse(ODD, name="odd", base=BASE, origin="https://github.com/someone/notes")


def test_odd_forms_give_entries(odd: CuratedList) -> None:
    attention = ("Models", "Attention")
    seen = [(e.title, e.url, e.section, e.difficulty) for e in odd.entries]
    assert seen == [
        ("Follow me", "https://twitter.com/someone", (), None),
        ("late link", "https://prose.example/a", ("Models",), None),
        ("Plain title", "https://a.example/1", attention, "easy"),
        ("Glued badge", "https://a.example/2", attention, "hard"),
        ("No space", "https://a.example/3", attention, "medium"),
        ("[2305.18290] Brackets: Inside", "https://arxiv.org/abs/2305.18290", attention, None),
        ("[2407.14679] Escaped brackets", "https://arxiv.org/abs/2407.14679", attention, None),
        ("Pipes | by A. Writer | 𝐀𝐈 · Medium", "https://medium.com/x/y", attention, None),
        ("Task box", "https://a.example/4", attention, None),
        ("X", "https://twitter.com/a/status/1", attention, None),
        ("https://a.example/untitled", "https://a.example/untitled", attention, None),
        ("Under a date", "https://a.example/5", attention, None),
        (
            "No list item",
            "https://a.example/6",
            (*attention, "Empty Section", "Deeper"),
            None,
        ),
        ("Linked heading", "https://a.example/7", ("Models",), None),
        ("Below it", "https://a.example/8", ("Models", "Linked heading"), None),
        ("Dev", "https://github.com/someone/notes/tree/main/dev", ("Folders",), None),
        (
            "Modeling",
            "https://github.com/someone/notes/tree/main/dev/modeling",
            ("Folders", "Dev"),
            None,
        ),
        ("SSM", BASE + "dev/modeling/ssm.md", ("Folders", "Dev", "Modeling"), None),
        (
            "Same target",
            BASE + "1-a/1-bert.md",
            ("Folders", "Dev", "Modeling", "SSM", "Mamba"),
            None,
        ),
        ("Same target again", BASE + "1-a/1-bert.md", ("Folders",), None),
        ("Elsewhere", BASE + "with%20space.md", ("Folders",), None),
        ("In a table", "https://a.example/9", ("Folders",), None),
        ("Bare addresses", "https://a.example/10", ("Folders",), None),
    ]
    assert odd.title == "A Small List"
    assert odd.lang == "en"


def test_odd_forms_give_notes(odd: CuratedList) -> None:
    notes = {entry.title: entry.note for entry in odd.entries if entry.note}
    assert notes == {
        "late link": "This part is prose with a late link, and goes on.",
        "Pipes | by A. Writer | 𝐀𝐈 · Medium": "a short note",
    }


def test_odd_forms_give_topics(odd: CuratedList) -> None:
    attention = ("Models", "Attention")
    assert odd.topics == (
        Topic("Models", ()),
        Topic("Attention", ("Models",)),
        Topic("Prefix tuning", attention),
        Topic("稀疏注意力", attention),
        Topic("Empty Section", attention),
        Topic("Deeper", (*attention, "Empty Section")),
        Topic("Folders", ()),
        Topic("Mamba", ("Folders", "Dev", "Modeling", "SSM")),
    )


def test_odd_forms_that_are_ignored(odd: CuratedList) -> None:
    reasons: dict[str, list[str]] = {}
    for item in odd.ignored:
        reasons.setdefault(item.reason, []).append(item.target)
    badge = "https://img.shields.io/badge/difficulty-"
    assert reasons == {
        "image": ["img/logo.png", "images/"],
        "mailto": ["mailto:me@a.example?subject=A%20list"],
        "in-page anchor": ["#-models", "#\ufe0fattention", "#attention-1", "#models"],
        "badge image": [badge + "Easy-green", badge + "Hard-red", badge + "Medium-yellow"],
        "empty target []()": [""],
        "inside an HTML comment (template example)": [
            "http://template.example",
            badge + "Hard-red",
        ],
    }


def test_chapters_of_level_one_are_sections() -> None:
    chapters = parse("# A\n- [x](https://a.example)\n# B\n- [y](https://b.example)", name="two")
    assert [entry.section for entry in chapters.entries] == [("A",), ("B",)]
    assert chapters.title == "two"


def test_same_link_counts_once_in_a_section() -> None:
    text = "## A\n[x](https://a.example) [y](https://a.example)\n## B\n[z](https://a.example)"
    entries = parse(text, name="twice").entries
    assert [(entry.title, entry.section) for entry in entries] == [("x", ("A",)), ("z", ("B",))]


def test_badges_that_link_somewhere() -> None:
    text = (
        "[![Awesome](https://awesome.re/badge.svg)](https://awesome.re) "
        "[![Open In Colab](https://a.example/badge.svg)](https://colab.research.google.com/d/1)"
    )
    curated = parse(text, name="badges")
    assert [(entry.title, entry.kind) for entry in curated.entries] == [
        ("Open In Colab", "notebook")
    ]
    assert "https://awesome.re" in {item.target for item in curated.ignored}


def test_links_that_could_harm_are_ignored() -> None:
    text = (
        "[ok](https://a.example) [a](javascript:alert(1)) [b](file:///etc/passwd) "
        "[c](data:text/html,x) [d](http://[bad)"
    )
    curated = parse(text, name="harm")
    assert [entry.url for entry in curated.entries] == ["https://a.example"]
    assert [item.reason for item in curated.ignored] == [
        "unsupported address (javascript:)",
        "unsupported address (file:)",
        "unsupported address (data:)",
        "unreadable address",
    ]


def test_a_list_without_links_is_refused() -> None:
    with pytest.raises(UsageError, match=r"'mine' has no links.*Looked for.*What to do"):
        parse("# Title\n\nJust prose.\n- a topic\n- [up](#title)", name="mine")
    with pytest.raises(UsageError, match="--base"):
        parse("- [a](./a.md)", name="mine")


@pytest.mark.parametrize("text", ["Hamel’s Blog", "Tülu 2 → β 🟩", "目录\n\n- 注意力", "plain"])
def test_mojibake_is_repaired(text: str) -> None:
    assert decode(text.encode().decode("mac_roman").encode()) == text
    assert decode(text.encode()) == text
    assert decode(text.encode("utf-8-sig")) == text
    assert decode(text.encode("utf-16")) == text


def test_mojibake_of_windows() -> None:
    assert decode("Tülu’s β".encode().decode("cp1252").encode()) == "Tülu’s β"


def test_mojibake_in_one_line_of_many() -> None:
    damaged = "Hamel’s Blog".encode().decode("mac_roman")
    assert decode(f"目录：好\r\n{damaged}\r\n".encode()) == "目录：好\nHamel’s Blog\n"


def test_other_encodings_and_no_text() -> None:
    text = "大语言模型的学习笔记：注意力机制、位置编码与量化方法。" * 4
    assert decode(text.encode("gb18030")) == text
    with pytest.raises(UsageError, match="no text file"):
        decode(b"%PDF-1.7\0\1\2")


def test_founding_lists() -> None:
    lists = founding()
    assert tuple(curated.name for curated in lists) == FOUNDING
    assert len({entry.url for curated in lists for entry in curated.entries}) == 182
    assert [curated.lang for curated in lists] == ["en", "en", "en", "en", "zh"]
    assert [bool(curated.base) for curated in lists] == [True, True, True, False, False]
    titles = {topic.title for topic in lists[1].topics}
    assert {"Prefix tuning", "RLAiF", "Quantization"} <= titles


def test_snapshots_hold_no_prose_and_no_mojibake() -> None:
    for name in FOUNDING:
        text = (shipped("lists") / f"{name}.toml").read_text("utf-8")
        assert not re.search("‚Ä|√|Ô∏|Â|Ã|\ufffd", text)
        curated = loads(text)
        assert dumps(curated) == text
        assert not curated.ignored
        assert all(entry.note is None for entry in curated.entries)
        assert all(len(topic.title.split()) <= 12 for topic in curated.topics)


def test_stored_list_that_is_damaged() -> None:
    for text in ("name = ", "x = 1", 'name = "a"\ntitle = "b"\nlang = "en"\nentry = 3'):
        with pytest.raises(UsageError, match="no list in TOML"):
            loads(text)


WORDS = st.text(max_size=20)
MAYBE = st.none() | WORDS
SECTION = st.lists(WORDS, max_size=3).map(tuple)
ENTRIES = st.builds(
    Entry, WORDS, WORDS, SECTION, WORDS.filter(bool), WORDS.filter(bool), MAYBE, MAYBE
)
LISTS = st.builds(
    CuratedList,
    WORDS,
    WORDS,
    MAYBE,
    MAYBE,
    WORDS,
    st.lists(ENTRIES, max_size=3).map(tuple),
    st.lists(st.builds(Topic, WORDS, SECTION), max_size=3).map(tuple),
    st.lists(st.builds(Ignored, WORDS, WORDS, WORDS), max_size=2).map(tuple),
)


@given(LISTS)
def test_round_trip_is_exact(curated: CuratedList) -> None:
    assert loads(dumps(curated)) == curated
    tomllib.loads(dumps(without_prose(curated)))


def test_round_trip_of_a_parsed_list(odd: CuratedList) -> None:
    assert loads(dumps(odd)) == odd


@given(
    st.text(alphabet="-*+#[]()!<>/a \n\t`|:.=\"'&\\~_1$中", max_size=80), st.none() | st.just(BASE)
)
def test_any_text_parses_or_is_refused(text: str, base: str | None) -> None:
    try:
        curated = parse(f"{text}\n\n[end](https://end.example)", name="any", base=base)
    except UsageError:
        return
    for entry in curated.entries:
        assert re.match(r"https?://", entry.url)
        assert entry.title
        assert all(entry.section)


@given(st.binary(max_size=200))
def test_any_bytes_decode_or_are_refused(data: bytes) -> None:
    try:
        text = decode(data)
    except UsageError:
        return
    assert "\r" not in text


def test_exactly_the_real_links(shared: Path) -> None:
    lists = read_originals(shared)
    links, ignored = compare_links(shared, lists), compare_ignored(shared, lists)
    assert links.expected.total() == 182
    assert ignored.expected.total() == 139
    assert links.seen == links.expected
    assert ignored.seen == ignored.expected


def test_exactly_the_real_titles(shared: Path) -> None:
    seen: dict[str, set[str]] = {}
    for curated in read_originals(shared):
        for entry in curated.entries:
            seen.setdefault(entry.url, set()).add(entry.title)
    for line in (shared / "web" / "links.jsonl").read_text("utf-8").splitlines():
        row = json.loads(line)
        assert seen[row["url"]] == {re.sub(r"\\([\[\]])", r"\1", title) for title in row["titles"]}


def test_snapshots_are_what_the_parser_makes_of_the_originals(shared: Path) -> None:
    assert tuple(without_prose(curated) for curated in read_originals(shared)) == founding()
