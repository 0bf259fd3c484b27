import pytest

from byheart.route import has_moved, route
from byheart.types import Fact, FactKind, Hit, Revision, Route, Support, Surroundings, Taught


def taught(support=Support.STILL, source="a.rst", stands_in="a.rst"):
    fact = Fact("f", FactKind.FIELD, "p", 0, 4, "3.10", "Version: 3.10")
    revision = Revision(source, "d", "A", None, None, "2026-01-01")
    return Taught(fact, 1.0, True, support, revision, work=1, stands_in=stands_in)


def hit(source, work=1):
    return Hit("text", 1.0, source, (), 0, 4, work=work)


@pytest.mark.parametrize(
    ("probability", "can_be_trusted", "can_look_up", "way"),
    [
        (0.95, True, True, Route.ANSWER),
        (0.95, True, False, Route.ANSWER),
        (0.95, False, True, Route.LOOK_UP),
        (0.95, False, False, Route.DECLINE),
        (0.5, True, True, Route.LOOK_UP),
        (0.5, True, False, Route.DECLINE),
    ],
)
def test_memory_speaks_only_when_sure_and_trusted(probability, can_be_trusted, can_look_up, way):
    assert route(probability=probability, threshold=0.9, can_be_trusted=can_be_trusted, can_look_up=can_look_up) is way


@pytest.mark.parametrize("support", [Support.CHANGED, Support.WITHDRAWN])
def test_a_fact_that_its_document_no_longer_says_has_moved(support):
    assert has_moved(taught(support), Surroundings())


def test_a_fact_that_its_document_still_says_is_not_shaken_by_other_changes_of_that_document():
    assert not has_moved(taught(), Surroundings(moved=(hit("a.rst"),)))


def test_a_fact_is_shaken_by_a_new_text_of_the_same_work_and_of_no_other():
    assert has_moved(taught(), Surroundings(moved=(hit("b.rst"),)))
    assert not has_moved(taught(), Surroundings(moved=(hit("b.rst", work=2),)))


def test_a_fact_that_stands_in_the_newer_text_is_not_shaken_by_its_other_passages():
    assert not has_moved(taught(stands_in="b.rst"), Surroundings(moved=(hit("b.rst"),)))


def test_a_recall_that_recites_nothing_is_shaken_by_any_change_near_it():
    assert has_moved(None, Surroundings(moved=(hit("a.rst"),)))
    assert has_moved(None, Surroundings(taught=(taught(Support.CHANGED),)))
    assert not has_moved(None, Surroundings(taught=(taught(),)))
