"""The stem of an English word (Porter2, Porter 2001): the one stemmer of search, checks and marks.

What is needed is the singular as people write it: `ingest.text.words.singular`.
"""

from functools import cache

import tantivy

from ingest.text.alike import american

_LONGEST_TERM = 60  # bytes; what is longer is no word that anyone searches for


def analyzer(*, for_index: bool) -> tantivy.TextAnalyzer:
    """Return what takes a text apart into the stems of its words, in small letters.

    An index leaves out stop words and what is too long for a word; who compares the words of two
    sentences needs every one of them.
    """
    builder = tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.simple())
    if for_index:
        builder = builder.filter(tantivy.Filter.remove_long(_LONGEST_TERM))
    builder = builder.filter(tantivy.Filter.lowercase())
    if for_index:
        builder = builder.filter(tantivy.Filter.stopword("english"))
    return builder.filter(tantivy.Filter.stemmer("english")).build()


@cache
def stem(word: str) -> str:
    """Return the stem of an English word as Americans write it, others as they are."""
    if not word.isascii():
        return word
    stems = _every_word().analyze(american(word.casefold()))
    return str(stems[0]) if stems else word.casefold()


@cache
def _every_word() -> tantivy.TextAnalyzer:
    return analyzer(for_index=False)
