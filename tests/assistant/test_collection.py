"""The desk knows its shelves: what is there, who recommends it, what one source says, and several.

A small home of its own: five documents and a list, whose pages are not here.
"""

import json
from contextlib import closing
from pathlib import Path

import pytest

from assistant.collection.asked import Asked
from assistant.collection.catalog import Catalog, catalog
from assistant.collection.mentions import mentions
from assistant.collection.naming import Names, recognise
from assistant.collection.request import INVENTORY, PATH, RECOMMENDED, WORK
from assistant.collection.subject_names import english_names
from assistant.collection.understanding import understand
from assistant.collection.vocabulary import in_english
from assistant.contract import to_json
from assistant.conversation.rewriting import Exchange
from assistant.desk import Desk
from assistant.reception import needs_no_model
from ingest.text.sentences import language

DOCS = Path(__file__).parent / "desk_docs"
EVALUATION = Path(__file__).parent.parent.parent / "data" / "eval"
LIST = """# River reading

## Caching

- [A field guide to the Heron cache](https://birds.example/heron) \
![Easy](https://img.shields.io/badge/difficulty-Easy-green)
- [Mira Okafor: Caches explained](https://www.youtube.com/watch?v=aaaaaaaaaaa) \
![Hard](https://img.shields.io/badge/difficulty-Hard-red)
- Prefix trees

## Scheduling

- [Wader schedulers, a repository](https://github.com/waders/wader-scheduler)
"""


@pytest.fixture(scope="module")
def shelves(tmp_path_factory, models_dir):
    folder = tmp_path_factory.mktemp("shelves")
    home = folder / "home"
    home.mkdir()
    (home / "models").symlink_to(models_dir)
    (folder / "river-reading.md").write_text(LIST, encoding="utf-8")
    desk = Desk(home, llm="extractive")
    desk.ingest([DOCS], seed=False)
    desk.add_list(folder / "river-reading.md")
    yield desk
    desk.close()


def cited(answer):
    return {each.url.rpartition("/")[2] for each in answer.citations}


# --- understanding


def test_the_evaluation_has_enough_requests_of_both_languages():
    rows = [json.loads(line) for line in (EVALUATION / "desk.jsonl").read_text("utf-8").split("\n")
            if line]  # fmt: skip
    assert len(rows) >= 150
    assert len({row["id"] for row in rows}) == len(rows)
    assert sum(row["lang"] == "zh" for row in rows) >= 40


@pytest.mark.parametrize("name", ["primer", "archive", "unanswerable"])
def test_questions_of_fact_are_taken_for_nothing_else(shelves, name):
    lines = (EVALUATION / f"{name}.jsonl").read_text("utf-8").splitlines()
    questions = [json.loads(line)["question"] for line in lines]
    taken = [question for question in questions if understand(shelves.library, question)]
    assert taken == []


@pytest.mark.parametrize(
    "question",
    [
        "Which library does Python offer for caching?",
        "How many documents does a retriever return?",
        "what is in-context learning?",
        "Who won the 2022 world cup?",
        "Why do people recommend caching prefixes?",
        "Summarise how eviction works",
        "Where should a cache stand?",
        "KV 缓存有哪些缺点？",
    ],
)
def test_words_of_a_library_alone_do_not_speak_of_this_one(shelves, question):
    assert understand(shelves.library, question) is None


@pytest.mark.parametrize(
    ("mention", "found"),
    [
        ("the Herron field guide", "A field guide to the Heron cache"),
        ("Takeda", "Osprey scheduler notes"),
        ("https://github.com/waders/wader-scheduler", "Wader schedulers, a repository"),
        ("燕鸥分词器", "燕鸥分词器说明"),
        ("wader-scheduler", "Wader schedulers, a repository"),
    ],
)
def test_a_work_is_known_by_title_author_address_misspelt_too(shelves, mention, found):
    matches = recognise(shelves.library.store, mention)
    assert found in {matches[0].work.title, matches[0].work.own_title}


def test_what_no_name_is_like_is_no_work(shelves):
    assert recognise(shelves.library.store, "Attention Is All You Need") == []


def test_a_request_about_the_collection_does_not_begin_to_load_the_model():
    lines = (EVALUATION / "desk.jsonl").read_text("utf-8").splitlines()
    rows = [row for row in map(json.loads, lines) if "fact" not in row["kinds"]]
    history = [Exchange("What does GPTQ do?", "It quantises.")]
    loading = [row["question"] for row in rows if not needs_no_model(row["question"], history)]
    # what is typed carelessly may have no word of a library: only the library tells what it is
    assert len(loading) <= len(rows) // 10, loading


@pytest.mark.parametrize(
    ("text", "what", "said"),
    [
        ("sum up the heron feild guide pls", "work", "heron feild guide"),
        ("anything by mira okafor?", "person", "mira okafor"),
        ("river-reading: who keeps it", "list", "river-reading"),
        ("got sth on KV caching or so", "subject", "KV caching"),
        ("有没有讲推理部署的东西", "subject", "推理部署"),
        ("is Attention Is All You Need on a list", "work", "Attention Is All You Need"),
        ("heron那篇cache的文章讲什么", "work", "heron那篇cache的文章"),
    ],
)
def test_what_a_request_names_is_found_where_it_stands(shelves, text, what, said):
    library = shelves.library
    asked = Asked(library, catalog(library.store), text, language(text))
    found = {mention.what: mention.said for mention in mentions(asked)}
    assert found.get(what) == said


def test_a_list_is_named_by_who_keeps_it(tmp_path, models_dir):
    home = tmp_path / "home"
    home.mkdir()
    (home / "models").symlink_to(models_dir)
    with closing(Desk(home, llm="extractive")) as desk:
        desk.ingest([DOCS], seed=True)
        library = desk.library
        for text in ("the exorust list, whats it about", "exorust那份清单里有啥"):
            asked = Asked(library, catalog(library.store), text, language(text))
            assert "list" in {mention.what for mention in mentions(asked)}


def test_a_part_that_stands_alone_only_as_the_whole_is_not_divided_again(shelves):
    answer = shelves.ask("where did the heron field guide come from, which list")
    assert answer.request == "recommended"


def test_chinese_names_of_subjects_are_known_in_english():
    assert english_names("优化器和学习率怎么选") == ["optimizer", "learning rate"]
    assert english_names("今天天气如何") == []


@pytest.mark.parametrize(
    ("text", "kind", "asks"),
    [
        ("who's behind the heron field guide", WORK, "author"),
        ("is the heron field guide newbie friendly or rather not", WORK, "hard"),
        ("im done with the heron field guide, whats a good next thing", PATH, "after"),
        ("what has the most diagrams in it", INVENTORY, "figures"),
        ("what else do i find under the same heading as the heron field guide", RECOMMENDED,
         "beside"),
    ],
)  # fmt: skip
def test_a_careless_request_is_known_by_what_it_is_like(shelves, text, kind, asks):
    request = understand(shelves.library, text)
    assert request is not None
    assert (request.kind, request.asks) == (kind, asks)


def test_a_chinese_subject_is_read_by_its_parts():
    assert in_english("推理部署") == "inference deployment"
    assert in_english("显存的优化方法") == "GPU memory optimization"
    assert in_english("蛋白质折叠") == ""


# --- the shelves


def test_how_much_there_is(shelves):
    answer = shelves.ask("How many documents do you have?")
    assert (answer.request, answer.view, answer.model) == ("inventory", "catalog", None)
    assert "6 documents" in answer.text
    assert "refdesk status" in answer.how


def test_which_list_and_section_recommend_a_work(shelves):
    answer = shelves.ask("Who recommends the Heron field gide?")
    assert answer.request == "recommended"
    assert "river-reading, under Caching (easy)" in answer.text
    assert answer.citations[0].recommended_by[0].list == "river-reading"


def test_that_no_list_recommends_a_work_is_said(shelves):
    answer = shelves.ask("Does any list recommend Attention Is All You Need?")
    assert answer.text.startswith("No list recommends")


def test_what_stands_beside_a_work(shelves):
    answer = shelves.ask("What else stands next to the Heron field guide?")
    assert "Mira Okafor: Caches explained (video, hard" in answer.text


def test_what_there_is_on_a_subject_names_its_kinds_and_gaps(shelves):
    answer = shelves.ask("What do you have about caching?")
    assert answer.request == "holdings"
    assert "A field guide to the Heron cache" in answer.text
    assert "Caches explained (video, hard, about 45 min, page not in the library)" in answer.text
    assert "river-reading, Caching > Prefix trees" in answer.text


def test_nothing_on_a_subject_is_said_and_not_filled(shelves):
    answer = shelves.ask("Do you have something about protein folding?")
    assert "Nothing in the library or on its lists" in answer.text
    assert not answer.citations


def test_kinds_narrow_what_is_listed(shelves):
    answer = shelves.ask("List all the videos.")
    assert [each.title for each in answer.citations] == ["Mira Okafor: Caches explained"]


def test_what_is_missing_and_which_topics_have_no_link(shelves):
    assert "not fetched" in shelves.ask("What is missing from the library and why?").text.casefold()
    answer = shelves.ask("Which topics of the lists have no link yet?")
    assert "Caching > Prefix trees" in answer.text


def test_what_is_new_since_a_date(shelves):
    answer = shelves.ask("What is new since 2025?")
    assert answer.request == "new"
    assert "kestrel-2025.md" in cited(answer)
    assert not {"kestrel-2022.md", "heron-guide.md"} & cited(answer)


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("Who is the author of the Osprey scheduler notes?", "Jun Takeda"),
        ("How hard is the video Caches explained?", "hard"),
        ("燕鸥分词器说明是谁写的？", "林雨"),
    ],
)
def test_one_work_is_described(shelves, question, said):
    answer = shelves.ask(question)
    assert answer.request == "work"
    assert said in answer.text


def test_a_chinese_request_gets_a_chinese_answer(shelves):
    assert shelves.ask("你一共有多少篇文档？").text.startswith("资料库里有 6 篇文档")


def test_no_request_about_the_shelves_asks_for_the_model(shelves):
    def never():
        raise AssertionError("the model was asked for")

    shelves._opened.llm, kept = "auto", shelves._opened.llm
    try:
        for question in ("What is in your library?", "Thanks!", "Summarise the Heron guide"):
            events = list(shelves.stream(question, before_model=never))
            assert events[-1].answer.sentences
    finally:
        shelves._opened.llm = kept


# --- what sources say


def test_a_summary_is_the_sources_own_sentences_section_by_section(shelves):
    answer = shelves.ask("Summarise the Heron guide")
    document = shelves.read_source(answer.citations[0].url)
    groups = list(dict.fromkeys(each.group for each in answer.sentences))
    assert groups[-4:] == ["What it stores", "How it evicts", "What it costs", "Where it fails"]
    assert all(each.verbatim and each.text in document.text for each in answer.sentences)
    starts = [each.spans[0][1] for each in answer.sentences]
    assert starts == sorted(starts)
    assert cited(answer) == {"heron-guide.md"}
    assert all(each["ok"] for each in shelves.verify(to_json(answer)))


def test_a_source_that_is_not_here_is_not_summed_up(shelves):
    answer = shelves.ask("Summarise Caches explained by Mira Okafor")
    assert answer.refused
    assert "not in the library" in answer.refusal
    assert "refdesk ingest https://www.youtube.com/" in answer.refusal


@pytest.mark.parametrize(
    "question", ["According to the primer, what is the Heron cache?", "根据入门手册，什么是缓存？"]
)
def test_a_primer_that_is_not_here_is_not_spoken_for_by_other_files(shelves, question):
    answer = shelves.ask(question)
    assert answer.refused
    assert "--no-primer" in answer.refusal
    assert not answer.sentences
    assert "alone" not in answer.how


def test_one_source_is_asked_alone(shelves):
    answer = shelves.ask("In Kestrel gateway limits (2022), how many tokens per request are taken?")
    assert answer.request == "one_source"
    assert cited(answer) == {"kestrel-2022.md"}
    assert "2048" in answer.text
    assert "16384" not in answer.text


def test_what_a_source_does_not_say_is_not_taken_from_another(shelves):
    question = "According to the Osprey scheduler notes, how many tokens does Kestrel accept?"
    answer = shelves.ask(question)
    assert answer.refused
    assert "does not say this" in answer.refusal


def test_contradicting_sources_stand_side_by_side_the_newer_first(shelves):
    answer = shelves.ask("How many tokens does the Kestrel gateway accept per request?")
    assert answer.request == "fact"
    assert answer.text.index("16384") < answer.text.index("2048")
    assert [each.group[:4] for each in answer.sentences[:2]] != ["", ""]
    assert "the newer first" in answer.how


def test_sources_that_say_the_same_are_said_to(shelves):
    answer = shelves.ask("Do the sources agree on how many requests a second Kestrel answers?")
    assert answer.how is not None
    assert answer.how.startswith("The sources say the same.")
    assert cited(answer) >= {"kestrel-2022.md", "kestrel-2025.md"}


def test_what_changed_between_two_years(shelves):
    answer = shelves.ask("What changed between 2022 and 2025 for the Kestrel gateway?")
    assert {"16384", "2048"} <= set(answer.text.replace(".", " ").split())
    assert "30 days" not in answer.text.split("16384")[0]


# --- checking again


VALVES = """# Valves compared

The Marlin valve opens at 3 bar and weighs 40 grams. The Tarpon valve opens at 8 bar and weighs \
90 grams. The Wahoo valve opens at 2 bar and was drawn by Ines Okoro.
"""


def test_a_bare_comparison_is_answered_where_both_sides_stand_together(tmp_path, models_dir):
    (tmp_path / "valves.md").write_text(VALVES, encoding="utf-8")
    home = tmp_path / "home"
    home.mkdir()
    (home / "models").symlink_to(models_dir)
    with closing(Desk(home, llm="extractive")) as desk:
        desk.ingest([tmp_path / "valves.md"], seed=False)
        for question in (
            "Marlin vs Tarpon?",
            "Marlin and Tarpon: difference?",
            "Tarpon or Marlin?",
        ):
            answer = desk.ask(question)
            assert not answer.refused, question
            assert "40 grams" in answer.text
            assert "90 grams" in answer.text
        assert desk.ask("Marlin vs Kittiwake?").refused
        assert desk.ask("Marlin vs football?").refused
        before = [Exchange("Marlin vs Tarpon?", "The Marlin valve opens at 3 bar.")]
        answer = desk.ask("Which one is lighter?", before)
        assert answer.asked == "Which of Marlin and Tarpon is lighter?"
        assert not answer.refused


@pytest.mark.parametrize(
    ("request_", "kind"),
    [
        ("whats in here", "inventory"),
        ("which years do your documents cover", "inventory"),
        ("was anything written in 2022?", "inventory"),
        ("who maintains the lists?", "lists"),
        ("outline of river-reading please", "lists"),
        ("anything you couldnt get hold of?", "missing"),
        ("do u have something on caching", "holdings"),
        ("what is there on scheduling?", "holdings"),
        ("I know nothing about caching, help me start", "path"),
        ("according to mira okafor how does the heron cache evict", "one_source"),
        ("燕鸥分词器说明 这篇文章说了什么", "summary"),
        ("这些清单有什么区别？", "lists"),
    ],
)
def test_a_request_is_understood_as_people_type_it(shelves, request_, kind):
    understood = understand(shelves.library, request_)
    assert understood is not None
    assert understood.kind == kind


def test_what_else_a_request_asks_is_answered_too(shelves):
    asked = "Which lists recommend Caches explained, and how does the Heron cache evict?"
    answer = shelves.ask(asked)
    assert answer.request == "several"
    groups = [group for group, _ in answer.groups()]
    assert groups[0] == "Which lists recommend Caches explained?"
    assert any(group.startswith("How does the Heron cache evict?") for group in groups)
    assert [citation.n for citation in answer.citations] == list(
        range(1, 1 + len(answer.citations))
    )


def test_a_part_that_nothing_answers_is_named(shelves):
    asked = "Who won the 1998 World Cup, and which lists recommend Caches explained?"
    answer = shelves.ask(asked)
    assert answer.unanswered == ("Who won the 1998 World Cup?",)
    assert not answer.refused


def test_the_address_dates_what_is_listed_and_not_here(tmp_path, models_dir):
    listed = "# Papers\n\n- [A paper on valves](https://arxiv.org/abs/2305.18290)\n"
    (tmp_path / "papers.md").write_text(listed, encoding="utf-8")
    home = tmp_path / "home"
    home.mkdir()
    (home / "models").symlink_to(models_dir)
    with closing(Desk(home, llm="extractive")) as desk:
        desk.ingest([DOCS / "kestrel-2022.md"], seed=False)
        desk.add_list(tmp_path / "papers.md")
        assert (
            "2023-05 (told by its address)"
            in desk.ask("When was A paper on valves published?").text
        )
        newest = desk.ask("What is the newest thing you have?").sentences
        assert newest[0].text.startswith("2023-05: A paper on valves")
        assert "2022-03-10" in newest[1].text


def test_what_is_said_of_the_catalog_is_checked_by_asking_it_again(shelves):
    saved = to_json(shelves.ask("Who recommends the Heron field guide?"))
    assert all(each["ok"] for each in shelves.verify(saved))
    saved["sentences"][1]["text"] = saved["sentences"][1]["text"].replace("Caching", "Scheduling")
    assert [each["ok"] for each in shelves.verify(saved)][1] is False


@pytest.mark.parametrize(
    ("request_", "kind", "subject"),
    [
        ("Hi, I'm new here. What can I find in this library?", "inventory", ""),
        ("这个图书馆里都有些什么？", "inventory", ""),
        ("What's the longest thing to read on your lists?", "inventory", ""),
        ("Anything new since last week?", "new", ""),
        ("Is there a video on caching?", "holdings", "caching"),
        ("How long would it take me to read everything on caching?", "holdings", "caching"),
        ("What should I read to learn caching if I only have an evening?", "path", "caching"),
        ("学习 caching 应该按什么顺序读？", "path", "caching"),
        ("What does Mira Okafor have here", "work", "Mira Okafor"),
        ("Who put together the river reading list?", "lists", ""),
    ],
)
def test_what_is_asked_in_everyday_words(shelves, request_, kind, subject):
    understood = understand(shelves.library, request_)
    assert understood is not None
    assert (understood.kind, understood.subject) == (kind, subject)


@pytest.mark.parametrize(
    "question",
    [
        "What changed between the Heron cache and the Kestrel gateway?",
        "Show me how a cache works.",
        "训练数据的来源有哪些？",
        "How long does it take to fill the Heron cache?",
    ],
)
def test_what_only_sounds_like_a_request(shelves, question):
    assert understand(shelves.library, question) is None


def test_a_span_of_time_by_its_name_is_hours(shelves):
    asked = understand(shelves.library, "我今晚有空，想弄懂 caching，读哪些？")
    assert (asked.kind, asked.subject, asked.hours) == ("path", "caching", 3)
    weekend = understand(shelves.library, "I have a weekend for caching, what should I read?")
    assert (weekend.subject, weekend.hours) == ("caching", 10)


def test_each_end_of_what_there_is_can_be_asked(shelves):
    hardest = shelves.ask("What are the hardest works on your lists?")
    assert hardest.sentences[0].text.startswith("Mira Okafor: Caches explained")
    easiest = shelves.ask("What is the easiest work on your lists?")
    assert "Heron" in easiest.sentences[0].text


def test_the_files_of_a_repository_speak_for_it(tmp_path, models_dir):
    home = tmp_path / "home"
    home.mkdir()
    (home / "models").symlink_to(models_dir)
    base = "https://github.com/waders/wader-scheduler"
    rows = [
        {"url": base, "title": "waders/wader-scheduler", "text": "# Wader\n\nA small scheduler."},
        {"url": f"{base}/blob/main/docs/limits.md", "title": "Limits",
         "text": "# Limits\n\nThe Wader scheduler preempts long requests after 450 milliseconds."},
        {"url": "https://birds.example/other", "title": "Others",
         "text": "# Others\n\nOther schedulers preempt long requests after 900 milliseconds."},
    ]  # fmt: skip
    corpus = tmp_path / "corpus.jsonl"
    corpus.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    with closing(Desk(home, llm="extractive")) as desk:
        desk.ingest([corpus], seed=False)
        asked = "According to the wader-scheduler repository, when are long requests preempted?"
        answer = desk.ask(asked)
        assert answer.request == "one_source"
        assert "450 milliseconds" in answer.text
        assert "900" not in answer.text


def test_what_words_weigh_does_not_depend_on_the_order_of_a_set() -> None:
    words = [f"word{number}" for number in range(10)]
    known = Names(Catalog((), ()), (), dict.fromkeys(words, 0.1), 1.0, {})
    assert known.weigh(frozenset(words)) == 1.0


def test_of_pages_that_differ_in_the_year_alone_the_newer_is_summed_up(tmp_path, models_dir):
    (tmp_path / "models").symlink_to(models_dir)
    for year, most in ((2025, 32768), (2023, 4096)):
        (tmp_path / f"curlew-{year}.md").write_text(
            f"---\ntitle: Limits of the Curlew API ({year})\ndate: {year}-02-01\n---\n"
            f"# Limits of the Curlew API\n\nThe Curlew API accepts at most {most} tokens a call.\n",
            encoding="utf-8",
        )
    with closing(Desk(tmp_path, llm="extractive")) as desk:
        desk.ingest(sorted(tmp_path.glob("curlew-*.md")), seed=False)
        newer = desk.ask("Summarise the limits of the Curlew API")
        older = desk.ask("Summarise the limits of the Curlew API (2023)")
    assert ["32768" in sentence.text for sentence in newer.sentences] == [True]
    assert ["4096" in sentence.text for sentence in older.sentences] == [True]
