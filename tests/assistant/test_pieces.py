"""A passage is taken apart into what can be shown and what cannot."""

import pytest

from assistant.answering.evidence.pieces import pieces

PASSAGE = """## Training

RLHF has three steps:

- Pretrain a model
- Train a reward model on comparisons
- Fine-tune with reinforcement learning

This is costly. Is it worth it?

```python
loss = model(batch)
loss.backward()
```

| step | cost |
| --- | --- |
| reward model | low |
"""


def by_text(text: str):
    return {piece.text: piece for piece in pieces(text)}


def test_every_piece_stands_where_it_says():
    for piece in pieces(PASSAGE):
        assert PASSAGE[piece.start :].startswith(piece.text)


def test_prose_and_list_items_can_be_shown_and_the_rest_cannot():
    shown = [piece.text for piece in pieces(PASSAGE) if piece.whole]
    assert shown == [
        "RLHF has three steps:",
        "Pretrain a model",
        "Train a reward model on comparisons",
        "Fine-tune with reinforcement learning",
        "This is costly.",
    ]


def test_a_lead_knows_that_it_leads_and_items_that_they_are_items():
    found = by_text(PASSAGE)
    assert found["RLHF has three steps:"].leads
    assert found["Pretrain a model"].item
    assert not found["This is costly."].leads


def test_a_colon_before_nothing_leads_nowhere():
    (piece,) = pieces("The results are as follows:")
    assert not piece.leads
    assert not piece.whole


def test_what_refers_back_says_so_except_at_the_beginning():
    found = by_text(PASSAGE)
    assert found["This is costly."].refers_back
    assert not pieces("This is costly.")[0].refers_back


@pytest.mark.parametrize(
    ("text", "points"),
    [
        ("The formula given above says what it costs.", True),
        ("For the above formula, x is a vector.", True),
        ("由上式可得结果为 4。", True),
        ("It keeps all probabilities above the threshold.", False),
        ("The accuracy rose above chance.", False),
        ("As t approaches 0 from above, the logit grows.", False),
    ],
)
def test_what_speaks_of_something_above_says_so(text, points):
    assert pieces(text)[0].points_up == points


@pytest.mark.parametrize(
    ("text", "points"),
    [
        ("With the acceptance rule below, nothing is lost.", True),
        ("The gain is shown below.", True),
        ("The following diagram comes from the authors.", True),
        ("结构如下图。", True),
        ("The loss cannot fall below the entropy of the text.", False),
        ("Quality falls quickly at 3 bits and below.", False),
        ("The following step picks a token.", False),
    ],
)
def test_what_speaks_of_something_below_says_so(text, points):
    assert pieces(text)[0].points_down == points


@pytest.mark.parametrize(
    ("text", "away"),
    [
        ("How to measure both is the subject of the note on evaluation.", True),
        ("See the documentation of the sampler.", True),
        ("For more on decoding, see the blog post.", True),
        ("In this chapter, we take a closer look at merging.", True),
        ("We'll look closer at attention later in the post.", True),
        ("The MFU section delves into it.", True),
        ("You can read more about LoRA in the paper.", True),
        ("更多细节请参见附录。", True),
        ("As detailed in the next section, the adapter is merged into the frozen model.", False),
        ("Attention treats the input as a set.", False),
        ("You can see that the loss falls for longer inputs.", False),
        ("每一步参考前面的词元。", False),
    ],
)
def test_what_says_only_where_something_is_said_says_so(text, away):
    assert pieces(text)[0].points_away == away


@pytest.mark.parametrize(
    ("text", "back"),
    [
        ("And even the larger variants used it.", True),
        ("The latter costs more.", True),
        ("因此需要更多显存。", True),
        ("Instead of weights, it trains prefixes.", False),
        ("其他方法更慢。", False),
    ],
)
def test_what_goes_on_from_a_sentence_refers_back(text, back):
    assert pieces(f"A sentence comes first. {text}")[-1].refers_back == back


def test_code_is_one_piece_as_it_stands():
    (code,) = [piece for piece in pieces(PASSAGE) if piece.code]
    assert code.text == "```python\nloss = model(batch)\nloss.backward()\n```"
    assert not code.whole


def test_code_cut_off_ends_with_the_passage():
    code = [piece for piece in pieces("Run:\n```\nmake") if piece.code]
    assert [(piece.start, piece.end) for piece in code] == [(5, 13)]


def test_a_passage_that_begins_within_code_is_not_read_inside_out():
    found = pieces("x = 1\n```\nThe cache holds keys.\n```\ny = 2\n```", "```")
    assert [piece.form for piece in found] == ["code", "prose", "code"]
    assert found[1].text == "The cache holds keys."


@pytest.mark.parametrize(
    ("heading", "whole"),
    [
        ("# S-LoRA: Serving Thousands of Concurrent LoRA Adapters", True),
        ("# Training", False),
        ("# What is it that a reward model does?", False),
    ],
)
def test_a_heading_counts_where_it_is_a_title(heading, whole):
    assert pieces(heading)[0].whole is whole


def test_a_piece_torn_out_of_a_formula_is_not_shown():
    assert not pieces("= 10) and 0.1: a rare pair wins.")[0].whole
    assert pieces("BPE (byte-pair encoding) merges pairs.")[0].whole


def test_bold_terms_are_read_without_their_marks_between_han_too():
    assert [piece.text for piece in pieces("**零气泡**调度把它分成两部分。")] == [
        "零气泡调度把它分成两部分。"
    ]
    assert [piece.text for piece in pieces("It is 2**3**4 and a_b_c.")] == [
        "It is 2**3**4 and a_b_c."
    ]


def test_a_sentence_that_a_formula_ends_leads_to_it():
    found = by_text("The idle share is\n\n$$(p-1)/(m+p-1)$$\n\nfor p stages.\n\nThe end is near\n")
    assert found["The idle share is"].leads
    assert not found["The end is near"].leads
