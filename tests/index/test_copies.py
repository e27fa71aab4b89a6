"""Near-duplicates become one document; what is merely alike does not."""

from pathlib import Path

import pytest

from assistant.desk import Desk
from index.building.copies import groups, sketch, standing_for_all
from tests.ingest.test_archive import write_warc

WORDS = [f"word{n}" for n in range(400)]
TEXT = " ".join(WORDS)


def grouped(texts):
    found = groups({key: sketch(text) for key, text in texts.items()}, texts.__getitem__)
    return sorted(sorted(group) for group in found)


def test_copies_are_found_and_others_are_not():
    texts = {
        "raw": TEXT,
        "rendered": "Skip to content. " + TEXT + " Footer of the site.",
        "half": " ".join(WORDS[:200]),
        "other": " ".join(reversed(WORDS)),
        "edited": " ".join(word if n % 4 else "other" for n, word in enumerate(WORDS)),
    }
    assert grouped(texts) == [["raw", "rendered"]]


def test_translations_are_kept_apart():
    zh = "键值缓存保存已经计算过的键和值，这样每一步解码只需要计算新词元的键和值。" * 9
    texts = {"en": TEXT, "zh": zh, "zh copy": zh + "完"}
    assert grouped(texts) == [["zh", "zh copy"]]


def test_short_texts_must_be_equal():
    template = "The code word of this page is {} and nothing else is said here at all."
    texts = {n: template.format(n) for n in ("one", "two")} | {"copy": template.format("one")}
    assert grouped(texts) == [["copy", "one"]]


@pytest.mark.parametrize(
    ("urls", "best"),
    [
        (["https://github.com/o/r/blob/main/README.md", "https://github.com/o/r"], 1),
        (["https://mirror.example/r.md", "https://github.com/o/r/blob/main/a.md"], 1),
        (["https://a.example/x?page=1", "https://a.example/long/path/x"], 1),
        (["https://b.example/x", "https://a.example/x"], 1),
    ],
)
def test_the_address_is_chosen_by_rule(urls, best):
    assert standing_for_all(urls) == standing_for_all(urls[::-1]) == urls[best]


def page(url, text, title="T"):
    body = f"<html><title>{title}</title><body><article><p>{text}</p></article></body></html>"
    return (url, "200 OK", [("Content-Type", "text/html; charset=utf-8")], body.encode())


def paragraph(seed):
    return " ".join(f"term{seed}x{n} explains attention and memory." for n in range(60))


def test_one_document_stands_for_its_copies_whichever_came_first(home: Path, tmp_path: Path):
    readme = "https://github.com/o/r/blob/main/README.md"
    desk = Desk(home, llm="extractive")
    desk.ingest([write_warc(tmp_path / "1.warc.gz", [page(readme, paragraph(1))])], seed=False)
    assert {hit.passage.url for hit in desk.search("term1x5").hits} == {readme}

    second = write_warc(tmp_path / "2.warc.gz", [page("https://github.com/o/r", paragraph(1))])
    report = desk.ingest([second], seed=False)
    assert report.status["documents"] == 1
    assert {hit.passage.url for hit in desk.search("term1x5").hits} == {"https://github.com/o/r"}
    assert desk.library.store.addresses("https://github.com/o/r") == {
        readme,
        "https://github.com/o/r",
    }
    document = desk.library.document(readme)
    assert document is not None
    assert document.url == "https://github.com/o/r"
    grown = report.status["digest"]
    assert desk.rebuild().status["digest"] == grown


def test_a_copy_that_changes_becomes_a_document_again(home: Path, tmp_path: Path):
    urls = ["https://a.example/x", "https://a.example/deep/y"]
    both = write_warc(tmp_path / "1.warc.gz", [page(url, paragraph(2)) for url in urls])
    desk = Desk(home, llm="extractive")
    assert desk.ingest([both], seed=False).status["documents"] == 1
    later = write_warc(tmp_path / "2.warc.gz", [page(urls[0], paragraph(3))])
    status = desk.ingest([later], seed=False).status
    assert status["documents"] == 2
    assert status["passages"] == status["vectors"]
    assert {hit.passage.url for hit in desk.search("term2x7", k=1).hits} == {urls[1]}
    assert desk.rebuild().status["digest"] == status["digest"]


def test_given_files_are_never_merged(home: Path, tmp_path: Path):
    folder = tmp_path / "files"
    folder.mkdir()
    for name in ("a.md", "b.md"):
        (folder / name).write_text(paragraph(4), encoding="utf-8")
    assert Desk(home, llm="extractive").ingest([folder], seed=False).status["documents"] == 2


LIST = """# My list

## Attention

- [A talk on multi-query attention](https://video.example/talk) by somebody
- [The page that is here](https://a.example/x)
"""


def test_a_link_whose_page_is_not_here_stays_findable_but_is_never_cited(home, tmp_path):
    desk = Desk(home, llm="extractive")
    warc = write_warc(tmp_path / "1.warc.gz", [page("https://a.example/x", paragraph(5))])
    desk.ingest([warc], seed=False)
    file = tmp_path / "mine.md"
    file.write_text(LIST, encoding="utf-8")
    desk.add_list(file, name="mine")
    hits = {hit.passage.url: hit for hit in desk.search("talk on multi-query attention").hits}
    hit = hits["https://video.example/talk"]
    assert (hit.passage.url, hit.passage.kind) == ("https://video.example/talk", "post")
    assert hit.passage.listed
    assert [each.section for each in hit.recommended_by] == [("Attention",)]
    assert desk.library.document("https://video.example/talk") is None
    answer = desk.ask("Why does multi-query attention save memory?")
    assert all(citation.url != hit.passage.url for citation in answer.citations)
    status = desk.status()
    assert (status["documents"], status["lists"][0]["in_library"]) == (2, 1)  # page and list file

    video = write_warc(tmp_path / "2.warc.gz", [page("https://video.example/talk", paragraph(6))])
    digest = desk.ingest([video], seed=False).status["digest"]
    assert not any(hit.passage.listed for hit in desk.search("multi-query attention").hits)
    assert desk.rebuild().status["digest"] == digest
