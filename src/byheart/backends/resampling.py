"""How far a figure would move if other questions had been asked: percentile bootstrap by scipy, over questions.

Takes one number a question, gives an estimate with its 95 % interval. Fewer than two questions have no interval.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy
from scipy.stats import binomtest, bootstrap

from byheart.outcomes import Estimate

_LEVEL = 0.95
_RESAMPLES = 2000


def share(are_so: Sequence[bool], *, seed: int) -> Estimate:
    """The share (0 to 1) of questions of which something is so."""
    n, count = len(are_so), sum(are_so)
    if n and count in (0, n):
        # All alike: whatever is drawn again is the same, which says nothing of the questions that were not asked.
        bounds = binomtest(count, n).proportion_ci(_LEVEL, method="wilson")
        return Estimate(count / n, float(bounds.low), float(bounds.high), n)
    return mean([float(is_so) for is_so in are_so], seed=seed)


def mean(values: Sequence[float], *, seed: int) -> Estimate:
    """The mean of `values`."""
    return _estimated(numpy.mean, [values], seed)


def ratio_of_medians(values: Sequence[float], others: Sequence[float], *, seed: int) -> Estimate:
    """The median of `values` as a multiple of that of `others`, both over the same questions."""

    def ratio(one: Any, other: Any, axis: int = -1) -> Any:
        return numpy.median(one, axis=axis) / numpy.median(other, axis=axis)

    return _estimated(ratio, [values, others], seed)


def _estimated(statistic: Callable[..., Any], samples: Sequence[Sequence[float]], seed: int) -> Estimate:
    data = [numpy.asarray(sample, dtype=float) for sample in samples]
    n = len(data[0])
    if n < 2:
        return Estimate(float(statistic(*data)) if n else 0.0, None, None, n)
    found = bootstrap(
        data,
        statistic,
        paired=len(data) > 1,
        vectorized=True,
        n_resamples=_RESAMPLES,
        confidence_level=_LEVEL,
        method="percentile",
        rng=numpy.random.default_rng(seed),
    )
    bounds = found.confidence_interval
    return Estimate(float(statistic(*data)), float(bounds.low), float(bounds.high), n)
