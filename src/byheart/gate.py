"""A logistic regression as plain numbers, so that asking needs no scikit-learn."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Gate:
    """Features are standardised, weighted and added."""

    means: tuple[float, ...]
    scales: tuple[float, ...]
    weights: tuple[float, ...]
    intercept: float

    def probability(self, features: Sequence[float]) -> float:
        """The probability (0 to 1) that the draft with these features is right."""
        logit = self.intercept + sum(
            weight * (value - mean) / scale
            for weight, value, mean, scale in zip(self.weights, features, self.means, self.scales, strict=True)
        )
        return 1 / (1 + math.exp(-max(-30.0, min(30.0, logit))))

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> Gate:
        """The gate that `dataclasses.asdict` made plain data of."""
        return cls(tuple(data["means"]), tuple(data["scales"]), tuple(data["weights"]), data["intercept"])
