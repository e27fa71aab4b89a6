"""What comes from pages and lists, put into Markdown so that it stays words."""

from urllib.parse import quote

from ingest.links.schemes import is_web
from ingest.text.plain import escape


def words(text: str) -> str:
    """Return a text on one line that Markdown shows as it is."""
    return escape(text, also="!~")


def linked(title: str, url: str) -> str:
    """Return a title as a link to an address of the web; elsewhere the title alone."""
    text = words(title) or "source"
    if not is_web(url):
        return text
    return f"[{text}]({quote(url, safe=':/?#@!$&*+,;=%~-._')})"
