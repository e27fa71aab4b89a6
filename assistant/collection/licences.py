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
from index.search.library import Library
from ingest.text.sentences import language

LICENCE = "licence"
"""The kind of such a request, as `Answer.request` has it."""
_PASSAGES = 30
_SHOWN = 2
_NAMED = {
    "MIT": r"MIT", "Apache": r"Apache(?:[- ]?(?:License)?[, -]*(?:version |v)?2(?:\.0)?)?",
    "GPL": r"(?:GNU )?[AL]?GPL(?:[- ]?v?[23](?:\.0)?)?", "BSD": r"(?:[0-4][- ]clause )?BSD",
    "MPL": r"MPL(?:[- ]?2(?:\.0)?)?|Mozilla Public", "ISC": r"ISC", "Unlicense": r"Unlicense",
    "Creative Commons": r"CC[- ]BY[\w.-]*|CC0|Creative Commons",
    "Llama": r"Llama (?:\d[\d.]* )?Community", "OpenRAIL": r"(?:Open)?RAIL(?:-?[MSD])?",
}  # fmt: skip
_ANY = "|".join(_NAMED.values())
_LICENCE = re.compile(rf"(?<![A-Za-z])(?:{_ANY})(?![A-Za-z])")
_SPEAKS = re.compile(r"licen[cs]|commercial|许可|协议|授权|商用|open[- ]sourc|开源", re.IGNORECASE)
_OWN = re.compile(
    r"licen[cs]ed? under|under (?:the|an?) .{0,30}licen[cs]e|\blicen[cs]e\b|许可|协议开源",
    re.IGNORECASE,
)
LICENCES = _ANY
"""The names of licences, as a part of a pattern."""
_ASKED = re.compile(
    rf"^(?:is|are) (?:the )?(?P<a>.+?) (?:\w+ed |available )?under (?:an? |the )?"
    rf"(?P<la>{_ANY})(?:[- ]licen[cs]e)?[?.! ]*$"
    rf"|^(?:is|are) (?:the )?(?P<b>.+?) (?P<lb>{_ANY})[- ]licen[cs]ed[?.! ]*$"
    r"|^(?:can|may) (?:i|we|one) use (?:the )?(?P<c>.+?)(?:'s)? (?:(?:code|model|weights) )?"
    r"(?:commercially|(?:in|for) (?:an? )?commercial \w+)[?.! ]*$"
    rf"|^(?P<d>.+?)\s*(?:是|采用|使用|用的?是?)(?:的是)?\s*(?P<ld>{_ANY})\s*"
    r"(?:开源)?(?:许可证?|协议|授权)的?[吗么]?[？?]*$"
    r"|^(?P<e>.+?)(?:能不能|能否|可不可以|是否可以|可以|能)(?:商用|用于商业)[吗么]?[？?]*$",
    re.IGNORECASE,
)  # fmt: skip

_GENERAL = re.compile(
    r"(?:an?|any|some|all|every|other|open)\b|怎样|如何|怎么|哪些|什么|一个|某个|任何|所有|开源",
    re.IGNORECASE,
)
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
    report = Report(here.store, question, asked, lang or language(asked), LICENCE)
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
    name = _plain(thing)
    for hit in library.search(f"{thing} licence license 许可 协议", _PASSAGES):
        passage = hit.passage
        own = name in _plain(passage.title)
        for piece in statements(passage):
            if not _LICENCE.search(piece.text) or piece.block:
                continue
            speaks = _SPEAKS.search(f"{' '.join(passage.heading)} {piece.text}")
            clauses = re.split(r"[,;，；]", piece.text)
            named = _licences(" ".join(c for c in clauses if name in _plain(c)))
            named = named or (_licences(piece.text) if own else [])
            if speaks and len(named) == 1:
                yield Line(hit, piece, frozenset(library.terms(piece.text)), 1.0), named


def _licences(text: str) -> list[str]:
    return list(dict.fromkeys(_name(match[0]) for match in _LICENCE.finditer(text)))


def _name(text: str) -> str:
    """Return what the licence in a text is called, whatever its version."""
    return next(
        (name for name, said in _NAMED.items() if re.fullmatch(said, text, re.IGNORECASE)), text
    )


def _plain(text: str) -> str:
    text = re.sub(r"(?i)\b(?:adapter|model|project|repo\w*|code|library)s?\b", " ", text)
    return re.sub(r"[\W_]+", "", text).casefold()
