"""Formulas and what stands above or below the line, in HTML and in Markdown."""

import pytest

from ingest.reading.extract import extract_html, extract_markdown
from ingest.reading.raised import subscript, superscript

TEX = '<annotation encoding="application/x-tex">E=mc^2</annotation>'
SHOWN = "<mrow><mi>E</mi><mo>=</mo><mi>m</mi><msup><mi>c</mi><mn>2</mn></msup></mrow>"
FORMULAS = {
    "annotation": f"<math><semantics>{SHOWN}{TEX}</semantics></math>",
    "another encoding": f"<math><semantics>{SHOWN}{TEX.replace('application/x-tex', 'LaTeX')}"
    "</semantics></math>",
    "alttext": f'<math alttext="E=mc^2">{SHOWN}</math>',
    "alttext with a style": f'<math alttext="{{\\displaystyle E=mc^2}}">{SHOWN}</math>',
    "presentation": f"<math>{SHOWN}</math>",
    "katex": f'<span class="katex"><span class="katex-mathml"><math><semantics>{SHOWN}{TEX}'
    '</semantics></math></span><span class="katex-html" aria-hidden="true">E=mc2</span></span>',
    "mathjax 3": '<mjx-container jax="SVG"><svg></svg><mjx-assistive-mml>'
    f"<math>{SHOWN}</math></mjx-assistive-mml></mjx-container>",
    "mathjax 4": '<mjx-container><mjx-math data-latex="E=mc^2"><mjx-c></mjx-c></mjx-math>'
    "</mjx-container>",
    "mathjax 2": '<span class="MathJax_Preview">E=mc2</span><span class="MathJax"><b>E=mc2</b>'
    f'<span class="MJX_Assistive_MathML"><math>{SHOWN}</math></span></span>'
    '<script type="math/tex">E=mc^2</script>',
    "wikipedia": '<span class="mwe-math-element"><span style="display: none;">'
    f'<math alttext="{{\\displaystyle E=mc^2}}">{SHOWN}</math></span>'
    '<img class="mwe-math-fallback-image-inline" aria-hidden="true" alt="E=mc^2"></span>',
    "xhtml": "<m:math><m:semantics>"
    + (SHOWN + TEX)
    .replace("</", "</m:")
    .replace("<m", "<m:m")
    .replace("<m:m:", "<m:m")
    .replace("<annotation", "<m:annotation")
    + "</m:semantics></m:math>",
    "a script of MathML": f'<script type="math/mml"><math>{SHOWN}</math></script>',
    "a script of AsciiMath": '<script type="math/asciimath">E=mc^2</script>',
    "an image": '<img class="latex" src="https://a.example/latex.php" alt="E=mc^2">',
}


def read(body: str) -> str:
    return extract_html(f"<body><article>{body}</article></body>", "https://a.example/x").text


@pytest.mark.parametrize("formula", FORMULAS.values(), ids=FORMULAS)
def test_a_formula_stands_in_the_text_once(formula):
    assert read(f"<p>So {formula} holds.</p>") == "So $E=mc^2$ holds."
    table = read(
        f"<table><tr><th>a</th><th>b</th></tr><tr><td>x</td><td>{formula}</td></tr></table>"
    )
    assert table == "| a | b |\n| --- | --- |\n| x | $E=mc^2$ |"


@pytest.mark.parametrize(
    ("shown", "tex"),
    [
        ("<mn>7.1</mn><mo>×</mo><msup><mn>10</mn><mrow><mo>−</mo><mn>2</mn></mrow></msup>",
         "7.1×10^{-2}"),
        ("<mfrac><mi>a</mi><msub><mi>b</mi><mi>i</mi></msub></mfrac>", r"\frac{a}{b_i}"),
        ("<msqrt><mi>d</mi><mo>+</mo><mn>1</mn></msqrt>", r"\sqrt{d+1}"),
        ("<msubsup><mi>W</mi><mi>i</mi><mi>Q</mi></msubsup>", "W_i^Q"),
        ("<munderover><mo>∑</mo><mrow><mi>i</mi><mo>=</mo><mn>1</mn></mrow><mi>n</mi></munderover>"
         "<mi>x</mi>", "{∑}_{i=1}^nx"),
        ("<mi>softmax</mi><mo>(</mo><mi>x</mi><mo>)</mo>", "softmax (x)"),
        ("<mroot><mi>x</mi><mn>3</mn></mroot>", r"\sqrt[3]{x}"),
    ],
)  # fmt: skip
def test_presentation_alone_is_written_as_tex(shown, tex):
    assert read(f"<p>So <math>{shown}</math> holds.</p>") == f"So ${tex}$ holds."


def test_katex_without_mathml_keeps_what_is_drawn():
    drawn = '<span class="katex"><span class="katex-html" aria-hidden="true">x = 1</span></span>'
    assert read(f"<p>So {drawn} holds.</p>") == "So x = 1 holds."


SCRIPTS = [
    ("3.1×10<sup>23</sup> steps", "3.1×10^23 steps"),
    ("10<sup>−5</sup> and 10<sup>-3</sup>", "10^-5 and 10^-3"),
    ("O(n<sup>2</sup>) and (a+b)<sup>2</sup>", "O(n^2) and (a+b)^2"),
    ('10<span style="font-size:70%; vertical-align: super">15</span> steps', "10^15 steps"),
    ('10<span class="superscript">16</span>, x<i class="subscript">i</i>', "10^16, x_i"),
    (
        "log<sup>2</sup> n, sin<sup>2</sup>(x), the log<sup>2</sup>.",
        "log^2 n, sin^2(x), the log[2].",
    ),
    ("e<sup>n+1</sup>, 2<sup>2k</sup>", "e^{n+1}, 2^2k"),
    ("<i>n</i><sup>2</sup> and <b>x</b><sub>i</sub><sup>2</sup>", "n^2 and x_i^2"),
    ("d<sub>model</sub>, x<sub>i,j</sub>, log<sub>2</sub>", "d_model, x_{i,j}, log_2"),
    ("5 km<sup>2</sup>, 3 m<sup>2</sup>, 9 s<sup>-1</sup>", "5 km^2, 3 m^2, 9 s^-1"),
    ("CO<sub>2</sub>, H<sub>2</sub>O, x<sub>2</sub>", "CO2, H2O, x_2"),
    ("1<sup>st</sup>, 2<sup>nd</sup>, n<sup>th</sup>, 5<sup>th</sup>", "1st, 2nd, nth, 5th"),
    ("group.<sup>12</sup> A third", "group.[12] A third"),
    ("the model<sup>3</sup> and so<sup>1,2</sup>", "the model[3] and so[1,2]"),
    ("so<sup>[7]</sup> it", "so[7] it"),
    ('10<sup><a href="#fn1">1</a></sup> it', "10[1] it"),
    ('so<sup class="reference"><a href="#cite-3">[3]</a></sup>', "so[3]"),
    ('so<a href="#n"><sup>4</sup></a> it', "so[4] it"),
    ("in 2023<sup>1</sup> it", "in 2023[1] it"),
    ("word<sup>*</sup> and name<sup>†</sup>", "word[*] and name[†]"),
    ("Name<sup>TM</sup> <sup>small words here</sup>", "NameTM small words here"),
    ("2<sup>3<sup>4</sup></sup>", "2^{3^4}"),
    ("Title<sup>beta</sup>", "Title beta"),
]


@pytest.mark.parametrize(("html", "text"), SCRIPTS)
def test_scripts_are_written_on_the_line(html, text):
    assert read(f"<p>It is {html} there.</p>") == f"It is {text} there."
    assert extract_markdown(f"It is {html} there.", "https://a.example/x.md").text == (
        f"It is {text} there."
    )


def test_scripts_in_headings_items_captions_and_titles():
    found = extract_html(
        "<title>Runs of 10^23 steps</title><article><h1>Runs of 10<sup>23</sup> steps</h1>"
        "<ul><li>2<sup>14</sup> tokens</li></ul><table><caption>Cost in 10<sup>3</sup></caption>"
        "<tr><th>d<sub>k</sub></th><th>b</th></tr><tr><td>2<sup>6</sup></td><td>1</td></tr></table>"
        "</article>",
        "https://a.example/x",
    )
    assert found.text == (
        "# Runs of 10^23 steps\n\n- 2^14 tokens\n\nCost in 10^3\n\n"
        "| d_k | b |\n| --- | --- |\n| 2^6 | 1 |"
    )
    assert found.title == "Runs of 10^23 steps"


def test_footnotes_of_markdown_and_of_its_rendering_are_kept():
    source = extract_markdown(
        "It is frozen[^1], in four bits[^b].\n\n[^1]: Said *so*.\n"
        "[^b]: More [here](u)\n    of it.\n\n"
        "    And a second paragraph.\n\nThe end.",
        "https://a.example/x.md",
    )
    assert source.text == (
        "It is frozen[1], in four bits[b].\n\n[1] Said so.\n\n[b] More here of it.\n\n"
        "And a second paragraph.\n\nThe end."
    )
    rendered = read(
        '<p>It is frozen<sup><a href="#user-content-fn-1" data-footnote-ref>1</a></sup>.</p>'
        '<section data-footnotes class="footnotes"><h2 class="sr-only">Footnotes</h2><ol>'
        '<li id="user-content-fn-1"><p>Said so. <a href="#user-content-fnref-1" '
        'class="data-footnote-backref" data-footnote-backref>↩</a></p></li></ol></section>'
    )
    assert rendered.startswith("It is frozen[1].\n\n1. Said so.")


def test_a_text_set_small_is_told_from_a_power():
    assert superscript("23", "3.1×10") == "^23"
    assert superscript("a whole remark that goes on", "n") == " a whole remark that goes on"
    assert superscript("", "n") == ""
    assert superscript("2", "and E=mc") == "^2"
    assert superscript("2", "as in E=max the model") == "[2]"
    assert subscript("max", "the value ") == "max"
