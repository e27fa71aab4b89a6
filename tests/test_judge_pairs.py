"""The pairs that a judge of sentences is trained on: what is marked false, what is held out."""

import json
import random

from tests.benchmarks.judge_pairs import (
    NOTES,
    UNSEEN,
    best_window,
    changed,
    harder,
    notes,
    of_note,
    training,
)


def test_the_words_that_make_a_sentence_false_are_marked():
    true = "LoRA trains two matrices and freezes the rest ."
    assert changed(true, true.replace("two", "three")) == (False, False, True, *([False] * 6))
    swapped = "matrices trains two LoRA and freezes the rest ."
    assert changed(true, swapped)[0]
    assert changed(true, swapped)[3]
    # what is left out is marked on both sides of the gap
    shorter = "LoRA trains two matrices the rest ."
    assert changed(true, shorter) == (False, False, False, True, True, False, False)


def test_facts_of_two_things_are_merged_and_causes_turned():
    lines = [
        "The encoder reads the whole text at once.",
        "Training is slow because the softmax is wide.",
        "The decoder writes one token at a time.",
    ]
    made = dict(harder(lines[1], lines, 1, random.Random(1)))
    assert made["cause turned"] == "The softmax is wide because Training is slow."
    first = dict(harder(lines[0], [lines[0], lines[2]], 0, random.Random(1)))
    assert first["facts merged"] == "The encoder writes one token at a time."
    assert dict(harder("Unlike BERT, T5 writes text.", [], 0, random.Random(1))) == {
        "unlike flipped": "Like BERT, T5 writes text."
    }


def test_nothing_is_trained_on_that_is_kept_to_measure(tmp_path):
    kept, taught = {note.stem for note in notes(kept=True)}, notes(kept=False)
    assert kept
    assert taught
    assert not kept & {note.stem for note in taught}
    rows = map(json.loads, (NOTES.parent / "eval" / "primer.jsonl").read_text("utf-8").splitlines())
    about = {
        url.rpartition("/")[2] for row in rows if row["lang"] == "en" for url in row["gold_urls"]
    }
    assert about <= kept
    pairs = training(tmp_path)  # a clone has nothing shared
    assert len(pairs) > 1000
    assert list(of_note(taught[0])) == list(of_note(taught[0]))
    assert not UNSEEN & {pair.kind for pair in pairs}
    assert {pair.source.split()[0] for pair in pairs} == {"primer"}
    for pair in pairs:
        assert pair.supported == (pair.kind in ("true", "answers"))
        if pair.wrong:
            assert len(pair.wrong) == len(pair.sentence.split())
            assert any(pair.wrong) != pair.supported


def test_kinds_that_are_held_out_are_made_to_measure():
    kinds = {pair.kind for note in notes(kept=True) for pair in of_note(note, unseen=True)}
    assert kinds >= UNSEEN


def test_evidence_is_cut_to_what_a_sentence_speaks_of():
    text = (
        "Cats sleep all day long. " * 30 + "Whales sing under water. " + "Dogs bark at night. " * 30
    )
    assert "Whales sing under water." in best_window(text, "A whale will sing under water.")
    assert len(best_window(text, "Whales sing under water.")) < 300
