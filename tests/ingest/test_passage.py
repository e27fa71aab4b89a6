import re
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tokenizers import Tokenizer

from ingest.reading.document import Document
from ingest.text.passage import LEAST_LIMIT, Passage, cut


def document(text: str) -> Document:
    return Document("https://a.example/x", "T", text, None, None, "en", "other", "post", "2026")


def words(text: str) -> list[int]:
    return [word.start() for word in re.finditer(r"\S+", text)]


def characters(text: str) -> range:
    return range(len(text))


def parts(text: str) -> list[int]:
    return [part.start() for part in re.finditer(r"\w+|\S", text)]


def check(text: str, passages: list[Passage]) -> None:
    """Spans are exact, trimmed, in order, and cover all but headings and white space."""
    covered = bytearray(len(text))
    end_before = 0
    for passage in passages:
        assert end_before <= passage.start < passage.end <= len(text)
        assert passage.text == text[passage.start : passage.end] == passage.text.strip()
        covered[passage.start : passage.end] = b"\1" * (passage.end - passage.start)
        end_before = passage.end
    fence: str | None = None
    at = 0
    for line in text.split("\n"):
        mark = re.match(r"[ \t]*(`{3,}(?=[^`]*$)|~{3,})", line)
        heading = fence is None and re.match(r" {0,3}#{1,6}(?:[ \t]|$)", line)
        for i, char in enumerate(line):
            if not char.isspace():
                assert covered[at + i] == (not heading), (line, i)
        if fence is None and mark:
            fence = mark[1]
        elif fence and len(line.strip()) >= len(fence) and not line.strip().strip(fence[0]):
            fence = None
        at += len(line) + 1


LINES = st.sampled_from(
    [
        "# One", "## Two", "#### Four", "###", "# no heading in code",
        "Plain words here. And more!",
        "注意力机制让模型有选择地参考输入。分组查询更快！", "- item one", "- item two. Long.",
        "  goes on", "1. first", "| a | b |", "|---|---|", "| 1 | 2 |", "```python", "```", "~~~",
        "x = 1  # comment", "", "", "  ", "한국어 문장입니다.", "العربية هنا.",
        "e\u0301\U0001f469\u200d\U0001f467",
        "a" * 50, "字" * 60, "$x_1. Y$ z", "> quoted. Yes.", "#tag", "a\u2028b\u00a0c\x0bd",
    ]
)  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(
    st.lists(LINES, max_size=30).map("\n".join),
    st.sampled_from([words, characters, parts]),
    st.integers(LEAST_LIMIT, 60),
)
def test_every_character_is_in_one_passage_and_every_passage_fits(
    text: str, count: object, limit: int
) -> None:
    passages = cut(document(text), count, limit)  # type: ignore[arg-type]
    check(text, passages)
    assert all(len(count(passage.text)) <= limit for passage in passages)  # type: ignore[operator]


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=300))
def test_any_text_at_all(text: str) -> None:
    text = text.replace("\r", "")
    passages = cut(document(text), characters, LEAST_LIMIT)
    check(text, passages)
    assert all(len(passage.text) <= LEAST_LIMIT for passage in passages)


def test_headings_make_the_path_and_are_no_text() -> None:
    text = "lead\n\n# A\n\n### B #\n\nb\n\n## C\n\n```sh\n# not a heading\n```\n\n# D\nd"
    found = [(passage.heading, passage.text) for passage in cut(document(text), words, 50)]
    assert found == [
        ((), "lead"),
        (("A", "B"), "b"),
        (("A", "C"), "```sh\n# not a heading\n```"),
        (("D",), "d"),
    ]


def test_passages_come_out_even() -> None:
    text = "\n\n".join("This sentence has exactly seven words here." for _ in range(40))
    sizes = [len(words(passage.text)) for passage in cut(document(text), words, 100)]
    assert sum(sizes) == 280
    assert len(sizes) == 3
    assert max(sizes) - min(sizes) <= 7


def test_breaks_fall_between_blocks_and_not_after_a_colon() -> None:
    lead = "Some words that lead on to a list:"
    items = "\n".join(f"- item {i} with five words" for i in range(5))
    text = "\n\n".join(["para one is here " * 10, lead, items])
    passages = cut(document(text.strip()), words, 60)
    assert any(lead in passage.text and "- item 4" in passage.text for passage in passages)


def test_code_is_cut_at_line_ends_and_tables_at_rows() -> None:
    code = "```\n" + "\n".join(f"call({i}, {i}, {i})" for i in range(60)) + "\n```"
    table = "\n".join(f"| row {i} | cell one. Cell two. |" for i in range(60))
    for passage in cut(document(f"{code}\n\n{table}"), words, 40):
        for line in passage.text.split("\n"):
            assert re.fullmatch(r"```|call\(.*\)||\| row .* \|", line)


def test_identity_depends_on_place_and_text() -> None:
    one, two = cut(document("# A\nsame\n\n# B\nsame"), words, 20)
    assert one.text == two.text
    assert one.id != two.id
    assert re.fullmatch("[0-9a-f]{16}", one.id)


def test_a_limit_that_is_too_small_is_refused() -> None:
    with pytest.raises(ValueError, match="at least"):
        cut(document("a"), words, LEAST_LIMIT - 1)


@pytest.mark.parametrize("text", ["x" * 300_000, "字" * 50_000, "a\n" * 50_000, "- a\n" * 20_000])
def test_monstrous_texts(text: str) -> None:
    started = time.thread_time()
    passages = cut(document(text), parts, 200)
    check(text, passages)
    assert all(len(passage.text) <= 200 * 8 for passage in passages)
    assert time.thread_time() - started < 30


def test_with_a_real_tokenizer(models_dir: Path, shared: Path) -> None:
    files = sorted(models_dir.glob("**/tokenizer.json"))
    if not files:
        pytest.skip("no tokenizer among the test models")
    tokenizer = Tokenizer.from_file(str(files[0]))
    tokenizer.no_truncation()
    tokenizer.no_padding()
    text = (shared / "design.md").read_text("utf-8")

    def starts(piece: str) -> list[int]:
        return [start for start, _ in tokenizer.encode(piece, add_special_tokens=False).offsets]

    def count(piece: str) -> int:
        return len(tokenizer.encode(piece).ids)

    passages = cut(document(text), starts, 198)
    check(text, passages)
    assert all(count(passage.text) <= 200 for passage in passages)
    assert len(passages) < 4 * count(text) / 200
