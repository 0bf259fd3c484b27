import pytest

from byheart import reliability


def test_answers_as_right_as_they_said_have_no_calibration_error():
    sure = [(0.75, True)] * 3 + [(0.75, False)]
    assert reliability.calibration_error(sure) == 0
    assert reliability.bins(sure) == [reliability.Bin(0.75, 0.75, 4)]


def test_the_error_is_the_distance_between_said_and_right_weighed_by_answers():
    pairs = [(1.0, False)] * 2 + [(0.0, False)] * 2
    assert reliability.calibration_error(pairs) == 0.5
    assert reliability.brier(pairs) == 0.5


def test_risk_grows_along_the_answers_from_the_surest_on():
    found = reliability.curve([(0.2, False), (0.9, True), (0.8, False)], asked=4)
    assert [point.coverage for point in found] == [0.25, 0.5, 0.75]
    assert [point.risk for point in found] == pytest.approx([0, 0.5, 2 / 3])


def test_equally_sure_answers_are_taken_or_left_together():
    (point,) = reliability.curve([(0.5, True), (0.5, False)], asked=2)
    assert (point.coverage, point.risk) == (1.0, 0.5)


def test_nothing_answered_has_no_figures():
    assert reliability.bins([]) == []
    assert reliability.curve([], asked=3) == []


def test_a_share_has_the_wilson_interval():
    assert reliability.share(0, 0).low is None
    found = reliability.share(8, 10)
    assert (round(found.low, 3), round(found.high, 3)) == (0.490, 0.943)
