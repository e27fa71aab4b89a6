"""Across languages: a question put into English, and English sentences put into Chinese.

A translation cannot be checked word by word. It is shown beside the original sentence, and only if
every number and name it holds stands there too.
"""

from collections.abc import Callable
from contextlib import closing

from assistant.answering.citation import unsupported_details
from assistant.answering.quantities import in_chinese_units, quantities, without_quantities
from assistant.answering.question import names
from assistant.engines.protocol import Engine, Message
from ingest.text.sentences import language

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
    Message("system", "把句子翻译成中文。人名、模型名、缩写、数字和公式保持原样。只写译文。"),
    Message("user", "Dropout sets random activations to zero with probability p = 0.1."),
    Message("assistant", "Dropout 以概率 p = 0.1 把随机的激活值置为零。"),
)
_MOST_TOKENS = 160

Stop = Callable[[], bool]


def to_english(model: Engine, question: str, stop: Stop) -> str:
    """Return a question in English, every name of the original in it; empty if that failed."""
    said = _translated(model, _TO_ENGLISH, question, stop)
    if not said or language(said) != "en":
        return ""
    lost = [name for name in names(question) if name.casefold() not in said.casefold()]
    return " ".join([said, *lost])


def to_chinese(model: Engine, sentence: str, stop: Stop) -> str:
    """Return a sentence in Chinese; empty if a number or name in it is not the original's."""
    said = _translated(model, _TO_CHINESE, in_chinese_units(sentence), stop)
    return said if language(said) == "zh" and faithful(said, sentence) else ""


def faithful(translation: str, original: str) -> bool:
    """Say whether every number, in whatever units, and every name of a translation is said there.

    More cannot be checked between two languages without another model.
    """
    if not quantities(translation) <= quantities(original):
        return False
    return unsupported_details(without_quantities(translation), original) is None


def _translated(model: Engine, prompt: tuple[Message, ...], text: str, stop: Stop) -> str:
    messages = [*prompt, Message("user", text)]
    with closing(model.stream(messages, max_tokens=_MOST_TOKENS, stop=stop)) as said:
        return " ".join("".join(said).split())
