"""Replies to turns that ask nothing, and the same answer put otherwise, by code."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from assistant.answering.evidence import in_chinese
from assistant.answering.values import Answer, Sentence, Span
from assistant.answering.writing import to_chinese
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
from assistant.conversation.tables import as_table
from assistant.engines.protocol import Engine
from ingest.text.scripts import has_han, length_in_words
from ingest.values import PRIMER

SMALL_TALK, COMMAND = "small_talk", "command"
"""Kinds of requests, as `Answer.request` has them."""
_SHORT, _ONE = 2, 1
_PLAIN = 32  # words
_PLAINER = 6  # sentences

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
    if "longer" in move.manners:
        notes.append(("All that was found to answer it; the sources cited say more.",
                      "这是找到的全部回答；所引来源里有更多内容。"))  # fmt: skip
    if "zh" in move.manners and answer.lang != "zh":
        answer, done = _in_chinese(answer, model, stop)
        if not done:
            notes.append(
                ("Without a model that writes, only refdesk's own notes are in Chinese.",
                 "没有写作模型，只有 refdesk 自己的笔记有中文。")
            )  # fmt: skip
    if "en" in move.manners and answer.lang == "zh":
        answer = _in_english(answer)
        notes.append(("The sources' own words.", "这是来源的原话。"))
    if "other" in move.manners:
        notes.append(("refdesk answers in English and in Chinese.", "refdesk 用英文和中文回答。"))
    if "table" in move.manners:
        answer, done = as_table(answer, answer.asked)
        notes.append(
            ("The same sentences as a table.", "同样的句子，排成表格。") if done
            else ("Nothing of this answer makes a table.", "这个回答没有可以排成表格的内容。")
        )  # fmt: skip
    if "list" in move.manners:
        answer = _listed(answer)
        notes.append(("The same sentences as a list.", "同样的句子，逐条列出。"))
    if "simpler" in move.manners:
        answer = _plainer(answer)
        notes.append(("The plainer sentences of the same answer.", "同一个回答里较浅显的句子。"))
    if "sure" in move.manners:
        notes.append(("Asked again: every sentence is checked against the source it cites.",
                      "重新查过：每句话都与所引来源核对过。"))  # fmt: skip
    said = "".join(chinese if lang == "zh" else f"{english} " for english, chinese in notes)
    return replace(answer, how=said.strip() or answer.how)


def _cut(answer: Answer, most: int) -> Answer:
    return _only(answer, answer.sentences[:most])


def _only(answer: Answer, kept: Sequence[Sentence]) -> Answer:
    """Return an answer of some of its sentences, the citations numbered anew."""
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


def _listed(answer: Answer) -> Answer:
    """Make every sentence of prose an item."""
    said = (
        sentence if sentence.block else replace(sentence, form="item")
        for sentence in answer.sentences
    )
    return replace(answer, sentences=tuple(said))


def _in_chinese(
    answer: Answer, model: Callable[[], Engine | None], stop: Callable[[], bool]
) -> tuple[Answer, bool]:
    """Put each sentence into Chinese beside its original, and say whether all were.

    What refdesk itself has in Chinese stands as it does there; the model is asked for the rest.
    """
    notes = {
        citation.n: citation.url.removeprefix(PRIMER)
        for citation in answer.citations
        if citation.primer
    }
    engine, left, shown = None, False, []
    for sentence in answer.sentences:
        slug = next((notes[n] for n in sentence.citations if n in notes), "")
        text = in_chinese(slug, sentence.text) if slug else None
        if text is None and not sentence.block and not has_han(sentence.text):
            engine = engine or (None if left else model())
            text = next(to_chinese(engine, [sentence.text], stop)) if engine and not stop() else ""
            left = left or not text
        said = sentence
        if text:
            status = "supported" if slug else "weak"
            own = sentence.original or sentence.text
            said = replace(sentence, text=text, original=own, verbatim=False, status=status)
        group = in_chinese(slug, sentence.group) if slug and sentence.group else None
        shown.append(replace(said, group=group or sentence.group))
    by = engine.name if engine else answer.model
    return replace(answer, lang="zh", sentences=tuple(shown), model=by), not left


def _in_english(answer: Answer) -> Answer:
    """Show the originals of what was put into Chinese."""
    headings = {
        citation.n: citation.heading[-1] for citation in answer.citations if citation.heading
    }
    shown = []
    for sentence in answer.sentences:
        said = sentence
        if sentence.original:
            said = replace(sentence, text=sentence.original, original=None, verbatim=True,
                           status="supported")  # fmt: skip
        own = next((headings[n] for n in sentence.citations if n in headings), sentence.group)
        shown.append(
            replace(said, group=own if sentence.group and sentence.original else sentence.group)
        )
    return replace(answer, lang="en", sentences=tuple(shown))


def _plainer(answer: Answer) -> Answer:
    """Keep the sentences without formulas that are not long; all, where there are none."""
    if answer.view == "catalog":
        return answer
    kept = tuple(
        sentence
        for sentence in answer.sentences
        if not sentence.block
        and "$" not in sentence.text
        and length_in_words(sentence.text) <= _PLAIN
    )
    return _only(answer, kept[:_PLAINER]) if kept else answer
