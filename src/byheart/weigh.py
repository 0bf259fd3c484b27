"""What each side is worth beside the other: questions that were put to both, to scales.

Takes the calibration of a study, and graded recalls and readings of the same questions; gives the scales, and how
often looking up helped and harmed. One part of the questions fits, another tests. It asks no model.
"""

from __future__ import annotations

import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from byheart.agreement import answers_differ
from byheart.backends import logistic
from byheart.confidence import Calibration
from byheart.examine import Graded, Part
from byheart.gate import Gate
from byheart.scales import LEAST_RECALLED, Scales, log_odds

# Fewer questions on which the sides agree, or differ, say less than the rules that hold without scales.
_FEWEST = 20

# Looking up neither helps nor harms.
_AS_IT_IS = Gate((0.0,), (1.0,), (1.0,), 0.0)


@dataclass(frozen=True, slots=True)
class Both:
    """A question put to both sides: how probable each was to be right, whether it was, and whether they differ.

    `recites` tells that the recall gives a studied fact near the question: a passage that it could be checked by.
    """

    recalled: float
    read: float
    is_recalled_right: bool
    is_read_right: bool
    differ: bool
    recites: bool
    seconds: float
    part: Part

    @property
    def odds(self) -> tuple[float, float]:
        return log_odds(self.recalled), log_odds(self.read)

    @property
    def agree(self) -> bool:
        """Whether the recall confirms the reading: a guess that rests on no passage confirms nothing."""
        return not self.differ and (self.recites or self.recalled >= LEAST_RECALLED)


def asked_both(calibration: Calibration, recalls: Sequence[Graded], readings: Sequence[Graded]) -> list[Both]:
    """The questions of which both sides said something that could be given."""
    read = {one.question.text: one for one in readings}
    return [
        Both(
            calibration.recall.probability(recall.features),
            calibration.reading.probability(reading.features),
            recall.is_right,
            reading.is_right,
            answers_differ(recall.said, reading.said),
            recall.has_source,
            reading.seconds,
            recall.question.part,
        )
        for recall in recalls
        if recall.said and (reading := read.get(recall.question.text)) and reading.is_quoted
    ]


def fitted(asked: Sequence[Both], *, floor: float) -> Scales | None:
    """The scales that the questions of part THRESHOLD give; None where they are too few.

    They are not those that the gates were fitted to, whose probabilities would look better than they are.
    """
    fit = [both for both in asked if both.part is Part.THRESHOLD]
    alike = [both for both in fit if both.agree]
    apart = [both for both in fit if both.differ]
    if min(len(alike), len(apart)) < _FEWEST:
        return None
    unrouted = Scales(
        _gate(alike, [both.is_recalled_right or both.is_read_right for both in alike]),
        _gate(apart, [both.is_recalled_right for both in apart]),
        _gate(apart, [both.is_read_right for both in apart]),
        _AS_IT_IS,
        statistics.median(both.seconds for both in fit),
    )
    after = [is_right_after(both, unrouted, floor=floor) for both in fit]
    return replace(unrouted, looked_up=logistic.fit([both.odds[:1] for both in fit], after))


def is_right_after(both: Both, scales: Scales, *, floor: float) -> bool:
    """Whether the answer that is given after looking up is right, as `resolve.settle` gives it."""
    recalled, read, least = both.recalled, both.read, max(floor, LEAST_RECALLED)
    if both.agree:
        return (both.is_recalled_right or both.is_read_right) and scales.together(recalled, read) >= floor
    if both.differ and recalled >= least and read >= floor:
        recalled, read = scales.apart(recalled, read)
    is_recalled = recalled >= least and (recalled > read or read < floor)
    return both.is_recalled_right if is_recalled else both.is_read_right and read >= floor


def figures(asked: Sequence[Both], scales: Scales, *, floor: float) -> Mapping[str, float]:
    """How looking up fares on the questions of part TEST: the shares (0 to 1) that it helps and harms."""
    test = [
        (both.is_recalled_right, is_right_after(both, scales, floor=floor)) for both in asked if both.part is Part.TEST
    ]
    most = max(len(test), 1)
    return {
        "put to both": len(test),
        "helped": sum(is_right and not was_right for was_right, is_right in test) / most,
        "harmed": sum(was_right and not is_right for was_right, is_right in test) / most,
    }


def _gate(asked: Sequence[Both], right: Sequence[bool]) -> Gate:
    return logistic.fit([both.odds for both in asked], right)
