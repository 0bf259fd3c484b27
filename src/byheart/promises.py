"""Whether a promised share is kept: a test that may be looked at after every question.

Takes outcomes in the order they came, each with the probability that was promised for it; tells whether they came
true too seldom. It knows neither questions nor models.

A bettor stakes against the promise, at fair odds. While it is kept his purse cannot be expected to grow, so at most
one kept promise in twenty ever makes it twenty times as large, however long the log and however often it is looked at
(Ville's inequality; Waudby-Smith and Ramdas, "Estimating means of bounded random variables by betting", 2024). A
confidence bound that is looked at anew after each question would in the end break most promises that are kept.
"""

from __future__ import annotations

import math
from collections.abc import Iterable

LEVEL = 0.05

# The share of his purse that the bettor stakes: little finds small breaches, much finds great ones soon.
_STAKES = (0.1, 0.3, 0.6)

# Nothing is promised with certainty: one failure would break it.
_SUREST = 0.99


def is_broken(outcomes: Iterable[tuple[float, bool]]) -> bool:
    """Whether what was promised with these probabilities came true too seldom, at the 5 % level."""
    purses = [1.0] * len(_STAKES)
    for promised, came_true in outcomes:
        purses = [
            purse * _return(stake, promised, came_true=came_true) for purse, stake in zip(purses, _STAKES, strict=True)
        ]
        if sum(purses) >= len(purses) / LEVEL:
            return True
    return False


def needed(promised: float, actual: float) -> int | None:
    """About how many outcomes it takes to tell that not `promised` but `actual` of them come true; None if none do."""
    growth = max(
        actual * math.log(_return(stake, promised, came_true=True))
        + (1 - actual) * math.log(_return(stake, promised, came_true=False))
        for stake in _STAKES
    )
    return math.ceil(math.log(len(_STAKES) / LEVEL) / growth) if growth > 0 else None


def _return(stake: float, promised: float, *, came_true: bool) -> float:
    """What becomes of one unit of which `stake` was bet that the promise is not kept."""
    odds = min(promised, _SUREST) / (1 - min(promised, _SUREST))
    return 1 - stake if came_true else 1 + stake * odds
