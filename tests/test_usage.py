"""Figures and drift of made-up logs, of which it is known what happened in them."""

import random

import pytest

from byheart.outcomes import Logged, Promise
from byheart.types import Origin
from byheart.usage import tightened, used

PROMISE = Promise(threshold=0.9, trust=0.9, sure=120, tested=400)


def row(*, sure=True, confidence=0.95, agrees=None, seconds=0.1, origin=Origin.MEMORY, sources=(), read=0.7):
    return Logged(
        "2026-01-02T03:04:05+00:00",
        "Where do walruses sleep?",
        origin if sure or origin is not Origin.MEMORY else Origin.DOCUMENTS,
        confidence,
        seconds,
        sources,
        agrees,
        "weights",
        sure,
        None if agrees is None else read,
    )


def simulated(seed, n, *, sure=0.3, right=0.95, read=0.7, checked=0.5):
    """A log of `n` questions: memory and a reader are right so often, independently, and agree where both are."""
    chance = random.Random(seed)
    rows = []
    for _ in range(n):
        is_sure = chance.random() < sure
        is_checked = is_sure and chance.random() < checked
        agrees = (chance.random() < right and chance.random() < read) if is_checked else None
        rows.append(row(sure=is_sure, confidence=chance.uniform(0.9, 1.0), agrees=agrees, read=read))
    return rows


def drifts(logs):
    return sum(bool(used(log, PROMISE).drifts) for log in logs)


def test_where_nothing_drifts_nineteen_of_twenty_logs_are_silent():
    assert drifts(simulated(seed, 600) for seed in range(200)) <= 0.05 * 200


def test_a_calibration_that_only_just_keeps_its_promise_is_no_drift():
    assert drifts(simulated(seed, 600, right=0.9) for seed in range(200)) <= 0.05 * 200


def test_a_fall_of_sure_answers_to_half_is_told_after_the_questions_that_it_says_it_needs():
    needed = used(simulated(0, 10), PROMISE).needed
    told = [used(simulated(seed, 2 * needed, sure=0.15), PROMISE).drifts for seed in range(100)]
    assert sum(bool(found) for found in told) >= 90
    assert "fewer answers are sure" in next(found for found in told if found)[0].told


def test_contradictions_are_told_and_raise_the_threshold():
    found = [used(simulated(seed, 600, right=0.6), PROMISE) for seed in range(100)]
    assert sum(one.threshold > PROMISE.threshold and len(one.drifts) == 1 for one in found) >= 90
    assert any("contradict sure answers" in one.drifts[0].told for one in found)


def test_the_threshold_rises_to_where_the_answers_still_agree():
    rows = [row(confidence=0.92, agrees=False) for _ in range(20)] + [row(confidence=0.99, agrees=True)] * 60
    assert tightened(rows, PROMISE) == 0.95


def test_the_threshold_never_falls_and_never_lies_below_the_promise():
    assert tightened([row(agrees=True)] * 500, PROMISE) == PROMISE.threshold
    broken = [row(confidence=0.92, agrees=False)] * 20
    before = 0.0
    for more in range(0, 300, 20):
        now = tightened([*broken, *[row(confidence=0.99, agrees=True)] * more], PROMISE)
        assert now >= before
        before = now


def test_a_reader_that_errs_is_not_held_against_memory():
    read_badly = [row(agrees=number % 5 < 2, read=0.4) for number in range(200)]
    assert not used(read_badly, PROMISE).drifts
    assert used(read_badly, PROMISE).promised_agreement == pytest.approx(0.36)


def test_a_reader_that_was_never_measured_is_shown_and_raises_nothing():
    found = used([row(agrees=False, read=None)] * 200, PROMISE)
    assert (found.agreement.n, found.promised_agreement, found.threshold) == (200, None, PROMISE.threshold)


def test_a_reading_that_said_nothing_is_no_label():
    assert used([row(agrees=None)] * 50, PROMISE).agreement.n == 0


def test_the_remedy_names_what_is_looked_up_most():
    looked_up = [row(sure=False, origin=Origin.DOCUMENTS, sources=("/my books/a.rst",))] * 99
    (drift,) = used([*looked_up, row(sure=False, origin=Origin.DOCUMENTS, sources=("/b.rst",))], PROMISE).drifts
    assert drift.remedy == "byheart study '/my books/a.rst' /b.rst"


def test_shares_and_seconds_are_told_by_origin():
    rows = [row(seconds=number / 100) for number in range(1, 101)]
    rows += [row(sure=False, origin=Origin.NONE, seconds=2.0)] * 25
    found = used(rows, PROMISE)
    memory = found.origins[Origin.MEMORY]
    assert (memory.share.value, memory.p50, memory.p95) == (0.8, 0.505, 0.95)
    assert found.origins[Origin.NONE].share.n == 125
    assert Origin.DOCUMENTS not in found.origins


def test_a_library_without_a_study_has_figures_and_no_promise():
    found = used([row(sure=False, origin=Origin.DOCUMENTS)] * 30, None)
    assert (found.questions, found.threshold, found.drifts) == (30, None, ())


def test_an_empty_log_has_no_figures():
    assert used([], PROMISE).questions == 0
