"""The questions of the primer: every section has some, in both languages."""

import re

import pytest

from ingest.primer_questions import questions
from ingest.shipped import shipped
from ingest.values import PRIMER

SLUGS = sorted(path.stem for path in shipped("primer").glob("*.md") if path.stem != "README")


@pytest.mark.parametrize("slug", SLUGS)
def test_every_section_of_a_note_has_questions_in_both_languages(slug):
    note = shipped("primer", f"{slug}.md").read_text("utf-8").split("\n---\n", 1)[-1]
    headings = re.findall(r"^#+ (.+)$", note, re.MULTILINE)
    asked = shipped("primer-questions", f"{slug}.md").read_text("utf-8")
    assert re.findall(r"^#+ (.+)$", asked, re.MULTILINE) == headings
    for heading in headings:
        place = (headings[0], heading)
        assert len(questions(PRIMER + slug, place, "en")) >= 3
        assert len(questions(PRIMER + slug, place, "zh")) >= 2


def test_what_is_no_note_has_no_questions():
    assert questions("https://a.example/kv-cache", ("KV cache",), "en") == ()
    assert questions(f"{PRIMER}nothing-like-it", ("KV cache",), "en") == ()
    assert questions(f"{PRIMER}../models", ("KV cache",), "en") == ()
    assert questions(f"{PRIMER}kv-cache", (), "en") == ()
