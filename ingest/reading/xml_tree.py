"""XML from elsewhere: read without entities, schemas or the network."""

import re

from lxml import etree

from ingest.reading.decode import UnreadableError

_ENTITY = re.compile(rb"<!ENTITY", re.IGNORECASE)


def checked(data: bytes) -> bytes:
    """Return XML that declares no entities of its own, which no document or export needs.

    Raises:
        UnreadableError: it declares some: a few lines of them can stand for gigabytes.
    """
    # UTF-16 spells the same letters with a zero beside each
    if _ENTITY.search(data.replace(b"\0", b"")):
        raise UnreadableError("it declares XML entities, which nothing needs that is read here")
    return data


def root_of(data: bytes) -> "etree._Element":
    """Return the root of an XML file, mended where it is malformed.

    Raises:
        UnreadableError: it declares entities, nests too deeply or is no XML.
    """
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, recover=True,
        remove_comments=True, remove_pis=True,
    )  # fmt: skip
    try:
        root = etree.fromstring(checked(data), parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        if isinstance(error, UnreadableError):
            raise
        raise UnreadableError("damaged: it is no XML") from error
    if root is None:
        raise UnreadableError("damaged: it is no XML")
    if any("depth" in said.message.lower() for said in parser.error_log):
        raise UnreadableError("it nests its elements too deeply")
    return root
