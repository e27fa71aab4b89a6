"""From a Jupyter notebook to its text: prose and code cells in order.

Knows the notebook format (any version, by nbformat) and its habits: outputs and attachments are
left out, and so are cells that only install packages or set up the notebook itself.
"""

import json
import re
from collections.abc import Iterator
from typing import Any

from ingest.failures import Failure
from ingest.reading import markdown
from ingest.reading.decode import MAX_CHARS, UnreadableError, suffix_of, to_text
from ingest.reading.extract import Extract, extract_markdown
from ingest.reading.prune import prune
from ingest.reading.titles import name_of, tells
from ingest.text.blocks import blocks, fenced
from ingest.text.sentences import clean, language

_CELL_MAGIC = re.compile(r"\s*%%(\w+)[ \t]*([^\n]*)\n?")
# The cell magics that change the cell's language; all others say how the cell is run.
_BY_MAGIC = {
    "bash": "bash", "sh": "bash", "script": "bash", "html": "html", "javascript": "javascript",
    "js": "javascript", "latex": "latex", "sql": "sql", "bigquery": "sql", "cython": "cython",
    "r": "r", "perl": "perl", "ruby": "ruby",
}  # fmt: skip
# Lines that set up a notebook and say nothing of its subject.
_CHORE = re.compile(
    r"%|[!%]?\s*(?:sudo\s+)?(?:(?:python3?|\{sys\.executable\})\s+-m\s+)?(?:uv\s+)?"
    r"(?:pip3?|conda|mamba|apt|apt-get)\s+(?:-\S+\s+)*(?:install|uninstall|update|upgrade)\b"
)


def extract_notebook(body: bytes, url: str) -> Extract:
    """Read a notebook, already unpacked; ``url`` names it where it does not name itself.

    Raises:
        UnreadableError: it is no notebook, says nothing, or is too large.
    """
    notebook = _read(body)
    metadata = _mapping(notebook.get("metadata"))
    spoken = _language(metadata)
    blocks: list[str] = []
    prose: list[str] = []
    front: Extract | None = None
    for number, (kind, source) in enumerate(_cells(notebook)):
        block = ""
        if kind == "code":
            block = _code(source, spoken)
        elif number == 0 and (kind == "markdown" or source.lstrip().startswith("---")):
            front = extract_markdown(source, url)
            block = front.text
        elif kind == "markdown":
            block = _prose(source)  # front matter stands in the first cell only
        if block:
            blocks.append(block)
            prose += [block] if kind != "code" else []
    text, said = "\n\n".join(blocks), "\n\n".join(prose)
    if not text:
        raise UnreadableError("empty")
    if len(text) > MAX_CHARS:
        raise UnreadableError(Failure.TOO_LARGE)
    known = front or extract_markdown("", url)
    named = known.title if known.title != name_of(url) else ""
    return Extract(
        named or _heading(said) or _file_name(metadata) or name_of(url),
        text,
        author=known.author,
        published=known.published,
        lang=known.lang or (language(said) if said else None),
    )


def _read(body: bytes) -> Any:
    """Read a notebook of any version as one of version 4, whatever its schema would say of it."""
    from nbformat import ValidationError, converter, reader  # slow to import

    try:
        tidied = json.dumps(_tidied(json.loads(to_text(body))))
        return converter.convert(reader.reads(tidied), 4)
    except (AttributeError, KeyError, RecursionError, TypeError, ValueError, ValidationError):
        raise UnreadableError("damaged: it is not a Jupyter notebook") from None


def _tidied(data: Any) -> dict[str, Any]:
    """Add what nbformat insists on; leave out outputs and attachments, which may be anything."""
    sheets = data.get("worksheets", [data])
    for sheet in sheets:
        sheet["cells"] = [cell for cell in sheet["cells"] if isinstance(cell, dict)]
        for cell in sheet["cells"]:
            cell.pop("attachments", None)
            cell["metadata"] = _mapping(cell.get("metadata"))
            if cell.get("cell_type") == "code":
                cell["outputs"] = []
    version = data.get("nbformat")
    return {
        **data,
        "metadata": _mapping(data.get("metadata")),
        "nbformat": version if version in (1, 2, 3) else 4,
        "nbformat_minor": data.get("nbformat_minor", 0),
    }


def _cells(notebook: Any) -> Iterator[tuple[str, str]]:
    for cell in notebook["cells"]:
        source = cell.get("source")
        if isinstance(source, str) and source.strip():
            yield str(cell.get("cell_type")), source


def _prose(source: str) -> str:
    tree = markdown.parse(source)
    prune(tree)
    return markdown.write(tree)


def _code(source: str, spoken: str) -> str:
    """Write a cell of code as a fenced block; one that only sets up the notebook is dropped."""
    source = clean(source).strip("\n").rstrip()
    lines = source
    if magic := _CELL_MAGIC.match(source):
        lines = source[magic.end() :]
        name = magic[1].lower()
        spoken = _BY_MAGIC.get(name, spoken)
        if name in ("writefile", "file"):
            spoken = suffix_of(magic[2].strip())
    if _is_chore(lines):
        return ""
    return fenced(source, spoken)


def _is_chore(source: str) -> bool:
    has_chore = False
    # A line that ends in a backslash goes on in the next.
    for line in re.sub(r"\\\n", " ", source).split("\n"):
        line = line.strip()
        if line and not line.startswith("#"):
            if not _CHORE.match(line):
                return False
            has_chore = True
    return has_chore or not source.strip()


def _heading(said: str) -> str:
    headings = (block.heading[-1:] for block in blocks(said) if 0 < block.level <= 2)
    return next((title for path in headings for title in path if tells(title)), "")


def _file_name(metadata: dict[str, Any]) -> str:
    """Return the name Colab keeps in its notebooks."""
    name = _mapping(metadata.get("colab")).get("name")
    return clean(name).strip().removesuffix(".ipynb") if isinstance(name, str) else ""


def _language(metadata: dict[str, Any]) -> str:
    name = _mapping(metadata.get("language_info")).get("name")
    name = name or _mapping(metadata.get("kernelspec")).get("language")
    return name.lower() if isinstance(name, str) and re.fullmatch(r"[\w+#-]+", name) else "python"


def _mapping(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}
