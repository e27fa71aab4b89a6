"""Replies to turns that ask nothing, and the same answer put otherwise, by code."""

from collections.abc import Callable
from dataclasses import replace

from assistant.answering.across import to_chinese
from assistant.answering.values import Answer, Sentence, Span
from assistant.conversation.moves import (
    BYE,
    FINE,
    GREETING,
    NO,
    THANKS,
    WHO,
    YES,
    Move,
)
from assistant.engines.protocol import Engine

SMALL_TALK, COMMAND = "small_talk", "command"
"""Kinds of requests, as `Answer.request` has them."""
_SHORT, _ONE = 2, 1

_SAID = {
    THANKS: ("You're welcome.", "不客气。"),
    BYE: ("Goodbye.", "再见。"),
    GREETING: (
        "Hello. Ask about what you read, or about the lists: “What should I read first on LoRA?”",
        "你好。可以问阅读材料里的内容，也可以问清单本身，例如“想学 LoRA 应该先读什么？”",
    ),
    FINE: ("Ask on when you like.", "可以继续提问。"),
    YES: (
        "Nothing was asked that a yes would answer: say what you want to know.",
        "刚才没有需要确认的问题：请说想知道什么。",
    ),
    NO: (
        "Then say what was meant, or ask in other words.",
        "那么请说明想问的是什么，或者换个说法。",
    ),
    WHO: (
        "This is refdesk: it answers questions from the reading lists and archived pages in this "
        "library, every sentence cited. It also says what is in the library, who recommends a "
        "work, "
        "what to read first on a subject, and sums up one source.",
        "这里是 refdesk：它根据资料库里的阅读清单和存档页面回答问题，每句话都注明出处。"
        "它还能说明资料库里有什么、谁推荐了某项资料、某个主题先读什么，也能概括一个来源。",
    ),
}
_NOTHING_YET = (
    "Nothing was answered yet that could be put otherwise.",
    "还没有可以换个说法的回答。",
)


def reply(question: str, lang: str, move: Move) -> Answer:
    """Return what is said to a turn that asks nothing; of ``AGAIN`` that there is nothing yet."""
    english, chinese = _SAID.get(move.kind, _NOTHING_YET)
    text = chinese if lang == "zh" else english
    return Answer(
        question=question, asked=" ".join(question.split()), lang=lang, refused=False, refusal=None,
        view="catalog", sentences=(Sentence(text, (), 1.0, "supported", False),), citations=(),
        nearest=(), further=(), model=None, request=SMALL_TALK, timings={"total_s": 0.0},
    )  # fmt: skip


def otherwise(
    answer: Answer,
    move: Move,
    lang: str,
    model: Callable[[], Engine | None],
    stop: Callable[[], bool],
) -> Answer:
    """Return an answer put as a person wished: shorter, in Chinese; what cannot be done is said.

    ``lang`` is the language of the wish; the sentences stay the checked ones.
    """
    answer = replace(answer, request=COMMAND)
    if answer.refused:
        return answer
    notes = []
    if "shorter" in move.manners:
        answer = _cut(answer, _ONE if len(answer.sentences) <= _SHORT else _SHORT)
        notes.append(
            ("The same answer, cut to its first sentences.", "同一个回答，只留开头的句子。")
        )
    if "zh" in move.manners and answer.lang != "zh":
        answer, done = _in_chinese(answer, model, stop)
        if not done:
            notes.append(
                ("Without a model that writes, nothing is translated.", "没有写作模型，无法翻译。")
            )
    if "other" in move.manners:
        notes.append(("refdesk answers in English and in Chinese.", "refdesk 用英文和中文回答。"))
    if "table" in move.manners or "list" in move.manners:
        notes.append(("The same sentences: refdesk makes no tables or lists of them.",
                      "句子不变：refdesk 不会把它们改成表格或列表。"))  # fmt: skip
    if "simpler" in move.manners:
        notes.append(("The sources' own words; ask “easy sources on …” for gentler ones.",
                      "这是来源的原话；可以问“关于……的简单资料”找更浅显的。"))  # fmt: skip
    if "sure" in move.manners:
        notes.append(("Asked again: every sentence is checked against the source it cites.",
                      "重新查过：每句话都与所引来源核对过。"))  # fmt: skip
    said = "".join(chinese if lang == "zh" else f"{english} " for english, chinese in notes)
    return replace(answer, how=said.strip() or answer.how)


def _cut(answer: Answer, most: int) -> Answer:
    kept = answer.sentences[:most]
    numbers = {n: at for at, n in enumerate(sorted({n for s in kept for n in s.citations}), 1)}
    return replace(
        answer,
        sentences=tuple(
            replace(
                sentence,
                citations=tuple(numbers[n] for n in sentence.citations),
                spans=tuple(Span(numbers[n], start, end) for n, start, end in sentence.spans),
            )
            for sentence in kept
        ),
        citations=tuple(replace(c, n=numbers[c.n]) for c in answer.citations if c.n in numbers),
    )


def _in_chinese(
    answer: Answer, model: Callable[[], Engine | None], stop: Callable[[], bool]
) -> tuple[Answer, bool]:
    """Put each sentence into Chinese beside its original, as for a Chinese question."""
    engine = model()
    if engine is None:
        return answer, False
    shown = []
    for sentence in answer.sentences:
        chinese = (
            "" if sentence.block or stop() else next(to_chinese(engine, [sentence.text], stop))
        )
        if chinese:
            own = sentence.original or sentence.text
            sentence = replace(sentence, text=chinese, original=own, verbatim=False, status="weak")
        shown.append(sentence)
    return replace(answer, sentences=tuple(shown), model=engine.name), True
