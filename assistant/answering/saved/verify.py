"""Checking a saved answer again: do its quotes still stand there, and do they support it?

Each sentence is judged as it reads. One that is marked as its source's own must stand in a quote.
"""

import re
from collections.abc import Callable, Sequence
from typing import Any

from assistant import input_limits
from assistant.answering.calculating import Calculation, calculate, fault
from assistant.answering.checking import Support
from assistant.answering.evidence import Evidence, in_chinese, lines_of
from assistant.answering.question import understand
from assistant.answering.writing import faithful
from index.search.library import Hit, Library
from ingest.errors import UsageError
from ingest.values import PRIMER

_TITLE = 60  # characters of a title that a line of the catalog shows at least


def verify(
    library: Library,
    saved: dict[str, Any],
    asked_again: Callable[[str], Sequence[str]] = lambda asked: (),
) -> list[dict[str, Any]]:
    """Return one object per sentence: its ``text``, ``ok``, and the ``reason`` where it is not.

    ``saved`` is an ``ask --json`` object. Works offline, from the library alone. What cites the
    catalog and no words of a page holds if ``asked_again``, given the request, says it still.

    Raises:
        UsageError: ``saved`` is not such an object.
    """
    try:
        sentences = saved["sentences"]
        quotes = {cited["n"]: cited for cited in saved["citations"]}
        question = saved["question"]
        wanted = [
            (
                sentence["text"],
                sentence.get("original"),
                bool(sentence.get("verbatim")),
                str(sentence.get("form")),
                list(sentence["citations"]),
            )
            for sentence in sentences
        ]
    except (KeyError, TypeError) as error:
        raise UsageError(
            f"This is not a saved answer (`refdesk ask --json`): no {error}."
        ) from None
    catalog = saved.get("view") == "catalog"
    again = asked_again(str(saved.get("asked"))) if catalog else ()
    checked = []
    worked_out = None
    if any(form == "calculation" for *_, form, _ in wanted):
        asked = str(saved.get("asked") or question)[: input_limits.QUESTION]
        worked_out = calculate(library, understand(asked))
    for text, original, verbatim, form, ns in wanted:
        cited = [quotes.get(n) for n in ns]
        of_catalog = not any(quote and quote.get("quote") for quote in cited)
        if form == "table" and not verbatim and original is None:
            wrong = _not_in_table(library, question, text, cited, again)
            checked.append({"text": text, "ok": not wrong, "reason": wrong or None})
        elif form == "calculation":
            wrong = _missing(library, cited)[0] or _miscalculated(text, cited, worked_out)
            checked.append({"text": text, "ok": not wrong, "reason": wrong or None})
        elif catalog and of_catalog:
            ok = text in again
            reason = None if ok else "the catalog does not say it"
            checked.append({"text": text, "ok": ok, "reason": reason})
        else:
            checked.append(_check(library, question, text, original, cited, verbatim=verbatim))
    return checked


def _check(
    library: Library,
    question: str,
    text: str,
    original: str | None,
    cited: list[dict[str, Any] | None],
    *,
    verbatim: bool,
) -> dict[str, Any]:
    reason, hits = _missing(library, cited)
    if not reason:
        evidence = lines_of(library, understand(question), hits)
        exact = verbatim or original is not None
        reason = _unsupported(library, evidence, original or text, verbatim=exact)
        kept = not original or _is_our_wording(text, original, hits) or faithful(text, original)
        if not reason and not kept:
            reason = "its translation holds other numbers or names than the original"
    return {"text": text, "ok": not reason, "reason": reason or None}


def _is_our_wording(text: str, original: str, hits: Sequence[Hit]) -> bool:
    """Say whether a text is what refdesk itself has in Chinese for a sentence of its primer."""
    urls = {hit.passage.url for hit in hits if hit.passage.url.startswith(PRIMER)}
    return any(in_chinese(url.removeprefix(PRIMER), original) == text for url in urls)


def _not_in_table(
    library: Library,
    question: str,
    text: str,
    cited: list[dict[str, Any] | None],
    again: Sequence[str],
) -> str:
    """Return why a table that refdesk made of an answer does not hold: its cells quote."""
    cells = [cell.strip() for cell in re.split(r"(?<!\\)\||\n", text)[1:]]
    if not any(quote and quote.get("quote") for quote in cited):
        titles = {str(quote.get("title"))[:_TITLE] for quote in cited if quote}
        listed = all(any(title in said for said in again) for title in titles)
        named = all(title.replace("|", "\\|") in text for title in titles)
        return "" if listed and named else "the catalog does not say it"
    reason, hits = _missing(library, cited)
    if reason:
        return reason
    lines = [line.text for line in lines_of(library, understand(question), hits).lines]
    lines += [
        chinese
        for quote in cited
        if quote and quote.get("primer")
        for line in tuple(lines)
        if (chinese := in_chinese(str(quote["url"]).removeprefix(PRIMER), line))
    ]
    own = sorted((" ".join(line.split()) for line in lines), key=len, reverse=True)
    for cell in cells:
        left = re.sub(r" \[\d+\]", " ", cell.replace("\\|", "|"))
        if left == cell:
            continue  # a heading, or a column's name
        for line in own:
            left = left.replace(line, " ")
        if re.search(r"\w", left):
            return f"a cell does not stand in what it cites: {left.strip()[:80]}"
    return ""


def _missing(library: Library, cited: Sequence[dict[str, Any] | None]) -> tuple[str, list[Hit]]:
    """Return why what is cited does not stand in the library, if so, and the passages that do."""
    reason = "it cites nothing" if not cited else ""
    hits: list[Hit] = []
    for quote in cited:
        if quote is None:
            reason = "it cites a number that is not among the citations"
            continue
        passage = library.store.passage(str(quote.get("passage")))
        document = library.document(str(quote.get("url")))
        start, end = quote.get("start"), quote.get("end")
        if document is None:
            reason = f"{quote.get('url')} is not in the library"
        elif document.sha256 != quote.get("document_sha256"):
            reason = f"{document.url} is not as it was when the answer was given"
        elif passage is None or document.text[start:end] != quote.get("quote"):
            reason = f"the quote does not stand in {document.url}"
        else:
            hits.append(Hit(1, 1.0, passage, (), None, None))
    return reason, hits


def _miscalculated(
    text: str, cited: Sequence[dict[str, Any] | None], worked_out: Calculation | None
) -> str:
    """Return why a computed line does not hold: its own sum, its question, or what it cites."""
    if reason := fault(text):
        return reason
    sums = {computed.text: computed.sources for computed in worked_out.sums} if worked_out else {}
    if text not in sums:
        return "the rules of the sources do not give it for this question"
    there = {quote["passage"] for quote in cited if quote}
    if not {line.hit.passage.key for line in sums[text]} <= there:
        return "it does not cite all that it is computed from"
    return ""


def _unsupported(library: Library, evidence: Evidence, sentence: str, *, verbatim: bool) -> str:
    """Return why the quotes do not support a sentence; nothing where they do."""
    if " ".join(sentence.split()) in {" ".join(line.text.split()) for line in evidence.lines}:
        return ""
    if verbatim:
        return "it is marked as its source's own words and does not stand in what it cites"
    verdict = Support(library).check(sentence, evidence)
    return verdict.reason if verdict.status == "dropped" else ""
