"""Requests about what to read: in which order, and what once something is read."""

import re

from assistant.collection.asked import (
    Asked,
    alone,
    hours_in,
    trimmed,
    without_hours,
)
from assistant.collection.request import HOLDINGS, PATH, Request
from assistant.collection.vocabulary import LANGUAGES, SAID, WORDING
from assistant.wording import whole

_AROUND_LEARNING = WORDING.whole["around_learning"]


def path(asked: Asked) -> Request | None:
    """What should I read first to understand X?"""
    t = asked.text
    match = SAID["learn"].search(t)
    hours = hours_in(t)
    if match is None and not (hours and re.search(r"\b(?:read|study|learn)\b|[学读看]", t, re.I)):
        return None
    if (
        match
        and match[0].casefold() == "learning"
        and not (asked.has("thing") and asked.has("bring"))
    ):
        others = [other for other in SAID["learn"].finditer(t) if other[0].casefold() != "learning"]
        if not others:
            return None
    # a field is learnt by reading, one thing of it by an explanation
    explains = re.match(r"walk me through\b(?!.*\b(?:scratch|zero|courses?)\b)", t, re.IGNORECASE)
    if explains:
        return None
    subject = trimmed(without_hours(asked.subject("learn", "list")))
    subject = trimmed(re.sub(r"(?i)^(?:only |i have |learn|study|understand|read)\b", "", subject))
    subject = trimmed(SAID["shelves"].sub(" ", SAID["have"].sub(" ", subject)))
    subject = trimmed(_AROUND_LEARNING.sub(" ", subject))
    if not subject:
        return None
    if (
        asked.has("bring", "unit")
        and asked.has("have")
        and not SAID["learn"].search(whole(r"入门(?!手册)").sub(" ", t))
    ):
        return None  # easy material is asked for, no order
    if any(language.search(subject) for language in LANGUAGES.values()) or asked.conditions:
        for language in LANGUAGES.values():
            subject = language.sub(" ", subject)
        return asked.request(HOLDINGS, subject=trimmed(subject))  # no path is of one language
    return asked.request(PATH, subject=alone(subject), hours=hours)
