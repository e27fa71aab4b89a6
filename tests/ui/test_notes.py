"""Notes by REST, at the shell and in the reader view: fastened to words, and text everywhere."""

import json
import re

import pytest
from fastapi.testclient import TestClient
from markdown_it import MarkdownIt

from assistant.kept.anchor import Anchor
from assistant.kept.notes import Note
from tests.assistant.test_threads import answered
from tests.ui.test_page_reader import document
from tests.ui.test_threads import run  # noqa: F401  # a fixture
from ui.page.html_reader import POLICY, reader_html
from ui.page.i18n import texts
from ui.page.notes_part import mark, notes_html
from ui.page.reader_route import reader
from ui.server import interface
from ui.serving.access import Access
from ui.serving.turns import Turns

EVIL = '"><script>alert(1)</script><img src=x onerror=alert(1)>'


@pytest.fixture
def client(desk):
    app = interface(desk, Turns())
    app.include_router(reader(desk, Access()))
    with TestClient(app, base_url="http://127.0.0.1") as client:
        yield client


@pytest.fixture
def url(desk):
    return desk.search("multi-query attention", k=1).hits[0].passage.url


def note(quote, name="n1", **changes):
    values = {
        "id": name, "url": "https://a.example/p", "title": EVIL, "document_sha256": "0",
        "anchor": Anchor(quote), "text": EVIL, "tags": (EVIL,), "created": "", "updated": "",
    }  # fmt: skip
    return Note(**(values | changes))


def test_notes_are_added_listed_edited_taken_away_and_deleted(client, url):
    new = {
        "url": url,
        "quote": "one  key\nhead",
        "prefix": "keeps ",
        "note": EVIL,
        "tags": ["exam"],
    }
    added = client.post("/api/v1/notes", json=new)
    assert added.status_code == 201
    name = added.json()["id"]
    assert added.json()["quote"] == "one key head"
    for query in ({}, {"q": "key exam"}, {"tag": "exam"}, {"url": url}):
        told = client.get("/api/v1/notes", params=query).json()
        assert [each["id"] for each in told["notes"]] == [name]
    page = client.get("/read", params={"url": url})
    assert f'id="note-{name}">one key head</mark>' in page.text
    assert page.headers["content-security-policy"] == POLICY
    assert EVIL not in page.text  # the list is drawn in the browser, as text
    changed = client.patch(f"/api/v1/notes/{name}", json={"note": "Why?"}).json()
    assert (changed["note"], changed["tags"]) == ("Why?", ["exam"])
    taken = client.get("/api/v1/notes/export").json()
    assert taken["items"][0]["target"]["source"] == url
    assert "Why? #exam" in client.get("/api/v1/notes/export?as=markdown").text
    assert client.delete(f"/api/v1/notes/{name}").json()["id"] == name
    assert client.get("/api/v1/notes").json()["notes"] == []


def test_an_answer_takes_notes_too_and_only_ones_own(client, desk):
    mine = desk.threads.keep(answered())
    other = desk.threads.keep(answered(), owner="somebody")
    new = {"url": f"refdesk:thread/{mine}", "quote": "a key head"}
    assert client.post("/api/v1/notes", json=new).status_code == 201
    new["url"] = f"refdesk:thread/{other}"
    assert client.post("/api/v1/notes", json=new).status_code == 404


@pytest.mark.parametrize(
    ("method", "path", "body", "code"),
    [
        ("post", "", {"url": "https://nowhere.example/", "quote": "x"}, 404),
        ("post", "", {"url": "x" * 9_000, "quote": "x"}, 422),
        ("post", "", {"quote": "x"}, 422),
        ("patch", "/none", {"note": "x"}, 404),
        ("delete", "/none", None, 404),
        ("get", "/export?as=pdf", None, 422),
    ],
)
def test_what_is_wrong_is_said(client, method, path, body, code):
    assert client.request(method, f"/api/v1/notes{path}", json=body).status_code == code


def test_other_sites_write_no_notes(client, url):
    elsewhere = {"Origin": "https://evil.example"}
    new = {"url": url, "quote": "one key head"}
    assert client.post("/api/v1/notes", json=new, headers=elsewhere).status_code == 403


def test_a_page_is_read_whatever_became_of_the_notes(client, desk, url):
    desk.note(url, Anchor("one key head"))
    (desk.home.root / "notes.sqlite").write_bytes(b"garbage" * 99)
    page = client.get("/read", params={"url": url})
    assert page.status_code == 200
    assert "<article" in page.text
    assert 'class="notes"' not in page.text


def test_words_are_marked_across_emphasis_code_and_each_other():
    text = "# T\n\nThe *one* key `head` is\nsmall, [so it](https://a.example/) is.\n\n    code\n"
    notes = [note("The one key head is small, so", "a"), note("key head", "b"), note("code", "c"),
             note("not here", "d")]  # fmt: skip
    html = reader_html(document(text), texts("en"), notes=notes)
    assert html.count('id="note-a"') == html.count('id="note-c"') == 1
    assert '<mark class="noted" data-note="a" id="note-a">The </mark>' in html
    assert '<code class="noted">head</code>' in html
    assert "note-d" not in html
    marks = re.findall(r"<mark[^>]*>([^<]*)</mark>", html)
    assert "".join(marks).startswith("The one key ")
    plain = reader_html(document(text), texts("en"), notes=[])
    assert (
        re.sub(r'</?mark[^>]*>|(?: class="noted"| id="note-.")', "", html).replace("(4)", "(0)")
        == plain
    )


def test_nothing_a_note_says_is_markup_and_only_our_scripts_run():
    html = reader_html(document(f"# T\n\nwords {EVIL}"), texts("en"), notes=[note("words", EVIL)])
    assert html.count("<script") == html.count("</script>") == 4
    assert "<img" not in html
    assert "onerror" not in re.sub(r"&lt;img.*?&gt;", "", html)
    assert EVIL not in notes_html(texts("zh"), url=EVIL)
    tokens = MarkdownIt().parse("words")
    mark(tokens, [note("words")])
    assert [child.type for child in tokens[1].children] == ["note_open", "text", "note_close"]


def test_notes_at_the_shell(run, url, tmp_path):  # noqa: F811
    added = run("notes", "add", url, "--quote", "one key head", "--note", "Why?", "--tag", "exam",
                "--json")  # fmt: skip
    (told,) = json.loads(added.stdout)["notes"]
    assert json.loads(run("notes", "search", "why", "--json").stdout)["notes"] == [told]
    run("notes", "edit", told["id"], "--note", "Because")
    run("ask", "how does multi-query attention share keys?", "--llm", "extractive")
    assert "Because" in run("notes", "list", "--tag", "exam").stdout
    asked = run("ask", "what did I note about key head?", "--llm", "extractive").stdout
    assert "Because" in asked
    assert "Your note" in asked
    gone = run("forget", url).stdout
    assert f"refdesk notes delete {told['id']}" in gone
    assert gone.count("refdesk threads delete") == 2
    file = tmp_path / "notes.jsonld"
    run("notes", "export", file)
    assert json.loads(file.read_text(encoding="utf-8"))["type"] == "AnnotationPage"
    run("notes", "delete", told["id"])
    run("notes", "search", "because", code=3)
