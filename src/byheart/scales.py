"""What memory and documents are worth beside each other, and when to look up what memory is sure of.

Takes the probabilities of a recall and of a reading; gives those that hold once both have spoken, and what looking up
is expected to gain. The numbers were fitted on questions that were put to both sides (weigh.py). It runs no model.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from byheart.gate import Gate

# What a second of waiting is worth, in probability of a right answer (docs/decisions/0020).
A_SECOND = 0.05

# A gain smaller than this cannot be told from chance on the few hundred questions that the scales were fitted on.
_LEAST_GAIN = 0.05

# Two sides that agree are surer than each, but they share the document they come from: never certain.
SUREST = 0.99

# Memory shows nothing that it could be checked by: alone it speaks only if it is as likely right as wrong.
LEAST_RECALLED = 0.5

_NEVER, _ALWAYS = 0.001, 0.999


@dataclass(frozen=True, slots=True)
class Scales:
    """Gates over the log odds of both sides.

    `agreed` is for two that say the same; `memory` and `reading` give each side's worth where they differ. `looked_up`
    gives the probability of a right answer after looking up, from the log odds of the recall alone; looking up takes
    `seconds`.
    """

    agreed: Gate
    memory: Gate
    reading: Gate
    looked_up: Gate
    seconds: float

    def together(self, recalled: float, read: float) -> float:
        """The probability that both sides are right, who say the same with these probabilities."""
        return min(SUREST, self.agreed.probability((log_odds(recalled), log_odds(read))))

    def apart(self, recalled: float, read: float) -> tuple[float, float]:
        """The probabilities that memory is right, and that the reading is, where they differ."""
        odds = (log_odds(recalled), log_odds(read))
        return min(SUREST, self.memory.probability(odds)), min(SUREST, self.reading.probability(odds))

    def gain(self, recalled: float) -> float:
        """By how much looking up is expected to raise the probability of a right answer above that of the recall."""
        return self.looked_up.probability((log_odds(recalled),)) - recalled

    def is_worth_looking_up(self, recalled: float) -> bool:
        """Whether the gain is plain, and outweighs the wait."""
        return self.gain(recalled) > _LEAST_GAIN + A_SECOND * self.seconds

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> Scales:
        """The scales that `asdict` made plain data of."""
        gates = {name: Gate.from_data(data[name]) for name in ("agreed", "memory", "reading", "looked_up")}
        return cls(**gates, seconds=data["seconds"])


def log_odds(probability: float) -> float:
    """The logarithm of the odds; those of what is certain are cut off."""
    kept = min(max(probability, _NEVER), _ALWAYS)
    return math.log(kept / (1 - kept))
