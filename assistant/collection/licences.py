"""Whether something is under a licence: yes or no, with the sentence that names its licence.

A sentence counts that names a licence and stands in a passage that names the thing: itself, or, as
where a project speaks of itself, in its title. Where none does, nothing is said.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import replace

from assistant.answering.evidence import Line, statements
from assistant.answering.values import Answer
from assistant.collection.opening import told
from assistant.collection.report import Report
from assistant.collection.vocabulary import LICENCES, WORDING
from index.search.library import Library
from ingest.text.sentences import language
from ingest.text.words import run_together

REQUEST = "licence"
"""The kind of such a request, as `Answer.request` has it."""
_PASSAGES = 30
_SHOWN = 2
_LICENCE = WORDING.exact["names_a_licence"]
_SPEAKS = WORDING.patterns["of_licences"]
_OWN = WORDING.patterns["own_licence"]
_ASKED = WORDING.patterns["asks_licence"]

_GENERAL = WORDING.patterns["of_any_kind"]
"""What begins a kind of thing, or a question how to tell, rather than the name of one thing."""


def about_a_licence(
    library: Callable[..., Library], question: str, asked: str, lang: str = ""
) -> Answer | None:
    """Answer whether a thing is under a licence, or may be used commercially; None if not asked.

    Arguments as those of `assistant.collection.respond.respond`.
    """
    match = _ASKED.match(" ".join(asked.split()))
    if match is None:
        return None
    said = {key: value for key, value in match.groupdict().items() if value}
    thing = next(value for key, value in said.items() if len(key) == 1).strip()
    if _GENERAL.match(thing):
        return None
    wanted = next((_name(value) for key, value in said.items() if len(key) > 1), "")
    here = library(asked).asked_in(language(asked))
    report = Report(here.store, question, asked, lang or language(asked), REQUEST)
    found = sorted(_telling(here, thing), key=lambda told: wanted not in told[1])[:_SHOWN]
    if not found:
        return report.answer("", refused=report.text(
            f"No source here says under which licence {thing} stands.",
            f"这里没有来源说明{thing}采用什么许可。",
        ))  # fmt: skip
    report.quote(*told([("", line) for line, _ in found]))
    named = list(dict.fromkeys(name for _, names in found for name in names))
    english, chinese = ", ".join(named), "、".join(named)
    if not wanted:
        verdict = f"Its licence decides: {english}.", f"取决于它的许可：{chinese}。"
    elif wanted in named:
        verdict = f"Yes: the source names {wanted}.", f"是：来源写的是 {wanted}。"
    else:
        verdict = (
            f"No: the source names {english}, not {wanted}.",
            f"不是：来源写的是 {chinese}，不是 {wanted}。",
        )
    return replace(report.answer(report.text(*verdict)), view="extractive")


def under(library: Library, name: str) -> set[str]:
    """Return the addresses of the texts that name one licence as theirs, and that one."""
    wanted = _name(name)
    own: dict[str, set[str]] = {}
    rows = library.store.rows(
        "SELECT documents.url, passages.heading, passages.text FROM passages"
        " JOIN documents ON documents.id = passages.document WHERE passages.text LIKE '%licen%'"
        " OR passages.heading LIKE '%licen%' OR passages.text LIKE '%许可%'"
        " OR passages.text LIKE '%协议%'"
    )
    for url, heading, text in rows:
        for line in text.splitlines():
            if _OWN.search(f"{heading} {line}"):
                own.setdefault(url, set()).update(_licences(line))
    return {url for url, named in own.items() if named == {wanted}}


def _telling(library: Library, thing: str) -> Iterator[tuple[Line, list[str]]]:
    """Yield the sentences that name the licence of a thing, best first, with the licences."""
    name = _without_kind(thing)
    for hit in library.search(f"{thing} licence license 许可 协议", _PASSAGES):
        passage = hit.passage
        own = name in _without_kind(passage.title)
        for piece in statements(passage):
            if not _LICENCE.search(piece.text) or piece.block:
                continue
            speaks = _SPEAKS.search(f"{' '.join(passage.heading)} {piece.text}")
            clauses = re.split(r"[,;，；]", piece.text)
            named = _licences(" ".join(c for c in clauses if name in _without_kind(c)))
            named = named or (_licences(piece.text) if own else [])
            if speaks and len(named) == 1:
                yield Line(hit, piece, frozenset(library.terms(piece.text)), 1.0), named


def _licences(text: str) -> list[str]:
    return list(dict.fromkeys(_name(match[0]) for match in _LICENCE.finditer(text)))


def _name(text: str) -> str:
    """Return what the licence in a text is called, whatever its version."""
    return next(
        (name for name, said in LICENCES.items() if re.fullmatch(said, text, re.IGNORECASE)), text
    )


def _without_kind(text: str) -> str:
    text = re.sub(r"(?i)\b(?:adapter|model|project|repo\w*|code|library)s?\b", " ", text)
    return run_together(text)
