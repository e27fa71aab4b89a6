"""Answers, hits and reports for a terminal. Everything from a page is text, never markup."""

import re
from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table
from rich.text import Text

from assistant.values import Answer, Citation, Event, Sentence
from index.library import Hit

if TYPE_CHECKING:
    from assistant.cards import Card
    from ingest.gather import Got


def clean(text: str) -> str:
    """Return text without control characters: a page must not steer the terminal."""
    return "".join(c for c in text if c in "\n\t" or (ord(c) >= 32 and not 127 <= ord(c) < 160))


def sentence(console: Console, shown: Sentence) -> None:
    """Print one sentence of an answer with its marks."""
    text = Text(clean(shown.text), style="italic" if shown.verbatim else "")
    for n in shown.citations:
        text.append(f" [{n}]", style="bold cyan")
    if shown.status == "weak":
        text.append(" (weakly supported)", style="yellow")
    console.print(text)


def answer(console: Console, given: Answer) -> None:
    """Print a whole answer: its sentences, then its sources."""
    if given.refused:
        console.print(clean(given.refusal or ""))
        nearest(console, given.nearest)
        return
    for each in given.sentences:
        sentence(console, each)
    sources(console, given)


def sources(console: Console, given: Answer) -> None:
    """Print the numbered sources of an answer, and what to read on."""
    console.print()
    console.print("Sources", style="bold")
    for cited in given.citations:
        _source(console, cited)
    if given.further:
        console.print()
        console.print("Read on", style="bold")
        for each in given.further:
            console.print(Text(f"  {clean(each.title)}", style=f"link {each.url}"), soft_wrap=True)
            console.print(Text(f"    {clean(each.url)}", style="dim"), soft_wrap=True)


def nearest(console: Console, found: Sequence[Hit]) -> None:
    """Print the sources nearest to a question that was refused."""
    for hit in found:
        passage = hit.passage
        console.print(Text(f"  {clean(passage.title)}"), soft_wrap=True)
        console.print(Text(f"    {clean(passage.url)}", style="dim"), soft_wrap=True)


def hits(console: Console, found: Sequence[Hit]) -> None:
    """Print search hits with the beginning of each passage."""
    for hit in found:
        passage = hit.passage
        place = " > ".join(clean(part) for part in passage.heading)
        console.print(Text(f"{hit.rank:2}. {clean(passage.title)}", style="bold"), soft_wrap=True)
        console.print(
            Text(f"    {hit.score:.2f}  {passage.kind}  {passage.lang}  {place}", style="dim"),
            soft_wrap=True,
        )
        console.print(Text(f"    {_short(passage.text)}"))
        console.print(Text(f"    {clean(passage.url)}", style="dim"), soft_wrap=True)


def status(console: Console, found: dict[str, Any]) -> None:
    """Print what a library holds."""
    console.print(
        f"{found['documents']} documents, {found['passages']} passages in {found['home']} "
        f"(generation {found['generation']}, {found['embedder']})",
        highlight=False,
        markup=False,
    )
    table = Table("list", "entries", "topics", "in the library", "dead", "other failures", box=None)
    for row in found["lists"]:
        table.add_row(
            escape(row["name"]),
            *(str(row[key]) for key in ("entries", "topics", "in_library", "dead", "unsupported")),
        )
    console.print(table)
    reasons = Counter(_kind_of(row["reason"]) for row in found["missing"])
    if reasons:
        said = ", ".join(f"{count} {reason}" for reason, count in reasons.most_common())
        console.print(f"What is not here, and why: {said}.", highlight=False, markup=False)
    if found["failures"]:
        count = len(found["failures"])
        console.print(f"{count} addresses gave no document: `refdesk status --dead`.")


def dead(found: dict[str, Any]) -> str:
    """Return what gave no document as Markdown, ready for the maintainers of the lists."""
    lines = []
    for row in found["lists"]:
        missing = [each for each in found["missing"] if each["list"] == row["name"]]
        if missing:
            lines += ["", f"## {row['name']}: {len(missing)} links that lead to no readable page"]
        for title in sorted({_kind_of(each["reason"]) for each in missing}):
            lines += ["", f"### {title}", ""]
            for each in missing:
                if _kind_of(each["reason"]) == title:
                    where = " > ".join(each["section"])
                    lines.append(f"- [{each['title']}]({each['url']}), {where}: {each['reason']}")
    listed = {each["url"] for each in found["missing"]}
    others = [row for row in found["failures"] if row["url"] not in listed]
    if others:
        lines += ["", "## Other addresses", ""]
        lines += [f"- {row['url']}: {row['reason']}" for row in others]
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


def got(console: Console, pages: Sequence["Got"]) -> None:
    """Print how many pages of each source were fetched, unchanged or failed."""
    table = Table("source", "fetched", "unchanged", "failed", box=None)
    for source in sorted({page.source for page in pages}):
        states = Counter(page.state for page in pages if page.source == source)
        table.add_row(source, *(str(states[name]) for name in ("fetched", "unchanged", "failed")))
    console.print(table)


def event_line(event: Event) -> str:
    """Return one plain line that says how far an answer is."""
    if event.name == "hits":
        return f"{len(event.hits)} passages found"
    return "reading them" if event.name == "extractive" else event.name


def _source(console: Console, cited: Citation) -> None:
    line = Text(f"  [{cited.n}] ", style="cyan")
    line.append(clean(cited.title), style=f"bold link {cited.deep_link}")
    if cited.primer:
        line.append(" (refdesk primer)")
    heading = [part for part in cited.heading if part != cited.title]
    if heading:
        line.append(f" > {clean(heading[-1])}")
    console.print(line, soft_wrap=True)
    console.print(Text(f"      {clean(cited.deep_link)}", style="dim"), soft_wrap=True)
    console.print(Text(f"      “{_short(cited.quote)}”", style="dim"))
    for each in cited.recommended_by[:2]:
        where = " > ".join(clean(part) for part in each.section)
        console.print(Text(f"      recommended by {each.list}: {where}", style="dim"))


def _short(text: str, limit: int = 220) -> str:
    flat = " ".join(clean(text).split())
    return flat if len(flat) <= limit else f"{flat[:limit].rsplit(' ', 1)[0]} …"
