"""Which section of the primer answers a question, learnt from questions it is known to answer."""

from contextlib import closing

import numpy as np
import pytest

from assistant.answering.evidence import gather, learned_sections, with_joined_sides
from assistant.answering.evidence.learned_sections import (
    below_nearest,
    likeliest_notes,
    of_note,
    of_section,
)
from assistant.answering.fitted import table
from assistant.answering.question import understand
from assistant.answering.selection import plan, sections
from assistant.desk import Desk
from index.store.values import Filters
from ingest.errors import UsageError
from ingest.primer_questions import every_question, known_sections
from ingest.shipped import shipped
from ingest.values import PRIMER

ATTENTION = PRIMER + "attention"


@pytest.mark.parametrize("name", table("learned_sections")["models"])
def test_the_vectors_are_those_of_the_primer_as_it_is(name):
    """After a change of `data/primer-questions`: python -m tests.benchmarks.fit_sections HOME."""
    rows = np.load(shipped("learned-sections") / f"{name}.npy", allow_pickle=False)
    assert len(rows) == rows.shape[1] + len(known_sections())


def test_every_known_section_has_a_question():
    assert all(every_question(url, (heading,)) for url, heading in known_sections())


@pytest.fixture(scope="module")
def primer(tmp_path_factory, models_dir):
    home = tmp_path_factory.mktemp("learned")
    (home / "models").symlink_to(models_dir)
    with closing(Desk(home, llm="extractive")) as desk:
        yield desk.library


def test_a_question_in_other_words_finds_the_section_that_answers_it(primer):
    vectors = np.stack(
        [primer.embedder.embed_query("what becomes of scores of later tokens in causal attention")]
    )
    below = below_nearest(primer, vectors)
    ((note, chance),) = likeliest_notes(below)
    assert note == ATTENTION
    assert 0 < chance <= 1
    assert of_note(below, ATTENTION) == 0
    assert of_section(below, ATTENTION, ("Attention", "How attention is computed")) == 0
    assert of_section(below, ATTENTION, ("Attention", "What attention costs")) < 0
    unknown = table("learned_sections")["unknown"]
    assert of_section(below, "https://example.org/", ("Any",)) == unknown
    assert of_note(below, "https://example.org/") == unknown


def test_another_model_says_nothing(primer):
    class Other:
        embedder = type("Named", (), {"name": "another-model"})()

    assert below_nearest(Other(), np.ones((1, 4), dtype=np.float32)) == {}
    assert likeliest_notes({}) == []


def test_the_note_that_answers_is_read_though_the_search_missed_it(primer, monkeypatch):
    missed = "refdesk:primer/hallucination"
    search = type(primer).search

    def without(library, *given, **named):
        return [hit for hit in search(library, *given, **named) if hit.passage.url != missed]

    monkeypatch.setattr(type(primer), "search", without)
    question = understand("What makes LLMs invent facts?")
    found = gather(primer, question, Filters())
    assert missed in {hit.passage.url for hit in found.hits}
    named = gather(primer, question, Filters(documents=(ATTENTION,)))
    assert all(hit.passage.url == ATTENTION for hit in named.hits)


def test_what_was_learnt_of_other_notes_is_said_to_be(primer, monkeypatch):
    monkeypatch.setattr(learned_sections, "_sections", lambda: known_sections()[:-1])
    with pytest.raises(UsageError, match="reinstall refdesk"):
        below_nearest(primer, primer.embedder.embed_query("what is attention")[np.newaxis])


@pytest.mark.parametrize(
    ("question", "begins"),
    [
        ("GPTQ 和 AWQ 哪个好？", "gptq and awq are"),
        ("what speaks for GPTQ and what for AWQ, GPTQ or AWQ?", "gptq and awq are"),
    ],
)
def test_a_comparison_begins_with_the_document_about_all_sides(primer, question, begins):
    asked = understand(question)
    library = primer.asked_in(asked.lang)
    asked = with_joined_sides(library, asked)
    assert len(asked.sides) == 2
    evidence = gather(library, asked, Filters())
    first = plan(evidence, sections(library, evidence)).lines[0]
    assert first.text.casefold().startswith(begins)
