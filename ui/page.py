"""What the page shows, as HTML. Every word from outside is escaped: text, never markup."""

from collections.abc import Sequence
from html import escape
from urllib.parse import urlsplit

from assistant.path_form import ReadingPath, Step
from assistant.values import Answer, Citation, Reading, Sentence
from index.library import Hit

STYLE = """
.refdesk { font-size: 1.05rem; line-height: 1.6; max-width: 46rem; overflow-wrap: anywhere; }
.refdesk p { margin: 0 0 .8rem; }
.refdesk q { font-style: italic; quotes: "\\201C" "\\201D"; }
.refdesk .weak { text-decoration: underline dotted; text-underline-offset: .2em; }
.refdesk .mark { font-size: .75em; vertical-align: super; margin-left: .15em; padding: 0 .25em;
  border-radius: .3em; text-decoration: none; background: var(--color-accent-soft);
  color: var(--body-text-color); cursor: pointer; }
.refdesk .state { color: var(--body-text-color-subdued); font-size: .9rem; }
.refdesk details { border: 1px solid var(--border-color-primary); border-radius: .5rem;
  padding: .5rem .8rem; margin: .4rem 0; }
.refdesk details:target, .refdesk details.lit { border-color: var(--color-accent); }
.refdesk summary { cursor: pointer; font-weight: 600; }
.refdesk blockquote { white-space: pre-wrap; margin: .6rem 0; padding-left: .8rem;
  border-left: 3px solid var(--border-color-primary); font-size: .95rem; }
.refdesk blockquote mark { background: #fde68a; color: #111827; }
.refdesk .where { color: var(--body-text-color-subdued); font-size: .85rem; }
footer { display: none !important; }
"""

SCRIPT = """
<script>
document.addEventListener('click', function (event) {
  const mark = event.target.closest && event.target.closest('.refdesk a.mark');
  if (!mark) return;
  const shown = document.getElementById(mark.getAttribute('href').slice(1));
  if (!shown) return;
  event.preventDefault();
  document.querySelectorAll('.refdesk details.lit').forEach(function (lit) {
    lit.classList.remove('lit');
  });
  shown.open = true;
  shown.classList.add('lit');
  shown.scrollIntoView({ block: 'nearest' });
});
</script>
"""


def answer_html(
    sentences: Sequence[Sentence],
    citations: Sequence[Citation],
    *,
    state: str = "",
    further: Sequence[Reading] = (),
) -> str:
    """Return an answer, whole or so far: sentences with marks, then the passage of each mark."""
    body = " ".join(_sentence(each) for each in sentences)
    parts = [f"<p>{body}</p>" if body else ""]
    if state:
        parts.append(f'<p class="state" role="status">{escape(state)}</p>')
    if citations:
        parts.append("<h3>Sources</h3>")
        supported = {
            cited.n: [
                each.text for each in sentences if cited.n in each.citations and each.verbatim
            ]
            for cited in citations
        }
        parts += [_source(cited, supported[cited.n]) for cited in citations]
    if further:
        links = "".join(f"<li>{_link(each.url, each.title)}</li>" for each in further)
        parts.append(f"<h3>Read on</h3><ul>{links}</ul>")
    return _framed(parts)


def hits_html(hits: Sequence[Hit], state: str) -> str:
    """Return the passages found, before anything has been answered."""
    return _framed([f'<p class="state" role="status">{escape(state)}</p>', *map(_hit, hits)])


def refusal_html(answer: Answer) -> str:
    """Return a refusal with the nearest sources."""
    return _framed([f"<p>{escape(answer.refusal or '')}</p>", *map(_hit, answer.nearest)])


def message_html(text: str) -> str:
    """Return a message: an error, an invitation."""
    return _framed([f'<p class="state" role="status">{escape(text)}</p>'])


def _sentence(sentence: Sentence) -> str:
    marks = "".join(
        f'<a class="mark" href="#source-{n}" title="Show passage {n}">{n}</a>'
        for n in sentence.citations
    )
    text = escape(sentence.text)
    if sentence.verbatim:
        text = f"<q>{text}</q>"
    if sentence.status == "weak":
        text = f'<span class="weak" title="weakly supported">{text}</span>'
    return text + marks


def _source(cited: Citation, quoted: Sequence[str]) -> str:
    name = " › ".join(escape(part) for part in _name(cited))
    where = [
        f"<div class='where'>recommended by {escape(each.list)}: "
        f"{' › '.join(escape(part) for part in each.section)}"
        f"{f' ({escape(each.difficulty)})' if each.difficulty else ''}</div>"
        for each in cited.recommended_by
    ]
    if cited.primer:
        where.append("<div class='where'>refdesk primer</div>")
    else:
        where.append(f"<div class='where'>{_link(cited.deep_link, cited.url)}</div>")
    return (
        f'<details id="source-{cited.n}"><summary>[{cited.n}] {name}</summary>'
        f"<blockquote>{_highlighted(cited.quote, quoted)}</blockquote>{''.join(where)}</details>"
    )


def _name(cited: Citation) -> list[str]:
    """Return a source's title and, where it has one of its own, the heading cited."""
    last = cited.heading[-1:]
    return [cited.title, *(part for part in last if part != cited.title)]


def _highlighted(quote: str, sentences: Sequence[str]) -> str:
    """Escape a passage and mark the sentences taken from it, where they stand in it as they are."""
    spans = sorted(
        (at, at + len(sentence)) for sentence in sentences if (at := quote.find(sentence)) >= 0
    )
    out, here = [], 0
    for start, end in spans:
        if start >= here:
            out += [escape(quote[here:start]), "<mark>", escape(quote[start:end]), "</mark>"]
            here = end
    return "".join(out) + escape(quote[here:])


def _hit(hit: Hit) -> str:
    passage = hit.passage
    link = _link(passage.url, passage.url)
    return (
        f"<details><summary>{escape(passage.title)}</summary>"
        f"<blockquote>{escape(passage.text)}</blockquote><div class='where'>{link}</div></details>"
    )


def _link(url: str, label: str) -> str:
    """Return a link, or only its label where the address is none a browser should open."""
    if urlsplit(url).scheme not in ("http", "https"):
        return escape(label)
    return (
        f'<a href="{escape(url)}" target="_blank" rel="noopener noreferrer nofollow">'
        f"{escape(label)}</a>"
    )


def _framed(parts: Sequence[str]) -> str:
    return f'<div class="refdesk">{"".join(parts)}</div>'


def path_html(path: ReadingPath) -> str:
    """Return a reading path: steps in order, each with what it is, how long, and why."""
    steps = "".join(_step_html(step) for step in path.steps)
    hours, minutes = divmod(path.total_minutes, 60)
    length = f"{hours} h {minutes} min" if hours else f"{minutes} min"
    return (
        f'<div class="refdesk"><p class="state">{escape(path.topic)}: {len(path.steps)} steps, '
        f"about {length}</p><ol>{steps}</ol></div>"
    )


def _step_html(step: Step) -> str:
    level = f"{step.difficulty} (estimated)" if step.estimated else step.difficulty
    source = "refdesk primer" if step.primer else step.kind
    said = f"{source}, {level}, {step.minutes} min; {step.why}"
    return f'<li>{_link(step.url, step.title)}<div class="where">{escape(said)}</div></li>'
