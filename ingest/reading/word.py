"""Word documents (.docx): headings, lists, tables and footnotes, by mammoth; no pictures.

Mammoth leaves formulas out, so they are text before it reads.
"""

import io
from itertools import islice

from lxml import etree

from ingest.reading import markdown, omml
from ingest.reading.decode import MAX_CHARS, UnreadableError
from ingest.reading.extract import Extract
from ingest.reading.office import said_of
from ingest.reading.packed import Packed
from ingest.reading.prune import prune
from ingest.reading.titles import name_of
from ingest.reading.xml_tree import root_of
from ingest.text.blocks import first_heading

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_OFF = ("0", "false", "off")
_PARTS = ("word/document.xml", "word/footnotes.xml", "word/endnotes.xml")


def extract_docx(body: bytes, url: str) -> Extract:
    """Read a Word document.

    Raises:
        UnreadableError: it is damaged, too large or locked.
    """
    packed = Packed(body)
    if "word/document.xml" not in packed.names:
        raise UnreadableError("damaged: it is no Word document")
    packed.check_xml()
    body = _as_shown(packed) or body
    import mammoth  # few documents need it

    try:
        made = mammoth.convert_to_html(
            io.BytesIO(body), convert_image=mammoth.images.img_element(lambda image: {})
        ).value
    except Exception as error:  # of files whose parts contradict each other
        raise UnreadableError("damaged: it is no Word document that can be read") from error
    tree = markdown.tree_of(f"<body>{made}</body>")
    prune(tree)
    text = markdown.write(tree)
    if len(text) > MAX_CHARS:
        raise UnreadableError("too large")
    said = said_of(packed)
    title = said["title"] or first_heading(text, 2) or name_of(url).removesuffix(".docx")
    return Extract(title, text, author=said["author"] or None, published=said["date"][:10] or None)


def _as_shown(packed: Packed) -> bytes | None:
    """Return the document with its formulas as text and without what is marked as hidden.

    None if it has neither.
    """
    changed: dict[str, bytes] = {}
    for name in _PARTS:
        data = packed.part(name) if name in packed.names else b""
        if b"oMath" in data or b"vanish" in data:
            root = root_of(data)
            _take_out_hidden(root)
            omml.write_formulas(root, _run)
            changed[name] = etree.tostring(root, encoding="UTF-8", xml_declaration=True)
    return packed.with_parts(changed) if changed else None


def _take_out_hidden(root: "etree._Element") -> None:
    for mark in list(root.iter(f"{_W}vanish")):
        run = next(islice(mark.iterancestors(), 1, None), None)
        if run is None or run.tag != f"{_W}r" or (around := run.getparent()) is None:
            continue
        if mark.get(f"{_W}val", "1").lower() not in _OFF:
            around.remove(run)


def _run(text: str) -> "etree._Element":
    run = etree.Element(f"{_W}r")
    etree.SubElement(run, f"{_W}t").text = text
    return run
