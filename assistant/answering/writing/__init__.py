"""What a model is told, and what is shown of its words."""

from assistant.answering.writing.across import faithful, to_chinese, to_english
from assistant.answering.writing.prompt import REFUSAL, opening_prompt, prefix, whole_prompt
from assistant.answering.writing.write import Task, event_of, write

__all__ = [
    "REFUSAL",
    "Task",
    "event_of",
    "faithful",
    "opening_prompt",
    "prefix",
    "to_chinese",
    "to_english",
    "whole_prompt",
    "write",
]
