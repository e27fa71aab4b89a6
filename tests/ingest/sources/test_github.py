import base64
import gzip
import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from warcio.archiveiterator import ArchiveIterator

from ingest.archive.values import Reply
from ingest.links.urls import canonical
from ingest.reading.document import read_document
from ingest.sites import github
from ingest.sites.adapter import Request
from ingest.values import Document, Rejection

RAW = "https://raw.githubusercontent.com/o/r"
API = "https://api.github.com/repos/o/r"
REPO = "https://github.com/o/r"
PICTURE = f"{RAW}/main/a.png"
Came = Reply | Rejection


def reply(url: str, body: Any = b"", status: int = 200, **headers: str) -> Reply:
    """Make the reply at ``url``; what is no bytes and no text is sent as JSON."""
    media = "text/plain; charset=utf-8"
    if isinstance(body, str) and body.startswith("<"):
        media = "text/html; charset=utf-8"
    elif not isinstance(body, (str, bytes)):
        body, media = json.dumps(body), "application/json; charset=utf-8"
    named = {"Content-Type": media} | {name.replace("_", "-"): v for name, v in headers.items()}
    data = body.encode() if isinstance(body, str) else body
    return Reply(url, status, tuple(named.items()), data, "2026-01-02T03:04:05Z")


def file(path: str, content: str, repo: str = "o/r", branch: str = "main") -> dict[str, Any]:
    """Say what the interface says of a file."""
    sent = base64.encodebytes(content.encode()).decode()
    return {
        "type": "file",
        "name": path.rpartition("/")[2],
        "path": path,
        "html_url": f"https://github.com/{repo}/blob/{branch}/{path}",
        "encoding": "base64",
        "content": sent,
    }


def entry(path: str, kind: str = "file", repo: str = "o/r", branch: str = "main") -> dict[str, Any]:
    """Say what the interface says of a file or folder in a listing."""
    form = "tree" if kind == "dir" else "blob"
    name = path.rpartition("/")[2]
    shown = f"https://github.com/{repo}/{form}/{branch}/{path}"
    return {"type": kind, "name": name, "path": path, "html_url": shown}


def page(title: str, article: str) -> str:
    return (
        f"<html><head><title>{title}</title></head><body><main>"
        f"<article class='markdown-body'>{article}</article></main></body></html>"
    )


def visit(url: str, web: Mapping[str, Came]) -> tuple[list[Request], Document | Rejection]:
    """Ask for all that is wanted of a web where everything else is missing; then read."""
    asked: list[Request] = []
    replies: dict[str, Came] = {}
    while wanted := github.requests(url, replies):
        assert len(asked) < 10
        for request in wanted:
            assert request.url not in replies
            asked.append(request)
            missing = reply(request.url, {"message": "Not Found"}, 404)
            replies[request.url] = web.get(request.url, missing)
    return asked, github.read(url, replies)


def addresses(asked: list[Request]) -> list[str]:
    return [request.url for request in asked]


def document(found: Document | Rejection) -> Document:
    assert isinstance(found, Document), found
    return found


@pytest.mark.parametrize(
    ("url", "covered"),
    [
        (REPO, True),
        (f"{REPO}/tree/dev", True),
        (f"{REPO}/tree/main/docs/a%20b", True),
        (f"{REPO}/blob/main/notes.md", True),
        (f"{REPO}/discussions/3", False),
        (f"{REPO}/wiki", False),
        (f"{REPO}/releases/tag/v1", False),
        ("https://github.com/o", False),
        ("https://github.com/topics/llm", False),
        ("https://gist.github.com/o/abc", False),
        ("https://example.org/o/r", False),
        ("refdesk:primer/o", False),
    ],
)
def test_covers(url: str, covered: bool) -> None:
    assert github.covers(url) is covered


@pytest.mark.parametrize(
    ("url", "raw", "kind"),
    [
        (REPO, f"{RAW}/HEAD/README.md", "repository"),
        (f"{REPO}/tree/dev", f"{RAW}/dev/README.md", "repository"),
        (f"{REPO}/tree/main/docs", f"{RAW}/main/docs/README.md", "repository"),
        (f"{REPO}/blob/main/a%20b.md", f"{RAW}/main/a%20b.md", "note"),
    ],
)
def test_the_raw_copy_is_enough(url: str, raw: str, kind: str) -> None:
    asked, found = visit(url, {raw: reply(raw, "# Keys and values\n\nA **cache** keeps them.")})
    assert addresses(asked) == [raw]
    read = document(found)
    assert (read.url, read.kind, read.author) == (url, kind, "o")
    assert read.text == "# Keys and values\n\nA cache keeps them."


def test_a_file_is_titled_by_its_heading_a_repository_by_its_name() -> None:
    titles = {}
    for url, raw in (
        (REPO, f"{RAW}/HEAD/README.md"),
        (f"{REPO}/tree/main/docs", f"{RAW}/main/docs/README.md"),
        (f"{REPO}/blob/main/docs/README.md", f"{RAW}/main/docs/README.md"),
    ):
        found = visit(url, {raw: reply(raw, "## 🎉 Latest updates\n\nNone.")})[1]
        titles[url] = document(found).title
    assert list(titles.values()) == ["o/r", "o/r: docs", "🎉 Latest updates"]


def test_the_address_is_the_one_that_was_asked_for() -> None:
    url, raw = f"{REPO}/blob/main/a.md?lang=en", f"{RAW}/main/a.md"
    asked, found = visit(url, {raw: reply(raw, "# Keys\n\nText.")})
    assert addresses(asked) == [raw]
    assert document(found).url == url


def test_the_interface_finds_a_readme_under_another_name() -> None:
    answer = file("README.rst", "Title\n=====\n\n* not a *Markdown* list\n")
    asked, found = visit(REPO, {f"{API}/readme": reply(f"{API}/readme", answer)})
    assert addresses(asked) == [f"{RAW}/HEAD/README.md", f"{API}/readme"]
    assert document(found).text == "# Title\n\n- not a Markdown list"
    assert (document(found).url, document(found).title) == (REPO, "o/r")


def test_the_interface_is_asked_as_it_documents(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("GITHUB_TOKEN", raising=False)
    raw, interface = visit(f"{REPO}/tree/a%2Bb/docs", {})[0][:2]
    assert raw == Request(f"{RAW}/a%2Bb/docs/README.md")
    assert interface.url == f"{API}/contents/docs?ref=a%2Bb"
    assert interface.interface
    assert dict(interface.headers) == {
        "Accept": "application/vnd.github+json",
        "X-GitHub-Api-Version": "2022-11-28",
    }


def test_the_token_is_shown_to_the_interface_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GITHUB_TOKEN", "s3cret")
    raw, interface, shown = visit(REPO, {})[0]
    assert dict(interface.headers)["Authorization"] == "Bearer s3cret"
    assert raw.headers == shown.headers == ()
    assert not any("s3cret" in request.url for request in (raw, interface, shown))


@pytest.mark.parametrize(
    "failure",
    [
        reply(f"{API}/readme", {"message": "API rate limit exceeded for 192.0.2.1"}, 403),
        reply(f"{API}/readme", {"message": "Not Found"}, 404),
        reply(f"{API}/readme", b"{torn"),
        reply(f"{API}/readme", ["unheard", "of"]),
        reply(f"{API}/readme", {"encoding": "base64", "content": "!", "html_url": 3}),
        Rejection(f"{API}/readme", "not available now (no answer in time)"),
    ],
)
def test_the_page_is_asked_last(failure: Came) -> None:
    web = {f"{API}/readme": failure, REPO: reply(REPO, page("r", "<h1>R</h1><p>Shown.</p>"))}
    asked, found = visit(REPO, web)
    assert addresses(asked) == [f"{RAW}/HEAD/README.md", f"{API}/readme", REPO]
    assert document(found).text == "# R\n\nShown."


def test_a_blob_address_may_be_a_folder() -> None:
    url = f"{REPO}/blob/main/docs"
    listing = [entry("docs/a.md"), entry("docs/Readme.MD"), entry("docs/README.org")]
    web = {
        f"{API}/contents/docs": reply(f"{API}/contents/docs", listing),
        f"{RAW}/main/docs/Readme.MD": reply(f"{RAW}/main/docs/Readme.MD", "# Docs\n\nText."),
    }
    asked, found = visit(url, web)
    assert addresses(asked) == [f"{RAW}/main/docs", *web]
    read = document(found)
    assert (read.url, read.source) == (f"{REPO}/tree/main/docs", "github-tree")
    assert (read.title, read.text) == ("o/r: docs", "# Docs\n\nText.")


def test_a_tree_address_may_be_a_file() -> None:
    url, interface = f"{REPO}/tree/main/docs/a.md", f"{API}/contents/docs/a.md"
    found = visit(url, {interface: reply(interface, file("docs/a.md", "# The file\n\nText."))})[1]
    read = document(found)
    assert (read.url, read.title) == (f"{REPO}/blob/main/docs/a.md", "The file")
    assert read.source == "github-file"


def test_a_folder_without_readme_is_a_list_of_its_files() -> None:
    url, interface = f"{REPO}/tree/main/nb", f"{API}/contents/nb"
    listing = [
        entry("vendored", repo="other/place", branch="0123abc"),
        entry("nb/lora.ipynb"),
        entry("nb/img", "dir"),
        {"name": 3},
        "odd",
    ]
    asked, found = visit(url, {interface: reply(interface, listing)})
    assert len(asked) == 2
    read = document(found)
    assert (read.url, read.title, read.author) == (url, "o/r: nb", "o")
    assert read.text == (
        "# o/r: nb\n\n"
        "- [vendored](https://github.com/other/place/blob/0123abc/vendored)\n"
        f"- [lora.ipynb]({REPO}/blob/main/nb/lora.ipynb)\n"
        f"- [img/]({REPO}/tree/main/nb/img)"
    )


def test_a_guessed_default_branch_gives_way_to_the_real_one() -> None:
    url, interface = f"{REPO}/blob/main/a.md", f"{API}/contents/a.md"
    answer = file("a.md", "# Real\n\nText.", branch="trunk")
    found = visit(url, {interface: reply(interface, answer)})[1]
    assert document(found).url == f"{REPO}/blob/trunk/a.md"


def test_a_renamed_repository_has_its_new_address() -> None:
    moved = "https://raw.githubusercontent.com/new/name/HEAD/README.md"
    by_raw = visit(REPO, {f"{RAW}/HEAD/README.md": reply(moved, "# T\n\nText.")})[1]
    answer = file("README.md", "# T\n\nText.", repo="new/name")
    told = reply("https://api.github.com/repositories/7/readme", answer)
    by_interface = visit(REPO, {f"{API}/readme": told})[1]
    shown = reply("https://github.com/new/name", page("name", "<h1>T</h1><p>Text.</p>"))
    by_page = visit(REPO, {REPO: shown})[1]
    for found in (by_raw, by_interface, by_page):
        read = document(found)
        assert (read.url, read.title) == ("https://github.com/new/name", "new/name")
        assert (read.text, read.author) == ("# T\n\nText.", "new")


def test_another_case_of_the_name_is_no_rename() -> None:
    told = reply(f"{API}/readme", file("README.md", "# T\n\nText.", repo="O/R"))
    assert document(visit(REPO, {f"{API}/readme": told})[1]).url == REPO


def test_a_file_too_large_for_the_interface_comes_from_the_raw_host() -> None:
    url, interface = f"{REPO}/blob/main/a.md", f"{API}/contents/a.md"
    answer = file("a.md", "", branch="trunk") | {"encoding": "none"}
    large = reply(f"{RAW}/trunk/a.md", "# Large\n\nText.")
    asked, found = visit(url, {interface: reply(interface, answer), large.url: large})
    assert len(asked) == 3
    assert document(found).title == "Large"


@pytest.mark.parametrize("target", ["docs/index.md", "./docs/index.md\n"])
def test_a_symbolic_link_is_followed(target: str) -> None:
    raw, aim = f"{RAW}/HEAD/README.md", f"{RAW}/HEAD/docs/index.md"
    asked, found = visit(REPO, {raw: reply(raw, target), aim: reply(aim, "# Index\n\nText.")})
    assert addresses(asked) == [raw, aim]
    assert document(found).text == "# Index\n\nText."
    assert document(found).url == REPO


@pytest.mark.parametrize("target", ["../../../../../other/repo/HEAD/README.md", "README.md"])
def test_a_symbolic_link_leads_nowhere_else(target: str) -> None:
    raw = f"{RAW}/HEAD/README.md"
    asked, _ = visit(REPO, {raw: reply(raw, target)})
    assert all(address.startswith((RAW, API, REPO)) for address in addresses(asked))
    assert len(set(addresses(asked))) == len(asked)


def test_a_notebook_is_read_as_one() -> None:
    url, raw = f"{REPO}/blob/main/lora.ipynb", f"{RAW}/main/lora.ipynb"
    cells = [
        {"cell_type": "markdown", "source": "# LoRA by hand"},
        {"cell_type": "code", "source": "r = 8", "outputs": [{"text": "gone"}]},
    ]
    made = json.dumps({"nbformat": 4, "metadata": {}, "cells": cells}).encode()
    found = visit(url, {raw: reply(raw, gzip.compress(made), Content_Encoding="gzip")})[1]
    read = document(found)
    assert (read.url, read.title, read.kind) == (url, "LoRA by hand", "notebook")
    assert read.text == "# LoRA by hand\n\n```python\nr = 8\n```"
    torn = visit(url, {raw: reply(raw, made[:-9])})[1]
    assert torn == Rejection(url, "damaged: it is not a Jupyter notebook")


@pytest.mark.parametrize(
    ("came", "reason"),
    [
        (reply(PICTURE, b"\x89PNG\r\n\x1a\n" + bytes(99)), "unsupported type image/png"),
        (Rejection(PICTURE, "unsupported type image/png"), "unsupported type image/png"),
        (Rejection(PICTURE, "too large"), "too large"),
        (reply(PICTURE, "version https://git-lfs.github.com/spec/v1\noid sha256:0\n"),
         "unsupported type git-lfs"),
    ],
)  # fmt: skip
def test_what_is_no_text_is_asked_for_once(came: Came, reason: str) -> None:
    url = f"{REPO}/blob/main/a.png"
    asked, found = visit(url, {PICTURE: came})
    assert len(asked) == 1
    assert found == Rejection(url, reason)


@pytest.mark.parametrize(
    ("interface", "shown", "reason"),
    [
        (reply(f"{API}/readme", status=404), reply(REPO, "<p>Not found</p>", 404), "dead (404)"),
        (reply(f"{API}/readme", status=404), Rejection(REPO, "robots.txt does not allow it"),
         "dead (404)"),
        (reply(f"{API}/readme", status=403), Rejection(REPO, "robots.txt does not allow it"),
         "not available now (GitHub's limit of requests)"),
        (reply(f"{API}/readme", status=403), reply(REPO, "<p>Slow down</p>", 429),
         "not available now (429)"),
        (Rejection(f"{API}/readme", "not available now (x)"),
         Rejection(REPO, "not available now (y)"), "not available now (x)"),
    ],
)  # fmt: skip
def test_the_most_telling_reason_is_told(interface: Came, shown: Came, reason: str) -> None:
    found = visit(REPO, {f"{API}/readme": interface, REPO: shown})[1]
    assert found == Rejection(REPO, reason)


def test_nothing_came() -> None:
    assert github.read(REPO, {}) == Rejection(REPO, "not fetched")


def test_the_raw_copy_is_preferred_and_the_newest() -> None:
    url, raw = f"{REPO}/blob/main/a.md", f"{RAW}/main/a.md"
    old = replace(reply(raw, "# Older\n\nText."), fetched_at="2025-01-01T00:00:00Z")
    again = reply(f"{RAW}/refs/heads/main/a.md", "# Newer\n\nText.")
    shown = replace(reply(url, page("a", "<h1>Shown</h1>")), fetched_at="2027-01-01T00:00:00Z")
    replies = {made.url: made for made in (shown, old, again)}
    assert document(github.read(url, replies)).title == "Newer"


def test_archived_pages_and_raw_copies_are_read_as_before(shared: Path) -> None:
    groups: dict[str, dict[str, Came]] = {}
    with (shared / "web" / "pages.warc.gz").open("rb") as stream:
        for record in ArchiveIterator(stream):
            url = record.rec_headers.get_header("WARC-Target-URI") or ""
            if github.covers(canonical(url)) and record.rec_type == "response":
                head = record.http_headers
                status = int(head.get_statuscode())
                if status == 200 and len(groups) < 40:
                    made = Reply(url, status, tuple(head.headers), record.raw_stream.read(), "")
                    groups.setdefault(canonical(url), {})[url] = made
    both = 0
    for url, replies in groups.items():
        for address, came in replies.items():
            assert isinstance(came, Reply)
            read = github.read(url, {address: came})
            assert read == read_document(came)
            if "raw." in address:
                both += len(replies) > 1
                assert github.read(url, replies) == read
    assert both > 15
