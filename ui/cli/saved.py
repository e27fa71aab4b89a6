"""Saved answers as the command line is given them: files, or what stands on stdin."""

import json
import sys
from pathlib import Path
from typing import Any

from ingest.errors import UsageError


def saved_answer(file: Path) -> Any:
    """Return what a file of JSON holds, ``-`` for stdin.

    Raises:
        UsageError: it cannot be read, or is no JSON.
    """
    text = _text(file)
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        raise UsageError(f"The answer {file} cannot be read: {error}.") from error


def saved_answers(file: Path) -> list[Any]:
    """Return the answers of a file: one object, an array of them, or one on each line.

    Raises:
        UsageError: it cannot be read, or is no JSON.
    """
    text = _text(file)
    try:
        answers = json.loads(text)
    except RecursionError as error:
        raise UsageError(f"The answers {file} cannot be read: {error}.") from error
    except ValueError:
        try:
            answers = [json.loads(line) for line in text.splitlines() if line.strip()]
        except (ValueError, RecursionError) as error:
            raise UsageError(f"The answers {file} cannot be read: {error}.") from error
    return answers if isinstance(answers, list) else [answers]


def _text(file: Path) -> str:
    try:
        data = sys.stdin.buffer.read() if str(file) == "-" else file.read_bytes()
        return data.decode(json.detect_encoding(data))  # shells differ in what > writes
    except (OSError, ValueError) as error:
        raise UsageError(f"The answer {file} cannot be read: {error}.") from error
