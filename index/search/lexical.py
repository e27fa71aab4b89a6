"""The word index: BM25 over passages by tantivy, English stems, names whole, Han pairs and singles.

Holds passage numbers and words, no text to show; what words it holds of a text lies in `terms`. An
index lies in a folder of its own; a copy made by :func:`branch` shares the segments that do not
change.
"""

import contextlib
import math
import re
import shutil
import tempfile
import weakref
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import tantivy

from index.search.terms import folded, joined, names, one_spelling, parts, single, spread
from index.store.sums import DamagedLibrary
from index.store.within import Within
from ingest.disk import share
from ingest.text import words as words_of
from ingest.text.stems import analyzer

_STEMS = "refdesk"
_WHOLE = "whole"
_HEAP = 64_000_000
_MAX_TERMS = 64
_TITLE = 0.25
"""What a match in the title adds, as a share of its score there; the words hold the title too."""
_PART = 0.3  # the same of a part of a camelCase word,
_NAME = 0.5  # of a name written in several parts, for each part after the first,
_SINGLE = 0.5  # of a single Han character
_QUESTION = 0.5  # and in a question that the passage's section is known to answer

_SPELT = re.compile(r"[a-z]{4,30}")


class WordIndex:
    """A word index opened for searching or, by :meth:`change`, for writing."""

    _most = 1 + _TITLE  # times what its words alone are worth that a passage can score

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
        # by default a thread of its own reads the index once more, and locks it by a file, at any
        # moment after it was opened: a generation could not be removed then
        self._index.config_reader(reload_policy="manual")
        self._schema = self._index.schema
        self._analyzer = analyzer(for_index=True)
        self._index.register_tokenizer(_STEMS, self._analyzer)
        self._index.register_tokenizer(_WHOLE, _whole())

    def change(
        self,
        removed: Iterable[int],
        added: Iterable[tuple[int, str, str]],
        others: Mapping[int, str] | None = None,
        questions: Mapping[int, str] | None = None,
    ) -> None:
        """Take passages out and put passages (number, title, words) in; durable when it returns.

        ``others`` is what some of them say in another script, ``questions`` what is asked that they
        answer: they are found by these too.

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
            fields = _fields(folded(title), folded(words)) | {
                "other": spread(folded((others or {}).get(number, ""))),
                "questions": spread(folded((questions or {}).get(number, ""))),
            }
            for field, text in fields.items():
                document.add_text(field, text)
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
        self,
        text: str,
        limit: int,
        allowed: Iterable[int] | None = None,
        *,
        to_answer: bool = False,
    ) -> list[tuple[int, float]]:
        """Return the ``limit`` best passages as (number, BM25 score), best first.

        With ``allowed`` only those passage numbers are found; ``to_answer`` also by the questions
        that they answer.
        """
        asked = self._asked(folded(text))
        if not to_answer:
            asked = {key: weight for key, weight in asked.items() if key[0] != "questions"}
        if not asked or limit < 1:
            return []
        # built from terms: a person's text is never parsed as a query
        query = tantivy.Query.boolean_query(
            [
                (
                    tantivy.Occur.Should,
                    tantivy.Query.boost_query(
                        tantivy.Query.term_query(self._schema, field, term), weight
                    ),
                )
                for (field, term), weight in asked.items()
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
        with _readable():
            hits = searcher.search(query, limit=limit, count=False).hits
            numbers = _numbers(searcher, [address for _, address in hits])
        return [(number, float(hit[0])) for number, hit in zip(numbers, hits, strict=True)]

    def matching(
        self, text: str, limit: int, within: Within, *, to_answer: bool = False
    ) -> list[tuple[int, float]]:
        """Return the best passages; see `index.search.halves.PassageWords`."""
        allowed = None if within.narrowed is None else within.narrowed.numbers
        found = self.search(text, limit + len(within.left_out), allowed, to_answer=to_answer)
        return [pair for pair in found if pair[0] not in within.left_out]

    def asked_words(self, text: str) -> tuple[list[str], list[str]]:
        """Return what a query asks for in an index of one field: its terms and its names."""
        text = words_of.without_asking(folded(text))
        terms = list(dict.fromkeys([*self._stems(text), *self._stems(" ".join(parts(text)))]))
        several = [name for name, count in joined(text).items() if count > 1]
        return terms[:_MAX_TERMS], several[:_MAX_TERMS]

    def held_words(self, words: str, other: str = "") -> tuple[list[str], list[str]]:
        """Return what such an index holds of a passage: its terms, as often as they stand there."""
        held = _fields("", folded(words))
        terms = self._analyzer.analyze(" ".join([held["words"], spread(folded(other))]))
        return list(terms), held["names"].split()

    def terms(self, text: str) -> list[str]:
        """Return the distinct terms of ``text`` as the index knows them, in order.

        Chinese words that only ask are left out, as English ones are by the stop words: their
        bigrams would find whatever page asks something.
        """
        return self._stems(without_asking(text))

    def _stems(self, text: str) -> list[str]:
        return list(dict.fromkeys(self._analyzer.analyze(spread(one_spelling(text.lower())))))

    def _asked(self, text: str) -> dict[tuple[str, str], float]:
        """Return what a folded query asks for: (field, term) and its weight."""
        text = words_of.without_asking(text)
        terms = self._stems(text)[:_MAX_TERMS]
        humps = [term for term in self._stems(" ".join(parts(text))) if term not in terms]
        wanted = {
            "words": dict.fromkeys(humps[:_MAX_TERMS], _PART) | dict.fromkeys(terms, 1.0),
            "title": dict.fromkeys(terms, _TITLE),
            "names": {
                name: _NAME * max(count - 1, 0.5)
                for name, count in list(joined(text).items())[: 2 * _MAX_TERMS]
            },
            "single": dict.fromkeys(single(text)[:_MAX_TERMS], _SINGLE),
            "other": dict.fromkeys((term for term in terms if not term.isascii()), 1.0),
            "questions": dict.fromkeys(terms, _QUESTION),
        }
        return {
            (field, term): weight
            for field, terms in wanted.items()
            for term, weight in terms.items()
        }

    def explained(self, text: str, score: float) -> float:
        """Return which share of a query the passage of a score explains, rare words weighing more.

        About 1 where it holds every word of the query at an average density; more where denser.
        """
        searcher = self._index.searcher()
        size = searcher.num_docs
        total = 0.0
        for term in self.terms(text)[:_MAX_TERMS]:
            # a single Han character is searched among the characters of words, for less
            weight = _SINGLE if single(term) == [term] else 1.0
            there = (
                _frequency(searcher, term)
                if weight == 1.0
                else int(searcher.doc_freq("single", term))
            )
            # as BM25 weighs it
            total += weight * math.log(1 + (size - there + 0.5) / (there + 0.5))
        return score / (total * self._most) if total else 0.0

    def holds(self, word: str) -> bool:
        """Say whether a word stands in a passage, in this form or another of its stem.

        Stop words, which are not indexed, count as such that do.
        """
        stems = self._stems(folded(word))
        searcher = self._index.searcher()
        return all(_frequency(searcher, term) for term in stems)

    def words_like(self, beginning: str) -> list[tuple[str, int]]:
        """Return the words of four letters and more that begin so, the most frequent first.

        They are as written, not stems, each with how many passages have it.
        """
        return [
            (str(word), int(count))
            for word, count in self._index.searcher().terms_with_prefix("spelt", beginning)
        ]

    def idf(self, terms: Iterable[str]) -> dict[str, float]:
        """Return the inverse document frequency of terms, ``log(1 + N / (1 + df))``, N passages."""
        searcher = self._index.searcher()
        size = searcher.num_docs
        return {term: math.log(1 + size / (1 + _frequency(searcher, term))) for term in terms}

    def absent(self, terms: Iterable[str]) -> frozenset[str]:
        """Return the terms that stand in no passage."""
        searcher = self._index.searcher()
        return frozenset(term for term in terms if not _frequency(searcher, term))

    def __len__(self) -> int:
        return int(self._index.searcher().num_docs)


def without_asking(text: str) -> str:
    """Return a text, folded, without the Chinese words that only ask."""
    return words_of.without_asking(folded(text))


@contextlib.contextmanager
def _readable() -> Iterator[None]:
    """Turn what tantivy makes of damaged files, which may be no ``Exception``, into an error.

    Raises:
        DamagedLibrary: the index is no longer what was written.
    """
    try:
        yield
    except BaseException as error:
        if not isinstance(error, Exception) and type(error).__name__ != "PanicException":
            raise
        raise DamagedLibrary(
            f"The word index of the library is damaged ({str(error)[:100]}): run `refdesk check "
            "--repair`, or `refdesk rebuild`, which makes it anew from the archive."
        ) from None


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

    Segment files are never written twice, so they are shared; the files that say which segments
    count are copied.
    """
    new.mkdir(parents=True)
    for file in old.iterdir():
        if file.name.endswith(".json"):
            shutil.copy2(file, new / file.name)
        elif not file.name.endswith(".lock"):
            share(file, new / file.name)


def _frequency(searcher: tantivy.Searcher, term: str) -> int:
    """Return how many passages hold a term, in their own words or in another script."""
    own = int(searcher.doc_freq("words", term))
    return own if term.isascii() else own + int(searcher.doc_freq("other", term))


def _numbers(searcher: tantivy.Searcher, addresses: list[tantivy.DocAddress]) -> list[int]:
    return [int(number or 0) for number in searcher.fast_field_values("number", addresses)]


def _fields(title: str, words: str) -> dict[str, str]:
    """Return what each field holds of a passage's folded title and words."""
    return {
        "title": spread(one_spelling(title.lower())),
        "words": " ".join([spread(one_spelling(words.lower())), *parts(words)]),
        "names": " ".join(names(words)),
        "single": " ".join(single(words)),
        "spelt": " ".join(sorted(set(_SPELT.findall(words.lower())))),
    }


def _schema() -> tantivy.Schema:
    builder = tantivy.SchemaBuilder()
    builder.add_text_field("key", stored=False, tokenizer_name="raw", index_option="basic")
    builder.add_integer_field("number", stored=False, indexed=False, fast=True)
    for field in ("title", "words", "other", "questions"):
        builder.add_text_field(field, stored=False, tokenizer_name=_STEMS, index_option="freq")
    for field in ("names", "single", "spelt"):
        builder.add_text_field(field, stored=False, tokenizer_name=_WHOLE, index_option="basic")
    return builder.build()


def _whole() -> tantivy.TextAnalyzer:
    return tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.whitespace()).build()
