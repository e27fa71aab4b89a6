"""What a question is about, in English or Chinese, so that the next one can lean on it."""

import re

from assistant.answering.question import understand
from assistant.conversation import topic_en
from ingest.text.sentences import language

LATIN = re.compile(r"[A-Za-z][\w.+-]*(?:[ -][A-Z0-9][\w.+-]*)*")
ASKED = re.compile(
    r"(?:是)?(?:为什么|为何|如何|怎么|怎样|有什么|有哪些|有没有|有多|是什么|是谁|由谁|什么|哪些|"
    r"哪个|多少|多大|能|可以|会|"
    r"需要|是否|吗|优化|解决|减少|提高|降低|使用|采用|包含|影响|改变|适合|占用|支持|工作)"
)
_LEAD = re.compile(
    r"^(?:请|请问)?(?:解释|介绍|说明|描述|比较|讲解|说说|讲讲)(?:一下|下)?|^(?:什么是|什么叫|"
    r"谁提出了|谁发明了|谁写了)|"
    r"^(?:为什么|为何|如何|怎么|怎样)"
)
_TAIL = re.compile(r"(?:的(?:原理|作用|缺点|优点|定义|含义|概念|区别|思想|工作原理))$")
_VERB = re.compile(
    r"^(?:要|会|能|需要|可以|应该|该)*(?:使用|采用|减少|提高|降低|避免|解决|实现|训练|评估|选择|"
    r"计算|理解|用)(?=.{2})"
)


def topics(question: str) -> list[str]:
    """Return what a question is about: both sides of a comparison, else one thing, else nothing."""
    plain = " ".join(question.split()).rstrip(" ？?。.!！")
    if language(plain) != "zh":
        return topic_en.topics(plain)
    if sides := understand(plain).sides:
        return [_LEAD.sub("", side).strip() for side in sides]
    rest = _VERB.sub("", _LEAD.sub("", plain).strip())
    cut = ASKED.search(rest)
    if cut and cut.start() > 0:
        rest = rest[: cut.start()]
    rest = _TAIL.sub("", rest.strip(" ，,的是在"))
    if not rest and (latin := LATIN.search(plain)):
        return [latin[0]]
    return [rest] if rest else []
