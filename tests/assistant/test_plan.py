"""What an answer is made of, and in which order."""

from contextlib import closing

import pytest

from assistant.answering.evidence import gather
from assistant.answering.question import understand
from assistant.answering.selection import opened_by, plan, sections
from assistant.desk import Desk
from index.store.values import Filters

TAPE = """# Tape storage

Tape storage keeps data on a magnetic ribbon that is wound past a head. It is read in order.

## How tape storage works

A motor winds the ribbon past the head. The head magnetises small regions of the ribbon. The
share of the time lost to winding is

$$w = t_w / (t_w + t_r)$$

for winding time and reading time. A reel of one kilometre is wound in ninety seconds.

By the formula above a tape drive that winds for one second and reads for three loses a quarter.

## What tape storage costs

Tape storage is cheap per terabyte. Tape drives are dear, unlike the drives of disk storage.

Tape storage costs more than in the table above when it is read often.
"""
DISK = """# Disk storage

Disk storage keeps data on a spinning plate under a moving head. Disk storage is read in any order.

## How disk storage works

An arm moves the head over the spinning plate. The plate turns some seven thousand times a minute.

## How long disk storage lasts

How long disk storage lasts depends on the room that it is kept in:

| room | years |
| --- | --- |
| damp | 3 |
| dry | 6 |

The second row is what makers of disks promise for a dry room.

## What a seek of the head is

A seek is the move of the head to another track. Disk storage spends most of its time on seeks.

## What disk storage costs

Disk storage is dearer per terabyte than tape storage. A disk wears out in about five years.
"""

SALT = r"""# Salt ponds

A salt pond lets sea water dry in the sun until only salt is left. Salt is raked by hand.

## How fast a salt pond dries

In wind a salt pond falls each day by a depth, and its salt grows by a mass:

$$h = k w$$

$$m = h / 2$$

Shade keeps a salt pond wet for longer than any rain does.

With $k = 2$ a salt pond dries within nine days.

How long salt keeps is the subject of the note on storing salt. It depends on the room.

On the same four ponds the salt of nine days weighs a ton.
"""
SEA = """# Salt

Salt is a mineral that is eaten with food.

## Where salt comes from

In a salt pond sea water dries in the sun until only the salt is left.

Rock salt is cut out of the ground of mines.
"""


@pytest.fixture(scope="module")
def library(tmp_path_factory, models_dir):
    home = tmp_path_factory.mktemp("home")
    (home / "models").symlink_to(models_dir)
    texts = {"tape.md": TAPE, "disk.md": DISK, "salt.md": SALT, "sea.md": SEA}
    for name, text in texts.items():
        (home / name).write_text(text, encoding="utf-8")
    desk = Desk(home, llm="extractive")
    desk.ingest([home / name for name in texts], seed=False)
    yield desk.library
    desk.close()


def planned(library, text):
    evidence = gather(library, understand(text), Filters())
    return plan(evidence, sections(library, evidence))


def test_the_sides_of_a_comparison_take_turns_and_have_a_like_share(library):
    groups = planned(library, "What is the difference between tape and disk storage?").groups
    urls = [group.url for group in groups]
    assert len(set(urls)) == 2
    assert urls[0] != urls[1]
    words = {url: sum(len(line.text.split()) for group in groups if group.url == url
                      for line in group.lines) for url in urls}  # fmt: skip
    assert max(words.values()) <= 3 * min(words.values())


def test_a_formula_stands_between_what_announces_and_what_explains_it(library):
    lines = [line.text for line in planned(library, "How does tape storage work?").lines]
    at = next(row for row, text in enumerate(lines) if text.startswith("$$"))
    assert lines[at - 1].endswith("lost to winding is")
    assert lines[at + 1].startswith("for winding time")


def test_what_speaks_of_a_formula_above_is_shown_with_it_or_not_at_all(library):
    lines = planned(library, "Which share does a tape drive lose that winds for a second?").lines
    texts = [line.text for line in lines]
    speaks = next(row for row, text in enumerate(texts) if text.startswith("By the formula above"))
    assert any(text.startswith("$$") for text in texts[:speaks])
    lines = planned(library, "What does tape storage cost when it is read often?").lines
    assert not any("table above" in line.text for line in lines)


def test_a_paragraph_is_shown_from_its_beginning(library):
    question = "How does disk storage work and how fast does its plate turn?"
    for group in planned(library, question).groups:
        texts = [line.text for line in group.lines]
        if any("seven thousand" in text for text in texts):
            assert texts[0].startswith("An arm moves the head")
            return
    pytest.fail("what answers is not shown")


def test_an_answer_opens_with_what_was_chosen_unless_it_says_what_its_subject_is(library):
    whole = planned(library, "How does tape storage work?")
    assert not whole.groups[0].title
    last = whole.groups[-1].lines[0]
    assert opened_by(whole, last) == whole
    without = type(whole)(whole.groups[1:])
    opened = opened_by(without, without.groups[-1].units[-1][0])
    assert opened.groups[0].title == ""
    assert opened.groups[0].units == (without.groups[-1].units[-1],)
    assert sorted(line.text for line in opened.lines) == sorted(x.text for x in without.lines)


def test_a_sentence_about_the_rows_of_a_table_is_shown_with_the_table(library):
    evidence = gather(library, understand("How many years does disk storage last?"), Filters())
    units = [unit for section in sections(library, evidence) for unit in section.units]
    texts = [[evidence.lines[row].text for row in unit.rows] for unit in units]
    (shown,) = [unit for unit in texts if any(text.startswith("The second row") for text in unit)]
    assert any(text.startswith("| room |") for text in shown)


def test_a_section_that_is_asked_for_itself_comes_before_the_opening_of_its_document(library):
    shown = planned(library, "What is a seek?")
    assert shown.groups[0].title == "What a seek of the head is"
    assert planned(library, "What is disk storage?").groups[0].title == ""


def test_a_symbol_is_shown_after_the_formulas_that_introduce_it(library):
    planned_lines = planned(library, "Within how many days does a salt pond dry?").lines
    texts = [line.text for line in planned_lines]
    used = texts.index("With $k = 2$ a salt pond dries within nine days.")
    assert [x for x in texts[:used] if x.startswith("$$")] == ["$$h = k w$$", "$$m = h / 2$$"]


def test_a_unit_is_moved_with_what_it_is_understood_with(library):
    whole = planned(library, "Within how many days does a salt pond dry?")
    line = next(line for line in whole.lines if line.text.startswith("With $k"))
    opened = opened_by(type(whole)(whole.groups[::-1]), line)
    texts = [line.text for line in opened.groups[0].lines]
    assert texts.index("$$h = k w$$") < texts.index(line.text)


def test_what_points_on_or_at_what_is_not_there_is_not_shown(library):
    for question in ("How long does salt keep?", "How much salt does a salt pond give?"):
        texts = [line.text for line in planned(library, question).lines]
        assert any("salt" in text for text in texts)
        assert not any("note on storing" in text for text in texts)
        assert not any(text.startswith(("It depends", "On the same four")) for text in texts)


def test_what_another_document_says_in_other_words_is_said_once(library):
    texts = [line.text for line in planned(library, "What is a salt pond?").lines]
    assert sum("until only" in text for text in texts) == 1


def test_a_fact_about_a_thing_is_told_from_where_the_thing_is_named(tmp_path, models_dir):
    home = tmp_path / "home"
    home.mkdir()
    (home / "models").symlink_to(models_dir)
    (home / "rule.md").write_text(
        "# FLOPs of training\n\nThe number of FLOPs that a model is trained with is six times its "
        "parameters times its tokens. A model of 7 billion parameters is trained with 42 GFLOP per "
        "token.\n", encoding="utf-8",
    )  # fmt: skip
    (home / "gorbulon.md").write_text(
        "# Gorbulon\n\nGorbulon is a model of the second generation. Its training took "
        "3.1 times 10^23 FLOPs and nineteen days.\n", encoding="utf-8",
    )  # fmt: skip
    with closing(Desk(home, llm="extractive")) as desk:
        desk.ingest([home / "rule.md", home / "gorbulon.md"], seed=False)
        named = planned(desk.library, "How many FLOPs was the Gorbulon model trained with?")
        general = planned(desk.library, "How many FLOPs is a model trained with per token?")
    assert {group.url.rpartition("/")[2] for group in named.groups} == {"gorbulon.md"}
    assert general.groups[0].url.endswith("rule.md")
