"""What a search found, as HTML."""

from collections.abc import Sequence
from html import escape

from index.search.library import Hit
from ui.page.html import framed, hits_by_source, message_html
from ui.page.i18n import Texts


def hits_html(
    hits: Sequence[Hit], query: str, seconds: float, say: Texts, searched: str = ""
) -> str:
    """Return passages, best first, with how many there are and the seconds it took.

    What was ``searched`` is told where it is not the ``query`` as typed.
    """
    if not hits:
        return message_html(say("search.none"), say("search.none_explain"))
    ms = f"{1000 * seconds:.0f}"
    count = say("search.count_one", ms=ms) if len(hits) == 1 else ""
    count = count or say("search.count", count=len(hits), ms=ms)
    if searched and searched != query:
        count = f"{say('search.searched', words=searched)} {count}"
    body = hits_by_source(hits, searched or query, say)
    return framed(f'<p class="legend" role="status">{escape(count)}</p>{body}')
