"""The word index: BM25 over passages by tantivy, English stems, Han runs cut into bigrams.

Holds passage numbers and words, no text to show. An index lies in a folder of its own; a copy made
by :func:`branch` shares the segments that do not change.
"""

import math
import os
import re
import shutil
import tempfile
import weakref
from collections.abc import Iterable
from pathlib import Path

import tantivy

from ingest.text.sentences import han_bigrams

_ANALYZER = "refdesk"
_HEAP = 64_000_000
_MAX_TERMS = 64
_TITLE = 0.25
"""What a match in the title adds, as a share of its score there; the words hold the title too."""

_ASKING = re.compile(
    "请问|请|解释一下|介绍一下|说明一下|解释|介绍|说明|告诉我|为什么|为何|是什么|什么是|有什么|什么|"
    "怎么样|怎么|怎样|如何|哪一个|哪个|哪些|哪里|多少|多大|多长|几个|是否|能否|吗|呢"
)


class WordIndex:
    """A word index opened for searching or, by :meth:`change`, for writing."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        path = str(folder)
        if not tantivy.Index.exists(path):
            self._index = tantivy.Index(_schema(), path=path)
        else:
            try:
                self._index = tantivy.Index.open(path)
            except ValueError as error:
                if "lock" not in str(error).lower():
                    raise
                beside = _linked(folder)
                weakref.finalize(self, shutil.rmtree, beside, ignore_errors=True)
                self._index = tantivy.Index.open(str(beside))
        self._schema = self._index.schema
        self._analyzer = _analyzer()
        self._index.register_tokenizer(_ANALYZER, self._analyzer)

    def change(self, removed: Iterable[int], added: Iterable[tuple[int, str, str]]) -> None:
        """Take passages out and put passages (number, title, words) in; durable when it returns.

        Raises:
            RuntimeError: the index does not hold what it should afterwards.
        """
        before = len(self)
        writer = self._index.writer(heap_size=_HEAP, num_threads=1)
        out = 0
        for number in removed:
            # an integer term deletes nothing and says nothing: hence the raw text key
            writer.delete_documents_by_term("key", str(number))
            out += 1
        put = 0
        for number, title, words in added:
            document = tantivy.Document()
            document.add_text("key", str(number))
            document.add_integer("number", number)
            document.add_text("title", han_bigrams(title))
            document.add_text("words", han_bigrams(words))
            writer.add_document(document)
            put += 1
        writer.commit()
        writer.wait_merging_threads()
        self._index.reload()
        if len(self) != before - out + put:
            raise RuntimeError(
                f"the word index holds {len(self)} passages instead of {before - out + put}"
            )

    def search(
        self, text: str, limit: int, allowed: Iterable[int] | None = None
    ) -> list[tuple[int, float]]:
        """Return the ``limit`` best passages as (number, BM25 score), best first.

        With ``allowed`` only those passage numbers are found.
        """
        terms = self.terms(text)[:_MAX_TERMS]
        if not terms or limit < 1:
            return []
        should = tantivy.Occur.Should
        # built from terms: a person's text is never parsed as a query
        query = tantivy.Query.boolean_query(
            [(should, tantivy.Query.term_query(self._schema, "words", term)) for term in terms]
            + [
                (
                    should,
                    tantivy.Query.boost_query(
                        tantivy.Query.term_query(self._schema, "title", term), _TITLE
                    ),
                )
                for term in terms
            ]
        )
        if allowed is not None:
            keys = [str(number) for number in allowed]
            within = tantivy.Query.const_score_query(
                tantivy.Query.term_set_query(self._schema, "key", keys), 0.0
            )
            must = tantivy.Occur.Must
            query = tantivy.Query.boolean_query([(must, query), (must, within)])
        searcher = self._index.searcher()
        hits = searcher.search(query, limit=limit, count=False).hits
        numbers = _numbers(searcher, [address for _, address in hits])
        return [(number, float(hit[0])) for number, hit in zip(numbers, hits, strict=True)]

    def terms(self, text: str) -> list[str]:
        """Return the distinct terms of ``text`` as the index knows them, in order.

        Chinese words that only ask are left out, as English ones are by the stop words: their
        bigrams would find whatever page asks something.
        """
        return list(dict.fromkeys(self._analyzer.analyze(han_bigrams(_ASKING.sub(" ", text)))))

    def idf(self, terms: Iterable[str]) -> dict[str, float]:
        """Return the inverse document frequency of terms, ``log(1 + N / (1 + df))``, N passages."""
        searcher = self._index.searcher()
        size = searcher.num_docs
        return {term: math.log(1 + size / (1 + searcher.doc_freq("words", term))) for term in terms}

    def absent(self, terms: Iterable[str]) -> frozenset[str]:
        """Return the terms that stand in no passage."""
        searcher = self._index.searcher()
        return frozenset(term for term in terms if not searcher.doc_freq("words", term))

    def __len__(self) -> int:
        return int(self._index.searcher().num_docs)


def _linked(folder: Path) -> Path:
    """Return a folder of links to an index that lies where nothing can be written.

    Opening an index, even to read it, makes a lock file beside it.
    """
    beside = Path(tempfile.mkdtemp(prefix="refdesk-words-"))
    for file in folder.iterdir():
        if file.suffix != ".lock":
            (beside / file.name).symlink_to(file.resolve())
    return beside


def branch(old: Path, new: Path) -> None:
    """Make ``new`` a word index equal to ``old`` that can change without changing ``old``.

    Segment files are never written twice, so they are linked; the files that say which segments
    count are copied.
    """
    new.mkdir(parents=True)
    for file in old.iterdir():
        if file.name.endswith(".json"):
            shutil.copy2(file, new / file.name)
        elif not file.name.endswith(".lock"):
            os.link(file, new / file.name)


def _numbers(searcher: tantivy.Searcher, addresses: list[tantivy.DocAddress]) -> list[int]:
    try:
        return [int(found or 0) for found in searcher.fast_field_values("number", addresses)]
    except ValueError:  # an older index: its numbers lie in blocks of text, slow to unpack
        return [int(searcher.doc(address)["number"][0]) for address in addresses]


def _schema() -> tantivy.Schema:
    builder = tantivy.SchemaBuilder()
    builder.add_text_field("key", stored=False, tokenizer_name="raw", index_option="basic")
    builder.add_integer_field("number", stored=False, indexed=False, fast=True)
    builder.add_text_field("title", stored=False, tokenizer_name=_ANALYZER, index_option="freq")
    builder.add_text_field("words", stored=False, tokenizer_name=_ANALYZER, index_option="freq")
    return builder.build()


def _analyzer() -> tantivy.TextAnalyzer:
    return (
        tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.simple())
        .filter(tantivy.Filter.remove_long(60))
        .filter(tantivy.Filter.lowercase())
        .filter(tantivy.Filter.stopword("english"))
        .filter(tantivy.Filter.stemmer("english"))
        .build()
    )
