"""The int8 graph of a known model: made once from its weights, in a process of its own.

Beside the graph stands a record of what it was made from; another recipe, other weights or a
damaged file make it anew.
"""

import logging
import os
import shutil
import sys
from pathlib import Path
from typing import Any

from index.models.e5_weights import write_checkpoint
from index.models.embedding_models import EmbeddingModel
from index.models.files import (
    Progress,
    locked,
    read_record,
    readably,
    sha256_of,
    stamp,
    write_record,
)
from index.models.pins import load_pins
from ingest.errors import ModelUnavailable

_log = logging.getLogger(__name__)


def int8_graph(model: EmbeddingModel, models_dir: Path, progress: Progress | None) -> Path:
    """Return the graph of a model whose weights are in ``models_dir``, exporting it if need be.

    Raises:
        ModelUnavailable: the export failed.
    """
    graph = models_dir / model.name / "model.int8.onnx"
    if not _is_exported(model, graph):
        with locked(models_dir, model.name, progress):
            _ensure_exported(model, graph, progress)
    return graph


def _marker_of(graph: Path) -> Path:
    return graph.with_suffix(".json")


def _made_from(model: EmbeddingModel) -> dict[str, Any]:
    """What an export must have been made from and by to be used."""
    return {"recipe": model.recipe, "weights": [f.sha256 for f in load_pins()[model.name].files]}


def _is_exported(model: EmbeddingModel, graph: Path) -> bool:
    marker = read_record(_marker_of(graph))
    return graph.exists() and {**_made_from(model), **stamp(graph)}.items() <= marker.items()


def _ensure_exported(model: EmbeddingModel, graph: Path, progress: Progress | None) -> None:
    """Export unless the graph is there; the caller holds the lock."""
    marker = read_record(_marker_of(graph))
    usable = graph.exists() and _made_from(model).items() <= marker.items()
    # Another process made it meanwhile, or the home was copied and has other times.
    if usable and marker.get("sha256") == sha256_of(graph):
        write_record(_marker_of(graph), {**marker, **stamp(graph)})
    else:
        told = progress or (lambda *_: None)
        label = f"{model.name}: exporting to int8 ONNX (once)"
        told(label, 0, 1)
        _export(model, graph)
        told(label, 1, 1)


def _export(model: EmbeddingModel, graph: Path) -> None:
    """Make the int8 graph; the caller holds the lock."""
    import subprocess  # these two are needed once in a home's life
    from importlib.metadata import version

    if _lacks_vnni():
        _log.warning("This CPU has no VNNI instructions: embedding will be slower than it could be")
    # By path and with -P: nothing in the working directory can stand in for a library.
    script = Path(__file__).with_name("onnx_export.py")
    folder = weights = graph.parent
    scratch = folder / ".export"
    fresh = scratch / graph.name
    shutil.rmtree(scratch, ignore_errors=True)  # what a killed run left
    try:
        with readably(model.name, folder):
            scratch.mkdir()
            if model.packed:
                weights = scratch
                write_checkpoint(folder / model.packed, weights)
            outliers = [",".join(map(str, channels)) for channels in model.outliers]
            run = subprocess.run(
                [sys.executable, "-P", script, weights, fresh, *outliers],
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
            marker = {**_made_from(model), "sha256": sha256_of(fresh), "versions": versions}
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
