"""Two runs of ``refdesk eval`` side by side: figures, and which questions got better or worse."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from assistant.evaluation.bootstrap import paired
from assistant.evaluation.scores import UNANSWERABLE
from ingest.errors import UsageError

Row = Mapping[str, Any]
Pairs = Sequence[tuple[Row, Row]]

_PARTS = ("retrieval", "answers")
_BESIDE = ("n", "confidence")  # stand beside the figures
_RESOLUTION = 1e-9


def compare(
    report: Mapping[str, Any], rows: Iterable[Row], before: Mapping[str, Any], file: Path
) -> dict[str, Any]:
    """Return the ``against`` object: what changed since the run ``before``, read from ``file``.

    Every figure has ``before``, ``now`` and ``difference``; those that are a mean over questions
    also the 95 % ``interval`` and the ``p`` of the difference, by a paired bootstrap over the
    questions both runs measured.

    Raises:
        UsageError: the run is of other questions.
    """
    pairs = _paired(rows, before["questions"], file)
    result: dict[str, Any] = {"run": file.name, **_parts(report, before, pairs)}
    for key, field in (("by_lang", "lang"), ("by_type", "type")):
        result[key] = {
            value: _parts(part, before[key][value], [p for p in pairs if p[1][field] == value])
            for value, part in report[key].items()
            if value in before.get(key, {})
        }
    result["timings"] = _figures(report["timings"], before.get("timings", {}), ())
    if "baselines" in report and "baselines" in before:
        result["baselines"] = {
            name: _figures(figures, before["baselines"].get(name, {}), ())
            for name, figures in report["baselines"].items()
        }
    changes: dict[str, dict[str, float]] = {
        "ndcg@10": {str(now["id"]): _change(old, now, "ndcg@10") for old, now in pairs},
        "correct": {str(now["id"]): _right(now) - _right(old) for old, now in pairs
                    if "correct" in old and "correct" in now},
    }  # fmt: skip
    result["better"] = {
        name: [question for question, by in change.items() if by > _RESOLUTION]
        for name, change in changes.items()
    }
    result["worse"] = {
        name: [question for question, by in change.items() if by < -_RESOLUTION]
        for name, change in changes.items()
    }
    return result


def _paired(rows: Iterable[Row], before: Iterable[Row], file: Path) -> list[tuple[Row, Row]]:
    old = {str(row["id"]): row for row in before}
    now = {str(row["id"]): row for row in rows}
    other = sorted(
        key
        for key in old.keys() | now.keys()
        if key not in old or key not in now or old[key]["question"] != now[key]["question"]
    )
    if other:
        raise UsageError(
            f"The run {file} is of other questions: {len(other)} differ or are in one of the two "
            f"only, {other[0]} among them."
        )
    return [(old[key], row) for key, row in now.items()]


def _parts(report: Mapping[str, Any], before: Mapping[str, Any], pairs: Pairs) -> dict[str, Any]:
    return {part: _figures(report[part], before.get(part, {}), pairs) for part in _PARTS}


def _figures(
    now: Mapping[str, Any], before: Mapping[str, Any], pairs: Pairs
) -> dict[str, dict[str, Any]]:
    result: dict[str, dict[str, Any]] = {}
    for name, value in now.items():
        earlier = before.get(name)
        if value is None or earlier is None or name in _BESIDE:
            continue
        result[name] = {"before": earlier, "now": value, "difference": value - earlier}
        measured = [
            (float(old[name]), float(new[name]))
            for old, new in pairs
            if name in old and name in new and new["type"] != UNANSWERABLE
        ]
        if sure := paired([a for a, _ in measured], [b for _, b in measured]):
            result[name] |= {"interval": sure[0], "p": sure[1]}
    return result


def _change(old: Row, now: Row, name: str) -> float:
    return float(now[name] - old[name]) if name in old and name in now else 0.0


def _right(row: Row) -> int:
    """Say whether a question was dealt with rightly: unanswerable ones by a refusal."""
    return int(not row["answered"] if row["type"] == UNANSWERABLE else row["correct"])
