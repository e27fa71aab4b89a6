"""Follow-ups in Chinese: 那 MQA 呢？, 为什么？, 它…, and questions without a subject."""

import re
from collections.abc import Sequence

from assistant.conversation.names import only_name, other_named, swapped
from assistant.conversation.topic import ASKED, LATIN, topics
from assistant.learning import primer
from ingest.text.sentences import language

_LEANS = 10  # characters

_OPENER = re.compile(
    r"^(?:(?:好的?|谢谢|明白了?|嗯+|请问|对了|那么?|所以|另外|还有(?=[，,]))[，,。!！\s]*)+(?=\S)"
)
_INSTEAD = re.compile(r"^(?:换成|换做|改用|如果(?:用|换成|是)|用)\s*(?=.+呢$)")
_FRAGMENT = re.compile(r"(.+?)\s*(?:呢|怎么样|如何)")
_BARE = re.compile(
    r"(?:为什么|为何|怎么会|怎么做到的?|如何做到的?|什么时候|在哪里|谁)(?:不?(?:会|能|行|是|可以|"
    r"需要|这样|呢))?"
)
_MORE = re.compile(
    r"(?:请|能|可以|能不能)?(?:再)?(?:详细|具体|展开|进一步|继续|多)?(?:地)?(?:说说|讲讲|说一?下|"
    r"讲一?下|说明|"
    r"解释一?下?|介绍一?下?|说|讲|什么意思|继续)(?:吗|一点|一些|详细一?点|具体一?点)?|什么意思|"
    r"继续|还有呢?"
)
_SIMPLER = re.compile(
    r"(?:请|能|可以|能不能)?(?:再)?(?:说|讲|解释)?(?:得)?(?:简单|通俗)(?:一?点|些)?(?:地)?(?:说|"
    r"讲|解释)?(?:吗)?"
)
_EXAMPLE = re.compile(
    r"(?:请|能|可以|能不能)?(?:再)?(?:举|给)?(?:个|一个|些)?例子?(?:吗)?|比如(?:说)?|举例(?:说明)?"
)
_THINGS = (
    "方法|模型|技术|算法|架构|机制|做法|思路|论文|方案|概念|策略|结构|系统|技巧|过程|指标|框架|工具"
)
_MANY = re.compile(
    rf"它们|他们|二者|两者|这些(?:{_THINGS})?|那些(?:{_THINGS})?|这两(?:种|个)(?:{_THINGS})?"
)
_ONE = re.compile(
    rf"(?:这|那)(?:种|个|项|篇|类)(?:{_THINGS})?|(?:该|此|这)(?:{_THINGS})|(?<!其)它(?!们)|"
    r"^这(?![样里么些两])|^其(?![中他它余实次])"
)
_OF_TWO = re.compile(r"前者|后者")
_VERSUS = re.compile(
    r"(?:和|与|跟|同|相比|比起|相对于)\s*(.+?)\s*(?:相比|比较|比起来|比|对比|有什么区别|有何区别|"
    r"的区别|的不同)?"
    r"(?:是什么|怎么样|如何|呢|有什么(?:区别|不同|优势))?"
)
_SUBJECTLESS = re.compile(
    r"(?:有(?:什么|哪些|没有|多少|多大|何)|需要|能不?能?|可以|会不?会?|是(?:谁|什么时候|怎么|如何|"
    r"否)|由谁|"
    r"多少|多大|多快|占用?|适合|属于|为什么(?:能|会|要|比|不|需要|可以|有效|这么)|谁(?:提出|发明|"
    r"写)|"
    r"(?:什么时候|何时|哪一?年)(?:提出|发布|发表)|缺点|优点|优势|局限|原理|作用|好处|坏处|"
    r"对.{1,8}(?:有效|有用|适用|有帮助|有影响|重要|有什么|有意义|成立)|"
    r"(?:如何|怎么|怎样)(?:使?用|实现|训练|做|工作|计算|选择|推导|理解|解决|评估|优化|改进)(?:它|"
    r"的)?.{0,3}$)"
)
_ASPECT = re.compile(
    r"(?:它|其)?的?(?:内存|显存|速度|成本|代价|训练|推理|精度|准确率|质量|效果|性能|延迟|吞吐量?|"
    r"缺点|优点|局限|"
    r"参数量?|复杂度|原理|实现|公式|作用|优势|好处|区别|应用|数据|大小|长度|开销).{0,3}|.+(?:时|"
    r"的时候|方面|阶段|情况下|上|中)"
)
_OTHERS = re.compile(
    r"(?:还有|有没有|有)(?:没有)?(?:别的|其他|其它|另外的?|更好的)(?:什么)?(?:办法|方法|做法|方案|"
    r"例子|原因|选择).{0,2}"
)
_CLAUSE = re.compile(r"[，,；;。？?]")


def rewrite(question: str, before: Sequence[str], answer: str = "") -> str:
    """Return a Chinese question so that it stands alone; see :func:`follow_up_en.rewrite`."""
    plain = " ".join(question.split())
    asked = _OPENER.sub("", plain).rstrip(" ？?。.!！")
    asked = other_named(asked, before[-1], answer) or asked
    known = topics(before[-1])
    if not asked or not known:
        return question
    found = (
        _bare(asked, before[-1], known)
        or _versus(asked, known)
        or _pointing(asked, before)
        or _fragment(asked, before[-1], known)
        or _subjectless(asked, known)
        or (f"{_joined(known)} {asked}" if _leans(asked) else None)
    )
    return f"{found}？" if found else question


def _leans(asked: str) -> bool:
    """Say whether a short question names nothing, neither by a name nor a subject of the primer."""
    if len(asked) > _LEANS or LATIN.search(asked) or primer.named(asked):
        return False
    return not re.match(r"什么是|什么叫|解释|介绍|请|怎么样才|我", asked)


def _bare(asked: str, last: str, known: Sequence[str]) -> str | None:
    if _BARE.fullmatch(asked):
        return f"{last.rstrip(' ？?。.!！')}，{asked}"
    if _OTHERS.fullmatch(asked):
        return f"{last.rstrip(' ？?。.!！')}，{asked}"
    if _EXAMPLE.fullmatch(asked):
        return f"举一个{_joined(known)}的例子"
    if _SIMPLER.fullmatch(asked):
        return f"简单解释一下{_spaced(_joined(known))}"
    if _MORE.fullmatch(asked):
        return f"详细解释一下{_spaced(_joined(known))}"
    return None


def _versus(asked: str, known: Sequence[str]) -> str | None:
    found = _VERSUS.fullmatch(asked)
    if found is None or found[1] in ("它", "它们"):
        return None
    return f"{_joined(known)} 和 {found[1]} 有什么区别"


def _pointing(asked: str, before: Sequence[str]) -> str | None:
    known = topics(before[-1])
    text = asked
    if len(known) > 1 and (found := _OF_TWO.search(text)):
        which = known[0] if found[0] == "前者" else known[1]
        text = text[: found.start()] + _spaced(which) + text[found.end() :]
    for pattern, about in ((_MANY, _pair(before)), (_ONE, known)):
        found = pattern.search(text)
        if found and not _has_antecedent(text, found):
            text = f"{text[: found.start()]}{_spaced(_joined(about))}{text[found.end() :]}"
    return text.strip() if text != asked else None


def _has_antecedent(text: str, pronoun: re.Match[str]) -> bool:
    ends = [found.start() for found in _CLAUSE.finditer(text, 0, pronoun.start())]
    return bool(ends) and ends[-1] >= 4


def _fragment(asked: str, last: str, known: Sequence[str]) -> str | None:
    found = _FRAGMENT.fullmatch(_INSTEAD.sub("", asked))
    if found is None or ASKED.match(found[1]) or len(found[1]) > 16:
        return None
    part = found[1].strip()
    if _ASPECT.fullmatch(part):
        joint = "" if part.endswith(("时", "时候", "下")) else "的"
        return f"{_joined(known)}{joint}{part.removeprefix('它').removeprefix('其')}怎么样"
    alone = len(known) == 1 and language(last) == "zh"
    name = only_name(part)
    if alone and name and (named := swapped(last.rstrip(" ？?。.!！"), name)):
        return named
    if len(known) == 1 and language(last) == "zh" and known[0] in last:
        return last.rstrip(" ？?。.!！").replace(known[0], part, 1)
    return f"解释一下 {part}"


def _subjectless(asked: str, known: Sequence[str]) -> str | None:
    if _SUBJECTLESS.match(asked) and not any(topic in asked for topic in known):
        return f"{_joined(known)} {asked}"
    return None


def _pair(before: Sequence[str]) -> list[str]:
    known = topics(before[-1])
    if len(known) == 1 and len(before) > 1:
        known = [*(each for each in topics(before[-2]) if each not in known), *known]
    return known


def _joined(things: Sequence[str]) -> str:
    return " 和 ".join(things)


def _spaced(text: str) -> str:
    return f" {text} " if LATIN.search(text) else text
