"""Which of the sentences found an answer shows, and in which order."""

from assistant.answering.selection.plan import Group, Plan, opened_by, plan
from assistant.answering.selection.sections import Section, count_words, sections

__all__ = ["Group", "Plan", "Section", "count_words", "opened_by", "plan", "sections"]
