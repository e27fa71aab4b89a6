"""Any embedding model of sentence-transformers, run by that library itself.

Slower than the models known by name: float32 on torch, which takes seconds to import. The model's
prompts and token limit are honoured. Imported only when such a model is asked for.
"""

import hashlib
import logging
import threading
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import tokenizers

from index.models.files import Progress
from index.models.model_folder import content_hash, folder_of
from index.models.wordpieces import Wordpieces
from ingest.errors import ModelUnavailable

Vectors = npt.NDArray[np.float32]

# Their model cards ask for "query: " or "passage: " before every text, without which they rank
# badly; their configurations name no prompts. Instruct models do name theirs.
_E5 = frozenset(
    f"{kind}-{size}{version}"
    for kind, versions in (("e5", ("", "-v2")), ("multilingual-e5", ("",)))
    for size in ("small", "base", "large")
    for version in versions
)
_UNLIMITED = 1 << 20  # tokens; models without positions take a text of any length


class SentenceTransformerEncoder:
    """A model of sentence-transformers. Make one by `SentenceTransformerEncoder.open`.

    One text at a time, so that a vector does not depend on its neighbours; torch runs the one text
    on all cores. Calls from several threads wait for each other: a tokenizer serves one.
    """

    multilingual = False  # not known; what is built on it would need measuring for each model

    def __init__(self, name: str, model: Any, content: str) -> None:
        """Take over a loaded model; ``content`` is the hash of its files."""
        self.name = name
        self.tokenizer = Wordpieces(_tokenizer_of(name, model))
        self.limit = int(min(model.max_seq_length or _UNLIMITED, _UNLIMITED))
        self._model = model
        self._lock = threading.Lock()
        self._query_prompt, self._passage_prompt = _prompts(Path(name).name, model)
        self.dimension = len(self.passage(""))
        parts = (content, str(self.limit), self._query_prompt, self._passage_prompt)
        digest = hashlib.sha256("\0".join(parts).encode()).hexdigest()
        self.fingerprint = f"sentence-transformers/{self.dimension}/{self.limit}/{digest[:16]}"

    @classmethod
    def open(
        cls, name: str, models_dir: Path, progress: Progress | None = None
    ) -> "SentenceTransformerEncoder":
        """Open a model by its folder, or by its name on the model hub.

        Raises:
            UsageError: it is neither a folder nor such a name.
            ModelUnavailable: it cannot be had, or is no model that can be used here.
        """
        folder = folder_of(name, models_dir, progress)
        content = content_hash(folder, models_dir)
        logging.getLogger("transformers").setLevel(logging.ERROR)
        from sentence_transformers import SentenceTransformer

        try:
            model = SentenceTransformer(
                str(folder),
                device="cpu",
                local_files_only=True,
                trust_remote_code=False,
                model_kwargs={"use_safetensors": True},
            )
        except Exception as error:  # whatever a folder can hold
            reason = str(error).strip().split("\n")[0] or type(error).__name__
            raise ModelUnavailable(
                f"The embedding model in {folder} cannot be loaded: {reason}. Give the folder that "
                "sentence-transformers saved it to; models that bring code of their own are not "
                "run."
            ) from error
        # A folder is opened again from wherever the next command runs.
        return cls(str(folder) if Path(name).expanduser().is_dir() else name, model, content)

    def passage(self, text: str) -> Vectors:
        """Return the vector of a passage, float32 (dimension,), of length 1."""
        return self._vector(self._model.encode_document, self._passage_prompt, text)

    def query(self, text: str) -> Vectors:
        """Return the vector of a question, float32 (dimension,), of length 1."""
        return self._vector(self._model.encode_query, self._query_prompt, text)

    def _vector(self, encode: Any, prompt: str, text: str) -> Vectors:
        with self._lock:
            made = encode([text], prompt=prompt, normalize_embeddings=True, show_progress_bar=False)
        return np.asarray(made[0], dtype=np.float32)


def _prompts(last_name: str, model: Any) -> tuple[str, str]:
    """Return what goes before a question and before a passage.

    Chosen here: left to itself the library takes an empty "document" before a "passage" that the
    model names, and passes over a model's default.
    """
    named = {key: prompt for key, prompt in model.prompts.items() if prompt}
    query = named.get("query", "")
    passage = next((named[k] for k in ("document", "passage", "corpus") if k in named), "")
    if query or passage:
        return query, passage
    if model.default_prompt_name:
        default = named.get(model.default_prompt_name, "")
        return default, default
    if last_name in _E5:
        return "query: ", "passage: "
    return "", ""


def _tokenizer_of(name: str, model: Any) -> tokenizers.Tokenizer:
    """Return a copy of the model's tokenizer: its own goes on cutting at the limit."""
    own = getattr(model, "tokenizer", None)
    own = getattr(own, "backend_tokenizer", own)
    if not isinstance(own, tokenizers.Tokenizer):
        raise ModelUnavailable(
            f"The embedding model {name} cannot be used: its tokenizer does not tell where in a "
            "text a token stands, which cutting passages needs."
        )
    return tokenizers.Tokenizer.from_str(own.to_str())
