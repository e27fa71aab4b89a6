"""A thread as a file: which forms there are, and how each is called and served."""

import json

from assistant.kept.threads import Whole, whole_object
from ingest.errors import UsageError
from ui.kept.thread_html import thread_html
from ui.kept.thread_markdown import thread_markdown
from ui.page.i18n import LANGUAGES, texts

MEDIA = {
    "markdown": ("md", "text/markdown; charset=utf-8"),
    "html": ("html", "text/html; charset=utf-8"),
    "json": ("json", "application/json"),
}
"""How the name of a file of each form ends, and its media type."""


def exported(whole: Whole, form: str, lang: str = "en") -> str:
    """Return a thread in one of the forms; ``lang`` is that of the words around the answers.

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
        return thread_html(whole, texts(lang)) if form == "html" else thread_markdown(whole)
    except (KeyError, TypeError, ValueError) as error:
        raise UsageError(
            f"Thread {whole.thread.id} is damaged ({error}): only its JSON can be had."
        ) from error
