"""A thread as one HTML file that needs nothing else: no server, no script, no network.

The quote behind a mark opens when the mark is pointed at or reached by keyboard, and stands among
the sources too. The thread's JSON is in the file as data, so `refdesk verify` can check it; and
since the file is made from nothing but that, it can be made again and compared: whoever changes
what is shown is found out.
"""

import json
from collections.abc import Mapping, Sequence
from functools import partial
from html import escape
from importlib.metadata import version
from typing import Any

from assistant.answering.values import Answer, Citation, Sentence
from assistant.kept.answer_of import answer_of
from assistant.kept.threads import Whole, whole_object, whole_of
from ingest.disk import json_of
from ingest.errors import UsageError
from ui.kept.pictures import Pictures, named, shown_in
from ui.page import assets
from ui.page.highlight import marked
from ui.page.html import link, recommended_html, trail
from ui.page.html_figures import kept_html
from ui.page.html_sentences import said_html
from ui.page.i18n import LANGUAGES, Texts, texts

_OPENING = '<script type="application/json" id="refdesk-thread">'
_CLOSING = "</script>"
_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; "
    "form-action 'none'"
)
# what could end the element, or a line of a script, early
_ESCAPES = {ord(sign): f"\\u{ord(sign):04x}" for sign in "<>&\u2028\u2029"}


def thread_html(whole: Whole, say: Texts, pictures: Pictures) -> str:
    """Return the file; ``say`` gives the language of what stands around the answers.

    A figure whose picture is not among ``pictures`` is named, with a link to it.

    Raises:
        KeyError, TypeError, ValueError: an answer of the thread is none.
    """
    about = {"shown_in": say.lang, "written_by": _writer(), "pictures": named(pictures)}
    return _document(whole_object(whole) | about, pictures)


def embedded(text: str) -> dict[str, Any]:
    """Return the JSON that stands in such a file.

    Raises:
        UsageError: there is none.
    """
    _, opened, rest = text.partition(_OPENING)
    data, closed, _ = rest.partition(_CLOSING)
    if not opened or not closed:
        raise UsageError("This HTML file is no thread that refdesk exported.")
    try:
        value = json_of(data)
    except ValueError as error:
        raise UsageError(f"The thread in this HTML file cannot be read: {error}.") from error
    if not isinstance(value, dict):
        raise UsageError("The thread in this HTML file cannot be read: it is no object.")
    return value


def shown_otherwise(text: str, saved: Mapping[str, Any]) -> str:
    """Return why what a file shows is not what its JSON says; "" if it is."""
    try:
        made_again = _document(saved, shown_in(text, saved))
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        return f"the thread in the file is not whole ({error})"
    if "".join(made_again.splitlines()) == "".join(text.removeprefix("\ufeff").splitlines()):
        return ""
    if saved.get("written_by") != _writer():
        return f"another version of refdesk wrote it ({saved.get('written_by')!s:.40})"
    return "it was changed after refdesk wrote it"


def _document(saved: Mapping[str, Any], pictures: Pictures) -> str:
    whole = whole_of(saved)
    lang = saved["shown_in"]
    say = texts(lang if lang in LANGUAGES else "en")
    title = escape(whole.thread.title)
    turns = "".join(
        _turn(number, answer_of(turn.answer), turn.asked_at, say, pictures)
        for number, turn in enumerate(whole.turns, start=1)
    )
    data = json.dumps(saved, ensure_ascii=False).translate(_ESCAPES)
    return (
        f'<!doctype html>\n<html lang="{say.lang}"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">'
        '<meta name="referrer" content="no-referrer">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f'<meta name="color-scheme" content="light dark"><title>{title}</title>'
        f"<style>{assets.read('formulas.css')}{assets.read('thread.css')}</style></head>\n<body><main><h1>{title}</h1>"
        f'<p class="hint">{escape(say("threads.exported"))}</p>{turns}</main>\n'
        f"{_OPENING}{data}{_CLOSING}</body></html>\n"
    )


def _turn(number: int, answer: Answer, when: str, say: Texts, pictures: Pictures) -> str:
    asked = ""
    if answer.asked != answer.question:
        asked = f'<p class="hint">{escape(say("ask.asked", asked=answer.asked))}</p>'
    if answer.refused:
        nearest = "".join(
            f"<li>{link(hit.passage.url, hit.passage.title)}</li>" for hit in answer.nearest
        )
        near = f"<h3>{escape(say('ask.nearest'))}</h3><ul>{nearest}</ul>" if nearest else ""
        said = f'<p class="refused">{escape(answer.refusal or "")}</p>{near}'
    else:
        said = said_html(answer.sentences, partial(_marks, number, answer))
        if answer.unanswered:
            said += f'<p class="hint">{escape(answer.left_open)}</p>'
        said += kept_html(answer.figures, pictures, say)
        sources = "".join(_source(number, cited, answer, say) for cited in answer.citations)
        if sources:
            said += f'<h3>{escape(say("ask.sources"))}</h3><ol class="sources">{sources}</ol>'
    day = f'<time datetime="{escape(when)}">{escape(when[:10])}</time>'
    return (
        f'<section lang="{escape(answer.lang)}"><h2>{escape(answer.question)}</h2>{asked}{said}'
        f'<p class="hint">{day}</p></section>'
    )


def _marks(number: int, answer: Answer, place: int, run: Sequence[Sentence]) -> str:
    cited = {cited.n: cited for cited in answer.citations}
    return "".join(_mark(number, place, cited[n], run) for n in run[0].citations if n in cited)


def _mark(number: int, place: int, cited: Citation, run: Sequence[Sentence]) -> str:
    name = f"w{number}-{place}-{cited.n}"
    heading = trail([part for part in cited.heading[-1:] if part != cited.title])
    where = f' <span class="hint">{heading}</span>' if heading else ""
    return (
        f'<span class="cite"><a class="mark" href="#s{number}-{cited.n}" role="doc-noteref" '
        f'aria-describedby="{name}">{cited.n}</a><span class="quote" role="tooltip" id="{name}">'
        f"<b>{escape(cited.title)}</b>{where}{_quote(cited, run)}</span></span>"
    )


def _quote(cited: Citation, said: Sequence[Sentence]) -> str:
    """The words of a source, with what they lend to the sentences that cite it marked."""
    if not cited.quote:  # the catalog is cited, not the page's words
        return ""
    own = [sentence.original or sentence.text for sentence in said]
    verbatim = all(sentence.verbatim or sentence.original is not None for sentence in said)
    return f'<span class="words">{marked(cited.quote, own, verbatim=verbatim)}</span>'


def _source(number: int, cited: Citation, answer: Answer, say: Texts) -> str:
    said = [sentence for sentence in answer.sentences if cited.n in sentence.citations]
    when = say("card.archived_at", date=cited.archived_at[:10]) if cited.archived_at else ""
    heading = trail([part for part in cited.heading if part != cited.title])
    about = " · ".join(part for part in (heading, escape(when)) if part)
    return (
        f'<li id="s{number}-{cited.n}" value="{cited.n}"><b>{link(cited.deep_link, cited.title)}'
        f'</b> <span class="hint">{about}</span>'
        f"{recommended_html(cited.recommended_by, say)}{_quote(cited, said)}</li>"
    )


def _writer() -> str:
    return f"refdesk {version('refdesk')}"
