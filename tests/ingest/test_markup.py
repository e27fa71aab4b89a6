"""Tables, formulas and lists of LaTeX and reStructuredText are tables, formulas and lists after."""

import pytest

from ingest.reading.markup import as_markdown


def tex(body):
    return as_markdown(f"\\begin{{document}}\n{body}\n\\end{{document}}", "tex")


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ("Let \\(x\n\\in X\\) be.", "Let $x \\in X$ be."),
        ("So \\[ a = b \\] holds.", "So\n\n$$a = b$$\n\nholds."),
        ("A line\\\\[2pt] and another.", "A line  and another."),
        ("\\begin{align}a &= b \\\\ c &= d \\label{x} \\\\\n\\end{align}",
         "$$\\begin{aligned}a &= b \\\\ c &= d\\end{aligned}$$"),
        ("\\begin{enumerate}\n\\item\n  one\n\\item two\n\\item\n\\item\\end{enumerate}",
         "1. one\n2. two\n3.\n4."),
        ("\\begin{itemize}\\item a\\begin{enumerate}\\item b\\end{enumerate}\\item c\\end{itemize}",
         "- a\n\n1. b\n\n- c"),
        ("Kept.\\footnote{Unless\n it is not.} More", "Kept. (Unless it is not.) More"),
        ("\\hypertarget{a}{%\n\\section{Of it}\\label{a}}\nText", "## Of it\n\nText"),
        ("7\\,B in \\includegraphics[width=1cm]{x.png}it", "7 B in it"),
        ("\\begin{table}\\caption{Sizes}\\begin{tabular}{l|c@{\\hskip 2pt}p{3cm}}\\hline\n"
         "Model & \\textbf{Size} & \\\\ \\midrule\n\\multicolumn{2}{c}{Both} & a \\& b|c "
         "\\\\[1ex]\n"
         "$x^2$ & 7 & % a comment\n 8 \\\\\\cmidrule(lr){1-2}\\end{tabular}\\end{table}After",
         "Sizes\n\n| Model | Size |  |\n| --- | --- | --- |\n| Both | a & b\\|c |  |\n"
         "| $x^2$ | 7 | 8 |\n\nAfter"),
        ("\\begin{tabularx}{\\textwidth}{@{}l{2cm}}\n{A} & B \\\\\n\\end{tabularx}",
         "| {A} | B |\n| --- | --- |"),
        ("\\newcommand{\\us}{SuperNet}\\def\\R{\\mathbb{R}}\\newcommand{\\we}{\\us\\xspace}"
         "\\newcommand{\\f}[1]{#1}\nOn \\us: \\we{} in $\\R^n$, \\used.",
         "On SuperNet: SuperNet in $\\mathbb{R}^n$, \\used."),
        ("A\n\\begin{comment}\nhidden \\begin{verbatim}\n\\end{comment}\nB", "A\n\nB"),
        ("A \\begin{comment}hidden\\end{comment} B", "A  B"),
        ("Set \\verb|a_b%c~d| and \\verb+x+. % left out", "Set `a_b%c~d` and `x`."),
        ("\\input{/etc/passwd} Kept.\\footnote{So.} 5\\%", "Kept. (So.) 5%"),
        ("\\begin{longtable}[]{@{}lr@{}}\na & b \\tabularnewline\n", "| a | b |\n| --- | --- |"),
    ],
)  # fmt: skip
def test_latex_is_read(body, text):
    assert tex(body) == text


def test_a_paper_of_latex_has_its_title_and_authors():
    head = (
        "\\title{On \\us}\\newcommand\\us{Nets}\n"
        "\\author{Ann \\textbf{Lee}\\thanks{Of X} \\and Bo Ray$^1$ \\\\ A Lab}\n\\begin{document}"
    )
    said = as_markdown(f"{head}Text", "tex")
    assert said == "# On Nets\n\nAnn Lee, Bo Ray, A Lab\n\nText"


def test_macros_that_stand_for_one_another_end():
    bomb = "".join(
        f"\\newcommand{{\\{name}}}{{\\{inner} \\{inner}}}"
        for name, inner in zip("abcdef", "bcdefa", strict=True)
    )
    assert len(tex(f"{bomb} " + "\\a " * 10_000)) < 2_000_000


@pytest.mark.parametrize(
    ("body", "table"),
    [
        ("=====  =====\nA      B\n=====  =====\nx      longer\n       on\ny\n=====  =====\n",
         ["A | B", "x | longer on", "y | "]),
        ("+----+-----+\n| H  | O   |\n+====+=====+\n| 1  | two |\n| 2  |     |\n+----+-----+\n",
         ["H | O", "1 2 | two"]),
        ("+----+\n| H  |\n", ["H"]),
        (".. list-table:: Sizes\n   :header-rows: 1\n\n   * - Model\n     - Size in\n       B\n"
         "   * - ``Llama``\n     -\n", ["Model | Size in B", "`Llama` | "]),
        ('.. csv-table::\n   :header: "N", "P|Q"\n\n   "A, b", 3\n', ["N | P\\|Q", "A, b | 3"]),
    ],
)  # fmt: skip
def test_tables_of_restructuredtext_are_read(body, table):
    head, *rows = table
    lines = as_markdown(f"Before it.\n\n{body}\nAfter it.", "rst").split("\n")
    expected = [f"| {head} |", f"|{' --- |' * (head.count(' | ') + 1)}"]
    assert [line for line in lines if line[:1] == "|"] == expected + [f"| {row} |" for row in rows]
    assert (lines[0], lines[-1]) == ("Before it.", "After it.")


def test_a_rule_alone_is_no_table():
    for text in ("== ==\nNo table\n", "+--+\n\nText", "Title\n=====\n"):
        assert "|" not in as_markdown(text, "rst")


def test_roles_and_fields_of_restructuredtext_are_read():
    text = as_markdown(
        "Title\n=====\n\n:Author: Ann\n:Date:   2024\n\nIn :math:`O(n^2)` time.", "rst"
    )
    assert text == "# Title\n\nAuthor: Ann\n\nDate: 2024\n\nIn $O(n^2)$ time."
