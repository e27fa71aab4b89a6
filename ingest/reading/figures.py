"""Where the figures of a page stand in its text: marked in the tree, taken out of the text again.

A picture is marked before the page is pruned and written, so that what hides a part of the page
hides its pictures too. A ``<figcaption>`` is in the text as it is; where there is none, a
description (``alt``) that says as much as a sentence becomes a paragraph of it, marked as such.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import islice
from urllib.parse import quote, urlsplit

from lxml import html

from ingest.links.urls import joined
from ingest.text.digits import whole_number
from ingest.text.scripts import HAN
from ingest.text.sentences import one_line
from ingest.values import Figure

_LOOKED_AT = 2_000  # pictures of one page
_MOST = 200  # figures of one page
_AROUND = 40  # elements around a picture that may say what it is
_ICON = 48  # pixels: what a page shows smaller is no figure
_WORDS, _HAN = 8, 16  # of a description: fewer name a picture and tell nothing of it
_LONGEST = 2_000  # characters of a caption
_ADDRESS = 2_000  # characters of an address
_DESCRIBED = ("Alt text: ", "替代文字：")
"""What stands before a description that no reader of the page sees, in English and in Chinese."""
_LAZY = ("data-src", "data-original", "data-lazy-src")
_NO_FIGURE = re.compile(r"emoji|avatar|badge|icon|logo|spinner|tracking|pixel", re.IGNORECASE)
_ELSEWHERE = re.compile(r"//(?:img\.shields\.io|badge|badgen\.net|camo\.|[\w.-]*gravatar\.com)")
_CHINESE = re.compile(f"[{HAN}]")
_FILE_NAME = re.compile(r"\S+\.(?:png|jpe?g|gif|webp|svg)", re.IGNORECASE)
_INLINE = ("a", "span", "b", "i", "em", "strong", "small", "picture", "font", "u", "center")

_ANY = r"⟦(?:/?caption:\d{1,3}|figure:\d{1,3}(?::\d{1,3})?)⟧"
_MARK = re.compile(r"⟦(/?)(caption|figure):(\d{1,3})(?::(\d{1,3}))?⟧")
_ALONE = re.compile(rf"^[ \t]*(?:{_ANY}[ \t]*)+(?:\n+|\Z)", re.MULTILINE)
_ITEM = re.compile(rf"^([ \t]*(?:- |\d+\. ))(?:{_ANY}[ \t]*)+(?:\n+[ \t]+(?=\S)|\n|\Z)", re.M)
_INSIDE = re.compile(rf"{_ANY} ?")


def mark(root: html.HtmlElement, url: str) -> list[str]:
    """Put marks where a page's figures stand, in place; return the addresses of their pictures.

    ``url`` is where the page was fetched. The tree is then to be pruned and written, and the text
    given to `taken` with these addresses.
    """
    said = next(root.getroottree().iter("base"), None)
    base = url if said is None else joined(url, (said.get("href") or "").strip()) or url
    addresses: list[str] = []
    known = _captions(root)
    captions: dict[html.HtmlElement, int] = {}
    described: set[str] = set()
    put: list[tuple[html.HtmlElement, tuple[str, ...]]] = []
    for image in list(islice(root.iter("img"), _LOOKED_AT)):
        address = _address(image, base)
        if address is None or not _counts(image, address):
            continue
        number = len(addresses)
        addresses.append(address)
        caption = _caption(image, known)
        words = one_line(image.get("alt") or "").replace("⟦", "[").replace("⟧", "]")
        if caption is not None:
            of = captions.setdefault(caption, number)
            put.append((image, (f"⟦figure:{number}:{of}⟧",)))
        elif _tells(words) and words not in described:
            described.add(words)
            words = f"{_DESCRIBED[bool(_CHINESE.search(words))]}{words}"
            words = f"⟦caption:{number}⟧{words}⟦/caption:{number}⟧"
            put.append((image, (f"⟦figure:{number}⟧", words)))
        else:
            put.append((image, (f"⟦figure:{number}⟧",)))
        if len(addresses) == _MOST:
            break
    for image, paragraphs in reversed(put):  # each goes right behind what it follows
        _put(image, *paragraphs)
    for image, _ in put:
        for figure in islice(image.iterancestors("figure"), _AROUND):
            figure.tag = "div"  # trafilatura passes a figure over, with its caption
    for caption, number in captions.items():
        _enclose(caption, f"⟦caption:{number}⟧", f"⟦/caption:{number}⟧")
    return addresses


def taken(text: str, addresses: Sequence[str]) -> tuple[str, tuple[Figure, ...]]:
    """Take the marks out of a text; return it with the figures, ascending by where they stand."""
    if not addresses:
        return text, ()
    text = _ITEM.sub(_item, text)
    out: list[str] = []
    length = at = 0
    places: dict[int, tuple[int, int]] = {}  # the figure's place, and the number of its caption
    inside: set[int] = set()  # figures that stand within a block
    opened: dict[int, int] = {}
    spans: dict[int, tuple[int, int]] = {}
    for group in re.finditer(f"{_ALONE.pattern}|{_INSIDE.pattern}", text, re.MULTILINE):
        alone = "\n" in group[0] or text[group.start() - 1 : group.start()] in ("", "\n")
        out.append(text[at : group.start()])
        length += group.start() - at
        at = group.end()
        for closing, kind, name, caption in _MARK.findall(group[0]):
            number = int(name)
            if number >= len(addresses):
                continue
            if kind == "figure":
                places.setdefault(number, (length, int(caption or number)))
                if not alone:
                    inside.add(number)
            elif not closing:
                opened.setdefault(number, length)
            elif number in opened:
                spans.setdefault(number, (opened[number], length))
    whole = ("".join(out) + text[at:]).rstrip()
    figures = []
    for number, (place, caption) in places.items():
        if number in inside:
            ends = whole.find("\n\n", place)
            place = len(whole) if ends < 0 else ends + 2
        start, end = _trimmed(whole, *spans.get(caption, (0, 0)))
        figures.append(Figure(min(place, len(whole)), start, end, addresses[number]))
    return whole, tuple(sorted(figures, key=lambda figure: figure.at))


def without_marks(text: str) -> str:
    """Return a text without the marks of figures."""
    return _INSIDE.sub("", text)


def moved(figures: Sequence[Figure], by: int) -> tuple[Figure, ...]:
    """Return figures of a text that now stands ``by`` characters further on."""
    return tuple(
        replace(
            figure, at=figure.at + by,
            start=figure.start + by if figure.end else 0, end=figure.end + by if figure.end else 0,
        )
        for figure in figures
    )  # fmt: skip


def carried(figures: Sequence[Figure], before: str, after: str) -> tuple[Figure, ...]:
    """Return the figures of a text as they stand in it after it was changed here and there.

    A figure is found again by its caption, or by the line it stands before; else it is left out.
    """
    if before == after:
        return tuple(figures)
    kept = []
    here = 0
    for figure in figures:
        caption = before[figure.start : figure.end]
        ends = before.find("\n", figure.at)
        line = before[figure.at : ends if ends >= 0 else len(before)]
        at = len(after) if not (caption or line) else after.find(caption or line, here)
        if at < 0:
            continue
        here = at
        span = (at, at + len(caption)) if caption else (0, 0)
        kept.append(Figure(at, *span, figure.url))
    return tuple(kept)


def _item(match: re.Match[str]) -> str:
    """Write a list's item that begins with a picture: its words follow, or there are none."""
    goes_on = not match[0].endswith("\n") and match.end() < len(match.string)
    marks = "".join(mark[0] for mark in _MARK.finditer(match[0]))
    return f"{match[1]}{marks}" if goes_on else f"{marks}\n"


def _address(image: html.HtmlElement, base: str) -> str | None:
    """Return where a picture is, whichever way the page has of loading it late."""
    sources = [image.get(name) or "" for name in ("src", *_LAZY)]
    for name in ("srcset", "data-srcset"):
        sources += (image.get(name) or "").split(",")[0].split()[:1]
    for source in map(str.strip, sources):
        if source and not source.lower().startswith("data:"):
            return _sound(joined(base, source) or "")
    return None


def _sound(address: str) -> str | None:
    """Return an address of the web as a browser asks for it, None if it is none."""
    try:
        parts = urlsplit(address)
        _ = parts.port
    except ValueError:
        return None
    if parts.scheme not in ("http", "https") or not parts.hostname or len(address) > _ADDRESS:
        return None
    return quote(address.partition("#")[0], safe="%/:=&?~+!$,;'@()*[]")


def _counts(image: html.HtmlElement, address: str) -> bool:
    """Say whether a picture can be a figure, from what the page says of it."""
    if address.partition("?")[0].lower().endswith(".svg") or _ELSEWHERE.search(address):
        return False
    if _NO_FIGURE.search(f"{image.get('class') or ''} {image.get('id') or ''}"):
        return False
    sizes = [whole_number(image.get(side) or "") for side in ("width", "height")]
    if any(size is not None and size < _ICON for size in sizes):
        return False
    return not any(
        element.tag in ("pre", "button", "nav", "h1", "h2", "h3", "h4", "h5", "h6")
        for element in islice(image.iterancestors(), _AROUND)
    )


def _captions(root: html.HtmlElement) -> dict[html.HtmlElement, html.HtmlElement]:
    """Return the first caption of every figure that has one with words, by the figure."""
    captions: dict[html.HtmlElement, html.HtmlElement] = {}
    for caption in root.iter("figcaption"):
        around = islice(caption.iterancestors(), _AROUND)
        figure = next((element for element in around if element.tag == "figure"), None)
        if figure is not None and "".join(islice(caption.itertext(), _AROUND)).strip():
            captions.setdefault(figure, caption)
    return captions


def _caption(
    image: html.HtmlElement, captions: Mapping[html.HtmlElement, html.HtmlElement]
) -> html.HtmlElement | None:
    """Return the caption of the innermost figure around a picture that has one."""
    passed = set()
    for element in islice(image.iterancestors(), _AROUND):
        passed.add(element)
        if element in captions and captions[element] not in passed:
            return captions[element]
    return None


def _tells(words: str) -> bool:
    """Say whether a description tells as much as a sentence does."""
    if len(words) > _LONGEST or _FILE_NAME.fullmatch(words):
        return False
    return len(words.split()) >= _WORDS or len(_CHINESE.findall(words)) >= _HAN


def _put(image: html.HtmlElement, *paragraphs: str) -> None:
    """Put paragraphs where a picture stands, or after the paragraph that it stands in."""
    place = image
    while (parent := place.getparent()) is not None and parent.tag in _INLINE:
        place = parent
    if parent is not None and parent.tag == "p" and parent.getparent() is not None:
        place = parent
    for words in reversed(paragraphs):
        made = html.Element("p")
        made.text = words
        place.addnext(made)


def _enclose(caption: html.HtmlElement, before: str, after: str) -> None:
    """Put a mark before the first and after the last words of a caption."""
    if caption.tag == "figcaption":
        blocks = next(caption.iterdescendants("p", "div", "ul", "ol", "table"), None) is not None
        caption.tag = "div" if blocks else "p"
    caption.text = before + (caption.text or "").lstrip()
    if len(caption):
        caption[-1].tail = (caption[-1].tail or "").rstrip() + after
    else:
        caption.text = caption.text.rstrip() + after


def _trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    words = text[start:end]
    if not words.strip() or len(words) > _LONGEST:
        return 0, 0
    start += len(words) - len(words.lstrip())
    return start, start + len(words.strip())
