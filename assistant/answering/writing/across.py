"""Across languages: a question put into English, and English sentences put into Chinese.

A translation cannot be checked word by word. It is shown beside the original sentence, and only if
the numbers and names of both are the same.
"""

import re
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import closing

from assistant.answering.checking import unsupported_details
from assistant.engines.protocol import Engine, Message
from ingest.text.claims import Kind, holds_name, numbers_of, read
from ingest.text.large_numbers import in_chinese_units, quantities, without_quantities
from ingest.text.sentences import language
from ingest.text.things import dotted_versions, names, odd_parts

_TO_ENGLISH = (
    Message("system", "Translate the question into English. Keep names, numbers and abbreviations. "
            "Write the translation and nothing else."),
    Message("user", "批归一化和层归一化有什么区别？"),
    Message("assistant", "What is the difference between batch normalisation and layer "
            "normalisation?"),
    Message("user", "Adam 优化器为什么需要偏差修正？"),
    Message("assistant", "Why does the Adam optimiser need bias correction?"),
)  # fmt: skip
_TO_CHINESE = (
    Message("system", "把编号的句子逐句翻译成通顺的中文。人名、模型名、缩写、数字和公式保持原样，"
            "专业术语可保留英文。每句一行，保留编号，只写译文。"),
    Message("user", "1. Dropout sets random activations to zero with probability p = 0.1.\n"
            "2. It is switched off at inference."),
    Message("assistant", "1. Dropout 以概率 p = 0.1 把随机的激活值置为零。\n2. 推理时它是关闭的。"),
)  # fmt: skip
_MOST_TOKENS = 160
_NUMBERED = re.compile(r"(\d{1,2})[.、．]\s*(.+)")
_ENDS = ("。", "！", "；", "：", ".", ";", ":")

Stop = Callable[[], bool]


def to_english(model: Engine, question: str, stop: Stop) -> str:
    """Return a question in English, every name of the original in it; empty if that failed."""
    said = _translated(model, _TO_ENGLISH, question, stop)
    if not said or language(said) != "en":
        return ""
    lost = [name for name in names(question) if name.casefold() not in said.casefold()]
    return " ".join([said, *lost])


def to_chinese(model: Engine, sentences: Sequence[str], stop: Stop) -> Generator[str, None, None]:
    """Yield neighbouring sentences in Chinese, one after the other, in one reply.

    One that is missing, or holds a number or name that is not the original's, is empty.
    """
    listed = "\n".join(
        f"{n}. {in_chinese_units(sentence)}" for n, sentence in enumerate(sentences, 1)
    )
    messages = [*_TO_CHINESE, Message("user", listed)]
    most = _MOST_TOKENS * len(sentences)
    said, given = "", 0
    with closing(model.stream(messages, max_tokens=most, stop=stop)) as pieces:
        for piece in pieces:
            said += piece
            *whole, said = said.split("\n")
            for line in whole:
                match = _NUMBERED.fullmatch(line.strip())
                if match and given < int(match[1]) <= len(sentences):
                    yield from [""] * (int(match[1]) - given - 1)
                    given = int(match[1])
                    yield _checked(match[2], sentences[given - 1])
    match = _NUMBERED.fullmatch(said.strip())
    if match and given < int(match[1]) <= len(sentences) and match[2].endswith(_ENDS):
        yield from [""] * (int(match[1]) - given - 1)
        given = int(match[1])
        yield _checked(match[2], sentences[given - 1])
    yield from [""] * (len(sentences) - given)


def _checked(chinese: str, sentence: str) -> str:
    return chinese if language(chinese) == "zh" and faithful(chinese, sentence) else ""


def faithful(translation: str, original: str) -> bool:
    """Say whether a translation and its original hold the same numbers and names.

    Numbers count in whatever units. Of the names in the original those that are written as no word
    is must stand in the translation; a plain one may have a Chinese name. A number right behind a
    word, a version say, must stand behind the same one. More cannot be checked between two
    languages without another model.
    """
    said, source = quantities(translation), quantities(original)
    in_words = {number.value for number in numbers_of(original)}
    if not source <= said or not said <= source | in_words:
        return False
    if not all(holds_name(translation, name) for name in _spelled(original)):
        return False
    if not dotted_versions(translation) <= dotted_versions(original):
        return False
    return unsupported_details(without_quantities(translation), original) is None


def _spelled(text: str) -> Iterator[str]:
    """Yield the names, and parts of names, that are spelt as no word is: GPT-4, max_steps."""
    for term in read(text).terms:
        if term.kind == Kind.NAME:
            yield from odd_parts(term.text)


def _translated(model: Engine, prompt: tuple[Message, ...], text: str, stop: Stop) -> str:
    messages = [*prompt, Message("user", text)]
    with closing(model.stream(messages, max_tokens=_MOST_TOKENS, stop=stop)) as said:
        return " ".join("".join(said).split())
