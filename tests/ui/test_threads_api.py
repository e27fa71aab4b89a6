"""Kept threads by REST: each caller's own, behind the token, and no other's."""

import asyncio
import re

import pytest
from fastapi.testclient import TestClient

from tests.assistant.test_threads import answered
from ui.server import application, interface
from ui.serving.access import Access
from ui.serving.turns import Turns
from ui.serving.visitors import COOKIE, owner_of

TOKEN = "a token nobody guesses"
EVIL = "<img src=x onerror=alert(1)>\r\nSet-Cookie: a=b"


@pytest.fixture
def client(desk):
    with TestClient(interface(desk, Turns()), base_url="http://127.0.0.1") as client:
        yield client


def test_threads_are_listed_found_shown_renamed_taken_away_and_deleted(client, desk):
    name = desk.threads.keep(answered(EVIL))
    told = client.get("/api/v1/threads").json()
    assert told["keeping"] is True
    assert [each["id"] for each in told["threads"]] == [name]
    found = client.get("/api/v1/threads", params={"q": "groups of"}).json()["threads"]
    assert "Groups of heads" in found[0]["snippet"]
    whole = client.get(f"/api/v1/threads/{name}")
    assert whole.headers["cache-control"] == "no-store"
    assert whole.json()["turns"][0]["answer"]["question"] == EVIL
    new = client.patch(f"/api/v1/threads/{name}", json={"title": "  Sharing\nkeys "}).json()
    assert new["title"] == "Sharing keys"
    for form, begins in (("markdown", "# Sharing keys"), ("html", "<!doctype"), ("json", "{")):
        reply = client.get(f"/api/v1/threads/{name}/export", params={"as": form})
        assert reply.text.startswith(begins)
        assert reply.headers["content-disposition"].startswith('attachment; filename="refdesk-')
        assert "sandbox" in reply.headers["content-security-policy"]
        shown = reply.text.partition("<script")[0].replace("\\<", "")
        assert "<img" not in shown or form == "json"
    assert client.delete(f"/api/v1/threads/{name}").json()["id"] == name
    assert client.get(f"/api/v1/threads/{name}").status_code == 404


def test_a_thread_is_cited_whole_each_source_once(client, desk):
    name = desk.threads.keep(answered("One?"))
    desk.threads.keep(answered("Two?"), thread=name)
    reply = client.get(f"/api/v1/threads/{name}/cite")
    assert reply.headers["content-type"].startswith("application/x-bibtex")
    assert reply.headers["cache-control"] == "no-store"
    assert reply.text.count("@") == 1
    asked = {"format": "apa"}
    told = client.get(
        f"/api/v1/threads/{name}/cite", params=asked, headers={"Accept": "application/json"}
    ).json()
    assert (told["format"], len(told["items"])) == ("apa", 1)


@pytest.mark.parametrize(
    ("method", "path", "body", "code"),
    [
        ("get", "/none", None, 404),
        ("get", "/none/cite", None, 404),
        ("get", "/none/cite?format=word", None, 400),
        ("delete", "/none", None, 404),
        ("patch", "/none", {"title": "x"}, 404),
        ("patch", "/none", {"title": ""}, 422),
        ("patch", "/none", {}, 422),
        ("get", "/none/export?as=pdf", None, 404),
        ("get", "?limit=0", None, 422),
        ("get", "/%00", None, 404),
    ],
)
def test_what_is_wrong_is_said(client, method, path, body, code):
    reply = client.request(method, f"/api/v1/threads{path}", json=body)
    assert reply.status_code == code
    assert reply.json()["detail"]


def test_other_sites_neither_read_nor_change_them(client, desk):
    name = desk.threads.keep(answered())
    elsewhere = {"Origin": "https://evil.example"}
    for method, body in (("delete", None), ("patch", {"title": "x"})):
        reply = client.request(method, f"/api/v1/threads/{name}", json=body, headers=elsewhere)
        assert reply.status_code == 403
    reply = client.get("/api/v1/threads", headers=elsewhere)
    assert "access-control-allow-origin" not in reply.headers


def test_with_a_token_each_browser_has_its_own_and_no_other_token_opens_them(desk):
    access = Access(token=TOKEN)

    async def made():  # where no event loop runs, Gradio makes some that it does not close
        return application(desk, Turns(), access)

    app = asyncio.run(made())
    browsers = []
    for _ in range(2):
        browser = TestClient(app, base_url="http://127.0.0.1")
        assert browser.get("/api/v1/threads").status_code == 401
        assert browser.get("/", params={"token": TOKEN}).status_code == 200
        assert re.fullmatch(r"[\w-]{32}", browser.cookies[COOKIE])
        browsers.append(browser)
    first, second = browsers
    kept = first.get("/").headers.get("set-cookie")
    assert kept is None  # it has a name
    mine = owner_of(first.get("/api/v1/status").request.headers, access)
    name = desk.threads.keep(answered(), owner=mine)
    assert [each["id"] for each in first.get("/api/v1/threads").json()["threads"]] == [name]
    assert second.get("/api/v1/threads").json()["threads"] == []
    assert second.get(f"/api/v1/threads/{name}").status_code == 404
    assert second.get(f"/api/v1/threads/{name}/cite").status_code == 404
    assert first.get(f"/api/v1/threads/{name}/cite").status_code == 200
    assert second.delete(f"/api/v1/threads/{name}").status_code == 404
    program = TestClient(app, base_url="http://127.0.0.1")
    bearer = {"Authorization": f"Bearer {TOKEN}"}
    assert program.get("/api/v1/threads", headers=bearer).json()["threads"] == []
    other = Access(token="another token, as long")
    assert owner_of(first.get("/api/v1/status").request.headers, other) != mine


def test_a_browser_alone_at_its_machine_is_given_no_name(client):
    assert COOKIE not in client.get("/api/v1/status").cookies
    assert owner_of({"cookie": f"{COOKIE}={'a' * 32}"}, Access()) == ""


@pytest.mark.parametrize(
    ("access", "personal"),
    [
        (Access(), True),
        (Access(names=frozenset({"127.0.0.1", "127.0.0.7", "localhost"})), True),
        (Access(token=TOKEN), False),
        (Access(anywhere=True), False),
        (Access(names=frozenset({"127.0.0.1", "desk.example"})), False),
    ],
)
def test_who_is_alone_at_the_desk(access, personal):
    assert access.personal is personal
