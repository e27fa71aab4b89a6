"""What a question asks to be worked out, by rules of the primer."""

from assistant.answering.calculating.calculation import Calculation, calculate
from assistant.answering.calculating.sums import fault

__all__ = ["Calculation", "calculate", "fault"]
