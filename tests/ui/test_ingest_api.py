"""Taking things in by program: who may, what is refused at once, jobs and their ends."""

import json
import time

import pytest
from fastapi.testclient import TestClient

from assistant.desk import Desk
from ingest.errors import HomeBusy, NothingFound
from tests.assistant.test_keeping import QUICK, page
from tests.stand_in import Web
from ui.server import interface
from ui.serving.access import Access
from ui.serving.jobs import WAITING, Jobs
from ui.serving.turns import TooMany, Turns

TOKEN = "a-token-of-mine"
WORDS = " ".join(f"The kestrel hovers over field number {n} and waits." for n in range(30))
SEEN = {
    "url": "https://walled.example/post?utm_source=x",
    "html": f"<html><title>Kestrels</title><body><article><p>{WORDS}</p></article></body></html>",
    "title": "Kestrels", "selection": "hovers over field", "note": "For the talk",
}  # fmt: skip


@pytest.fixture
def web():
    with Web({"https://blog.example/osprey": page("osprey", "Ospreys")}) as web:
        yield web


@pytest.fixture
def kept(home, notes, web):
    desk = Desk(home, llm="extractive", transport=web.transport, limits=QUICK)
    desk.ingest([notes], seed=False, offline=True)
    yield desk
    desk.close()


@pytest.fixture
def client(kept):
    app = interface(kept, Turns(), Access(token=TOKEN))
    headers = {"Authorization": f"Bearer {TOKEN}"}
    with TestClient(app, base_url="http://127.0.0.1", headers=headers) as client:
        yield client


def over(client, job):
    end = time.monotonic() + 120
    while not job["ended"] and time.monotonic() < end:
        time.sleep(0.05)
        job = client.get(f"/api/v1/jobs/{job['id']}").json()
    return job


def test_an_address_a_page_as_seen_and_files_come_in(client, kept, web):
    asked = client.post("/api/v1/ingest", json={"url": "https://blog.example/osprey"})
    assert asked.status_code == 202
    assert asked.headers["Location"] == f"/api/v1/jobs/{asked.json()['id']}"
    job = over(client, asked.json())
    assert (job["state"], job["result"]["pages"][0]["state"]) == ("done", "fetched")
    known = client.get("/api/v1/source", params={"url": "https://blog.example/osprey/"}).json()
    assert known["title"] == "Ospreys"
    web.log.clear()
    assert over(client, client.post("/api/v1/ingest", json=SEEN).json())["state"] == "done"
    assert web.log == []  # nothing was fetched
    (hit,) = kept.search("kestrel hovers over field", k=1).hits
    assert hit.passage.url == "https://walled.example/post"
    (entry,) = kept.lists()[0].entries
    assert entry.note.startswith("For the talk “hovers over field”. Kept on ")
    file = {"file": ("../../notes/tern.md", f"# Terns\n\n{WORDS.replace('kestrel', 'tern')}")}
    assert over(client, client.post("/api/v1/ingest", files=file).json())["state"] == "done"
    assert "file:///uploads/tern.md" in {each.url for each in kept.library.store.documents()}
    export = {"file": ("later.csv", "url,title\nhttps://blog.example/osprey,O\n")}
    assert over(client, client.post("/api/v1/ingest", files=export).json())["state"] == "done"
    assert {curated.name for curated in kept.lists()} == {"later", "saved-pages"}
    assert over(client, client.post("/api/v1/rebuild").json())["state"] == "done"
    assert [job["state"] for job in client.get("/api/v1/jobs").json()["jobs"]] == ["done"] * 5


def sent(client, name, data):
    return over(client, client.post("/api/v1/ingest", files={"file": (name, data)}).json())


def test_a_job_names_what_did_not_come_in(client):
    rows = "url,title\nhttps://blog.example/osprey,O\nhttp://10.0.0.1/,Mine\nnowhere,N\n"
    result = sent(client, "export.csv", rows)["result"]
    assert result["list"] == "export"
    assert [(each["target"], each["title"]) for each in result["not_taken"]] == [
        ("http://10.0.0.1/", "Mine"), ("nowhere", "N"),
    ]  # fmt: skip
    assert all(each["reason"] for each in result["not_taken"])
    for name, data in (("a.pdf", b"%PDF-1.4 x"), ("a.docx", b"PK\3\4x"), ("e.md", b"")):
        (unread,) = sent(client, name, data)["result"]["not_taken"]
        assert unread["target"].endswith(name)
        assert unread["reason"]
    empty = SEEN | {"html": "<p></p>", "url": "https://walled.example/empty"}
    job = over(client, client.post("/api/v1/ingest", json=empty).json())
    assert [each["target"] for each in job["result"]["not_taken"]] == [empty["url"]]


def test_a_file_that_is_sent_takes_no_other_lists_place(client, kept, tmp_path):
    file = tmp_path / "export.csv"
    file.write_text("url,title\nhttps://a.example/mine,Mine\n")
    kept.add_list(file)
    for title in ("One", "Two"):
        job = sent(client, "export.csv", f"url,title\nhttps://a.example/{title},{title}\n")
        assert job["result"]["list"] == "export-2"
    assert "1 links, 1 before" in job["result"]["notices"][0]
    titles = {each.name: [entry.title for entry in each.entries] for each in kept.lists()}
    assert titles == {"export": ["Mine"], "export-2": ["Two"]}


def test_why_a_page_failed_is_said_again_and_no_password_ever(client):
    dead = {"url": "http://me:geheim@blog.example/gone"}
    for _ in range(2):
        job = over(client, client.post("/api/v1/ingest", json=dead).json())
        (page,) = job["result"]["pages"]
        assert (page["state"], page["reason"]) == ("failed", "dead (404)")
        assert "geheim" not in str(job)
    assert "not due" in job["result"]["notices"][0]
    private = client.post("/api/v1/ingest", json={"url": "http://me:geheim@10.0.0.1/"})
    assert private.status_code == 400
    assert "geheim" not in private.text


def test_half_a_character_is_replaced(client):
    body = json.dumps(SEEN | {"note": "cut \ud83d", "title": "\U0001f600 whole"})
    reply = client.post("/api/v1/ingest", content=body)
    assert over(client, reply.json())["state"] == "done"


def test_what_is_wrong_is_said_at_once(client):
    for sent in (
        {"json": {"url": "http://127.0.0.1:9200/_search"}},
        {"json": {"url": "http://169.254.169.254/latest"}},
        {"json": {"url": "file:///etc/passwd"}},
        {"json": SEEN | {"url": "http://localhost/x"}},
        {"json": SEEN | {"html": "  "}},
        {"files": {"file": ("evil.exe", b"MZ")}},
        {"files": {"other": ("a.md", b"# a")}},
    ):
        reply = client.post("/api/v1/ingest", **sent)
        assert reply.status_code == 400, sent
        assert reply.json()["detail"]
    for sent in ({"json": {}}, {"json": {"url": 7}}, {"content": b"{"}):
        assert client.post("/api/v1/ingest", **sent).status_code == 422
    big = client.post("/api/v1/ingest", content=b"x" * 25_000_001)
    assert big.status_code == 413
    assert client.get("/api/v1/jobs").json() == {"jobs": []}
    assert client.get("/api/v1/jobs/7").status_code == 404
    assert client.get("/api/v1/source", params={"url": "https://no.example/"}).status_code == 404


def test_only_the_token_opens_it(kept):
    own = interface(kept, Turns())
    with TestClient(own, base_url="http://127.0.0.1") as client:
        for method, path in (
            ("post", "ingest"), ("post", "rebuild"), ("get", "jobs"), ("delete", "jobs/1"),
        ):  # fmt: skip
            reply = client.request(method, f"/api/v1/{path}", json=SEEN)
            assert reply.status_code == 403
            assert "REFDESK_TOKEN" in reply.json()["detail"]
    with TestClient(
        interface(kept, Turns(), Access(token=TOKEN, origins=frozenset({"chrome-extension://me"}))),
        base_url="http://127.0.0.1",
    ) as client:
        assert client.post("/api/v1/ingest", json=SEEN).status_code == 401
        bearer = {"Authorization": f"Bearer {TOKEN}"}
        foreign = bearer | {"Origin": "https://evil.example"}
        assert client.post("/api/v1/ingest", json=SEEN, headers=foreign).status_code == 403
        ours = bearer | {"Origin": "chrome-extension://me"}
        assert client.get("/api/v1/jobs", headers=ours).status_code == 200


def until_running(jobs, key):
    end = time.monotonic() + 60
    while jobs.get(key).state == "waiting" and time.monotonic() < end:
        time.sleep(0.01)


def test_jobs_run_one_by_one_and_can_be_given_up():
    jobs = Jobs(None)

    def steps(tell, told):
        for number in range(100_000):
            tell("counting", number, 100_000)
            time.sleep(0.005)

    def wrong(tell, told):
        raise NothingFound("There is nothing.")

    def broken(tell, told):
        raise ZeroDivisionError

    first = jobs.submit("count", steps)
    until_running(jobs, first.id)
    others = [jobs.submit("other", wrong), jobs.submit("other", broken)]
    late = [jobs.submit("late", steps) for _ in range(WAITING - 2)]
    with pytest.raises(TooMany):
        jobs.submit("too many", steps)
    assert [jobs.cancel(each.id).state for each in late] == ["cancelled"] * len(late)
    assert jobs.get(others[0].id).state == "waiting"
    jobs.cancel(first.id)
    end = time.monotonic() + 60
    while not jobs.get(others[1].id).ended and time.monotonic() < end:
        time.sleep(0.01)
    assert jobs.get(first.id).state == "cancelled"
    said = [(jobs.get(each.id).state, jobs.get(each.id).error) for each in others]
    assert said[0] == ("failed", "There is nothing.")
    assert said[1] == ("failed", "refdesk failed in a way it should not: ZeroDivisionError.")
    jobs.close()


def test_a_job_waits_while_another_process_writes():
    jobs = Jobs(None)

    def busy(tell, told):
        raise HomeBusy("somebody writes")

    job = jobs.submit("wait", busy)
    end = time.monotonic() + 60
    while jobs.get(job.id).step != "somebody writes" and time.monotonic() < end:
        time.sleep(0.01)
    assert jobs.get(job.id).state == "running"
    jobs.close()
