"""What a page declares for those who cite it, whichever of the customs it follows."""

import json

import pytest
from lxml import html

from ingest.reading.imprint import imprint_of, listed_authors
from ingest.text.names import name_parts, names_in
from ingest.values import Imprint


def _of(head: str) -> Imprint:
    return imprint_of(html.document_fromstring(f"<html><head>{head}</head><body>a</body></html>"))


def _meta(**tags: str) -> str:
    return "".join(f'<meta name="{name}" content="{value}">' for name, value in tags.items())


def _ld(value: object) -> str:
    return f'<script type="application/ld+json">{json.dumps(value)}</script>'


def test_tags_made_for_citing_are_read_whole():
    found = _of(
        '<meta name="citation_author" content="van der Berg, Anna">'
        '<meta name="citation_author" content="Ben Roth">'
        + _meta(
            citation_title="On Keys", citation_journal_title="Journal of Caches",
            citation_publication_date="2019/3/7", citation_doi="doi:10.1234/abc.5",
            citation_volume="4", citation_issue="2", citation_firstpage="10",
            citation_lastpage="19", citation_publisher="Cache Press",
        )
    )  # fmt: skip
    assert found == Imprint(
        authors=(("van der Berg", "Anna"), ("Roth", "Ben")), title="On Keys",
        form="article-journal", venue="Journal of Caches", publisher="Cache Press",
        date="2019-03-07", doi="10.1234/abc.5", volume="4", issue="2", pages="10–19",
    )  # fmt: skip


def test_an_arxiv_page_tells_its_number_also_by_its_doi():
    assert _of(_meta(citation_arxiv_id="1706.03762", citation_date="2017/06/12")).arxiv == (
        "1706.03762"
    )
    assert _of(_meta(citation_doi="10.48550/arXiv.2307.08691")).arxiv == "2307.08691"


def test_json_ld_is_read_through_its_graph_and_a_body_is_no_person():
    found = _of(
        _ld(
            {
                "@graph": [
                    {"@type": "WebSite", "name": "Notes"},
                    {"@type": "Person", "@id": "#a", "name": "Anna Berg"},
                    {
                        "@type": ["BlogPosting"],
                        "author": [{"@id": "#a"}, {"@type": "Organization", "name": "Key Lab"}],
                        "datePublished": "2024-02-30T10:00:00Z",
                        "publisher": {"@type": "Organization", "name": "Notes of Anna"},
                    },
                ]
            }
        )
    )
    assert found.authors == (("Berg", "Anna"), ("Key Lab", ""))
    assert (found.date, found.venue) == ("2024-02-30", "Notes of Anna")


def test_a_scholarly_article_names_its_journal_however_deep():
    issue = {"@type": "PublicationIssue", "isPartOf": {"@type": "Periodical", "name": "Caches"}}
    article = {"@type": "ScholarlyArticle", "author": "Anna Berg", "isPartOf": issue}
    found = _of(_ld([article]))
    assert (found.form, found.venue) == ("article-journal", "Caches")


@pytest.mark.parametrize(
    "said",
    [
        "{", "[" * 5_000, "null", '{"@type": "Article", "author": {"author": 3}}',
        '{"@type": {"a": 1}, "@id": ["x"]}', '{"@type": "Article", "author": [[[3]]]}',
        '{"@type": "Article", "identifier": [{"value": 7}], "isPartOf": "x", "sameAs": 1}',
    ],
)  # fmt: skip
def test_what_is_broken_says_nothing_and_harms_nothing(said):
    found = _of(f'<script type="application/ld+json">{said}</script>')
    assert found.authors == ()
    assert found.form == ""


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("Ashish Vaswani", ("Vaswani", "Ashish")),
        ("Berg, Anna van der", ("Berg", "Anna van der")),
        ("Anna van der Berg", ("van der Berg", "Anna")),
        ("Martin L. King Jr.", ("King Jr.", "Martin L.")),
        ("OpenAI", ("OpenAI", "")),
        ("张三", ("张三", "")),
        ("the team that makes the widely used library", ("the team that makes the widely used "
                                                         "library", "")),
        ("  ", ("", "")),
        ("Gemini Team", ("Gemini Team", "")),
        ("Team, Gemini", ("Gemini Team", "")),
        ("Google DeepMind", ("Google DeepMind", "")),
        ("Meta AI", ("Meta AI", "")),
        ("O'Neil & Sons Research Group", ("O'Neil & Sons Research Group", "")),
        ("University of Oxford", ("University of Oxford", "")),
        ("By Carl Fox", ("Fox", "Carl")),
        ("Posted by Carl Fox", ("Fox", "Carl")),
        ("Byron Katz", ("Katz", "Byron")),
        ("Yann LeCun", ("LeCun", "Yann")),
        ("Ella FitzGerald", ("FitzGerald", "Ella")),
        ("Sean O'Neil", ("O'Neil", "Sean")),
    ],
)  # fmt: skip
def test_names_have_parts(name, parts):
    assert name_parts(name) == parts


def test_a_line_of_authors_is_parted_however_it_is_written():
    both = (("Berg", "Anna"), ("Roth", "Ben"))
    for line in ("Anna Berg; Ben Roth", "Anna Berg and Ben Roth", "Anna Berg, Ben Roth",
                 "Berg, Anna; Roth, Ben"):  # fmt: skip
        assert names_in(line) == both
    assert names_in("Berg, Anna") == both[:1]


def test_front_matter_lists_authors_and_users():
    said = [{"name": "Anna Berg"}, {"user": "ben"}, "Cem Can", 3, {"name": 4}]
    assert listed_authors(said) == (("Berg", "Anna"), ("ben", ""), ("Can", "Cem"))


def test_a_season_has_a_year_and_several_names_in_one_text_are_several():
    assert _of('<meta name="citation_publication_date" content="Spring 2021">').date == "2021"
    assert _of('<meta name="citation_publication_date" content="12345">').date == ""
    found = _of(_ld([{"@type": "Article", "author": "Anna Lee and Bob Ray"}]))
    assert found.authors == (("Lee", "Anna"), ("Ray", "Bob"))
