"""Follow-ups in English: fragments, pronouns and questions that leave out what they are about.

Each rule knows one way in which a question leans on the one before; the first that fits decides.
What no rule knows stays as it is.
"""

import re
from collections.abc import Callable, Sequence

from assistant.conversation.names import (
    names,
    only_name,
    other_named,
    swapped,
    swapped_after,
)
from assistant.conversation.pointing_en import OWN, anaphors, joined_topics, last_topics, resolve
from assistant.conversation.topic import topics
from assistant.conversation.topic_en import (
    AUXILIARY,
    GENERIC,
    LEADS,
    QUESTION_WORD,
    aspects_only,
    content,
    is_name,
)
from assistant.learning import primer

Rule = Callable[[str, Sequence[str], str], str | None]

_OPENER = re.compile(
    r"^(?:(?:thanks|thank you|ok|okay|great|well|right|i see|got it|hm+|sure|no|nope|sorry|"
    r"actually|"
    r"i (?:meant|mean|was asking about))\b[\s,.!]*)+",
    re.IGNORECASE,
)
_JOINT = re.compile(r"^(?:and|but|then|also|or|so)\b[\s,]*", re.IGNORECASE)
_ABOUT = re.compile(r"^(?:what|how) about\s+(.+)$", re.IGNORECASE)
_ALONE_WORD = re.compile(
    r"(?:why|how|when|where|who)(?: (?:not|so|come|exactly|is that))?",
    re.IGNORECASE,
)
_MORE = re.compile(
    r"(?:please )?(?:(?:can|could) you )?(?:please )?(?:tell me more|say more|more(?: details?)?|"
    r"go on|continue|elaborate|what do you mean|what does (?:it|this|that) mean|explain|"
    r"(?:explain|describe|clarify)(?: (?:it|this|that|further|more))+|in more detail|more on that)"
    r"(?: (?:about|on) (?:it|this|that|them))?(?: please)?(?: in (?:more )?(?:detail|depth))?"
    r"(?P<how>(?: more)? (?:simply|briefly|intuitively)| in simple(?:r)? (?:words|terms))?",
    re.IGNORECASE,
)
_EXAMPLE = re.compile(
    r"(?:please )?(?:(?:can|could) you )?(?:give|show|do you have)?\s*(?:me )?"
    r"(?:an |any |some |for )?(?:example|instance)s?(?: of (?:it|this|that|them))?(?: please)?",
    re.IGNORECASE,
)
_SUMMARY = re.compile(
    r"(?:please )?(?:summari[sz]e|sum up)(?: (?:it|this|that|them))?|in short|tl;?dr", re.IGNORECASE
)
_SAME = re.compile(
    r"(?:(?:does|is|do|are) )?(?:the )?same(?: question)?(?: (?:hold|true|apply|go))?"
    r" (?:for|to|of|with) (.+)",
    re.IGNORECASE,
)
_VERSUS = re.compile(
    r"(?:how does (?:it|this|that) |as )?(?:compare[ds]?|opposed) (?:to|with)\s+(.+)|"
    r"(?:vs\.?|versus|against|unlike)\s+(.+)",
    re.IGNORECASE,
)
_DIFFERENCE = re.compile(
    r"(?:what(?:'s| is| are)? )?(?:the )?(?:main |key )?differences?"
    r"(?:(?: (?:to|from|with)| between (?:it|this|that|them) and)\s+(?P<other>.+)"
    r"| between (?:them|the two|both))?",
    re.IGNORECASE,
)
_WHY_NOT = re.compile(r"why not (.+)", re.IGNORECASE)
_PREPOSITION = re.compile(
    r"(?:in|for|with|without|on|at|during|using|under|after|before|when|while|if)\b", re.IGNORECASE
)
_WHICH = re.compile(r"which(?: one| ones| of (?:them|these|the two|both))?\s+(.+)", re.IGNORECASE)
_VERBLESS = re.compile(r"(?P<how>how) (?:(?:much|many|long|often) )?\w+|why \w+", re.IGNORECASE)
_TO_CHOOSE = re.compile(
    rf"(?:what|which) \w+(?: \w+)? (?:{AUXILIARY}) (?:i|you|we|one|people) \w+(?: \w+)?", re.I
)
_DEFINES = re.compile(r"(?:what(?:'s| is| are)|define)\s+(?!the\b|an?\b|its\b|any\b|some\b)", re.I)
_THE = re.compile(r"\bthe (?=(([\w-]+)(?: [\w-]+)?))", re.IGNORECASE)
_ORDER = re.compile(rf"(?:{LEADS})\b", re.IGNORECASE)
_MEANT = re.compile(
    r"(?:no|nope|sorry|actually)?[\s,.]*i (?:meant|mean|was asking)\b", re.IGNORECASE
)
_OF_ONESELF = re.compile(r"\b(?:i|we|you|an?|of)\b", re.IGNORECASE)
_TIED = re.compile(r"\b(?:too|also|as well|still|then|the|any)\b", re.IGNORECASE)
_SENTENCE = re.compile(r"[.?!]\s+\S")


def rewrite(question: str, before: Sequence[str], answer: str) -> str:
    """Return a question so that it stands alone.

    Args:
        question: what is asked now.
        before: what was asked before, each in words that stand alone, oldest first; not empty.
        answer: the answer to the last of them; tells what a definite article points to.
    """
    plain = " ".join(question.split())
    meant = bool(_MEANT.match(plain))
    plain = _OPENER.sub("", plain)
    mark = "?" if plain.endswith("?") else ""
    plain = plain.rstrip(" ?!.")
    joined = bool(_JOINT.match(plain))
    asked = _JOINT.sub("", plain)
    if not asked or not topics(before[-1]):
        return question
    asked = other_named(asked, before[-1], answer) or asked
    for rule in _RULES:
        found = rule(asked, before, answer)
        if found is not None:
            return _ended(found, mark)
    found = _fragment(asked, before, joined=joined or meant or bool(mark))
    if found is None and _leans(asked, joined=joined):
        found = f"{asked} for {joined_topics(topics(before[-1]))}"
    if found is not None:
        return _ended(found, mark)
    return f"{asked}{mark}" if joined or asked not in question else question


def _leans(asked: str, *, joined: bool) -> bool:
    """Say whether a question that no rule knows has no subject of its own.

    It names nothing, neither by a name nor by anything the primer has a note on, and is short; and
    it is tied to what was said: by "and", "too", "the load" or a side that anything has.
    """
    words = content(asked)
    if not words or len(words) > OWN or names(asked) or primer.named(asked):
        return False
    if _DEFINES.match(asked) or _ORDER.match(asked) or _OF_ONESELF.search(asked):
        return False
    tied = joined or len(words) == 1 or _TIED.search(asked)
    return bool(tied) or any(aspects_only([word]) for word in words)


def _ended(rewritten: str, mark: str) -> str:
    return rewritten if _ORDER.match(rewritten) else f"{rewritten}{mark}"


# --- questions without words of their own


def _bare(asked: str, before: Sequence[str], _: str) -> str | None:
    about = joined_topics(topics(before[-1]))
    if _ALONE_WORD.fullmatch(asked):
        last = before[-1].rstrip(" ?!.")
        if len(topics(last)) > 1:
            word = asked.split()[0].lower()
            return f"{word} are there differences between {about}" if word == "why" else None
        if asked.lower() == "why" and (_ORDER.match(last) or _DEFINES.match(last)):
            return f"why {about}"
        return last if last.lower().startswith(asked.lower()) else f"{last}, and {asked.lower()}"
    if more := _MORE.fullmatch(asked):
        return f"explain {about}{more['how'] or ''}"
    if _EXAMPLE.fullmatch(asked):
        return f"give an example of {about}"
    if _SUMMARY.fullmatch(asked):
        return f"summarise {about}"
    return None


def _versus(asked: str, before: Sequence[str], _: str) -> str | None:
    known = topics(before[-1])
    if found := _VERSUS.fullmatch(asked):
        return f"compare {joined_topics(known)} with {found[1] or found[2]}"
    if found := _DIFFERENCE.fullmatch(asked):
        pair = [*known[:1], found["other"]] if found["other"] else last_topics(before)
        return f"what is the difference between {joined_topics(pair)}" if len(pair) > 1 else None
    if (found := _WHY_NOT.fullmatch(asked)) and len(found[1].split()) <= 4:
        return f"why {joined_topics(known)} and not {found[1]}"
    return None


def _which(asked: str, before: Sequence[str], _: str) -> str | None:
    found = _WHICH.fullmatch(asked)
    if found is None or any(is_name(word) for word in asked.split()[1:]):
        return None
    first = found[1].split()[0].lower()
    pair = last_topics(before)
    if len(pair) < 2 or not re.fullmatch(rf"{AUXILIARY}|\w+s|should|would", first):
        return None
    return f"{asked}, {' or '.join(pair)}"


def _condition(asked: str, before: Sequence[str], _: str) -> str | None:
    """Append "in PyTorch", "when training": a circumstance without a question."""
    words = asked.split()
    if not _PREPOSITION.match(asked) or len(words) > 6 or anaphors(asked):
        return None
    if any(re.fullmatch(AUXILIARY, word, re.IGNORECASE) for word in words):
        return None
    last = before[-1].rstrip(" ?!.")
    return swapped_after(last, asked) or f"{last} {asked}"


def _pointing(asked: str, before: Sequence[str], _: str) -> str | None:
    return resolve(asked, before)


# --- questions that leave out what they are about


def _elliptic(asked: str, before: Sequence[str], answer: str) -> str | None:
    about = joined_topics(topics(before[-1]))
    words = content(asked)
    if not words or any(is_name(word) for word in words) or about.lower() in asked.lower():
        return None
    if _SENTENCE.search(asked) or len(words) > OWN:
        return None
    short = _VERBLESS.fullmatch(asked)
    if _TO_CHOOSE.fullmatch(asked) or (short and (not short["how"] or aspects_only(words))):
        return f"{asked} for {about}"
    asks = re.match(rf"(?:{QUESTION_WORD}|{AUXILIARY}|any|list|give|name)\b", asked, re.IGNORECASE)
    if asks and aspects_only(words) and not _DEFINES.match(asked):
        return f"{asked} of {about}"
    said, known = answer.lower(), before[-1].lower()
    for found in _THE.finditer(asked):
        for thing in (found[1].lower(), found[2].lower()):
            plain = re.fullmatch(rf"(?:{GENERIC})s?", thing) or aspects_only([thing])
            if not plain and thing in said and thing not in known:
                return f"{asked} in {about}"  # spoken of in the answer: "how is the router trained"
    return None


_RULES: tuple[Rule, ...] = (_bare, _versus, _which, _condition, _pointing, _elliptic)


# --- fragments: "and MQA?", "what about the backward pass?"


def _fragment(asked: str, before: Sequence[str], *, joined: bool) -> str | None:
    found = _ABOUT.fullmatch(asked) or _SAME.fullmatch(asked)
    part = found[1] if found else asked
    asks = re.match(rf"(?:{QUESTION_WORD}|{AUXILIARY}|{LEADS})\b", part, re.IGNORECASE)
    if not found and (asks or not joined or len(part.split()) > 4):
        return None
    last = before[-1].rstrip(" ?!.")
    known = topics(last)
    about = joined_topics(known)
    name = only_name(part)
    if name and len(known) == 1 and (named := swapped(last, name)):
        return named
    if whose := re.match(r"(?:its|their)\s+(.+)", part, re.IGNORECASE):
        return f"explain the {whose[1]} of {about}"
    if part.lower().startswith("the "):
        return f"explain {part} of {about}"
    words = part.split()
    alike = any(map(is_name, words)) or not any(is_name(word) for word in about.split())
    if aspects_only(content(part)):
        return f"explain the {part} of {about}"
    if not alike:
        return f"explain {part} in {about}"
    if len(known) == 1 and known[0] in last:
        return last.replace(known[0], part, 1)
    return f"explain {part}"
