import json
from collections.abc import Mapping

import pytest

from ingest.archive.values import Reply
from ingest.sites import colab
from ingest.sites.adapter import Request
from ingest.values import Document, Rejection

COLAB = "https://colab.research.google.com"
GITHUB = f"{COLAB}/github/o/r/blob/main/nb/grpo.ipynb"
RAW = "https://raw.githubusercontent.com/o/r/main/nb/grpo.ipynb"
DRIVE = f"{COLAB}/drive/1aB-c_D"
DOWNLOAD = "https://drive.google.com/uc?export=download&id=1aB-c_D"
SENT = "https://drive.usercontent.google.com/download?id=1aB-c_D&export=download"
Came = Reply | Rejection


def reply(url: str, body: bytes = b"", status: int = 200, **headers: str) -> Reply:
    named = tuple((name.replace("_", "-"), value) for name, value in headers.items())
    return Reply(url, status, named, body, "2026-01-02T03:04:05Z")


def notebook(prose: str, **metadata: object) -> bytes:
    cells = [
        {"cell_type": "code", "metadata": {}, "source": "!pip install trl", "outputs": []},
        {"cell_type": "markdown", "metadata": {}, "source": prose},
        {"cell_type": "code", "metadata": {}, "source": "beta = 0.1", "outputs": []},
    ]
    made = {"nbformat": 4, "nbformat_minor": 0, "metadata": metadata, "cells": cells}
    return json.dumps(made).encode()


def visit(url: str, web: Mapping[str, Came]) -> tuple[list[Request], Document | Rejection]:
    """Ask for all that is wanted of a web where everything else is missing; then read."""
    asked: list[Request] = []
    replies: dict[str, Came] = {}
    while wanted := colab.requests(url, replies):
        assert len(asked) < 10
        for request in wanted:
            assert request.url not in replies
            asked.append(request)
            replies[request.url] = web.get(request.url, reply(request.url, status=404))
    return asked, colab.read(url, replies)


def document(found: Document | Rejection) -> Document:
    assert isinstance(found, Document), found
    return found


def test_covers() -> None:
    assert colab.covers(GITHUB)
    assert colab.covers(DRIVE)
    assert colab.covers(f"{COLAB}/notebooks/intro.ipynb")
    assert not colab.covers("https://github.com/o/r/blob/main/nb/grpo.ipynb")
    assert not colab.covers("https://drive.google.com/file/d/1aB-c_D")


def test_a_notebook_on_github_comes_from_there() -> None:
    asked, found = visit(GITHUB, {RAW: reply(RAW, notebook("# Fine-tune with GRPO\n\nText."))})
    assert asked == [Request(RAW)]
    read = document(found)
    assert (read.url, read.title, read.author) == (GITHUB, "Fine-tune with GRPO", "o")
    assert (read.source, read.kind) == ("colab", "notebook")
    assert read.text == "# Fine-tune with GRPO\n\nText.\n\n```python\nbeta = 0.1\n```"


def test_a_notebook_that_left_github_is_reported_as_dead() -> None:
    asked, found = visit(GITHUB, {})
    assert found == Rejection(GITHUB, "dead (404)")
    assert not any("colab" in request.url for request in asked)


def test_a_notebook_on_drive_comes_by_its_download_link() -> None:
    sent = reply(SENT, notebook("Preferences, **not** rewards.", colab={"name": "DPO.ipynb"}))
    asked, found = visit(DRIVE, {DOWNLOAD: sent})
    assert asked == [Request(DOWNLOAD, interface=True)]
    read = document(found)
    assert (read.url, read.title, read.source, read.kind) == (DRIVE, "DPO", "colab", "notebook")
    assert read.text == "Preferences, not rewards.\n\n```python\nbeta = 0.1\n```"


def test_a_notebook_without_a_name_has_that_of_its_file() -> None:
    named = {"Content_Disposition": 'attachment; filename="DPO by hand.ipynb"; size=9'}
    found = visit(DRIVE, {DOWNLOAD: reply(SENT, notebook("Text."), **named)})[1]
    assert document(found).title == "DPO by hand"


LOGIN = b"<!doctype html><html><head><title>Sign in - Google Accounts</title></head></html>"
WARNING = b"<html><head><title>Google Drive - Virus scan warning</title></head><body>...</body>"
QUOTA = b"<html><head><title>Google Drive - Quota exceeded</title></head><body>...</body></html>"


@pytest.mark.parametrize(
    ("came", "reason"),
    [
        (reply("https://accounts.google.com/v3/signin", LOGIN), "sign-in wall"),
        (reply(SENT, WARNING), "sign-in wall"),
        (reply(SENT, QUOTA), "not available now (quota)"),
        (reply(SENT, b"PK\x03\x04 something else"), "damaged: it is not a Jupyter notebook"),
        (reply(SENT, status=404), "dead (404)"),
        (reply(SENT, status=403), "blocked (403)"),
        (reply(SENT, b"\x1f\x8b\x08", Content_Encoding="gzip"),
         "damaged: the compressed body ends too early"),
        (Rejection(DOWNLOAD, "not available now (no answer in time)"),
         "not available now (no answer in time)"),
    ],
)  # fmt: skip
def test_what_is_no_notebook_says_why(came: Came, reason: str) -> None:
    asked, found = visit(DRIVE, {DOWNLOAD: came})
    assert len(asked) == 1
    assert found == Rejection(DRIVE, reason)


@pytest.mark.parametrize("url", [GITHUB, DRIVE, f"{COLAB}/notebooks/intro.ipynb"])
def test_colabs_own_page_needs_a_browser(url: str) -> None:
    shell = b"<html><head><title>Colab</title><script src=x></script></head><body></body></html>"
    found = colab.read(url, {url: reply(url, shell, Content_Type="text/html")})
    assert isinstance(found, Rejection)
    assert found.url == url


def test_any_other_address_is_a_page() -> None:
    url = f"{COLAB}/notebooks/intro"
    text = b"<html><body><h1>Welcome</h1><p>" + b"Colab runs notebooks for you. " * 9 + b"</p>"
    asked, found = visit(url, {url: reply(url, text, Content_Type="text/html")})
    assert asked == [Request(url)]
    assert "Colab runs notebooks for you." in document(found).text
