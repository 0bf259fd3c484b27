"""Logistic regression by scikit-learn, given back as plain numbers, and the exact bound that a promise rests on."""

from __future__ import annotations

from collections.abc import Sequence

import numpy
from scipy.stats import beta
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score

from byheart.gate import Gate

# Weak: the few numbers of evidence nearly all point the same way, and a strong penalty makes sure answers look unsure.
_INVERSE_PENALTY = 10.0


def fit(rows: Sequence[Sequence[float]], labels: Sequence[bool]) -> Gate:
    """The gate that tells right from wrong rows; with labels of one kind only, their smoothed share everywhere."""
    table = numpy.asarray(rows, dtype=float)
    means, scales = table.mean(axis=0), table.std(axis=0)
    scales[scales < 1e-9] = 1.0
    right = sum(labels)
    if right in (0, len(labels)):
        share = (right + 1) / (len(labels) + 2)
        width = table.shape[1]
        return Gate(tuple(means), tuple(scales), (0.0,) * width, float(numpy.log(share / (1 - share))))
    model = LogisticRegression(C=_INVERSE_PENALTY, max_iter=1000).fit((table - means) / scales, labels)
    return Gate(
        tuple(float(mean) for mean in means),
        tuple(float(scale) for scale in scales),
        tuple(float(weight) for weight in model.coef_[0]),
        float(model.intercept_[0]),
    )


def most_wrong(wrong: int, answered: int, *, level: float = 0.95) -> float:
    """The one-sided Clopper–Pearson upper bound on the share of wrong answers, `wrong` of `answered` seen."""
    return float(beta.ppf(level, wrong + 1, answered - wrong)) if wrong < answered else 1.0


def auroc(scores: Sequence[float], labels: Sequence[bool]) -> float:
    """The probability that a right answer scores above a wrong one; 0.5 where there is only one kind."""
    return float(roc_auc_score(labels, scores)) if 0 < sum(labels) < len(labels) else 0.5
