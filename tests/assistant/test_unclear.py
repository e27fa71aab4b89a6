"""Other readings of what was asked, at the desk and at its doors; the same put otherwise."""

import io
import json
from dataclasses import replace

import pytest
from rich.console import Console

from assistant.answering.evidence.pieces import pieces
from assistant.answering.values import Answer, Citation, Sentence
from assistant.contract import to_json
from assistant.conversation.moves import AGAIN, Move
from assistant.conversation.replies import otherwise
from assistant.conversation.rewriting import Exchange
from assistant.desk import Desk
from assistant.kept.answer_of import answer_of
from assistant.learning import primer
from index.store.values import Filters
from ingest.text.scripts import is_chinese
from ui.cli import render
from ui.page.html_answer import ExchangeView, turn_html
from ui.page.i18n import texts
from ui.serving.chat_markdown import pieces as chat_pieces

PAGES = {
    "limits.md": "# Osprey limits\n\nThe Osprey cache keeps 4,096 entries by default.\n\n"
    "## Results\n\nIn our tests the Osprey cache was 3.5x faster than the Heron cache. "
    "The Osprey cache is named after a bird. The weather was fine.\n\n"
    "## History\n\nThe Osprey cache was written by one person in a long winter.\n",
    "again.md": "# Osprey limits\n\nThe limits of the Osprey cache were measured again by another "
    "group. The group had a larger machine and much more patience.\n",
    "heron.md": "# The Heron cache\n\nThe Heron cache keeps prefixes of prompts in memory.\n\n"
    "## What Heron costs\n\nHeron costs 12 GB of memory for a million prefixes.\n",
    "rating.md": "# Rating caches\n\nA cache is rated by its hits.\n\n"
    "## What Heron evaluation costs\n\nThe evaluation of Heron costs two days on one machine.\n",
}


@pytest.fixture(scope="module")
def birds(tmp_path_factory, models_dir):
    folder = tmp_path_factory.mktemp("unclear")
    (folder / "home").mkdir()
    (folder / "home" / "models").symlink_to(models_dir)
    for name, text in PAGES.items():
        (folder / name).write_text(text, encoding="utf-8")
    desk = Desk(folder / "home", llm="extractive")
    desk.ingest([folder / name for name in PAGES], seed=False)
    yield desk
    desk.close()


@pytest.mark.parametrize(
    ("question", "other"),
    [
        ("What does Heron cost?", "What Heron evaluation costs"),
        ("LoRA", "What do you have on LoRA?"),
        ("walk me through training an LLM from scratch", "Explain training an LLM."),
        ("What does Raschka say about GQA?", "What is GQA?"),
    ],
)
def test_the_other_reading_of_an_unclear_question_is_offered(birds, question, other):
    answer = birds.ask(question)
    assert other in answer.did_you_mean


def test_the_other_reading_can_be_asked(birds):
    assert "12 GB" in birds.ask("What does Heron cost?").text
    assert "two days" in birds.ask("What Heron evaluation costs").text


@pytest.mark.parametrize("question", ["What is the Heron cache?", "Heron or Osprey?"])
def test_a_clear_question_has_one_reading(birds, question):
    assert birds.ask(question).did_you_mean == ()


def test_of_a_person_nothing_is_by_it_is_said(birds):
    answer = birds.ask("What does Raschka say about GQA?")
    assert (answer.request, answer.refused) == ("one_source", True)
    assert "No source here is called “Raschka”" in (answer.refusal or "")


def test_of_two_works_of_one_name_the_other_is_offered_by_its_address(birds):
    answer = birds.ask("Summarise Osprey limits")
    assert not answer.refused
    assert len(answer.did_you_mean) == 1
    other = birds.ask(answer.did_you_mean[0])
    assert other.citations[0].url != answer.citations[0].url


def test_every_door_says_the_other_reading(birds):
    answer = birds.ask("What does Heron cost?")
    other = "What Heron evaluation costs"
    assert to_json(answer)["did_you_mean"] == [other]
    kept = json.loads(json.dumps(to_json(answer)))
    assert answer_of(kept).did_you_mean == (other,)
    del kept["did_you_mean"]  # as it was kept before there was such a member
    assert answer_of(kept).did_you_mean == ()
    page = turn_html(
        ExchangeView(1, answer.question, sentences=answer.sentences, citations=answer.citations,
             answer=answer),
        texts("en"),
    )  # fmt: skip
    assert f'<button type="button" class="example">{other}</button>' in page
    assert other in "".join(chat_pieces(answer))
    out = io.StringIO()
    render.answer(Console(file=out, width=200), answer)
    assert f"Or did you mean: {other}" in out.getvalue()


def test_the_results_of_a_page_are_its_sentences_that_report_them(birds):
    page = next(each for each in birds.sources() if each.url.endswith("limits.md"))
    answer = birds.ask(f"What are the main results of {page.url}?")
    told = [each.text for each in answer.sentences]
    assert told == ["In our tests the Osprey cache was 3.5x faster than the Heron cache."]


def test_this_page_is_the_one_it_is_narrowed_to_or_was_asked_about_last(birds):
    page = next(each for each in birds.sources() if each.url.endswith("limits.md"))
    asked = "What are the main results of this page?"
    narrowed = birds.ask(asked, filters=Filters(documents=(page.url,)))
    after = birds.ask(asked, [Exchange(f"Summarise {page.url}", "It is short.")])
    for answer in (narrowed, after):
        assert (answer.request, answer.citations[0].url) == ("summary", page.url)
    assert "Which page?" in (birds.ask(asked).refusal or "")


def test_a_comparison_as_a_table_has_a_column_a_side(birds):
    question = "What is the difference between Heron and Osprey?"
    whole = birds.ask(question)
    answer = birds.ask("as a table", [Exchange(question, whole.text)])
    table = answer.sentences[0]
    rows = [line.strip("|").split("|") for line in table.text.splitlines()]
    assert (answer.request, table.form) == ("command", "table")
    assert [cell.strip() for cell in rows[0][1:3]] == ["Heron", "Osprey"]
    assert all("Heron" not in row[2] for row in rows[2:])
    assert all(each.text in table.text for each in whole.sentences if not each.block)
    assert set(table.citations) == {each.n for each in answer.citations}
    saved = to_json(answer)
    assert [each["ok"] for each in birds.verify(saved)] == [True]
    saved["sentences"][0]["text"] = table.text.replace("prefixes", "suffixes")
    assert "a cell does not stand" in birds.verify(saved)[0]["reason"]


def test_works_as_a_table_have_a_row_each(birds):
    question = "What do you have about the Osprey?"
    answer = birds.ask("as a table", [Exchange(question, "Many.")])
    table = next(each for each in answer.sentences if each.form == "table")
    assert len(table.text.splitlines()) == 2 + len(table.citations)
    assert all(each["ok"] for each in birds.verify(to_json(answer)))


def from_the_primer():
    """An answer of one sentence of the primer."""
    note = primer.notes()["mha-mqa-gqa"]
    text = next(each.text for each in pieces(note.text) if each.form == "prose" and each.whole)
    cited = Citation(1, "key", "sha", 0, len(text), text, (note.topic,), note.topic, note.url,
                     note.url, "note", True, "", ())  # fmt: skip
    said = Sentence(text, (1,), 1.0, "supported", True)
    return Answer("q", "q", "en", False, None, "extractive", (said,), (cited,), (), (), None)


def test_the_primer_in_chinese_and_back_needs_no_model():
    answer = from_the_primer()
    own = answer.sentences[0].text
    chinese = otherwise(answer, Move(AGAIN, frozenset({"zh"})), "en", lambda: None, lambda: False)
    said = chinese.sentences[0]
    assert (chinese.lang, said.original, said.status) == ("zh", own, "supported")
    assert is_chinese(said.text)
    back = otherwise(chinese, Move(AGAIN, frozenset({"en"})), "zh", lambda: None, lambda: False)
    assert (back.lang, back.sentences[0].text, back.sentences[0].verbatim) == ("en", own, True)


def test_what_the_catalog_answers_is_said_in_the_other_language(birds):
    answer = birds.ask("in Chinese", [Exchange("How many documents do you have?", "4")])
    assert answer.text.startswith("资料库里有 4 篇文档")


def test_simpler_words_leave_out_formulas_and_long_sentences():
    answer = from_the_primer()
    said = answer.sentences[0]
    hard = [replace(said, text="It is $x^2$."), replace(said, text="word " * 60)]
    whole = replace(answer, sentences=(*hard, replace(said, text="It is short.")))
    plain = otherwise(whole, Move(AGAIN, frozenset({"simpler"})), "en", lambda: None, lambda: False)
    assert [each.text for each in plain.sentences] == ["It is short."]
