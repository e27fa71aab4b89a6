"""Questions made of headings and definitions, by rules of English grammar and no model.

Headings of the primer are indirect questions ("How LoRA works") or noun phrases ("Adam and AdamW");
each becomes something a learner can be asked.
"""

import re

from assistant.wording import wording

_WORDING = wording("sentences")
_ASKS = _WORDING.exact["heading_asks"]
_BE = _WORDING.exact["be"]
_DOES = {
    "exists": "exist", "works": "work", "costs": "cost", "fails": "fail", "helps": "help",
    "pays": "pay", "arises": "arise", "learns": "learn", "differs": "differ", "adds": "add",
    "extrapolates": "extrapolate", "contains": "contain", "saves": "save",
}  # fmt: skip
_DO = {"vanish", "persist", *_DOES.values()}
_PARTS = {
    "related methods": ("how {do} {it} differ from related methods", "the methods related to it"),
    "neighbours": ("how {do} {it} differ from {its} neighbours", "{its} neighbours"),
    "limits": ("what are the limits of {it}", "{its} limits"),
    "failures": ("where {do} {it} fail", "{its} failures"),
    "cost": ("what {do} {it} cost", "{its} costs"),
    "costs": ("what {do} {it} cost", "{its} costs"),
}
_DOING = {"evaluating", "learning", "serving"}
_HEAD_NOUN = _WORDING.exact["head_noun"]
_DEFINES = _WORDING.exact["defines"]
_SAYS_WHAT = _WORDING.words["says_what"]
_NO_SUBJECT = _WORDING.patterns["no_subject"]


def topic_in_text(topic: str, text: str) -> str:
    """Return a topic as it stands inside a sentence: "KV cache: ..." becomes "the KV cache".

    What follows a colon is left out; an article stands before it if the text mostly has one.
    """
    short = topic.split(": ", 1)[0].strip()
    short = lowered(re.sub(r" \([^()]* [^()]*\)$", "", short), text)
    name = re.escape(short)
    uses = len(re.findall(rf"\b{name}\b", text, re.IGNORECASE))
    led = len(re.findall(rf"\bthe {name}\b", text, re.IGNORECASE))
    return f"the {short}" if led >= 2 and 2 * led >= uses else short


def lowered(phrase: str, text: str) -> str:
    """Return a phrase with a small first letter unless ``text`` shows that it is a name."""
    first, *others = re.split(r"[\s,;:()]+", phrase)
    if first in ("The", "A", "An"):
        return first.lower() + phrase[len(first) :]
    if not first.isascii() or re.search(r"\d", first) or first[1:] != first[1:].lower():
        return phrase
    if others and others[0].istitle():
        return phrase
    small = first[:1].lower() + first[1:]
    amid = re.search(rf"[a-z,;] {re.escape(first)}(?![\w-])", text)
    return phrase if amid and not _whole(small, text) else small + phrase[len(first) :]


def is_plural(phrase: str) -> bool:
    """Say whether a noun phrase takes "are"."""
    if "," in phrase or " and " in phrase or phrase in ("both", "all"):
        return True
    head = _HEAD_NOUN.split(phrase, maxsplit=1)[0].split()[-1:]
    return bool(head and re.search(r"[a-z][^\Wsui]s$|[A-Z]{2}s$", head[0]))


def of_topic(topic: str) -> str:
    """Return the question what a topic is."""
    if topic.split(" ", 1)[0].lower() in _DOING:
        return f"What does {topic} mean?"
    return f"What {'are' if is_plural(topic) else 'is'} {topic}?"


def of_heading(heading: str, topic: str, text: str, *, standing: bool) -> str:
    """Return the question a section answers.

    Args:
        heading: the section's heading.
        topic: the subject of the document, as ``topic_in_text`` gives it.
        text: the document, which shows what words are names.
        standing: whether the heading itself names the subject; else the question says it first.
    """
    parts = re.split(r",? and (?:its )?|, ", heading.lower())
    if all(part in _PARTS for part in parts) and len(parts) <= 2:
        return _of_parts(parts, topic)
    question = _of_words(heading, text)
    if not standing:
        question = f"{_capital(topic)}: {question[:1].lower()}{question[1:]}"
    return question


def definition(sentence: str, text: str) -> tuple[str, str] | None:
    """Return (subject, question) if a sentence of ``text`` says what something is, else None."""
    match = _DEFINES.match(sentence)
    if match is None or _NO_SUBJECT.match(match[1]):
        return None
    subject = lowered(match[1], text)
    if subject.islower() and " " not in subject:
        return None  # an everyday word: "Energy is the limit"
    return match[1], f"What {match[2]} {subject}?"


def definition_of(names: list[str], sentence: str) -> str | None:
    """Return the name, one of ``names``, that a sentence defines, in English or Chinese."""
    for name in names:
        if re.match(rf"(?:The |An? )?{re.escape(name)}{_SAYS_WHAT}", sentence, re.IGNORECASE):
            return name
    return None


def _of_parts(parts: list[str], topic: str) -> str:
    plural = is_plural(topic)
    words = {"do": "do" if plural else "does", "its": "their" if plural else "its"}
    first = _PARTS[parts[0]][0].format(it=topic, **words)
    rest = [f", and what are {_PARTS[part][1].format(**words)}" for part in parts[1:]]
    return f"{_capital(first)}{''.join(rest)}?"


def _of_words(heading: str, text: str) -> str:
    asked = _ASKS.match(heading)
    if asked is None:
        return f"Explain {lowered(heading, text)}."
    word, rest = asked[1], asked[2]
    if be := _BE.match(rest):
        return f"{word} {be[2]} {' '.join(filter(None, (be[1], be[3])))}?"
    subject, _, last = rest.rpartition(" ")
    if rest.startswith(("to ", "not ")):
        subject = ""
    if subject and last in _DOES and " and" not in rest:
        return f"{word} does {subject} {_DOES[last]}?"
    if subject and last in _DO and (last != "work" or word == "How"):
        auxiliary = "do" if is_plural(subject) else "did"
        return f"{word} {auxiliary} {subject} {last}?"
    if word == "Why" and len(rest.split()) < 3:
        return f"{heading}?"
    return f"Explain {word.lower()} {rest}."


def _whole(word: str, text: str) -> bool:
    return re.search(rf"(?<![\w-]){re.escape(word)}(?![\w-])", text) is not None


def _capital(phrase: str) -> str:
    return phrase[:1].upper() + phrase[1:]
