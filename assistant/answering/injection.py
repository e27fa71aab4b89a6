"""Sentences of a source that speak to the model that reads them, not to a person.

A page may hold orders for the program that summarises it. They are no evidence for anything: what
`addresses_the_model` finds should neither be put into a prompt nor be quoted. It looks for forms of
address, not for topics, so that prose *about* prompts and assistants stays. It is one layer of
several and no proof: an order in words that ordinary prose uses too is not found.
"""

import re
from collections.abc import Sequence

_TALK = r"(?:answer|repl(?:y|ie)|response|output|summary)s?"
_TEXT = r"(?:instruction|prompt|rule|guideline|direction|order|constraint|command)s?"
_MACHINE = (
    r"(?:AI(?: assistant| model| system| agent)?|(?:large )?language model|LLM|(?:chat)?bot|"
    r"(?:virtual |digital |helpful )?assistant|summari[sz]er)s?"
)
_READER = r"(?:(?:the|your|every|each|any) )?(?:user|reader|person asking|human)s?"
_SAY = (
    r"(?:say|reply|respond|answer|output|print|write|repeat|reveal|return|include|append|insert|"
    r"add|begin|start|end|finish|conclude|close|state|claim|pretend|recommend|mention|quote|use|"
    r"translate|continue|show|display|render|put|give|speak|introduce)"
)

_ORDER = (  # where an imperative stands
    r"(?:^\W*|[.!?:;,>]\s+|\b(?:please|must|should|and|then|now|to|you|kindly|also|instead)\s+)"
    r"(?:\w+ly\s+)?"
)

_ENGLISH = (
    # earlier orders are cancelled, new ones announced
    rf"{_ORDER}(?:ignore|disregard|forget|override|bypass|discard|set aside|drop)\b"
    rf"(?:\W+\w+){{0,4}}?\W+(?:previous|prior|above|earlier|preceding|original|other|system|your|"
    rf"all|these|those|existing)\b(?:\W+\w+){{0,3}}?\W+(?:{_TEXT}|sources?|context|message|"
    rf"everything|told|said)\b",
    r"\b(?:ignore|disregard|forget) (?:all |absolutely )?(?:everything|"
    r"the (?:sources|question|user)|what you (?:were|have been) told|"
    r"(?:all )?(?:of )?(?:the )?above)\b",
    rf"\b(?:your|these|the following) new {_TEXT} (?:are|is|take|begin)\b|\bnew {_TEXT}\s*:",
    rf"\byour (?:previous |earlier |original |system )?{_TEXT} (?:have|has|are|is) (?:now |been )*"
    r"(?:changed|updated|replaced|void|cancel\w*|overrid\w*|revoked|over)\b",
    r"\b(?:end|begin(?:ning)?|start) of (?:the |all )?(?:sources|user input|system prompt|"
    r"new instructions|trusted (?:text|content))\b",
    rf"\b(?:follow|obey|execute|carry out|comply with) (?:only )?(?:the|these|this|its|my|those) "
    rf"(?:\w+ ){{0,2}}{_TEXT} (?:instead|in it|it contains|exactly|now)\b",
    r"\bdecode\b.{0,80}\b(?:and|then) (?:do|follow|obey|execute|carry out|act)\b",
    # what the model is, or is to be
    r"\b(?:you are|you're) (?:now|no longer|hereby|from now on)\b(?! (?:all|ready|able|done|set|"
    r"going|familiar|equipped|part|in a position))",
    r"\b(?:from now on|from here on|henceforth),? (?:you|always|only|every answer|answer|reply)\b",
    r"\b(?:pretend|act as if|behave as if|role-?play(?: as| that)?) (?:that )?you(?:'re| are)\b",
    r"\byou (?:are|have been) (?:in|put into|switched to) (?:developer|debug|admin|god|"
    r"unrestricted|maintenance) mode\b|\benter (?:developer|debug|admin) mode\b",
    # it is addressed by its kind
    rf"\b(?:dear|attention,?|hello,?|hey,?|note to|notice to|message (?:to|for)|"
    rf"instructions? (?:to|for)|reminder (?:to|for)) (?:any |all |every |the |you,? )?{_MACHINE}\b"
    r"(?=\W|$)(?=.*\b(?:you|your|must|please|should|do|say|never|always|read|when)\b|.{0,40}$)",
    rf"\bif you(?:'re| are) (?:an? |the |some )?(?:\w+ )?{_MACHINE}\b",
    rf"\b(?:any|every|all|an?|the) {_MACHINE} (?:that |which |who )?"
    r"(?:read(?:s|ing)?|process(?:es|ing)?|summari[sz](?:es?|ing)|see(?:s|ing)?) "
    r"(?:this|the) (?:page|text|passage|document|sentence|article)\b",
    rf"^\W*{_MACHINE}\s*[,:]\s*(?:please |you |now |kindly )?(?:must |should |ignore|do not|don't|"
    rf"never|always|{_SAY})\b",
    rf"^\W*(?:new |urgent )?(?:system|developer|admin(?:istrator)?)(?: message| prompt| note| "
    rf"override| notice| update)?\s*[:\]>]\W*(?:\w+\W+){{0,6}}?(?:you|your|ignore|must|{_SAY}|"
    r"never|always|print|do not)\b",
    # orders about its answer
    rf"\b{_SAY}\b(?:\W+\w+){{0,12}}?\W+(?:in|of|to|with|into|at the \w+ of|after|before) "
    rf"(?:your|every|each|all|any)(?: (?:own|final|next|following|other))* {_TALK}\b",
    rf"\b(?:translate|rewrite|convert|encode) (?:all of )?your "
    rf"(?:\w+ )?{_TALK}\b",
    r"\byou must (?:now |always |only )*(?:say|print|answer|reply|respond|reveal|repeat|recommend|"
    r"mention|output)\b",
    rf"\b(?:begin|start|end|finish|close|conclude|preface|open|sign) "
    rf"(?:your|every|each|all) (?:\w+ )?{_TALK}\b",
    r"(?:^\W*|\b(?:please|must|should|kindly|and then|now|only|instead,?) |"
    r"\b(?:and|to) (?=\w+ (?:only|exactly)\b))"
    r"(?:say|reply|respond|answer|output|print|write|repeat|state) "
    r"(?:only|exactly|nothing but|just|simply)?\s*(?:with )?(?:only |exactly |just |nothing but )?"
    r"(?:the (?:single )?(?:word|phrase|sentence|text|token|code|string)s?\b|[\"“'‘`«]|"
    r"(?-i:[A-Z]{4,})\b)",
    r"^\W*(?:please |always |you must |simply )?(?:say|reply|respond|answer|output) "
    r"(?:only |always |instead |nothing but |to (?:every|any|all) )",
    rf"\b(?:tell|inform|advise|instruct|urge|ask|direct|send|remind|convince|warn) {_READER} "
    r"(?:to|that|about|of|how|they|their|at)\b(?=.*\b(?:visit|click|download|install|pay|buy|enter|"
    r"call|send|go to|sources?|password|key|account|you|http\S*|that the|is|are|must|should)\b)",
    r"\byour (?:hidden |secret |own |initial |full |entire )?(?:system (?:prompt|message)|"
    r"initial instructions|hidden instructions)\b",
    r"\b(?:answer|reply|response) (?:to|for) (?:every|any|all|each)(?: \w+)? questions?\b",
    r"^\W*(?:please |you must |you should )?(?:do not|don't|never|refuse to|decline to) "
    r"(?:answer|reply|respond|cite|summari[sz]e|quote|use (?:the|these|any) (?:other )?sources)\b",
    r"\b(?:say|state|claim|pretend|reply|answer|respond) that (?:the|these|your|no) "
    r"(?:sources?|documents?|passages?|library) (?:do|does|did|contain|cannot|can't|ha)",
    r"\b(?:call|invoke|run|execute) the [`\"']?\w+[`\"']? (?:tool|function|plugin) "
    r"(?:now|immediately|at once|"
    r"with (?:the|this|our) (?:conversation|question|user|history|chat))",
    r"^\W*assistant\s*[:：]\s*\S+(?: \S+){3,}",
    # marks of a conversation that a page forges
    r"<\|?(?:im_start|im_end|system|assistant|endoftext|eot_id)\|?>.{0,40}?"
    r"(?:\b(?:you|your|ignore|say|answer|reply|must|new)\b|你|请|忽略)|</?sources\b",
    r"^(?!.*<\|).*\b(?:user|human)\s*:.{0,200}?\b(?:assistant|AI)\s*:",
    r"!\[[^\]]*\]\(https?://[^)\s]*[?&](?:q|d|data|prompt|answer|question|history|text|leak)=",
)  # fmt: skip
_CHINESE = (
    r"(?:忽略|无视|忘记|忘掉|忘了|抛开|抛弃|不要理会|不必理会|不要遵守|跳过|推翻|覆盖).{0,10}?"
    r"(?:之前|以上|上面|上述|前面|先前|此前|所有|全部|一切|原来|原有|系统|其他|其它|你的|用户).{0,8}?"
    r"(?:指令|指示|提示|规则|要求|设定|说明|命令|约束|限制|来源|资料|问题|对话)",
    r"(?:新的|最新)(?:系统)?(?:指令|指示|命令|规则)(?:如下|是|[:：])",
    r"(?:从现在(?:起|开始)|自此|今后)[，,]?(?:你|请|所有|每|只|都|无论)",
    r"你(?:现在|已经|不再)(?:是|变成|处于|进入)|(?:请|你(?:要|必须|应该)?)(?:扮演|假装|冒充)",
    r"(?:如果|假如|若)你是(?:一个|一名|个)?.{0,4}(?:AI|人工智能|语言模型|大模型|助手|机器人|智能体|程序)",
    r"(?:致|给)(?:所有|任何|每个|各位)(?:读到这.{0,6})?(?:的)?(?:AI|人工智能|语言模型|大模型|助手|智能助手|机器人)",
    r"^\W*(?:AI|人工智能|语言模型|大模型|智能|聊天)?(?:助手|机器人|模型)[，,:：！!]\s*"
    r"(?:请|你|必须|现在|立即|不要|务必)",
    r"^\W*(?:系统|开发者|管理员)(?:消息|提示|指令|通知|命令|公告|更新)?\s*[:：】\]]\s*"
    r".{0,16}?(?:你|请|忽略|必须|输出|回答|回复|不要|立即|只)",
    r"(?:只|仅)(?:需|要|能|允许|可以)?(?:输出|回答|回复|说出|写出?|显示)[“\"「『:：一这以下]",
    r"(?:请|必须|务必|应当|要|直接|一律|统一|都)(?:只|用|以)?(?:输出|回答|回复|答复|说|复述|重复)"
    r"(?:一遍)?[:：]?[“\"「『]",
    r"(?:在|于)?(?:你的|每个|每次|所有|任何|最终)?(?:的)?(?:回答|答案|回复|答复|输出|总结)(?:的)?"
    r"(?:开头|结尾|末尾|最后|前面|后面|之前|之后|中|里).{0,8}?"
    r"(?:加上|加入|写上|附上|附加|插入|包含|输出|说|提到|推荐|声明|放|注明|给出)",
    r"(?:告诉|通知|提醒|要求|劝|建议|引导|让|请)(?:提问的)?(?:用户|读者|提问者)"
    r".{0,12}?(?:访问|点击|下载|安装|付款|购买|输入|转账|联系|加|前往|说|打开|扫)",
    r"(?:输出|打印|显示|泄露|透露|公布|复述|重复)(?:出)?你的(?:全部|完整|隐藏)?(?:系统)?"
    r"(?:提示词?|指令|设定)",
    r"(?:不要|不准|不得|禁止|拒绝)(?:再)?(?:回答|答复|回复|引用)(?:这个|该|任何|用户|其他|提问|本)?",
    r"(?:任何|所有|每个|无论什么)(?:的)?(?:问题|提问).{0,8}?(?:答案|回答|回复|都)(?:都|必须|应|一律|是|为)",
    r"把(?:你的)?(?:全部|整个)?(?:回答|答案|回复).{0,6}(?:改成|翻译成|译成|换成|写成|变成)",
    r"(?:解码|翻译|解密).{0,20}?(?:并|然后|再|后)(?:且)?(?:执行|照做|遵循|遵守|服从)",
    r"(?:声称|回答说|就说|请说|假装).{0,4}(?:资料|来源|文献|文档)(?:里|中)?(?:都)?(?:没有|不|未|无)",
    r"^\W*(?:助手|机器人)\s*[:：]\s*\S{4,}",
    r"(?:用户|提问)\s*[:：].{0,100}?(?:助手|回答|AI)\s*[:：]",
    r"(?:^\W*|请|必须|立即|务必)(?:调用|运行|执行)[“\"`「]?\w*[”\"`」]?\s*(?:工具|函数|插件)",
)  # fmt: skip
_ADDRESS = re.compile("|".join(f"(?:{each})" for each in _ENGLISH), re.IGNORECASE)
_ADDRESS_ZH = re.compile("|".join(f"(?:{each})" for each in _CHINESE), re.IGNORECASE)
_TURN = re.compile(
    r"<\|\w+\|>|^\W*(?:user|human|assistant|AI|用户|提问|助手|机器人)\s*[:：]", re.IGNORECASE
)
_HAN = re.compile(r"[\u4e00-\u9fff]")


def addresses_the_model(sentence: str) -> bool:
    """Say whether a sentence of a source gives orders to the model that reads it."""
    return bool(
        _ADDRESS.search(sentence) or (_HAN.search(sentence) and _ADDRESS_ZH.search(sentence))
    )


def orders(sentences: Sequence[str]) -> list[bool]:
    """Say for each of the neighbouring sentences of a source whether it is part of an order.

    That is one that addresses the model, and one beside it that is a turn of a forged conversation.
    """
    found = [addresses_the_model(each) for each in sentences]
    return [
        found[at] or (any(found[max(at - 1, 0) : at + 2]) and bool(_TURN.search(each)))
        for at, each in enumerate(sentences)
    ]
