"""Answers, hits and reports for a terminal. Everything from a page is text, never markup."""

import re
from collections import Counter
from collections.abc import Sequence
from textwrap import shorten
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.markup import escape
from rich.padding import Padding
from rich.style import Style
from rich.table import Table
from rich.text import Text

from assistant.answering.values import Answer, Citation, Sentence, grouped, items, running
from index.search.library import Hit
from index.store.values import Recommendation
from ingest.links.schemes import is_web
from ingest.links.urls import canonical
from ui.cli.formulas import typeset
from ui.cli.tables import aligned
from ui.cli.terminal import clean
from ui.markdown_form import linked, words
from ui.sentence_form import code_of

if TYPE_CHECKING:
    from assistant.kept.gaps import Gap
    from assistant.learning.cards import Card
    from ingest.gathering.gather import PageOutcome


def link(url: str) -> Style:
    """Return a style that links to an address of the web, and to nothing else."""
    if not is_web(url):
        return Style()
    return Style(link=clean(url).replace(" ", "%20"))


def _said(text: str) -> str:
    """Return words of a source as a terminal shows them."""
    return clean(typeset(text))


def run_text(run: Sequence[Sentence], citations: Sequence[Citation] = ()) -> Text:
    """Return neighbouring sentences of one source with their marks, which link to it.

    What is taken over word for word stands between quotation marks, code, formulas and tables on
    indented lines, items of a list on lines of their own.
    """
    links = {cited.n: cited.deep_link for cited in citations}
    first = run[0]
    text = Text()
    if first.block:
        shown = code_of(first.text) if first.form == "code" else typeset(first.text)
        if first.form == "table":
            shown = aligned(shown or "")
        text.append("\n".join(f"    {clean(line)}" for line in (shown or "").split("\n")))
    elif first.item:
        style = "" if first.form == "calculation" else "italic"
        text.append("\n".join(f"  • {_said(item)}" for item in items(run)), style=style)
    elif first.verbatim:
        text.append(f"“{_said(running(sentence.text for sentence in run))}”", style="italic")
        if first.foreign:
            text.append("（英文原文）", style="dim")
    else:
        text.append(_said(running(sentence.text for sentence in run)))
    for place, n in enumerate(first.citations):
        text.append("\n    " if first.block and not place else " ")
        text.append(f"[{n}]", style=Style(bold=True, color="cyan") + link(links.get(n, "")))
    if first.original is not None and first.status == "weak":  # a model's words, not refdesk's
        text.append(
            f"\n“{_said(' '.join(sentence.original or '' for sentence in run))}”", style="dim"
        )
    elif first.status == "weak":
        text.append(" (weakly supported)", style="yellow")
    return text


def answer_text(sentences: Sequence[Sentence], citations: Sequence[Citation] = ()) -> list[Text]:
    """Return the sentences of an answer as paragraphs under their headings."""
    lines = []
    for group, runs in grouped(sentences):
        if group:
            lines += [Text(), Text(_said(group), style="bold")]
        for run in runs:
            if lines and not group:
                lines.append(Text())
            lines.append(run_text(run, citations))
    return lines


def asked_as(console: Console, given: Answer) -> None:
    """Say how a follow-up was understood, where that is not how it was put."""
    if given.asked != " ".join(given.question.split()):
        console.print(Text(f"Asked as: {clean(given.asked)}", style="dim"))


def answer(console: Console, given: Answer) -> None:
    """Print a whole answer: its sentences, then its sources."""
    asked_as(console, given)
    if given.refused:
        console.print(clean(given.refusal or ""), markup=False, highlight=False)
        _other_readings(console, given)
        nearest(console, given)
        return
    if given.view == "extractive" and not given.how:
        chinese = given.lang == "zh"
        said = "直接引自来源：" if chinese else "From the sources directly:"
        console.print(said, style="dim")
    for line in answer_text(given.sentences, given.citations):
        console.print(line)
    if given.unanswered:
        console.print()
        console.print(clean(given.left_open), markup=False, highlight=False)
    if given.how:
        console.print()
        console.print(Text(clean(given.how), style="dim"))
    _other_readings(console, given)
    if given.citations or given.further:
        sources(console, given)


def _other_readings(console: Console, given: Answer) -> None:
    """Say what else the question may have meant."""
    if given.did_you_mean:
        console.print()
        console.print(clean(given.other_readings), markup=False, highlight=False)


def sources(console: Console, given: Answer) -> None:
    """Print the numbered sources of an answer, and what to read on."""
    if given.citations:
        console.print()
        console.print("Sources", style="bold")
    for cited in given.citations:
        citing = [sentence for sentence in given.sentences if cited.n in sentence.citations]
        _source(console, cited, quoted=all(sentence.verbatim for sentence in citing))
    for figure in given.figures:
        name = f"  [{figure.n}] Figure: {clean(figure.caption or figure.title)}"
        console.print(Text(name, style=link(figure.url)), soft_wrap=True)
        console.print(Text(f"    {clean(figure.url)}", style="dim"), soft_wrap=True)
    if given.further:
        console.print()
        console.print("Read on", style="bold")
        for source in given.further:
            title = Text("  ")
            title.append(clean(source.title), style=link(source.url))
            console.print(title, soft_wrap=True)
            console.print(Text(f"    {clean(source.url)}", style="dim"), soft_wrap=True)


def nearest(console: Console, given: Answer) -> None:
    """Print what is nearest to a refused question, and the places in the lists to look in."""
    for hit in given.nearest:
        title = Text("  ")
        title.append(clean(hit.passage.title), style=link(hit.passage.url))
        console.print(title, soft_wrap=True)
        console.print(Text(f"    {clean(hit.passage.url)}", style="dim"), soft_wrap=True)
    if given.look_in:
        console.print()
        console.print("Sections of your lists to look in", style="bold")
        for place in given.look_in:
            console.print(Text(f"  {_place(place)}"))


def _place(place: Recommendation) -> str:
    return ": ".join(filter(None, (clean(place.list), " > ".join(map(clean, place.section)))))


def gaps(console: Console, refused: Sequence["Gap"]) -> None:
    """Print what was asked and refused, and which sections of the lists should cover it."""
    if not refused:
        console.print("No question was refused so far.")
    for gap in refused:
        times = "once" if gap.count == 1 else f"{gap.count} times"
        console.print(Text(f"{clean(gap.question)}  ({times}, last on {gap.last[:10]})", "bold"))
        for other in gap.questions[1:]:
            console.print(Text(f"    also: {clean(other)}", style="dim"))
        for place in gap.sections:
            console.print(Text(f"    look in {_place(place)}"))
        if not gap.sections:
            console.print(Text("    no section of your lists is near"))


_LONGEST_QUERY = 300  # characters shown of a pasted one


def hits(console: Console, ranked: Sequence[Hit], instead: str = "") -> None:
    """Print search hits with the beginning of each passage, and what was searched ``instead``."""
    if instead:
        said = shorten(clean(instead), _LONGEST_QUERY, placeholder=" …")
        console.print(Text(f"Searched for: {said}"), soft_wrap=True)
    for hit in ranked:
        passage = hit.passage
        place = " > ".join(clean(part) for part in passage.heading)
        console.print(Text(f"{hit.rank:2}. {clean(passage.title)}", style="bold"), soft_wrap=True)
        console.print(
            Text(f"    {hit.score:.2f}  {passage.kind}  {passage.lang}  {place}", style="dim"),
            soft_wrap=True,
        )
        console.print(Text(f"    {_short(passage.text)}"))
        console.print(Text(f"    {clean(passage.url)}", style="dim"), soft_wrap=True)


def status(console: Console, state: dict[str, Any]) -> None:
    """Print what a library holds."""
    console.print(
        f"{state['documents']} documents, {state['passages']} passages in {state['home']} "
        f"(generation {state['generation']}, {state['embedder']})",
        highlight=False,
        markup=False,
    )
    engine = state["engine"]
    if engine["name"] != "local":
        words = "" if engine["words"] == "milvus" else "; it has no BM25: words are searched here"
        console.print(
            f"Passages in {engine['name']} {engine['version']} at {engine['where']}: "
            f"{engine['health']}{words}.",
            highlight=False,
            markup=False,
        )
    table = Table("list", "entries", "topics", "in the library", "dead", "other failures", box=None)
    for row in state["lists"]:
        table.add_row(
            escape(row["name"]),
            *(str(row[key]) for key in ("entries", "topics", "in_library", "dead", "unsupported")),
        )
    console.print(table)
    reasons = Counter(_kind_of(row["reason"]) for row in state["missing"])
    if reasons:
        said = ", ".join(f"{count} {reason}" for reason, count in reasons.most_common())
        console.print(f"What is not here, and why: {said}.", highlight=False, markup=False)
    if state["failures"]:
        count = len(state["failures"])
        said = "1 address" if count == 1 else f"{count} addresses"
        console.print(f"{said} gave no document: `refdesk status --dead`.")


def dead(state: dict[str, Any]) -> str:
    """Return what gave no document as Markdown, ready for the maintainers of the lists."""
    lines = []
    for row in state["lists"]:
        missing = [failure for failure in state["missing"] if failure["list"] == row["name"]]
        if missing:
            count = len(missing)
            lines += ["", f"## {words(row['name'])}: {count} links that lead to no readable page"]
        for title in sorted({_kind_of(failure["reason"]) for failure in missing}):
            lines += ["", f"### {words(title)}", ""]
            for failure in missing:
                if _kind_of(failure["reason"]) == title:
                    where = " > ".join(failure["section"])
                    entry = linked(failure["title"], failure["url"])
                    lines.append(f"- {entry}, {words(where)}: {words(failure['reason'])}")
    # a list keeps its curator's spelling, a failure the canonical one
    listed = {canonical(failure["url"]) for failure in state["missing"]}
    others = [row for row in state["failures"] if canonical(row["url"]) not in listed]
    if others:
        lines += ["", "## Other addresses", ""]
        lines += [f"- {words(row['url'])}: {words(row['reason'])}" for row in others]
    return clean("\n".join(lines).strip()) + "\n"


def _kind_of(reason: str) -> str:
    """Return the stable first words of a reason."""
    return re.split(r" \(|: | to http", reason, maxsplit=1)[0]


def cards(console: Console, made: Sequence["Card"]) -> None:
    """Print study cards."""
    for card in made:
        console.print(Text(clean(card.question), style="bold"))
        console.print(Text(clean(card.answer)))
        console.print(Text(f"{clean(card.title)}  {clean(card.url)}\n", style="dim"))


def outcomes(console: Console, pages: Sequence["PageOutcome"]) -> None:
    """Print how many pages of each source were fetched, unchanged or failed."""
    table = Table("source", "fetched", "unchanged", "failed", box=None)
    for source in sorted({page.source for page in pages}):
        states = Counter(page.state for page in pages if page.source == source)
        table.add_row(source, *(str(states[name]) for name in ("fetched", "unchanged", "failed")))
    console.print(table)


def _source(console: Console, cited: Citation, *, quoted: bool) -> None:
    """Print a source; its words only where the answer has not ``quoted`` them already."""
    line = Text("  ")
    line.append(f"[{cited.n}] ", style="cyan")
    line.append(clean(cited.title), style=Style(bold=True) + link(cited.deep_link))
    if cited.primer:
        line.append(" (refdesk primer)")
    heading = [part for part in cited.heading if part != cited.title]
    if heading:
        line.append(f" > {clean(heading[-1])}")
    console.print(line, soft_wrap=True)
    if cited.deep_link and not cited.primer:
        console.print(Text(f"      {clean(cited.deep_link)}", style="dim"), soft_wrap=True)
    if not cited.quote:  # the catalog is cited, and the answer says what it holds
        return
    if not quoted:
        _indented(console, f"“{_short(cited.quote)}”")
    for place in cited.recommended_by[:2]:
        _indented(console, f"recommended by {_place(place)}")


def _indented(console: Console, text: str) -> None:
    console.print(Padding(Text(text, style="dim"), (0, 0, 0, 6), expand=False))


def _short(text: str, limit: int = 220) -> str:
    flat = " ".join(_said(text).split())
    return flat if len(flat) <= limit else f"{flat[:limit].rsplit(' ', 1)[0]} …"
