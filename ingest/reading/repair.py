"""Repair text once decoded with the wrong charset and stored so ("mojibake"), and nothing else.

Two tests guard good text: ftfy's measure of badness (pairs of characters that real text does not
hold), and whether runs of characters, taken back to bytes, are UTF-8: by chance hardly any are.
"""

import re

_RUN = re.compile(r"[\u0080-\uffff]+")
# Bad pairs or broken runs: fewer, or fewer than sound ones, may be examples in a text on charsets.
_ENOUGH = 3


def repair(title: str, text: str) -> tuple[str, str]:
    """Return a page's title and text as they were meant, or as they are if not clearly broken."""
    whole = f"{title}\n{text}"
    runs = _RUN.findall(whole)
    if not any(len(run) > 1 for run in runs):
        return title, text
    whole = _from_mac_roman(whole, runs)
    if len(title) + len(text) < 1_000_000:
        whole = _by_ftfy(whole, len(runs))
    title, _, text = whole.partition("\n")
    return title, text


def _from_mac_roman(text: str, runs: list[str]) -> str:
    """Undo UTF-8 read as Mac Roman, which ftfy knows only in part."""
    broken = sum(len(run) > 1 and _meant(run) is not None for run in runs)
    if broken < _ENOUGH or broken <= 0.5 * len(runs):
        return text
    return _RUN.sub(lambda run: _meant(run[0]) or run[0], text)


def _mac_bytes(run: str) -> bytes | None:
    try:
        return run.encode("mac_roman")
    except UnicodeEncodeError:
        return None


def _meant(run: str) -> str | None:
    data = _mac_bytes(run)
    if data is None:
        return None
    # The first byte of an emoji reads as a private character (Apple's logo), which often got lost.
    for guess in (data, b"\xf0" + data):
        try:
            return guess.decode("utf-8")
        except UnicodeDecodeError:
            continue
    return None


def _by_ftfy(text: str, runs: int) -> str:
    from ftfy import fix_encoding
    from ftfy.badness import badness

    before = badness(text)
    if before < _ENOUGH or before <= 0.5 * runs:
        return text
    lines = [
        line if line.isascii() or not badness(line) else fix_encoding(line)
        for line in text.split("\n")
    ]
    fixed = "\n".join(lines)
    return fixed if badness(fixed) <= before // 4 else text
