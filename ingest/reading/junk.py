"""Tell pages that say nothing of their own from pages that do: walls, shells, error pages.

Judges by general signs (what the title says, how little text there is, password fields, demands for
scripts), never by site. Only short pages are ever judged by their words: an article *about* sign-in
walls or soft 404s is an article. A page marked ``noindex`` is not junk: the mark speaks to public
search engines; a curator recommended the page, and the library is private.
"""

import re

from ingest.failures import Failure
from ingest.reading.extract import Extract

_SHORT = 1500  # characters of body text: above it, a page has something of its own to say
_THIN = 400


def _any_of(*phrases: str) -> re.Pattern[str]:
    return re.compile("|".join(phrases), re.IGNORECASE)


_ERROR_TITLE = _any_of(
    r"(?:error\W*)?(?:40[0134]|410|50[0234])\W*"
    r"(?:$|error|page|not found|bad|forbidden|gone|unauthori[sz]ed|internal|service|gateway)",
    r"(?:the |this |that |sorry,? )*(?:page|file|article|post|content|site|document)\s.{0,12}"
    r"(?:not|n['’]t|no longer) (?:be )?(?:found|available|exist)",
    r"(?:.{0,20}\W)?not found\b",
    r"no such page",
    r"oops\b",
    r"something went wrong",
    r"an error occurred",
    r"(?:internal server|application) error",
    r"bad gateway",
    r"access denied",
    r"service unavailable",
    r"页面(?:不存在|走丢|出错|丢失|没有找到|未找到)",
    r"(?:找不到|未找到).{0,8}(?:页|内容)",
    r"(?:该|此|您访问的).{0,6}(?:页面|内容|文章).{0,4}(?:不存在|删除)",
    r"ページが見つかりません",
    r"존재하지 않는 페이지",
)
_ERROR_TEXT = _any_of(
    r"(?:could not|couldn['’]t|can(?:not|['’]t)|unable to) (?:find|locate) (?:the|that|this|your) "
    r"(?:page|article|file)",
    r"(?:page|url|article|document)(?: that)? you(?:['’]re| are| were)? "
    r"(?:looking|requested|trying).{0,50}(?:not|n['’]t|no longer|moved|removed)",
    r"requested (?:page|url|resource|file) .{0,20}(?:not found|does not exist|could not be)",
    r"(?:此|该|您访问的).{0,6}(?:页面|内容|文章).{0,4}(?:不存在|已被.{0,4}删除|找不到|违规)",
)
_BOT = _any_of(
    r"attention required!",
    r"just a moment\.\.\.",
    r"checking (?:if the site connection is secure|your browser)",
    r"verif(?:y|ying) (?:that )?you are (?:a )?human",
    r"are you (?:a )?(?:human|robot)",
    r"i['’]m not a robot",
    r"unusual traffic",
    r"security (?:check|verification)",
    r"ddos protection",
    r"sorry, you have been blocked",
    r"(?:complete|solve) the (?:captcha|security check)",
    r"automated (?:access|queries|requests)",
    r"enable javascript and cookies to continue",
    r"pardon our interruption",
    r"request (?:was )?blocked",
    r"(?:robot|human) (?:check|verification)",
    r"press (?:and|&) hold",
    r"环境异常|完成验证后|安全验证|人机验证|访问验证|请(?:完成|进行)(?:安全)?验证|滑动验证",
    r"访问过于频繁|驗證您是",
)
_NEEDS_SCRIPTS = _any_of(
    r"(?:enable|turn on|activate|requires?|needs?|without|support|allow) (?:\w+ ){0,3}javascript",
    r"javascript (?:\w+ ){0,3}(?:must|is|has|needs|to be|required|disabled|enabled|turned off)",
    r"(?:启用|开启|需要|啟用) ?javascript|javascript を有効",
)
_SIGN_IN_TITLE = _any_of(
    r"^\W*(?:sign|log)[ -]?(?:in|on|up)\b",
    r"\b(?:sign|log)[ -]?in (?:to|with)\b",
    r"\blogin\b",
    r"^authenticat",
    r"^register\b",
    r"create (?:an )?account",
    r"^(?:请?登录|登入|注册|ログイン|로그인)|登录(?:页面)?$",
)
_MEMBERS = _any_of(
    r"(?:sign|log) ?(?:in|up)(?: or \w+ ?\w*)? to (?:read|continue|view|access|see|unlock)",
    r"create an? (?:\w+ )?account to (?:read|continue|view|access)",
    r"(?:read|unlock) (?:the (?:full|rest)|this) .{0,20}(?:story|article|post) (?:with|for|on us)",
    r"member[- ]only (?:story|content|article)",
    r"(?:for|to) (?:paid |paying )?(?:members|subscribers) only",
    r"subscribe to (?:read|continue|unlock)",
    r"this (?:post|article|story|content) is for (?:paid |paying )?(?:subscribers|members)",
    r"登录后(?:查看|阅读|可见|继续)|请先?登录|付费(?:阅读|内容|后)|关注后(?:查看|阅读)|会员专享",
)
_COOKIES = _any_of(
    r"before you continue",
    r"we (?:and our partners )?(?:use|value|store).{0,40}(?:cookies|privacy)",
    r"(?:accept|reject|allow|manage) all(?: cookies)?",
    r"cookie (?:consent|settings|preferences|policy)",
    r"consent to (?:the use of )?cookies",
    r"使用 ?cookies?",
)
_PARKED = _any_of(
    r"domain (?:name )?(?:is|may be) (?:for sale|parked|available)",
    r"buy this domain|parked domain|this domain has expired",
    r"account (?:has been )?suspended",
    r"website (?:is )?(?:coming soon|under construction)",
    r"welcome to nginx|apache2 \w+ default page",
    r"域名(?:出售|已过期)",
)


def reason(page: Extract) -> str | None:
    """Say in a short phrase why a page is not worth indexing, or None if it is."""
    text = page.text
    body = page.body_text or text
    if page.refresh is not None and len(body) < _THIN:
        return f"{Failure.MOVED} {page.refresh}"
    # A page as long as an article is judged no further.
    if len(text) >= _SHORT:
        return None
    words = len(re.findall(r"\w", _without_headings(text)))
    opening = f"{page.title}\n{_headings(text)}"
    if len(body) < _SHORT and (_BOT.search(opening) or (len(body) < _THIN and _BOT.search(body))):
        return Failure.BOT_WALL
    if len(body) < 2 * _THIN and _COOKIES.search(opening) and _COOKIES.search(body):
        return Failure.COOKIE_WALL
    if len(text) < _THIN and _is_error(page.title, text):
        return Failure.ERROR_PAGE
    if len(text) < _THIN and _PARKED.search(f"{opening}\n{body}"):
        return "parked domain"
    asks = page.asks_password or words < 60
    if asks and len(text) < 2 * _THIN and _SIGN_IN_TITLE.search(opening):
        return Failure.SIGN_IN_WALL
    if _MEMBERS.search(text) and (len(text) < 2 * _THIN or _MEMBERS.search(text[-_THIN:])):
        return Failure.SIGN_IN_WALL
    demand = _NEEDS_SCRIPTS.search(f"{body[:_THIN]}\n{page.noscript}")
    if words < 200 and demand and len(body) < _THIN:
        return Failure.BROWSER
    if words == 0:
        return Failure.BROWSER if page.scripted else "empty"
    return None


def _is_error(title: str, text: str) -> bool:
    lines = [line.lstrip("# ") for line in text.split("\n") if line.strip()]
    said = [title, *lines[:1]]
    if any(len(line) < 80 and _ERROR_TITLE.match(line.strip()) for line in said):
        return True
    return bool(_ERROR_TEXT.search(text))


def _headings(text: str) -> str:
    return "\n".join(re.findall(r"^#{1,6} .*$", text, re.MULTILINE)[:3])


def _without_headings(text: str) -> str:
    return re.sub(r"^#{1,6} .*$", "", text, flags=re.MULTILINE)
