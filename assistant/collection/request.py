"""What a request asks of the desk: something of the collection, or (`None`) a fact.

A request is read in two steps. Its *frame* tells the kind: words for things of a library (a list, a
source, a section, a video), for having and recommending them, for reading, summarising, comparing.
Its *subject* is what is left once the frame is taken away, and the catalog says what that names: a
work, a list, a section, a topic. A frame whose subject the catalog does not know counts only where
it speaks of the collection itself. In doubt a request is a question of fact.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from assistant.collection.catalog import Catalog, ListRow, Work, catalog
from assistant.collection.naming import Match, lists_named, recognise, words_of
from index.search.library import Library
from ingest.text.sentences import language

INVENTORY, HOLDINGS, LISTS, RECOMMENDED, AGREED = (
    "inventory", "holdings", "lists", "recommended", "agreed",
)  # fmt: skip
WORK, MISSING, NEW, PATH, SUMMARY = "work", "missing", "new", "path", "summary"
ONE_SOURCE, MANY_SOURCES = "one_source", "many_sources"


@dataclass(frozen=True, slots=True)
class Request:
    """A request about the collection.

    ``subject`` is what it is about, in the person's words, "" if it is about all there is.
    ``works`` are the works it names, best first, ``lists`` the lists. ``kinds``, ``langs``,
    ``levels`` narrow what is looked at, ``since`` and ``until`` (``YYYY-MM-DD``, "" if not named)
    when it came or was written. ``asks`` is the one thing wanted of a work or of the inventory:
    author, time, difficulty, date, address, count, newest, oldest, hours or "". ``question`` is what
    is asked of a source.
    """

    kind: str
    text: str
    lang: str
    subject: str = ""
    works: tuple[Work, ...] = ()
    lists: tuple[ListRow, ...] = ()
    kinds: tuple[str, ...] = ()
    langs: tuple[str, ...] = ()
    levels: tuple[str, ...] = ()
    since: str = ""
    until: str = ""
    asks: str = ""
    question: str = ""
    hours: float | None = None
    primer: bool = False


# --- the words of a library. Each entry: what it stands for, English and Chinese alternatives.

_UNITS: dict[str, str] = {
    "paper": r"papers?|preprints?|论文",
    "post": r"(?:blog ?)?posts?|blogs?|帖子|博客(?:文章)?|博文",
    "video": r"videos?|talks?|lectures?|视频|讲座",
    "repository": r"(?:code )?repo(?:s|sitory|sitories)?|github projects?|codebases?|(?:代码)?仓库|代码库",
    "notebook": r"notebooks?|colabs?|笔记本",
    "course": r"courses?|tutorials?|课程|教程",
    "slides": r"slides?|slide decks?|幻灯片",
    "thread": r"threads?|tweets?|推文",
    "docs": r"documentation|官方文档",
    "note": r"(?:primer(?:'s)? )?notes?|笔记",
    "": r"documents?|sources?|works?|items?|materials?|resources?|pages?|articles?|books?|"
    r"publications?|links?|entr(?:y|ies)|files?|readings?|stuff|literature|guides?|文档|资料|来源|"
    r"文章|材料|资源|页面|条目|链接|文件|作品|内容|文献|书",
}  # fmt: skip
_UNIT = "|".join(_UNITS.values())
_THING = rf"(?:{_UNIT}|things?|anything|something|everything|东西|什么)"
_LIST = r"(?:reading |curated |awesome )?lists?|清单|列表|榜单"
_PLACE = r"sections?|headings?|chapters?|categor(?:y|ies)|章节?|标题|分类|栏目|小节"
_SHELVES = (
    r"(?:(?:your|the|this|our|my) (?:whole |entire |own |reading )*"
    r"(?:library|collections?|catalog(?:ue)?|archive|shel(?:f|ves)|holdings|database|corpus)"
    r"|(?:your|my|our|the recommended) (?:\w+ )?(?:sources|documents|papers|videos|links|works|pages)"
    r"|(?:the|your|my|these|those|our) (?:\w+ )?lists?|清单(?:里|上|中|推荐)"
    r"|你(?:们)?的?(?:资料库|馆藏|收藏|书库|图书馆|知识库|目录)|资料库|馆藏|书库|(?:这些|这几个|各个?|所有)(?:清单|列表))"
)
_YOU_HAVE = (
    r"(?:(?:do|does|did|have|would|could) (?:you|we|it) (?:\w+ )?(?:have|hold|keep|got|carry|"
    r"stock|own|include|index|store|contain|offer)(?! to\b)|(?:you|we)(?:'ve| have| hold| keep)(?: got)?(?! to\b)|"
    r"(?:lists?|sources|documents|papers) (?:do )?(?:you|u|we) know|"
    r"you(?:'ve)? got|got (?:any|some)\w*|in (?:here|stock)|archived here|on (?:your|the|its) shel\w+"
    r"|does (?:the|your) (?:collection|library|catalog\w*|archive) (?:have|include|contain|hold|cover)"
    r"|你(?:们)?(?:一共|总共|这里|手上|那里|都|还)?(?:有|收|知道|掌握)|这里有|里有没有|有没有|有哪些|有什么(?=关于|有关|讲)|收录了?)"
)
_BRING = (
    r"(?:list(?: all| every\w*| the| me)+|show(?: me)?|find(?: me)?|give me|i(?:'m| am) looking for|"
    r"looking for|search for|point me to|i (?:need|want)|(?:can|could) you (?:recommend|suggest)|"
    r"(?:please )?(?:recommend|suggest)(?: me)?|any|where (?:can|do|should|could) (?:i|one|we) (?:read|"
    r"find|learn|watch|look)(?: (?:up|out))?(?: more)?|what (?:else )?(?:is|are) there|"
    r"(?:what|which) (?=(?:\w+ )?(?:sources|documents|resources|materials?|videos|courses|lists|"
    r"sections|links))|列出|找(?:一?些|几个)?|推荐(?:一?些|几个|几篇|一下)|有没有|哪里(?:可以|能)|在哪(?:里|儿)?(?:可以|能)|哪些|介绍一下|说说|讲讲)"
)
_ON = r"(?:about|on|for|regarding|concerning|covering|around|dealing with|of|关于|有关|讲|介绍)"
_COUNT = (
    r"(?:how (?:many|much|big|large)|number of|count of|size of|多少(?:条|个|篇|份|项|部)?|几[个篇份条项]|"
    r"一共|总共|多大|规模)"
)
_RECOMMEND = (
    r"(?:recommend\w*|suggest\w*|endors\w*|mention\w*|feature[sd]?|includ\w+|contain\w*|carr(?:y|ies)|"
    r"cover\w*|point\w* to|list(?:s|ed)|has|have|discuss\w*|推荐|收录|提到|列出|列入|包含|覆盖|涉及)"
)
_AUTHOR = (
    r"(?:who(?:'s| is| are)? (?:the )?(?:wrote|writ\w+|authors?|made|creat\w+|by)|who wrote|"
    r"whose (?:work|paper|post)|written by whom|authors? of|谁写的|谁是.{0,12}作者|作者(?:是谁)?|出自谁)"
)
_TIME = (
    r"(?:how long (?:does it take|would it take|will it take|is|to read|are)|reading time|"
    r"how much time|how many (?:minutes|hours)|多久|多长时间|几分钟|多少时间)"
)
_HARD = r"(?:how (?:hard|difficult|easy|advanced)|easy or hard|difficulty|which level|难度|多难|难不难|难吗)"
_WHEN = (
    r"(?:when (?:did|was|were)(?=.*(?:come out|came out|publish|appear|released|written))|"
    r"publication date|date of|什么时候(?:发表|发布|出版)|发表(?:时间|日期))"
)
_ADDRESS = r"(?:(?:link|url|address) (?:to|of|for)|where is the link|链接是|网址|地址是)"
_GONE = (
    r"(?:dead|broken|rotten|unreachable|offline|missing|lack\w*|gaps?|not (?:in|here|archived|fetched|"
    r"readable|available)|(?:could|can|did)(?: ?n[o']t| not| you not|n't you) (?:\w+ ){0,2}(?:read|fetch"
    r"|get|open|find|load)|fail(?:ed|s|ures?)|(?:no|without an?y?) links?|empty|actually (?:archived|here)|404|"
    r"失效|死链|坏链|打不开|缺(?:少|失|了|什么)|没有(?:链接|抓到|收到)|还没有|抓取失败|读不了|不在)"
)
_NEW = (
    r"(?:new(?:est|ly)?|recent\w*|latest|lately|added|came in|arriv\w+|since|published after|"
    r"新增|最近|最新|新(?:的)?(?:资料|内容|文档|文章)|以来|以后|之后|更新)"
)
_SHARED = (
    r"(?:agree\w*|in common|shar(?:e|ed|ing)|overlap\w*|more than one list|several lists|"
    r"(?:most|all|each|both) (?:of )?(?:the |your )?(?:\w+ )?lists|都推荐|共同|一致|重叠|多个清单)"
)
_LEARN = (
    r"(?:(?:what|which|where)(?: \w+){0,2} (?:should|do|can|could|must|to) (?:i |we |one )?(?:read|study|"
    r"watch|learn|start|begin)(?: (?:first|next|with))?|what (?:should|do|must) i (?:need to )?know "
    r"before|(?:reading|learning|study) (?:order|path|plan|list|route|sequence)|learning|roadmap|"
    r"curriculum|syllabus|get (?:into|started (?:with|on|in))|getting into|getting started|"
    r"(?:where|how) (?:do|should|can) (?:i|we|one) (?:start|begin)(?: (?:with|on|learning))?|"
    r"walk me through|(?:best|good|right|fastest) way to (?:learn|study|get into|understand)|"
    r"teach me|how long (?:would|will|does) it take (?:me )?to learn|as a beginner|"
    r"(?:先|首先)应?该?(?:读|看|学)(?:什么|哪)?|应该先(?:读|看|学)|该(?:读|学)(?:什么|哪)|阅读(?:顺序|路径|清单|计划)|学习(?:顺序|路线|路径|计划)|"
    r"(?:怎么|如何|怎样)(?:入门|开始学|学习)|入门|从哪(?:里|儿)?开始|想学(?:习)?|初学者|零基础)"
)
_SUM_UP = (
    r"(?:summar(?:y|i[sz]e\w*)(?: of)?|sum up|tl;?dr(?: of)?|(?:the )?gist of|in a nutshell|"
    r"(?:what(?:'s| is| are) )?(?:the )?(?:main|key|central|most important) (?:points?|results?|"
    r"findings|ideas?|claims?|messages?|takeaways?|contents?|contributions?)(?: (?:of|in|from))?|"
    r"what (?:is|'s|stands) in|outline(?: of)?|what (?:is|does) .{3,80} (?:about|cover|say)$|"
    r"give me an? (?:overview|outline|summary) of|abstract of|"
    r"总结(?:一下)?|概括(?:一下)?|概述|摘要|主要(?:内容|观点|结果|结论|思想)|(?:讲|说|写)了(?:些)?什么|"
    r"讲的?是什么|要点|大意)"
)
_COMPARE = (
    r"(?:(?:do|does|are|is|where do|how do) (?:the|your|my|our|these|all|different|various)?(?: the)? ?"
    r"(?:\w+ )?(?:sources|documents|papers|articles|posts|texts|pages|files|authors) (?:\w+ )?"
    r"(?:agree|disagree|consistent|contradict|conflict|differ|say the same|compare)\w*"
    r"|(?:is there|are there|any) (?:an? |any )?(?:contradiction|conflict|disagreement|discrepanc)\w*"
    r"|(?:what|how)(?: has| have| did)? .{0,60}chang\w* .{0,40}(?:between|since|from|over|after)(?= )"
    r"|compare what (?:the |my |your )?(?:sources|documents|papers|articles) say"
    r"|(?:说法|观点|记载|数字|结论)(?:是否|有没有|是不是)?(?:一致|矛盾|冲突|不同|相同)|(?:来源|资料|文档|文章).{0,12}(?:一致|矛盾|冲突)"
    r"|(?:有|发生了?)(?:什么|哪些)变化|有没有矛盾)"
)
_NO_SUBJECT_AFTER = r"(?: (?:about|on|of|for|with|around|regarding|concerning))?"

_LEVELS = {
    "easy": r"easy|beginners?|introductory|simple|gentle|入门级|简单的?|容易的?",
    "medium": r"medium|intermediate|中等",
    "hard": r"hard|advanced|difficult|expert|高级|困难的?|进阶",
}
_LANGUAGES = {"zh": r"chinese|中文|汉语", "en": r"english|英文|英语"}
_YEAR = re.compile(r"(?<!\d)((?:19|20)\d\d)(?:-(\d\d)(?:-(\d\d))?)?(?!\d)")
_MONTHS = "january february march april may june july august september october november december"
_HOURS = re.compile(
    r"(\d+(?:\.\d+)?|an?|one|two|three|four|five|six|half an|[一两二三四五六]个?半?)\s*(?:个)?"
    r"\s*(hours?|h\b|minutes?|min\b|小时|钟头|分钟)",
    re.IGNORECASE,
)
_NUMBER_WORDS = dict(
    zip(["a", "an", "one", "two", "three", "four", "five", "six", "一", "两", "二", "三", "四", "五", "六"],
        (1, 1, 1, 2, 3, 4, 5, 6, 1, 2, 2, 3, 4, 5, 6), strict=True)
)  # fmt: skip
_DULL_EN = frozenset(
    [
        "a",
        "about",
        "actually",
        "all",
        "am",
        "an",
        "and",
        "any",
        "anything",
        "are",
        "as",
        "at",
        "be",
        "been",
        "being",
        "by",
        "can",
        "concerning",
        "could",
        "did",
        "do",
        "does",
        "else",
        "every",
        "everything",
        "find",
        "for",
        "from",
        "get",
        "give",
        "go",
        "got",
        "had",
        "has",
        "have",
        "here",
        "how",
        "i",
        "if",
        "in",
        "into",
        "is",
        "it",
        "its",
        "just",
        "let",
        "like",
        "list",
        "lists",
        "look",
        "made",
        "many",
        "material",
        "me",
        "more",
        "much",
        "my",
        "need",
        "of",
        "on",
        "one",
        "or",
        "our",
        "please",
        "read",
        "reading",
        "regarding",
        "say",
        "see",
        "should",
        "show",
        "some",
        "something",
        "stuff",
        "tell",
        "than",
        "that",
        "the",
        "their",
        "them",
        "then",
        "there",
        "these",
        "they",
        "thing",
        "things",
        "this",
        "those",
        "to",
        "up",
        "us",
        "use",
        "want",
        "was",
        "we",
        "were",
        "what",
        "when",
        "where",
        "whether",
        "which",
        "who",
        "whose",
        "why",
        "will",
        "with",
        "would",
        "you",
        "your",
        "kind",
        "kinds",
        "type",
        "types",
        "sort",
        "u",
        "r",
        "know",
        "deal",
        "deals",
        "listed",
        "under",
        "marked",
        "most",
        "what's",
        "who's",
        "where's",
        "it's",
        "that's",
        "language",
        "languages",
        "size",
        "so",
        "only",
        "also",
        "topic",
        "topics",
        "subject",
        "subjects",
        "still",
        "yet",
        "out",
        "around",
        "best",
        "good",
        "first",
        "learn",
        "learning",
        "start",
        "next",
        "s",
        "ve",
        "m",
        "re",
        "now",
        "really",
        "roughly",
        "exactly",
        "whole",
        "new",
        "recommended",
        "understand",
        "study",
    ]
)
_DULL_ZH = re.compile(
    r"^(?:请问?|你|我|的|了|吗|呢|吧|里|中|上|下|有|是|在|和|与|都|这|那|些|个|篇|份|哪|什么|哪些|哪个|一下|给|"
    r"想|要|能|可以|只|怎么|如何|该|应该|关于|有关|对|于|从|把|被|用|来|去|就|还|也|相关|方面|讲|说|看|学|读|多|更|到|先)+"
    r"|(?:的|了|吗|呢|吧|里|中|上|下|些|个|篇|份|相关|方面|是|有|在|都|和|对|于)+$"
)
_EDGE = " \t\n.,;:!?'\"`()[]，。；：？！、“”《》‘’-–—·…"


def _word(pattern: str) -> re.Pattern[str]:
    """Return a pattern whose Latin alternatives match whole words only."""
    return re.compile(rf"(?<![A-Za-z0-9_])(?:{pattern})(?![A-Za-z0-9_])", re.IGNORECASE)


_P = {
    name: _word(pattern)
    for name, pattern in {
        "unit": _UNIT, "thing": _THING, "list": _LIST, "place": _PLACE, "shelves": _SHELVES,
        "have": _YOU_HAVE, "bring": _BRING, "count": _COUNT, "recommend": _RECOMMEND,
        "author": _AUTHOR, "time": _TIME, "hard": _HARD, "when": _WHEN, "address": _ADDRESS,
        "gone": _GONE, "new": _NEW, "shared": _SHARED, "learn": _LEARN, "sum": _SUM_UP,
        "compare": _COMPARE,
    }.items()
}  # fmt: skip
_KINDS = {kind: _word(pattern) for kind, pattern in _UNITS.items() if kind}
_LEVEL = {level: _word(pattern) for level, pattern in _LEVELS.items()}
_LANGUAGE = {lang: _word(pattern) for lang, pattern in _LANGUAGES.items()}
_PRIMER = _word("primer(?:'s)?|notes?|笔记")


def may_be(text: str) -> bool:
    """Say quickly whether a request could be about the collection, before the library is asked."""
    names = ("unit", "list", "shelves", "have", "learn", "sum", "compare", "place", "author")
    said = _SAYS.search(text) or _SAYS_ZH.search(text)
    return bool(said) or len(text) < 12 or any(_P[name].search(text) for name in names)


def understand(library: Library, text: str) -> Request | None:
    """Return what a request asks of the collection; None for a question of fact."""
    flat = " ".join(text.replace("’", "'").split())
    asked = _Asked(library, catalog(library.store), flat, language(flat))
    for read in _READERS:
        found = read(asked)
        if found is not None:
            return found
    return None


class _Asked:
    """A request under way: its text, and what the catalog knows of parts of it.

    ``rest`` is the text without the names of lists.
    """

    def __init__(self, library: Library, here: Catalog, text: str, lang: str) -> None:
        self.library = library
        self.catalog = here
        self.text = text
        self.lang = "zh" if lang == "zh" else "en"
        self.lists = tuple(_lists(here, text))
        self.rest = text
        for row in self.lists:
            for name in (row.name, row.title):
                self.rest = re.sub(re.escape(name), " \u0001 ", self.rest, flags=re.IGNORECASE)
        self.kinds = tuple(kind for kind, pattern in _KINDS.items() if pattern.search(self.rest))

    def has(self, *names: str) -> bool:
        """Say whether the text has words of each of these classes."""
        return all(_P[name].search(self.text) for name in names)

    def subject(self, *names: str) -> str:
        """Return what is left of the text without the words of these classes and of asking."""
        text = self.rest
        for name in names:
            text = _P[name].sub(" \u0001 ", text)
        parts = [" ".join(_trimmed(part).split()) for part in text.split("\u0001")]
        return " ".join(part for part in parts if part)

    def works(self, mention: str, *, primer: bool = False) -> list[Match]:
        """Return the works a mention means, best first."""
        if not mention.strip(_EDGE):
            return []
        kinds = () if self.kinds == ("note",) else self.kinds
        written_out = self.library.with_other_forms(mention)
        others = [part.strip(" ()") for part in written_out[len(mention) :].split(",")]
        others.append(" ".join(_P["unit"].sub(" ", mention).split()))  # "the LoRA video": LoRA
        return recognise(
            self.library.store, mention, kinds, others=[o for o in others if o], primer_too=primer
        )

    def request(self, kind: str, **fields: object) -> Request:
        """Return a request of a kind, narrowed as the text says."""
        levels = tuple(level for level, p in _LEVEL.items() if p.search(self.text))
        langs = tuple(lang for lang, p in _LANGUAGE.items() if p.search(self.text))
        request = Request(
            kind, self.text, self.lang, lists=self.lists, kinds=self.kinds, levels=levels,
            langs=langs,
        )  # fmt: skip
        return replace(request, **fields)  # type: ignore[arg-type]


def _lists(here: Catalog, text: str) -> list[ListRow]:
    """Return the lists a text names; "the Chinese list" is the one in Chinese."""
    if found := lists_named(here, text):
        return found
    if _word(rf"(?:chinese|中文)(?: \w+)? ?的?(?:{_LIST})").search(text):
        return [row for row in here.lists if row.lang == "zh"]
    return []


def _trimmed(part: str) -> str:
    """Return a part of a text without words of asking at either end."""
    part = part.strip(_EDGE)
    before = None
    while part != before:
        before = part
        words = part.split(" ")
        while words and words[0].strip(_EDGE).casefold() in _DULL_EN:
            words.pop(0)
        while words and words[-1].strip(_EDGE).casefold() in _DULL_EN:
            words.pop()
        part = _DULL_ZH.sub("", " ".join(words).strip(_EDGE)).strip(_EDGE)
    return part


# --- the frames, in the order in which they are tried


def _many(asked: _Asked) -> Request | None:
    """Do the sources agree on ...? What changed between 2023 and 2025?"""
    if not asked.has("compare") or asked.has("shared", "list"):
        return None
    years = [year[0] for year in _YEAR.finditer(asked.text)]
    text = (
        _YEAR.sub(" \u0001 ", _word(r"年|到|至|之间").sub(" ", asked.text)) if years else asked.text
    )
    dull = _P["compare"].sub(" \u0001 ", text)
    dull = _word(rf"{_UNIT}|来源|各个?|说法|kept|say").sub(" ", dull)
    parts = (" ".join(_trimmed(part).split()) for part in dull.split("\u0001"))
    subject = " ".join(part for part in parts if part)
    if not subject:
        return None
    since, until = (min(years), max(years)) if len(years) > 1 else ("", "")
    return asked.request(MANY_SOURCES, subject=subject, since=since, until=until, kinds=())


_SAYS = re.compile(
    r"^(?:so,? )?(?:according to|based on|as per|going by|per|in the words of) (?P<a>.+?)(?:,|:| - )\s*(?P<aq>.+)$"
    r"|^(?P<bq>.+?),? (?:according to|based on|as described (?:in|by)|in the words of) (?P<b>.+?)[?.!]*$"
    r"|^(?:what|how|why) (?:do|does|did|would) (?P<c>.+?) (?:say|says|claim|write|argue|report|think|"
    r"tell us|state|conclude|recommend|explain|describe|define)(?: (?:about|on|regarding|of|for|that|us))?"
    r" (?P<cq>.+)$"
    r"|^in (?P<d>[^,?]{8,120}), (?P<dq>.+)$"
    r"|^(?:what|which|how|why|when|does|do|is|are) .{3,}? in (?P<e>the .{3,60}(?:paper|post|article|"
    r"note|guide|document|book|blog|talk|video|course))[?.!]*$",
    re.IGNORECASE,
)
_SAYS_ZH = re.compile(
    r"^(?:根据|按照|依据|据)(?P<a>.+?)(?:的(?:说法|介绍|描述|说明|文档|内容))?[，,：:]\s*(?P<aq>.+)$"
    r"|^(?P<b>.+?)(?:里面?|中|上)?(?:是)?(?:怎么|如何|怎样)(?:说|讲|解释|描述|定义|看待?)的?(?P<bq>.*)$"
    r"|^(?:在)?(?P<c>.+?)(?:里面?|中)(?:，|,)(?P<cq>.+)$"
)


def _one_source(asked: _Asked) -> Request | None:
    """According to X, ...? What does X say about ...?"""
    pattern = _SAYS_ZH if asked.lang == "zh" else _SAYS
    found = pattern.match(asked.text)
    if found is None:
        return None
    groups = {key: value for key, value in found.groupdict().items() if value}
    slot = next(key for key in groups if len(key) == 1)
    mention = groups[slot]
    question = groups.get(f"{slot}q") or asked.text
    if asked.lang == "zh" and slot == "b":
        question = f"{groups.get('bq') or ''}".strip("？?。 ") or asked.text
    primer = bool(_PRIMER.search(mention))
    if lists := _lists(asked.catalog, mention):
        subject = _trimmed(question)
        return asked.request(HOLDINGS, lists=tuple(lists), subject=subject, kinds=())
    if re.fullmatch(r"(?:the |your |refdesk's )?primer|入门手册", mention.strip(), re.IGNORECASE):
        return asked.request(ONE_SOURCE, primer=True, question=_asked_of(question, asked))
    works = asked.works(_without_about(mention), primer=primer)
    if not works:
        return None
    loose = slot == "d" or (asked.lang == "zh" and slot == "c")  # "in X, ...": X may be a subject
    long = len(words_of(mention)) >= _TITLE
    if loose and not (works[0].score > _CERTAIN and (long or _titled(asked, mention))):
        return None
    return asked.request(
        ONE_SOURCE, works=_meant(works), question=_asked_of(question, asked), subject=mention
    )


_CERTAIN = 0.8
_TITLE = 3  # words


def _without_about(mention: str) -> str:
    return re.sub(
        r"^(?:the )?primer(?:'s)? notes? (?:on|about|for)", "", mention.strip(), flags=re.I
    )


def _asked_of(question: str, asked: _Asked) -> str:
    """Return what is asked of a source as a question of its own."""
    question = question.strip(" ,.")
    if asked.lang == "zh" or re.match(
        r"(?:what|how|why|when|where|who|which|does|do|is|are|can|should)\b",
        question,
        re.IGNORECASE,
    ):
        return question
    return question if question.endswith("?") else f"{question.rstrip('?')}?"


def _works(found: Sequence[Match]) -> tuple[Work, ...]:
    return tuple(match.work for match in found)


def _meant(found: Sequence[Match]) -> tuple[Work, ...]:
    """Return the one work meant by its title, else all of an author or site.

    Of several with the same name the one whose text is here.
    """
    if found[0].by in ("author", "site"):
        return _works([match for match in found if match.by == found[0].by])
    best = [match for match in found if match.score >= found[0].score - 0.01]
    return _works(sorted(best, key=lambda match: not match.work.held)[:1])


_CLAUSE = re.compile(
    r"\b(?:summar\w+|sum up|outline) (?:of )?(?:how|why|whether|what)\b|总结一?下?(?:怎么|如何|为什么)",
    re.I,
)


def _summary(asked: _Asked) -> Request | None:
    """Summarise X; what are the main points of X?"""
    if not asked.has("sum"):
        return None
    mention = asked.subject("sum")
    if not mention or asked.lists or _CLAUSE.search(asked.text):
        return None
    note = bool(re.search(r"\bprimer\b|\bnotes? (?:on|about)\b|手册", asked.text, re.IGNORECASE))
    mention = re.sub(r"(?:primer(?:'s)? )?notes? (?:on|about|for)\b|^primer(?:'s)?", " ", mention)
    named = _word(rf"^(?:the )?(?:{_UNIT}|file|repo)|(?:这个|这篇|这份)(?:{_UNIT})").sub(
        " ", mention
    )
    works = asked.works(named.strip(_EDGE), primer=note)
    works = [match for match in works if note == match.work.primer or match.by == "address"]
    if not works:
        return None
    best = works[0]
    if best.by in ("author", "site") and not asked.has("unit"):
        return None
    return asked.request(SUMMARY, works=_meant(works), subject=mention)


def _recommended(asked: _Asked) -> Request | None:
    """Which lists recommend X? In which section does X stand? What stands next to X?"""
    t = asked.text
    who = _word(
        r"who (?:\w+ )?(?:recommend|suggest|list|put|endorse|mention)\w*|谁推荐|whose list"
    ).search(t)
    rest = _word(rf"(?:which|what|any|whose)(?: \w+){{0,2}} (?:{_LIST})").sub(" ", t)
    which = _word(
        rf"(?:which|what|any|whose)(?: of)?(?: the| your| my| these)? ?(?:{_LIST})"
        rf"|(?:哪些|哪个|哪份|有没有|有哪些)(?:{_LIST})"
    ).search(t) and _P["recommend"].search(rest)
    where = _word(
        rf"(?:in|on|under) (?:which|what|any|one)(?: of)?(?: the| your| my)? ?(?:{_LIST}|{_PLACE})"
        rf"|where (?:do|did|does) (?:the |your |my )?(?:{_LIST}|you) (?:mention|recommend|find|get|list)"
        rf"|(?:next to|beside|alongside|in the same (?:{_PLACE}) as|(?:stands?|listed) with)"
        rf"|在?哪(?:个|些|份)(?:{_LIST}|{_PLACE})|同一(?:{_PLACE})|旁边"
    ).search(t)
    if not (who or which or where):
        return None
    subject = asked.subject("list", "recommend", "place", "unit")
    for word in ("next to", "beside", "alongside", "same", "stands", "stand", "standing", "watching",
                 "reading", "under", "listed", "谁", "哪个", "哪些", "在", "旁边", "的"):  # fmt: skip
        subject = re.sub(rf"^(?:{word})\b|\b(?:{word})$", " ", subject, flags=re.I).strip(_EDGE)
    subject = _trimmed(subject)
    if not subject:
        return None
    works = asked.works(subject) or asked.works(
        _trimmed(_P["unit"].sub(" ", asked.subject("list")))
    )
    listed = bool(which or where or asked.has("list"))
    if not works and not listed:
        return None
    if not works and not who and not _titled(asked, subject) and _known(asked, subject):
        return asked.request(LISTS, subject=subject)  # a subject: which of their sections bear it
    asks = (
        "beside" if where and re.search(r"next to|beside|alongside|same|旁边|同一", t, re.I) else ""
    )
    return asked.request(RECOMMENDED, works=_works(works), subject=subject, asks=asks, lists=())


def _agreed(asked: _Asked) -> Request | None:
    """What do several lists agree on?"""
    if not asked.has("shared") or not asked.has("list"):
        return None
    return asked.request(AGREED)


def _path(asked: _Asked) -> Request | None:
    """What should I read first to understand X?"""
    t = asked.text
    found = _P["learn"].search(t)
    hours = _hours(t)
    if found is None and not (hours and re.search(r"\b(?:read|study|learn)\b|[学读看]", t, re.I)):
        return None
    if (
        found
        and found[0].casefold() == "learning"
        and not (asked.has("thing") and asked.has("bring"))
    ):
        others = [each for each in _P["learn"].finditer(t) if each[0].casefold() != "learning"]
        if not others:
            return None
    if re.match(r"walk me through (?:how|why|what|the)\b", t, re.IGNORECASE):
        return None
    subject = _trimmed(_HOURS.sub(" ", asked.subject("learn", "list")))
    subject = _trimmed(re.sub(r"(?i)^(?:only |i have |learn|study|understand|read)\b", "", subject))
    subject = _trimmed(_P["shelves"].sub(" ", _P["have"].sub(" ", subject)))
    subject = _trimmed(
        _word(r"初学者|零基础|我?只有|as a beginner|from your sources").sub(" ", subject)
    )
    if not subject:
        return None
    if asked.has("bring", "unit") and asked.has("have") and found is None:
        return None
    return asked.request(PATH, subject=subject, hours=hours)


def _hours(text: str) -> float | None:
    found = _HOURS.search(text)
    if found is None or re.search(r"how (?:many|much)|多少", text, re.IGNORECASE):
        return None
    said = found[1].casefold().removesuffix("个").removesuffix("半")
    if said == "half an":
        number = 0.5
    else:
        number = float(_NUMBER_WORDS.get(said, 0) or said)
    return number / 60 if found[2].casefold().startswith(("min", "分")) else number


def _missing(asked: _Asked) -> Request | None:
    """Which links are dead? What is missing, and why? Which topics have no link?"""
    if not asked.has("gone"):
        return None
    topics = _word(r"topics?|subjects?|主题|话题").search(asked.text)
    speaks = asked.has("shelves") or asked.has("list") or asked.has("have") or bool(asked.lists)
    unit = asked.has("unit")
    subject = asked.subject("gone", "shelves", "have", "list", "unit", "count", "thing")
    works = asked.works(subject) if subject else []
    if not speaks and not (unit and (not subject or works)):
        return None
    if (
        topics
        or asked.has("place")
        or _word(r"gaps?|no links?|without an?y? links?|没有链接").search(asked.text)
    ):
        return asked.request(MISSING, asks="topics")
    return asked.request(MISSING, works=_works(works), subject=subject if works else "")


def _new(asked: _Asked) -> Request | None:
    """What is new? What came since 2024?"""
    t = asked.text
    since = _date(t)
    if not asked.has("new") or asked.has("recommend", "list"):
        return None
    subject = asked.subject("new", "shelves", "have", "list", "unit", "thing")
    subject = _trimmed(_without_dates(subject))
    subject = _trimmed(
        _word(r"published|added|came in|come|most|year|month|week|今年|本周|本月").sub(" ", subject)
    )
    extreme = _word(r"newest|latest|most recent|最新").search(t)
    speaks = asked.has("shelves") or asked.has("have") or asked.has("unit")
    if subject:
        return None
    if extreme and not since:
        return asked.request(INVENTORY, asks="newest") if speaks or asked.has("thing") else None
    return asked.request(NEW, since=since)


def _date(text: str) -> str:
    """Return the date a text names as ``YYYY-MM-DD``, the year or month filled up, or ""."""
    found = _YEAR.search(text)
    if found is None:
        return ""
    month, day = found[2] or "", found[3] or ""
    if not month:
        for number, name in enumerate(_MONTHS.split(), 1):
            if re.search(rf"\b{name[:3]}(?:{name[3:]})?\b", text, re.IGNORECASE):
                month = f"{number:02}"
        if chinese := re.search(r"(\d{1,2})\s*月(?:\s*(\d{1,2})\s*[日号])?", text):
            month, day = f"{int(chinese[1]):02}", f"{int(chinese[2] or 1):02}"
    return f"{found[1]}-{month or '01'}-{day or '01'}"


def _without_dates(text: str) -> str:
    text = _YEAR.sub(" ", text)
    months = "|".join(rf"{name[:3]}(?:{name[3:]})?" for name in _MONTHS.split())
    return re.sub(
        rf"(?i)\b(?:\d{{1,2}} )?(?:{months})\b(?: \d{{1,2}})?|\d{{1,2}}\s*[年月日号]|年", " ", text
    )


def _work(asked: _Asked) -> Request | None:
    """Who wrote X? How long, how hard is it? Do you have it?"""
    t = asked.text
    asks = next((n for n in ("author", "time", "hard", "when", "address") if _P[n].search(t)), "")
    kind = _word(
        rf"what kind of (?:thing|source|work) is|an? (?:{_UNIT}) or an? (?:{_UNIT})|是什么类型"
    ).search(t)
    by = _word(rf"(?:{_UNIT})(?: are| is)?(?: written| made)? (?:by|from)").search(t)
    titled = asked.has("have") or _word(r"is .+ (?:in|on) (?:the|your|my|any)").search(t)
    if not (asks or kind or by or titled):
        return None
    classes = [asks] if asks else []
    subject = asked.subject(*classes, "have", "shelves")
    either = rf",? an? (?:{_UNIT}) or an? (?:{_UNIT}).*$"
    subject = re.sub(rf"(?i)^(?:what kind of (?:thing|source|work) is)\b|{either}", "", subject)
    subject = re.sub(
        r"(?i)\b(?:come out|came out|published|take to (?:read|watch)|to (?:read|watch)|read|watch|"
        r"on the list|marked.*|listed)\b|^(?:读完|看完|读)|要$|需要$|那篇|这篇", " ", subject
    )  # fmt: skip
    subject = _trimmed(subject)
    if by and not asks:
        subject = _trimmed(asked.text[by.end() :])
        works = [m for m in asked.works(subject) if m.by in ("author", "site", "title")]
        return asked.request(WORK, works=_works(works), subject=subject) if works else None
    note = bool(re.search(r"\bprimer\b|手册", t, re.IGNORECASE))
    mention = re.sub(r"(?:primer(?:'s)? )?notes? (?:on|about|for)\b|^primer(?:'s)?", " ", subject)
    works = [m for m in asked.works(mention, primer=note) if m.work.primer == note]
    if asks == "time" and not works:
        return None
    if not works or works[0].score < (0.75 if asks != "author" else SURE_AUTHOR):
        return None
    about = _word(rf"(?:{_THING}) (?:about|on|for)").search(t)
    if titled and not asks and not kind and (about or not _titled(asked, subject)):
        return None
    return asked.request(
        WORK, works=_works(works), subject=subject, asks=asks or ("kind" if kind else "")
    )


SURE_AUTHOR = 0.7


def _titled(asked: _Asked, subject: str) -> bool:
    """Say whether a mention is put as one work: "the DPO paper", a title in capitals, an address."""
    kinds = [kind for kind in asked.kinds if kind]
    plural = re.search(r"\b(?:papers|posts|videos|repos\w*|notebooks|courses|notes)\b", asked.text)
    capitals = len(re.findall(r"\b[A-Z][\w-]+", subject)) >= 3
    return (bool(kinds) and not plural) or capitals or "://" in subject


def _holdings(asked: _Asked) -> Request | None:
    """What do you have on X? How much of what is there?"""
    t = asked.text
    speaks = asked.has("shelves") or asked.has("have")
    names = "|".join(re.escape(name) for row in asked.lists for name in (row.name, row.title))
    named = bool(asked.lists) and bool(
        re.search(rf"(?:in|on|of|from|under|does|about|is|at) (?:the )?(?:{names})", t, re.I)
        or asked.has("list")
        or asked.has("unit")
        or asked.has("have")
        or asked.has("place")
        or asked.lang == "zh"
    )
    unit = asked.has("unit") or asked.has("list")
    brings = asked.has("bring")
    about = r"(?:about|on|for|regarding|covering|to learn)"
    fragment = _word(rf"^(?:\w+ )?(?:{_UNIT}|anything|something|everything) {about}").match(t)
    told = r"(?:explain|cover|discuss|teach|treat|mention|deal with|are about|talk about|are on)s?"
    fragment = fragment or _word(rf"^(?:which|what) (?:\w+ )?(?:{_UNIT}) {told}").match(t)
    place = asked.has("place") or " > " in t
    count = asked.has("count")
    strong = named or (speaks and (unit or asked.has("thing") or asked.has("shelves")))
    strong = strong or (place and (asked.has("list") or named or " > " in t))
    if asked.has("have") and _word(r"(?:do|have|does) (?:you|we)|你").search(t):
        strong = True
    weak = (brings and (unit or asked.has("thing"))) or bool(fragment)
    more = _word(
        r"(?:read|learn|find(?: out)?|see) more (?:about|on)|further reading|more (?:sources|material)|"
        r"(?:everything|anything|all) (?:\w+ )?(?:about|on)|material (?:on|about)|更多(?:关于|有关)?"
    ).search(t)
    level = any(p.search(t) for p in _LEVEL.values())
    weak = (
        weak or (bool(more) and (brings or unit)) or (level and unit and not re.search(r"\?|？", t))
    )
    if re.match(
        r"(?:why|how (?!many|much|do your|big|large|old)|can|could (?!you)|为什么|怎么)\b", t, re.I
    ):
        if not (
            asked.has("shelves") or re.match(r"(?:can|could) you (?:recommend|suggest)", t, re.I)
        ):
            return None
    subject = asked.subject("bring", "shelves", "have", "count", "list", "place", "unit")
    subject = _trimmed(_word("|".join((*_LEVELS.values(), *_LANGUAGES.values()))).sub(" ", subject))
    subject = _trimmed(_without_dates(subject))
    subject = _trimmed(
        _word(
            r"more (?:about|on)?|further|differ\w*|one another|overview|big|large|size|old(?:est)?|cover\w*|"
            r"recommend\w*|contain\w*|include\w*|explain\w*|discuss\w*|teach\w*|treat\w*|hours?|minutes?|works?|stands?|under|topics?|tell me|"
            r"更多|推荐|多少|类型|种类|讲些|讲|这个|几个|一共|总共|小时"
        ).sub(" ", subject)
    )
    if not (strong or weak or (unit and not subject)):
        return None
    # where the request does not speak of the collection, the catalog has to know its subject
    asked_for = strong or bool(asked.kinds and brings)
    if subject and not asked_for and not _known(asked, subject):
        return None
    if subject and not (place or named or asked.has("unit") or _known(asked, subject)):
        if not (asked.has("have", "thing") or _titled(asked, subject)):
            return None
    if not subject:
        return _inventory(asked, count=count)
    kind = LISTS if place and not asked.has("unit") else HOLDINGS
    return asked.request(kind, subject=subject)


def _known(asked: _Asked, subject: str) -> bool:
    """Say whether a list, the primer or a title knows the words of a subject."""
    from assistant.collection.about import names_it  # it needs what this module defines

    return names_it(asked.catalog, subject)


def _inventory(asked: _Asked, *, count: bool) -> Request | None:
    """How much of what is there; of one list or of all."""
    t = asked.text
    asks = "count" if count else ""
    if _word(r"oldest|最早|最旧").search(t):
        asks = "oldest"
    elif _word(r"newest|latest|最新").search(t):
        asks = "newest"
    elif _word(r"hours?|how much (?:reading|time)|多少小时|多长时间").search(t):
        asks = "hours"
    elif _word(
        rf"(?:which|what|how many|know|多少|哪些|几个).{{0,20}}(?:{_LIST})|differ\w*"
    ).search(t):
        kind = LISTS if not asked.lists or not count else INVENTORY
        return asked.request(kind, asks=asks)
    years = [year[0] for year in _YEAR.finditer(t)]
    kind = LISTS if asked.lists and not count else INVENTORY
    since, until = (min(years), max(years)) if years else ("", "")
    return asked.request(kind, asks=asks, since=since, until=until)


_READERS: tuple[Callable[[_Asked], Request | None], ...] = (
    _many, _one_source, _recommended, _agreed, _missing, _new, _path, _summary, _work, _holdings,
)  # fmt: skip
