"""Figures beside an answer: those of the cited pages that stand next to what is cited.

A figure counts when its caption is cited, when it stands within a cited passage or at its edge, or
when the cited words name it ("Figure 3"). Nothing is shown whose picture the archive lacks.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import replace

from assistant.answering.values import Answer, Citation, ShownFigure, Span
from assistant.wording import wording
from index.store.sqlite import Store
from ingest.reading.pictures import PictureHead
from ingest.values import Document, Figure

_MOST = 3  # of one answer: more than a glance takes
_EDGE = 2  # characters between a passage and the figure that follows it: a blank line
_WORDING = wording("sentences")
_NAMED = _WORDING.patterns["figure_named"]


def with_figures(
    answer: Answer, store: Store, head_of: Callable[[Figure], PictureHead | None]
) -> Answer:
    """Return the answer with the figures that stand beside what it cites, nearest first.

    ``head_of`` tells what the archived picture of a figure is, None where there is none.
    """
    known = store.figures({cited.url for cited in answer.citations})
    if not known:
        return answer
    documents = {url: store.document(url) for url in known}
    near: list[tuple[float, int, int, Figure, Document]] = []
    for cited in answer.citations:
        document = documents.get(cited.url)
        # an answer that was kept may cite what the page said before
        if document is None or document.sha256 != cited.document_sha256:
            continue
        spans = [
            span for sentence in answer.sentences for span in sentence.spans if span.n == cited.n
        ]
        for number, figure in enumerate(known[cited.url], 1):
            distance = _distance(figure, cited, spans, document)
            if distance is not None:
                near.append((distance, cited.n, number, figure, document))
    chosen: dict[str, ShownFigure] = {}
    for _, n, number, figure, document in sorted(near, key=lambda nearest: nearest[:3]):
        if len(chosen) == _MOST or figure.url in chosen or (head := head_of(figure)) is None:
            continue
        chosen[figure.url] = ShownFigure(
            n, number, document.text[figure.start : figure.end], figure.url,
            document.url, document.title, head.width, head.height,
        )  # fmt: skip
    return replace(answer, figures=tuple(chosen.values()))


def _distance(
    figure: Figure, cited: Citation, spans: Sequence[Span], document: Document
) -> float | None:
    """Return how many characters lie between a figure and the cited words; None if it is not near.

    A figure that the words name lies beside them.
    """
    text = document.text
    caption = text[figure.start : figure.end]
    label = _NAMED.match(caption)
    words = " ".join(text[span.start : span.end] for span in spans) or cited.quote
    if label and any(_number(label) == _number(named) for named in _NAMED.finditer(words)):
        return 0
    first, last = figure.at, max(figure.at, figure.end)
    if last < cited.start - _EDGE or first > cited.end + _EDGE:
        return None
    ends = [(span.start, span.end) for span in spans] or [(cited.start, cited.end)]
    return min(max(0, first - end, start - last) for start, end in ends)


def _number(label: re.Match[str]) -> str:
    return label[1] or label[2]
