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

from index.models.model_folder import content_hash
from index.models.prompts import prompts
from index.models.wordpieces import Wordpieces
from ingest.errors import ModelUnavailable

Vectors = npt.NDArray[np.float32]

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
        self._query_prompt, self._passage_prompt = prompts(
            Path(name).name, model.prompts, model.default_prompt_name
        )
        self.dimension = len(self.passage(""))
        parts = (content, str(self.limit), self._query_prompt, self._passage_prompt)
        digest = hashlib.sha256("\0".join(parts).encode()).hexdigest()
        self.fingerprint = f"sentence-transformers/{self.dimension}/{self.limit}/{digest[:16]}"

    @classmethod
    def open(cls, name: str, folder: Path, models_dir: Path) -> "SentenceTransformerEncoder":
        """Open the model in a folder.

        Raises:
            ModelUnavailable: it is no model that can be used here.
        """
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
        return cls(name, model, content)

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
