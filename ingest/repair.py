"""Repair text once decoded with the wrong charset and stored so ("mojibake"), and nothing else.

Two tests guard good text: ftfy's measure of badness (pairs of characters that real text does not
hold), and whether runs of characters, taken back to bytes, are UTF-8: by chance hardly any are.
"""

import re

_RUN = re.compile(r"[\u0080-\uffff]{2,}")
_ENOUGH = 3  # bad pairs, broken runs: fewer may be an example in a text about charsets


def repair(title: str, text: str) -> tuple[str, str]:
    """Return a page's title and text as they were meant, or as they are if not clearly broken."""
    whole = f"{title}\n{text}"
    runs = _RUN.findall(whole)
    if not runs:
        return title, text
    whole = _from_mac_roman(whole, runs)
    if len(title) + len(text) < 1_000_000:
        whole = _by_ftfy(whole)
    title, _, text = whole.partition("\n")
    return title, text


def _from_mac_roman(text: str, runs: list[str]) -> str:
    """Undo UTF-8 read as Mac Roman, which ftfy knows only in part."""
    candidates = [run for run in runs if _mac_bytes(run)]
    broken = sum(_meant(run) is not None for run in candidates)
    if broken < _ENOUGH or broken < 0.5 * len(candidates):
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


def _by_ftfy(text: str) -> str:
    from ftfy import fix_encoding
    from ftfy.badness import badness

    before = badness(text)
    if before < max(_ENOUGH, len(text) // 5000):
        return text
    lines = [
        line if line.isascii() or not badness(line) else fix_encoding(line)
        for line in text.split("\n")
    ]
    fixed = "\n".join(lines)
    return fixed if badness(fixed) <= before // 4 else text
