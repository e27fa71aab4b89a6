"""What an answer is made of, and in which order."""

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


@pytest.fixture(scope="module")
def library(tmp_path_factory, models_dir):
    home = tmp_path_factory.mktemp("home")
    (home / "models").symlink_to(models_dir)
    for name, text in (("tape.md", TAPE), ("disk.md", DISK)):
        (home / name).write_text(text, encoding="utf-8")
    desk = Desk(home, llm="extractive")
    desk.ingest([home / "tape.md", home / "disk.md"], seed=False)
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
