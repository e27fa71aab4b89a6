"""What is refused before the model is asked, and what is sure."""

from dataclasses import replace

import pytest

from assistant.answering.deciding import Reason, Signals, Thresholds, decide, signals
from assistant.answering.deciding.decide import unanswered, weights
from assistant.answering.evidence import gather
from assistant.answering.evidence.name_coverage import unmentioned
from assistant.answering.question import understand
from index.search import library
from index.store.values import Filters
from ingest.text.things import mentions, versions

LIMITS = Thresholds(hopeless=0.5, asked_of_a_model=0.5, floor=1.0, sure=1.2, enough=1.4)


@pytest.mark.parametrize(
    ("found", "refused", "sure"),
    [
        (Signals(0.9, 0.8, ()), False, True),
        (Signals(0.5, 0.6, ()), False, False),
        (Signals(0.4, 0.5, ()), True, False),
        (Signals(1.0, 0.9, ("Gemma 4",)), True, False),
    ],
)
def test_the_sum_decides_and_an_unknown_name_decides_alone(found, refused, sure):
    decision = decide(found, LIMITS)
    assert decision.answer is not refused
    assert decision.sure is sure


@pytest.mark.parametrize(
    ("found", "refusing", "convinced"),
    [
        (Signals(0.3, 0.4, ()), -6.0, True),  # other words than the sources', but no doubt
        (Signals(0.7, 0.6, ()), -0.1, False),  # the sources' words, but they do not answer
        (Signals(0.9, 0.8, ()), -0.1, True),
    ],
)
def test_the_model_that_read_the_evidence_has_a_say(found, refusing, convinced):
    assert decide(found, LIMITS, refusing).answer is convinced


def test_hardly_a_word_of_the_question_is_hopeless_whatever_a_model_thinks():
    assert decide(Signals(0.1, 0.3, ()), LIMITS).hopeless
    assert not decide(Signals(0.3, 0.4, ()), LIMITS).hopeless


def test_a_badly_supported_question_in_words_nobody_here_uses_is_hopeless():
    assert decide(Signals(0.3, 0.5, (), strange=0.5), LIMITS).hopeless
    assert not decide(Signals(0.3, 0.5, (), strange=0.3), LIMITS).hopeless
    assert not decide(Signals(0.6, 0.5, (), strange=0.5), LIMITS).hopeless  # a slip of the finger


def test_a_question_about_a_word_that_nothing_found_mentions_is_hopeless():
    assert decide(Signals(0.6, 0.5, (), unheard=0.6), LIMITS).hopeless
    assert not decide(Signals(0.6, 0.5, (), unheard=0.4), LIMITS).hopeless
    assert not decide(Signals(1.0, 1.0, (), unheard=0.6), LIMITS).hopeless  # asked in other words


def test_the_share_of_the_most_telling_word_nothing_mentions_is_measured(desk):
    def unheard(text):
        return signals(desk.library, gather(desk.library, understand(text), Filters())).unheard

    assert unheard("What is multi-query attention?") < 0.2
    assert unheard("What is multi-query typography?") > 0.3


def test_a_name_that_nothing_found_has_as_a_whole_is_hopeless_unless_well_supported():
    limits = replace(LIMITS, unnamed=1.3)
    decision = decide(Signals(0.6, 0.5, (), named=0.6), limits)
    assert decision.hopeless
    assert decision.reason is Reason.UNNAMED
    assert decide(Signals(0.6, 0.5, (), named=0.9), limits).answer
    assert decide(Signals(0.9, 0.5, (), named=0.6), limits).answer  # asked in other words


def test_a_comparison_needs_more_support_than_other_questions():
    limits = replace(LIMITS, compared=1.15)
    assert decide(Signals(0.6, 0.5, ()), limits).answer
    assert decide(Signals(0.6, 0.5, (), compares=True), limits).hopeless
    assert decide(Signals(0.7, 0.5, (), compares=True), limits).answer


@pytest.mark.parametrize(
    ("question", "whole"),
    [
        ("What is multi-query attention?", True),
        ("What is Shazeer's Attention?", True),  # not in the words of one place alone
        ("What is bread attention?", False),
        ("What is grouped-query attention's cache?", None),
        ("Multi-query attention vs typography", False),
        ("Why is grouped-query attention as cheap as rye is dear to bakers?", None),  # no name
        ("什么是黑麦面包缓存？", False),
    ],
)
def test_how_far_the_name_of_what_is_asked_about_stands_in_one_place_is_measured(
    desk, question, whole
):
    found = signals(desk.library, gather(desk.library, understand(question), Filters()))
    assert (None if found.named is None else found.named >= 0.75) is whole


def test_where_only_a_page_is_near_it_must_be_nearer_unless_a_name_is_all_that_is_asked():
    limits = replace(LIMITS, unasked=1.15)
    assert decide(Signals(0.6, 0.5, ()), limits).answer
    assert decide(Signals(0.6, 0.5, (), unasked=True), limits).hopeless
    assert decide(Signals(0.7, 0.5, (), unasked=True), limits).answer
    assert decide(Signals(0.6, 0.5, (), named=0.9, unasked=True), limits).answer


def test_what_is_nearest_is_a_question_of_a_section_or_a_sentence_of_a_page(desk):
    found = gather(desk.library, understand("How large is the cache of GQA?"), Filters())
    assert len(found.unasked) == len(found.asked_before) == len(found.queries)
    assert all(found.unasked)  # no primer here


@pytest.mark.parametrize(
    ("question", "counted"),
    [
        ("How many groups does grouped-query attention have?", ""),
        ("How many times smaller is the cache with 8 groups?", ""),
        ("How long is rye bread baked?", ""),
        ("What does grouped-query attention share?", ""),
        ("How many layers does grouped-query attention have?", "layers"),
        ("On how many GPUs was multi-query attention trained?", "GPUs"),
        ("How long did Shazeer train multi-query attention?", "time"),
    ],
)
def test_a_number_of_what_nothing_found_counts_is_no_answer(desk, question, counted):
    found = signals(desk.library, gather(desk.library, understand(question), Filters()))
    assert found.uncounted == counted
    decision = decide(Signals(0.8, 0.8, (), uncounted=counted), LIMITS)
    assert decision.answer is not bool(counted)
    assert (decision.reason is Reason.UNCOUNTED) is bool(counted)


def test_in_a_small_library_everyday_words_are_missing_by_chance(desk):
    assert not desk.library.absent(["sitar"])


def test_the_share_of_words_nobody_here_uses_is_measured(desk, monkeypatch):
    monkeypatch.setattr(library, "_TELLING", 1)
    found = signals(
        desk.library, gather(desk.library, understand("How do I tune a sitar?"), Filters())
    )
    assert found.strange > 0.4
    found = signals(
        desk.library, gather(desk.library, understand("What does rye bread need?"), Filters())
    )
    assert found.strange < 0.4


def test_a_signal_without_weight_does_not_count():
    words_alone = replace(
        LIMITS, hopeless=0.1, asked_of_a_model=0.1, floor=0.2, sure=0.45, cosine=0
    )
    assert not decide(Signals(0.1, 0.9, ()), words_alone).answer
    assert decide(Signals(0.3, 0.0, ()), words_alone).answer


@pytest.mark.parametrize(
    ("question", "found"),
    [
        ("Which layer of Gemma 4 is global?", [("Gemma", "4")]),
        ("What does FlashAttention-2 change?", [("FlashAttention", "2")]),
        ("How much did GPT-3.5 Turbo cost?", [("GPT", "3.5")]),
        ("Qwen3.5的价格是多少？", [("Qwen", "3.5")]),
        ("What is in Figure 3?", []),
        ("How fast is Llama 70B in May 2023?", []),
    ],
)
def test_versions_in_a_question(question, found):
    assert versions(question) == found


@pytest.mark.parametrize(
    ("question", "unknown"),
    [
        ("What did Shazeer propose in 2019?", ()),
        ("What does Multi-Query 7 share?", ("Query 7",)),
    ],
)
def test_another_version_is_another_name(desk, question, unknown):
    evidence = gather(desk.library, understand(question), Filters())
    assert tuple(name for name in signals(desk.library, evidence).unknown if " " in name) == unknown


@pytest.mark.parametrize(
    ("text", "name", "said"),
    [
        ("gpt-4.5 came later", "4.5", True),
        ("version 4 took 5 days", "4.5", False),
        ("14.5 or 4.51", "4.5", False),
        ("trained on wmt 2014", "WMT14", True),
        ("lent by lending club", "Lendingclub", True),
        ("lent by a club", "Lendingclub", False),
    ],
)
def test_a_number_is_read_whole_and_a_name_in_its_words(text, name, said):
    assert mentions(text, name) is said


def test_words_scattered_over_pages_do_not_cover_a_question(desk):
    together = gather(
        desk.library, understand("how does multi-query attention share keys?"), Filters()
    )
    scattered = gather(
        desk.library, understand("which keys did the reward model of the cache prune?"), Filters()
    )
    assert signals(desk.library, together).coverage > signals(desk.library, scattered).coverage


def test_words_that_only_ask_weigh_little(desk):
    """A question's wording must not make it look unanswered."""
    weighed = weights(desk.library, "Give me the intuition behind multi-query attention")
    asks = sum(weighed.get(term, 0.0) for term in desk.library.terms("give intuition behind"))
    assert asks < 0.35 * sum(weighed.values())


@pytest.mark.parametrize(
    "question",
    [
        "Give me the intuition behind grouped-query attention",
        "What are the benefits and drawbacks of multi-query attention?",
        "In simple terms, explain multi-query attention step by step",
    ],
)
def test_ways_of_asking_are_no_reason_to_refuse(desk, question):
    answer = desk.ask(question)
    assert not answer.refused


def test_each_part_of_a_question_is_accounted_for(desk):
    question = "What does multi-query attention share, and who wrote PaliGemma?"
    evidence = gather(desk.library, understand(question), Filters())
    assert unanswered(desk.library, evidence) == ("who wrote PaliGemma",)
    answer = desk.ask(question)
    assert not answer.refused
    assert "who wrote PaliGemma" in answer.text


def test_a_refusal_has_its_reason():
    assert decide(Signals(0.9, 0.9, ("X9",)), LIMITS).reason is Reason.UNKNOWN_NAME
    assert decide(Signals(0.9, 0.9, ()), LIMITS, -0.01).reason is Reason.SUPPORTED
    assert decide(Signals(0.6, 0.5, ()), LIMITS, -0.01).reason is Reason.MODEL_DOUBTS


def test_another_name_of_what_a_document_is_about_counts_as_mentioned(desk):
    hits = gather(desk.library, understand("What does an MLP keep?"), Filters()).hits
    assert unmentioned("What does an MLP keep?", hits, "") == ("MLP",)
    assert unmentioned("What does an MLP keep?", hits, "feed-forward layer, MLP") == ()
