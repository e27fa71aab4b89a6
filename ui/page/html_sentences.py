"""Sentences of an answer as HTML: paragraphs, lists, tables, formulas and blocks, by their form."""

import re
from collections.abc import Callable, Sequence
from html import escape

from assistant.answering.values import Sentence, grouped, items, running
from ingest.text.plain import plain
from ui.page.formulas import typeset
from ui.sentence_form import code_of

_NUMBERED = re.compile(r"\d{1,3}\. ")


def said_html(
    sentences: Sequence[Sentence], marks: Callable[[int, Sequence[Sentence]], str]
) -> str:
    """Return the sentences: paragraphs, lists and blocks under their headings.

    ``marks`` gives what stands after a run, by the place of its first sentence, and the run.
    """
    parts: list[str] = []
    place = 0
    for group, runs in grouped(sentences):
        if group:
            parts.append(f'<h3 class="group">{typeset(_plain(group))}</h3>')
        for run in runs:
            parts.append(_run(run, marks(place, run)))
            place += len(run)
    return f'<div class="said">{"".join(parts)}</div>' if parts else ""


def _run(run: Sequence[Sentence], marks: str) -> str:
    """Neighbouring sentences of one source, as they are shown together."""
    first = run[0]
    status = f'class="sentence {first.status}"'
    if first.form == "table":
        return f"<div {status}>{_table(first.text)}{marks}</div>"
    if first.form == "formula":
        return f"<div {status}>{typeset(first.text)}{marks}</div>"
    if first.block:
        code = code_of(first.text) if first.form == "code" else first.text
        return (
            f'<div {status}><pre tabindex="0" class="{first.form}"><code>{escape(code or "")}'
            f"</code></pre>{marks}</div>"
        )
    if first.item:
        said = [typeset(_plain(item)) for item in items(run)]
        said[-1] += marks
        kind = "quoted" if first.form != "calculation" else "sums"
        if all(_NUMBERED.match(item) for item in items(run)):
            kind += " numbered"
        rows = "".join(f"<li>{item}</li>" for item in said)
        return f'<div {status}><ul class="{kind}">{rows}</ul></div>'
    text = typeset(running(_plain(sentence.text) for sentence in run))
    if first.verbatim:
        text = f'<q lang="en">{text}</q>（英文原文）' if first.foreign else f"<q>{text}</q>"
    if first.original is not None and first.status == "weak":  # a model's words, not refdesk's
        own = typeset(" ".join(_plain(sentence.original or "") for sentence in run))
        text += f' <q class="original" lang="en">{own}</q>'
    elif first.status == "weak":
        text = f'<span class="weak">{text}</span><span class="flag" aria-hidden="true">≈</span>'
    return f"<p><span {status}>{text}{marks}</span></p>"


def _table(text: str) -> str:
    """A Markdown table; its first row is its head."""
    rows = [
        [typeset(_plain(cell.strip())) for cell in line.strip().strip("|").split("|")]
        for line in text.strip().splitlines()
        if not re.fullmatch(r"[ \t|:-]+", line)
    ]
    head = "".join(f'<th scope="col">{cell}</th>' for cell in rows[0])
    body = "".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>" for row in rows[1:])
    return f'<div class="scroll" tabindex="0"><table><tr>{head}</tr>{body}</table></div>'


def _plain(text: str) -> str:
    """A sentence as a reader sees it."""
    return plain(text, keep_tags=True)
