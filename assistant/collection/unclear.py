"""Other readings of a request: what else it may well have meant, each as a question of its own.

A request is unclear where its words name two things the library knows: a subject and a work, two
works of one name, one aspect of two subjects. The likelier reading is answered; the others are
offered (`Answer.did_you_mean`), and only such as the library has something for.
"""

import re
from collections.abc import Iterable, Sequence

from assistant.answering.evidence import in_chinese
from assistant.answering.question import understand
from assistant.answering.values import Answer
from assistant.collection.about import heads
from assistant.collection.catalog import Catalog, Work, catalog
from assistant.collection.naming import recognise, words_of
from assistant.collection.request import ONE_SOURCE, PATH, SUMMARY, WORK, Request
from assistant.collection.vocabulary import SAID, WORDING
from index.search.library import Hit, Library
from index.store.values import StoredPassage
from ingest.primer_questions import questions
from ingest.text.scripts import has_han
from ingest.text.words import QUESTION_WORDS, says_nothing, without_asking
from ingest.values import PRIMER

_MOST = 3
_NAME = 3  # words of a bare name
_ASPECT = 2  # content words: a subject and what is asked of it
_FURTHER = 2  # more of a heading: what else it may be about
_EXACT = 0.95  # likeness of a mention to the title it is
_EFFORT = WORDING.patterns["effort"]


def of_request(library: Library, request: Request) -> tuple[str, ...]:
    """Return the other readings of a request about the collection."""
    here, zh = catalog(library.store), request.lang == "zh"
    subject = " ".join(request.subject.split())
    if request.kind in (SUMMARY, ONE_SOURCE) and request.works:
        return _shown(_namesakes(library, request, request.works[0]))
    if request.kind == SUMMARY and subject:
        about = SAID["unit"].sub(" ", subject).strip()
        held = f"关于 {about} 你有什么资料？" if zh else f"What do you have on {about}?"
        return (held,) if about and _topic(here, about) else ()
    if request.kind == ONE_SOURCE and not request.primer:
        asked = request.question.strip("?？. ")
        if _asks(asked):
            return (f"{asked}？" if zh else f"{asked[:1].upper()}{asked[1:]}?",)
        if not asked:
            return ()
        bare = len(asked.split()) <= _NAME and not re.search(r"\b(?:on|in|for|of|with)\b|的", asked)
        if bare:
            return (f"什么是{asked}？" if zh else f"What is {asked}?",)
        return (f"解释一下{asked}。" if zh else f"Explain {asked}.",)
    if (
        request.kind == WORK
        and request.asks in ("hard", "time", "time hard")
        and _topic(here, subject)
    ):
        learnt = (
            f"想学 {subject}，应该先读什么？" if zh else f"What should I read to learn {subject}?"
        )
        return _shown([learnt, f"什么是 {subject}？" if zh else f"What is {subject}?"])
    if request.kind == PATH and _topic(here, subject):
        match = re.match(r"walk me through|teach me|how (?:do|can) i", request.text, re.IGNORECASE)
        return _shown([f"Explain {subject}."] if match else [])
    return ()


def of_fact(library: Library, answer: Answer, hits: Sequence[Hit]) -> tuple[str, ...]:
    """Return the other readings of a question of fact, by its answer and the passages found."""
    asked, zh = answer.asked, answer.lang == "zh"
    here = catalog(library.store)
    plain = asked.strip(" ?？.。!！")
    if effort := _EFFORT.match(asked):
        mention = effort["en"] or effort["zh"] or ""
        if _a_title(library, mention):
            how = "读完《{}》要多久？" if zh else "How long does it take to read “{}”?"
            return (how.format(mention.strip()),)
        return ()
    if len(plain.split()) <= _NAME and not _asks(plain) and _topic(here, plain):
        return (f"关于 {plain} 你有什么资料？" if zh else f"What do you have on {plain}?",)
    return _shown(_aspects(library, answer, hits))


def _shown(readings: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(readings))[:_MOST]


def _asks(text: str) -> bool:
    asks = re.match(r"(?:what|how|why|when|where|who|which|does|is|are|can)\b", text, re.I)
    return bool(asks) or without_asking(text) != text


def _topic(here: Catalog, subject: str) -> bool:
    return bool(subject) and heads(here, subject)


def _a_title(library: Library, mention: str) -> bool:
    matches = recognise(library.store, mention) if words_of(mention) else []
    return bool(matches) and matches[0].by == "title" and matches[0].score >= _EXACT


def _namesakes(library: Library, request: Request, meant: Work) -> list[str]:
    """Ask the same of other works that are called like the one meant, by their addresses."""
    mention = request.subject.strip()
    same = frozenset(words_of(mention))
    if not same or "://" in mention:
        return []
    others = [
        work.url
        for work in catalog(library.store).works
        if work.held and work.url != meant.url and not work.primer
        and same in (frozenset(words_of(work.title)), frozenset(words_of(work.own_title)))
    ]  # fmt: skip
    if request.kind == SUMMARY:
        return [f"总结 {url}" if request.lang == "zh" else f"Summarise {url}" for url in others]
    said = "根据 {}，{}" if request.lang == "zh" else "According to {}, {}"
    return [said.format(url, request.question) for url in others]


def _aspects(library: Library, answer: Answer, hits: Sequence[Hit]) -> list[str]:
    """Return questions on the same aspect of another subject, as its section is known to answer.

    "What does RAG cost?" names what is told of RAG and of evaluating RAG, in a section each.
    """
    asked = understand(answer.asked)
    wanted = _content(library, answer.asked, answer.lang)
    if answer.refused or len(asked.parts) > 1 or asked.sides or len(wanted) < _ASPECT:
        return []
    if len(wanted) > _ASPECT + 2 * (answer.lang == "zh"):
        return []  # long enough to say which is meant
    sections = {hit.passage.heading: hit.passage for hit in hits}
    named = {
        passage.heading: question
        for passage in sections.values()
        if (question := _says(library, passage, wanted, answer.lang))
    }
    leading = _leading(answer)
    urls = [sections[heading].url for heading in named]
    first = leading if leading in urls else next(iter(urls), None)
    return [
        text
        for heading, text in named.items()
        if sections[heading].url != first and _content(library, text, answer.lang) != wanted
    ]


def _leading(answer: Answer) -> str | None:
    """Return the address of the source that an answer begins with."""
    urls = {cited.n: cited.url for cited in answer.citations}
    return next((urls[n] for said in answer.sentences for n in said.citations), None)


def _says(library: Library, passage: StoredPassage, wanted: frozenset[str], lang: str) -> str:
    """Return what a section answers that has all the words wanted: a question, or its heading."""
    if not passage.heading:
        return ""
    slug, own = passage.url.removeprefix(PRIMER), passage.heading[-1]
    heading = (in_chinese(slug, own) or own) if lang == "zh" else own
    for text in (*questions(passage.url, passage.heading, lang), heading):
        said = _content(library, text, lang)
        if wanted < said and (text != heading or len(said - wanted) <= _FURTHER):
            return text
    # the very aspect of the section's own subject: what is asked, in other words
    return heading if wanted == _content(library, heading, lang) else ""


def _content(library: Library, text: str, lang: str) -> frozenset[str]:
    """Return the content terms of a text, without words of asking."""
    if lang == "zh" and has_han(text):
        parts = [part for part in without_asking(text).split() if part]
        return frozenset(term for part in parts for term in library.terms(part))
    plain = re.findall(r"[\w-]+", text.casefold())
    kept = [word for word in plain if word not in QUESTION_WORDS and not says_nothing(word)]
    return frozenset(library.terms(" ".join(kept))) if kept else frozenset()
