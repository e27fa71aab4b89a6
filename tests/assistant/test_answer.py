"""From a question to an answer: what is shown is cited, what is not known is refused."""

from collections.abc import Callable, Iterator, Sequence

import pytest

from assistant.answering import answer as answering
from assistant.answering.selection import count_words
from assistant.answering.selection.plan import WORDS
from assistant.answering.writing import REFUSAL
from assistant.engines.protocol import Message
from index.store.values import Filters
from ingest.errors import UsageError
from ingest.text.plain import as_quoted

QUESTION = "how does multi-query attention share keys?"


class Scripted:
    """An engine that says what it is told to, bit by bit, and keeps what it was asked."""

    name = "scripted"

    def __init__(self, text: str, refusing: float | None = None) -> None:
        self.text = text
        self.refusing = refusing
        self.asked: Sequence[Message] = ()

    def likelihood(self, messages, beginning, *, stop):
        return self.refusing

    def stream(
        self, messages: Sequence[Message], *, max_tokens: int, stop: Callable[[], bool]
    ) -> Iterator[str]:
        self.asked = messages
        for start in range(0, len(self.text), 7):
            if stop():
                return
            yield self.text[start : start + 7]

    def count_tokens(self, text: str) -> int:
        return len(text.split())

    def close(self) -> None:
        pass


def ask(desk, engine, question=QUESTION):
    events = list(
        answering.answer(desk.library, question, Filters(), 8, lambda: engine, lambda: False)
    )
    return events, events[-1].answer


def test_every_shown_sentence_is_cited_to_a_quote_that_stands_in_its_document(desk):
    engine = Scripted(
        "Multi-query attention keeps one key head and one value head for all query heads. "
        "The moon is made of green cheese. Decoding becomes faster because the cache is smaller."
    )
    events, answer = ask(desk, engine)
    names = [event.name for event in events]
    assert names[:4] == ["hits", "extractive", "sentence", "sentence"]
    assert names[-1] == "done"
    assert "moon" not in answer.text
    assert len(answer.sentences) >= 2
    for sentence in answer.sentences:
        for n in sentence.citations:
            cited = answer.citations[n - 1]
            document = desk.library.document(cited.url)
            assert document.text[cited.start : cited.end] == cited.quote
            assert document.sha256 == cited.document_sha256
            assert sentence.text in as_quoted(cited.quote)


UNSURE = "which bakery made grouped attention heads?"


@pytest.mark.parametrize("said", [REFUSAL, "Cheese comes from the moon. Bananas are blue."])
def test_a_model_with_nothing_to_say_is_believed_where_the_sources_are_unsure(desk, said):
    _, answer = ask(desk, Scripted(said), UNSURE)
    assert answer.refused
    assert answer.sentences == ()
    assert answer.nearest


@pytest.mark.parametrize("said", [REFUSAL, "Cheese comes from the moon. Bananas are blue."])
def test_where_the_sources_surely_answer_they_are_quoted(desk, said):
    _, answer = ask(desk, Scripted(said))
    assert not answer.refused
    assert (answer.view, answer.model) == ("extractive", None)
    assert all(sentence.verbatim for sentence in answer.sentences)


WHOLE = "Multi-query attention keeps one key head and one value head for all query heads."


@pytest.mark.parametrize(("refusing", "refused"), [(-0.1, True), (-8.0, False)])
def test_the_doubt_of_the_model_decides_where_the_words_do_not(desk, refusing, refused):
    events, answer = ask(desk, Scripted(WHOLE, refusing), UNSURE)
    assert answer.refused is refused
    assert ("sentence" in [event.name for event in events]) is not refused


def test_a_sentence_cut_short_is_not_shown(desk):
    whole = "Multi-query attention keeps one key head and one value head for all query heads."
    _, answer = ask(desk, Scripted(f"{whole} Decoding becomes faster because the"))
    assert answer.sentences[0].text == whole
    assert "because the" not in [sentence.text[-11:] for sentence in answer.sentences]


def test_repetitions_are_shown_once(desk):
    whole = "Multi-query attention keeps one key head and one value head for all query heads."
    _, answer = ask(desk, Scripted(f"{whole} {whole} {whole}"))
    assert answer.text.count(whole) == 1


def test_a_short_answer_is_completed_by_quotations(desk):
    said = "Decoding becomes faster because the cache is smaller."
    _, answer = ask(desk, Scripted(said))
    assert said in [sentence.text for sentence in answer.sentences]
    assert len(answer.sentences) > 1
    assert all(sentence.verbatim for sentence in answer.sentences)


def test_how_long_an_answer_is_follows_from_its_question(desk):
    narrow = desk.ask("How many key heads does multi-query attention keep?")
    wide = desk.ask("Explain how multi-query attention shares keys, and why decoding is faster")
    assert count_words(narrow.text) <= WORDS["narrow"] + 10
    assert len(wide.sentences) > len(narrow.sentences)


def test_what_the_library_does_not_know_is_refused_before_the_model_is_asked(desk):
    engine = Scripted("Prune it in late winter.")
    _, answer = ask(desk, engine, "What is the best way to prune an apple tree in winter?")
    assert answer.refused
    assert engine.asked == ()


def test_a_name_nothing_mentions_is_refused(desk):
    engine = Scripted("Multi-query attention keeps one key head for all query heads.")
    _, answer = ask(desk, engine, "Does PaliGemma use multi-query attention?")
    assert answer.refused


def test_evidence_stands_between_marks_made_of_itself(desk):
    engine = Scripted(REFUSAL)
    ask(desk, engine)
    asked = engine.asked[-1].content
    mark = asked.split(">", 1)[0].removeprefix("<sources ")
    assert len(mark) == 6
    assert asked.count(f"</sources {mark}>") == 1


def test_without_a_model_the_best_sentences_answer(desk):
    answer = desk.ask(QUESTION)
    assert answer.view == "extractive"
    assert answer.model is None
    assert "one key head and one value head" in answer.text
    assert all(sentence.verbatim and sentence.citations for sentence in answer.sentences)


def test_a_chinese_question_finds_a_chinese_page(desk):
    answer = desk.ask("键值缓存为什么能加速推理？")
    assert not answer.refused
    assert answer.lang == "zh"
    assert "键值缓存" in answer.citations[0].quote


def test_an_empty_question_is_a_usage_error(desk):
    with pytest.raises(UsageError, match="empty"):
        desk.ask("  \n ")


def test_timings_are_in_order(desk):
    _, answer = ask(desk, Scripted("Decoding becomes faster because the cache is smaller."))
    times = answer.timings
    assert times["retrieve_s"] <= times["extractive_s"] <= times["first_token_s"]
    assert times["first_token_s"] <= times["first_sentence_s"] <= times["total_s"]


def test_what_nothing_bears_is_kept_with_its_reason(desk):
    _, answer = ask(
        desk,
        Scripted(
            "It was invented by 47 elephants in Paris. "
            "Multi-query attention keeps one key head and one value head for all query heads."
        ),
    )
    assert [each.text for each in answer.dropped] == ["It was invented by 47 elephants in Paris."]
    assert all(each.reason for each in answer.dropped)
    assert "elephants" not in answer.text


def test_spans_point_at_the_words_that_bear_a_sentence(desk):
    _, answer = ask(desk, None)
    for sentence in answer.sentences:
        ((n, start, end),) = sentence.spans
        cited = answer.citations[n - 1]
        assert cited.start <= start < end <= cited.end
        assert as_quoted(cited.quote[start - cited.start : end - cited.start]) == sentence.text


def test_a_sentence_begun_word_for_word_is_shown_before_it_is_said(desk):
    """The model repeats a source and is cut off: what it began stands there whole."""
    whole = ask(desk, None)[1].sentences[0].text
    words = whole.split()
    _, answer = ask(desk, Scripted(" ".join(words[: max(8, len(words) - 2)])))
    assert answer.sentences[0].text == whole
    assert answer.sentences[0].verbatim


def test_a_sentence_begun_in_other_order_is_shown_in_the_words_of_its_source(desk):
    said = "For all query heads multi-query attention keeps one key head and then"
    _, answer = ask(desk, Scripted(said))
    assert answer.sentences[0].text == WHOLE
    assert answer.sentences[0].verbatim
