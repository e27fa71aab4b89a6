"""A judge of sentences that a person names: any cross-encoder that classifies pairs of texts.

NLI models and those trained to tell whether a source bears a sentence (MiniCheck, HHEM and FactCG
are known ones), run by sentence-transformers on torch in float32. Models that bring code of their
own are not run. Torch is imported when the first sentence is judged.
"""

import json
import logging
import math
import re
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from index.models.files import Progress, readably
from index.models.model_folder import JUDGE, content_hash, folder_of
from ingest.errors import ModelUnavailable
from ingest.text.characters import encodable

_SUPPORTED = re.compile(
    r"(?:entail(?:ment|ed|s)?|support(?:ed|s)?|consistent|faithful|attributable|grounded)", re.I
)
_UNNAMED = re.compile(r"label_\d+", re.I)
_CLASSIFIES = "ForSequenceClassification"


class CrossEncoderJudge:
    """Tells how likely a source bears a sentence. Make one by `CrossEncoderJudge.open`.

    The label that means "supported" is the one that the model's configuration (``id2label``) calls
    entailment, supported, consistent, faithful, attributable or grounded; where two labels have no
    names it is label 1, as MiniCheck and FactCG have it; a model of one label is read through a
    sigmoid, others through a softmax. One pair is read at a time, so no verdict depends on others;
    calls from several threads wait for each other.
    """

    def __init__(self, name: str, folder: Path, labels: Sequence[str]) -> None:
        """Take a folder over; `open` checks it.

        Raises:
            ModelUnavailable: which label means "supported" cannot be told.
        """
        self.name = name
        self._folder = folder
        self._label = supported_label(name, labels)
        self._model: Any = None
        self._lock = threading.Lock()

    @classmethod
    def open(
        cls, name: str, models_dir: Path, progress: Progress | None = None
    ) -> "CrossEncoderJudge":
        """Open a judge by its folder or its ``OWNER/NAME`` on the model hub.

        Its files are checked now; its weights are loaded when the first sentence is judged.

        Raises:
            ModelUnavailable: it cannot be had, or is no classifier of pairs that is known to read.
        """
        folder = folder_of(name, models_dir, progress, JUDGE)
        with readably(name, folder):
            content_hash(folder, models_dir, JUDGE)  # there are weights, and no pickles
            labels = _labels_of(name, folder / "config.json")
        return cls(name, folder, labels)

    def probability(self, source: str, sentence: str) -> float:
        """Return how likely ``source`` bears ``sentence``, 0 to 1.

        A pair longer than the model reads is cut at the end of its longer text.

        Raises:
            ModelUnavailable: the weights cannot be loaded.
        """
        with self._lock:
            if self._model is None:
                self._model = self._loaded()
            logits = self._model.predict(
                [(encodable(source), encodable(sentence))],
                activation_fn=_as_they_are,
                show_progress_bar=False,
            )
        values = [float(value) for value in logits.reshape(-1)]
        if len(values) == 1:
            return 0.5 * (1 + math.tanh(values[0] / 2))  # the sigmoid, of any size
        most = max(values)
        shares = [math.exp(value - most) for value in values]
        return shares[self._label] / sum(shares)

    def _loaded(self) -> Any:
        logging.getLogger("transformers").setLevel(logging.ERROR)
        from sentence_transformers import CrossEncoder  # brings torch

        try:
            return CrossEncoder(
                str(self._folder),
                device="cpu",
                local_files_only=True,
                trust_remote_code=False,
                model_kwargs={"use_safetensors": True},
            )
        except Exception as error:  # whatever a folder can hold
            reason = str(error).strip().split("\n")[0] or type(error).__name__
            raise ModelUnavailable(
                f"The judge in {self._folder} cannot be loaded: {reason}. Give the folder that "
                "sentence-transformers or transformers saved it to; models that bring code of "
                "their own are not run."
            ) from error


def supported_label(name: str, labels: Sequence[str]) -> int:
    """Return the index of the label that means "supported"; see `CrossEncoderJudge`.

    Raises:
        ModelUnavailable: it cannot be told.
    """
    if len(labels) == 1:
        return 0
    named = [n for n, label in enumerate(labels) if _SUPPORTED.fullmatch(label.strip())]
    if len(named) == 1:
        return named[0]
    if len(labels) == 2 and all(_UNNAMED.fullmatch(label) for label in labels):
        return 1
    raise ModelUnavailable(
        f"The judge {name} cannot be used: which of its labels ({', '.join(labels)}) means that a "
        "sentence is supported cannot be told. Name that label entailment or supported in the "
        "id2label of its config.json."
    )


def _labels_of(name: str, file: Path) -> list[str]:
    """Return the labels of a model in order; transformers leaves out two without names."""
    try:
        config = json.loads(file.read_text(encoding="utf-8"))
        classifies = any(_CLASSIFIES in str(each) for each in config["architectures"])
        named = config.get("id2label") or {"0": "LABEL_0", "1": "LABEL_1"}
        labels = [str(named[key]) for key in sorted(named, key=int)]
    except FileNotFoundError:
        classifies, labels = False, []
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise ModelUnavailable(
            f"The judge {name} cannot be used: {file} is not the configuration of a model "
            "(a JSON object with its architectures and id2label)."
        ) from error
    if not classifies:
        raise ModelUnavailable(
            f"The judge {name} cannot be used: it does not classify pairs of texts (no "
            f"…{_CLASSIFIES} among the architectures of its config.json). Name a cross-encoder or "
            "an NLI model."
        )
    return labels


def _as_they_are(logits: Any) -> Any:
    return logits
