"""A number that bounds what it counts is told from one that is its value."""

import pytest

from ingest.text.bounds import Bound, bound_of
from ingest.text.numbers import quantities


@pytest.mark.parametrize(
    ("text", "bound"),
    [
        ("It takes 12 heads.", Bound.NONE),
        ("It runs over the past 10 years.", Bound.NONE),
        ("Finance up to 80% of it.", Bound.UPPER),
        ("It must not exceed 20 GB.", Bound.UPPER),
        ("It is no more than 3 layers.", Bound.UPPER),
        ("It has a maximum length of 512 tokens.", Bound.UPPER),
        ("It holds 40 tokens or fewer.", Bound.UPPER),
        ("It costs over $5,000.", Bound.LOWER),
        ("It needs no fewer than 10 steps.", Bound.LOWER),
        ("Members are 14 years of age or older.", Bound.LOWER),
        ("It needs 7 days at least.", Bound.LOWER),
        ("模型有 40 层以上。", Bound.LOWER),
        ("显存不超过 40 GB。", Bound.UPPER),
        ("显存不低于 40 GB。", Bound.LOWER),
        ("模型有 40 层。", Bound.NONE),
    ],
)
def test_a_bound_is_read_off_the_words_beside_a_number(text, bound):
    (number,) = quantities(text)
    assert bound_of(text, number.start, number.end) == bound
