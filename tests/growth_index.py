"""The functions of `index` that take text, as `tests.growth` calls them."""

from typing import Any

from index.building import copies
from index.search import abbreviations, query, terms
from index.store import lockfile, rows
from ingest.values import Document
from tests.growth import Case


def _document(text: str) -> Document:
    return Document("https://a.example/x", text[:80], text, None, None, "en", "other", "post", "")


_GLOSSARY = abbreviations.Glossary([("GQA", "grouped-query attention"), ("KV", "key value")])

CASES: dict[str, Any] = {
    "index.building.copies.sketch": copies.sketch,
    "index.search.abbreviations.Glossary.others": _GLOSSARY.others,
    "index.search.abbreviations.pairs": Case(
        abbreviations.pairs,
        units=(
            "(AB)",
            "a b (AB) ",
            "A: b\n",
            "GQA (grouped query attention) ",
            "词（AB）",
            "(a, AB)",
        ),
    ),
    "index.search.query.language_of": lambda text: query.language_of(text, lambda word: False),
    "index.search.query.has_words": query.has_words,
    "index.search.query.narrow": query.narrow,
    "index.search.query.require_words": query.require_words,
    "index.search.terms.folded": terms.folded,
    "index.search.terms.joined": Case(terms.joined, most=4_000),
    "index.search.terms.names": terms.names,
    "index.search.terms.one_spelling": terms.one_spelling,
    "index.search.terms.parts": terms.parts,
    "index.search.terms.single": terms.single,
    "index.search.terms.spread": terms.spread,
    "index.store.lockfile.loads": Case(
        lockfile.loads,
        heads=(
            "",
            '{"refdesk-lock": 1, "digest": "a", "embedder": "b", "lists": {}, "documents": ',
        ),
        units=('{"a":', "[[", '"a",'),
    ),
    "index.store.rows.row_of": lambda text: rows.row_of(_document(text)),
}

EXEMPT: dict[str, str] = {
    "index.building.build.": "hands documents to functions that are measured here",
    "index.building.copies.groups": "compares sketches of one length",
    "index.building.copies.standing_for_all": "compares addresses",
    "index.building.given_vectors.": "keys and vectors",
    "index.building.listed.": "titles and sections of lists, joined",
    "index.building.on_ray.": "hands documents and texts to functions that are measured here",
    "index.building.work.": "the same, on this machine",
    "index.building.others.": "names and records of files",
    "index.building.sharing.": "passages, each handed to Milvus once",
    "index.building.vector_cache.": "keys and vectors",
    "index.building.widening.": "names and records of files",
    "index.doctor.": "compares the addresses of one list with those of the library",
    "index.metrics.": "numbers",
    "index.milvus.": "names, addresses and rows, handed to Milvus as they are",
    "index.models.": "tokenizers in Rust and models; a document is split once, passages are short",
    "index.search.dense.": "vectors",
    "index.search.kept_vectors.": "vectors",
    "index.search.lexical.": "tantivy's; a query has at most 64 terms",
    "index.search.library.": "a query of at most 4,000 characters; its parts are measured here",
    "index.search.query.reduced": "asks tantivy for each word of a query",
    "index.search.served.": "a query has at most 64 terms",
    "index.search.spelling.": "words of a query, at most 4,000 characters",
    "index.store.served.": "one address",
    "index.store.within.": "passage numbers",
    "index.store.browse.": "look-ups by address",
    "index.store.generation.": "look-ups",
    "index.store.catalog.": "rows by key",
    "index.store.sqlite.": "rows by key",
    "index.store.writer.": "rows by key",
}
