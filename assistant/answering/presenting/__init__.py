"""An answer put together: numbered citations, groups, figures, several answers as one."""

from assistant.answering.presenting.compose import (
    Numbering,
    calculated,
    extract,
    finished,
    in_other_words,
    needs_wording,
    quotation,
    quoted,
    refusal,
    sentence,
)
from assistant.answering.presenting.figures import with_figures
from assistant.answering.presenting.together import together

__all__ = [
    "Numbering",
    "calculated",
    "extract",
    "finished",
    "in_other_words",
    "needs_wording",
    "quotation",
    "quoted",
    "refusal",
    "sentence",
    "together",
    "with_figures",
]
