"""Formulas are set by the browser; what is no formula, or a broken one, stays as it stands."""

import re
from pathlib import Path

import pytest
from lxml import html

from ingest.text.plain import plain
from tests.ui.test_page_reader import document
from ui.page import formulas
from ui.page.formulas import typeset
from ui.page.highlight import marked
from ui.page.html_reader import reader_html
from ui.page.i18n import texts


def test_formulas_within_a_sentence_and_displayed_become_mathml():
    shown = typeset("The matrix $W_0$ is frozen: $$W = W_0 + BA$$ Done.")
    assert shown.startswith(
        'The matrix <math data-tex="$W_0$" xmlns="http://www.w3.org/1998/Math/M'
    )
    assert shown.count("<math") == 2
    assert 'display="block"' in shown
    assert shown.endswith(" Done.")


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("The frozen matrix $W_0$:", "W0:"), ("a rank ($r$), chosen", "(r),"),
        ("“$k$”-means", "“k”-"), ("矩阵 $W_0$，", "W0，"), ("（$r$）。", "（r）。"),
    ],
)  # fmt: skip
def test_no_line_breaks_between_a_formula_and_the_sign_at_it(text, kept):
    tree = html.fragment_fromstring(typeset(text), create_parent="p")
    (unbroken,) = tree.findall(".//span[@class='unbroken']")
    assert unbroken.text_content() == kept
    assert tree.text_content() == re.sub(r"\$|_", "", text)
    assert "unbroken" not in typeset("the matrix $W_0$ alone, and $$W_0$$, displayed")


@pytest.mark.parametrize(
    "text",
    ["It costs $5 and then $6 more.", "US$ 5", r"A bare \$ sign", "$ spaced $", "x$"],
)
def test_money_is_no_formula(text):
    assert "<math" not in typeset(text)


def test_broken_tex_is_shown_as_it_stands():
    assert typeset(r"$\nosuchcommand{x}$") == r"<code>$\nosuchcommand{x}$</code>"
    assert typeset("$" + "{" * 40 + "}" * 40 + "$").startswith("<code>")


@pytest.mark.parametrize(
    ("tex", "said"),
    [
        (r"$$ \text{softmax}\(\frac{q}{d}\) $$", "softmax(qd)"),
        (r"$$x \in \[-1, 1\]$$", "x∈[−1,1]"),
        ("$$\\begin{pmatrix} a & b \\\nc & d \\\n\\end{pmatrix}$$", "(abcd)"),
    ],
)  # fmt: skip
def test_what_markdown_took_of_tex_does_not_break_it(tex, said):
    shown = typeset(tex)
    assert "<code>" not in shown
    tree = html.fragment_fromstring(shown, create_parent="p")
    assert "".join(tree.text_content().split()) == said
    if "&" in tex:
        assert [len(row) for row in tree.iter("mtr")][:2] == [2, 2]


def test_nothing_in_a_formula_becomes_markup():
    shown = typeset(r"$<script>alert(1)</script>$ <b>&</b>")
    assert "<script" not in shown
    assert "&lt;b&gt;&amp;&lt;/b&gt;" in shown


@pytest.mark.parametrize(
    "tex",
    [
        r"\text{<img/src=x/onerror=alert(1)>}", r"\mbox{</mtext><script>alert(1)</script>}",
        r"\href{javascript:alert(1)}{x}", r"\style{background:url(//evil.example)}{x}",
        r"\class{a\"onload=alert(1)}{x}", r"\color{\"onload=\"alert(1)}{x}",
        r"\text{&lt;script&gt;}", r"\hspace{\"onclick=\"1}x", r"x\\[\"1em onload=1\"]y",
    ],
)  # fmt: skip
def test_no_tex_brings_elements_or_attributes_of_its_own(tex):
    for whole in (f"${tex}$", f"$${tex}$$", rf"\({tex}\)"):
        tree = html.fragment_fromstring(typeset(whole), create_parent="div")
        for element in tree.iter():
            assert element.tag in ("div", "span", "code", *formulas._ELEMENTS)
            assert set(element.attrib) <= {"data-tex", "class", "tabindex", *formulas._ATTRIBUTES}


def test_other_delimiters_are_formulas_and_escaped_brackets_are_not():
    set_ = typeset(r"Given \(W_l\) and \[ x = 2 \] and \begin{align} a &= b \\ c &= d \end{align}")
    assert set_.count("<math") == 3
    assert typeset(r"see \[1\] and \[2, 3\]") == r"see \[1\] and \[2, 3\]"
    assert "<math" not in typeset("a $$$ dear to run, and $$$ dear to own")


def test_marks_of_markdown_within_a_formula_are_the_formulas_own():
    text = r"So **all** $\{a_{i}\}_{n} * b_{j}_{m} * c$ of it"
    assert plain(text) == r"So all $\{a_{i}\}_{n} * b_{j}_{m} * c$ of it"
    assert plain("`$a*b` and *c* `$d`") == "$a*b and c $d"


def test_a_mark_that_touches_a_formula_holds_all_of_it():
    shown = marked("The rate $x = 2 rate$ holds.", ["rate holds"], verbatim=False)
    assert "<mark><math" in shown
    assert "</math></mark>" in shown


def test_the_reader_sets_formulas_but_not_those_in_code():
    text = "a $x_1$ and $y_2$ b\n\n$$\na\n= b\n- c\n$$\n\n```\n$x_1$\n```\n`$z_1$`"
    shown = reader_html(document(text), texts("en"))
    assert shown.count("<math") == 3
    assert "<pre><code>$x_1$" in shown
    assert "<code>$z_1$</code>" in shown


def test_every_formula_of_the_primer_can_be_set():
    notes = Path(__file__).resolve().parents[2] / "data" / "primer"
    formulas = [
        found
        for note in notes.glob("*.md")
        for found in re.findall(
            r"\$\$.+?\$\$|(?<!\$)\$[^$\n]+\$(?!\$)", note.read_text("utf-8"), re.S
        )
    ]
    assert len(formulas) > 500
    assert [each for each in formulas if r"\$" not in each and "<code>" in typeset(each)] == []
