"""A thread as a file: which forms there are, and how each is called and served."""

import json
from collections.abc import Callable

from assistant.answering.values import ShownFigure
from assistant.kept.threads import Whole, whole_object
from ingest.errors import UsageError
from ui.kept.pictures import collected
from ui.kept.thread_html import thread_html
from ui.kept.thread_markdown import thread_markdown
from ui.page.i18n import LANGUAGES, texts

MEDIA = {
    "markdown": ("md", "text/markdown; charset=utf-8"),
    "html": ("html", "text/html; charset=utf-8"),
    "json": ("json", "application/json"),
}
"""How the name of a file of each form ends, and its media type."""


def exported(
    whole: Whole, form: str, lang: str = "en", *, picture_of: Callable[[ShownFigure], bytes]
) -> str:
    """Return a thread in one of the forms; ``lang`` is that of the words around the answers.

    The HTML file holds the pictures of its figures, drawn by ``picture_of``; Markdown, which shows
    no data as a picture everywhere, links to them, JSON names them.

    Raises:
        UsageError: there is no such form or language, or the thread is damaged.
    """
    if form not in MEDIA:
        raise UsageError(f"There is no form {form[:40]}: choose one of {', '.join(MEDIA)}.")
    if lang not in LANGUAGES:
        raise UsageError(f"There is no language {lang[:40]}: choose one of {', '.join(LANGUAGES)}.")
    try:
        if form == "json":
            return json.dumps(whole_object(whole), ensure_ascii=False, indent=2) + "\n"
        if form == "markdown":
            return thread_markdown(whole)
        return thread_html(whole, texts(lang), collected(whole, picture_of))
    except (KeyError, TypeError, ValueError) as error:
        raise UsageError(
            f"Thread {whole.thread.id} is damaged ({error}): only its JSON can be had."
        ) from error
