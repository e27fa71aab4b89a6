"""Whether a sentence of a model stands: what it rests on, what it says otherwise."""

from assistant.answering.checking.citation import (
    Attribution,
    attribute,
    curated_twin,
    repeats,
    unsupported_details,
)
from assistant.answering.checking.matching import places_of, stands
from assistant.answering.checking.support import Support

__all__ = [
    "Attribution",
    "Support",
    "attribute",
    "curated_twin",
    "places_of",
    "repeats",
    "stands",
    "unsupported_details",
]
