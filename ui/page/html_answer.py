"""A turn as HTML: sentences with their marks, a card behind each mark, sources, refusals."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from html import escape
from urllib.parse import quote

from assistant.answering.values import Answer, Citation, Reading, Sentence, grouped
from index.search.library import Hit
from ingest.errors import RefdeskError
from ingest.links.schemes import is_web
from ui.page.answer_markdown import markdown
from ui.page.formulas import typeset
from ui.page.highlight import marked
from ui.page.html import (
    chip,
    directive,
    failed_html,
    framed,
    hits_by_source,
    link,
    reader_link,
    recommended_html,
    trail,
    up,
    view_link,
    with_code,
)
from ui.page.html_deck import make_button, quotes_of
from ui.page.html_figures import beside_html
from ui.page.html_pdf import pdf_address
from ui.page.html_sentences import said_html
from ui.page.i18n import Texts

_SHOWN_HITS = 5  # sources
_INSTANT = 0.05  # seconds that nobody notices, and nobody is told of


@dataclass(frozen=True, slots=True)
class ExchangeView:
    """One exchange as it stands: the question and what is known of its answer so far.

    ``number`` tells the turns of a thread apart, ``state`` is a sentence about what is under way,
    ``""`` when nothing is; ``notice`` is said of a turn that is over. ``extract`` is the answer
    without a model, ``answer`` the one that stands at the end. ``thread`` names the thread it is
    kept in, "" as long as it is in none.
    """

    number: int
    question: str
    asked: str = ""
    state: str = ""
    notice: str = ""
    sentences: tuple[Sentence, ...] = ()
    citations: tuple[Citation, ...] = ()
    hits: tuple[Hit, ...] = ()
    extract: Answer | None = None
    answer: Answer | None = None
    thread: str = ""


def turn_html(turn: ExchangeView, say: Texts) -> str:
    """Return a turn, whole or so far."""
    parts = [f'<h2 class="question">{escape(turn.question)}</h2>']
    asked = turn.asked or turn.question
    if asked != turn.question:
        parts.append(f'<p class="asked">{escape(say("ask.asked", asked=asked))}</p>')
    if turn.answer is not None and turn.answer.refused:
        parts.append(_refusal(turn.answer, say))
    else:
        shown = turn.answer or turn.extract
        parts.append(said_html(turn.sentences, partial(_marks, turn)))
        parts += [beside_html(shown.figures, say) if shown else "", _legend(turn, say)]
        parts.append(_other_readings(turn.answer, say) if turn.answer is not None else "")
    if turn.state or turn.notice:
        busy = " busy" if turn.state else ""
        said = escape(turn.state or turn.notice)
        parts.append(f'<p class="state{busy}" role="status">{said}</p>')
    if turn.citations:
        parts.append(_sources(turn, say))
    elif turn.hits and turn.answer is None:
        parts.append(_found(turn, say))
    if turn.answer is not None and not turn.answer.refused:
        quotes = quotes_of(turn.sentences, {cited.n: cited.url for cited in turn.citations})
        if not quotes and turn.extract is not None:  # the model's words are no quotation
            urls = {cited.n: cited.url for cited in turn.extract.citations}
            quotes = quotes_of(turn.extract.sentences, urls)
        made = make_button(say, question=asked, quotes=quotes) if quotes else ""
        parts += [_further(turn.answer.further, say), _tools(turn.answer, say, made)]
    state = ' data-working="1"' if turn.state else ""
    state += f' data-thread="{escape(turn.thread)}"' if turn.thread else ""
    return (
        f'<section class="turn" data-turn="{turn.number}" data-asked="{escape(asked)}"{state}>'
        f"{framed(*parts)}</section>"
    )


def _other_readings(answer: Answer, say: Texts) -> str:
    """Return buttons that ask what the question may have meant as well."""
    if not answer.did_you_mean:
        return ""
    asked = " ".join(
        f'<button type="button" class="example">{escape(each)}</button>'
        for each in answer.did_you_mean
    )
    return f'<p class="readings">{escape(say("ask.did_you_mean"))} {asked}</p>'


def error_html(turn: ExchangeView, error: RefdeskError, say: Texts) -> str:
    """Return a turn that came to nothing, and why, with what was found until then."""
    question = f'<h2 class="question">{escape(turn.question)}</h2>'
    found = framed(_found(turn, say)) if turn.hits else ""
    return f'<section class="turn">{framed(question)}{failed_html(error, say)}{found}</section>'


def invitation_html(say: Texts) -> str:
    """Return what stands where the first answer will be."""
    examples = "".join(
        f'<li><button type="button" class="example">{escape(say(f"ask.example{n}"))}</button></li>'
        for n in range(1, 5)
    )
    return framed(
        f'<div class="invite"><h2>{escape(say("ask.invite"))}</h2>'
        f"<p>{escape(say('ask.explain'))}</p>"
        f'<h3 class="small">{escape(say("ask.try"))}</h3><ul>{examples}</ul></div>'
    )


def _found(turn: ExchangeView, say: Texts) -> str:
    asked = turn.asked or turn.question
    hits = hits_by_source(turn.hits, asked, say, _SHOWN_HITS)
    return f'<h3 class="small">{escape(say("ask.found"))}</h3>{hits}'


def _marks(turn: ExchangeView, place: int, run: Sequence[Sentence]) -> str:
    """The marks of a run."""
    titles = {cited.n: cited.title for cited in turn.citations}
    marks = "".join(_mark(turn, place, n, titles.get(n, "")) for n in run[0].citations)
    return f'<span class="marks">{marks}</span>' if marks else ""


def _mark(turn: ExchangeView, place: int, n: int, title: str) -> str:
    card = f"card-{turn.number}-{place}-{n}"
    return (
        f'<button type="button" class="mark" data-card="{card}" aria-haspopup="dialog" '
        f'aria-expanded="false" aria-label="{n}: {escape(title)}">{n}</button>'
    )


def _legend(turn: ExchangeView, say: Texts) -> str:
    said = []
    if any(sentence.verbatim and not sentence.block for sentence in turn.sentences):
        said.append(say("ask.legend_quoted"))
    if any(sentence.status == "weak" and sentence.original is None for sentence in turn.sentences):
        said.append(say("ask.legend_weak"))
    if turn.answer is not None and not turn.state and not turn.notice:
        model = turn.answer.model if turn.answer.view == "model" else None
        by = say("ask.by_model", model=model) if model else say("ask.by_sources")
        by = "" if turn.answer.view == "catalog" else by
        said += [turn.answer.how or by] if turn.answer.how or by else []
        seconds = turn.answer.timings.get("total_s")
        if seconds is not None and seconds >= _INSTANT:
            said.append(say("ask.seconds", seconds=f"{seconds:.1f}"))
    if not said:
        return ""
    return f'<p class="legend">{" · ".join(with_code(part) for part in said)}</p>'


def _sources(turn: ExchangeView, say: Texts) -> str:
    """Return the sources, each once, with a number for each of its passages that is cited."""
    cards = []
    sources: dict[str, list[Citation]] = {}
    for cited in turn.citations:
        sources.setdefault(cited.url, []).append(cited)
        runs = _runs_citing(turn, cited.n)
        cards += [_card(turn, place, run, cited, say) for place, run in runs]
    rows = "".join(_source(turn, cited, say) for cited in sources.values())
    return (
        f'<h3 class="small">{escape(say("ask.sources"))}</h3>'
        f'<ol class="sources">{rows}</ol>{"".join(cards)}'
    )


def _source(turn: ExchangeView, cited: Sequence[Citation], say: Texts) -> str:
    """Return a source: its title, then its passages by number and heading; one, on one line."""
    first, one = cited[0], len(cited) == 1
    lists = dict.fromkeys(place.list for each in cited for place in each.recommended_by)
    chips = chip(say.named("kind", first.kind)) + "".join(chip(name, "list") for name in lists)
    name = f'<span class="name">{typeset(first.title)}</span>'
    url = f' data-url="{escape(first.url)}"' if is_web(first.url) else ""
    buttons = []
    for each in cited:
        heading = trail([part for part in each.heading[-1:] if part != each.title])
        if not heading and not one:
            heading = escape(say("ask.beginning"))
        where = f'<span class="where">{heading}</span>' if heading else ""
        places = [place for place, _ in _runs_citing(turn, each.n)]
        opens = f"card-{turn.number}-{places[0]}-{each.n}" if places else ""
        buttons.append(
            f'<button type="button" class="source" data-card="{opens}" aria-haspopup="dialog" '
            f'aria-expanded="false"><span class="n">{each.n}</span>{name if one else ""}{where}'
            "</button>"
        )
    if one:
        return f"<li{url}>{buttons[0]}{chips}</li>"
    return f'<li class="several"{url}>{name}{chips}<p class="passages">{"".join(buttons)}</p></li>'


def _runs_citing(turn: ExchangeView, n: int) -> list[tuple[int, list[Sentence]]]:
    """Return the runs that cite a source, with the place of their first sentence."""
    citing, place = [], 0
    for _, runs in grouped(turn.sentences):
        for run in runs:
            if n in run[0].citations:
                citing.append((place, run))
            place += len(run)
    return citing


def _card(
    turn: ExchangeView, place: int, run: Sequence[Sentence], cited: Citation, say: Texts
) -> str:
    sentence = run[0]
    computed = sentence.form == "calculation"
    status = "quoted" if sentence.verbatim else "computed" if computed else sentence.status
    level = "" if sentence.verbatim or computed else f" ({sentence.support:.0%})"
    if cited.primer:
        who = f'<p class="small">{escape(say("card.primer"))}</p>'
    elif cited.recommended_by:
        who = f'<p class="small">{escape(say("card.recommended"))}</p>'
        who += recommended_html(cited.recommended_by, say)
    else:
        who = ""
    at = directive(cited.deep_link)
    links = ""
    if cited.passage:
        links = reader_link(say, say("card.archived"), passage=cited.passage, at=at)
        if "#page=" in cited.deep_link:
            said = " ".join(sentence.original or sentence.text for sentence in run)
            page = pdf_address(say, passage=cited.passage, said=said, up=up(say))
            links += view_link(page, say("card.pdf"))
    if is_web(cited.deep_link):
        links = link(cited.deep_link, say("card.live")) + links
    made = make_button(say, url=cited.url) if cited.passage else ""
    when = say("card.archived_at", date=cited.archived_at[:10]) if cited.archived_at else ""
    heading = trail([part for part in cited.heading if part != cited.title])
    name = say("card.label", n=cited.n)
    # the source's words, where they are shown
    own = [part.original or part.text for part in run]
    quoted = sentence.verbatim or sentence.original is not None
    words = "" if quoted else f'<p class="hint">{escape(say("card.words"))}</p>'
    shown = (
        f'<p class="status {status}">{escape(say(f"ask.{status}"))}{level}</p>'
        f'<blockquote tabindex="0">{marked(cited.quote, own, verbatim=quoted)}</blockquote>{words}'
    )
    if not cited.quote:  # the catalog is cited, not the page's words
        shown = ""
    return (
        f'<div popover class="card" id="card-{turn.number}-{place}-{cited.n}" role="dialog" '
        f'tabindex="-1" aria-label="{escape(name)}">'
        f'<p class="head"><b>{typeset(cited.title)}</b><button type="button" class="close" '
        f'aria-label="{escape(say("card.close"))}">×</button></p>'
        f'<p class="where">{heading}</p>'
        f"{shown}{who}"
        f'<p class="links">{links}{made}<span class="hint">{escape(when)}</span></p></div>'
    )


def _refusal(answer: Answer, say: Texts) -> str:
    hits = hits_by_source(answer.nearest, answer.asked, say)
    near = say("ask.nearest") if hits else say("ask.nearest_none")
    places = recommended_html(answer.look_in, say)
    if places:
        places = f'<h3 class="small">{escape(say("ask.look_in"))}</h3>{places}'
    return (
        f'<div class="message refused" role="status"><p class="said">{escape(say("ask.refused"))}'
        f"</p><p>{escape(answer.refusal or '')}</p></div>{_other_readings(answer, say)}"
        f'{places}<h3 class="small">{escape(near)}</h3>{hits}'
    )


def _further(further: Sequence[Reading], say: Texts) -> str:
    links = "".join(f"<li>{link(source.url, source.title)}</li>" for source in further)
    return f'<h3 class="small">{escape(say("ask.further"))}</h3><ul>{links}</ul>' if links else ""


def _tools(answer: Answer, say: Texts, more: str) -> str:
    copied = escape(say("ask.copied"))
    return (
        f'<p class="tools"><button type="button" class="copy" data-copied="{copied}" '
        f'data-text="{escape(markdown(answer))}">{escape(say("ask.copy"))}</button>{more}'
        f"{_cite_link(answer, say)}"
        f'<button type="button" class="share" data-copied="{copied}">{escape(say("ask.share"))}'
        f'</button><button type="button" class="again">{escape(say("ask.again"))}</button></p>'
    )


def _cite_link(answer: Answer, say: Texts) -> str:
    """Return what saves the references of an answer, "" where it cites nothing."""
    cited = dict.fromkeys(cited.url for cited in answer.citations)
    if not cited:
        return ""
    what = "&".join(f"url={quote(url, safe='')}" for url in cited)
    up = "../" if say.lang == "zh" else "./"  # as `html.reader_link`
    address = escape(f"{up}api/v1/cite?format=bibtex&{what}")
    label = escape(say("ask.cite"))
    return f'<a class="cite" href="{address}" download="refdesk.bib">{label}</a>'
