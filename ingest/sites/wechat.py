"""WeChat: the post a page holds, or what became of it."""

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

from lxml import html

from ingest.archive.values import Reply
from ingest.failures import Failure
from ingest.links.urls import source_of
from ingest.sites import web
from ingest.sites.adapter import Replies
from ingest.sites.article import first, part, read_with
from ingest.sites.page import read_shell
from ingest.values import Document, Rejection

_GONE = (
    (r"已被发布者删除", Failure.DEAD.reason("deleted by its author")),
    (
        r"此内容.{0,12}(?:违规|违反|侵权|投诉)|涉嫌违反",
        Failure.DEAD.reason("removed for a breach of rules"),
    ),
    (
        r"(?:帐号|账号).{0,12}(?:注销|屏蔽|冻结|封禁|迁移|停止使用)",
        Failure.DEAD.reason("its account is closed"),
    ),
    (r"链接已过期", Failure.DEAD.reason("the link has expired")),
    (r"参数错误", Failure.ERROR_PAGE),
)
_SECONDS = re.compile(r"\bvar (?:ct|oriCreateTime)\s*=\s*['\"](\d{9,11})['\"]")
_DAY = re.compile(r"\b(?:publish_time|createTime)\s*=\s*['\"](\d{4}-[01]\d-[0-3]\d)")
_CHINA = timedelta(hours=8)


def covers(url: str) -> bool:
    """Cover posts of public accounts."""
    return source_of(url) == "wechat"


requests = web.requests  # the page itself


def read(url: str, replies: Replies) -> Document | Rejection:
    """Read the page as the site writes it."""
    return read_with(_article, url, replies)


def _article(url: str, reply: Reply, page: str, tree: html.HtmlElement) -> Document | Rejection:
    if "captcha" in urlsplit(reply.url).path:
        return Rejection(url, Failure.BOT_WALL)
    result = part(url, reply, tree, "//*[@id='js_content']")
    if result is None:
        shown = "".join(tree.xpath("//body//text()[not(ancestor::script or ancestor::style)]"))
        for pattern, reason in _GONE:
            if re.search(pattern, shown):
                return Rejection(url, reason)
        return read_shell(url, reply)
    if isinstance(result, Rejection):
        return result
    day = None
    if seconds := _SECONDS.search(page):
        day = (datetime.fromtimestamp(int(seconds[1]), UTC) + _CHINA).strftime("%Y-%m-%d")
    elif said := _DAY.search(page):
        day = said[1]
    title = first(tree, "//*[@id='activity-name']", "//meta[@property='og:title']/@content")
    author = first(tree, "//*[@id='js_name']", "//meta[@name='author']/@content")
    return replace(result, title=title or result.title, author=author or None, date=day)
