import json
from collections.abc import Mapping
from typing import Any

import pytest

from ingest.archive.values import Reply
from ingest.sites import github_discussion
from ingest.sites.adapter import Request
from ingest.values import Document, Rejection

REPO = "https://github.com/o/r"
ISSUE, PULL, DISCUSSION = f"{REPO}/issues/7", f"{REPO}/pull/9", f"{REPO}/discussions/5"
API = "https://api.github.com/repos/o/r/issues"
Came = Reply | Rejection


def reply(url: str, body: Any = b"", status: int = 200) -> Reply:
    """Make the reply at ``url``; what is no bytes and no text is sent as JSON."""
    media = "text/html; charset=utf-8"
    if not isinstance(body, (str, bytes)):
        body, media = json.dumps(body), "application/json; charset=utf-8"
    data = body.encode() if isinstance(body, str) else body
    return Reply(url, status, (("Content-Type", media),), data, "2026-01-02T03:04:05Z")


def issue(body: str | None, url: str = ISSUE, comments: int = 0, **more: Any) -> dict[str, Any]:
    user = {"login": "ada", "type": "User"}
    made = {"html_url": url, "title": "Cache grows  without bound", "body": body, "user": user}
    return made | {"created_at": "2024-05-06T07:08:09Z", "comments": comments} | more


def comment(number: int, body: str, login: str = "bob", kind: str = "User") -> dict[str, Any]:
    return {
        "html_url": f"{ISSUE}#issuecomment-{number}",
        "user": {"login": login, "type": kind},
        "created_at": "2024-05-07T00:00:00Z",
        "body": body,
    }


def visit(url: str, web: Mapping[str, Came]) -> tuple[list[Request], Document | Rejection]:
    """Ask for all that is wanted of a web where everything else is missing; then read."""
    asked: list[Request] = []
    replies: dict[str, Came] = {}
    while wanted := github_discussion.requests(url, replies):
        assert len(asked) < 10
        for request in wanted:
            assert request.url not in replies
            asked.append(request)
            replies[request.url] = web.get(request.url, reply(request.url, b"", 404))
    return asked, github_discussion.read(url, replies)


def document(found: Document | Rejection) -> Document:
    assert isinstance(found, Document), found
    return found


@pytest.mark.parametrize(
    ("url", "covered"),
    [
        (ISSUE, True),
        (PULL, True),
        (f"{PULL}/files", True),
        (DISCUSSION, True),
        (f"{DISCUSSION}?sort=new", True),
        (f"{REPO}/discussions", False),
        (f"{REPO}/discussions/categories/ideas", False),
        (f"{REPO}/issues/new", False),
        (REPO, False),
        ("https://example.org/o/r/issues/7", False),
    ],
)
def test_covers(url: str, covered: bool) -> None:
    assert github_discussion.covers(url) is covered


def test_an_issue_and_its_comments() -> None:
    body = "<!-- a hint -->\r\n# What I saw\r\n\r\n- it **grows**\r\n\r\n```\r\n# log\r\n```"
    said = [
        comment(11, "## Cause\n\nKeys are never evicted."),
        comment(12, "Thanks for the report! :robot:", "stale[bot]", "Bot"),
        comment(13, "👍 +1"),
        comment(14, "Fixed in v2.", "ada"),
    ]
    many = f"{API}/7/comments?per_page=100"
    web = {f"{API}/7": reply(f"{API}/7", issue(body, comments=4)), many: reply(many, said)}
    asked, found = visit(ISSUE, web)
    assert [request.url for request in asked] == list(web)
    assert all(request.interface for request in asked)
    read = document(found)
    assert (read.url, read.title, read.author) == (ISSUE, "Cache grows without bound", "ada")
    assert (read.date, read.source, read.kind) == ("2024-05-06", "github-discussion", "thread")
    assert read.text == (
        "# Cache grows without bound\n\n## What I saw\n\n- it grows\n\n```\n# log\n```\n\n"
        "## Comment by bob\n\n#### Cause\n\nKeys are never evicted.\n\n"
        "## Comment by ada\n\nFixed in v2."
    )
    opened = {read.text[at:].split("\n")[0]: url for at, url in read.anchors}
    assert opened == {
        "## Comment by bob": f"{ISSUE}#issuecomment-11",
        "## Comment by ada": f"{ISSUE}#issuecomment-14",
    }


def test_comments_are_not_asked_for_where_there_are_none() -> None:
    asked, found = visit(ISSUE, {f"{API}/7": reply(f"{API}/7", issue("Why?"))})
    assert len(asked) == 1
    assert document(found).text.endswith("Why?")


def test_an_issue_may_be_a_pull_request_or_have_moved() -> None:
    for new in (f"{REPO}/pull/7", "https://github.com/new/name/issues/3"):
        found = visit(ISSUE, {f"{API}/7": reply(f"{API}/7", issue("Why?", new))})[1]
        assert document(found).url == new
    assert visit(f"{PULL}/files", {})[0][0].url == f"{API}/9"


def test_a_token_is_shown_to_the_interface_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GITHUB_TOKEN", "s3cret")
    interface, page = visit(ISSUE, {})[0]
    assert ("Authorization", "Bearer s3cret") in interface.headers
    assert page == Request(ISSUE)


def test_the_question_stands_alone_when_its_comments_do_not_come() -> None:
    web = {f"{API}/7": reply(f"{API}/7", issue("Why does it grow?", comments=3))}
    assert document(visit(ISSUE, web)[1]).text.endswith("bound\n\nWhy does it grow?")


def test_odd_answers_are_borne() -> None:
    odd = [3, {"body": 4, "user": None}, comment(11, "Seen, too.", "ghost")]
    many = f"{API}/7/comments?per_page=100"
    told = issue(None, comments=9, user=None, created_at=None)
    web = {f"{API}/7": reply(f"{API}/7", told), many: reply(many, odd)}
    read = document(visit(ISSUE, web)[1])
    assert (read.author, read.date) == ("ghost", None)
    assert read.text == "# Cache grows without bound\n\n## Comment by ghost\n\nSeen, too."
    assert visit(ISSUE, {f"{API}/7": reply(f"{API}/7", issue(None))})[1] == Rejection(
        ISSUE, "empty"
    )


def said(
    anchor: str,
    author: str,
    body: str,
    *,
    label: str = "",
    chosen: str = "",
    replies: str = "",
) -> str:
    """Make a comment as pages of discussions have it."""
    return f"""
    <div class="js-comment-container {"js-nested-comment-container" if label == "n" else ""}">
      <div class="discussions-timeline-scroll-target" id="{anchor}"></div>
      <div class="discussion-comment timeline-comment unminimized-comment {chosen}">
        <h3 class="timeline-comment-header-text"><a href="/{author}"><img class="avatar"
          src="a.png" alt="@{author.removeprefix("apps/")}"></a>
        <a href="/{author}" class="{"Link--primary" if label == "plain" else "author"}"
          data-hovercard-type="user">{author.removeprefix("apps/")}</a>
        {'<span class="Label Label--secondary">bot</span>' if label == "bot" else ""}
        <a href="#{anchor}" id="{anchor}-permalink" class="js-timestamp">
          <relative-time datetime="2023-11-22T10:00:00Z">Nov 22, 2023</relative-time></a></h3>
        <div class="edit-comment-hide"><task-lists><table><tbody><tr>
          <td class="d-block comment-body markdown-body js-comment-body">{body}</td>
        </tr></tbody></table></task-lists></div>
        <div class="comment-reactions"><button>👍 12</button></div>
      </div>
      <div id="child-comments-{anchor}">{replies}</div>
    </div>"""


def discussion(*comments: str) -> str:
    title = "Speed on small chips · o/r · Discussion #5 · GitHub"
    question = said(
        "discussion-700",
        "ada",
        "<h2>Results</h2><p>How <b>fast</b> <g-emoji>🚀</g-emoji> is it?</p>"
        "<table><tr><th>chip</th><th>t/s</th></tr><tr><td>M1</td><td>14</td></tr></table>"
        "<div class='highlight-source-shell'><pre>./bench -m 7b\n# done</pre></div>",
    )
    return f"""<!DOCTYPE html><html lang="en"><head><title>{title}</title></head><body>
      <header><a href="/login">Sign in</a></header><main>
      <h1 class="gh-header-title"><span class="js-issue-title">Speed on small chips</span>
      <span>#5</span></h1><div>Answered by <a class="author" href="/carol">carol</a>
      <a href="#discussioncomment-12">See answer</a></div>
      {question}{"".join(comments)}
      <form><div class="comment-body markdown-body js-preview-body"><p>Nothing to preview</p></div>
      </form></main><footer>© GitHub</footer></body></html>"""


def test_a_discussion_is_read_off_its_page() -> None:
    nested = said("discussioncomment-13", "ada", "<p>Thank you all.</p>", label="n")
    page = discussion(
        '<div>Pinned by <a class="author" href="/dan">dan</a></div>',
        said("discussioncomment-11", "bob", "<h1>Mine</h1><p>14 tokens a second.</p>",
             label="plain"),
        said("discussioncomment-12", "carol", "<p>Use Metal.</p>",
             chosen="timeline-chosen-answer", replies=nested),
        said("discussioncomment-14", "apps/github-actions", "<p>Marked as stale.</p>"),
        said("discussioncomment-15", "helper", "<p>I am labelled.</p>", label="bot"),
        said("discussioncomment-16", "dan", "<p>👍</p>"),
    )  # fmt: skip
    asked, found = visit(DISCUSSION, {DISCUSSION: reply(DISCUSSION, page)})
    assert asked == [Request(DISCUSSION)]
    read = document(found)
    assert (read.url, read.title, read.author) == (DISCUSSION, "Speed on small chips", "ada")
    assert (read.date, read.source) == ("2023-11-22", "github-discussion")
    assert read.text == (
        "# Speed on small chips\n\n### Results\n\nHow fast 🚀 is it?\n\n"
        "| chip | t/s |\n| --- | --- |\n| M1 | 14 |\n\n```shell\n./bench -m 7b\n# done\n```\n\n"
        "## Comment by bob\n\n### Mine\n\n14 tokens a second.\n\n"
        "## Answer by carol\n\nUse Metal.\n\n"
        "### Reply by ada\n\nThank you all."
    )
    assert [url.rpartition("-")[2] for _, url in read.anchors] == ["11", "12", "13"]
    assert all(url.startswith(f"{DISCUSSION}#discussioncomment-") for _, url in read.anchors)
    assert [read.text[at:].split("\n")[0] for at, _ in read.anchors] == [
        "## Comment by bob",
        "## Answer by carol",
        "### Reply by ada",
    ]


def test_a_hidden_comment_and_a_preview_of_the_answer_are_left_out() -> None:
    hidden = (
        f"<div class='minimized-comment'>{said('discussioncomment-8', 'x', '<p>Spam</p>')}</div>"
    )
    cut = "<div class='markdown-body comment-body'><p>Use</p></div>"
    preview = f"<section><a href='#discussioncomment-12'>Full answer</a>{cut}</section>"
    whole = said("discussioncomment-12", "carol", "<p>Use Metal.</p>")
    page = discussion(preview, hidden, whole)
    read = document(visit(DISCUSSION, {DISCUSSION: reply(DISCUSSION, page)})[1])
    assert "Spam" not in read.text
    assert read.text.count("Use") == 1
    assert read.text.endswith("## Comment by carol\n\nUse Metal.")


NEW_SHAPE = """<html><head><title>Cache grows · Issue #7 · o/r · GitHub</title></head><body><main>
  <h1 data-component="PH_Title"><bdi data-testid="issue-title" class="markdown-title">Cache grows
  </bdi> <span>#7</span></h1>
  <div data-testid="issue-body" class="react-issue-body"><a data-testid="issue-body-header-author"
    href="https://github.com/ada">ada</a> <relative-time datetime="2024-05-06T07:08:09Z"/>
    <div data-testid="issue-body-viewer"><div data-testid="markdown-body" class="markdown-body">
      <div class="markdown-body"><p>Why does it grow?</p></div></div>
      <div role="toolbar"><button>👍 3</button></div></div></div>
  <div class="react-issue-comment"><div id="issuecomment-11" data-testid="comment-header">
    <a data-testid="avatar-link" href="https://github.com/bob">bob</a></div>
    <div data-testid="markdown-body" class="markdown-body"><p>Keys stay.</p></div></div>
</main></body></html>"""


def test_an_issue_whose_interface_is_closed_is_read_off_its_page() -> None:
    limit = reply(f"{API}/7", {"message": "API rate limit exceeded"}, 403)
    asked, found = visit(ISSUE, {f"{API}/7": limit, ISSUE: reply(ISSUE, NEW_SHAPE)})
    assert [request.url for request in asked] == [f"{API}/7", ISSUE]
    read = document(found)
    assert (read.title, read.author, read.date) == ("Cache grows", "ada", "2024-05-06")
    assert read.text == "# Cache grows\n\nWhy does it grow?\n\n## Comment by bob\n\nKeys stay."
    assert [url for _, url in read.anchors] == [f"{ISSUE}#issuecomment-11"]


def test_an_issue_that_became_a_discussion_has_its_new_address() -> None:
    found = visit(ISSUE, {ISSUE: reply(DISCUSSION, discussion())})[1]
    assert document(found).url == DISCUSSION


@pytest.mark.parametrize(
    ("title", "meant"),
    [
        ("Speed · o/r · Discussion #5 · GitHub", "Speed"),
        ("A · B by hand · Issue #7 · o/r · GitHub", "A · B by hand"),
        ("Evict keys by ada · Pull Request #9 · o/r · GitHub", "Evict keys"),
    ],
)
def test_the_title_has_no_site_in_it(title: str, meant: str) -> None:
    page = f"<title>{title}</title><div class='comment-body'><p>Text.</p></div>"
    found = visit(DISCUSSION, {DISCUSSION: reply(DISCUSSION, page)})[1]
    assert document(found).title == meant


@pytest.mark.parametrize(
    ("interface", "page", "reason"),
    [
        (reply(f"{API}/7", b"", 404), reply(ISSUE, "<p>Not found</p>", 404), "dead (404)"),
        (reply(f"{API}/7", b"", 410), Rejection(ISSUE, "robots.txt does not allow it"),
         "dead (410)"),
        (reply(f"{API}/7", b"", 403), Rejection(ISSUE, "robots.txt does not allow it"),
         "not available now (GitHub's limit of requests)"),
        (Rejection(f"{API}/7", "not available now (x)"), reply(ISSUE, b""), "empty"),
    ],
)  # fmt: skip
def test_the_most_telling_reason_is_told(interface: Came, page: Came, reason: str) -> None:
    assert visit(ISSUE, {f"{API}/7": interface, ISSUE: page})[1] == Rejection(ISSUE, reason)


def test_a_page_that_is_no_thread_is_read_as_a_page() -> None:
    wall = "<title>Sign in to GitHub</title><form><input type=password></form><p>Sign in</p>"
    found = visit(DISCUSSION, {DISCUSSION: reply("https://github.com/login", wall)})[1]
    assert found == Rejection(DISCUSSION, "sign-in wall")
    assert github_discussion.read(DISCUSSION, {}) == Rejection(DISCUSSION, "not fetched")
