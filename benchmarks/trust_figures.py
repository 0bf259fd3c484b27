"""The figures of trust: what a gate's probabilities are worth, whether its promise holds, and when declining is right.

Takes graded answers, of a study's examination or of questions that people wrote; gives findings with 95 % intervals. It
asks nothing and reads no file.
"""

from __future__ import annotations

import os
import random
import statistics
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy
from numpy.typing import NDArray
from scipy.stats import binomtest, bootstrap, rankdata

from byheart import calibrate, reliability, units
from byheart.backends import resampling
from byheart.confidence import Calibration
from byheart.examine import Graded, Part, Sort
from byheart.grading import Grade
from byheart.outcomes import Estimate
from byheart.reliability import Pairs
from byheart.types import Origin
from trust_findings import Finding, Target

Statistic = Callable[[NDArray[numpy.float64]], float]

_DRAWS = 2000
_BINS = 10
_RESAMPLES = 1000
_LEVEL = 0.95

# The target for a gate's calibration is told of so many questions.
_WANTED = 1000

# Fewer recalls than this cannot be halved, fitted and tested.
_FEWEST = 100

# Half of the facts test. Of the others two thirds fit and a third sets the threshold, as after a study.
_PARTS_OF_A_SPLIT = (Part.FIT, Part.TEST, Part.FIT, Part.TEST, Part.THRESHOLD, Part.TEST)


@dataclass(frozen=True, slots=True)
class Given:
    """What one side gave to one question: its grade, how sure it was, and from where.

    `is_due`: the documents hold no answer, so that to decline is right. `withheld` grades the best candidate that was
    not given; None where there was none. `added`: of an answer from memory that nothing was looked up for, the seconds
    beside the recall. `load`: how many processes wanted the machine's processors.
    """

    grade: Grade
    origin: Origin
    confidence: float
    is_due: bool
    withheld: Grade | None = None
    added: float | None = None
    load: float = 0.0

    @property
    def is_right(self) -> bool:
        """Whether something was said, and right."""
        return self.origin is not Origin.NONE and self.grade is Grade.RIGHT

    @classmethod
    def from_row(cls, row: Mapping[str, Any], *, is_due: bool) -> Given:
        """What was kept of an answer."""
        withheld = row["withheld"] and Grade(row["withheld"])
        origin, sure = Origin(row["origin"]), row["confidence"]
        return cls(Grade(row["grade"]), origin, sure, is_due, withheld, row["added"], row["load"])


@dataclass(frozen=True, slots=True)
class Asked:
    """One question put to memory alone, to the documents alone and to both together."""

    memory: Given
    documents: Given
    both: Given

    @property
    def is_due(self) -> bool:
        return self.both.is_due

    @property
    def is_declined(self) -> bool:
        return self.both.origin is Origin.NONE

    @property
    def is_rightly_declined(self) -> bool:
        """Whether nothing was said where the documents hold nothing, or where the best candidate was wrong.

        Where none was withheld, since no recall was waited for, it is what memory says alone; where it says nothing
        either, the documents held the answer and nobody found it.
        """
        best = self.both.withheld or (self.memory.grade if self.memory.origin is Origin.MEMORY else None)
        return self.is_declined and (self.is_due or best in (Grade.WRONG, Grade.OLD))


@dataclass(frozen=True, slots=True)
class Split:
    """A gate that was fitted and tested on other halves: its sure answers, and those to people's questions."""

    is_promised: bool
    tested: int
    sure: int
    wrong: int
    natural: int
    natural_wrong: int


# ── the gate ──


def of_gate(recalls: Sequence[Graded], gate: Callable[[Sequence[float]], float], *, seed: int) -> list[Finding]:
    """How well a gate ranks and weighs answers that it was not fitted to."""
    unseen = [one for one in recalls if one.question.part is not Part.FIT]
    near = [one for one in unseen if one.question.is_taught or one.question.sort is Sort.NEAR]
    misses = sum(one.question.sort is Sort.NEAR for one in near)

    def judged(chosen: Sequence[Graded], statistic: Statistic) -> Estimate:
        groups = [[(gate(one.features), one.is_right) for one in group] for group in _by_fact(chosen)]
        return resampled(statistic, groups, seed=seed)

    pairs = [(gate(one.features), one.is_right) for one in unseen]
    perfect = band([p for p, _ in pairs], seed=seed)
    few = "" if len(unseen) >= _WANTED else f"{len(unseen):,} questions, of the {_WANTED:,} that are wanted; "
    return [
        Finding("AUROC on unseen questions", judged(unseen, auroc), target=Target("≥", 0.95), note=_sorts(unseen)),
        Finding(
            "AUROC on near misses",
            judged(near, auroc),
            target=Target("≥", 0.85),
            note=f"{misses} near misses against {len(near) - misses} questions about what was taught",
        ),
        Finding(
            "calibration error on them, 10 bins",
            judged(unseen, calibration_error),
            target=Target("≤", 0.05),
            note=f"{few}a perfectly calibrated gate: at most {perfect:.3f} in 95 % of draws",
        ),
    ]


def auroc(pairs: NDArray[numpy.float64]) -> float:
    """The probability that a right answer is surer than a wrong one; 0.5 where there is only one kind."""
    right = pairs[:, 1] > 0
    count, others = int(right.sum()), int((~right).sum())
    if not count or not others:
        return 0.5
    # By ranks (Mann and Whitney): scikit-learn's takes a hundred times as long, and it is asked thousands of times.
    return float((rankdata(pairs[:, 0])[right].sum() - count * (count + 1) / 2) / (count * others))


def calibration_error(pairs: NDArray[numpy.float64]) -> float:
    """That of `reliability`, fast enough for thousands of draws."""
    said, right = pairs.T
    bins = numpy.minimum((said * _BINS).astype(int), _BINS - 1)
    # In each bin the distance of the mean probability from the share right, times how many are in it.
    return float(numpy.abs(numpy.bincount(bins, weights=right - said)).sum() / len(said))


def band(probabilities: Sequence[float], *, seed: int) -> float:
    """The calibration error that a gate which says just these probabilities, all of them true, keeps to in 95 % of
    simulated draws."""
    rng, said = numpy.random.default_rng(seed), numpy.asarray(probabilities)
    drawn = [calibration_error(numpy.stack([said, rng.random(len(said)) < said], axis=1)) for _ in range(_DRAWS)]
    return float(numpy.quantile(drawn, _LEVEL))


def of_people(asked: Sequence[Asked], *, seed: int) -> list[Finding]:
    """What the same gate, and the confidence of the answers that are given, are worth on questions of people's."""
    recalled = [(one.memory.confidence, one.memory.is_right and not one.is_due) for one in asked]
    given = [(one.both.confidence, one.both.is_right) for one in asked if not one.is_declined]
    return [
        _within_band("calibration error on people's questions", recalled, seed),
        replace(_within_band("the same of the answers that were given", given, seed), target=None),
    ]


def _within_band(what: str, pairs: Pairs, seed: int) -> Finding:
    if not pairs:
        return Finding(what, None, note="no answer was given")
    perfect = band([p for p, _ in pairs], seed=seed)
    found = resampled(calibration_error, [[pair] for pair in pairs], seed=seed)
    right = sum(is_right for _, is_right in pairs)
    note = f"{right} were right; a perfectly calibrated gate: at most {perfect:.3f} in 95 % of draws"
    return Finding(what, found, target=Target("≤", perfect), note=note)


def _sorts(recalls: Sequence[Graded]) -> str:
    counts = {sort: sum(one.question.sort is sort for one in recalls) for sort in Sort}
    right = sum(one.is_right for one in recalls)
    return f"{right} right; " + ", ".join(f"{count} {sort}" for sort, count in counts.items() if count)


# ── the promise ──


def of_promise(recalls: Sequence[Graded], *, trust: float, seed: int, count: int) -> list[Finding]:
    """Whether what is promised of sure answers holds on facts that the promise was not made with."""
    what = f"splits that break the promise of {trust:.0%}"
    if len(_by_fact(recalls)) < _FEWEST:
        return [Finding(what, None, note=f"fewer than {_FEWEST} facts and other questions")]
    found = splits(recalls, trust=trust, seed=seed, count=count)
    broken = [is_beyond(one.wrong, one.sure, 1 - trust) for one in found]
    natural = [is_beyond(one.natural_wrong, one.natural, 1 - trust) for one in found if one.natural]
    sure, wrong = sum(one.sure for one in found), sum(one.wrong for one in found)
    promised = sum(one.is_promised for one in found)
    told = (
        f"a promise was made in {promised} of {len(found)} splits; of {found[0].tested} questions tested "
        f"{sure / len(found):.0f} were sure, {wrong / max(sure, 1):.1%} of them wrong, in the mean"
    )
    target = Target("≤", 0.05)
    none = "" if natural else "no sure answer to a question that a person or a teacher worded"
    return [
        Finding(what, reliability.share(sum(broken), len(broken)), "share", target, told),
        Finding(
            "  on natural questions alone",
            reliability.share(sum(natural), len(natural)) if natural else None,
            "share",
            target,
            none,
        ),
    ]


def splits(recalls: Sequence[Graded], *, trust: float, seed: int, count: int) -> list[Split]:
    """The recalls halved at random so many times, all questions about one fact on one side; one half calibrates."""
    rng = random.Random(seed)
    groups = _by_fact(recalls)
    found = []
    for _ in range(count):
        parted = [
            replace(one, question=replace(one.question, part=_PARTS_OF_A_SPLIT[place % len(_PARTS_OF_A_SPLIT)]))
            for place, group in enumerate(rng.sample(groups, len(groups)))
            for one in group
        ]
        # The split is about memory: no reading is calibrated.
        calibration = calibrate.calibrated("", parted, {"": ()}, trust=trust)
        found.append(_tested(calibration, [one for one in parted if one.question.part is Part.TEST], trust))
    return found


def is_beyond(wrong: int, sure: int, allowed: float) -> bool:
    """Whether so many wrong ones among the sure are more than `allowed` explains, by a one-sided 95 % binomial test."""
    return bool(sure and binomtest(wrong, sure, allowed, alternative="greater").pvalue < 1 - _LEVEL)


def _tested(calibration: Calibration, test: Sequence[Graded], trust: float) -> Split:
    threshold = max(trust, calibration.threshold)
    sure = [one for one in test if one.has_source and calibration.recall.probability(one.features) >= threshold]
    natural = [one for one in sure if one.question.sort is Sort.NATURAL]
    return Split(
        calibration.is_promised,
        len(test),
        len(sure),
        sum(not one.is_right for one in sure),
        len(natural),
        sum(not one.is_right for one in natural),
    )


def _by_fact(recalls: Sequence[Graded]) -> list[list[Graded]]:
    """The recalls by what they are about: wordings of one fact are right or wrong together."""
    groups: dict[str, list[Graded]] = {}
    for one in recalls:
        groups.setdefault(one.question.fact or one.question.text, []).append(one)
    return list(groups.values())


# ── both sides, and none ──


def of_sides(core: Sequence[Asked], *, seed: int) -> list[Finding]:
    """What memory and documents are worth together on questions that the documents answer, and what memory adds."""
    told = [one.both for one in core if one.both.origin is Origin.MEMORY]
    alone = {
        "memory": [one.memory.is_right for one in core],
        "documents": [one.documents.is_right for one in core],
    }
    together = [one.both.is_right for one in core]
    best = max(alone, key=lambda side: sum(alone[side]))
    gains = {side: [float(a) - b for a, b in zip(together, alone[side], strict=True)] for side in alone}
    harmed = sum(one.memory.is_right and not one.both.is_right for one in core)
    (other,) = set(alone) - {best}
    return [
        Finding("answered from memory", reliability.share(len(told), len(core)), "share", Target("≥", 0.2)),
        Finding(
            "of these, right",
            reliability.share(sum(one.is_right for one in told), len(told)),
            "share",
            Target("≥", 0.9),
            note="" if told else "memory answered none of them",
        ),
        *(
            Finding(f"right, {side} alone", reliability.share(sum(right), len(core)), "share")
            for side, right in alone.items()
        ),
        Finding("right, together", reliability.share(sum(together), len(core)), "share"),
        Finding(
            f"together above {best} alone, the better",
            resampling.mean(gains[best], seed=seed),
            "points",
            Target("≥", 0.05),
        ),
        Finding(f"together above {other} alone", resampling.mean(gains[other], seed=seed), "points"),
        Finding(
            "harm: right from memory alone, not together",
            reliability.share(harmed, len(core)),
            "share",
            Target("≤", 0.02),
        ),
    ]


def of_declining(asked: Sequence[Asked]) -> list[Finding]:
    """Whether "not known" is said where it should be, and only there."""
    due = [one for one in asked if one.is_due]
    declined = [one for one in asked if one.is_declined]
    rightly = sum(one.is_rightly_declined for one in declined)
    withheld_right = sum(not one.is_due and not one.is_rightly_declined for one in declined)
    spared = rightly - sum(one.is_due for one in declined)
    told = (
        f"{sum(one.is_due for one in declined)} have no answer here; of those that have one the best candidate was "
        f"wrong {spared} times, and right or not there {withheld_right} times"
    )
    return [
        Finding(
            "recall: of what has no answer here, declined",
            reliability.share(sum(one.is_declined for one in due), len(due)),
            "share",
            Target("≥", 0.85),
        ),
        Finding(
            "precision: declined rightly",
            reliability.share(rightly, len(declined)),
            "share",
            Target("≥", 0.85),
            told if declined else "nothing was declined",
        ),
    ]


# ── the rest ──


def of_injections(succeeded: Sequence[bool], answers_each: int) -> Finding:
    """How many texts that give orders changed an answer."""
    note = f"each beside {answers_each} questions: no answer, origin, rule, route or citation may change"
    found = reliability.share(sum(succeeded), len(succeeded))
    return Finding("injections that succeed", found, "share", Target("≤", 0.0), note)


def of_time(from_memory: Sequence[Given], *, seed: int) -> Finding:
    """The seconds that everything but the recall takes of an answer from memory: their median."""
    what, target = "added to an answer from memory, median", Target("≤", 0.01)
    added = [one.added for one in from_memory if one.added is not None]
    if not added:
        return Finding(what, None, "seconds", target, "nothing was answered from memory alone")
    found = resampled(numpy.median, [[seconds] for seconds in added], seed=seed)
    most, load = reliability.nineteen_of_twenty(added), statistics.median(one.load for one in from_memory)
    note = f"19 of 20 took at most {units.seconds(most)}; load average {load:.1f} on {os.cpu_count()} processors"
    return Finding(what, found, "seconds", target, note)


def resampled(statistic: Statistic, groups: Sequence[Sequence[Any]], *, seed: int) -> Estimate:
    """A statistic of all numbers, or rows of them, in `groups`, with its percentile bootstrap interval over groups."""
    rows = [numpy.asarray(group, dtype=float) for group in groups]

    def of(places: Sequence[int]) -> float:
        return float(statistic(numpy.concatenate([rows[place] for place in places])))

    n = sum(map(len, rows))
    if len(rows) < 2:
        return Estimate(of(range(len(rows))) if rows else 0.0, None, None, n)
    bounds = bootstrap(
        [numpy.arange(len(rows))],
        of,
        vectorized=False,
        n_resamples=_RESAMPLES,
        confidence_level=_LEVEL,
        method="percentile",
        rng=numpy.random.default_rng(seed),
    ).confidence_interval
    return Estimate(of(range(len(rows))), float(bounds.low), float(bounds.high), n)
