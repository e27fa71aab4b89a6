import gzip
import json
from pathlib import Path

import pytest
from warcio.archiveiterator import ArchiveIterator

from ingest.archive.values import Reply
from ingest.sites import web
from ingest.sites.registry import source_for
from ingest.values import Document, Rejection

WECHAT = "https://mp.weixin.qq.com/s/z5gpNkFkbR7nR4HHIHGx0g"
MEDIUM = "https://medium.com/@someone/understanding-rotary-positional-encoding-40635a4d078e"
NOTION = "https://someone.notion.site/KV-cache-17d311b8ed1e818daf2bf1287647e99f"
VIDEO = "https://www.bilibili.com/video/BV1ZF411g7EZ"
SPACE = "https://space.bilibili.com/390606417"


def reply(body: str | bytes, url: str, status: int = 200, **headers: str) -> Reply:
    data = body.encode() if isinstance(body, str) else body
    named = {"Content-Type": "text/html; charset=utf-8"} | {
        key.replace("_", "-"): value for key, value in headers.items()
    }
    return Reply(url, status, tuple(named.items()), data, "2026-01-02T03:04:05Z")


def read(body: str | bytes, url: str, status: int = 200, **headers: str) -> Document | Rejection:
    return source_for(url).read(url, {url: reply(body, url, status, **headers)})


def document(found: Document | Rejection) -> Document:
    assert isinstance(found, Document), found
    return found


@pytest.mark.parametrize("url", [WECHAT, MEDIUM, NOTION, VIDEO, SPACE, "https://b23.tv/x1"])
def test_the_page_is_asked_for_once(url: str) -> None:
    assert source_for(url) is not web
    assert [request.url for request in source_for(url).requests(url, {})] == [url]
    assert not source_for(url).requests(url, {url: Rejection(url, "x")})
    assert source_for(url).read(
        url, {url: Rejection(url, "robots.txt does not allow it")}
    ) == Rejection(url, "robots.txt does not allow it")
    assert source_for(url).read(url, {}) == Rejection(url, "not fetched")
    assert read("", url, 404) == Rejection(url, "dead (404)")
    assert read(b"\x1f\x8b broken", url, Content_Encoding="gzip") == Rejection(
        url, "damaged: the compressed body cannot be unpacked"
    )
    assert isinstance(read("", url), Rejection)


def test_other_sites_are_not_covered() -> None:
    assert source_for("https://towardsdatascience.com/x-38a32bf7f194") is web
    assert source_for("https://weixin.qq.com/") is web


# WeChat

ARTICLE = """<!DOCTYPE html><html class=""><head><title></title>
<meta property="og:title" content="Transformer 和 MoE 的差别" />
<meta name="author" content="小李" /></head><body id="activity-detail">
<div id="page-content"><h1 class="rich_media_title" id="activity-name">
   Transformer 和 MoE 的差别 </h1>
<div id="meta_content"><span>原创</span> <a id="js_name"> 吃果冻不吐果冻皮 </a>
<em id="publish_time"></em></div>
<div class="rich_media_content" id="js_content" style="visibility: hidden; opacity: 0; ">
<section><h2><span>解码器块</span></h2>
<p><span>混合专家模型用多个</span><strong>专家网络</strong><span>取代前馈网络。</span></p>
<p><img data-src="https://mmbiz.qpic.cn/x" /></p>
<section class="code-snippet__fix"><ul class="code-snippet__line-index"><li></li><li></li></ul>
<pre class="code-snippet__js" data-lang="python"><code><span>x = gate(h)</span></code><code><span
>y = top_k(x)</span></code></pre></section>
<p>路由器为每个词元选择两个专家。</p></section></div>
<div id="js_tags">预览时标签不可点</div><div>微信扫一扫关注该公众号</div></div>
<script>var ct = "1741622400"; var msg_title = 'x';</script></body></html>"""


def test_a_wechat_article() -> None:
    found = document(read(ARTICLE, WECHAT))
    assert (found.title, found.author) == ("Transformer 和 MoE 的差别", "吃果冻不吐果冻皮")
    assert found.date == "2025-03-11"  # in China; elsewhere it was still the 10th
    assert (found.url, found.lang, found.source, found.kind) == (WECHAT, "zh", "wechat", "post")
    assert found.text == (
        "## 解码器块\n\n混合专家模型用多个专家网络取代前馈网络。\n\n"
        "```python\nx = gate(h)\ny = top_k(x)\n```\n\n路由器为每个词元选择两个专家。"
    )


def test_a_wechat_article_that_says_its_day_and_title_elsewhere() -> None:
    page = ARTICLE.replace('var ct = "1741622400"', "var createTime = '2024-12-31 08:00'")
    page = page.replace("activity-name", "other").replace('id="js_name"', "")
    found = document(read(gzip.compress(page.encode()), WECHAT, Content_Encoding="gzip"))
    assert (found.title, found.author, found.date) == (
        "Transformer 和 MoE 的差别",
        "小李",
        "2024-12-31",
    )


NOTICE = (
    "<html><head><title></title></head><body><div class='weui-msg'><div class='weui-msg__title'>"
    "{}</div></div><script>var x = '环境异常 该内容已被发布者删除';</script></body></html>"
)


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ("该内容已被发布者删除", "dead (deleted by its author)"),
        ("此内容因违规无法查看", "dead (removed for a breach of rules)"),
        ("此帐号已自主注销，内容无法查看", "dead (its account is closed)"),
        ("链接已过期", "dead (the link has expired)"),
        ("参数错误", "error page"),
        ("环境异常 当前环境异常，完成验证后即可继续访问。去验证", "bot wall"),
        ("", "needs a browser"),
    ],
)
def test_what_wechat_says_in_place_of_an_article(said: str, reason: str) -> None:
    assert read(NOTICE.format(said), WECHAT) == Rejection(WECHAT, reason)


def test_wechats_check_is_known_by_where_it_leads() -> None:
    check = "https://mp.weixin.qq.com/mp/wappoc_appmsgcaptcha?poc_token=x&target_url=y"
    found = source_for(WECHAT).read(WECHAT, {WECHAT: reply(NOTICE.format("请稍候"), check)})
    assert found == Rejection(WECHAT, "bot wall")


def test_an_article_about_deletions_is_an_article() -> None:
    page = ARTICLE.replace("路由器为", "页面显示该内容已被发布者删除，环境异常。路由器为")
    assert "已被发布者删除" in document(read(page, WECHAT)).text


# Medium


def medium(body: str, state: object = None, preview: str = "") -> str:
    data = f"<script>window.__APOLLO_STATE__ = {json.dumps(state)}</script>" if state else ""
    return (
        "<html lang=en><head><title>Understanding RoPE | by Ng Kian | AI | Medium</title>"
        "<meta name=author content='Ng Kian'>"
        f"<meta property='og:title' content='Understanding RoPE'></head><body><article>{body}"
        f"{preview}</article>{data}</body></html>"
    )


TEXT = "".join(
    f"<p>Rotary encodings turn each pair of dimensions by an angle that grows with {n}, so "
    "that the product of two turned vectors depends on their distance alone.</p>"
    for n in range(12)
)
BYLINE = (
    "<h1>Understanding RoPE</h1><div><p>Ng Kian</p><p>Follow</p><p>5 min read</p><p>·</p>"
    "<p>Oct 3, 2023</p></div><div><p>--</p><p>1</p><p>Listen</p><p>Share</p></div>"
    "<figure><div>Press enter or click to view image in full size</div></figure>"
)


def post(post_id: str, locked: bool) -> dict[str, object]:
    return {
        f"Post:{post_id}": {"__typename": "Post", "visibility": "PUBLIC"},
        f"PostViewerEdge:postId:{post_id}-viewerId:lo_1": {
            'fullContent({"postMeteringOptions":{}})': {"isLockedPreviewOnly": locked}
        },
    }


def test_a_medium_article_is_clean() -> None:
    state = post("40635a4d078e", False) | post("0123456789ab", True)
    found = document(read(medium(BYLINE + TEXT, state), MEDIUM))
    assert (found.title, found.author) == ("Understanding RoPE", "Ng Kian")
    assert found.text.startswith("# Understanding RoPE\n\nRotary encodings turn")
    assert (found.url, found.source, found.kind) == (MEDIUM, "medium", "post")
    assert found.text.endswith("depends on their distance alone.")


def test_a_byline_made_to_slow_us_down() -> None:
    body = f"<p>{'1' * 100}x</p><p>Oct 3, 2023 · 5 min read</p>" + TEXT
    text = document(read(medium(body), MEDIUM)).text
    assert text.startswith("1" * 100 + "x\n\nRotary encodings")


def test_numbers_and_short_lines_of_the_text_stay() -> None:
    body = BYLINE + TEXT + "<p>Share</p><p>42</p>" + TEXT
    assert "\n\nShare\n\n42\n\n" in document(read(medium(body), MEDIUM)).text


LOCK = (
    "<div><h2>Create an account to read the full story.</h2><p>The author made this story "
    "available to Medium members only.</p><p>Sign up with Google</p><p>Already have an account? "
    "Sign in</p>"
    f"<p>{'Follow more writers on topics that you like. ' * 9}</p></div>"
)


@pytest.mark.parametrize(
    "page",
    [
        medium(BYLINE + TEXT, post("40635a4d078e", True)),
        medium(BYLINE + TEXT, None, LOCK),
        medium(BYLINE + TEXT[:200], None, LOCK),
    ],
)
def test_a_preview_for_members_is_no_document(page: str) -> None:
    assert read(page, MEDIUM) == Rejection(MEDIUM, "sign-in wall")


def test_data_that_cannot_be_read_lock_nothing() -> None:
    page = medium(BYLINE + TEXT).replace("</article>", "</article><script>__APOLLO_STATE__ = {x")
    assert document(read(page, MEDIUM)).title == "Understanding RoPE"


# Notion


def test_notion_needs_a_browser_unless_there_is_text() -> None:
    shell = (
        "<!DOCTYPE html><html class=notion-html><head><title>Notion</title></head><body>"
        "<div id=notion-app></div><div>JavaScript must be enabled in order to use Notion.<br>"
        "Please enable JavaScript to continue.</div><script src=/app.js></script></body></html>"
    )
    assert read(shell, NOTION) == Rejection(NOTION, "needs a browser")
    slogan = shell.replace("JavaScript must be enabled in order to use Notion.", "One workspace.")
    slogan = slogan.replace("Please enable JavaScript to continue.", "Every team.")
    assert read(slogan, NOTION) == Rejection(NOTION, "needs a browser")
    rendered = f"<html><head><title>KV cache</title></head><body><main><h1>KV cache</h1>{TEXT}"
    found = document(read(rendered, NOTION))
    assert (found.title, found.source, found.kind) == ("KV cache", "notion", "note")


# bilibili

VIDEO_PAGE = """<!DOCTYPE html><html lang="zh-Hans"><head>
<title>从零实现大模型_哔哩哔哩_bilibili</title>
<meta name="author" content="某UP主">
<meta property="og:title" content="从零实现大模型_哔哩哔哩_bilibili">
</head><body><div id="app"><h1 class="video-title">从零实现大模型</h1></div>
<script>window.__INITIAL_STATE__=%s;(function(){var s;}());</script></body></html>"""
STATE = json.dumps({"videoData": {"title": "从零实现大模型（上）", "owner": {"name": "李老师"}}})


def test_a_video_is_named_but_no_document() -> None:
    assert read(VIDEO_PAGE % STATE, VIDEO) == Rejection(
        VIDEO, "no transcript: 从零实现大模型（上） by 李老师"
    )
    for broken in ("{", "{}", '{"videoData": 3}', '{"videoData": {"owner": []}}'):
        assert read(VIDEO_PAGE % broken, VIDEO) == Rejection(
            VIDEO, "no transcript: 从零实现大模型 by 某UP主"
        )


def test_a_short_link_is_known_by_where_it_leads() -> None:
    short = "https://b23.tv/abc"
    found = source_for(short).read(
        short, {short: reply(VIDEO_PAGE % STATE, f"{VIDEO}?p=1&share=x")}
    )
    assert found == Rejection(short, "no transcript: 从零实现大模型（上） by 李老师")


def test_a_removed_video_and_a_refused_request() -> None:
    gone = "<html><head><title>视频去哪了呢？_哔哩哔哩_bilibili</title></head><body>x</body></html>"
    assert read(gone, VIDEO) == Rejection(VIDEO, "dead (no such video)")
    assert read("<html><body><script>x</script></body></html>", VIDEO) == Rejection(
        VIDEO, "needs a browser"
    )
    assert read("<title>出错啦! - bilibili.com</title>", VIDEO, 412) == Rejection(
        VIDEO, "blocked (412)"
    )


def test_a_column_is_read() -> None:
    url = "https://www.bilibili.com/read/cv123"
    page = (
        "<html><head><title>大模型笔记 - 哔哩哔哩</title></head><body><nav>首页</nav>"
        "<h1>大模型笔记</h1><div id='read-article-holder'><p>分组查询注意力共享键和值。</p>"
        "<p>缓存因此变小。</p></div><div>评论 登录</div></body></html>"
    )
    found = document(read(page, url))
    assert found.text == "分组查询注意力共享键和值。\n\n缓存因此变小。"
    assert (found.title, found.url) == ("大模型笔记", url)


def test_a_space_needs_a_browser() -> None:
    shell = (
        "<html><head><title>某人的个人空间-哔哩哔哩视频</title></head><body><div id=app></div>"
        "<div>哔哩哔哩</div><script src=x></script></body></html>"
    )
    assert read(shell, SPACE) == Rejection(SPACE, "needs a browser")


def test_the_walls_of_the_edge_records(shared: Path) -> None:
    """The pages of the made-up sites, as if they had come from the sites they imitate."""
    stand_for = {
        "https://workspace.notion-like.example/Achieve-23x-Throughput-17d3": NOTION,
        "https://medium-like.example/@author/understanding-positional-encoding-4063": MEDIUM,
        "https://mp.weixin-like.example/s/verify": WECHAT,
    }
    found = {}
    with (shared / "web" / "pages.warc.gz").open("rb") as file:
        for record in ArchiveIterator(file):
            address = record.rec_headers.get_header("WARC-Target-URI") or ""
            if record.rec_type == "response" and address in stand_for:
                url = stand_for[address]
                found[url] = read(record.content_stream().read(), url)
    assert found == {
        NOTION: Rejection(NOTION, "needs a browser"),
        MEDIUM: Rejection(MEDIUM, "sign-in wall"),
        WECHAT: Rejection(WECHAT, "bot wall"),
    }
