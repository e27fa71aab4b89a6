"""Runs of ``refdesk eval`` on disk: the report with a row per question, answers, TREC runs."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote

from assistant.evaluation.scores import Evaluation
from ingest.disk import bytes_of, json_of
from ingest.errors import UsageError

_TAG = "refdesk"
_MOST = 500_000_000  # bytes of a run


def write(file: Path, evaluation: Evaluation) -> None:
    """Write the report with a row per question under ``questions``."""
    run = evaluation.report | {"questions": list(evaluation.questions)}
    _write(file, json.dumps(run, ensure_ascii=False, indent=2) + "\n")


def read(file: Path) -> dict[str, Any]:
    """Read what :func:`write` wrote.

    Raises:
        UsageError: the file cannot be read, or is no run.
    """
    try:
        text = bytes_of(file, _MOST).decode("utf-8")
    except (OSError, ValueError) as error:
        raise UsageError(f"The run {file} cannot be read: {error}.") from error
    try:
        run = json_of(text)
    except ValueError:
        run = None
    if not (
        isinstance(run, dict)
        and isinstance(run.get("retrieval"), dict)
        and isinstance(run.get("questions"), list)
        and all(isinstance(row, dict) and {"id", "question"} <= row.keys()
                for row in run["questions"])
    ):  # fmt: skip
        raise UsageError(
            f"{file} is no run with a row per question: `refdesk eval ... --out` writes one."
        )
    return run


def write_answers(file: Path, evaluation: Evaluation) -> None:
    """Write every answer, one ``ask --json`` object a line, with the question's id."""
    lines = [json.dumps(answer, ensure_ascii=False) + "\n" for answer in evaluation.answers]
    _write(file, "".join(lines))


def write_trec(file: Path, ranked: Mapping[str, Sequence[tuple[str, float]]]) -> None:
    """Write a TREC run file, a line per document found: ``qid Q0 docid rank score tag``."""
    lines = [
        f"{_column(question)} Q0 {_column(document)} {rank} {score:.6f} {_TAG}\n"
        for question, documents in ranked.items()
        for rank, (document, score) in enumerate(documents, 1)
    ]
    _write(file, "".join(lines))


def _column(text: str) -> str:
    """Return text without white space: it ends a column."""
    return "".join(quote(char) if char.isspace() else char for char in text)


def _write(file: Path, text: str) -> None:
    try:
        file.write_text(text, encoding="utf-8")
    except OSError as error:
        raise UsageError(f"{file} cannot be written: {error.strerror}.") from error
