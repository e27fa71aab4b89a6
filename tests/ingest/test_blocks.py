"""The one reader of Markdown blocks, and what is read by it: sentences, passages, plain lines."""

import re

import pytest

from ingest.reading.document import Document
from ingest.text.blocks import blocks, code_lines, code_spans, fenced, guarded, open_fence
from ingest.text.passage import cut
from ingest.text.plain import escape, inline_code, plain, plain_line, plain_lines
from ingest.text.sentences import sentences
from ingest.text.text_fragment import text_directive

TEXT = """Before.

# One #

- item one
  goes on
- [x] item two
> quoted

| a | b |
|---|---|
| 1 | 2 |
```python
# no heading
x = 1
```
## Two
1. first

~~~
open
"""


def test_blocks_know_their_kind_words_and_headings():
    found = [(block.kind, TEXT[block.content : block.end], block.heading) for block in blocks(TEXT)]
    assert found == [
        ("prose", "Before.", ()),
        ("heading", "One #", ("One",)),
        ("item", "item one\n  goes on", ("One",)),
        ("item", "item two\n> quoted", ("One",)),
        ("table", "| a | b |\n|---|---|\n| 1 | 2 |", ("One",)),
        ("code", "# no heading\nx = 1\n```", ("One",)),
        ("heading", "Two", ("One", "Two")),
        ("item", "first", ("One", "Two")),
        ("code", "open\n", ("One", "Two")),
    ]


def test_spans_are_whole_lines_in_order_and_leave_nothing_out():
    end = 0
    for block in blocks(TEXT):
        assert not TEXT[end : block.start].strip()
        assert block.start == 0 or TEXT[block.start - 1] == "\n"
        assert block.start < block.end <= len(TEXT)
        end = block.end
    assert not TEXT[end:].strip()


def test_code_has_its_fence_its_lines_and_an_end_or_none():
    first, last = (block for block in blocks(TEXT) if block.kind == "code")
    assert (first.fence, first.closed, last.fence, last.closed) == ("```", True, "~~~", False)
    lines = [TEXT[start:end] for start, end in code_lines(TEXT, first)]
    assert lines == ["# no heading", "x = 1"]
    start, end = code_spans(TEXT)[0]
    assert TEXT[start:end].startswith("```python\n")
    assert open_fence(TEXT) == "~~~"
    assert open_fence(TEXT[: last.start]) == ""


def test_a_piece_cut_out_of_code_is_read_right_when_told_so():
    piece = "y = 2\n# comment\n```\nProse again. And more.\n\n```\nz = 3"
    found = [(block.kind, piece[block.start : block.end]) for block in blocks(piece, "```")]
    assert found == [
        ("code", "y = 2\n# comment\n```"),
        ("prose", "Prose again. And more."),
        ("code", "```\nz = 3"),
    ]
    said = [piece[start:end] for start, end in sentences(piece, "```")]
    assert said == ["y = 2", "# comment", "Prose again.", "And more.", "z = 3"]
    assert plain_lines("a*b*c\n```\nd *e*", "```") == ["a*b*c", "d e"]


def test_an_empty_block_of_code_and_a_fence_at_the_very_end():
    assert [(b.kind, b.closed) for b in blocks("```\n```")] == [("code", True)]
    assert [(b.kind, b.closed, b.content) for b in blocks("```")] == [("code", False, 3)]
    assert list(blocks("")) == list(blocks("\n \n")) == []
    assert list(code_lines("```", next(blocks("```")))) == [(3, 3)]


def document(text: str) -> Document:
    return Document("https://a.example/x", "T", text, None, None, "en", "other", "post", "2026")


def words(text: str) -> list[int]:
    return [word.start() for word in re.finditer(r"\S+", text)]


@pytest.mark.parametrize("fence", ["```", "~~~~", "`````"])
def test_a_passage_that_begins_inside_code_knows_it(fence):
    code = "\n".join(f"# step {n}\nvalue_{n} = run({n}, {n})" for n in range(60))
    text = f"Said first. Said next.\n\n{fence}python\n{code}\n{fence}\n\nSaid after it. The end."
    passages = cut(document(text), words, 32)
    inside = [passage for passage in passages if passage.fence]
    assert len(inside) > 4
    assert {passage.fence for passage in inside} == {fence}
    assert passages[0].fence == ""
    for passage in passages:
        assert passage.text == text[passage.start : passage.end]
    read = [
        (passage.start + start, passage.start + end)
        for passage in passages
        for start, end in sentences(passage.text, passage.fence)
    ]
    assert read == sentences(text)


@pytest.mark.parametrize(
    ("markdown", "read"),
    [
        ("**a** b *c d* `x*y*`", "a b c d x*y*"),
        ("[label](https://a.example/(x)) and ![picture](u) here", "label and here"),
        ("[a [b](c) d](e)", "a b d"),
        ("said so[^1] <b>loudly</b> ~~not~~", "said so loudly not"),
        (r"2\*3 and 2*3*4 and 2 * 3 * 4", "2*3 and 2*3*4 and 2 * 3 * 4"),
        ("snake_case_name and _said_ __so__", "snake_case_name and said so"),
        ("``a`b`` `c", "a`b `c"),
        ("***both*** **bold**ly 词**粗体**词", "both boldly 词粗体词"),
        ("[12][13] [a] [x]y", "[12][13] [a] [x]y"),
        ("![a", "![a"),
        ("C# and F#", "C# and F#"),
        ("*open and _open", "*open and _open"),
    ],
)
def test_marks_within_a_line_come_off(markdown, read):
    assert plain(markdown) == read


@pytest.mark.parametrize(
    ("line", "read"),
    [
        ("- [x] **Name**: [page](u)", "Name: page"),
        ("  3. third", "third"),
        ("> > ## Deep `x` ##", "Deep x"),
        ("|---|:--|", ""),
        ("* * *", ""),
        ("#hashtag", "#hashtag"),
    ],
)
def test_marks_of_a_block_come_off_a_line(line, read):
    assert plain_line(line) == read


def test_words_are_put_into_markdown_as_they_are():
    words = r"*a* [b](c) `d` <e> #1 | \x"
    assert plain(escape(words)) == words
    assert plain(inline_code("a`b``c")) == "a`b``c"
    assert guarded("# not a heading") == r"\# not a heading"
    assert guarded("```not a fence") == r"\```not a fence"
    assert guarded("C#") == "C#"
    assert [block.kind for block in blocks(fenced("a\n```\nb", "md"))] == ["code"]


def test_the_fragment_of_a_passage_that_begins_inside_code_is_of_its_prose():
    text = "x = 1\n```\n\nProse says what it does here.\n\n```\ny = 2"
    assert text_directive(text, fence="```") == "Prose%20says%20what%20it%20does%20here."
    assert text_directive(text) != "Prose%20says%20what%20it%20does%20here."


def test_a_fragment_looks_past_a_table_to_prose_and_past_marks_to_words():
    text = "| a | b |\n|---|---|\n| 1 | 2 |\n\nSaid *so* here, `f(**x)` too."
    assert text_directive(text) == "Said%20so%20here%2C%20f%28%2A%2Ax%29%20too."


def test_tags_are_marks_to_a_reader_and_words_in_what_a_model_wrote():
    said = "Put **it** between `<b>` and <think>."
    assert plain(said) == "Put it between <b> and ."
    assert plain(said, keep_tags=True) == "Put it between <b> and <think>."


def test_marks_that_only_some_readers_know_are_escaped_for_them():
    assert escape("a ~b~ *c*") == r"a ~b~ \*c\*"
    assert escape("a ~b~ *c*", also="~") == r"a \~b\~ \*c\*"
