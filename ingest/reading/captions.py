"""What is said in a video, line by line with its seconds, as paragraphs that can be read.

Knows caption files (WebVTT, SubRip) and the habits of captions: lines that are shown twice while
they roll, notes of sounds, marks of a new speaker.
"""

import html
import re
from collections.abc import Sequence

from ingest.reading.decode import UnreadableError
from ingest.text.sentences import one_line

_SOON, _LATE = 30.0, 45.0  # seconds: a paragraph ends at a sentence's end between, or at the latter
_SENTENCE_END = re.compile(r"(?:[.!?…]|[。！？])[\"'”’)\]」』]*(?:(?=\s|$)|(?<=[。！？”’」』]))")
_SOUND = re.compile(r"[\[(（【♪][^\[\]()（）【】]{0,40}[\])）】♪]|[♪♫\s]+")
_LEADING_MARKS = re.compile(r"\A(?:>+\s*+|[-–—#*+♪]+\s++)++")
_TIMES = re.compile(
    r"\s*(?:(?P<hours>\d{1,3}):)?(?P<minutes>\d{1,2}):(?P<seconds>\d{1,2})[.,]\d{1,3}\s+-->"
)
_TAG = re.compile(r"<[^<>]{0,200}>|\{\\[^{}]{0,200}\}")


def caption_lines(text: str) -> list[tuple[float, str]]:
    """Return the lines of a caption file with the second each begins, each once.

    Raises:
        UnreadableError: it holds no cue.
    """
    lines: list[tuple[float, str]] = []
    second: float | None = None
    before: list[str] = []  # the cue before this one
    cue: list[str] = []
    for line in [*text.split("\n"), ""]:
        if times := _TIMES.match(line):
            second = float(times["hours"] or 0) * 3600
            second += float(times["minutes"]) * 60 + float(times["seconds"])
            before, cue = cue or before, []
        elif not line.strip():
            if cue:
                before, cue = cue, []
            second = None
        elif second is not None:
            said = " ".join(html.unescape(_TAG.sub("", line)).split())
            if said and said not in before[-2:]:
                lines.append((second, said))
            cue.append(said)
    if not lines:
        raise UnreadableError("damaged: it holds no captions")
    return lines


def paragraphs(lines: Sequence[tuple[float, str]]) -> list[tuple[float, str]]:
    """Join lines (second, text) to paragraphs of about half a minute."""
    made: list[tuple[float, list[str]]] = []
    for second, line in lines:
        said = _spoken(line)
        if not said:
            continue
        if not made:
            made.append((second, [said]))
            continue
        began, parts = made[-1]
        if second - began < _SOON:
            parts.append(said)
        elif _ends_sentence(parts[-1]):
            made.append((second, [said]))
        elif inside := _SENTENCE_END.search(said):
            parts.append(said[: inside.end()])
            if rest := said[inside.end() :].strip():
                made.append((second, [rest]))
        elif second - began >= _LATE:
            made.append((second, [said]))
        else:
            parts.append(said)
    written = ((began, _LEADING_MARKS.sub("", " ".join(parts))) for began, parts in made)
    return [(began, text) for began, text in written if text]


def _ends_sentence(text: str) -> bool:
    return any(match.end() == len(text) for match in _SENTENCE_END.finditer(text))


def _spoken(line: str) -> str:
    """Return what is said in a line: no notes of sounds, no marks of a new speaker."""
    text = one_line(html.unescape(line))
    return "" if _SOUND.fullmatch(text) else re.sub(r"^(?:>>+|[-–—](?=\s))\s*", "", text)
