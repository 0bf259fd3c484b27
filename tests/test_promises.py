import random

import pytest

from byheart.promises import is_broken, needed


def drawn(promised, actual, n, seed):
    chance = random.Random(seed)
    return [(promised, chance.random() < actual) for _ in range(n)]


@pytest.mark.parametrize("promised", [0.1, 0.3, 0.6, 0.9])
def test_a_kept_promise_is_broken_in_at_most_one_of_twenty_long_logs_that_are_looked_at_all_the_time(promised):
    alarms = sum(is_broken(drawn(promised, promised, 1500, seed)) for seed in range(200))
    assert alarms <= 0.05 * 200


@pytest.mark.parametrize("promised", [0.1, 0.3, 0.6, 0.9])
def test_a_promise_that_is_half_kept_is_told_broken_after_about_as_many_outcomes_as_needed(promised):
    enough = needed(promised, promised / 2)
    assert sum(is_broken(drawn(promised, promised / 2, 2 * enough, seed)) for seed in range(100)) >= 90
    assert sum(is_broken(drawn(promised, promised / 2, enough // 8, seed)) for seed in range(100)) <= 30


def test_more_than_was_promised_breaks_nothing():
    assert not is_broken([(0.5, True)] * 1000)
    assert needed(0.5, 0.6) is None


def test_what_was_broken_stays_broken_whatever_comes_later():
    assert is_broken([(0.8, False)] * 20 + [(0.8, True)] * 1000)


def test_one_failure_breaks_no_promise_however_certain():
    assert not is_broken([(0.9, False)])
