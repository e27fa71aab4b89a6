"""Lines end where a reader of their language expects it."""

from io import StringIO

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.style import Style
from rich.text import Text

from ui.cli.terminal import Console
from ui.cli.wrapping import Wrapped


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("one two three", ["one two", "three"]),
        ("用 GRPO 训练模型，效果好", ["用 GRPO 训", "练模型，效", "果好"]),
        ("这是一个模型（model）", ["这是一个模", "型", "（model）"]),
        ("人们常常说，是", ["人们常常", "说，是"]),
        ("先用DeepSeek写", ["先用", "DeepSeek写"]),
        ("averyveryverylongword", ["averyveryv", "erylongwor", "d"]),
        ("  • one two three", ["  • one", "    two", "    three"]),
        ("    x = aaa + b", ["    x =", "    aaa +", "    b"]),
        ("", [""]),
        ("one\n\ntwo", ["one", "", "two"]),
    ],
)
def test_lines_end_between_words_and_beside_wide_characters(text, lines):
    wrapped = Wrapped.of(Text(text)).wrap(Console(width=10), 10)
    assert [line.plain for line in wrapped] == lines


@given(st.text(st.sampled_from("ab 中文，。（）“”-•.$\t"), max_size=60), st.integers(4, 30))
def test_nothing_is_lost_and_no_line_is_too_long(text, width):
    lines = [line.plain for line in Wrapped.of(Text(text)).wrap(Console(), width)]
    assert all(cell_len(line) <= width for line in lines)
    said = "".join(lines).replace(" ", "")
    assert said == text.replace(" ", "").replace("\t", "")


def test_the_console_breaks_all_its_text_so():
    out = StringIO()
    Console(file=out, width=20).print(
        Text("奖励由 DeepSeek-R1-Zero 计算。"), "再说 DeepSeek-R1-Zero。"
    )
    assert out.getvalue().split("\n") == [
        "奖励由",
        "DeepSeek-R1-Zero 计",
        "算。 再说",
        "DeepSeek-R1-Zero。",
        "",
    ]


def test_styles_stay_with_their_words():
    text = Text("模型 ")
    text.append("DeepSeek 很好", style=Style(bold=True))
    bold = [
        line.plain[span.start : span.end]
        for line in Wrapped.of(text).wrap(Console(), 10)
        for span in line.spans
        if span.style == Style(bold=True)
    ]
    assert "".join(bold).replace(" ", "") == "DeepSeek很好"
