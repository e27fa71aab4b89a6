"""What is found for a question: passages, and how likely each of their sentences answers it."""

from assistant.answering.evidence.asides import without_asides
from assistant.answering.evidence.evidence import Evidence, Line, rows_of, windows
from assistant.answering.evidence.gathering import PASSAGES, gather
from assistant.answering.evidence.joined import with_joined_sides
from assistant.answering.evidence.pieces import Piece
from assistant.answering.evidence.primer_zh import in_chinese
from assistant.answering.evidence.scoring import lines_of, statements

__all__ = [
    "PASSAGES",
    "Evidence",
    "Line",
    "Piece",
    "gather",
    "in_chinese",
    "lines_of",
    "rows_of",
    "statements",
    "windows",
    "with_joined_sides",
    "without_asides",
]
