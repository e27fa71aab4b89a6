"""Prompts that chat clients send for themselves: a title for the chat, tags, what to ask next.

Such a prompt speaks of the chat and not of the library. It is known by its form: a task for a model
("### Task:", "Generate a concise title ...") together with the chat it is about, or with the form
of the reply. It is answered by code, from the first question of that chat.
"""

import json
import re
from collections.abc import Sequence

from assistant.conversation.rewriting import Exchange
from assistant.learning import primer
from assistant.wording import wording
from ingest.text.sentences import language
from ingest.text.words import QUESTION_WORDS

_MOST_WORDS, _MOST_HAN = 6, 12
_TAGS = 4
_WORDING = wording("client_tasks")
_CHAT = _WORDING.patterns["chat"]
_SAID = _WORDING.patterns["said"]
_MARKED = _WORDING.patterns["marked"]
_OF_THE_CHAT = _WORDING.patterns["of_the_chat"]
_TOOLS = _WORDING.patterns["tools"]
_ORDERS = (
    "generate", "create", "provide", "write", "suggest", "give", "summarise", "summarize",
    "come up with", "name", "choose", "select", "extract", "analyse", "analyze", "determine",
    "continue", "reflect",
    "生成", "总结", "概括", "起一个", "给出", "返回", "命名",
)  # fmt: skip
_WANTS = {  # in this order: a prompt for tags may speak of titles, too
    "queries": ("search query", "search queries", "检索词", "搜索词"),
    "follow_ups": (
        "follow up", "follow ups", "follow_up", "follow_ups", "followup", "followups",
        "next question", "next questions", "suggest questions", "suggested questions",
        "what to ask next", "追问", "后续问题",
    ),
    "tags": ("tag", "tags", "category", "categories", "标签"),
    "text": ("autocomplete", "autocompletion", "complete the text", "complete the sentence"),
    "title": (
        "title", "titles", "name for this", "name for the", "name to this", "name to the",
        "a name", "标题", "主题", "命名",
    ),
    "prompt": ("image generation", "image prompt", "prompt for an image"),
    "tool_calls": ("correct tool", "available tools", "tool calls", "tool to use"),
    "emoji": ("emoji that", "emoji representing", "emoji for", "fitting emoji"),
}  # fmt: skip
_LONGEST_UNMARKED = 1500  # characters: an order about a chat that is not marked as a task is short


def reply(text: str, history: Sequence[Exchange] = ()) -> str | None:
    """Return the reply to a client's own prompt; None for what a person asks."""
    marked = bool(_MARKED.match(text))
    head = text if marked else text[:_LONGEST_UNMARKED]
    wanted = [name for name, phrases in _WANTS.items() if _says(_instructions(head), phrases)]
    chat = _CHAT.search(text)
    if not wanted or not _says(head, _ORDERS):
        return None
    if "emoji" in wanted and "```" in text:
        return ""  # for one message, which stands between these marks
    if wanted[0] == "tool_calls" and _TOOLS.search(text):
        return json.dumps({"tool_calls": []})
    if not (marked and chat) and not (
        _OF_THE_CHAT.search(head) and (chat or history or _SAID.search(text))
    ):
        return None
    question = _first_question(text, chat, history)
    what = _asked_for(text, wanted)
    value = _value(what, question)
    if _says(text, ("json",)) or any(f'"{name}"' in text for name in _WANTS):
        return json.dumps({what: value}, ensure_ascii=False)
    return value if isinstance(value, str) else "\n".join(value)


def _says(text: str, phrases: Sequence[str]) -> bool:
    """Say whether a text has a phrase, whatever stands between its words: English words whole."""
    said = " ".join(["", *re.findall(r"[^\W\d]+", text.casefold()), ""])
    return any(f" {phrase} " in said if phrase.isascii() else phrase in said for phrase in phrases)


def _instructions(text: str) -> str:
    """Return a prompt without the chat it is about."""
    return _CHAT.sub(" ", text)


def _asked_for(text: str, wanted: Sequence[str]) -> str:
    """Return the key the prompt's own form of reply names, else what it asks for."""
    for name in wanted:
        if f'"{name}"' in text:
            return name
    return wanted[0]


def _first_question(text: str, chat: re.Match[str] | None, history: Sequence[Exchange]) -> str:
    inside = next((part for part in chat.groups() if part), "") if chat else ""
    if said := _SAID.search(inside or text):
        return " ".join(said[1].split())
    if history:
        return " ".join(history[0].question.split())
    return " ".join(inside.split())[:200]


def _value(what: str, question: str) -> str | list[str]:
    chinese = language(question) == "zh"
    subjects = [primer.notes()[slug].topic for slug in primer.named(question)]
    if what == "title":
        return _title(question)
    if what == "tags":
        return subjects[:_TAGS] or [_title(question)] * bool(question)
    if what == "follow_ups":
        if not subjects:
            return []
        about = subjects[0]
        if chinese:
            return [f"想了解{about}应该先读什么？", f"关于{about}你有哪些资料？"]
        return [f"What should I read first about {about}?", f"What do you have on {about}?"]
    if what == "tool_calls":
        return []
    if what == "queries":
        return [question] if question else []
    return ""


def _title(question: str) -> str:
    """Return the words of a question that say what it is about, as they stand in it."""
    plain = question.strip(" ?？!！.。")
    if language(plain) == "zh":
        return plain[:_MOST_HAN]
    words = plain.split()
    while words and words[0].casefold().strip(",.:'\"") in QUESTION_WORDS:
        words.pop(0)
    title = " ".join((words or plain.split())[:_MOST_WORDS]).strip(" ,;:")
    return title[:1].upper() + title[1:]
