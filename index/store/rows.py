"""The tables of a store, and documents as their rows."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from ingest.values import Document, Figure, Imprint

# What is long comes last: SQLite walks through it to reach what lies behind.
SCHEMA = """
CREATE TABLE documents (
    id INTEGER PRIMARY KEY AUTOINCREMENT, url TEXT NOT NULL UNIQUE, page TEXT NOT NULL,
    title TEXT NOT NULL, sha256 TEXT NOT NULL, author TEXT, date TEXT, lang TEXT NOT NULL,
    source TEXT NOT NULL, kind TEXT NOT NULL, fetched_at TEXT NOT NULL, aliases TEXT NOT NULL,
    anchors TEXT NOT NULL, imprint TEXT NOT NULL, figures TEXT NOT NULL, sketch BLOB NOT NULL,
    links TEXT NOT NULL, text TEXT NOT NULL);
CREATE TABLE copies (
    url TEXT NOT NULL, page TEXT NOT NULL, document TEXT NOT NULL, sketch BLOB NOT NULL,
    same_as TEXT NOT NULL, PRIMARY KEY (page, url));
CREATE TABLE pages (url TEXT PRIMARY KEY, digest TEXT NOT NULL);
CREATE TABLE aliases (page TEXT NOT NULL, url TEXT NOT NULL, PRIMARY KEY (page, url));
CREATE TABLE addresses (url TEXT PRIMARY KEY, document TEXT NOT NULL);
CREATE TABLE passages (
    id INTEGER PRIMARY KEY AUTOINCREMENT, key TEXT NOT NULL UNIQUE,
    document INTEGER NOT NULL REFERENCES documents(id), start INTEGER NOT NULL,
    end INTEGER NOT NULL, heading TEXT NOT NULL, fence TEXT NOT NULL, text TEXT NOT NULL,
    lang TEXT NOT NULL);
CREATE TABLE lists (
    name TEXT PRIMARY KEY, title TEXT NOT NULL, origin TEXT, lang TEXT NOT NULL,
    place INTEGER NOT NULL);
CREATE TABLE entries (
    list TEXT NOT NULL, place INTEGER NOT NULL, url TEXT NOT NULL, address TEXT NOT NULL,
    title TEXT NOT NULL, section TEXT NOT NULL, difficulty TEXT, kind TEXT NOT NULL,
    source TEXT NOT NULL, note TEXT);
CREATE TABLE topics (list TEXT NOT NULL, title TEXT NOT NULL, section TEXT NOT NULL);
CREATE TABLE failures (
    url TEXT NOT NULL, page TEXT NOT NULL, source TEXT NOT NULL, reason TEXT NOT NULL);
CREATE TABLE settings (name TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE abbreviations (document INTEGER NOT NULL, short TEXT NOT NULL, long TEXT NOT NULL);
CREATE INDEX abbreviations_document ON abbreviations(document);
CREATE TRIGGER abbreviations_go AFTER DELETE ON documents
    BEGIN DELETE FROM abbreviations WHERE document = old.id; END;
CREATE INDEX passages_document ON passages(document);
CREATE INDEX documents_page ON documents(page);
CREATE INDEX addresses_document ON addresses(document);
CREATE INDEX entries_address ON entries(address);
"""

FIELDS = (
    "url, title, text, author, date, lang, source, kind, fetched_at, links, aliases,"
    " anchors, imprint, figures"
)
DOCUMENT = f"SELECT {FIELDS} FROM documents"


def row_of(document: Document) -> tuple[Any, ...]:
    """Return a document as the values of `FIELDS`."""
    return (
        document.url, document.title, document.text, document.author, document.date, document.lang,
        document.source, document.kind, document.fetched_at,
        json.dumps(document.links, ensure_ascii=False),
        json.dumps(document.aliases, ensure_ascii=False), json.dumps(document.anchors),
        imprint_row(document.imprint), figures_row(document.figures),
    )  # fmt: skip


def document_of(row: Sequence[Any]) -> Document:
    """Return the document of a row of `FIELDS`."""
    url, title, text, author, date, lang, source, kind, fetched_at, *more = row
    links, aliases, anchors, imprint, figures = map(json.loads, more)
    return Document(
        url, title, text, author, date, lang, source, kind, fetched_at,
        tuple(links), tuple(aliases), tuple((start, address) for start, address in anchors),
        Imprint.of(imprint), figures_of(figures),
    )  # fmt: skip


def imprint_row(imprint: Imprint) -> str:
    """Return an imprint as JSON, without what it does not say."""
    said = {name: value for name, value in asdict(imprint).items() if value}
    return json.dumps(said, ensure_ascii=False)


def figures_row(figures: Sequence[Figure]) -> str:
    """Return figures as JSON: where each stands, the span of its caption, its picture."""
    return json.dumps([(figure.at, figure.start, figure.end, figure.url) for figure in figures])


def figures_of(row: Sequence[Sequence[Any]]) -> tuple[Figure, ...]:
    """Return the figures of what `figures_row` wrote."""
    return tuple(Figure(*fields) for fields in row)


def between(anchors: list[list[Any]], start: int, end: int) -> tuple[tuple[int, str], ...]:
    """Return the last anchor at or before ``start`` and those before ``end``."""
    before = [anchor for anchor in anchors if anchor[0] <= start][-1:]
    inside = [anchor for anchor in anchors if start < anchor[0] < end]
    return tuple((offset, address) for offset, address in (*before, *inside))
