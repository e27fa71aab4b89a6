"""The int8 graph of an embedding model: made once from its weights, in a process of its own.

Beside the graph stands a record of what it was made from; another recipe, other weights or a
damaged file make it anew.
"""

import logging
import os
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from index.models.e5_weights import write_checkpoint
from index.models.embedding_models import EmbeddingModel
from index.models.files import (
    Progress,
    add_to_record,
    locked,
    read_record,
    readably,
    stamp,
    write_record,
)
from ingest.disk import sha256_of
from ingest.errors import ModelUnavailable

_log = logging.getLogger(__name__)


GRAPH = "model.int8.onnx"
"""Name of a graph's file."""


def int8_graph(
    model: EmbeddingModel,
    weights: Path,
    graph: Path,
    content: Sequence[str],
    models_dir: Path,
    progress: Progress | None,
) -> Path:
    """Return the ``graph`` of a model whose ``weights`` are in a folder, exporting it if need be.

    ``content`` holds the hashes of its files: another content is exported anew.

    Raises:
        ModelUnavailable: the export failed.
    """
    made_from = {"recipe": model.recipe, "weights": list(content)}
    if not _is_exported(made_from, graph):
        name = graph.parent.name
        with readably(model.name, graph.parent):
            if _is_same(made_from, graph):  # a copy of a home has other times
                add_to_record(_marker_of(graph), stamp(graph), models_dir, name, progress)
                return graph
            with locked(models_dir, name, progress):
                _ensure_exported(model, weights, graph, made_from, progress)
    return graph


def _marker_of(graph: Path) -> Path:
    return graph.with_suffix(".json")


def _is_exported(made_from: dict[str, Any], graph: Path) -> bool:
    marker = read_record(_marker_of(graph))
    return graph.exists() and {**made_from, **stamp(graph)}.items() <= marker.items()


def _is_same(made_from: dict[str, Any], graph: Path) -> bool:
    """Say whether a graph is the one its record is about, whatever its times are."""
    marker = read_record(_marker_of(graph))
    usable = graph.exists() and made_from.items() <= marker.items()
    return usable and marker.get("sha256") == sha256_of(graph)


def _ensure_exported(
    model: EmbeddingModel,
    weights: Path,
    graph: Path,
    made_from: dict[str, Any],
    progress: Progress | None,
) -> None:
    """Export unless the graph is there; the caller holds the lock."""
    if _is_exported(made_from, graph):  # by another process meanwhile
        return
    report = progress or (lambda *_: None)
    label = f"{model.name}: exporting to int8 ONNX (once)"
    report(label, 0, 1)
    _export(model, weights, graph, made_from)
    report(label, 1, 1)


def _export(model: EmbeddingModel, folder: Path, graph: Path, made_from: dict[str, Any]) -> None:
    """Make the int8 graph; the caller holds the lock."""
    import subprocess  # these two are needed once in a home's life
    from importlib.metadata import version

    if _lacks_vnni():
        _log.warning("This CPU has no VNNI instructions: embedding will be slower than it could be")
    # By path and with -P: nothing in the working directory can stand in for a library.
    script = Path(__file__).with_name("onnx_export.py")
    weights = folder
    scratch = graph.parent / ".export"
    fresh = scratch / graph.name
    shutil.rmtree(scratch, ignore_errors=True)  # what a killed run left
    try:
        with readably(model.name, graph.parent):
            scratch.mkdir(parents=True)
            if model.packed:
                weights = scratch
                write_checkpoint(folder / model.packed, weights)
            outliers = [",".join(map(str, channels)) for channels in model.outliers]
            dense = ["--dense", str(folder / model.dense)] if model.dense else []
            run = subprocess.run(
                [
                    *(sys.executable, "-P", str(script), str(weights), str(fresh), *outliers),
                    *("--pooling", model.pooling, *dense),
                ],
                env=os.environ | {"HF_HUB_OFFLINE": "1", "TRANSFORMERS_VERBOSITY": "error"},
                stdin=subprocess.DEVNULL,
                capture_output=True,
                check=False,
            )
            if run.returncode:
                said = run.stderr.decode("utf-8", "replace").strip().splitlines()
                raise ModelUnavailable(
                    f"The embedding model could not be exported to ONNX from {folder}: "
                    f"{(said or ['no message'])[-1]}. Check free memory (1 GB) and disk, and that "
                    "torch and transformers are installed."
                )
            versions = {name: version(name) for name in ("torch", "transformers", "onnxruntime")}
            marker = {**made_from, "sha256": sha256_of(fresh), "versions": versions}
            fresh.replace(graph)
            write_record(_marker_of(graph), {**marker, **stamp(graph)})
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def _lacks_vnni() -> bool:
    """Say whether this is known to be an x86 CPU without 8-bit dot products."""
    try:
        with Path("/proc/cpuinfo").open(encoding="utf-8", errors="replace") as lines:
            flags = next((line.split() for line in lines if line.startswith("flags")), None)
    except OSError:
        return False
    return flags is not None and not {"avx512_vnni", "avx_vnni"} & set(flags)
