"""Words, by language: those that carry no subject, those that only ask, and plurals.

The classes are closed: a list here is whole, not a sample. Words are in lower case.
"""

import re


def word_set(text: str) -> frozenset[str]:
    """Return the words of a list that is written with spaces between them."""
    return frozenset(text.split())


def run_together(text: str) -> str:
    """Return the letters and digits of a text without case and without what is between them."""
    return re.sub(r"[\W_]+", "", text).casefold()


FUNCTION_WORDS: dict[str, frozenset[str]] = {
    "en": word_set(
        """
        a an the this that these those such same other another each every either neither both
        all any some no none few many more most much less several own i me my mine we us our
        ours you your yours he him his she her hers it its they them their theirs one ones who
        whom whose which what itself themselves am is are was were be been being do does did
        doing done have has had having can could may might must shall should will would and or
        but nor so yet if because since as while although though unless until when where whether
        than then thus hence therefore however about above after against along among around at
        before behind below beneath beside between beyond by down during for from in inside into
        like near of off on onto out outside over per through to toward towards under up upon
        via with within without also again already always ever even here how just not now often
        only once quite rather really still there too very well why
        """
    ),
    "zh": word_set(
        """
        的 了 着 过 地 得 是 有 在 和 与 跟 及 或 而 但 也 都 就 才 还 又 很 更 最 不 没 这 那
        它 他 她 我 你 我们 你们 他们 它们 这个 那个 这些 那些 一个 一种 以及 因为 所以 如果
        可以 并且 其 其中 对 对于 关于 把 被 让 使 从 到 由 于 以 为 等 之
        """
    ),
}
"""Words that carry no subject of their own, by language."""

ASKING_WORDS: dict[str, frozenset[str]] = {
    "en": word_set(
        """
        ask compare compared contrast define describe differ difference differences different
        difference's discuss explain explained find get give happen happens happened help know
        let list long make makes mean means meant name need please say says show summarise
        summarize take takes tell try use used uses using versus vs want way work works
        """
    ),
    "zh": word_set(
        """
        请问 请 解释一下 介绍一下 说明一下 解释 介绍 说明 告诉我 为什么 为何 是什么 什么是
        有什么 什么 怎么样 怎么 怎样 如何 哪一个 哪个 哪些 哪里 多少 多大 多长 几个 是否 能否 吗
        呢
        """
    ),
}
"""Words that say that something is asked, not what, beside the function words."""

QUESTION_WORDS = word_set(
    """
    a about am an and any are as ask at be been being between by can compare compared
    contrast could describe did differ difference differences different do does doing each
    every explain for from get give had happen has have how i if in is it its just list long
    make many may me mean means might much must my need of on one or our please should show
    so some summarise summarize take tell than that the their them then there these they
    this those to try use used using versus very vs was way were what when where whether
    which who whom whose why will with work works would you your
    """
)
"""English words with which questions are put: what names nothing but these names no thing."""

_ASKING_ZH = re.compile("|".join(sorted(ASKING_WORDS["zh"], key=lambda word: (-len(word), word))))
_NO_PLURAL = re.compile(
    r"(?:ss|us|is)$|^(?:alias|atlas|bias|canvas|gas|lens|news|series|chaos|pathos)$"
)
_ACRONYMS = re.compile(r"[A-Z][A-Z0-9]*s")
_IN_CHE = word_set("aches avalanches caches cliches creches headaches niches quiches")


def says_nothing(word: str, language: str = "en") -> bool:
    """Say whether a word, in lower case, carries no subject: a function word, or one that asks."""
    return word in FUNCTION_WORDS[language] or word in ASKING_WORDS[language]


def without_asking(text: str) -> str:
    """Return a Chinese question with the words that only ask put out, a space in their place.

    Chinese has no spaces: the longest of the words that fit is taken.
    """
    return _ASKING_ZH.sub(" ", text)


def singular(word: str) -> str:
    """Return the singular of an English noun by the regular rules: "queries" is "query".

    What no rule makes a plural ("bias", "loss", "corpus") stays as it is, in its own case.
    """
    lower = word.lower()
    if _ACRONYMS.fullmatch(word) and len(word) > 2:
        return word[:-1]
    if len(word) < 4 or not lower.endswith("s") or _NO_PLURAL.search(lower):
        return word
    if lower.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    if lower.endswith(("sses", "shes", "xes", "zzes", "iases")):
        return word[:-2]
    if lower.endswith("ches") and lower not in _IN_CHE:
        return word[:-2]
    return word[:-1]
