"""References: from what a page declares to forms that programs which are not ours can read."""

import json

import bibtexparser
import pytest
import rispy
from hypothesis import given
from hypothesis import strategies as st

from assistant.desk import Desk
from assistant.references.apa import apa
from assistant.references.bibtex import bibtex
from assistant.references.csl import item_of, item_of_link, with_keys
from assistant.references.forms import FORMS, form_of
from assistant.references.ris import ris
from index.store.rows import document_of, row_of
from ingest.errors import NothingFound, UsageError
from ingest.values import Document, Imprint
from tests.assistant.test_keeping import QUICK
from tests.stand_in import Web

PAPER = Document(
    "https://arxiv.org/abs/1706.03762", "Attention Is All You Need", "text",
    "Ashish Vaswani; Noam Shazeer", "2017-06-12", "en", "arxiv", "paper", "2026-01-02T03:04:05Z",
    imprint=Imprint(
        (("Vaswani", "Ashish"), ("Shazeer", "Noam")), title="Attention Is All You Need",
        date="2017-06-12", arxiv="1706.03762", venue="arXiv.org",
    ),
)  # fmt: skip
POST = Document(
    "https://blog.example/flash_attention?a=1&b=2",
    "50% faster & 3x cheaper: FlashAttention in {C}", "text", "Anna van der Berg", "2024-03-05",
    "en", "blog", "post", "2026-01-02T03:04:05Z", imprint=Imprint(venue="Notes_of $Anna$ #1"),
)  # fmt: skip
ARTICLE = Document(
    "https://journal.example/a", "On Keys", "text", None, None, "en", "other", "paper",
    "2026-01-02T03:04:05Z",
    imprint=Imprint(
        (("Berg", "Anna-Lena M."), ("Key Lab", "")), title="On Keys", form="article-journal",
        venue="Journal of Caches", date="2019-03", doi="10.1234/abc_5", volume="4", issue="2",
        pages="10–19",
    ),
)  # fmt: skip
ALL = [PAPER, POST, ARTICLE]


def _items(documents=ALL):
    return with_keys((each.url, item_of(each)) for each in documents)


def _parsed(text):
    return bibtexparser.loads(text).entries


def test_bibtex_is_what_another_parser_reads():
    paper, post, article = _parsed(bibtex(_items()))
    assert paper["ENTRYTYPE"] == "misc"
    assert paper["author"] == "Vaswani, Ashish and Shazeer, Noam"
    assert (paper["eprint"], paper["archiveprefix"]) == ("1706.03762", "arXiv")
    assert (paper["year"], paper["month"].lower()) == ("2017", "june")
    assert paper["urldate"] == "2026-01-02"
    assert (paper["howpublished"], paper.get("publisher")) == ("arXiv", None)
    assert post["author"] == "van der Berg, Anna"
    assert post["title"] == (
        r"50\% faster \& 3x cheaper: {FlashAttention} in \textbraceleft{}C\textbraceright{}"
    )
    assert post["howpublished"] == r"Notes\_of \$Anna\$ \#1"
    assert post["url"] == POST.url
    assert article["ENTRYTYPE"] == "article"
    assert article["author"] == "Berg, Anna-Lena M. and {Key Lab}"
    assert (article["journal"], article["pages"]) == ("Journal of Caches", "10--19")
    assert article["doi"] == "10.1234/abc_5"


TEX = {
    r"\textbackslash{}": "\\", r"\textbraceleft{}": "\1", r"\textbraceright{}": "\2", r"\$": "$",
    r"\&": "&", r"\%": "%", r"\#": "#", r"\_": "_", r"\textasciitilde{}": "~",
    r"\textasciicircum{}": "^",
}  # fmt: skip


def _shown(value: str) -> str:
    """Return what TeX shows of a value without formulas."""
    shown = ""
    while value:
        mark = next((mark for mark in TEX if value.startswith(mark)), "")
        shown += TEX[mark] if mark else value[0].replace("{", "").replace("}", "")
        value = value[len(mark) or 1 :]
    return shown.replace("\1", "{").replace("\2", "}")


@given(st.text(st.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp", "Zs"]), min_size=1))
def test_no_title_breaks_a_bib_file(title):
    (item,) = with_keys([("https://a.example/", item_of_link(title, "https://a.example/"))])
    (entry,) = _parsed(bibtex([item]))
    assert entry["ID"] == item["id"]
    if "$" not in title:
        assert _shown(entry["title"]) == title


def test_a_formula_stays_a_formula_and_a_price_a_price():
    titles = [r"An $O(n^2)$ lower bound", "From $5 to $10", "Broken $x_{1$ formula"]
    items = with_keys(
        (f"https://a.example/{n}", item_of_link(title, f"https://a.example/{n}"))
        for n, title in enumerate(titles)
    )
    said = [entry["title"] for entry in _parsed(bibtex(items))]
    assert said == [
        "An {$O(n^2)$} lower bound", r"From \$5 to \$10",
        r"Broken \$x\_\textbraceleft{}1\$ formula",
    ]  # fmt: skip


def test_ris_is_what_another_parser_reads():
    paper, post, article = rispy.loads(ris(_items()))
    assert paper["type_of_reference"] == "UNPB"
    assert paper["authors"] == ["Vaswani, Ashish", "Shazeer, Noam"]
    assert (post["year"], post["title"]) == ("2024", POST.title)
    assert (article["start_page"], article["end_page"], article["volume"]) == ("10", "19", "4")
    assert article["doi"] == "10.1234/abc_5"


def test_a_title_with_line_ends_is_one_line_of_ris():
    item = item_of_link("a\r\nER  - \nTY  - b", "https://a.example/")
    assert len(rispy.loads(ris(with_keys([("a", item)])))) == 1


def test_apa_is_as_the_manual_has_it():
    assert apa(_items()).splitlines() == [
        "Berg, A.-L. M., & Key Lab. (2019). On Keys. Journal of Caches, 4(2), 10–19. "
        "https://doi.org/10.1234/abc_5",
        "van der Berg, A. (2024, March 5). 50% faster & 3x cheaper: FlashAttention in {C}. "
        "Notes_of $Anna$ #1. Retrieved January 2, 2026, from "
        "https://blog.example/flash_attention?a=1&b=2",
        "Vaswani, A., & Shazeer, N. (2017). Attention Is All You Need (arXiv:1706.03762). arXiv. "
        "https://arxiv.org/abs/1706.03762",
    ]


def test_apa_names_nineteen_of_many_authors_and_the_last():
    names = [{"family": f"F{n}", "given": "A"} for n in range(30)]
    (line,) = apa([{"id": "a", "type": "webpage", "title": "Why?", "author": names}]).splitlines()
    assert "F18, A., … F29, A. (n.d.). Why?" in line
    assert "F19" not in line


def test_a_work_without_author_begins_with_its_title():
    item = {"id": "a", "type": "webpage", "title": "Keys", "container-title": "Notes"}
    assert apa([item]) == "Keys. (n.d.). Notes.\n"


def test_keys_depend_on_their_own_source_alone():
    alone = {_items([each])[0]["id"] for each in ALL}
    together = {item["id"] for item in _items(list(reversed(ALL)))}
    assert alone == together
    assert all(key.isascii() for key in together)
    assert next(key for key in together if key.startswith("vaswani2017attention-"))


def test_keys_are_unique_even_where_everything_else_is_the_same():
    addresses = [f"https://a.example/{n}" for n in range(2_000)]
    keys = [item["id"] for item in with_keys((url, item_of_link("键", url)) for url in addresses)]
    assert len(set(keys)) == len(keys)
    assert all(key.isascii() and " " not in key for key in keys)


def test_an_imprint_is_kept_by_the_library():
    assert document_of(row_of(ARTICLE)) == ARTICLE


PAGE = """<!DOCTYPE html>
<!-- saved from url=(0029)https://notes.example/sharing -->
<html lang="en"><head><title>Sharing keys | Notes</title>
<meta property="og:site_name" content="Notes of Anna">
<script type="application/ld+json">{"@type": "BlogPosting", "headline": "Sharing keys",
"author": {"@type": "Person", "name": "Anna Berg"}, "datePublished": "2024-03-05"}</script></head>
<body><article><h1>Sharing keys</h1><p>Multi-query attention keeps one key head and one value head
for all query heads, as was described in 2019. Decoding becomes faster because the cache is
smaller.</p></article></body></html>"""


@pytest.fixture
def cited(desk, tmp_path):
    """A desk that knows a page of the web and a list of it and a page that is not here."""
    page, mine = tmp_path / "page.html", tmp_path / "mine.md"
    page.write_text(PAGE, encoding="utf-8")
    mine.write_text(
        "# Mine\n\n- [Sharing](https://notes.example/sharing)\n- [Gone](https://gone.example/x)\n"
    )
    desk.add_list(mine)
    desk.ingest([page], offline=True)
    return desk


def test_a_page_a_list_and_an_answer_are_cited(cited):
    (page,) = cited.cite(["https://notes.example/sharing#part"])
    assert page["author"] == [{"family": "Berg", "given": "Anna"}]
    assert page["container-title"] == "Notes of Anna"
    assert page["issued"] == {"date-parts": [[2024, 3, 5]]}
    assert page["URL"] == "https://notes.example/sharing"
    both = cited.cite(["mine", "https://notes.example/sharing"])
    assert [item["title"] for item in both] == ["Sharing keys", "Gone"]
    assert both[0] == page
    assert "accessed" not in both[1]
    from assistant.contract import to_json

    saved = json.loads(json.dumps(to_json(cited.ask("how does multi-query attention share keys?"))))
    items = cited.cite(answers=[saved, saved])
    wanted = {each["url"] for each in saved["citations"]}
    assert len(items) == len(wanted) > 0


def test_what_cannot_be_cited_is_said(cited):
    with pytest.raises(UsageError, match="no list of this home, no file and no address"):
        cited.cite(["nonsense"])
    with pytest.raises(NothingFound, match="holds no page"):
        cited.cite(["https://nowhere.example/"])
    with pytest.raises(UsageError, match="not a saved answer"):
        cited.cite(answers=[{"a": 1}])
    with pytest.raises(NothingFound, match="nothing to cite"):
        cited.cite()
    with pytest.raises(UsageError, match="choose bibtex, ris, csl-json, apa"):
        form_of("endnote")
    assert json.loads(FORMS["csl-json"].write(cited.cite(["mine"])))[1]["type"] == "post-weblog"


BIB = """@article{berg, title={On Keys}, author={Berg, Anna and {Key Lab}}, year={2019},
 journal={Journal of Caches}, volume={4}, doi={10.1234/abc_5}, url={https://journal.example/keys}}
@misc{post, title={A Post}, author={Roth, Ben}, date={2020-05-06}, url={https://blog.example/p}}
"""


def test_what_an_imported_list_knows_is_cited_where_the_page_says_nothing(home, tmp_path):
    own = b"<html><title>A Post</title><meta name='citation_author' content='Can, Cem'><body>"
    body = own + b"<article>" + b"<p>Keys are shared among the heads of a group.</p>" * 9
    with Web({"https://blog.example/p": (200, [("Content-Type", "text/html")], body)}) as web:
        desk = Desk(home, llm="extractive", transport=web.transport, limits=QUICK)
        desk.ingest(seed=False, offline=True)
        (tmp_path / "refs.bib").write_text(BIB)
        desk.add_list(tmp_path / "refs.bib")
        desk.ingest(["https://blog.example/p"])
        keys, post = desk.cite(["refs"])
        desk.close()
    assert keys["author"] == [{"family": "Berg", "given": "Anna"}, {"literal": "Key Lab"}]
    assert (keys["DOI"], keys["container-title"]) == ("10.1234/abc_5", "Journal of Caches")
    assert (keys["type"], keys["volume"]) == ("article-journal", "4")
    assert keys["issued"] == {"date-parts": [[2019]]}
    assert post["author"] == [{"family": "Can", "given": "Cem"}]  # the page's own word
    assert post["issued"] == {"date-parts": [[2020, 5, 6]]}
