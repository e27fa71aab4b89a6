"""Requests about the shelves seen as a whole: lists compared, what stands twice, how much."""

import re

from assistant.collection.asked import EDGE, Asked, known, trimmed
from assistant.collection.request import AGREED, HOLDINGS, INVENTORY, LISTS, Request
from assistant.collection.vocabulary import LEVELS, PLACE, SAID, WORDING
from assistant.wording import whole
from ingest.text.scripts import HAN

_VIEWS = {
    "sites": whole(
        r"(?:which|what|how many|most common) (?:web ?)?(?:sites?|domains?|hosts?|websites?)|"
        r"哪(?:个|些)网站|多少个?网站"
    ),
    "authors": whole(
        r"(?:which|what|how many) (?:authors?|people|writers?|"
        r"organi[sz]ations?)(?= (?:\w+ )*(?:most|are|wrote|stand|"
        r"appear|do|have))|(?:who|whom) (?:wrote|writes|has|have|made|published|"
        r"appears) (?:\w+ )?(?:the )?most|"
        r"(?:most (?:prolific|frequent|common)) (?:authors?|writers?)|哪(?:位|些|个)作者|"
        r"谁写的?(?:资料|文章)?最多|多少位?作者"
    ),
    "words": whole(r"how many (?:words|characters|letters)|word count|多少(?:个)?字|总?字数"),
    "updated": whole(
        r"(?:last|recently|been|get|gets) (?:updated|refreshed|rebuilt|changed)|"
        r"up[ -]to[ -]date|out ?of ?date|outdated|"
        r"how (?:old|fresh|recent|current) (?:is|are)|更新(?:到|至)|(?:最后|上次|最近一次|"
        r"什么时候|何时)更新|过时|是最新的吗"
    ),
    "sections": whole(
        rf"how many (?:{PLACE}|topics)|(?:biggest|largest|longest|smallest) (?:{PLACE})|(?:多少|"
        rf"几)个?(?:{PLACE})|"
        rf"最(?:大|长|多)的(?:{PLACE})"
    ),
    "figures": whole(r"pictures?|figures?|images?|diagrams?|illustrations?|图片|插图|配图"),
}
"""What of the whole is asked for, by the words that ask for it."""
_ONLY_FIGURES = WORDING.patterns["only_figures"]
_SAME = WORDING.whole["same"]
_COMPARED = WORDING.whole["compared"]
_COVERING = WORDING.patterns["covering"]
_BOTH = WORDING.patterns["both"]


def overview(asked: Asked) -> Request | None:
    """How many words is that? Which sites do the pages come from? Is it up to date?"""
    t = asked.text
    speaks = asked.has("shelves") or asked.has("have") or bool(asked.lists)
    here = speaks or bool(re.search(r"\bhere\b|这里", t, re.IGNORECASE))
    spoken = {
        "sites": here or asked.has("unit"),
        "authors": here or asked.has("unit"),
        "words": here,
        "updated": here or asked.has("list"),
        "sections": bool(asked.lists) or asked.has("list"),
        "figures": bool(_ONLY_FIGURES.match(t)),
    }
    asks = next((asks for asks, said in _VIEWS.items() if said.search(t) and spoken[asks]), "")
    return asked.request(INVENTORY, asks=asks) if asks else None


def twice(asked: Asked) -> Request | None:
    """Are there duplicates? Do two lists link to the same page?"""
    t = asked.text
    if not _SAME.search(t):
        return None
    if not any(map(asked.has, ("shelves", "list", "have", "unit"))) and len(asked.lists) < 2:
        return None
    subject = _SAME.sub(" ", asked.rest)
    for name in ("list", "shelves", "have", "unit", "shared", "recommend"):
        subject = SAID[name].sub(" ", subject)
    subject = trimmed(subject)
    subject = whole(
        r"two|several|different|any|link\w*|point\w*|appear\w*|stand\w*|come|more|两|多|个|份|"
        r"什么|内容|有|吗"
    ).sub(" ", subject)
    if subject.strip(EDGE):
        return None
    return asked.request(AGREED, asks="twice")


def lists_compared(asked: Asked) -> Request | None:
    """What has one list that another lacks? What do they share?"""
    t = asked.text
    if not (_COMPARED.search(t) and asked.lists):
        return None
    rows = list(asked.lists)
    others = whole(
        r"(?:no |any |the |all )?(?:other|english|rest of the) (?:\w+ )?lists?|其他|别的|英文清单"
    ).search(t)
    if len(rows) < 2 and not others:
        return None
    if len(rows) < 2:
        english = re.search(r"english|英文", others[0], re.IGNORECASE) if others else None
        rows += [
            row for row in asked.catalog.lists
            if row not in rows and (row.lang == "en" or not english)
        ]  # fmt: skip
    subject = asked.subject("list", "shelves", "have", "recommend", "shared", "unit", "place")
    subject = trimmed(
        _COMPARED.sub(
            " ",
            re.sub(
                r"(?i)\b(?:topics?|subjects?|no|other|english|one|what)\b|这?两个|一下|主题|"
                rf"[一两几](?![{HAN}])",
                " ",
                subject,
            ),
        )
    )
    return asked.request(LISTS, lists=tuple(rows), asks="compare") if not subject else None


def covering(asked: Asked) -> Request | None:
    """Which lists cover X, and which do not? Which is best for X?"""
    match = _COVERING.search(asked.text)
    subject = next((part.strip(EDGE) for part in match.groups() if part), "") if match else ""
    subject = trimmed(SAID["learn"].sub(" ", subject))
    if not subject or any(level.search(subject) for level in LEVELS.values()):
        return None
    return asked.request(LISTS, subject=subject, asks="which") if subject else None


def on_both(asked: Asked) -> Request | None:
    """What do you have on both X and Y?"""
    match = _BOTH.search(asked.text)
    speaks = asked.has("shelves") or asked.has("have") or asked.has("unit") or asked.has("list")
    if match is None or not speaks:
        return None
    one, other = (part.strip(EDGE) for part in match.groups() if part)
    if not (known(asked, one) and known(asked, other)):
        return None
    return asked.request(HOLDINGS, subject=one, also=other)
