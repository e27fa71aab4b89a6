"""The questions that the sections of the primer's notes answer, as learners ask them.

A learner's words are seldom those of a heading; they are nearer to another learner's question
(doc2query: Nogueira et al., arXiv 1904.08375, with questions written by hand).
"""

import re
from collections.abc import Iterable
from functools import cache

from ingest.shipped import shipped
from ingest.text.scripts import has_han
from ingest.values import PRIMER

_SLUG = re.compile(r"[a-z0-9-]+")


def questions(url: str, heading: tuple[str, ...], lang: str) -> tuple[str, ...]:
    """Return the questions that a section answers, in Chinese for ``zh``, else in English.

    Args:
        url: the address of a document; none but a note of the primer has any.
        heading: the headings above the section, the note's title first.
        lang: the language of the question that is asked.
    """
    return _in(lang, every_question(url, heading))


def every_question(url: str, heading: tuple[str, ...]) -> tuple[str, ...]:
    """Return the questions that a section answers in both languages, as `questions` does."""
    if not url.startswith(PRIMER) or not heading:
        return ()
    return _sections(url.removeprefix(PRIMER)).get(heading[-1], ())


def questions_of_note(url: str, lang: str) -> tuple[str, ...]:
    """Return the questions that all sections of a document answer, as `questions` does of one."""
    if not url.startswith(PRIMER):
        return ()
    return _in(
        lang, [text for asked in _sections(url.removeprefix(PRIMER)).values() for text in asked]
    )


def known_sections() -> tuple[tuple[str, str], ...]:
    """Return the sections that questions are known of, as address and heading, in a fixed order."""
    slugs = sorted(file.stem for file in shipped("primer-questions").glob("*.md"))
    return tuple((PRIMER + slug, heading) for slug in slugs for heading in _sections(slug))


def _in(lang: str, asked: Iterable[str]) -> tuple[str, ...]:
    return tuple(question for question in asked if has_han(question) == (lang == "zh"))


@cache
def _sections(slug: str) -> dict[str, tuple[str, ...]]:
    if not _SLUG.fullmatch(slug):
        return {}
    try:
        lines = shipped("primer-questions", f"{slug}.md").read_text("utf-8").splitlines()
    except OSError:
        return {}
    sections: dict[str, tuple[str, ...]] = {}
    heading = ""
    for line in lines:
        if line.startswith("#"):
            heading = line.lstrip("#").strip()
        elif line.startswith("- "):
            sections[heading] = (*sections.get(heading, ()), line[2:].strip())
    return sections
