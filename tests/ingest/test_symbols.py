r"""Which symbols formulas are written with, and how sentences use them."""

import pytest

from ingest.text.symbols import symbols, uses


@pytest.mark.parametrize(
    ("tex", "found"),
    [
        (r"\hat m = \frac{m}{1-\beta_1^t}", {r"hat m", "m", r"\beta"}),
        (r"L = -\frac{1}{n}\sum_{t=1}^{n} \log p_\theta(x_t \mid x_{<t})", {"L", "n", "p", "x"}),
        (r"\hat{\mathbf{x}}", {"hat x"}),
        (r"\mathrm{softmax}(QK^\top)", {"Q", "K"}),
        (r"O(n^2)", {"n"}),
        (r"e^{z_i}", {"z"}),
        (r"\ln 2 \approx 0.693", set()),
    ],
)
def test_a_formula_is_written_with_its_letters_and_their_accents(tex, found):
    assert symbols(tex) == found


def test_a_formula_within_a_word_is_no_use_of_its_symbol():
    first, second, third = uses("Top-$k$ with $k = 2$ has $p$, at first $\\ln 2$, per $n$-gram.")
    assert first.defines
    assert first.before == "Top-$k$ with "
    assert second.symbols == {"p"}
    assert not second.defines
    assert third.computed
