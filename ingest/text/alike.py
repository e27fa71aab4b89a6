"""What is written otherwise and says the same: small words of one class, British and American.

The classes stand in ``data/alike.toml``.
"""

import re
import tomllib
from functools import cache

from ingest.shipped import shipped

_BRITISH = {
    "grey": "gray", "artefact": "artifact", "programme": "program", "sceptic": "skeptic",
    "mould": "mold", "judgement": "judgment", "ageing": "aging", "whilst": "while",
    "amongst": "among", "towards": "toward", "afterwards": "afterward", "learnt": "learned",
    "defence": "defense", "offence": "offense", "licence": "license", "pretence": "pretense",
    "practise": "practice", "practised": "practiced", "practising": "practicing",
    "tyre": "tire", "cosy": "cozy", "plough": "plow", "fulfil": "fulfill", "enrol": "enroll",
    "skilful": "skillful", "draught": "draft", "storey": "story", "aluminium": "aluminum",
}  # fmt: skip
_EACH_ZH = "每个"
_COUNTED_SO = "种节条张位篇款台座只间本份艘袋辆匹颗棵株朵片幅盏册件根枚支块项"
_RULES = tuple(
    (re.compile(pattern), new)
    for pattern, new in (
        (r"(?<=[a-z]{2})our(?=(?:s|ed|ing|ful|less|able|ite|ites|hood|hoods|al|ally)?$)", "or"),
        (r"(?<=[a-z]{3})is(?=(?:e|es|ed|ing|er|ers|able|ation|ations|ational)$)", "iz"),
        (r"(?<=[a-z]{2})ys(?=(?:e|es|ed|ing|er|ers)$)", "yz"),
        (r"(?<=[a-z]{2}[tb])re(?=s?$)", "er"),
        (r"(?<=[a-z]{3}og)ue(?=s?$)", ""),
        (r"(?<=[aeiouy])(?<=[a-z]{4})ll(?=(?:ed|ing|er|ers)$)", "l"),
    )
)


@cache
def american(word: str) -> str:
    """Return an English word in small letters as Americans write it, to be compared and not read.

    Rules know no words: what is no British spelling may come out as no word at all, the same way
    every time.
    """
    if not word.isascii():
        return word
    if "-" in word:
        return "-".join(map(american, word.split("-")))
    bare, plural = (word[:-1], "s") if word[:-1] in _BRITISH and word[-1] == "s" else (word, "")
    if bare in _BRITISH:
        return _BRITISH[bare] + plural
    for pattern, new in _RULES:
        word = pattern.sub(new, word)
    return word


@cache
def classes() -> dict[str, str]:
    """Return the small words and phrases that others can stand for, each with what stands for it.

    In small letters, one space between the words of a phrase.
    """
    tables = tomllib.loads(shipped("alike.toml").read_text("utf-8"))
    found: dict[str, str] = {}
    for line in "\n".join(tables.values()).strip().split("\n"):
        members = [member.strip() for member in line.split("|") if member.strip()]
        found |= dict.fromkeys(members, members[0] if members else "")
        if _EACH_ZH in members:  # each of what is counted so
            found |= dict.fromkeys((f"{_EACH_ZH[0]}{each}" for each in _COUNTED_SO), members[0])
    return found


@cache
def _small() -> re.Pattern[str]:
    longer = {member for member in classes() if member.isascii() or len(member) > 1}
    return re.compile(_one_of(longer), re.IGNORECASE)


def without_small(text: str) -> str:
    """Return a text without those small words, Chinese ones of a character aside."""
    return _small().sub(" ", text)


@cache
def pattern_of_classes() -> str:
    """Return a pattern of the members of all classes, the longest first."""
    return _one_of(set(classes()))


def _one_of(some: set[str]) -> str:
    members = sorted(some, key=lambda member: (-len(member), member))
    english = "|".join(re.escape(each).replace(r"\ ", r"\s+") for each in members if each.isascii())
    chinese = "|".join(each for each in members if not each.isascii())
    return rf"(?<![\w-])(?:{english})(?![\w-])|{chinese}"
