"""A logistic model, and what it says of each example when fitted without those like it."""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

Matrix = NDArray[np.float64]


def fitted_in_folds(
    values: Any,
    labels: NDArray[np.bool_],
    weights: Matrix,
    folds: NDArray[np.int64],
    held: NDArray[np.bool_],
    *,
    strength: float,
    most_steps: int,
) -> tuple[Matrix, Matrix]:
    """Return the weights with the bias last, and each example's score as fitted without its fold.

    Args:
        values: of the examples, dense or sparse, shape (examples, values).
        labels: of each.
        weights: of each.
        folds: the number of the fold that each is in.
        held: which are never fitted on; their scores are those of the model itself.
        strength: the inverse of the regularisation.
        most_steps: of the solver.
    """

    def fit(rows: NDArray[np.bool_]) -> Matrix:
        model = LogisticRegression(C=strength, max_iter=most_steps)
        model.fit(values[rows], labels[rows], sample_weight=weights[rows])
        fitted: Matrix = np.append(model.coef_[0], model.intercept_)
        return fitted

    row = fit(~held)
    scores: Matrix = values @ row[:-1] + row[-1]
    for fold in np.unique(folds):
        out = (folds == fold) & ~held
        left = fit(~out & ~held)
        scores[out] = values[out] @ left[:-1] + left[-1]
    return row, scores
