"""An answer as Markdown, to be copied or kept: its citations are footnotes."""

import re
from collections.abc import Sequence

from assistant.answering.values import Answer, Sentence, items, running
from ingest.links.schemes import is_web
from ingest.text.formulas import FORMULA
from ui.sentence_form import code_of, fenced


def markdown(answer: Answer, label: str = "") -> str:
    """Return an answer as Markdown, its citations as footnotes; ``label`` begins their names."""
    lines = [f"**{_flat(answer.question)}**", ""]
    for group, runs in answer.groups():
        if group:
            lines += [f"### {_flat(group)}", ""]
        for run in runs:
            marks = "".join(f"[^{label}{n}]" for n in run[0].citations)
            lines += [*_markdown_run(run, marks), ""]
    if answer.unanswered:
        lines += [_flat(answer.left_open), ""]
    for figure in answer.figures:
        name = _linked(_flat(figure.caption or figure.title), figure.url)
        lines += [f"{name}[^{label}{figure.n}]", ""]
    for cited in answer.citations:
        title = _linked(_flat(cited.title), cited.deep_link)
        places = "; ".join(
            " > ".join([place.list, *place.section]) for place in cited.recommended_by
        )
        lines.append(f"[^{label}{cited.n}]: {title}{f' ({_flat(places)})' if places else ''}")
    return "\n".join(lines) + "\n"


def _linked(title: str, url: str) -> str:
    """Return words of Markdown as a link, where the address is one a browser should open."""
    if not is_web(url):
        return title
    address = re.sub(r"[\s()<>]", lambda match: f"%{ord(match[0]):02X}", url)
    return f"[{title}]({address})"


def _markdown_run(run: Sequence[Sentence], marks: str) -> list[str]:
    first = run[0]
    if first.form == "code":
        return [fenced(code_of(first.text) or ""), "", marks]
    if first.block:
        return [first.text, "", marks]
    if first.item:
        rows = [f"- {_flat(item)}" for item in items(run)]
        return [*rows[:-1], rows[-1] + marks]
    text = _flat(running(sentence.text for sentence in run))
    said = f'"{text}"' if first.verbatim else text
    if first.original is not None and first.status == "weak":
        said += f' ("{_flat(" ".join(sentence.original or "" for sentence in run))}")'
    return [said + marks]


def _flat(text: str) -> str:
    """Return words as Markdown on one line; formulas stay TeX, and hold no HTML."""
    parts, here = [], 0
    text = " ".join(text.split())
    for match in FORMULA.finditer(text):
        parts += [_escaped(text[here : match.start()]), match[0].replace("<", r"\lt ")]
        here = match.end()
    return "".join(parts) + _escaped(text[here:])


def _escaped(text: str) -> str:
    return re.sub(r"([\\*_\[\]<>#|`!])", r"\\\1", text)
