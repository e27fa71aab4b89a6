"""Word documents, slides and books, put together by hand after their standards."""

import io
import zipfile
from collections.abc import Mapping

_W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
_TYPES = (
    '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/'
    'content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.'
    'relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override '
    'PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.'
    'wordprocessingml.document.main+xml"/></Types>'
)
_RELS = (
    '<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/'
    'relationships"><Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/'
    '2006/relationships/officeDocument" Target="word/document.xml"/></Relationships>'
)
_STYLES = (
    f'<w:styles {_W}><w:style w:type="paragraph" w:styleId="Heading1"><w:name w:val="heading 1"/>'
    "</w:style></w:styles>"
)
_DOC_RELS = (
    '<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/'
    'relationships"><Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/'
    '2006/relationships/styles" Target="styles.xml"/></Relationships>'
)


def packed(parts: Mapping[str, str | bytes]) -> bytes:
    """Return a ZIP of these parts."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for name, data in parts.items():
            made.writestr(name, data)
    return out.getvalue()


def docx(body: str, **more: str | bytes) -> bytes:
    """Return a Word document with this body in WordprocessingML."""
    return packed(
        {
            "[Content_Types].xml": _TYPES,
            "_rels/.rels": _RELS,
            "word/document.xml": f"<w:document {_W}><w:body>{body}</w:body></w:document>",
            "word/styles.xml": _STYLES,
            "word/_rels/document.xml.rels": _DOC_RELS,
        }
        | {name.replace("__", "/").replace("_xml", ".xml"): data for name, data in more.items()}
    )


def paragraph(text: str, style: str = "") -> str:
    """Return a paragraph of a Word document."""
    how = f'<w:pPr><w:pStyle w:val="{style}"/></w:pPr>' if style else ""
    return f'<w:p>{how}<w:r><w:t xml:space="preserve">{text}</w:t></w:r></w:p>'


def epub(chapters: Mapping[str, str], spine: list[str] | None = None, **more: str) -> bytes:
    """Return a book of these chapters in XHTML, in the order of ``spine``."""
    items = "".join(
        f'<item id="c{number}" href="{name}" media-type="application/xhtml+xml"/>'
        for number, name in enumerate(chapters)
    )
    order = [f"c{list(chapters).index(name)}" for name in spine or chapters]
    refs = "".join(f'<itemref idref="{name}"/>' for name in order)
    package = (
        '<?xml version="1.0"?><package xmlns="http://www.idpf.org/2007/opf" version="3.0">'
        '<metadata xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>On Kestrels</dc:title>'
        "<dc:creator>A. Falconer</dc:creator><dc:language>en-GB</dc:language>"
        f"<dc:date>2021-05-01T00:00:00Z</dc:date></metadata><manifest>{items}</manifest>"
        f"<spine>{refs}</spine></package>"
    )
    container = (
        '<?xml version="1.0"?><container xmlns="urn:oasis:names:tc:opendocument:xmlns:container">'
        '<rootfiles><rootfile full-path="OEBPS/content.opf"/></rootfiles></container>'
    )
    return packed(
        {"mimetype": "application/epub+zip", "META-INF/container.xml": container,
         "OEBPS/content.opf": package}
        | {f"OEBPS/{name}": text for name, text in chapters.items()} | more
    )  # fmt: skip


_DRAWN = (
    'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" '
    'xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main" '
    'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships" '
    'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" '
    'xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math"'
)
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def shape(role: str, *lines: str) -> str:
    """Return a shape of a slide; a line that begins with tabs is a bullet below another."""
    paragraphs = "".join(
        f'<a:p><a:pPr lvl="{len(line) - len(line.lstrip(chr(9)))}"/>'
        f"<a:r><a:t>{line.strip()}</a:t></a:r></a:p>"
        for line in lines
    )
    place = f'<p:ph type="{role}"/>' if role else ""
    return (
        f"<p:sp><p:nvSpPr><p:cNvPr id='1' name='x'/><p:cNvSpPr/><p:nvPr>{place}</p:nvPr></p:nvSpPr>"
        f"<p:spPr/><p:txBody><a:bodyPr/>{paragraphs}</p:txBody></p:sp>"
    )


def pptx(slides: list[str], notes: Mapping[int, str] = {}, **more: str) -> bytes:
    """Return slides of these shapes, the last of them stored first; ``notes`` by their numbers."""
    count = len(slides)
    names = {number: f"slide{count - number}.xml" for number in range(count)}
    rels = "".join(
        f'<Relationship Id="r{number}" Type="{_OFFICE}/slide" Target="slides/{name}"/>'
        for number, name in names.items()
    )
    ids = "".join(f'<p:sldId id="{256 + number}" r:id="r{number}"/>' for number in names)
    heads = '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    parts = {
        "ppt/presentation.xml": f"<p:presentation {_DRAWN}><p:sldIdLst>{ids}</p:sldIdLst>"
        "</p:presentation>",
        "ppt/_rels/presentation.xml.rels": f"{heads}{rels}</Relationships>",
    }
    for number, name in names.items():
        tree = f"<p:cSld><p:spTree>{slides[number]}</p:spTree></p:cSld>"
        parts[f"ppt/slides/{name}"] = f"<p:sld {_DRAWN}>{tree}</p:sld>"
        link = f'<Relationship Id="n" Type="{_OFFICE}/notesSlide" Target="../notesSlides/{name}"/>'
        parts[f"ppt/slides/_rels/{name}.rels"] = (
            f"{heads}{link if number in notes else ''}</Relationships>"
        )
        tree = f"<p:cSld><p:spTree>{notes.get(number, '')}</p:spTree></p:cSld>"
        parts[f"ppt/notesSlides/{name}"] = f"<p:notes {_DRAWN}>{tree}</p:notes>"
    return packed(parts | more)
