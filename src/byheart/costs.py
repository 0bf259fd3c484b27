"""What answers cost: energy and money for an arm, and from how many questions on a study has paid for itself.

Takes rows and the prices that the user names; gives means an answer, and money for a thousand. What the machine
measured is used; what it did not is estimated from the watts of a busy machine, and marked as estimated.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from byheart.backends import resampling
from byheart.outcomes import Estimate
from byheart.rows import Cold, Row

# A processor that is busy draws about this, its share of memory and power supply included.
WATTS_A_PROCESSOR = 10.0


@dataclass(frozen=True, slots=True)
class Prices:
    """What the user says a machine draws and costs, in one currency; None where nothing is said.

    `watts` are those of the whole machine when all its processors are busy; `hour` is the price of an hour of it;
    `million_in` and `million_out` are what a hosted model takes for a million tokens read and written.
    """

    watts: float | None = None
    hour: float | None = None
    million_in: float | None = None
    million_out: float | None = None


@dataclass(frozen=True, slots=True)
class Cost:
    """Means an answer of one arm, and money for 1,000 answers.

    `machine_money` is None where no price was named or the arm runs elsewhere, `api_money` where none was named.
    `peak_bytes` is the most memory of a process that answers one question.
    """

    tokens_in: float
    tokens_out: float
    cpu_seconds: float
    peak_bytes: int | None
    joules: float | None
    is_energy_measured: bool
    machine_money: float | None
    api_money: float | None


@dataclass(frozen=True, slots=True)
class BreakEven:
    """From how many questions on `arm`, which was studied for, costs less in all than `other`.

    `saved` is what a question saves, in `unit` ("seconds" of this machine, or "money"), `one_time` what the study
    took of it. `questions` None: never, as far as was measured; `low` and `high` are the ends of its interval.
    """

    arm: str
    other: str
    unit: str
    one_time: float
    saved: Estimate
    questions: float | None
    low: float | None
    high: float | None


def cost(rows: Sequence[Row], cold: Sequence[Cold], prices: Prices, processors: int, *, is_here: bool) -> Cost:
    """What the answers of one arm took; `is_here`: its model runs on this machine."""
    n = max(len(rows), 1)
    joules = _joules(rows, prices, processors) if is_here else None
    return Cost(
        sum(row.tokens_in for row in rows) / n,
        sum(row.tokens_out for row in rows) / n,
        sum(row.cpu_seconds for row in rows) / n,
        max((one.peak_bytes for one in cold if one.peak_bytes), default=None),
        joules,
        is_here and all(row.joules is not None for row in rows),
        None
        if prices.hour is None or not is_here
        else 1000 * sum(row.seconds for row in rows) / n * prices.hour / 3600,
        1000 * sum(_tokens_money(row, prices) for row in rows) / n if has_api_price(prices) else None,
    )


def has_api_price(prices: Prices) -> bool:
    """Whether the user has named what a hosted model takes."""
    return prices.million_in is not None or prices.million_out is not None


def watts(prices: Prices, processors: int) -> float:
    """What the busy machine draws: as the user says, or so much a processor."""
    return WATTS_A_PROCESSOR * processors if prices.watts is None else prices.watts


def break_even(
    rows: Mapping[str, Sequence[Row]],
    arm: str,
    other: str,
    *,
    study_seconds: float,
    prices: Prices,
    here: Sequence[str],
    seed: int,
) -> BreakEven | None:
    """When the study behind `arm` has paid for itself against `other`; None where their costs are not comparable."""
    unit, one_time = "seconds", study_seconds
    if prices.hour is not None:
        unit, one_time = "money", study_seconds * prices.hour / 3600
    mine = {row.case: a_question(row, prices, is_here=arm in here) for row in rows[arm]}
    theirs = {row.case: a_question(row, prices, is_here=other in here) for row in rows[other]}
    pairs = [(theirs[case], mine[case]) for case in mine if case in theirs]
    differences = [that - this for that, this in pairs if that is not None and this is not None]
    if not differences or len(differences) < len(pairs):
        return None
    saved = resampling.mean(differences, seed=seed)
    return BreakEven(
        arm,
        other,
        unit,
        one_time,
        saved,
        _repaid(one_time, saved.value),
        _repaid(one_time, saved.high),
        _repaid(one_time, saved.low),
    )


def a_question(row: Row, prices: Prices, *, is_here: bool) -> float | None:
    """What one answer costs, in money where an hour of the machine has a price, else in seconds."""
    if prices.hour is None:
        return row.seconds
    if is_here:
        return row.seconds * prices.hour / 3600
    return _tokens_money(row, prices) if has_api_price(prices) else None


def _repaid(one_time: float, saved: float | None) -> float | None:
    return one_time / saved if saved is not None and saved > 0 else None


def _joules(rows: Sequence[Row], prices: Prices, processors: int) -> float | None:
    """The mean energy of an answer: measured, or the busy machine's share that its processor seconds stand for."""
    if not rows:
        return None
    a_cpu_second = watts(prices, processors) / processors
    used = [row.cpu_seconds * a_cpu_second if row.joules is None else row.joules for row in rows]
    return sum(used) / len(used)


def _tokens_money(row: Row, prices: Prices) -> float:
    return (row.tokens_in * (prices.million_in or 0.0) + row.tokens_out * (prices.million_out or 0.0)) / 1e6
