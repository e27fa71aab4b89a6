"""A refresh by itself while refdesk is served, and its digests as a feed."""

import io
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import feedparser
import pytest
from fastapi.testclient import TestClient

from assistant.refreshing.digest import Digest, Gone, digest_object, keep
from ingest.lists.catalog_file import Entry
from ingest.lists.changes import ListChanges
from ui.page.html_news import news_html
from ui.page.i18n import texts
from ui.server import interface
from ui.serving.jobs import Jobs
from ui.serving.refreshing import PERIODS, Refresher, atom
from ui.serving.turns import Turns


class Desk:
    """Tells of digests, and counts refreshes."""

    def __init__(self, *at):
        self.told = [{"at": each} for each in at]
        self.refreshed = 0

    def digests(self):
        return self.told

    def refresh(self, **how):
        self.refreshed += 1
        self.told.append({"at": f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}"})
        return Digest("now")


def ago(**since):
    return f"{datetime.now(UTC) - timedelta(**since):%Y-%m-%dT%H:%M:%SZ}"


@pytest.mark.parametrize(
    ("at", "due"),
    [((), True), ((ago(hours=1),), False), ((ago(days=3), ago(hours=25)), True),
     ((ago(hours=23),), False), ((ago(days=-2),), True), (("no time",), True)],
)  # fmt: skip
def test_a_refresh_is_due_a_period_after_the_last(at, due):
    assert Refresher(Jobs(Desk(*at)), PERIODS["daily"]).is_due() is due


def test_it_begins_by_itself_and_once():
    desk = Desk()
    jobs = Jobs(desk)
    with Refresher(jobs, PERIODS["daily"], look_s=0.01):
        end = time.monotonic() + 60
        while not (jobs.all() and jobs.all()[0].ended) and time.monotonic() < end:
            time.sleep(0.01)
        time.sleep(0.1)
    assert desk.refreshed == 1
    assert [(job.what, job.state) for job in jobs.all()] == [("refresh", "done")]
    jobs.close()


def test_the_digests_are_a_feed(desk):
    gone = Gone("https://a.example/x?a=1&b=2", "<script>\x07", "dead (404)", kept=True)
    keep(desk.home.root, Digest("2026-01-01T00:00:00Z", new=(("https://a.example/n", "News"),)))
    keep(desk.home.root, Digest("2026-01-02T00:00:00Z"))
    keep(desk.home.root, Digest("2026-01-03T00:00:00Z", died=(gone,), answered=("Why?",)))
    with TestClient(interface(desk, Turns()), base_url="http://127.0.0.1") as client:
        reply = client.get("/digest.atom")
    assert reply.headers["content-type"].startswith("application/atom+xml")
    feed = feedparser.parse(io.BytesIO(reply.content), sanitize_html=False)
    assert not feed.bozo
    assert [entry.title for entry in feed.entries] == [
        "2 changes on 2026-01-03", "1 changes on 2026-01-01",
    ]  # fmt: skip
    said = feed.entries[0].content[0].value
    assert "&lt;script&gt;" in said
    assert "Can be answered now: Why?" in said
    assert not feedparser.parse(io.BytesIO(atom([]).encode())).bozo


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_digests_are_a_page(lang):
    say = texts(lang)
    entry = Entry("<b>One</b>", "https://a.example/one", ("Papers", "<i>"), "post", "other")
    moved = replace(entry, section=("Old",))
    changes = ListChanges("mine", (entry,), (), ((entry, moved),))
    kept = Gone("https://a.example/gone", "<script>", "dead (404)", kept=True)
    lost = Gone("javascript:alert(1)", "Evil", "dead (410)", kept=False)
    digest = Digest(
        "2026-01-03T04:05:06Z", (changes,), died=(kept, lost), answered=("Why <x>?",),
        new=tuple((f"https://a.example/{n}", f"Page {n}") for n in range(50)), looked_at=1234,
    )  # fmt: skip
    older = Digest("2026-01-02T00:00:00Z", changed=(("https://a.example/c", "Changed"),))
    html = news_html([digest_object(each) for each in (older, Digest("2026-01-02"), digest)], say)
    assert "<script>" not in html
    assert 'href="javascript' not in html
    assert html.index("2026-01-03 04:05 UTC") < html.index("2026-01-02 00:00 UTC")
    assert html.count("<section>") == 2
    assert say("news.more", count="10") in html
    assert f"{say('news.added', list='mine')} (1)" in html
    assert "Papers › &lt;i&gt;" in html
    up = "../" if lang == "zh" else "./"
    assert f'href="{up}digest.atom"' in html
    copy = f"{up}read?url=https%3A%2F%2Fa.example%2Fgone&amp;lang={lang}"
    assert f'href="{copy}" target="_blank" rel="noopener">{say("news.kept")}' in html
    assert say("news.not_kept") in html
    assert say("news.none") in news_html([], say)
    assert say("news.none") in news_html([digest_object(Digest("2026-01-02"))], say)
