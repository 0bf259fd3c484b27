import random
from dataclasses import asdict, replace

import pytest

from byheart import weigh
from byheart.confidence import READING_FEATURES, RECALL_FEATURES, Calibration
from byheart.examine import Graded, Part, Question, Sort
from byheart.gate import Gate
from byheart.resolve import Rule, settle
from byheart.route import route
from byheart.scales import Scales
from byheart.types import Claim, Origin, Route

FLOOR = 0.2


def gate_on(place, features):
    """The gate that takes the feature at `place` for the log odds."""
    size = len(features)
    weights = tuple(float(number == place) for number in range(size))
    return Gate((0.0,) * size, (1.0,) * size, weights, 0.0)


CALIBRATION = Calibration(
    "weights", "reader", gate_on(0, RECALL_FEATURES), gate_on(0, READING_FEATURES), threshold=0.9, is_promised=True
)


def asked_of_both(count=400, *, read_right=0.8, recalled_right=0.5):
    """Questions whose answers are known: memory is right in half of them, whatever it thinks, reading mostly."""
    rng = random.Random(7)
    recalls, readings = [], []
    for number in range(count):
        part = Part.THRESHOLD if number % 2 else Part.TEST
        question = Question(f"question {number}?", Sort.SEALED, part, f"fact {number}", f"value {number}")
        is_recalled, is_read = rng.random() < recalled_right, rng.random() < read_right
        # Memory is always sure, reading never is: only what came of it tells which to believe.
        recalls.append(graded(question, is_recalled, 3.0, RECALL_FEATURES, "other"))
        readings.append(graded(question, is_read, 0.0, READING_FEATURES, "another"))
    return weigh.asked_both(CALIBRATION, recalls, readings)


def graded(question, is_right, odds, names, wrong):
    features = [0.0] * len(names)
    features[0] = odds
    if "stands in a passage" in names:
        features[names.index("stands in a passage")] = 1.0
    return Graded(question, tuple(features), is_right, question.value if is_right else wrong, seconds=0.5)


def test_the_scales_believe_the_side_that_was_right_not_the_one_that_is_sure():
    scales = weigh.fitted(asked_of_both(), floor=FLOOR)
    memory, reading = scales.apart(0.95, 0.5)
    assert memory < 0.3
    assert reading > 0.6
    assert scales.together(0.95, 0.5) > 0.95


def test_looking_up_is_worth_it_where_memory_is_sure_and_wrong():
    scales = weigh.fitted(asked_of_both(), floor=FLOOR)
    assert not scales.is_worth_looking_up(0.99)
    assert scales.looked_up.probability((3.0,)) == pytest.approx(0.85, abs=0.08)
    assert scales.is_worth_looking_up(0.5)
    assert not replace(scales, seconds=100.0).is_worth_looking_up(0.5)


def test_help_and_harm_are_counted_on_questions_that_fitted_nothing():
    asked = asked_of_both()
    found = weigh.figures(asked, weigh.fitted(asked, floor=FLOOR), floor=FLOOR)
    tested = [both for both in asked if both.part is Part.TEST]
    assert found["put to both"] == len(tested) == 200
    # The reading is believed wherever the two differ.
    assert found["helped"] == sum(both.is_read_right and not both.is_recalled_right for both in tested) / 200 > 0
    assert found["harmed"] == sum(both.is_recalled_right and not both.is_read_right for both in tested) / 200 > 0


def test_too_few_questions_give_no_scales():
    assert weigh.fitted(asked_of_both(40), floor=FLOOR) is None


def test_a_reading_that_stands_in_no_passage_is_no_side():
    question = Question("which?", Sort.SEALED, Part.TEST, "fact", "value")
    recall = graded(question, True, 1.0, RECALL_FEATURES, "")
    reading = replace(graded(question, True, 1.0, READING_FEATURES, ""), features=(0.0,) * len(READING_FEATURES))
    assert weigh.asked_both(CALIBRATION, [recall], [reading]) == []


def test_scales_are_the_same_after_they_were_written_down():
    scales = weigh.fitted(asked_of_both(), floor=FLOOR)
    assert Scales.from_data(asdict(scales)) == scales
    assert Calibration.from_data(replace(CALIBRATION, scales=scales).as_data()).scales == scales


def test_two_sides_that_differ_are_settled_by_the_scales():
    scales = weigh.fitted(asked_of_both(), floor=FLOOR)
    memory, reading = Claim("3.10", 0.95, None), Claim("3.11", 0.5, None)
    assert settle(memory, reading, floor=FLOOR, is_reading_newer=False).winner is Origin.MEMORY
    settlement = settle(memory, reading, floor=FLOOR, is_reading_newer=False, scales=scales)
    assert settlement.winner is Origin.DOCUMENTS
    assert settlement.confidence == pytest.approx(scales.apart(0.95, 0.5)[1])


def test_a_newer_text_is_not_weighed():
    scales = weigh.fitted(asked_of_both(read_right=0.1), floor=FLOOR)
    settlement = settle(
        Claim("3.10", 0.95, None), Claim("3.11", 0.5, None), floor=FLOOR, is_reading_newer=True, scales=scales
    )
    assert (settlement.winner, settlement.rule, settlement.confidence) == (Origin.DOCUMENTS, Rule.NEWER, 0.5)


@pytest.mark.parametrize(("can_look_up", "way"), [(True, Route.LOOK_UP), (False, Route.ANSWER)])
def test_a_sure_memory_is_looked_up_where_that_gains_and_can_be_done(can_look_up, way):
    given = route(probability=0.95, threshold=0.9, can_be_trusted=True, can_look_up=can_look_up, is_gain=True)
    assert given is way
