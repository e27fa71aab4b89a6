"""Word documents (.docx): headings, lists, tables and footnotes, by mammoth; no pictures."""

import io

from lxml import html

from ingest.reading import markdown
from ingest.reading.decode import MAX_CHARS, UnreadableError
from ingest.reading.extract import Extract
from ingest.reading.office import said_of
from ingest.reading.packed import Packed
from ingest.reading.prune import prune
from ingest.reading.titles import name_of
from ingest.text.blocks import first_heading


def extract_docx(body: bytes, url: str) -> Extract:
    """Read a Word document.

    Raises:
        UnreadableError: it is damaged, too large or locked.
    """
    packed = Packed(body)
    if "word/document.xml" not in packed.names:
        raise UnreadableError("damaged: it is no Word document")
    packed.check_xml()
    import mammoth  # few documents need it

    try:
        made = mammoth.convert_to_html(
            io.BytesIO(body), convert_image=mammoth.images.img_element(lambda image: {})
        ).value
    except Exception as error:  # of files whose parts contradict each other
        raise UnreadableError("damaged: it is no Word document that can be read") from error
    tree = html.document_fromstring(f"<body>{made}</body>", parser=markdown.parser())
    prune(tree)
    text = markdown.write(tree)
    if len(text) > MAX_CHARS:
        raise UnreadableError("too large")
    said = said_of(packed)
    title = said["title"] or first_heading(text, 2) or name_of(url).removesuffix(".docx")
    return Extract(title, text, author=said["author"] or None, published=said["date"][:10] or None)
