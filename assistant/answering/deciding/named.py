"""Whether what a question asks about is called that by anything found.

Many questions ask about one thing, or compare some, and say nothing but their names: "What is edge
detection?" Sources that use the words of a name apart, edges here and detection there, never speak
of the thing. One that does has the name in one sentence, heading or other name of its subject, or
is known to answer a question that has.
"""

import re
from collections.abc import Iterator, Mapping

from assistant.answering.evidence import Evidence, in_chinese
from assistant.wording import wording
from index.search.lexical import without_asking
from index.search.library import Library
from ingest.primer_questions import questions
from ingest.text.scripts import has_han
from ingest.text.words import QUESTION_WORDS
from ingest.values import PRIMER

# questions for more than what a thing is: a verb in them is no part of a name
_WORDING = wording("questions")
_MORE = _WORDING.patterns["asks_more"]
_WORKS = _WORDING.patterns["how_it_works"]
# a possessive within a name: Brianna's Law
_OWNED = re.compile(r"([A-Z]\w*)['’]s(?=(?: [A-Z][a-z]+)+\W*$)")
_LONGEST = 300  # characters of a question that is nothing but names
_MOST_TERMS = 4  # of a name; what is longer says something
_MOST_PAIRS = 7  # of Han characters, in a name of four words of two each
_TOKEN = re.compile(r"\w+(?:[.+'’-]\w+)*|[^\w\s]")
# what joins two things in Chinese, or says something of one
_JOINS = _WORDING.exact["joins"]


def named(
    library: Library, evidence: Evidence, text: str, weighed: Mapping[str, float]
) -> float | None:
    """Return which share of the name of what is asked about something found has in one place.

    Of a comparison it is that of the side that is named least; None where a question is more than
    the names of things.

    Args:
        library: where the evidence was found.
        evidence: what was found.
        text: the question, or a part or side of it.
        weighed: what each term of the text is worth (`decide.weights`).
    """
    sides = evidence.question.sides if text == evidence.question.text else ()
    if len(text) > _LONGEST:
        return None
    most = _MOST_PAIRS if evidence.question.lang == "zh" else _MOST_TERMS
    things = [_things(library, side) for side in sides or (text,)]
    if any(len(each) != 1 or len(each[0]) > most for each in things):
        return None
    places = list(_places(library, evidence))
    shares = []
    for (terms,) in things:
        whole = sum(weighed.get(term, 0.0) for term in terms)
        best = max((sum(weighed.get(t, 0.0) for t in terms & place) for place in places), default=0)
        shares.append(best / whole if whole else 1.0)
    return min(shares)


def _things(library: Library, text: str) -> list[frozenset[str]]:
    """Return the terms of each run of words that do not only ask; of none where more is asked."""
    if works := _WORKS.match(text):
        text = works["thing"]
    if _MORE.search(text):
        return []
    text = _OWNED.sub(r"\1", text)
    if has_han(text):
        runs = _JOINS.split(without_asking(text).strip(" ?？。!！"))
    else:
        runs = [""]
        for token in _TOKEN.findall(text):
            if token.endswith(("'s", "’s")):  # of it something is asked
                return []
            if token.casefold() in QUESTION_WORDS or not library.terms(token):
                runs.append("")
            else:
                runs[-1] += f" {token}"
    return [terms for run in runs if (terms := frozenset(library.terms(run)))]


def _places(library: Library, evidence: Evidence) -> Iterator[frozenset[str]]:
    """Yield the terms of everything found that may name a thing."""
    yield from (line.terms for line in evidence.lines)
    passages = {line.hit.passage.number: line.hit.passage for line in evidence.lines}
    said: set[str] = set()
    for other in library.store.aliases(sorted(passages)).values():
        said.update(other.split(", "))
    for passage in passages.values():
        names = [passage.title, *passage.heading]
        if evidence.question.lang == "zh" and passage.url.startswith(PRIMER):
            slug = passage.url.removeprefix(PRIMER)
            names += [own for name in names if (own := in_chinese(slug, name))]
        said.update(names, questions(passage.url, passage.heading, evidence.question.lang))
    yield from (frozenset(library.terms(text)) for text in sorted(said))
