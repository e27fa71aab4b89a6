import gzip
import json
from collections.abc import Callable, Mapping

import pytest

from ingest.archive.values import Reply
from ingest.sites import youtube
from ingest.sites.adapter import Request
from ingest.values import Document, Rejection

URL = "https://www.youtube.com/watch?v=dQw4w9WgXcQ"
PLAYER = "https://www.youtube.com/youtubei/v1/player?key=AIzaKey_1"
OEMBED = (
    "https://www.youtube.com/oembed"
    "?url=https%3A%2F%2Fwww.youtube.com%2Fwatch%3Fv%3DdQw4w9WgXcQ&format=json"
)
PAGE = (
    '<html><head><title>Attention, slowly - YouTube</title><meta name="title" '
    'content="Attention &amp; friends"><link itemprop="name" content="Page Channel">'
    '<meta itemprop="datePublished" content="2024-05-06T10:00:00-07:00"></head><body>'
    '<script>ytcfg.set({"INNERTUBE_API_KEY":"AIzaKey_1"})</script></body></html>'
)
NAME = json.dumps({"title": "Attention, slowly", "author_name": "A Channel"})

Replies = dict[str, Reply | Rejection]


def reply(body: str | bytes, url: str = URL, status: int = 200, encoding: str = "") -> Reply:
    data = body.encode() if isinstance(body, str) else body
    return Reply(url, status, (("Content-Encoding", encoding),), data, "2026-01-02T03:04:05Z")


def timed(language: str) -> str:
    return f"https://www.youtube.com/api/timedtext?v=dQw4w9WgXcQ&ei=x&lang={language}&sig=AB.CD"


def player(*tracks: tuple[str, bool], status: object = "OK", reason: str = "", **more: str) -> str:
    state = {"status": status, "reason": reason}
    found = [
        {
            "baseUrl": timed(language) + "&fmt=srv3" + more.get("suffix", ""),
            "name": {"runs": [{"text": language}]},
            "languageCode": language,
            "kind": "asr" if generated else "",
            "isTranslatable": True,
        }
        for language, generated in tracks
    ]
    captions = {"playerCaptionsTracklistRenderer": {"captionTracks": found}} if tracks else {}
    return json.dumps({"playabilityStatus": state, "captions": captions})


def spoken(*lines: tuple[float, str]) -> str:
    texts = "".join(f'<text start="{at}" dur="4.2">{text}</text>' for at, text in lines)
    return f'<?xml version="1.0" encoding="utf-8" ?><transcript>{texts}</transcript>'


LINES = spoken(
    (0.4, "[Music]"),
    (3.2, "&gt;&gt; Attention isn&amp;#39;t all"),
    (10, "you need."),
    (20, "Queries meet keys."),
    (31, "Then come"),
    (36, "values. The softmax"),
    (40, "weighs them"),
    (82, "without an end"),
    (90, "of any kind"),
)


def complete(text: str = LINES, *tracks: tuple[str, bool]) -> Replies:
    tracks = tracks or (("en", False),)
    return {
        URL: reply(PAGE),
        OEMBED: reply(NAME),
        PLAYER: reply(player(*tracks)),
        timed(tracks[0][0]): reply(text),
    }


def converse(server: Callable[[Request], Reply | Rejection]) -> tuple[list[Request], Replies]:
    """Make all the requests of the video, as the fetcher does."""
    made: list[Request] = []
    replies: Replies = {}
    while wanted := youtube.requests(URL, replies):
        for request in wanted:
            assert request.url not in replies
            made.append(request)
            replies[request.url] = server(request)
        assert len(made) < 10
    return made, replies


def from_(replies: Mapping[str, Reply | Rejection]) -> Callable[[Request], Reply | Rejection]:
    return lambda request: replies[request.url]


def document(found: Document | Rejection) -> Document:
    assert isinstance(found, Document), found
    return found


def test_the_requests_lead_step_by_step_to_the_transcript() -> None:
    made, replies = converse(from_(complete()))
    assert {request.url for request in made[:2]} == {URL, OEMBED}
    assert [request.url for request in made[2:]] == [PLAYER, timed("en")]
    by_url = {request.url: request for request in made}
    asked = by_url[PLAYER]
    assert asked.method == "POST"
    assert json.loads(asked.body)["videoId"] == "dQw4w9WgXcQ"
    assert dict(asked.headers)["Content-Type"] == "application/json"
    assert dict(asked.headers)["Accept-Language"] == "en-US"
    assert by_url[URL].method == "GET"
    assert "SOCS=CAI" in dict(by_url[URL].headers)["Cookie"]
    # robots.txt is asked about the page only
    assert {request.url for request in made if not request.interface} == {URL}
    assert youtube.requests(URL, replies) == []


def test_a_transcript_becomes_a_document_with_seconds() -> None:
    found = document(youtube.read(URL, complete()))
    assert found.text == (
        "# Attention, slowly\n\n"
        "Attention isn't all you need. Queries meet keys. Then come values.\n\n"
        "The softmax weighs them\n\n"
        "without an end of any kind"
    )
    assert (found.url, found.title, found.author) == (URL, "Attention, slowly", "A Channel")
    assert (found.date, found.lang, found.kind, found.source) == (
        "2024-05-06",
        "en",
        "video",
        "youtube",
    )
    assert found.fetched_at == "2026-01-02T03:04:05Z"
    opened = [(found.text[at:].split(" ")[0], url) for at, url in found.anchors]
    assert opened == [
        ("Attention", f"{URL}&t=3s"),
        ("The", f"{URL}&t=36s"),
        ("without", f"{URL}&t=82s"),
    ]


def test_a_long_paragraph_ends_at_a_sentence_inside_a_line() -> None:
    lines = [(float(at), f"word {at}") for at in range(0, 33, 3)]
    found = document(
        youtube.read(URL, complete(spoken(*lines, (34.5, "the end. And then"), (38, "more"))))
    )
    assert found.text.endswith("word 30 the end.\n\nAnd then more")
    assert found.anchors[-1][1] == f"{URL}&t=34s"


def test_text_without_sentences_is_cut_by_time() -> None:
    lines = [(5.0 * n, f"没有标点的第{n}句") for n in range(40)]
    found = document(youtube.read(URL, complete(spoken(*lines), ("zh-Hans", True))))
    seconds = [int(url.rpartition("=")[2].rstrip("s")) for _, url in found.anchors]
    assert seconds == [0, 45, 90, 135, 180]
    assert found.lang == "zh"


@pytest.mark.parametrize(
    ("tracks", "chosen"),
    [
        ([("de", False), ("en-GB", False), ("en", True)], "en-GB"),
        ([("de", False), ("zh-TW", False)], "zh-TW"),
        ([("en", True), ("de", False)], "en"),
        ([("en", False), ("de", True), ("de", False), ("fr", False)], "de"),
        ([("en", False), ("zh-Hans", True)], "zh-Hans"),
        ([("fr", True), ("en", True)], "en"),
        ([("ko", True)], "ko"),
    ],
)
def test_the_spoken_language_comes_first_and_then_what_a_person_wrote(
    tracks: list[tuple[str, bool]], chosen: str
) -> None:
    replies: Replies = {URL: reply(PAGE), OEMBED: reply(NAME), PLAYER: reply(player(*tracks))}
    (wanted,) = youtube.requests(URL, replies)
    assert wanted.url == timed(chosen)


def test_bodies_are_unpacked() -> None:
    replies = complete()
    replies[timed("en")] = reply(gzip.compress(LINES.encode()), encoding="gzip")
    replies[OEMBED] = reply(gzip.compress(NAME.encode()), encoding="gzip")
    found = document(youtube.read(URL, replies))
    assert found.title == "Attention, slowly"
    assert "Queries meet keys." in found.text


NO_TEXT = "no transcript: Attention, slowly by A Channel"


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({PLAYER: reply(player())}, NO_TEXT),
        ({PLAYER: reply("{}")}, NO_TEXT),
        ({PLAYER: reply("no JSON")}, NO_TEXT),
        ({PLAYER: reply(player(("en", False), suffix="&exp=xpe"))}, NO_TEXT),
        ({timed("en"): reply("")}, NO_TEXT),
        ({timed("en"): reply(spoken((0, "[Music]"), (9, "♪♪")))}, NO_TEXT),
        ({timed("en"): reply("<!DOCTYPE html><p>no XML", status=404)}, NO_TEXT),
        ({timed("en"): reply(b"\x1f\x8b broken", encoding="gzip")}, "damaged"),
        ({timed("en"): Rejection("x", "not available now (no answer in time)")}, "not available"),
        ({PLAYER: reply(player(status="LOGIN_REQUIRED", reason="Private video"))}, "sign-in wall"),
        (
            {PLAYER: reply(player(status="ERROR", reason="This video is unavailable"))},
            "dead (no such video)",
        ),
        ({URL: reply("", status=404)}, "dead (404)"),
        ({URL: reply("", status=503)}, "not available now (503)"),
        ({URL: Rejection(URL, "robots.txt does not allow it")}, "robots.txt does not allow it"),
        ({URL: reply('<form action="https://consent.youtube.com/s"><input>')}, "cookie wall"),
        (
            {
                URL: reply(
                    '<form action="https://consent.youtube.com/s"><input name="v" value="cb.1">'
                )
            },
            "cookie wall",
        ),
    ],
)
def test_a_video_without_text_is_reported(changed: Replies, reason: str) -> None:
    _, replies = converse(from_(complete() | changed))
    found = youtube.read(URL, replies)
    assert isinstance(found, Rejection)
    assert found.url == URL
    assert found.reason.startswith(reason)
    assert not youtube.blocks(replies)


@pytest.mark.parametrize(
    "changed",
    [
        {URL: reply("", status=429)},
        {URL: Rejection(URL, "not available now (429)")},
        {URL: reply('<form><div class="g-recaptcha"></div></form>')},
        {PLAYER: reply("", status=429)},
        {
            PLAYER: reply(
                player(status="LOGIN_REQUIRED", reason="Sign in to confirm you’re not a bot")
            )
        },
        {
            PLAYER: reply(
                player(status="LOGIN_REQUIRED", reason="Sign in to confirm you're not a bot.")
            )
        },
        {timed("en"): reply("", status=429)},
    ],
)
def test_a_block_is_told_apart_and_ends_the_requests(changed: Replies) -> None:
    made, replies = converse(from_(complete() | changed))
    assert len(made) <= 4
    assert youtube.read(URL, replies) == Rejection(URL, "blocked: YouTube asks for a sign-in")
    assert youtube.blocks(replies)


def test_what_comes_well_is_no_block() -> None:
    assert not youtube.blocks(complete())
    assert not youtube.blocks({})
    assert not youtube.blocks({"https://blog.example/": reply("", status=429)})


def test_the_page_alone_still_names_the_video() -> None:
    found = youtube.read(URL, {"https://youtu.be/dQw4w9WgXcQ": reply(PAGE)})
    assert found == Rejection(URL, "no transcript: Attention & friends by Page Channel")
    assert youtube.read(URL, {}) == Rejection(URL, "not fetched")


def test_a_missing_name_does_not_cost_the_transcript() -> None:
    replies = complete() | {OEMBED: reply("Unauthorized", status=401)}
    found = document(youtube.read(URL, replies))
    assert (found.title, found.author) == ("Attention & friends", "Page Channel")


@pytest.mark.parametrize(
    "url",
    ["https://www.youtube.com/playlist?list=PL1", "https://www.youtube.com/@channel/videos"],
)
def test_other_pages_are_shells(url: str) -> None:
    assert youtube.covers(url)
    assert [request.url for request in youtube.requests(url, {})] == [url]
    footer = "About Press Copyright Contact us Creators Advertise Developers Terms Privacy"
    shell = reply(f"<title>Lectures - YouTube</title><div>{footer}</div><script></script>", url)
    shell = Reply(url, 200, (("Content-Type", "text/html"),), shell.body, "")
    assert youtube.requests(url, {url: shell}) == ()
    assert youtube.read(url, {url: shell}) == Rejection(url, "needs a browser")
    assert youtube.read(url, {url: reply("", url, 404)}) == Rejection(url, "dead (404)")


def test_only_youtube_is_covered() -> None:
    assert youtube.covers(URL)
    assert not youtube.covers("https://vimeo.com/1")
