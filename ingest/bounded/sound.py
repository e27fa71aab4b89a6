"""The one place that decides what a reader may raise, and what it may return.

Readers say why a record gives no document by a `Rejection`, or by an error of refdesk's own whose
message is for people. Everything else they raise, down to running out of stack or memory, is a
fault of the reader and becomes a rejection here. What they return can be stored: text that UTF-8
can hold, offsets that lie inside the text.
"""

from collections.abc import Callable
from dataclasses import fields, replace
from typing import Any, cast

from ingest.errors import RefdeskError
from ingest.failures import Failure
from ingest.links.kinds import split
from ingest.values import Document, Imprint, Rejection

MEMORY_SPENT = f"{Failure.READER}: it takes too much memory"

_TITLE = 1_000  # characters
_SAID = 160


def soundly(url: str, read: Callable[[], list[Document | Rejection]]) -> list[Document | Rejection]:
    """Return what ``read`` makes of the record at ``url``, whatever happens."""
    try:
        return [sound(result) for result in read()]
    except RefdeskError as error:
        return [Rejection(plain(url), plain(str(error))[:_SAID])]
    except MemoryError:
        return [Rejection(plain(url), MEMORY_SPENT)]
    except Exception as error:
        said = plain(" ".join(str(error).split()))[:_SAID]
        return [
            Rejection(plain(url), f"{Failure.READER}: {type(error).__name__}: {said}".rstrip(": "))
        ]


def sound(result: Document | Rejection) -> Document | Rejection:
    """Return a result as it can be stored.

    Raises:
        TypeError: a field is not of its type.
    """
    if isinstance(result, Rejection):
        return Rejection(plain(result.url), plain(result.reason))
    texts: dict[str, Any] = {
        name: plain(getattr(result, name))
        for name in ("url", "title", "text", "lang", "source", "kind", "fetched_at")
    }
    texts["title"] = texts["title"][:_TITLE]
    if not split(texts["url"]).scheme:  # everything that shows or counts it takes it apart
        return Rejection(texts["url"], "its address cannot be read")
    optional: dict[str, Any] = {
        name: None if (value := getattr(result, name)) is None else plain(value)
        for name in ("author", "date")
    }
    length = len(texts["text"])
    anchors = [(int(at), plain(url)) for at, url in result.anchors if 0 <= int(at) <= length]
    figures = [
        replace(figure, url=plain(figure.url))
        for figure in result.figures
        if 0 <= figure.at <= length and 0 <= figure.start <= figure.end <= length
    ]
    return replace(
        result,
        **cast("dict[str, Any]", texts | optional),
        links=tuple(map(plain, result.links)),
        aliases=tuple(map(plain, result.aliases)),
        anchors=tuple(sorted(anchors, key=lambda anchor: anchor[0])),
        imprint=_sound_imprint(result.imprint),
        figures=tuple(sorted(figures, key=lambda figure: figure.at)),
    )


def _sound_imprint(imprint: Imprint) -> Imprint:
    said = {
        field.name: plain(getattr(imprint, field.name))[:_TITLE] for field in fields(imprint)[1:]
    }
    return Imprint(tuple((plain(a), plain(b)) for a, b in imprint.authors), **said)


def plain(text: str) -> str:
    """Return a text without what UTF-8 cannot hold, and without the null character.

    Raises:
        TypeError: it is no text.
    """
    if not isinstance(text, str):
        raise TypeError(f"a text was expected, not {type(text).__name__}")
    try:
        text.encode()
    except UnicodeEncodeError:
        text = text.encode("utf-8", "replace").decode()
    return text.replace("\0", "")
