"""The form of a saved answer: whoever wrote the file, what is checked has the right shape."""

from typing import Any

from assistant import input_limits
from ingest.errors import UsageError

_SENTENCES = 1_000
_LONGEST = 20_000  # characters of a sentence: code may be long


def checked(saved: Any) -> dict[str, Any]:
    """Return an ``ask --json`` object whose question, sentences and citations can be relied on.

    Raises:
        UsageError: it is none; the message names what is wrong.
    """
    whole: dict[str, Any] = _of(dict, saved, "the answer")
    sentences = _of(list, whole.get("sentences"), "sentences")
    if len(sentences) > _SENTENCES:
        raise UsageError(f"A saved answer has at most {_SENTENCES:,} sentences.")
    return whole | {
        "question": input_limits.asked(_of(str, whole.get("question"), "question")),
        "sentences": [_sentence(sentence) for sentence in sentences],
        "citations": [
            _citation(citation) for citation in _of(list, whole.get("citations"), "citations")
        ],
    }


def _sentence(given: Any) -> dict[str, Any]:
    sentence: dict[str, Any] = _of(dict, given, "a sentence")
    numbers = _of(list, sentence.get("citations"), "the citations of a sentence")
    text = _text(sentence.get("text"), "the text of a sentence")
    cleaned = sentence | {"text": text, "citations": [_of(int, n, "a citation") for n in numbers]}
    if isinstance(cleaned.get("original"), str):
        cleaned["original"] = _text(cleaned["original"], "the original of a sentence")
    return cleaned


def _citation(given: Any) -> dict[str, Any]:
    citation: dict[str, Any] = _of(dict, given, "a citation")
    for name in ("n", "start", "end"):
        _of(int, citation.get(name), f"{name} of a citation")
    return citation | {
        name: input_limits.readable(_of(str, citation.get(name), f"{name} of a citation"))
        for name in ("passage", "url")
    }


def _text(given: Any, name: str) -> str:
    text: str = _of(str, given, name)
    if len(text) > _LONGEST:
        raise UsageError(f"{name} has {len(text):,} characters, and {_LONGEST:,} is the most.")
    return input_limits.readable(text)


def _of(kind: type, given: Any, name: str) -> Any:
    if not isinstance(given, kind) or isinstance(given, bool):
        raise UsageError(
            f"This is not a saved answer (`refdesk ask --json`): {name} is no {_NAMES[kind]}."
        )
    return given


_NAMES = {dict: "object", list: "array", str: "text", int: "whole number"}
