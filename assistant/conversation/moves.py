"""What a person says that asks nothing new: thanks, a greeting, "yes", or "the same, shorter".

Such a turn is made of courtesy, or of words for the manner of an answer, and of nothing else: each
word is looked up, no sentence is matched. What has any other word is a question.
"""

import re
from dataclasses import dataclass

from assistant.wording import wording
from ingest.text.scripts import has_han

THANKS, GREETING, BYE, YES, NO, FINE, WHO, AGAIN = (
    "thanks", "greeting", "bye", "yes", "no", "fine", "who", "again",
)  # fmt: skip

_MARKS = {
    THANKS: "thanks thank thx ty cheers thankyou appreciate appreciated",
    BYE: "bye goodbye farewell goodnight",
    GREETING: "hi hello hey greetings morning afternoon evening hiya",
    NO: "no nope nah wrong incorrect",
    YES: "yes yeah yep yup yea correct exactly indeed",
    FINE: "ok okay k great good nice cool perfect awesome excellent wonderful brilliant lovely "
    "fine alright right sure understood interesting wow helpful clear gotcha",
}  # fmt: skip
_MARK_OF = {word: kind for kind, words in _MARKS.items() for word in words.split()}
_ORDER = (THANKS, BYE, GREETING, NO, YES, FINE)
_POLITE = (
    "you u so very much a lot many for your the help answer answers that this it was is s helps "
    "helped really all now then later see ya there dear got i get understand understood please pls "
    "again too and well done how are doing today everyone everybody makes sense exactly me to one "
    "bit friend mate quite super hm hmm hmmm mm mhm ah aha oh uh huh"
)
_COURTESY = frozenset(_POLITE.split())
_ZH = {
    THANKS: r"谢谢?|多谢|感谢|辛苦了?",
    BYE: r"再见|拜拜|回头见|晚安",
    GREETING: r"你好|您好|早上好|下午好|晚上好|早安|嗨|哈喽|在吗",
    NO: r"不是|不对|不用|不要|错了|没有",
    YES: r"是的?|对的?|没错|要的?|可以",
    FINE: r"好的?|嗯+|明白|知道|了解|懂|行|不错|很好|太好|清楚|原来如此",
}
_ZH_FILLER = r"你|您|了|啊|哦|呀|呢|吧|嘛|的|我|大家|非常|十分|很|太|都|啦|！|!|。|，|,|\s|~|～"
_WORDING = wording("conversation")
_WHO = _WORDING.patterns["who"]

_MANNERS = {
    "shorter": "shorter short brief briefly concise concisely condensed tldr shorten",
    "longer": "longer long elaborate extensive lengthier detail details detailed depth deeper "
    "expand",
    "simpler": "simpler simple simply easier plainly plain eli5 layman",
    "zh": "chinese mandarin",
    "en": "english",
    "other": "french german spanish japanese korean russian italian portuguese hindi arabic dutch",
    "table": "table tabular",
    "list": "bullet bullets bulleted points bulletpoints",
    "repeat": "repeat rephrase reword reformulate rewrite",
    "sure": "sure certain",
}  # fmt: skip
_MANNER_OF = {word: manner for manner, words in _MANNERS.items() for word in words.split()}
_DOUBTS = _WORDING.patterns["doubts"]
_DROPS = _WORDING.patterns["drops"]
_DROPS_ZH = _WORDING.exact["drops_zh"]
_AS_TO_A_CHILD = _WORDING.patterns["as_to_a_child"]
_LOST = _WORDING.patterns["lost"]
"""What a person says who did not understand the answer."""
_LOST_ZH = _WORDING.exact["lost_zh"]
_TOO = {
    "shorter": _WORDING.patterns["too_long"],
    "longer": _WORDING.patterns["too_short"],
    "simpler": _WORDING.patterns["too_hard"],
}
"""What a person complains of, by the manner that mends it."""
_BETWEEN = (
    "please pls can could would will you it that this say said put make made give me in a an as "
    "the "
    "answer one two three sentence sentences word words more much even but again tell explain "
    "explained summarise summarize translate translated translation into to list form format "
    "version "
    "like i'm im i am kid 5 "
    "and of kindly just now with for beginner beginners five year old child terms language write "
    "show try is are was do so my your same but hm hmm still ok okay thx thanks 1 2 3 4 "
    "that's thats sth bit little too ugh"
)
_GLUE = frozenset(_BETWEEN.split())
_ZH_MANNERS = {
    "shorter": r"简短|短|精简|一句话|两句话|太长|太啰嗦|啰嗦",
    "longer": r"长一?点|再长|详细|具体|展开|太短|太简略",
    "simpler": r"简单|通俗|易懂|浅显|[说讲]人话|大?白话|太难|太复杂|太专业|太深奥?",
    "zh": r"中文|汉语",
    "en": r"英文|英语",
    "table": r"表格",
    "list": r"要点|分点|列表|条目",
    "repeat": r"再说一[遍次]|重复|换个说法|换种说法",
    "sure": r"确定|真的|肯定",
}
_ZH_GLUE = (
    r"请|能|可以|可不可以|再|更?多|用|说|讲|得|地|的|一点儿?|一些|些|成|换|把|它|这个|那个|回答|解释|吗|"
    r"一下|你|以|"
    r"太|了|形式|方式|翻译|写|改|更|给我|来|表示|列出|做|个|？|\?|！|。|，|,|\s"
)


@dataclass(frozen=True, slots=True)
class Move:
    """What a turn does: one of the kinds above; ``manners`` say how to put the same ``AGAIN``."""

    kind: str
    manners: frozenset[str] = frozenset()


def move(text: str) -> Move | None:
    """Return what a turn does that asks nothing new; None for a question."""
    flat = " ".join(text.replace("’", "'").split()).strip()
    plain = flat.strip(" .!?,;:…。！？，~")
    if not plain or len(plain) > 80:
        return None
    if _WHO.fullmatch(plain):
        return Move(WHO)
    if _DROPS.fullmatch(plain.replace(",", "")) or _DROPS_ZH.fullmatch(plain):
        return Move(FINE)
    if _LOST_ZH.fullmatch(plain):
        return Move(AGAIN, frozenset({"simpler"}))
    if has_han(plain):
        return _chinese(plain)
    manners = {manner for manner, said in _TOO.items() if said.search(plain)}
    for said in _TOO.values():
        plain = said.sub(" ", plain)
    words = re.findall(r"[a-z0-9]+(?:['-][a-z]+)?", plain.casefold().replace("tl;dr", "tldr"))
    if _DOUBTS.fullmatch(plain) or words[-2:] == ["you", "sure"]:
        return Move(AGAIN, frozenset({"sure"}))
    if _LOST.fullmatch(plain):
        return Move(AGAIN, frozenset({"simpler"}))
    kinds = {_MARK_OF[word] for word in words if word in _MARK_OF}
    if kinds and all(word in _MARK_OF or word in _COURTESY for word in words):
        return Move(next(kind for kind in _ORDER if kind in kinds))
    manners |= {_MANNER_OF[word] for word in words if word in _MANNER_OF}
    if _AS_TO_A_CHILD.search(plain):
        manners.add("simpler")
    if re.search(r"\b(?:one|two|a single|[1-4]) sentences?\b", plain, re.IGNORECASE):
        manners.add("shorter")
    if manners and all(word in _MANNER_OF or word in _GLUE for word in words):
        return Move(AGAIN, frozenset(manners))
    return None


def _chinese(plain: str) -> Move | None:
    courtesy = "|".join((*_ZH.values(), _ZH_FILLER))
    if re.fullmatch(rf"(?:{courtesy})+", plain):
        for kind in _ORDER:
            if re.search(_ZH[kind], plain):
                return Move(kind)
    manners = {name for name, words in _ZH_MANNERS.items() if re.search(words, plain)}
    every = "|".join((*_ZH_MANNERS.values(), _ZH_GLUE))
    if manners and re.fullmatch(rf"(?:{every})+", plain):
        return Move(AGAIN, frozenset(manners))
    return None
