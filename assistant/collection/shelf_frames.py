"""Requests about the shelves: what is there, who recommends it, what is missing, what to read."""

import re

from assistant.collection.asked import (
    EDGE,
    YEAR,
    Asked,
    date,
    known,
    named_subject,
    titled,
    trimmed,
    without_dates,
    works_of,
)
from assistant.collection.request import (
    AGREED,
    HOLDINGS,
    INVENTORY,
    LISTS,
    MISSING,
    NEW,
    RECOMMENDED,
    Request,
)
from assistant.collection.vocabulary import LANGUAGES, LEVELS, LIST, PLACE, SAID, UNIT
from assistant.wording import whole

_AROUND_GONE = whole(r"(?:or|and|but|could|can|not|be|read|opened|why|any ?more)|已经|为什么|经")
_ALL = whole(
    rf"(?:everything|all)(?: (?:of )?(?:the |your )?(?:{UNIT}))? (?:about|on|for)|"
    rf"(?:所有|全部|一切)(?:关于|有关|讲)?.{{0,30}}(?:{UNIT})"
)
_MOST = {
    "longest": whole(r"longest|lengthiest|最长"),
    "shortest": whole(r"shortest|quickest|briefest|最短|最快"),
    "hardest": whole(r"(?:hardest|toughest|most (?:difficult|advanced))|最[难高]深?"),
    "easiest": whole(r"(?:easiest|simplest|gentlest)|最(?:简单|容易)"),
}
"""What is wanted of all there is: the one end or the other."""
_SURE_TITLE, _SURE_AUTHOR = 0.75, 0.7
_COVERS = whole(
    r"cover\w*|discuss\w*|deals? with|treats?|touch\w* (?:on|upon)|(?:talk|speak)s? (?:of|about)|"
    rf"about|(?:{PLACE}) (?:on|about|for|of)|专门|"
    r"覆盖|涉及|讲[到过]?|讨论"
)
_WHICH_PLACES = whole(
    rf"(?:which|what|name the|list the|show me the) (?:{PLACE}) (?:are there )?"
    r"(?:on|about|for|mention|cover|discuss|treat|deal with|are about|is about)s?"
)
_KEPT_BY = whole(
    r"who(?:se)?|maintain\w*|curat(?:or|ed)|compiled|put together|assembled|谁|维护者?|作者"
)
_WRITTEN = whole(r"written|published|posted|dated|came out|from|写的?|发表的?")
_WHO = whole(r"who (?:\w+ )?(?:recommend|suggest|list|put|endorse|mention)\w*|谁推荐|whose list")


def asks_who_or_where(text: str) -> bool:
    """Say whether a text asks who recommends something, or what stands where in a list."""
    return bool(_WHO.search(text) or re.search(r" > |\bnext to\b|\bbeside\b", text))


def about_lists(asked: Asked, subject: str) -> Request:
    """Return what is asked of the lists: compared, who keeps them, which of them bear a subject."""
    if len(asked.lists) > 1:
        return asked.request(LISTS, asks="compare")
    if subject:
        return asked.request(LISTS, subject=subject, levels=(), asks="which")
    return asked.request(LISTS, levels=(), asks="who" if _KEPT_BY.search(asked.text) else "")


def recommended(asked: Asked) -> Request | None:
    """Which lists recommend X? In which section does X stand? What stands next to X?"""
    t = asked.text
    who = _WHO.search(t)
    rest = SAID["have"].sub(" ", t)  # "which lists do you have" speaks of nothing they have
    rest = whole(rf"(?:which|what|any|whose|is there an?)(?: \w+){{0,2}} (?:{LIST})").sub(" ", rest)
    which = whole(
        rf"(?:which|what|any|whose|is there an?)(?: of)?(?: the| your| my| these)? ?(?:{LIST})"
        rf"|(?:哪些|哪个|哪份|有没有|有哪些)(?:{LIST})"
    ).search(t) and SAID["recommend"].search(rest)
    which = which or _WHICH_PLACES.search(t)
    where = whole(
        rf"(?:in|on|under) (?:which|what|any|one)(?: of)?(?: the| your| my)? ?(?:{LIST}|{PLACE})"
        rf"|where (?:do|did|does) (?:the |your |my )?(?:{LIST}|you) (?:mention|recommend|find|get|"
        rf"list)"
        rf"|(?:next to|beside|alongside|in the same (?:{PLACE}) as|(?:stands?|listed) with)"
        rf"|在?哪(?:个|些|份)(?:{LIST}|{PLACE})|同一(?:{PLACE})|旁边"
    ).search(t)
    if not (who or which or where):
        return None
    subject = asked.subject("list", "recommend", "place", "unit")
    around = (
        "next to|beside|alongside|same|stands?|standing|watching|reading|under|listed|puts?|name|"
        "show"
    )
    edges = rf"^(?:(?:{around}|谁|哪个|哪些|在)\b\s*)+|"
    edges += rf"(?:\s*\b(?:{around}|旁边|的|在哪|专门|有))+$|在哪 专门$"
    subject = re.sub(edges, " ", subject, flags=re.IGNORECASE).strip(EDGE)
    subject = trimmed(subject)
    if not subject:
        return None
    works = asked.works(subject) or asked.works(
        trimmed(SAID["unit"].sub(" ", asked.subject("list")))
    )
    listed = bool(which or where or asked.has("list"))
    if not works and not listed:
        return None
    covers = not works or (_COVERS.search(t) and named_subject(asked, subject))
    if covers and not who and not titled(asked, subject) and known(asked, subject):
        return asked.request(LISTS, subject=subject)  # a subject: which of their sections bear it
    asks = (
        "beside" if where and re.search(r"next to|beside|alongside|same|旁边|同一", t, re.I) else ""
    )
    return asked.request(RECOMMENDED, works=works_of(works), subject=subject, asks=asks, lists=())


def agreed(asked: Asked) -> Request | None:
    """What do several lists agree on?"""
    if not asked.has("shared") or not asked.has("list"):
        return None
    return asked.request(AGREED)


def missing(asked: Asked) -> Request | None:
    """Which links are dead? What is missing, and why? Which topics have no link?"""
    if not asked.has("gone"):
        return None
    topics = whole(r"topics?|subjects?|主题|话题").search(asked.text)
    speaks = asked.has("shelves") or asked.has("list") or asked.has("have") or bool(asked.lists)
    unit = asked.has("unit")
    subject = asked.subject("gone", "shelves", "have", "list", "unit", "count", "thing")
    subject = _AROUND_GONE.sub(" ", subject).strip(EDGE)
    works = asked.works(subject) if subject else []
    on = re.search(r"\b(?:missing|lacking|gaps?) (?:on|about|for|in)\b", asked.text, re.IGNORECASE)
    if on and subject and named_subject(asked, trimmed(subject)):
        return asked.request(HOLDINGS, subject=trimmed(subject))  # which topics have no link yet
    if not speaks and not ((unit or not subject) and (not subject or works)):
        return None
    if (
        topics
        or asked.has("place")
        or whole(r"gaps?|no links?|without an?y? links?|没有链接").search(asked.text)
    ):
        return asked.request(MISSING, asks="topics")
    return asked.request(MISSING, works=works_of(works), subject=subject if works else "")


def new(asked: Asked) -> Request | None:
    """What is new? What came since 2024?"""
    t = asked.text
    since = date(t)
    if not asked.has("new") or asked.has("recommend", "list"):
        return None
    subject = asked.subject("new", "shelves", "have", "list", "unit", "thing")
    subject = trimmed(without_dates(subject))
    subject = trimmed(
        whole(r"published|added|came in|come|most|year|month|week|今年|本周|本月").sub(" ", subject)
    )
    extreme = whole(r"newest|latest|most recent|最新").search(t)
    speaks = asked.has("shelves") or asked.has("have") or asked.has("unit")
    if subject:
        return None
    if extreme and not since:
        return asked.request(INVENTORY, asks="newest") if speaks or asked.has("thing") else None
    return asked.request(NEW, since=since)


def holdings(asked: Asked) -> Request | None:
    """What do you have on X? How much of what is there?"""
    t, count = asked.text, asked.has("count")
    everything = bool(asked.has("time") and _ALL.search(t))
    if _wants_an_explanation(asked, everything=everything):
        return None
    subject = _subject_of_holdings(asked)
    written = _WRITTEN.search(t) and YEAR.search(t)
    if written and not trimmed(_WRITTEN.sub(" ", subject)):
        return inventory(asked, count=count)
    named = _names_a_list(asked)
    if not _is_about_holdings(asked, subject, named=named, everything=everything):
        return None
    if not subject and count and whole(r"the primer|入门手册").search(t):
        return asked.request(INVENTORY, asks="count", primer=True)
    if not subject:
        return inventory(asked, count=count)
    primer = whole(r"(?:the |your )?primer(?:'s)?|(?:入门)?手册").search(t) is not None
    kind = LISTS if _speaks_of_a_place(asked) and not asked.has("unit") else HOLDINGS
    asks = "hours" if everything else end_of(t)
    levels = {"levels": ()} if asks in _MOST else {}
    return asked.request(
        kind, subject=subject, asks=asks if kind == HOLDINGS else "", primer=primer, **levels
    )


def _is_about_holdings(asked: Asked, subject: str, *, named: bool, everything: bool) -> bool:
    """Say whether what is there on a subject is asked for, and not what the sources say of it."""
    speaks = asked.has("shelves") or asked.has("have")
    works = asked.has("unit") or asked.has("list") or speaks
    strong = _speaks_of_holdings(asked, named=named)
    weak = everything or _asks_for_works(asked)
    if not (strong or weak or (works and not subject)):
        return False
    if not strong and re.match(
        "(?:首次|最早|最先)?(?:提出|证明|发现|使用|采用|引入|训练)", subject
    ):
        return False  # "which papers proposed X?" is a question of fact
    # where the request does not speak of the collection, the catalog has to know its subject
    asked_for = strong or bool(asked.kinds and asked.has("bring"))
    if subject and not asked_for and not known(asked, subject):
        return False
    spoken_of = _speaks_of_a_place(asked) or named or asked.has("unit")
    spoken_of = spoken_of or asked.has("have", "thing")
    return bool(not subject or spoken_of or known(asked, subject) or titled(asked, subject))


def _names_a_list(asked: Asked) -> bool:
    """Say whether a list is named as what something is looked for in."""
    t = asked.text
    names = "|".join(re.escape(name) for row in asked.lists for name in (row.name, row.title))
    return bool(asked.lists) and bool(
        re.search(rf"(?:in|on|of|from|under|do|does|did|about|is|at) (?:the )?(?:{names})", t, re.I)
        or asked.has("list")
        or asked.has("unit")
        or asked.has("have")
        or asked.has("place")
        or asked.lang == "zh"
    )


def _speaks_of_a_place(asked: Asked) -> bool:
    """Say whether a section is spoken of, by the word or by a path."""
    return asked.has("place") or " > " in asked.text


def _speaks_of_holdings(asked: Asked, *, named: bool) -> bool:
    """Say whether the words alone tell that the collection is asked about."""
    t = asked.text
    unit = asked.has("unit") or asked.has("list")
    speaks = asked.has("shelves") or asked.has("have")
    strong = named or (speaks and (unit or asked.has("thing") or asked.has("shelves")))
    strong = strong or (_speaks_of_a_place(asked) and (asked.has("list") or named or " > " in t))
    return strong or bool(
        asked.has("have")
        and (asked.conditions or whole(r"(?:do|have|does) (?:you|we)|你").search(t))
    )


def _asks_for_works(asked: Asked) -> bool:
    """Say whether works seem to be asked for: something to read, at a level, on a subject."""
    t = asked.text
    unit = asked.has("unit") or asked.has("list")
    brings = asked.has("bring")
    about = r"(?:about|on|for|regarding|covering|to learn)"
    fragment = whole(
        rf"^(?:\w+ )?(?:{UNIT}|things|(?:anything|something|everything)(?: (?!on |"
        rf"for )\w+)?) {about}"
    ).match(t)
    verbs = r"(?:explain|cover|discuss|teach|treat|mention|deal with|are about|talk about|are on)s?"
    there = r"what(?: else)?(?: is|'s| are) there(?: to (?:read|watch))?"
    fragment = fragment or whole(
        rf"^(?:{there} {about}|(?:which|what) (?:\w+ )?(?:{UNIT}) {verbs}"
        rf"|^关于.{{1,30}}的(?:{UNIT})(?=[。？?]?$))"
    ).match(t)
    more = whole(
        r"(?:read|learn|find(?: out)?|see) more (?:about|on)|further reading|more (?:sources|"
        r"material)|"
        r"(?:everything|anything|all) (?:\w+ )?(?:about|on)|material (?:on|about)|更多(?:关于|"
        r"有关)?"
    ).search(t)
    level = any(p.search(t) for p in LEVELS.values())
    return bool(
        (brings and (unit or asked.has("thing")))
        or fragment
        or (more and (brings or unit))
        or (level and unit and not re.search(r"\?|？", t))
    )


def _wants_an_explanation(asked: Asked, *, everything: bool) -> bool:
    """Say whether something is to be explained, whatever works are spoken of."""
    t = asked.text
    how = (
        r"(?:why|how (?!many|much|do your|big|large|old)|can|could (?!you))\b|"
        r"请?(?:为什么|为何|怎么|如何|什么是|解释)"
    )
    explained = re.match(
        r"(?:please )?(?:(?:can|could) you )?(?:show|tell|give|teach)(?: me)? (?:how|why|what|when|"
        r"(?:an? )?(?:\w+ )?(?:explanation|example|idea|intuition|proof)s?)\b",
        t,
        re.IGNORECASE,
    )
    if explained and not asked.has("shelves"):
        return True
    favour = re.match(r"(?:can|could) you (?:recommend|suggest)", t, re.IGNORECASE)
    spoken = asked.has("shelves") or favour or everything
    return bool(re.match(how, t, re.IGNORECASE) and not spoken)


def _subject_of_holdings(asked: Asked) -> str:
    """Return what works are asked for on: the request without the words that ask for works."""
    subject = asked.subject("time", "bring", "shelves", "have", "count", "list", "place", "unit")
    for pattern in (*LEVELS.values(), *LANGUAGES.values()):
        subject = pattern.sub(" ", subject)
    subject = trimmed(without_dates(re.sub(r"(?i)^(?:put|file[sd]?|keeps?)\b", " ", subject)))
    return trimmed(
        whole(
            r"more (?:about|on)?|further|differ\w*|one another|overview|big|large|size|"
            r"old(?:est)?|cover\w*|mention\w*|biggest|largest|longest|smallest|between|years?|"
            r"dates?|index\w*|total|most|"
            r"提到|涵盖|最大|最多|分别|年份|了什么|[看读]?完|"
            r"shortest|quickest|briefest|hardest|toughest|difficult|advanced|easiest|simplest|"
            r"gentlest|"
            r"最短|最快|最长|最难|最简单|最容易|everything|所有|全部|recommend\w*|contain\w*|"
            r"include\w*|explain\w*|discuss\w*|teach\w*|treat\w*|hours?|"
            r"minutes?|works?|stands?|under|topics?|tell me|^(?:deal|speak) (?:with|of)|"
            r"introductions? to|intros? to|overviews? of|explanations? of|written|posted|上手|"
            r"最[早旧老新]|"
            r"还|最(?= |$)|一$|"
            r"更多|推荐|多少|类型|种类|讲些|讲|这个|几个|一共|总共|小时|入门$"
        ).sub(" ", subject)
    )


def end_of(text: str) -> str:
    """Return which end of all there is a text wants: the longest, the easiest ...; "" for none."""
    return next((asks for asks, said in _MOST.items() if said.search(text)), "")


def inventory(asked: Asked, *, count: bool) -> Request | None:
    """How much of what is there; of one list or of all."""
    t = asked.text
    asks = "count" if count else ""
    if end := end_of(t):
        primer = whole(r"(?:the |your )?primer(?:'s)?|(?:入门)?手册").search(t) is not None
        if whole(rf"(?:which|what) (?:{LIST})|哪[个份](?:{LIST})").search(t):
            return asked.request(LISTS)  # they stand with how many works each has
        return asked.request(INVENTORY, asks=end, levels=(), primer=primer)
    if whole(r"oldest|最[早旧老]").search(t):
        asks = "oldest"
    elif whole(r"newest|latest|最新").search(t):
        asks = "newest"
    elif whole(r"hours?|how much (?:reading|time)|reading time|多少小时|多长时间|多久").search(t):
        asks = "hours"
    elif whole(rf"(?:which|what|how many|know|多少|哪些|几个).{{0,20}}(?:{LIST})|differ\w*").search(
        t
    ):
        kind = LISTS if not asked.lists or not count else INVENTORY
        return asked.request(kind, asks=asks)
    years = [year[0] for year in YEAR.finditer(t)]
    narrowed = asked.kinds or asked.conditions
    kind = LISTS if asked.lists and not (count or narrowed) else INVENTORY
    since, until = (min(years), max(years)) if years else ("", "")
    return asked.request(kind, asks=asks, since=since, until=until)
