"""Texts to vectors: all-MiniLM-L6-v2 as int8 ONNX.

Knows the model's files, its one-time export (`index.onnx_export`, in a process of its own) and
how to run it. Imports numpy, onnxruntime and tokenizers, never torch.
"""

import hashlib
import logging
import os
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import onnxruntime
import tokenizers

from index.files import locked, read_record, sha256_of, stamp, write_record
from index.weights import Progress, load_pins, obtain
from ingest.errors import ModelUnavailable

Vectors = npt.NDArray[np.float32]

_NAME = "all-minilm-l6-v2"
_LIMIT = 256  # tokens, [CLS] and [SEP] included: what the model was trained for
_DIMENSION = 384
_RECIPE = "mean-l2-int8-1"  # raise the number when the export changes
_WORKERS = 2
_SLICE = 16  # texts a worker takes at a time

_log = logging.getLogger(__name__)


class Embedder:
    """The embedding model. Make one by `Embedder.open`; safe to use from several threads.

    Each text is run alone: dynamic quantisation takes its scales over a whole batch, so in a
    batch a vector would depend on its neighbours.
    """

    name = _NAME
    limit = _LIMIT
    dimension = _DIMENSION

    def __init__(
        self, session: onnxruntime.InferenceSession, tokenizer: tokenizers.Tokenizer
    ) -> None:
        self._session = session
        self._tokenizer = tokenizer

    @classmethod
    def open(cls, models_dir: Path, progress: Progress | None = None) -> "Embedder":
        """Open the model in ``models_dir``, having and exporting it the first time.

        Args:
            models_dir: the home's models folder.
            progress: told of the download in bytes and of the export as one step.

        Raises:
            ModelUnavailable: the weights cannot be had, or the export failed.
        """
        folder = obtain(_NAME, models_dir, progress)
        graph = folder / "model.int8.onnx"
        if not _is_exported(graph):
            with locked(models_dir, _NAME, progress):
                _ensure_exported(folder, graph, progress)
        options = onnxruntime.SessionOptions()
        # One thread a text; `embed` runs two texts at a time on this one session.
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        session = onnxruntime.InferenceSession(
            str(graph), options, providers=["CPUExecutionProvider"]
        )
        tokenizer = tokenizers.Tokenizer.from_file(str(folder / "tokenizer.json"))
        tokenizer.no_padding()  # the file pads and cuts to 128
        tokenizer.no_truncation()
        return cls(session, tokenizer)

    @property
    def fingerprint(self) -> str:
        """Names weights, tokenizer, quantisation and limit: vectors of equal ones compare."""
        files = " ".join(file.sha256 for file in load_pins()[_NAME].files)
        digest = hashlib.sha256(f"{files} {_RECIPE} {_LIMIT}".encode()).hexdigest()
        return f"{_NAME}/{_RECIPE}/{_LIMIT}/{digest[:16]}"

    def embed(self, texts: Sequence[str], progress: Progress | None = None) -> Vectors:
        """Return the vectors of texts, float32 (n, 384), each of length 1.

        A text longer than `limit` tokens is cut there. ``progress`` is told of texts, not bytes.
        """
        vectors = np.empty((len(texts), _DIMENSION), dtype=np.float32)

        def work(start: int) -> int:
            stop = min(start + _SLICE, len(texts))
            for at in range(start, stop):
                vectors[at] = self.embed_query(texts[at])
            return stop

        pool = ThreadPoolExecutor(_WORKERS)
        try:
            for done in pool.map(work, range(0, len(texts), _SLICE)):
                if progress:
                    progress("embedding", done, len(texts))
        finally:  # an interrupt waits for the texts being run, not for all
            pool.shutdown(cancel_futures=True)
        return vectors

    def embed_query(self, text: str) -> Vectors:
        """Return the vector of one text, float32 (384,), of length 1."""
        ids = self._encode(text)
        if len(ids) > _LIMIT:
            ids = [*ids[: _LIMIT - 1], ids[-1]]  # [SEP] stays last
        tokens = np.array([ids], dtype=np.int64)
        inputs = {"input_ids": tokens, "attention_mask": np.ones_like(tokens)}
        vector: Vectors = self._session.run(["vector"], inputs)[0][0]
        return vector

    def count_tokens(self, text: str) -> int:
        """Return how many tokens a text has, the two special ones included, uncut."""
        return len(self._encode(text))

    def token_starts(self, text: str) -> list[int]:
        """Return the offsets at which the tokens of a text start, without the special ones."""
        text = text.encode("utf-8", "replace").decode("utf-8")
        found = self._tokenizer.encode(text, add_special_tokens=False)
        return [start for start, _ in found.offsets]

    def _encode(self, text: str) -> list[int]:
        # Half a surrogate pair, as in a badly decoded argument, is no text to the tokenizer.
        text = text.encode("utf-8", "replace").decode("utf-8")
        return list(self._tokenizer.encode(text).ids)


def _marker(graph: Path) -> Path:
    return graph.with_suffix(".json")


def _made_from() -> dict[str, Any]:
    """What an export must have been made from and by to be used."""
    return {"recipe": _RECIPE, "weights": [file.sha256 for file in load_pins()[_NAME].files]}


def _is_exported(graph: Path) -> bool:
    marker = read_record(_marker(graph))
    return graph.exists() and {**_made_from(), **stamp(graph)}.items() <= marker.items()


def _ensure_exported(folder: Path, graph: Path, progress: Progress | None) -> None:
    """Export unless the graph is there; the caller holds the lock."""
    marker = read_record(_marker(graph))
    usable = graph.exists() and _made_from().items() <= marker.items()
    # Another process made it meanwhile, or the home was copied and has other times.
    if usable and marker.get("sha256") == sha256_of(graph):
        write_record(_marker(graph), {**marker, **stamp(graph)})
    else:
        _export(folder, graph, progress)


def _export(folder: Path, graph: Path, progress: Progress | None) -> None:
    """Make the int8 graph; the caller holds the lock."""
    import subprocess  # these two are needed once in a home's life
    from importlib.metadata import version

    label = f"{_NAME}: exporting to int8 ONNX (once)"
    if progress:
        progress(label, 0, 1)
    if _lacks_vnni():
        _log.warning("This CPU has no VNNI instructions: embedding will be slower than it could be")
    fresh = graph.with_name(f".{graph.name}.part")
    # By path and with -P: nothing in the working directory can stand in for a library.
    script = Path(__file__).with_name("onnx_export.py")
    run = subprocess.run(
        [sys.executable, "-P", str(script), str(folder), str(fresh)],
        env=os.environ | {"HF_HUB_OFFLINE": "1", "TRANSFORMERS_VERBOSITY": "error"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=False,
    )
    if run.returncode:
        fresh.unlink(missing_ok=True)
        said = run.stderr.decode("utf-8", "replace").strip().splitlines() or ["no message"]
        raise ModelUnavailable(
            f"The embedding model could not be exported to ONNX from {folder}: {said[-1]}. "
            "Check free memory (1 GB) and disk, and that torch and transformers are installed."
        )
    versions = {name: version(name) for name in ("torch", "transformers", "onnxruntime")}
    marker = {**_made_from(), **stamp(fresh), "sha256": sha256_of(fresh), "versions": versions}
    fresh.replace(graph)
    write_record(_marker(graph), marker)
    if progress:
        progress(label, 1, 1)


def _lacks_vnni() -> bool:
    """Say whether this is known to be an x86 CPU without 8-bit dot products."""
    try:
        with Path("/proc/cpuinfo").open(encoding="utf-8", errors="replace") as lines:
            flags = next((line.split() for line in lines if line.startswith("flags")), None)
    except OSError:
        return False
    return flags is not None and not {"avx512_vnni", "avx_vnni"} & set(flags)
