"""Formulas are set by the browser; what is no formula, or a broken one, stays as it stands."""

import re
from pathlib import Path

import pytest

from ui.page.formulas import typeset


def test_formulas_within_a_sentence_and_displayed_become_mathml():
    html = typeset("The matrix $W_0$ is frozen: $$W = W_0 + BA$$ Done.")
    assert html.startswith('The matrix <math xmlns="http://www.w3.org/1998/Math/MathML"')
    assert html.count("<math") == 2
    assert 'display="block"' in html
    assert html.endswith(" Done.")


@pytest.mark.parametrize(
    "text",
    ["It costs $5 and then $6 more.", "US$ 5", r"A bare \$ sign", "$ spaced $", "x$"],
)
def test_money_is_no_formula(text):
    assert "<math" not in typeset(text)


def test_broken_tex_is_shown_as_it_stands():
    assert typeset(r"$\nosuchcommand{x}$") == r"<code>$\nosuchcommand{x}$</code>"
    assert typeset("$" + "{" * 40 + "}" * 40 + "$").startswith("<code>")


def test_nothing_in_a_formula_becomes_markup():
    html = typeset(r"$<script>alert(1)</script>$ <b>&</b>")
    assert "<script" not in html
    assert "&lt;b&gt;&amp;&lt;/b&gt;" in html


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
