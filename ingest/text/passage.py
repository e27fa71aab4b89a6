"""Cut a document into passages: retrievable pieces with exact spans and their heading path.

Knows the block structure of Markdown text and a token budget; knows no tokenizer of its own. Within
a section, pieces are grouped so that passages come out about equally long (least squares over the
breaks, as in line breaking by total fit), preferring breaks between blocks to breaks inside them.
"""

import re
import unicodedata
from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from ingest.text.blocks import Block, blocks
from ingest.text.sentences import sentences
from ingest.values import Document, Passage

__all__ = ["LEAST_LIMIT", "Passage", "cut"]

LEAST_LIMIT = 16
"""The smallest budget `cut` takes: below it not every single character would fit."""

# A token stands for at most this many characters here: a tokenizer that sees one unknown token in a
# word of any length must not make a passage of any length.
_CHARS_PER_TOKEN = 8

# What a break before a piece costs, in squared relative deviation from the even size.
_BREAK = {"block": 0.0, "item": 0.05, "sentence": 0.2, "line": 0.2, "word": 0.4}
_AFTER_COLON = 0.3


@dataclass(frozen=True, slots=True)
class _Segment:
    """A stretch that is not cut further; it reaches to the start of the next one."""

    start: int
    end: int
    size: int
    break_cost: float


def cut(
    document: Document, token_starts: Callable[[str], Sequence[int]], limit: int
) -> list[Passage]:
    """Cut a document into passages of at most ``limit`` tokens each.

    Every character that is neither white space nor part of a heading line is in exactly one
    passage; passages are in order and do not cross headings.

    Args:
        document: what to cut.
        token_starts: where the tokens of a text start, ascending, for the model that will read it.
            A document is split into tokens once, not once per piece that is tried.
        limit: the most tokens a passage may have; at least `LEAST_LIMIT`.

    Raises:
        ValueError: the limit is too small.
    """
    if limit < LEAST_LIMIT:
        raise ValueError(f"a passage needs room for at least {LEAST_LIMIT} tokens, not {limit}")
    text = document.text

    starts = token_starts(text)

    def size(start: int, end: int) -> int:
        tokens = bisect_left(starts, end) - bisect_left(starts, start)
        return max(tokens, -(-(end - start) // _CHARS_PER_TOKEN))

    passages: list[Passage] = []
    section: list[Block] = []

    def finish() -> None:
        codes = iter([block for block in section if block.kind == "code"])
        code = next(codes, None)
        for start, end in _spans(text, section, size, limit):
            while code and code.end <= start:
                code = next(codes, None)
            fence = code.fence if code and code.start < start else ""
            passages.append(
                Passage(document.url, start, end, section[0].heading, text[start:end], fence)
            )
        section.clear()

    for block in blocks(text):
        if block.kind == "heading":
            finish()
        else:
            section.append(block)
    finish()
    return passages


_Size = Callable[[int, int], int]


def _spans(text: str, blocks: list[Block], size: _Size, limit: int) -> list[tuple[int, int]]:
    """Group the blocks of one section into spans of at most ``limit`` tokens."""
    if not blocks:
        return []
    whole = _trim(text, blocks[0].start, blocks[-1].end)
    if whole[1] - whole[0] <= limit * _CHARS_PER_TOKEN and size(*whole) <= limit:
        return [whole] if whole[0] < whole[1] else []
    pieces: list[_Segment] = []
    for i, block in enumerate(blocks):
        until = blocks[i + 1].start if i + 1 < len(blocks) else block.end
        pieces += _pieces(text, block, until, size, limit)
    return list(_grouped(text, pieces, size, limit))


def _trim(text: str, start: int, end: int) -> tuple[int, int]:
    piece = text[start:end]
    start += len(piece) - len(piece.lstrip())
    return start, start + len(piece.strip())


def _pieces(text: str, block: Block, until: int, size: _Size, limit: int) -> Iterator[_Segment]:
    cost = _BREAK["item" if block.kind in ("item", "table") else "block"]
    if text[max(0, block.start - 8) : block.start].rstrip().endswith((":", "：")):
        cost += _AFTER_COLON
    small = until - block.start <= limit * _CHARS_PER_TOKEN
    if small and (whole := size(block.start, until)) <= limit:
        yield _Segment(block.start, until, whole, cost)
        return
    if block.kind in ("code", "table"):
        starts, inner = _line_starts(text, block), "line"
    else:
        spans = sentences(text[block.start : block.end])
        starts, inner = [block.start, *(block.start + start for start, _ in spans[1:])], "sentence"
    for start, end in zip(starts, [*starts[1:], until], strict=True):
        before = cost if start == block.start else _BREAK[inner]
        for piece_start, piece_end in _hard(text, start, end, size, limit):
            yield _Segment(piece_start, piece_end, size(piece_start, piece_end), before)
            before = _BREAK["word"]


def _line_starts(text: str, block: Block) -> list[int]:
    starts = [block.start]
    for match in re.compile(r"\n(?=[^\n]*\S)").finditer(text, block.start, block.end):
        if match.end() < block.end:
            starts.append(match.end())
    return starts


def _hard(text: str, start: int, end: int, size: _Size, limit: int) -> Iterator[tuple[int, int]]:
    """Cut a stretch at words, or inside one where there is no other way."""
    while start < end:
        stop = min(end, start + limit * _CHARS_PER_TOKEN)
        while stop - start > 1 and (tokens := size(start, stop)) > limit:
            stop = start + max(1, min(stop - start - 1, (stop - start) * limit // tokens))
        if stop < end:
            stop = _good_stop(text, start, stop)
        yield start, stop
        start = stop


def _good_stop(text: str, start: int, stop: int) -> int:
    """Move a cut back to white space or at least out of a character made of several codes."""
    space = max(text.rfind(mark, start + 2 * (stop - start) // 3, stop) for mark in " \n\t，、；,;")
    if space > start:
        return space + 1
    for back in range(stop, max(start, stop - 8), -1):
        joined = text[back] in "\u200d\ufe0f" or text[back - 1] == "\u200d"
        if not joined and not unicodedata.combining(text[back]):
            return back
    return stop


def _grouped(
    text: str, pieces: list[_Segment], size: _Size, limit: int, room: int | None = None
) -> Iterator[tuple[int, int]]:
    """Yield trimmed spans over groups of pieces, each checked against the limit."""
    room = limit if room is None else room
    for first, last in _partition(pieces, room):
        start, end = _trim(text, pieces[first].start, pieces[last].end)
        if start == end:
            continue
        tokens = size(start, end)
        if tokens <= limit:
            yield start, end
        elif first == last:
            for span in _hard(text, start, end, lambda a, b: size(*_trim(text, a, b)), limit):
                yield _trim(text, *span)
        else:
            # The whole has more tokens than its parts together: pack this group less tightly.
            group = pieces[first : last + 1]
            total = sum(piece.size for piece in group)
            yield from _grouped(text, group, size, limit, min(room, total) - (tokens - limit))


def _partition(pieces: list[_Segment], room: int) -> list[tuple[int, int]]:
    """Split pieces into runs ``(first, last)`` of at most ``room``, as even as can be."""
    count = len(pieces)
    total = sum(piece.size for piece in pieces)
    even = total / max(1, -(-total // max(1, room)))
    best = [0.0] + [float("inf")] * count
    came = [0] * (count + 1)
    for end in range(1, count + 1):
        length = 0
        for start in range(end - 1, -1, -1):
            length += pieces[start].size
            if length > room and start < end - 1:
                break
            price = best[start] + (length / even - 1) ** 2
            price += pieces[start].break_cost if start else 0.0
            # A run costs a little in itself, so that fewer, fuller passages win a tie.
            price += 0.02
            if price < best[end]:
                best[end], came[end] = price, start
    runs: list[tuple[int, int]] = []
    end = count
    while end:
        runs.append((came[end], end - 1))
        end = came[end]
    return runs[::-1]
