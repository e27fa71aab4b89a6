"""The one place that decides what a reader may raise, and what it may return.

Readers say why a record gives no document by a `Rejection`, or by an error of refdesk's own whose
message is for people. Everything else they raise, down to running out of stack or memory, is a
fault of the reader and becomes a rejection here. What they return can be stored: text that UTF-8
can hold, offsets that lie inside the text.
"""

from collections.abc import Callable
from dataclasses import fields, replace
from typing import Any, cast

from ingest.archive.shelf import ArchiveUnreachable
from ingest.errors import RefdeskError
from ingest.failures import Failure
from ingest.links.kinds import split
from ingest.text.characters import encodable
from ingest.values import Document, Imprint, Rejection

MEMORY_SPENT = f"{Failure.READER}: it takes too much memory"

_TITLE = 1_000  # characters
_SAID = 160


def soundly(url: str, read: Callable[[], list[Document | Rejection]]) -> list[Document | Rejection]:
    """Return what ``read`` makes of the record at ``url``, whatever happens.

    Raises:
        ArchiveUnreachable: the record could not be had.
    """
    try:
        return [sound(result) for result in read()]
    except ArchiveUnreachable:
        raise  # says nothing of the record: it may be read when the store answers again
    except RefdeskError as error:
        return [Rejection(storable(url), storable(str(error))[:_SAID])]
    except MemoryError:
        return [Rejection(storable(url), MEMORY_SPENT)]
    except Exception as error:
        said = storable(" ".join(str(error).split()))[:_SAID]
        return [
            Rejection(
                storable(url), f"{Failure.READER}: {type(error).__name__}: {said}".rstrip(": ")
            )
        ]


def sound(result: Document | Rejection) -> Document | Rejection:
    """Return a result as it can be stored.

    Raises:
        TypeError: a field is not of its type.
    """
    if isinstance(result, Rejection):
        return Rejection(storable(result.url), storable(result.reason))
    texts: dict[str, Any] = {
        name: storable(getattr(result, name))
        for name in ("url", "title", "text", "lang", "source", "kind", "fetched_at")
    }
    texts["title"] = texts["title"][:_TITLE]
    if not split(texts["url"]).scheme:  # everything that shows or counts it takes it apart
        return Rejection(texts["url"], "its address cannot be read")
    optional: dict[str, Any] = {
        name: None if (value := getattr(result, name)) is None else storable(value)
        for name in ("author", "date")
    }
    length = len(texts["text"])
    anchors = [(int(at), storable(url)) for at, url in result.anchors if 0 <= int(at) <= length]
    figures = [
        replace(figure, url=storable(figure.url))
        for figure in result.figures
        if 0 <= figure.at <= length and 0 <= figure.start <= figure.end <= length
    ]
    return replace(
        result,
        **cast("dict[str, Any]", texts | optional),
        links=tuple(map(storable, result.links)),
        aliases=tuple(map(storable, result.aliases)),
        anchors=tuple(sorted(anchors, key=lambda anchor: anchor[0])),
        imprint=_sound_imprint(result.imprint),
        figures=tuple(sorted(figures, key=lambda figure: figure.at)),
    )


def _sound_imprint(imprint: Imprint) -> Imprint:
    said = {
        field.name: storable(getattr(imprint, field.name))[:_TITLE] for field in fields(imprint)[1:]
    }
    return Imprint(tuple((storable(a), storable(b)) for a, b in imprint.authors), **said)


def storable(text: str) -> str:
    """Return a text without what UTF-8 cannot hold, and without the null character.

    Raises:
        TypeError: it is no text.
    """
    if not isinstance(text, str):
        raise TypeError(f"a text was expected, not {type(text).__name__}")
    return encodable(text).replace("\0", "")
