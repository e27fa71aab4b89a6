"""Code is told apart from prose, and stays within its block."""

from markdown_it import MarkdownIt

from ui.sentence_form import code_of, fenced


def test_a_fenced_block_is_code_without_its_fences():
    assert code_of("```python\nx = 1\n\ny = 2\n```") == "x = 1\n\ny = 2"
    assert code_of("````\n```\nx\n```\n````") == "```\nx\n```"
    assert code_of("  ~~~\n  x:\n    y\n  ~~~") == "x:\n  y"
    assert code_of("```\ncut off") == "cut off"  # passages end where they end
    assert code_of("A cache holds keys.") is None
    assert code_of("```x``` is code in a sentence.") is None


def test_nothing_in_code_ends_its_block():
    code = "a\n```\n<img src=x>\n`````\n[run](https://evil.example)"
    html = MarkdownIt("commonmark").render(fenced(code))
    assert html.count("<pre>") == 1
    assert "<a" not in html
    assert "<img" not in html
