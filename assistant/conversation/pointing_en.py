"""Words of an English question that point back: it, they, that method, the latter, here."""

import re
from collections.abc import Sequence

from assistant.conversation.topic import topics
from assistant.conversation.topic_en import AUXILIARY, GENERIC, content

_OF_TWO = re.compile(
    r"\bthe (?:(former|first|latter|second)(?: one)?)\b(?! \w+ (?:of|in)\b)", re.IGNORECASE
)
_BOTH = re.compile(r"\b(?:both(?: of them)?|the two(?: of them)?|each of them)\b", re.IGNORECASE)
_JOINING = re.compile(r"\b(?:differ\w*|compar\w*|common|both|better|worse|prefer|choose)\b", re.I)

_EMPTY_IT = re.compile(
    r"\b(?:is|was|would|does|can|makes?|does)\s+it\s+(?:\w+\s+)?"
    r"(?:possible|true|worth|sense|safe|better|best|common|enough|necessary|useful|important|good|"
    r"matter|easy|hard|bad|ok|okay)\s+(?:to|that|if|whether|when|for|which|how)\b",
    re.IGNORECASE,
)
_PRONOUN = re.compile(
    r"\b(?P<whose>its|their)\b|"
    rf"\b(?:this|that|these|those|such(?: an?)?|the same)\s+(?P<noun>(?:{GENERIC})s?)\b|"
    r"\b(?P<it>it|they|them|this|that|these|those)\b",
    re.IGNORECASE,
)
_CLAUSE = re.compile(
    r"[,;.?!:]\s|\b(?:and|but|if|when|because|while|since|so|whether|than)\b", re.I
)
_BEFORE_THAT = re.compile(
    rf"(?:^|\b(?:{AUXILIARY}|of|about|for|with|from|to|than|like|in|on|by|after|why|how|explain|"
    r"describe|mean|and|do|use|using|against|without|before|since|does not|solve|fix))\s*$",
    re.IGNORECASE,
)
_HERE = re.compile(r"\bhere\b|\bin (?:this|that) (?:case|context|setting)\b", re.IGNORECASE)
_EITHER = re.compile(
    r"\bone (?:over|or|instead of|rather than) the other\b|\beither(?: one)?$", re.I
)
OWN = 4
"""Content words: with so many before it, a pronoun stands for something in its own question."""


def resolve(asked: str, before: Sequence[str]) -> str | None:
    """Return a question with the things its pronouns stand for; None if none points back."""
    known = topics(before[-1])
    pair = last_topics(before) if _JOINING.search(asked) else known
    text, changed = asked, False
    if len(known) > 1 and (found := _OF_TWO.search(text)):
        which = known[0] if found[1].lower() in ("former", "first") else known[1]
        text, changed = text[: found.start()] + which + text[found.end() :], True
    if len(pair) > 1 and _BOTH.search(text):
        text, changed = _BOTH.sub(joined_topics(pair), text, count=1), True
    if found := _HERE.search(text):
        text, changed = (
            f"{text[: found.start()]}in {joined_topics(known)}{text[found.end() :]}",
            True,
        )
    if len(last_topics(before)) > 1 and (found := _EITHER.search(text)):
        pair = last_topics(before)
        text, changed = f"{text[: found.start()]}{' or '.join(pair)}{text[found.end() :]}", True
    for found in reversed(anaphors(text)):
        many = found[0].lower() in ("they", "them", "these", "those", "their")
        about = joined_topics(pair if many else _single(before))
        if found["whose"]:
            about += "'" if about.endswith("s") else "'s"
        else:
            about = _with_article(about, before[-1])
        text, changed = text[: found.start()] + about + text[found.end() :], True
    return text if changed else None


def _single(before: Sequence[str]) -> list[str]:
    """Return what "it" stands for: of two things the one spoken of before, else both."""
    known = topics(before[-1])
    earlier = topics(before[-2]) if len(before) > 1 else []
    return [each for each in known if each in earlier][:1] or known


def _with_article(topic: str, last: str) -> str:
    found = re.search(rf"\b(the|an?)\s+{re.escape(topic)}", last, re.IGNORECASE)
    return f"{found[1].lower()} {topic}" if found else topic


def anaphors(asked: str) -> list[re.Match[str]]:
    """Return the words of a question that stand for something outside it."""
    empty = [found.span() for found in _EMPTY_IT.finditer(asked)]
    return [
        found
        for found in _PRONOUN.finditer(asked)
        if not any(start <= found.start() < end for start, end in empty)
        and not _has_antecedent(asked, found)
    ]


def _has_antecedent(asked: str, pronoun: re.Match[str]) -> bool:
    ahead = asked[: pronoun.start()]
    word = pronoun[0].split()[0].lower()
    behind = asked[pronoun.end() :]
    if word in ("that", "those") and re.match(r"\s+(?:of|in|for)\b", behind):
        return True  # "differ from that of"
    if word == "that" and behind and not _BEFORE_THAT.search(ahead):
        return True  # "models that are small"
    if pronoun["whose"]:
        return bool(content(ahead))
    if re.match(r"(?:if|when|while|although)\b", asked, re.IGNORECASE) and "," in behind:
        return True  # "If it is called 8x7B, why ..." names it later
    ends = [found.start() for found in _CLAUSE.finditer(ahead)]
    return len(content(ahead)) >= OWN or (bool(ends) and bool(content(ahead[: ends[-1]])))


def joined_topics(things: Sequence[str]) -> str:
    """Return things as one phrase."""
    return " and ".join(things)


def last_topics(before: Sequence[str]) -> list[str]:
    """Return what was last spoken of; with one thing only, the one before it too."""
    known = topics(before[-1])
    if len(known) == 1 and len(before) > 1:
        earlier = topics(before[-2])
        known = [*(each for each in earlier if each not in known), *known]
    return known
