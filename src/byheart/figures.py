"""Rows to figures: what each arm got right, was sure of, found and took, and how the arms differ.

Takes cases and the rows of all arms, gives figures with 95 % intervals over questions. A pair of arms is compared on
the questions that both were asked. It asks nothing, draws nothing and knows no library.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy

from byheart import costs, reliability
from byheart.backends import resampling
from byheart.cases import Case
from byheart.costs import BreakEven, Cost, Prices
from byheart.grading import Grade
from byheart.outcomes import Estimate
from byheart.reliability import Bin, Covered
from byheart.rows import Cold, Row, Verdict

# How deep the list of passages is searched for the one that holds the answer, and which depths are told.
DEEPEST = 20
DEPTHS = (1, 3, 5, 10, 20)

# The group of questions about books that the library does not hold.
NOT_HELD = "not held"

# Before and after looking up, as far as these arms were asked.
_LOOKING_UP = (("memory", "both"), ("memory", "documents"), ("untaught", "usual"))

# What a study is paid for by, and what it could save.
_STUDIED = ("both", "memory")
_LOOKED_UP = ("documents", "usual", "baseline")


@dataclass(frozen=True, slots=True)
class Tally:
    """How many answers were right, wrong, of an earlier text, or none; `share` is that of the right ones."""

    n: int
    right: int
    wrong: int
    old: int
    declined: int
    share: Estimate


@dataclass(frozen=True, slots=True)
class Declining:
    """Of `due` questions that these documents do not answer, how many were declined, and of all declined ones how many
    were due. None where there were none."""

    due: int
    declined: int
    rightly: int
    precision: Estimate | None
    recall: Estimate | None


@dataclass(frozen=True, slots=True)
class Calibrated:
    """What the confidence of the `n` answers that were given was worth; errors are better when lower."""

    n: int
    error: float
    brier: float
    bins: Sequence[Bin]
    curve: Sequence[Covered]


@dataclass(frozen=True, slots=True)
class Retrieval:
    """The share of questions whose quote is in the first so many passages, and the mean of 1 / its rank."""

    n: int
    within: Mapping[str, Estimate]
    mean_reciprocal_rank: Estimate


@dataclass(frozen=True, slots=True)
class Seconds:
    """Percentiles and mean of seconds over `n` answers."""

    p50: float
    p95: float
    p99: float
    mean: float
    n: int


@dataclass(frozen=True, slots=True)
class Agreement:
    """How often a judge model and the rule gave the same verdict; `kappa` is what is beyond chance (1: always)."""

    n: int
    share: Estimate
    kappa: float
    judged_right: float
    unclear: int


@dataclass(frozen=True, slots=True)
class ArmFigures:
    """All figures of one arm: `total` is of all questions, `answerable` of those that these documents answer."""

    arm: str
    total: Tally
    answerable: Tally
    by_book: Mapping[str, Tally]
    by_kind: Mapping[str, Tally]
    by_set: Mapping[str, Tally]
    origins: Mapping[str, int]
    declining: Declining
    calibrated: Calibrated | None
    retrieval: Retrieval | None
    seconds: Seconds
    stages: Mapping[str, Seconds]
    cold: Seconds | None
    cost: Cost
    judged: Agreement | None

    @property
    def main(self) -> Tally:
        """Of what these documents answer, if they answer any: what else is asked measures declining."""
        return self.answerable if self.answerable.n else self.total


@dataclass(frozen=True, slots=True)
class Difference:
    """`arm` against `other` on the same questions: the difference in the share right, and how many times as fast.

    `times_as_fast` is the median seconds of `other` over those of `arm`.
    """

    arm: str
    other: str
    right: Estimate
    times_as_fast: Estimate


@dataclass(frozen=True, slots=True)
class Effect:
    """What looking up did: of the questions `before` had right, how many `after` harmed; of the others, helped."""

    before: str
    after: str
    n: int
    helped: int
    harmed: int
    helped_share: Estimate
    harmed_share: Estimate


@dataclass(frozen=True, slots=True)
class Figures:
    """What a measurement found. `overhead` is the time of `both` as a multiple of that of `memory`, on the questions
    that `both` answered from memory."""

    arms: Mapping[str, ArmFigures]
    differences: Sequence[Difference]
    looking_up: Sequence[Effect]
    overhead: Estimate | None
    break_even: Sequence[BreakEven]


@dataclass(frozen=True, slots=True)
class Terms:
    """What figures rest on besides rows: the seed of the intervals, the user's prices, the machine's processors, which
    arms run on it, and the seconds the study in use took (None: there is none)."""

    seed: int
    prices: Prices
    processors: int
    here: Sequence[str]
    study_seconds: float | None


def figures(
    cases: Sequence[Case], rows: Sequence[Row], cold: Sequence[Cold], verdicts: Sequence[Verdict], terms: Terms
) -> Figures:
    """All figures of a measurement."""
    by_id = {case.id: case for case in cases}
    by_arm: dict[str, list[Row]] = {}
    for row in rows:
        by_arm.setdefault(row.arm, []).append(row)
    return Figures(
        {
            arm: _arm(
                arm,
                mine,
                by_id,
                [one for one in cold if one.arm == arm],
                [one for one in verdicts if one.arm == arm],
                terms,
            )
            for arm, mine in by_arm.items()
        },
        [_difference(by_arm, arm, other, terms.seed) for arm, other in combinations(by_arm, 2)],
        [
            _effect(by_arm, before, after, terms.seed)
            for before, after in _LOOKING_UP
            if before in by_arm and after in by_arm
        ],
        _overhead(by_arm, terms.seed) if {"memory", "both"} <= set(by_arm) else None,
        list(_break_even(by_arm, terms)),
    )


def tally(rows: Sequence[Row], seed: int) -> Tally:
    """How the answers in `rows` were graded."""
    counts = Counter(row.grade for row in rows)
    share = resampling.share([row.grade is Grade.RIGHT for row in rows], seed=seed)
    return Tally(len(rows), counts[Grade.RIGHT], counts[Grade.WRONG], counts[Grade.OLD], counts[Grade.DECLINED], share)


def seconds(values: Sequence[float]) -> Seconds:
    """Percentiles of at least one value."""
    p50, p95, p99 = (float(found) for found in numpy.percentile(values, [50, 95, 99]))
    return Seconds(p50, p95, p99, sum(values) / len(values), len(values))


def beside(found: Figures, arm: str, other: str) -> Difference | None:
    """How `arm` differs from `other`, told of `arm`; None where one of them was not asked."""
    for one in found.differences:
        if (one.arm, one.other) == (arm, other):
            return one
        if (one.arm, one.other) == (other, arm):
            right, fast = one.right, one.times_as_fast
            return Difference(
                arm,
                other,
                Estimate(-right.value, _minus(right.high), _minus(right.low), right.n),
                Estimate(1 / fast.value, _inverse(fast.high), _inverse(fast.low), fast.n),
            )
    return None


def _minus(value: float | None) -> float | None:
    return None if value is None else -value


def _inverse(value: float | None) -> float | None:
    return 1 / value if value else None


# ── one arm ──


def _arm(
    arm: str,
    rows: Sequence[Row],
    cases: Mapping[str, Case],
    cold: Sequence[Cold],
    verdicts: Sequence[Verdict],
    terms: Terms,
) -> ArmFigures:
    def grouped(key: Callable[[Case], str]) -> dict[str, Tally]:
        groups: dict[str, list[Row]] = {}
        for row in rows:
            groups.setdefault(key(cases[row.case]), []).append(row)
        return {name: tally(mine, terms.seed) for name, mine in sorted(groups.items()) if name}

    return ArmFigures(
        arm,
        tally(rows, terms.seed),
        tally([row for row in rows if not cases[row.case].is_to_be_declined], terms.seed),
        grouped(lambda case: case.book if case.is_held else NOT_HELD),
        grouped(lambda case: case.kind if case.is_held else NOT_HELD),
        grouped(lambda case: case.set),
        dict(sorted(Counter(row.origin for row in rows if row.origin).items())),
        _declining(rows, cases, terms.seed),
        _calibrated(rows),
        _retrieval(rows, terms.seed),
        seconds([row.seconds for row in rows]),
        _stages(rows),
        seconds([one.seconds for one in cold]) if cold else None,
        costs.cost(rows, cold, terms.prices, terms.processors, is_here=arm in terms.here),
        _agreement(rows, verdicts, terms.seed),
    )


def _declining(rows: Sequence[Row], cases: Mapping[str, Case], seed: int) -> Declining:
    pairs = [(cases[row.case].is_to_be_declined, _is_declined(row, cases[row.case])) for row in rows]
    of_declined = [is_due for is_due, is_declined in pairs if is_declined]
    of_due = [is_declined for is_due, is_declined in pairs if is_due]
    return Declining(
        len(of_due),
        len(of_declined),
        sum(of_due),
        resampling.share(of_declined, seed=seed) if of_declined else None,
        resampling.share(of_due, seed=seed) if of_due else None,
    )


def _is_declined(row: Row, case: Case) -> bool:
    # Where nothing answers the question, to decline is graded right.
    return row.grade is (Grade.RIGHT if case.answer is None else Grade.DECLINED)


def _calibrated(rows: Sequence[Row]) -> Calibrated | None:
    pairs = [(row.confidence, row.grade is Grade.RIGHT) for row in rows if row.confidence is not None and row.said]
    if not pairs:
        return None
    return Calibrated(
        len(pairs),
        reliability.calibration_error(pairs),
        reliability.brier(pairs),
        reliability.bins(pairs),
        reliability.curve(pairs, len(rows)),
    )


def _retrieval(rows: Sequence[Row], seed: int) -> Retrieval | None:
    ranks = [row.rank for row in rows if row.rank is not None]
    if not ranks:
        return None
    within = {str(depth): resampling.share([0 < rank <= depth for rank in ranks], seed=seed) for depth in DEPTHS}
    return Retrieval(len(ranks), within, resampling.mean([1 / rank if rank else 0.0 for rank in ranks], seed=seed))


def _stages(rows: Sequence[Row]) -> dict[str, Seconds]:
    """Seconds by stage, over all answers: a stage that was not needed took none."""
    names = dict.fromkeys(stage for row in rows for stage in row.stages)
    return {name: seconds([row.stages.get(name, 0.0) for row in rows]) for name in names}


def _agreement(rows: Sequence[Row], verdicts: Sequence[Verdict], seed: int) -> Agreement | None:
    said = {one.case: one.is_right for one in verdicts}
    pairs = [(row.grade is Grade.RIGHT, verdict) for row in rows if (verdict := said.get(row.case)) is not None]
    if not pairs:
        return None
    agreed = [rule == judge for rule, judge in pairs]
    rule_right = sum(rule for rule, _ in pairs) / len(pairs)
    judged_right = sum(judge for _, judge in pairs) / len(pairs)
    by_chance = rule_right * judged_right + (1 - rule_right) * (1 - judged_right)
    share = resampling.share(agreed, seed=seed)
    kappa = (share.value - by_chance) / (1 - by_chance) if by_chance < 1 else 1.0
    return Agreement(len(pairs), share, kappa, judged_right, sum(one is None for one in said.values()))


# ── arms beside each other ──


def _in_common(by_arm: Mapping[str, Sequence[Row]], arm: str, other: str) -> list[tuple[Row, Row]]:
    theirs = {row.case: row for row in by_arm[other]}
    return [(row, theirs[row.case]) for row in by_arm[arm] if row.case in theirs]


def _difference(by_arm: Mapping[str, Sequence[Row]], arm: str, other: str, seed: int) -> Difference:
    pairs = _in_common(by_arm, arm, other)
    return Difference(arm, other, right_more(pairs, seed), times_as_fast(pairs, seed))


def right_more(pairs: Sequence[tuple[Row, Row]], seed: int) -> Estimate:
    """By how much the share right is higher for the first of each pair than for the second (-1 to 1)."""
    return resampling.mean(
        [float(one.grade is Grade.RIGHT) - float(other.grade is Grade.RIGHT) for one, other in pairs], seed=seed
    )


def times_as_fast(pairs: Sequence[tuple[Row, Row]], seed: int) -> Estimate:
    """How many times as long the second of each pair takes, by medians."""
    return resampling.ratio_of_medians(
        [other.seconds for _, other in pairs], [one.seconds for one, _ in pairs], seed=seed
    )


def _effect(by_arm: Mapping[str, Sequence[Row]], before: str, after: str, seed: int) -> Effect:
    pairs = [(one.grade is Grade.RIGHT, other.grade is Grade.RIGHT) for one, other in _in_common(by_arm, before, after)]
    helped = [is_right for was_right, is_right in pairs if not was_right]
    harmed = [not is_right for was_right, is_right in pairs if was_right]
    return Effect(
        before,
        after,
        len(pairs),
        sum(helped),
        sum(harmed),
        resampling.share(helped, seed=seed),
        resampling.share(harmed, seed=seed),
    )


def _overhead(by_arm: Mapping[str, Sequence[Row]], seed: int) -> Estimate | None:
    pairs = [pair for pair in _in_common(by_arm, "memory", "both") if pair[1].origin == "memory"]
    return times_as_fast(pairs, seed) if pairs else None


def _break_even(by_arm: Mapping[str, Sequence[Row]], terms: Terms) -> Iterable[BreakEven]:
    if terms.study_seconds is None:
        return
    for arm in _STUDIED:
        for other in _LOOKED_UP:
            if arm in by_arm and other in by_arm:
                found = costs.break_even(
                    by_arm,
                    arm,
                    other,
                    study_seconds=terms.study_seconds,
                    prices=terms.prices,
                    here=terms.here,
                    seed=terms.seed,
                )
                if found:
                    yield found
