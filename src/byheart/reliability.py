"""What probabilities were worth: how often what was said with so much confidence was right.

Takes pairs of a probability and whether the answer was right; gives bins, errors and the curve of risk against
coverage. It knows neither answers nor models.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from byheart.outcomes import Estimate

Pairs = Sequence[tuple[float, bool]]

# Two standard deviations hold 95 %.
_NORMAL = 1.96


@dataclass(frozen=True, slots=True)
class Bin:
    """The answers whose probability lies in one stretch: their mean probability, the share right, how many."""

    probability: float
    right: float
    n: int


@dataclass(frozen=True, slots=True)
class Covered:
    """If only so large a share of the questions is answered, the surest first: the share of those answers wrong.

    `probability` is that of the least sure answer among them.
    """

    coverage: float
    risk: float
    probability: float


def bins(pairs: Pairs, count: int = 10) -> list[Bin]:
    """The pairs in `count` bins of equal width; empty ones are left out."""
    found: list[Bin] = []
    for place in range(count):
        inside = [(p, is_right) for p, is_right in pairs if min(int(p * count), count - 1) == place]
        if inside:
            n = len(inside)
            found.append(Bin(sum(p for p, _ in inside) / n, sum(is_right for _, is_right in inside) / n, n))
    return found


def calibration_error(pairs: Pairs) -> float:
    """The mean distance between probability and share right, over bins of equal width; lower is better."""
    return sum(one.n * abs(one.probability - one.right) for one in bins(pairs)) / max(len(pairs), 1)


def brier(pairs: Pairs) -> float:
    """The mean squared distance of the probabilities from 1 (right) or 0 (wrong); lower is better."""
    return sum((p - is_right) ** 2 for p, is_right in pairs) / max(len(pairs), 1)


def curve(pairs: Pairs, asked: int) -> list[Covered]:
    """Risk against coverage, from the surest answer alone to all answers that were given to `asked` questions."""
    ordered = sorted(pairs, key=lambda pair: -pair[0])
    found: list[Covered] = []
    wrong = 0
    for given, (p, is_right) in enumerate(ordered, start=1):
        wrong += not is_right
        # Equally sure answers are taken or left together.
        if given == len(ordered) or ordered[given][0] < p:
            found.append(Covered(given / asked, wrong / given, p))
    return found


def nineteen_of_twenty(values: Sequence[float]) -> float:
    """The value that 19 of 20 do not exceed: the nearest rank."""
    return sorted(values)[-(-len(values) * 19 // 20) - 1]


def share(count: int, n: int) -> Estimate:
    """`count` of `n` with its 95 % Wilson interval; none where `n` is 0."""
    if not n:
        return Estimate(0.0, None, None, 0)
    part, spread = count / n, _NORMAL**2 / n
    centre = (part + spread / 2) / (1 + spread)
    half = math.sqrt(part * (1 - part) * spread + spread**2 / 4) / (1 + spread)
    return Estimate(part, max(centre - half, 0.0), min(centre + half, 1.0), n)
