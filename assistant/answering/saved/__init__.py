"""A saved answer: its form, and whether it still holds."""

from assistant.answering.saved.verify import verify

__all__ = ["verify"]
