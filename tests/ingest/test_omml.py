"""Formulas of office documents come out as TeX, in their places."""

import pytest
from lxml import etree

from ingest.archive.values import Reply
from ingest.reading.document import read_document
from ingest.reading.omml import M, tex_of
from tests.packed import docx, paragraph
from ui.page.formulas import typeset

WORDS = "A kestrel hovers over the field and waits for a vole to move. " * 4
X, Y = "<m:r><m:t>x</m:t></m:r>", "<m:r><m:t>𝑦</m:t></m:r>"


def upright(text, how='<m:sty m:val="p"/>'):
    return "".join(f"<m:r><m:rPr>{how}</m:rPr><m:t>{letter}</m:t></m:r>" for letter in text)


def of(name, said="", **parts):
    body = "".join(f"<m:{part}>{body}</m:{part}>" for part, body in parts.items())
    return f"<m:{name}>{said and f'<m:{name}Pr>{said}</m:{name}Pr>'}{body}</m:{name}>"


def omath(body, name="oMath"):
    return f'<m:{name} xmlns:m="{M[1:-1]}">{body}</m:{name}>'


@pytest.mark.parametrize(
    ("body", "tex"),
    [
        (X + Y, "xy"),
        (of("f", num=X, den=Y), "\\frac{x}{y}"),
        (of("f", '<m:type m:val="lin"/>', num=X + X, den=Y), "{xx}/y"),
        (of("sSubSup", e=X, sub="<m:r><m:t>i</m:t></m:r>", sup=Y), "x_{i}^{y}"),
        (of("sSup", e=X + Y, sup=X), "{xy}^{x}"),
        (of("rad", '<m:degHide m:val="1"/>', deg="", e=X), "\\sqrt{x}"),
        (of("rad", deg="<m:r><m:t>3</m:t></m:r>", e=X), "\\sqrt[3]{x}"),
        (of("nary", '<m:chr m:val="∑"/>', sub=X, sup=Y, e=X), "\\sum_{x}^{y} x"),
        (of("nary", sub="", sup="", e=X), "\\int x"),
        (of("d", e=X), "(x)"),
        (of("d", '<m:begChr m:val="{"/><m:endChr m:val=""/>', e=X), "\\left\\{ x \\right."),
        (of("d", e=of("f", num=X, den=Y)), "\\left( \\frac{x}{y} \\right)"),
        (of("func", fName=upright("log"), e=X), "\\log x"),
        (upright("softmax") + of("d", e=X), "\\mathrm{softmax}(x)"),
        (of("acc", '<m:chr m:val="\u0304"/>', e=X), "\\bar{x}"),
        (of("limLow", e=upright("max"), lim=X), "\\max_{x}"),
        (of("limLow", e=X + Y, lim="<m:r><m:t>⏟</m:t></m:r>"), "\\underbrace{xy}"),
        ("<m:m><m:mr><m:e>1</m:e></m:mr></m:m>", "\\begin{matrix}\\end{matrix}"),
        (f"<m:eqArr><m:e>{X}</m:e><m:e>{Y}</m:e></m:eqArr>",
         "\\begin{aligned}x \\\\ y\\end{aligned}"),
        (upright("R", '<m:scr m:val="double-struck"/>'), "\\mathbb{R}"),
        ("<m:r><m:t>α≤50% ∈ Γ, Α</m:t></m:r>", "\\alpha \\le 50\\% \\in \\Gamma , Α"),
        ("<m:box><m:e><m:r><m:t>$\\_</m:t></m:r></m:e></m:box>", "\\_"),
        ("", ""),
    ],
)  # fmt: skip
def test_a_formula_is_written_as_tex_writes_it(body, tex):
    assert tex_of(etree.fromstring(omath(body))) == tex
    assert not tex or "merror" not in typeset(f"${tex}$")


def test_formulas_of_a_word_document_stand_where_they_stood():
    inline = f"<w:p><w:r><w:t>Where {omath(of('f', num=X, den=Y))} is small.</w:t></w:r></w:p>"
    inline = inline.replace("<w:r><w:t>Where ", '<w:r><w:t xml:space="preserve">Where </w:t></w:r>')
    inline = inline.replace(" is small.", '<w:r><w:t xml:space="preserve"> is small.')
    shown = f"<w:p>{omath(omath(X + Y), 'oMathPara')}</w:p>"
    body = docx(paragraph(WORDS) + inline + shown + paragraph("After it."))
    reply = Reply("file:///a.docx", 200, (), body, "2026-01-02T03:04:05Z", resource=True)
    text = read_document(reply).text
    assert "Where $\\frac{x}{y}$ is small.\n\n$$xy$$\n\nAfter it." in text


def test_what_nests_without_end_is_no_harm():
    deep = "<m:box><m:e>" * 200 + X + "</m:e></m:box>" * 200
    assert tex_of(etree.fromstring(omath(deep), etree.XMLParser(huge_tree=True))) == ""
