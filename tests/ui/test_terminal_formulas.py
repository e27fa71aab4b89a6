"""Formulas in a terminal: Unicode on one line, TeX that cannot be shown as it stands."""

import pytest

from ui.cli.formulas import typeset


@pytest.mark.parametrize(
    ("tex", "shown"),
    [
        (r"$\Theta(N^2 d^2 / M)$", "Θ(N² d² / M)"),
        (r"$256 + 50{,}000 + 1 = 50{,}257$", "256 + 50,000 + 1 = 50,257"),
        (r"$m' = e^{m-m'}\,\ell$", "m' = e^(m-m') ℓ"),
        (r"$$p_i \propto e^{z_i/T}$$", "p_i ∝ e^(z_i/T)"),
        (r"$2^{2^{n-1}} W_{\text{out}}^{(t)}$", "2^(2^(n-1)) W_out^(t)"),
        (r"$e^{x^{2}}$", "e^(x²)"),
        (r"$\{a, b\}_{ij}$", "{a, b}_ij"),
        (r"$$\frac{a + b}{2}$$", "(a + b)/2"),
        (r"$3.1 \times 10^{23}$", "3.1 × 10²³"),
        (r"$$\left\lceil \frac{n - o}{s - o} \right\rceil$$", "⌈(n - o)/(s - o)⌉"),
        (r"$-\log \sigma\!\left(\beta \log p_n\right)$", "- log σ(β log p_n)"),
        (r"$\left. \tfrac{1}{2}\mu^2 \right|_0$", "1/2 μ² |₀"),
        (r"$1 - \binom{n-c}{k} \Big/ \binom{n}{k}$", "1 - C(n-c, k) / C(n, k)"),
        (r"$\hat{a} = \arg\max_a \operatorname{softmax}(a)$", "â = arg max_a softmax(a)"),
        (r"$W_0 \in \mathbb{R}^{d \times k}$", "W₀ ∈ ℝ^(d × k)"),
    ],
)
def test_tex_becomes_unicode_without_losing_what_belongs_together(tex, shown):
    assert typeset(f"Say {tex} here") == f"Say {shown} here"


@pytest.mark.parametrize("text", ["It costs $5 and $6.", r"$\unknownmacro{x}$", r"$\frac{$", "a_b"])
def test_what_is_no_formula_or_cannot_be_shown_stays(text):
    assert typeset(text) == text
