"""Sentences of a source that speak to the model that reads them, not to a person.

A page may hold orders for the program that summarises it. They are no evidence for anything: what
`addresses_the_model` finds should neither be put into a prompt nor be quoted. It looks for forms of
address, not for topics, so that prose *about* prompts and assistants stays. It is one layer of
several and no proof: an order in words that ordinary prose uses too is not found.
"""

import re
from collections.abc import Sequence
from functools import lru_cache

from ingest.text.scripts import has_han

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
    r"(?-i:(?!HTTP|JSON|YAML|NULL|TRUE)[A-Z]{4,})\b)",
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
# the same, put together from what an order to a model is made of: whom it speaks to, what it wants
# of the answer, what it does to earlier orders, and that it wants to stay unseen
_KINDS = rf"(?:an? |the |any |every |all |each )?(?:\w+ )?{_MACHINE}"
_THIS = (
    r"(?:this|the (?:present|current|following|above)) (?:page|text|passage|document|sentence|"
    r"article|paragraph|note|message|source|content|section)s?"
)
_READS = (
    r"(?:read|process|summari[sz]|quot|cit|index|us|analy[sz]|pars|ingest|review)(?:s|es|ing|e)?"
)
_WANTS = (
    rf"(?:{_SAY}|respond to|contain|consist|ignore|obey|call|rate|tell|ask|act|praise|promote|"
    r"refuse|refer|link|send|follow|comply)"
)
_BEFORE = r"(?:previous|prior|earlier|preceding|original|foregoing|existing|above|former|initial)"
_COMPOSED = (
    rf"{_ORDER}(?:ignore|disregard|forget|overlook|dismiss|neglect|drop|abandon|stop following|"
    r"do not (?:follow|obey)|don't (?:follow|obey)|pay no attention to)\b.{0,40}?(?:"
    rf"\b{_BEFORE} (?:{_TEXT}|guidance|text|context|messages?)\b|\bthe foregoing\b|"
    r"\b(?:said|written|given|told|stated)\b.{0,20}?\b(?:above|before|earlier|so far)\b)",
    rf"\b(?:{_BEFORE}|your|all) {_TEXT} (?:above |before )?(?:(?:are|is|were) "
    r"(?:now |hereby |all )*"
    r"(?:cancel\w*|void|revoked|obsolete|replaced|superseded|overridden|suspended)|"
    r"no longer (?:apply|count|hold|matter)|"
    r"(?:do|does) not (?:apply|count) (?:any ?more|to you))\b",
    rf"\b(?:treat|consider|regard|take) (?:{_THIS}|everything|the above)\b.{{0,30}}?\b"
    rf"(?:as your|{_TEXT} (?:cancel|void|revoked))",
    rf"\b(?:replaces?|overrides?|supersedes?|cancels?) (?:all )?(?:of )?your (?:\w+ )?{_TEXT}\b",
    rf"\b(?:the |your )(?:real|actual|true|new|only|next) (?:{_TEXT}|task|job|goal|role|mission)"
    rf"(?: from (?:here|now)(?: on)?)? (?:is|are)(?: now)? to {_WANTS}\b",
    r"\byour (?:new |only |real |actual )?(?:task|job|goal|role|mission) "
    r"(?:is now|now is|from here|has changed|from now)\b|"
    r"(?:^|[.!?]\s*)\W*new (?:task|instructions?|orders?|goal)\s*[:.-]",
    rf"\b(?:whoever|anyone who|if you|when you|when|while|if {_KINDS})(?: is| are|'re)? {_READS} "
    rf"{_THIS}\b(?:.{{0,20}}\bas {_KINDS})?.{{0,40}}?\b(?:must|should|shall|please|always|never|"
    rf"{_WANTS})\b",
    rf"^\W*as {_KINDS},? you\b|\bas {_KINDS},? you (?:must|should|will|shall|are to|need to)\b",
    rf"\b(?:you,? )?(?:as |are )?reading (?:this|it) as {_KINDS}\b|"
    rf"\bif {_KINDS} (?:is|are) reading (?:this|it)\b",
    rf"\b{_KINDS} (?:\w+ ){{0,5}}?(?:must|shall|are (?:instructed|required|ordered|asked|told) to) "
    rf"(?:always |now |only )?(?:{_SAY}|rate|ignore|respond|tell|refuse)\b.{{0,60}}?"
    r"(?:\bthat\b|\bthis\b|\bwith\b|[\"“'‘]|(?-i:\b[A-Z]{4,}\b))",
    rf"\b(?:note|notice|message|instructions?|reminder|hint)s? (?:for|to) (?:any |all |the )?"
    rf"{_MACHINE}\b",
    rf"\bwhen(?:ever)? (?:asked|someone asks|a user asks|users ask|questioned)\b.{{0,60}}?\b"
    rf"(?:always |only |just |simply |then |please )(?:{_SAY}|tell)\b",
    r"\b(?:respond|reply|answer) to (?:any|every|all|each) questions? (?:with|by|in)\b",
    rf"\b(?:your|the assistant's|the model's) (?:\w+ )?{_TALK} (?:must|should|shall|has to|have to|"
    r"will|needs? to) (?:always |only |now )?"
    r"(?:contain|include|consist|begin|start|end|mention|say|read|recommend|praise|open|close)\b",
    rf"\b(?:every|each|any|all)(?: of your)? {_TALK} (?:must|should|shall|has to|will) "
    r"(?:always |only )?(?:contain|include|begin with|end with|mention|say|recommend|praise)\b"
    r".{0,20}?(?:the (?:word|phrase|sentence|name|link)|[\"“'‘]|https?:|(?-i:\b[A-Z]{4,}\b))",
    rf"^\W*(?:your )?{_TALK} (?:should|must|shall) always (?:contain|include|mention|say|recommend|"
    r"praise|promote|end|begin)\b",
    r"\bthe (?:correct|right|only|true|best) answer to (?:the|every|any|all|each|this)\b.{0,30}?\b"
    r"(?:is always|must be|is only)\b",
    r"\b(?:do not|don't|never) (?:mention|reveal|disclose|show|repeat|tell|report)\b.{0,20}?\b"
    rf"(?:this|these|those) (?:note|message|{_TEXT}|paragraph|text|line)s?\b|"
    rf"\b(?:do not|don't|never) tell {_READER} (?:about|of|that)\b",
    r"\b(?:from this (?:point|moment)|from here|starting now)(?: on| forward| onwards)?,? "
    r"(?:act|answer|reply|respond|you|speak|ignore|write|only|always)\b",
    r"\bact as (?-i:[A-Z]{3,})\b|\b(?:an AI|assistant|model|bot) (?:without|with no) (?:any )?"
    r"(?:restrictions|limits|filters|rules|guidelines)\b",
    r"\b(?:instead of|rather than) (?:answering|summari[sz]ing|replying|responding)\b.{0,20}?,? "
    rf"(?:{_SAY}|ask|tell|send|call)\b",
    r"\b(?:stop|quit|cease) (?:summari[sz]ing|answering|reading)\b.{0,20}?\band (?:instead |then )?"
    rf"{_WANTS}\b",
    r"\b(?:repeat|print|output|reveal|show|reproduce|copy) (?:out )?"
    r"(?:everything|all(?: the)? text|the (?:text|words|lines?|message))"
    r"(?: that (?:stands|is|comes))? (?:above|before this|preceding)\b",
    r"\b(?:send|post|upload|forward|submit|email) (?:the|this|your|their|our|all) (?:\w+ )?"
    r"(?:conversation|chat|question|history|answer|prompt)s?\b.{0,30}?\bto\b",
    rf"\b(?:ask|tell|have|make|get) {_READER} (?:for|to (?:give|enter|send|share|type|confirm))\b"
    r".{0,30}?\b(?:password|e-?mail|credentials?|phone|card|key|token|account)s?\b",
    r"\b(?:add|append|insert|put|place) (?:a |the |this )?(?:\w+ )?(?:link|image|advert\w*|note|"
    r"sentence|phrase|word)\b.{0,60}?\b(?:to|at the \w+ of|in) (?:the|your|every|each) "
    rf"{_TALK}\b",
    r"\b(?:rate|review|grade|score|judge|recommend) this (?:paper|page|article|site|document|text) "
    r"(?:as|with|a|an|10)\b|\bgive this (?:paper|page|article|site|document|text) (?:the|a|an|10)\b"
    r"|\bgive (?:a |only )?positive reviews?(?: only)?\b|\bdo not highlight any (?:negatives|"
    r"weaknesses)\b",
    r"^\W*(?:always |just |simply |please )*(?:say|claim|state|pretend|reply|answer)(?: that)? "
    r"(?:you|I) (?:do not|don't|cannot|can't|are unable to|am unable to) "
    r"(?:know|answer|help|find|say)(?: (?:it|this|that|the answer))?\W*$",
    r"^\W*(?:always|please) refuse (?:to|all|any|every|questions)\b",
    r"\btell (?:everyone|everybody|anyone|whoever|all) (?:who |that )?asks?\b",
    r"\bthis is your (?:developer|creator|administrator|admin|owner|maker|operator)\b",
    r"\byou (?:must|will|shall) (?:now |always |only )?"
    r"(?:obey|follow|comply with|respond in|answer in|reply in|speak in|carry out)\b",
    r"^\W*(?:please )?(?:respond|reply|answer|speak|write|talk)(?: only| always)? (?:in|like)\b"
    r".{0,30}?\b(?:from now on|from here on|only|always|henceforth)\b",
    r"(?:^|[.!?]\s+)now (?:answer|reply|respond|say|print|output)\s*(?:[:\"“]|with\b|only\b)",
    r"^\W*(?:translate|rewrite|convert) everything\b.{0,30}?\b(?:and stop|above|instead)\b",
    r"\[/?INST\]|^\W*#{2,4} ?(?:instruction|system|response)s?\s*:|"
    r"</?(?:system|instructions?|prompt|assistant)>",
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
    r"(?:以上|上面|上述|上文|前面|之前)的?(?:所有|全部|一切)?(?:内容|指令|指示|规则|要求|说明|提示)"
    r"(?:全部|都|已|均)?(?:作废|无效|失效|取消|不再)",
    r"(?:忘掉|忘记|忘了|忽略|无视|抛开|不要理会)(?:上文|前文|以上|之前|前面|上面)(?:的)?"
    r"(?:一切|所有|全部|内容)?[，,。！!]",
    r"(?:凡是?|任何|所有|每个|如果)?.{0,6}?(?:阅读|读到|看到|处理|总结|引用)(?:了)?(?:本|这|此)"
    r".{0,8}?(?:AI|人工智能|语言模型|大模型|模型|助手|机器人|程序).{0,4}?(?:应|必须|请|都|务必|需要|要)",
    r"作为(?:一个|一名)?(?:AI|人工智能|语言模型|大模型|智能)?(?:助手|模型|机器人)?[，,]?你"
    r"(?:应|必须|需要|要|不能|只能)",
    r"(?:系统)?提示词.{0,6}?(?:打印|输出|显示|写|说|复述|公布|透露)",
    r"(?:^\W*|请|务必|必须)(?:在)?(?:回答|回复|答复|总结)(?:时|中|里)?[，,]?(?:务必|必须|一定要?|都要|请)"
    r"(?:提到|推荐|加|包含|说|声明|注明|插入)",
    r"(?:不要|不准|不得|别|切勿)(?:把.{0,10}?)?(?:告诉|透露给|提示|让)(?:用户|读者|任何人)",
    r"(?:无论|不管|不论)(?:用户|对方|别人|谁|任何人|读者)?(?:问|说|提|输入)(?:的是|了)?什么.{0,4}?"
    r"(?:都|请|一律|只|你)(?:要|必须|请|应|只)?(?:回答|回复|说|答|输出)",
    r"你的(?:新|真正的|唯一的?)?任务(?:变|改|现在|已|从现在)",
    r"(?:停止|不要再?|别)(?:总结|回答|阅读|处理).{0,6}?(?:改为|而是|转而|改成|然后)",
    r"(?:现在只|一律只?|都只)(?:回答|回复|说|输出)[“\"「『]?\S{1,12}[”\"」』]?[。！!]?$",
    r"(?:^\W*|请|必须|立即|务必)(?:调用|运行|执行)[“\"`「]?\w*[”\"`」]?\s*(?:工具|函数|插件)",
)  # fmt: skip
_ADDRESS = re.compile(
    "|".join(f"(?:{pattern})" for pattern in (*_ENGLISH, *_COMPOSED)), re.IGNORECASE
)
_ADDRESS_ZH = re.compile("|".join(f"(?:{pattern})" for pattern in _CHINESE), re.IGNORECASE)
_TURN = re.compile(
    r"<\|\w+\|>|^\W*(?:user|human|assistant|AI|用户|提问|助手|机器人)\s*[:：]", re.IGNORECASE
)
_PIECE = 800  # characters the patterns look at; an order fits into half of them
_LONGEST = 8_000


@lru_cache(maxsize=4096)  # the same passages are read for one question after the other
def addresses_the_model(sentence: str) -> bool:
    """Say whether a sentence of a source gives orders to the model that reads it.

    What is longer than a sentence is read in pieces that overlap, the first 8,000 characters of it:
    no passage holds more.
    """
    sentence = sentence[:_LONGEST]
    patterns = (_ADDRESS, _ADDRESS_ZH) if has_han(sentence) else (_ADDRESS,)
    return any(
        pattern.search(sentence, start, start + _PIECE)
        for pattern in patterns
        for start in range(0, max(1, len(sentence) - _PIECE // 2), _PIECE // 2)
    )


def orders(sentences: Sequence[str]) -> list[bool]:
    """Say for each of the neighbouring sentences of a source whether it is part of an order.

    That is one that addresses the model, and one beside it that is a turn of a forged conversation.
    """
    addressing = [addresses_the_model(sentence) for sentence in sentences]
    return [
        addressing[at]
        or (any(addressing[max(at - 1, 0) : at + 2]) and bool(_TURN.search(sentence)))
        for at, sentence in enumerate(sentences)
    ]
