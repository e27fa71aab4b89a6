"""Embedding models that run as int8: their limits, prefixes, and how they are made ready."""

from dataclasses import dataclass
from types import MappingProxyType

DEFAULT = "all-minilm-l6-v2"
"""Name of the model that is used where none is asked for."""


@dataclass(frozen=True, slots=True)
class EmbeddingModel:
    """An embedding model that runs as int8, and how it is to be used.

    ``limit`` is in tokens, special ones included: what the model was trained for. The prefixes go
    before a text as they stand. ``outliers`` are the inner channels that are not quantised, layer
    by layer from the first (see `onnx_export`). ``packed`` names the weights file of a model
    whose weights are no checkpoint but in 4 bits, ``means`` the shipped file of its
    `index.models.language_means.LanguageMeans`. ``beyond`` names the model that stands in for one
    that knows English alone, in all other languages. ``pooling`` is mean or cls, ``dense`` the
    folder among the weights of a linear layer after it.
    """

    name: str
    limit: int
    dimension: int
    recipe: str  # raise the number when the export, or what is made of a text, changes
    outliers: tuple[tuple[int, ...], ...] = ()
    query_prefix: str = ""
    passage_prefix: str = ""
    multilingual: bool = False
    packed: str = ""
    means: str = ""
    beyond: str = ""
    pooling: str = "mean"
    dense: str = ""


_KNOWN = (
    # Over 816 texts the worst cosine to float32 is 0.976 with all quantised, 0.985 so.
    EmbeddingModel(
        DEFAULT,
        256,
        384,
        "mean-l2-int8-3",
        outliers=((856,), (607,), (1004, 218), (358,)),
        beyond="multilingual-e5-small",
    ),
    # All quantised: the worst cosine to float32 over 160 passages is 0.987, the mean 0.996.
    EmbeddingModel(
        "multilingual-e5-small",
        512,
        384,
        "mean-l2-int8-2",
        query_prefix="query: ",
        passage_prefix="passage: ",
        multilingual=True,
        packed="e5-small-q4.bin",
        means="multilingual-e5-small-means.npy",
    ),
)
MODELS = MappingProxyType({model.name: model for model in _KNOWN})
"""The embedding models known by name, the default first."""
