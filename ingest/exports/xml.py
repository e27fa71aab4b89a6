"""XML of other programs: read without entities, schemas or the network."""

import re

from lxml import etree

from ingest.errors import UsageError

_ENTITY = re.compile(rb"<!ENTITY", re.IGNORECASE)
_NUL = b"\0"


def checked(data: bytes) -> bytes:
    """Return XML that declares no entities of its own, which no export needs.

    Raises:
        UsageError: it declares some: a few lines of them can stand for gigabytes.
    """
    # UTF-16 spells the same letters with a zero beside each
    if _ENTITY.search(data.replace(_NUL, b"")):
        raise UsageError("The file declares XML entities, which no export needs: it is not read.")
    return data


def root_of(data: bytes) -> "etree._Element":
    """Return the root of an XML file, mended where it is malformed.

    Raises:
        UsageError: it declares entities, nests too deeply or is no XML.
    """
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, recover=True,
        remove_comments=True, remove_pis=True,
    )  # fmt: skip
    try:
        root = etree.fromstring(checked(data), parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise UsageError(f"The file is no XML that can be read: {str(error)[:160]}.") from error
    if root is None:
        raise UsageError("The file is no XML that can be read: it is empty.")
    if any("depth" in said.message.lower() for said in parser.error_log):
        raise UsageError("The file nests its elements too deeply: it is not read.")
    return root
