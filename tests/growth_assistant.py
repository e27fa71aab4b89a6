"""The functions of `assistant` that take text, as `tests.growth` calls them.

What a person asks has at most 4,000 characters, what was said before 20,000 (`input_limits`):
rules that read only that are grown so far. What a source or a saved answer holds has no such bound.
A desk as a whole is asked long questions in `tests.assistant.test_long_questions`.
"""

from collections.abc import Callable
from typing import Any

from assistant import input_limits
from assistant.answering import question, selection, values
from assistant.answering.calculating import rules, sums
from assistant.answering.checking import citation, support
from assistant.answering.evidence import (
    injection,
    joined,
    name_coverage,
    order_signs,
    pieces,
    primer_zh,
)
from assistant.answering.writing import across, prompt
from assistant.collection import (
    asked,
    lines,
    naming,
    report,
    shelf_frames,
    source_frames,
    understanding,
)
from assistant.conversation import (
    client_tasks,
    follow_up,
    moves,
    names,
    rewriting,
    topic,
)
from assistant.evaluation import judging
from assistant.learning import card_questions, effort, primer, recommended
from index.search.library import Hit
from index.store.values import Recommendation, StoredPassage
from ingest.values import Document
from tests.growth import FEW, Case

_ASKED = "How does grouped-query attention differ from multi-query attention?"
_SAID = "Grouped-query attention gives every group of query heads a key head. It needs 8 GB."
_NOTE = next(iter(primer.notes().values()))


def _of_question(call: Callable[[str], Any], *heads: str) -> Case:
    return Case(call, heads=("", *heads), most=input_limits.QUESTION, common=FEW)


def _in_thread(call: Callable[[str], Any], *heads: str) -> Case:
    """What `rewriting` hands on: questions of at most 240 characters."""
    return Case(call, heads=("", *heads), most=1_000, common=FEW)


def _of_answer(call: Callable[[str], Any]) -> Case:
    return Case(call, most=input_limits.ANSWER, common=FEW)


def _few(call: Callable[[str], Any], *heads: str, units: tuple[str, ...] = ()) -> Case:
    return Case(call, heads=("", *heads), common=FEW, units=units)


def _document(text: str) -> Document:
    return Document("https://a.example/x", text[:80], text, None, None, "en", "other", "post", "")


def _hit(text: str) -> Hit:
    passage = StoredPassage(
        1,
        "a",
        0,
        len(text),
        ("a",),
        text,
        "https://a.example/",
        "a",
        "en",
        "post",
        "web",
        "2026-01-02T03:04:05Z",
        "a",
    )
    return Hit(1, 0.5, passage, (), 1, 1)


def _source(text: str) -> recommended.RecommendedLink:
    place = Recommendation("a", (text,), "")
    return recommended.RecommendedLink(text, "https://a.example/", "post", (place,))


_FACTS = ("1 GB ", "A1 ", "not ", "第一", "'a' ")
_DENIALS = ("not ", "不", "no ", "don't ")
_ZH = "什么是注意力？"
_EXCHANGE = rewriting.Exchange

_NUMBERS = ("1 ", "7B ", "1 × ", "(", "1,", "= ", "GB ")

CASES: dict[str, Any] = {
    # what a source, a model or a saved answer holds
    "assistant.answering.writing.across.faithful": [
        _few(lambda text: across.faithful(text, _SAID)),
        _few(lambda text: across.faithful(_SAID, text)),
    ],
    "assistant.answering.checking.citation.unsupported_details": [
        _few(lambda text: citation.unsupported_details(text, _SAID), units=_FACTS),
        _few(lambda text: citation.unsupported_details(_SAID, text), units=_FACTS),
    ],
    "assistant.answering.evidence.injection.orders": Case(  # what was seen before is remembered
        lambda text: injection.orders([f"{text[1:]}a", text]),
        units=("ignore all ", "note to ", "user: ", "忽略", "请你"),
        most=8_000,
        common=("[", "a ", "<", "的", "\n"),
    ),
    "assistant.answering.evidence.order_signs.order_signs": [
        _few(lambda text: order_signs.order_signs([text]), units=("must ", "please ", "请", "a.")),
        _few(order_signs.word_places, units=("a@", "a.b", "凡", "'")),
    ],
    "assistant.answering.evidence.pieces.pieces": Case(
        pieces.pieces, heads=("", "$$", "| a |\n|---|\n"), units=("$$a$$\n", "|a|\n", "- a: ")
    ),
    "assistant.answering.evidence.joined.joined": Case(
        lambda text: joined.joined(("LoRA", "微调"), text),
        units=("LoRA and ", "微调和", ", "),
        most=4_000,
    ),
    "assistant.answering.evidence.primer_zh.in_chinese": _few(
        lambda text: primer_zh.in_chinese(_NOTE.slug, text)
    ),
    "assistant.answering.writing.prompt.is_refusal": _few(prompt.is_refusal, "The sources "),
    "assistant.answering.calculating.rules.asked": Case(
        rules.asked, units=_NUMBERS, common=FEW, most=4_000
    ),
    "assistant.answering.calculating.sums.fault": Case(sums.fault, units=_NUMBERS, common=FEW),
    "assistant.answering.selection.sections.count_words": _few(selection.count_words),
    "assistant.answering.checking.support.denied_otherwise": [
        _few(lambda text: support.denied_otherwise(text, _SAID), units=_DENIALS),
        _few(lambda text: support.denied_otherwise(_SAID, text), units=_DENIALS),
    ],
    "assistant.answering.checking.support.missing": [
        _few(lambda text: support.missing(text, _SAID), units=_FACTS),
        _few(lambda text: support.missing(_SAID, text), units=_FACTS),
    ],
    "assistant.answering.values.running": _few(lambda text: values.running([text, text])),
    "assistant.collection.lines.flat": _few(lines.flat),
    "assistant.collection.lines.hardness": _few(lambda text: lines.hardness(text, "en")),
    "assistant.collection.lines.joined": _few(lambda text: lines.joined([text, text], "en")),
    "assistant.collection.lines.place_of": _few(lambda text: lines.place_of(text, [text, text])),
    "assistant.collection.lines.quoted": _few(lines.quoted),
    "assistant.collection.lines.trail": _few(lambda text: lines.trail([text, text])),
    "assistant.evaluation.judging.correct": [
        _few(lambda text: judging.correct(text, _SAID)),
        _few(lambda text: judging.correct(_SAID, text)),
    ],
    "assistant.evaluation.judging.judge": _few(
        lambda text: judging.judge(
            {
                "refused": False,
                "text": text,
                "sentences": [{"text": text, "citations": [1]}] * 2,
                "citations": [{"n": 1, "quote": text}],
            },
            _SAID,
        )
    ),
    "assistant.evaluation.judging.supports": _few(lambda text: judging.supports(text, text)),
    "assistant.learning.card_questions.definition": [
        _few(lambda text: card_questions.definition(text, text), "A is ", units=("is a ", "A ")),
        _few(lambda text: card_questions.definition(_SAID, text)),
    ],
    "assistant.learning.card_questions.definition_of": _few(
        lambda text: card_questions.definition_of(["GQA"], text), "GQA ", units=("GQA is ",)
    ),
    "assistant.learning.card_questions.is_plural": _few(card_questions.is_plural),
    "assistant.learning.card_questions.lowered": [
        _few(lambda text: card_questions.lowered(text, _SAID)),
        _few(lambda text: card_questions.lowered("Grouped queries", text)),
    ],
    "assistant.learning.card_questions.of_heading": [
        _few(
            lambda text: card_questions.of_heading(text, "GQA", _SAID, standing=True),
            "Why ",
            "How ",
            "A is ",
            units=("and ", "is "),
        ),
        _few(lambda text: card_questions.of_heading("Why GQA", "GQA", text, standing=False)),
    ],
    "assistant.learning.card_questions.of_topic": _few(card_questions.of_topic),
    "assistant.learning.card_questions.topic_in_text": [
        _of_question(lambda text: card_questions.topic_in_text(text, _SAID)),
        _few(lambda text: card_questions.topic_in_text("Grouped query", text)),
    ],
    "assistant.learning.effort.difficulty": _few(
        lambda text: effort.difficulty(text, "post", _document(text)), "$", "```\n"
    ),
    "assistant.learning.effort.minutes": _few(
        lambda text: effort.minutes("https://a.example", "post", _document(text)), "```\n"
    ),
    "assistant.learning.effort.text_minutes": Case(
        effort.text_minutes, heads=("", "```\n", "$"), units=("a'", "a-a")
    ),
    "assistant.learning.recommended.says": _few(
        lambda text: recommended.says(_source(text), "GQA"), units=("gqa", "Gqa ")
    ),
    "assistant.answering.evidence.name_coverage.unmentioned": _few(
        lambda text: name_coverage.unmentioned(_ASKED, [_hit(text)] * 3, text)
    ),
    "assistant.answering.evidence.name_coverage.unmentioned_words": _few(
        lambda text: name_coverage.unmentioned_words(_ASKED, [_hit(text)] * 3, text)
    ),
    # what a person asks
    "assistant.answering.question.asked_in_turn": _of_question(
        question.asked_in_turn, "What is ", ", and how ", "，多少"
    ),
    "assistant.answering.question.parts_about": _of_question(
        lambda text: question.parts_about(text, ["LoRA"]), "What is ", ", and how ", "，多少"
    ),
    "assistant.answering.question.understand": _of_question(
        question.understand, "What is ", "Compare ", "为什么", "How do I "
    ),
    "assistant.answering.question.wants_title": _of_question(question.wants_title, "Which paper "),
    "assistant.input_limits.asked": [
        _of_question(input_limits.asked),
        Case(
            input_limits.asked,
            units=("a line 7\n", "\n", "0x7f "),
            most=input_limits.PASTED,
            common=FEW,
        ),
    ],
    "assistant.input_limits.readable": _few(input_limits.readable),
    "assistant.collection.asked.alone": _of_question(asked.alone, "paper ", "papers on "),
    "assistant.collection.asked.date": _of_question(asked.date, "2020", "2020-"),
    "assistant.collection.asked.hours_in": _of_question(asked.hours_in, "1", "half "),
    "assistant.collection.asked.trimmed": _of_question(asked.trimmed, "the ", "请"),
    "assistant.collection.asked.without_hours": _of_question(
        asked.without_hours, "1 hour ", "an evening ", "周末"
    ),
    "assistant.collection.asked.without_dates": _of_question(asked.without_dates, "1 may "),
    "assistant.collection.naming.apart": _of_question(naming.apart),
    "assistant.collection.naming.person_in": _few(naming.person_in),
    "assistant.collection.naming.words_of": _few(naming.words_of),
    "assistant.collection.report.counted": _few(lambda text: report.counted(text, 2, "en")),
    "assistant.collection.report.named_kind": _few(lambda text: report.named_kind(text, "en")),
    "assistant.collection.shelf_frames.asks_who_or_where": _of_question(
        shelf_frames.asks_who_or_where, "Who ", "Where "
    ),
    "assistant.collection.shelf_frames.end_of": _of_question(shelf_frames.end_of, "longest "),
    "assistant.collection.source_frames.speaks_of_a_source": _of_question(
        source_frames.speaks_of_a_source, "What does the paper ", "这篇"
    ),
    "assistant.collection.understanding.compares_sources": _of_question(
        understanding.compares_sources, "how has ", "来源"
    ),
    "assistant.collection.understanding.speaks_of_this_page": _of_question(
        understanding.speaks_of_this_page, "this page ", "what is "
    ),
    "assistant.collection.understanding.asks_for_the_most": _of_question(
        understanding.asks_for_the_most, "and which is the most ", "哪个最"
    ),
    "assistant.collection.understanding.may_be": _of_question(
        understanding.may_be, "Which papers ", "How many ", "有哪些"
    ),
    "assistant.conversation.client_tasks.reply": Case(
        client_tasks.reply,
        heads=("", "### Task:\n", "### Task:\nGenerate a title. <chat_history>\n"),
        units=("title ", "<chat_history>", "json ", '{"a":'),
        most=input_limits.QUESTION,
        common=FEW,
    ),
    "assistant.conversation.follow_up.rewrite": [
        _in_thread(
            lambda text: follow_up.rewrite(text, [_ASKED, _ASKED], _SAID),
            "And ",
            "What about ",
            "Why does it ",
            "How ",
        ),
        _in_thread(lambda text: follow_up.rewrite("And MQA?", [text, text], _SAID)),
        _in_thread(lambda text: follow_up.rewrite("Why does it?", [text, text], _SAID)),
        _of_answer(lambda text: follow_up.rewrite("And MQA?", [_ASKED], text)),
        _of_answer(lambda text: follow_up.rewrite("Is the load balanced?", [_ASKED], text)),
        _in_thread(lambda text: follow_up.rewrite(text, [_ZH], "注意力。"), "那", "它"),
        _in_thread(lambda text: follow_up.rewrite("那它呢？", [text, text], "注意力。")),
        _of_answer(lambda text: follow_up.rewrite("那它呢？", [_ZH], text)),
    ],
    "assistant.conversation.moves.move": _of_question(moves.move, "Thanks ", "再", "Shorter "),
    "assistant.conversation.names.only_name": _in_thread(names.only_name),
    "assistant.conversation.names.other_named": [
        _in_thread(lambda text: names.other_named(text, _ASKED, _SAID), "the other "),
        _of_answer(lambda text: names.other_named("And the other one?", _ASKED, text)),
    ],
    "assistant.conversation.names.swapped": [
        _in_thread(lambda text: names.swapped(text, "MQA")),
        _in_thread(lambda text: names.swapped(_ASKED, text)),
    ],
    "assistant.conversation.names.swapped_zh": [
        _in_thread(lambda text: names.swapped_zh(text, "批归一化")),
        _in_thread(lambda text: names.swapped_zh("层归一化有什么用", text)),
    ],
    "assistant.conversation.names.swapped_after": [
        _in_thread(lambda text: names.swapped_after(text, "And MQA?")),
        _in_thread(lambda text: names.swapped_after(_ASKED, text), "And "),
    ],
    "assistant.conversation.rewriting.stand_alone": [
        _of_question(lambda text: rewriting.stand_alone(text, [_EXCHANGE(_ASKED, _SAID)]), "And "),
        _of_question(lambda text: rewriting.stand_alone("And MQA?", [_EXCHANGE(text, "")] * 3)),
        _of_answer(lambda text: rewriting.stand_alone("And MQA?", [_EXCHANGE(_ASKED, text)] * 3)),
    ],
    "assistant.conversation.topic.aspects_only": _of_question(
        lambda text: topic.aspects_only(text.split(" "))
    ),
    "assistant.conversation.topic.content": _of_question(topic.content, "What is "),
    "assistant.conversation.topic.is_stop": _of_question(topic.is_stop),
    "assistant.conversation.topic.names_something": [
        _of_question(topic.names_something, "What is "),
        _of_answer(lambda text: topic.names_something(_ASKED, text)),
    ],
    "assistant.conversation.topic.phrases_zh": _in_thread(topic.phrases_zh, "什么是"),
    "assistant.conversation.topic.topics": _in_thread(
        topic.topics, "What is ", "什么是", "Compare "
    ),
    "assistant.learning.primer.find": _of_question(primer.find),
    "assistant.learning.primer.named": _of_question(primer.named),
    "assistant.learning.primer.nearest": _of_question(primer.nearest),
    "assistant.learning.primer.plain_name": _few(primer.plain_name),
}


_ASKS_LIBRARY = "a question of at most 4,000 characters, asked of a library"
_MODEL = "a model's own text and tokenizer; a prompt has the size that pace and context allow"
_FIGURES = "takes figures and names of ours"
_OURS = "names of ours: sections, kinds, fields"
_REPORTED = "adds lines of ours to a report"

EXEMPT: dict[str, str] = {
    "assistant.contract.derived": "names of members",
    "assistant.home.": "opens and writes a home; texts are read elsewhere",
    "assistant.answering.values.figure_path": "one address, put into another",
    "assistant.kept.": "texts have their bounds at the door; the reader view is measured in ui",
    "assistant.learning.card_sources.": _ASKS_LIBRARY,
    "assistant.learning.deck.Deck.add": "keeps what was made of an answer",
    "assistant.learning.effort.duration": "takes minutes",
    "assistant.learning.subject_map.": "names of lists and notes",
    "assistant.references.": "writes titles and names, a source at a time",
    "assistant.refreshing.": "counts what changed",
    "assistant.vault.": "a note at a time, of a person's own folder",
    "assistant.answering.evidence.known_questions.": "vectors of our own questions",
    "assistant.answering.evidence.learned_sections.": "vectors of our own sections",
    "assistant.answering.evidence.leading.": "vectors of documents beside that of the question",
    "assistant.answering.calculating.rules.unit_of": "a name of our own rules",
    "assistant.answering.calculating.sums.held_against": "takes numbers and a unit",
    "assistant.answering.calculating.sums.names_in": "an expression of our own rules",
    "assistant.answering.calculating.sums.results": "takes numbers and a unit",
    "assistant.answering.calculating.sums.value": "an expression of our own rules",
    "assistant.answering.calculating.sums.written": "an expression of our own rules",
    "assistant.answering.writing.across.to_chinese": _MODEL,
    "assistant.answering.writing.across.to_english": _MODEL,
    "assistant.answering.evidence.addressed.": "vectors of sentences, and how long those are",
    "assistant.answering.evidence.informing.": "vectors of sentences, and what is seen of each",
    "assistant.answering.answer.": _ASKS_LIBRARY,
    "assistant.answering.checking.citation.attribute": "asks the index for a sentence of a model",
    "assistant.answering.clock.": _FIGURES,
    "assistant.answering.presenting.together.": "puts sentences that were measured into an answer",
    "assistant.collection.lines.at_the_end": "sorts works; their texts are measured apart",
    "assistant.collection.lines.within": "compares dates",
    "assistant.collection.licences.": _ASKS_LIBRARY,
    "assistant.collection.conditions.": _ASKS_LIBRARY,
    "assistant.answering.presenting.compose.": "puts sentences that were measured into an answer",
    "assistant.answering.deciding.decide.": _ASKS_LIBRARY,
    "assistant.answering.evidence.evidence.": "lines that were read",
    "assistant.answering.evidence.gathering.": _ASKS_LIBRARY,
    "assistant.answering.evidence.joined.with_joined_sides": _ASKS_LIBRARY,
    "assistant.answering.evidence.asides.": _ASKS_LIBRARY,
    "assistant.answering.evidence.name_coverage.naming_most": _ASKS_LIBRARY,
    "assistant.answering.evidence.scoring.": _ASKS_LIBRARY,
    "assistant.answering.fitted.": _OURS,
    "assistant.answering.deciding.look_in.": _ASKS_LIBRARY,
    "assistant.answering.inquiry.": _ASKS_LIBRARY,
    "assistant.answering.evidence.relevance.": "arrays, one number a sentence",
    "assistant.answering.checking.alignment.": "a sentence of a model beside those of its evidence",
    "assistant.answering.checking.bindings.": "as above",
    "assistant.answering.checking.copies.": "as above",
    "assistant.answering.checking.copying.": "as above",
    "assistant.answering.checking.voices.": "as above",
    "assistant.answering.checking.differences.": "as above; `support.missing` is measured",
    "assistant.answering.checking.matching.": "as above",
    "assistant.answering.deciding.named.": _ASKS_LIBRARY,
    "assistant.answering.evidence.name_coverage.other_names": _ASKS_LIBRARY,
    "assistant.answering.deciding.counted.": "a question beside the sentences of its evidence",
    "assistant.answering.checking.support.Support.": "a sentence of a model and its evidence",
    "assistant.answering.saved.verify.": "passages of a saved answer, each looked up and compared",
    "assistant.collection.about.": _ASKS_LIBRARY,
    "assistant.collection.asked.Asked.": _ASKS_LIBRARY,
    "assistant.collection.asked.known": _ASKS_LIBRARY,
    "assistant.collection.asked.lists_in": _ASKS_LIBRARY,
    "assistant.collection.asked.meant": _ASKS_LIBRARY,
    "assistant.collection.asked.named_subject": _ASKS_LIBRARY,
    "assistant.collection.asked.titled": _ASKS_LIBRARY,
    "assistant.collection.catalog.": _OURS,
    "assistant.collection.compared.": _ASKS_LIBRARY,
    "assistant.collection.learned.features": _ASKS_LIBRARY,
    "assistant.collection.learned.covered": "joins a request around what it names",
    "assistant.collection.learned.wanted": _ASKS_LIBRARY,
    "assistant.collection.mentions.": _ASKS_LIBRARY,
    "assistant.collection.reading.": _ASKS_LIBRARY,
    "assistant.collection.subject_names.": _OURS,
    "assistant.collection.shelf_frames.about_lists": _ASKS_LIBRARY,
    "assistant.collection.source_frames.summary_of": _ASKS_LIBRARY,
    "assistant.collection.naming.nearest": "one word",
    "assistant.collection.naming.initials": "two words",
    "assistant.collection.lines.by_kind": _OURS,
    "assistant.collection.lines.how_found": _OURS,
    "assistant.collection.lines.in_words": _OURS,
    "assistant.collection.lines.line": _OURS,
    "assistant.collection.naming.Names.": "the words of one mention",
    "assistant.collection.naming.lists_named": _ASKS_LIBRARY,
    "assistant.collection.naming.recognise": _ASKS_LIBRARY,
    "assistant.collection.opening.": "the first passages of one document",
    "assistant.collection.report.Report.": _REPORTED,
    "assistant.collection.report.duration": _FIGURES,
    "assistant.collection.respond.": _ASKS_LIBRARY,
    "assistant.collection.summary.": "the sections of one document",
    "assistant.collection.understanding.understand": _ASKS_LIBRARY,
    "assistant.collection.vocabulary.": _OURS,
    "assistant.wording.": _OURS,
    "assistant.collection.works.": _REPORTED,
    "assistant.conversation.tables.": "the sentences of one answer",
    "assistant.conversation.replies.": "says again what was answered",
    "assistant.desk.": "the door; its bound is met before anything is read",
    "assistant.engines.": _MODEL,
    "assistant.evaluation.beir.": _FIGURES,
    "assistant.evaluation.compare.": _FIGURES,
    "assistant.evaluation.run.": _FIGURES,
    "assistant.evaluation.scores.": _FIGURES,
    "assistant.learning.anki.": "writes cards of ours",
    "assistant.learning.cards.": "notes of ours, and questions asked of a library",
    "assistant.learning.holdings.": _ASKS_LIBRARY,
    "assistant.learning.path.": _ASKS_LIBRARY,
    "assistant.reception.": _ASKS_LIBRARY,
}
