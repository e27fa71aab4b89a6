"""Canvases of Obsidian (JSON Canvas 1.0) as Markdown: what stands on them, group by group."""

import json
import re
from collections.abc import Iterator
from typing import Any

_MOST = 5_000  # nodes
_MOST_GROUPS = 200  # of which each is compared with every card
_INSIDE_LABEL = re.compile(r"[\[\]\n]")


def as_markdown(text: str) -> str:
    """Return the cards of a canvas as Markdown, those of a group under its name; "" if it is none.

    Cards are read from top to bottom and from left to right, as one sees them.
    """
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return ""
    held = value.get("nodes") if isinstance(value, dict) else None
    nodes = [node for node in held[:_MOST] if isinstance(node, dict)] if (
        isinstance(held, list)) else []  # fmt: skip
    nodes.sort(key=lambda node: (_number(node, "y"), _number(node, "x")))
    groups = [node for node in nodes if node.get("type") == "group"][:_MOST_GROUPS]
    cards = [node for node in nodes if node.get("type") != "group"]
    under: dict[int, list[dict[str, Any]]] = {}
    for card in cards:
        inside = (at for at, group in enumerate(groups) if _holds(group, card))
        under.setdefault(next(inside, -1), []).append(card)
    parts = [said for card in under.get(-1, []) for said in _said(card)]
    for at, group in enumerate(groups):
        if at in under:
            label = _INSIDE_LABEL.sub(" ", _text(group, "label")).strip()
            parts += [f"## {label}"] if label else []
            parts += [said for card in under[at] for said in _said(card)]
    return "\n\n".join(parts)


def _said(card: dict[str, Any]) -> Iterator[str]:
    if url := _text(card, "url"):
        yield f"<{url}>" if not re.search(r"[<>\s]", url) else url
    if file := _text(card, "file"):
        yield f"[[{_INSIDE_LABEL.sub(' ', file)}]]"
    if text := _text(card, "text").strip():
        yield text


def _holds(group: dict[str, Any], card: dict[str, Any]) -> bool:
    left, top = _number(group, "x"), _number(group, "y")
    x = _number(card, "x") + _number(card, "width") / 2
    y = _number(card, "y") + _number(card, "height") / 2
    return left <= x <= left + _number(group, "width") and top <= y <= top + _number(
        group, "height"
    )


def _number(node: dict[str, Any], name: str) -> float:
    value = node.get(name)
    return float(value) if isinstance(value, (int, float)) and abs(value) < 1e9 else 0.0


def _text(node: dict[str, Any], name: str) -> str:
    value = node.get(name)
    return value if isinstance(value, str) else ""
