"""Saved answers as the command line is given them: files, or what stands on stdin."""

import json
import sys
from pathlib import Path
from typing import Any

from ingest.disk import bytes_of, json_of
from ingest.errors import UsageError

_MOST = 500_000_000  # bytes


def saved_answer(file: Path) -> Any:
    """Return what a file of JSON holds, ``-`` for stdin.

    Raises:
        UsageError: it cannot be read, or is no JSON.
    """
    text = _text(file)
    try:
        return json_of(text)
    except ValueError as error:
        raise UsageError(f"The answer {file} cannot be read: {error}.") from error


def saved_answers(file: Path) -> list[Any]:
    """Return the answers of a file: one object, an array of them, or one on each line.

    Raises:
        UsageError: it cannot be read, or is no JSON.
    """
    text = _text(file)
    try:
        answers = json_of(text)
    except ValueError:
        try:
            answers = [json_of(line) for line in text.splitlines() if line.strip()]
        except ValueError as error:
            raise UsageError(f"The answers {file} cannot be read: {error}.") from error
    return answers if isinstance(answers, list) else [answers]


def bytes_given(file: Path) -> bytes:
    """Return what a file with answers holds, ``-`` for stdin.

    Raises:
        UsageError: it cannot be read, or holds more than answers do.
    """
    try:
        if str(file) == "-":
            return sys.stdin.buffer.read(_MOST)
        return bytes_of(file, _MOST)
    except (OSError, ValueError) as error:
        raise UsageError(f"The answer {file} cannot be read: {error}.") from error


def _text(file: Path) -> str:
    data = bytes_given(file)
    try:
        return data.decode(json.detect_encoding(data))  # shells differ in what > writes
    except ValueError as error:
        raise UsageError(f"The answer {file} cannot be read: {error}.") from error
