"""Requests about what sources say: one summed up, one asked alone, several compared."""

import re
from collections.abc import Sequence
from dataclasses import replace

from assistant.collection.asked import (
    EDGE,
    YEAR,
    Asked,
    known,
    lists_in,
    meant,
    named_subject,
    titled,
    trimmed,
)
from assistant.collection.catalog import ListRow, Work
from assistant.collection.naming import Match, words_of
from assistant.collection.request import HOLDINGS, MANY_SOURCES, ONE_SOURCE, SUMMARY, Request
from assistant.collection.vocabulary import LANGUAGES, SAID, UNIT, WORDING, number_of
from assistant.wording import whole

PRIMER_NOTE = WORDING.whole["primer_note"]
THIS_PAGE = WORDING.whole["this_page"]
"""A source spoken of without a name: the one that is open, or was spoken of last."""
_SENTENCES = WORDING.patterns["sentences"]
_RESULTS = WORDING.whole["results"]
_A_WORK = WORDING.whole["a_work"]
_CERTAIN = 0.8
_LIKE = 0.7
_TITLE = 3  # words
_SAYS = WORDING.patterns["says"]
_SAYS_ZH = WORDING.exact["says_zh"]
_CHANGED = WORDING.patterns["changed"]
_OF_BOTH = WORDING.patterns["of_both"]
_CLAUSE = WORDING.patterns["clause"]


def _a_person(asked: Asked, mention: str) -> bool:
    """Say whether a mention is a name as people have, of whom nothing is here: "Raschka"."""
    said = re.search(
        r"\b(?:say|says|write|writes|think|argue|claim|recommend)\b|怎么|如何|怎样|看法|建议|"
        r"说法|观点",
        asked.text,
    )
    name = re.fullmatch(r"(?:[A-Z][a-z]+(?:-[A-Z][a-z]+)? ?){1,3}", mention.strip())
    return bool(said and name) and not known(asked, mention)


def _another(asked: Asked, works: Sequence[Match]) -> bool:
    """Say whether the work found may well be another than is meant: not here, nor called so."""
    best = works[0]
    return best.score < _LIKE and not (best.work.held or asked.catalog.below(best.work))


def _whole_site(match: Match) -> bool:
    """Sort what a person or site says before a page that has its name in its title."""
    return match.by not in ("author", "site")


def speaks_of_a_source(text: str) -> bool:
    """Say whether a text has the form of a question put to one source."""
    return bool(_SAYS.match(text) or _SAYS_ZH.match(text))


def many(asked: Asked) -> Request | None:
    """Do the sources agree on ...? What changed between 2023 and 2025?"""
    if not asked.has("compare") or asked.has("shared", "list"):
        return None
    if both := _OF_BOTH.search(asked.text):
        named = [name for key in ("one", "other") if (name := both[key] or both[f"{key}_zh"])]
        works = [asked.works(SAID["compare"].sub(" ", name).strip(EDGE)) for name in named]
        if all(works):
            subject = (both["subject"] or both["subject_zh"]).strip(EDGE)
            every = tuple(work for found in works for work in meant(found, asked.lang))
            return asked.request(MANY_SOURCES, subject=subject, works=every, kinds=())
        stranger = next((n for n, found in zip(named, works, strict=True) if not found), "")
        if any(works) and _a_person(asked, stranger):
            return asked.request(ONE_SOURCE, subject=stranger)
    years = [year[0] for year in YEAR.finditer(asked.text)]
    text = (
        YEAR.sub(
            " \u0001 ", whole(r"从|年|到现在|到今天?|至今|到|至|之间|以来").sub(" ", asked.text)
        )
        if years
        else asked.text
    )
    changed = _CHANGED.search(text)
    in_time = years or whole(r"since|over (?:the )?(?:time|years)|变化").search(text)
    comparing = SAID["compare"].search(asked.text)
    if comparing and whole(r"chang\w*").search(comparing[0]) and not in_time:
        return None  # "between GPT-2 and GPT-3": two things, no two times
    subject = _compared(" \u0001 ".join(changed.groups(""))) if changed else ""
    subject = subject or _compared(SAID["compare"].sub(" \u0001 ", text))
    if not subject:
        return None
    since, until = (min(years), max(years)) if years else ("", "")
    if len(years) == 1:
        until = ""
    return asked.request(MANY_SOURCES, subject=subject, since=since, until=until, kinds=())


def _compared(text: str) -> str:
    """Return what a comparison of sources is about: a text without the words of comparing."""
    dull = whole(rf"{UNIT}|来源|各个?|说法|kept|say").sub(" ", text)
    parts = (" ".join(trimmed(part).split()) for part in dull.split("\u0001"))
    return " ".join(part for part in parts if part)


def one_source(asked: Asked) -> Request | None:
    """According to X, ...? What does X say about ...?"""
    first, second = (_SAYS_ZH, _SAYS) if asked.lang == "zh" else (_SAYS, _SAYS_ZH)
    match = first.match(asked.text) or second.match(asked.text)
    if match is None:
        return None
    chinese = match.re is _SAYS_ZH
    groups = {key: value for key, value in match.groupdict().items() if value}
    slot = next(key for key in groups if len(key) == 1)
    mention = groups[slot]
    question = groups.get(f"{slot}q") or asked.text
    question += groups.get("more", "")
    if chinese and slot == "b":
        question = f"{groups.get('bq') or ''}".strip("？?。 ") or asked.text
    mention = _whose(mention, question)
    primer = bool(PRIMER_NOTE.search(mention))
    if (lists := lists_in(asked.catalog, mention)) and not _one_of(lists, mention, asked):
        subject = trimmed(question)
        return asked.request(HOLDINGS, lists=tuple(lists), subject=subject, kinds=())
    if re.fullmatch(r"(?:the |your |refdesk's )?primer|入门手册", mention.strip(), re.IGNORECASE):
        return asked.request(ONE_SOURCE, primer=True, question=_asked_of(question, asked))
    works = asked.works(_without_about(mention), primer=primer)
    works = sorted(works, key=_whole_site) if slot == "c" and not chinese else works
    if not works and (slot == "g" or (slot == "c" and not chinese)) and _a_person(asked, mention):
        return asked.request(
            ONE_SOURCE, subject=mention.strip(), question=_asked_of(question, asked)
        )
    if not works or _another(asked, works):
        return None
    of_subject = slot == "c" and not chinese and works[0].by == "title"
    named = titled(asked, mention) or SAID["unit"].search(mention)
    if of_subject and not named and named_subject(asked, mention):
        return None  # "what does vLLM recommend for ...": the thing is meant, not a text about it
    within = slot == "d" or (slot == "f" and asked.text[:3].casefold() == "in ")
    loose = within or (chinese and slot == "c")  # "in X, ...": X may be a subject
    long = len(words_of(mention)) >= _TITLE
    if loose and not (works[0].score > _CERTAIN and (long or titled(asked, mention))):
        return None
    spoken = next((lang for lang, said in LANGUAGES.items() if said.search(mention)), asked.lang)
    return asked.request(
        ONE_SOURCE, works=meant(works, spoken), subject=mention,
        question=_asked_of(question, asked),
    )  # fmt: skip


def _whose(mention: str, question: str) -> str:
    """Return a mention with the name that "its" stands for, which the question has."""
    own = re.match(r"(?:its|their|his|her|它的|其)(?: own)? ?", mention, re.IGNORECASE)
    names = re.findall(r"\b[A-Z][\w.-]*", question[1:]) if own else []
    return f"{names[-1]} {mention[own.end() :]}" if own and names else mention


def summary(asked: Asked) -> Request | None:
    """Summarise X; what are the main points of X?"""
    if not asked.has("sum"):
        return None
    match = _SENTENCES.search(asked.text)
    if match is None:
        return _summed_up(asked)
    rest = f"{asked.text[: match.start()]} {asked.text[match.end() :]}".strip()
    request = _summed_up(Asked(asked.library, asked.catalog, rest, asked.lang))
    number = int(number_of(match["n"] or match["z"]))
    return replace(request, sentences=number) if request else None


def summary_of(asked: Asked, works: Sequence[Work], mention: str) -> Request:
    """Return the summary of works that is asked for: its length, or the results alone."""
    number = _SENTENCES.search(asked.text)
    return asked.request(
        SUMMARY, works=tuple(works), subject=mention,
        asks="results" if _RESULTS.search(asked.text) else "",
        sentences=int(number_of(number["n"] or number["z"])) if number else 0,
    )  # fmt: skip


def _summed_up(asked: Asked) -> Request | None:
    if (this := THIS_PAGE.search(asked.text)) and "://" not in asked.text:
        mention = trimmed(f"{asked.subject('sum')}".replace(this[0], " "))
        meant_by_name = asked.works(mention)
        if not meant_by_name or meant_by_name[0].by != "title":
            named = mention if re.search("[A-Z]", mention) else ""
            return asked.request(SUMMARY, subject=named)  # none is called so, or none was named
    results = "results" if _RESULTS.search(asked.text) else ""
    if "://" in asked.text and (works := asked.works(asked.text)):
        return asked.request(SUMMARY, works=meant(works, asked.lang), asks=results)
    mention = asked.subject("sum")
    if not mention or asked.lists or _CLAUSE.search(asked.text):
        return None
    note = bool(re.search(r"\bprimer\b|\bnotes? (?:on|about)\b|手册", asked.text, re.IGNORECASE))
    mention = re.sub(r"(?:primer(?:'s)? )?notes? (?:on|about|for)\b|^primer(?:'s)?", " ", mention)
    named = whole(rf"^(?:the )?(?:{UNIT}|file|repo)|(?:这个|这篇|这份)(?:{UNIT})").sub(" ", mention)
    works = asked.works(named.strip(EDGE), primer=note)
    works = [match for match in works if note == match.work.primer or match.by == "address"]
    if not works and _A_WORK.search(asked.text) and re.search("[A-Z]", mention):
        return asked.request(SUMMARY, subject=mention)  # there is none of this name
    if works and _another(asked, works):
        return asked.request(SUMMARY, subject=mention)
    if not works:
        return None
    best = works[0]
    if best.by in ("author", "site") and not asked.has("unit"):
        return None
    return asked.request(SUMMARY, works=meant(works, asked.lang), subject=mention, asks=results)


def _one_of(lists: Sequence[ListRow], mention: str, asked: Asked) -> bool:
    """Say whether a mention names a work beside the owner of a list: "Ann's notes on X"."""
    rest = set(words_of(mention))
    for row in lists:
        rest -= {word for text in (row.name, row.title, row.origin) for word in words_of(text)}
    works = asked.works(mention) if rest else []
    return bool(works) and works[0].by == "title" and works[0].score >= _CERTAIN


def _without_about(mention: str) -> str:
    return re.sub(
        r"^(?:the )?primer(?:'s)? notes? (?:on|about|for)", "", mention.strip(), flags=re.I
    )


def _asked_of(question: str, asked: Asked) -> str:
    """Return what is asked of a source as a question of its own."""
    question = question.strip(" ,.")
    if asked.lang == "zh" or re.match(
        r"(?:what|how|why|when|where|who|which|does|do|is|are|can|should)\b",
        question,
        re.IGNORECASE,
    ):
        return question
    return question if question.endswith("?") else f"{question.rstrip('?')}?"
