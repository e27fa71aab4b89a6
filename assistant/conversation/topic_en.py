"""The parts of an English question: how it begins, what it is about, and which words carry it.

There is no parser here: lists of the verbs and adjectives such questions use end the noun phrase
that names the topic.
"""

import re

from assistant.answering.question import ASKING, understand

QUESTION_WORD = "what|how|why|when|where|who|whom|whose|which"
AUXILIARY = (
    "is|are|was|were|does|do|did|can|could|should|would|will|has|have|had|must|may|might|shall"
)
LEADS = (
    "explain|describe|compare|contrast|define|discuss|summari[sz]e|tell me|list|give|show|name|"
    "outline|introduce|derive|prove|teach me"
)
GENERIC = (
    "method|model|approach|technique|algorithm|architecture|idea|trick|paper|work|system|concept|"
    "thing|mechanism|strategy|procedure|scheme|one|two|kind of model|variant|layer|case|metric|"
    "optimi[sz]er|dataset|benchmark|framework|library|tool|term|process"
)
_VERB = (
    "work|speed|save|reduce|differ|compare|help|improve|use|handle|avoid|make|need|scale|optimi[sz]e|"
    "perform|change|learn|train|generate|compute|solve|affect|increase|decrease|matter|fail|depend|"
    "require|get|give|hurt|lose|take|happen|produce|mean|want|allow|enable|prevent|become|run|share|"
    "behave|outperform|beat|replace|fit|suffer|store|keep|hold|look|combine|encode|represent|"
    "implement|support|divide|split|choose|select|predict|achieve|exist|apply|come|do|go|have|cause|"
    "accelerate|stabili[sz]e|converge|diverge|generali[sz]e|minimi[sz]e|maximi[sz]e|measure|"
    "evaluate|estimate|approximate|quanti[sz]e|compress|cost|lead|contain|include|begin|start|stop|"
    "end|know|decide|rotate|normali[sz]e|add|remove|cut|limit|lower|raise|boost|degrade|lack|offer|"
    "provide|serve|trade|treat|update|vary|yield"
)
_ENDS_SUBJECT = re.compile(
    rf"(?:{_VERB})|(?:{AUXILIARY})|\w{{2,}}ed|(?:done|made|built|chosen|known|written|found|given|"
    r"taken|learnt|shown|run|set|kept|held|seen)|(?:more|less|better|worse|faster|slower|larger|"
    r"smaller|cheaper|so|too|very|also|actually|still|exact|exactly|necessary|important|useful|"
    r"needed|possible|good|bad|slow|fast|popular|effective|efficient|stable|differentiable|"
    r"equivalent|optimal|safe|open|free|available|worth|enough|expensive|cheap|large|small|big)|"
    r"(?:in|on|for|with|without|from|to|than|by|at|during|when|while|if|because|as|instead|after|"
    r"before|under|between|that|which|who|not)",
    re.IGNORECASE,
)
_ENDS_OBJECT = re.compile(
    r"\s+(?:and|but)\s+(?:what|how|why|when|where|who|which|explain)\b.*|,\s.*", re.IGNORECASE
)
_LEAD = re.compile(
    rf"^(?:please\s+)?(?:(?:can|could|would) you\s+)?(?:please\s+)?(?:(?:{LEADS})\b\s*"
    r"(?:me\s+)?(?:more\s+)?(?:about\s+)?(?:to me\s+)?)+",
    re.IGNORECASE,
)
_WHAT_IS = re.compile(
    r"^(?:so\s+)?(?:what|who)(?:'s|\s+(?:exactly\s+)?(?:is|are|was|were))\s+(?:meant by\s+)?(.+)$",
    re.IGNORECASE,
)
_WHO_DID = re.compile(
    rf"^(?:who|what)\s+(?:first\s+)?(?!(?:{AUXILIARY})\b)\w+\s+(?:up\s+with\s+)?"
    rf"(?!(?:{AUXILIARY})\b)(.+)$",
    re.IGNORECASE,
)
_ASKED_OF = re.compile(
    rf"^(?:(?:{QUESTION_WORD})\s+)?(?:\w+\s+)??(?:\w+\s+)??(?:{AUXILIARY})\s+(?:not\s+)?(.+)$",
    re.IGNORECASE,
)
_HOW_X = re.compile(r"^(?:how|why|when|where|what|that|whether)\s+(.+)$", re.IGNORECASE)
_PERSON = re.compile(r"^(?:i|you|we|one|people|they)\s+(?:\w+ly\s+)?(.+)$", re.IGNORECASE)
_ARTICLE = re.compile(r"^(?:the|an?|some|any|its|their|my|your)\s+", re.IGNORECASE)
_ASPECT_OF = re.compile(r"^(?:[\w-]+\s+){1,3}?(?:of|behind|in|for|between)\s+(.+)$", re.IGNORECASE)
_WORD = re.compile(r"[^\W_][\w'+.-]*[\w+]|[^\W_]")

_LONGEST = 8
"""Words: a longer topic is cut down to the names in it, or to so many words."""

_SIDES = (
    "accuracy advantage algorithm alternative analogy answer application approach assumption "
    "author backward bad basic benchmark benefit best better bias big bigger bottleneck "
    "budget case cheap cheaper choice code common complexity component compute concept "
    "consequence constraint contribution con cost criticism data dataset default definition "
    "detail difference difficult difficulty dimension disadvantage downside drawback effect "
    "efficiency empirical equation error evaluation evidence example exact expensive "
    "experiment explanation fact factor failure fast faster feature finding formula forward "
    "function future goal good gradient hardware history hyperparameter idea impact "
    "implementation implication important improvement inference input insight intuition "
    "invented issue iteration key kind large larger latency layer length licence license "
    "limit limitation long low lower main mathematical maths math maximum memory method "
    "metric minimum mode motivation name necessary number objective optimal option origin "
    "original output overhead paper parameter part pass performance phase pitfall popular "
    "possible practice practical precision problem procedure pro property published purpose "
    "quality range rate reason recommended released relevant requirement required result risk "
    "role rule score setting setup shape side simple size slow slower small smaller software "
    "solution source space speed stage state step strength stride structure success task "
    "technique theory throughput time trade-off tradeoff training trick type typical "
    "underlying unit upper usage usual value variant variation version weakness weight work "
    "year use used uses disadvantages need needed trained done computed calculated measured "
    "evaluated chosen implemented tuned"
)
_ASPECTS = frozenset(_SIDES.split())


def content(text: str) -> list[str]:
    """Return the words of a text that carry it: neither asking words nor articles."""
    return [word for word in _WORD.findall(text) if word.lower() not in _EMPTY]


def aspects_only(words: list[str]) -> bool:
    """Say whether words name sides that anything has (cost, memory, drawbacks), not a thing."""
    return bool(words) and all(
        word.lower() in _ASPECTS or _singular(word.lower()) in _ASPECTS or word.isdigit()
        for word in words
    )


def is_name(word: str) -> bool:
    """Say whether a word is written like a name: with a capital, a digit, or top-k's hyphen."""
    return (any(sign.isupper() or sign.isdigit() for sign in word) and not word.isdigit()) or bool(
        re.fullmatch(r"[a-z]+-[a-z]", word)
    )


def topics(question: str) -> list[str]:
    """Return what an English question is about: both sides of a comparison, else one thing."""
    plain = " ".join(question.split()).rstrip(" ?!.")
    sides = understand(plain).sides
    if sides and all(len(side.split()) <= _LONGEST for side in sides):
        return [_trimmed(side) for side in sides]
    found = _up_to_name(_trimmed(_topic(_last_part(plain))))
    if len(found.split()) > _LONGEST:
        words = content(found)
        found = " ".join([word for word in words if is_name(word)] or words[:_LONGEST])
    return [found] if found else []


def _up_to_name(topic: str) -> str:
    """Return a topic without what follows its last name, where that is more than its noun."""
    words = topic.split()
    last = max((at for at, word in enumerate(words) if is_name(word)), default=len(words))
    if len(words) - last <= 2:
        return topic
    noun = re.fullmatch(rf"(?:{GENERIC})s?", words[last + 1], re.IGNORECASE)
    return " ".join(words[: last + 1 + bool(noun)])


def _last_part(plain: str) -> str:
    """Return the sentence that asks, without a condition before it."""
    asking = re.split(r"(?<=[.?!])\s+", plain)[-1]
    rest = re.sub(r"^(?:if|when|given|with|in|for|after|while)\b[^,]*,\s+", "", asking, flags=re.I)
    return rest if len(content(rest)) > 1 else plain


def _topic(plain: str) -> str:
    ordered = _LEAD.sub("", plain)
    if ordered != plain:
        clause = _HOW_X.match(ordered)
        return _subject(clause[1]) if clause else _object(ordered)
    if found := _WHAT_IS.match(plain):
        return _object(found[1])
    if found := _WHO_DID.match(plain):
        return _object(found[1])
    if found := _ASKED_OF.match(plain):
        person = _PERSON.match(found[1])
        return person[1] if person else _subject(found[1])
    if re.match(rf"(?:{QUESTION_WORD})\b", plain, re.IGNORECASE):
        return " ".join(content(plain))
    return _object(plain)


def _subject(text: str) -> str:
    """Return the noun phrase a clause begins with: all before its verb."""
    words = text.split()
    for at, word in enumerate(words):
        third = word[:-1] if word.endswith("s") else word
        if at and (_ENDS_SUBJECT.fullmatch(word) or _ENDS_SUBJECT.fullmatch(third)):
            return " ".join(words[:at])
    return text


def _object(text: str) -> str:
    """Return the thing named last: "X" of "the role of X"."""
    text = _ENDS_OBJECT.sub("", text)
    found = _ASPECT_OF.match(text)
    if found and aspects_only(content(text[: found.start(1)]) or ["?"]):
        return _object(found[1])
    words = _ARTICLE.sub("", text).split()
    for at, word in enumerate(words):
        if at and re.fullmatch(r"used|needed|that|which|when|while|if|because|instead", word):
            return " ".join(words[:at])
    return text


def _trimmed(topic: str) -> str:
    return _ARTICLE.sub("", topic).strip(" ,;:\"'")


def _singular(word: str) -> str:
    return word[:-3] + "y" if word.endswith("ies") else word.removesuffix("s")


_LITTLE = (
    "also not no so too more less much very really actually exactly else only even still ever "
    "any both what's that's it's isn't doesn't don't of off up out into over under within "
    "again same other another different people know like such now here every per via without"
)
_EMPTY = frozenset(f"{ASKING} {_LITTLE}".split())
