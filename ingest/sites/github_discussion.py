"""GitHub discussions, issues and pull requests: a question, and what others said to it.

Issues and pull requests come by the documented interface. Discussions have none that is open to
everybody: they are read off their page, as the others are where the interface gave nothing.
"""

import re
from collections.abc import Iterator, Sequence
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

from lxml import etree, html

from ingest.archive.values import Reply
from ingest.failures import Failure
from ingest.links.kinds import split
from ingest.links.urls import canonical
from ingest.reading import markdown
from ingest.reading.decode import HTML, MAX_CHARS, UnreadableError, decode_reply
from ingest.reading.document import make_document, read_document, status_reason
from ingest.reading.extract import Extract
from ingest.reading.prune import prune
from ingest.reading.titles import name_of
from ingest.sites.adapter import Replies, Request
from ingest.sites.github_api import answer, ask, is_interface, refusal
from ingest.text.blocks import HEADING, code_spans
from ingest.text.sentences import clean, one_line
from ingest.values import Document, Rejection

_THREAD = re.compile(
    r"(https://github\.com/([^/]+/[^/]+)/(discussions|issues|pull)/(\d+))(?:[/?].*)?"
)
# On pages, newest shape last: what holds a text, and what a link to a comment ends in.
_BODIES = (("comment-body", "js-comment-body"), ("markdown-body",))
_ANCHOR = re.compile(
    r"(issuecomment-\d+|discussioncomment-\d+|pullrequestreview-\d+|discussion_r\d+)"
)
_CONTAINERS = {"js-comment-container", "react-issue-comment"}
_AUTHOR = re.compile(r"/(apps/)?([\w-]+)(?:\[bot\])?/?")
_HEADERS = ("issue-body-header-author", "avatar-link")
_TITLES = (
    "//*[@data-testid='issue-title']",
    "//*[contains(concat(' ', normalize-space(@class), ' '), ' js-issue-title ')]",
    "//h1//*[contains(concat(' ', normalize-space(@class), ' '), ' markdown-title ')]",
    "//title",
)
_TITLE_TAIL = re.compile(
    r"(?: by \S+ · Pull Request| · (?:\S+/\S+ · )?(?:Discussion|Issue|Pull Request)) #\d+.*"
)
_NOTHING = {"No description provided.", "_No description provided._"}


@dataclass(frozen=True, slots=True)
class _Post:
    """A question, or what somebody said to it: ``text`` is Markdown, ``url`` opens it."""

    text: str = ""
    author: str = ""
    date: str | None = None
    url: str = ""
    heading: str = "## Comment"
    is_bot: bool = False


def covers(url: str) -> bool:
    """Cover discussions, issues and pull requests, not the lists of them."""
    return _THREAD.fullmatch(url) is not None


def requests(url: str, replies: Replies) -> tuple[Request, ...]:
    """Ask for an issue, then its comments; for the page where there is no other way."""
    for request in _steps(url, replies):
        if request.url not in replies:
            return (request,)
    return ()


def read(url: str, replies: Replies) -> Document | Rejection:
    """Read the thread off what the interface answered, else off its page."""
    reasons: list[tuple[int, str]] = []
    if result := _from_interface(url, replies):
        if isinstance(result, Document):
            return result
        reasons.append((0, result.reason))
    for came in replies.values():
        if isinstance(came, Rejection):
            reasons.append((3, came.reason))
        elif is_interface(came):
            reasons.append((2, refusal(came) or "empty"))
        else:
            result = _from_page(came)
            if isinstance(result, Document):
                return result
            reasons.append((1, result.reason))
    return Rejection(url, min(reasons, key=lambda item: item[0], default=(0, "not fetched"))[1])


def _steps(url: str, replies: Replies) -> Iterator[Request]:
    """Yield the requests in their order; each is in ``replies`` before the next is made up."""
    thread = _THREAD.fullmatch(url)
    if thread is None:
        return
    page, repo, form, number = thread.groups()
    if form != "discussions":
        issue = ask(f"{repo}/issues/{number}")
        yield issue
        data = answer(replies[issue.url])
        if _is_issue(data):
            if data.get("comments"):
                yield ask(f"{repo}/issues/{number}/comments?per_page=100")  # the most
            return
    yield Request(page)


def _is_issue(data: Any) -> bool:
    return isinstance(data, dict) and all(
        isinstance(data.get(name), str) for name in ("title", "html_url")
    )


def _from_interface(url: str, replies: Replies) -> Document | Rejection | None:
    issue: dict[str, Any] | None = None
    said: list[Any] = []
    fetched_at = ""
    for came in replies.values():
        data = answer(came)
        if _is_issue(data) and isinstance(came, Reply):
            issue, fetched_at = data, came.fetched_at
        elif isinstance(data, list):
            said += data
    if issue is None:
        return None
    posts = [_posted(item) for item in (issue, *said) if isinstance(item, dict)]
    moved = _THREAD.fullmatch(canonical(issue["html_url"]))
    return _document(moved[1] if moved else url, issue["title"], posts, fetched_at)


def _posted(item: dict[str, Any]) -> _Post:
    """Read an issue or a comment as the interface gives it."""
    user = item.get("user") if isinstance(item.get("user"), dict) else None
    login = str((user or {}).get("login") or "ghost")  # who deleted the account is "ghost"
    body, date = item.get("body"), str(item.get("created_at") or "")[:10]
    return _Post(
        text=_written(markdown.parse(clean(body))) if isinstance(body, str) else "",
        author=login.removesuffix("[bot]"),
        date=date if re.fullmatch(r"\d{4}-\d\d-\d\d", date) else None,
        url=str(item.get("html_url") or ""),
        is_bot=login.endswith("[bot]") or (user or {}).get("type") == "Bot",
    )


def _from_page(reply: Reply) -> Document | Rejection:
    thread = _THREAD.fullmatch(canonical(reply.url))
    if thread is None or status_reason(reply):
        return read_document(reply)
    try:
        content = decode_reply(reply)
        tree = markdown.tree_of(content.text)
    except (UnreadableError, etree.ParserError, ValueError):
        return read_document(reply)
    posts = list(_posts(tree, thread[1])) if content.media_type == HTML else []
    title = next(filter(None, (_title(tree, path) for path in _TITLES)), "")
    return _document(thread[1], title, posts, reply.fetched_at) if posts else read_document(reply)


def _title(tree: html.HtmlElement, path: str) -> str:
    titles = tree.xpath(path)
    return _TITLE_TAIL.sub("", _line(titles[0])) if titles else ""


def _line(element: html.HtmlElement) -> str:
    return one_line(element.text_content())


def _posts(tree: html.HtmlElement, url: str) -> Iterator[_Post]:
    """Yield what was said, in order. What stands between two texts is the head of the second."""
    for names in _BODIES:
        bodies = [element for element in tree.iter() if _classes(element) & set(names)]
        if bodies:
            break
    chosen = set(bodies)
    inside: html.HtmlElement | None = None
    head: list[html.HtmlElement] = []
    for event, element in etree.iterwalk(tree, events=("start", "end")):
        if inside is None and event == "start" and element in chosen:
            inside = element
            if post := _post(element, head, url):
                yield post
            head = []
        elif inside is None and event == "start":
            head.append(element)
        elif inside is element and event == "end":
            inside = None


def _post(body: html.HtmlElement, head: Sequence[html.HtmlElement], url: str) -> _Post | None:
    """Read one text with its head; None if it is hidden, or a preview of what is to be posted."""
    around = [*body.iterancestors(), body]
    classes = set().union(*map(_classes, around))
    if classes & {"minimized-comment", "js-preview-body"}:
        return None
    author, rank, is_bot, date, anchor, heading = "", 0, False, None, "", "## Comment"
    for element in head:
        if _classes(element) & _CONTAINERS:  # what stood before was the thread's, not the post's
            author, rank, is_bot, anchor = "", 0, False, ""
        if "timeline-chosen-answer" in _classes(element):
            heading = "## Answer"
        marks = (element.get("id") or "", (element.get("href") or "").rpartition("#")[2])
        anchor = next((match[1] for mark in marks if (match := _ANCHOR.match(mark))), anchor)
        date = (element.get("datetime") or "")[:10] or date
        (name, is_app), how = _named(element)
        if name and how >= rank:
            author, rank, is_bot = name, how, is_app
        elif "Label" in _classes(element) and _line(element).lower() == "bot":
            is_bot = True
    copy = html.Element("div")
    copy.append(deepcopy(body))
    copy[0].tail = None
    etree.strip_tags(copy, "g-emoji")  # within a line, and not of HTML
    nested = any((element.get("id") or "").startswith("child-comments") for element in around)
    return _Post(
        text=_written(copy),
        author=author,
        date=date,
        url=f"{url}#{anchor}" if anchor else "",
        heading="### Reply" if nested or "js-nested-comment-container" in classes else heading,
        is_bot=is_bot,
    )


def _classes(element: html.HtmlElement) -> set[str]:
    return set((element.get("class") or "").split())


def _named(element: html.HtmlElement) -> tuple[tuple[str, bool], int]:
    """Return the account an element of a head names, whether it is an app's, and how surely."""
    href = split(element.get("href") or "").path
    match = _AUTHOR.fullmatch(href) if element.tag == "a" else None
    if match:
        if "author" in _classes(element) or element.get("data-testid") in _HEADERS:
            return (match[2], bool(match[1])), 3
        if element.get("data-hovercard-type") == "user":
            return (match[2], False), 2
    alt = element.get("alt") or "" if element.tag == "img" else ""
    return (alt[1:], False), int(alt.startswith("@"))


def _written(tree: html.HtmlElement) -> str:
    prune(tree)
    text = markdown.write(tree)
    return "" if text in _NOTHING else text


def _document(
    url: str, title: str, posts: Sequence[_Post], fetched_at: str
) -> Document | Rejection:
    """Put a thread together: the question under its title, then what people said to it."""
    question, *rest = posts
    title = one_line(title) or name_of(url)
    text = f"# {title}\n\n{_lowered(question.text, 1)}".strip()
    anchors: list[tuple[int, str]] = []
    comments: dict[str, _Post] = {}
    for number, post in enumerate(rest):
        # Thumbs up and bare "+1" say nothing; a preview stands under the address of the whole.
        if re.search(r"[^\W\d_]", post.text) and not post.is_bot:
            key = post.url or str(number)
            if key not in comments or len(post.text) > len(comments[key].text):
                comments[key] = post
    for post in comments.values():
        by = f" by {post.author}" if post.author else ""
        if post.url:
            anchors.append((len(text) + 2, post.url))
        text += f"\n\n{post.heading}{by}\n\n{_lowered(post.text, post.heading.count('#'))}"
    if not question.text and not comments:
        return Rejection(url, "empty")
    if len(text) > MAX_CHARS:
        return Rejection(url, Failure.TOO_LARGE)
    page = Extract(title, text, question.author or None, question.date, anchors=tuple(anchors))
    return make_document(url, page, fetched_at)


def _lowered(text: str, by: int) -> str:
    """Lower a text's own headings below the one it stands under."""
    parts: list[str] = []
    at = 0
    for start, end in [*code_spans(text), (len(text), len(text))]:
        for line in text[at:start].splitlines(keepends=True):
            if heading := HEADING.match(line):
                line = "#" * min(6, len(heading[1]) + by) + line.lstrip()[len(heading[1]) :]
            parts.append(line)
        parts.append(text[start:end])
        at = end
    return "".join(parts)
