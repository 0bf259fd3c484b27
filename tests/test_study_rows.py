"""The pure parts of benchmarks/study.py: scaled minutes, grading, paired facts, parts taken away, changed values."""

import sys
from pathlib import Path

import pytest

from byheart.cases import Case
from byheart.outcomes import Estimate
from byheart.types import Fact, FactKind, Passage
from tiny import FACTS, PASSAGES

sys.path.insert(0, str(Path(__file__).parents[1] / "benchmarks"))

import study_row
import study_update
import study_without

SENTENCE = "The limit that every patient keeper of walruses sets for a line of animals is never more than 40 entries."
PROSE = [
    Fact(f"{number:032x}", FactKind.NUMBER, "limits", 0, 2, "40", SENTENCE, attribute="number of entries")
    for number in (1 << 92, 3 << 92, 5 << 92)
]


def test_minutes_are_longer_on_a_slower_machine_and_back_again() -> None:
    here = study_row.scaled(20, 89e9)

    assert here == pytest.approx(200)
    assert study_row.unscaled(here, 89e9) == pytest.approx(20)


def test_people_s_questions_are_graded_by_the_fixed_rule() -> None:
    asked = [Case("one", "How many?", "40", ("forty",)), Case("two", "Who?", "Ada"), Case("three", "What?", "gherkin")]

    right = study_row.natural_right(asked, {"one": "It is forty.", "two": "Not known.", "three": "a trombone"})

    assert right == {"one": True, "two": False, "three": False}


def test_sealed_forms_are_graded_as_a_study_grades_its_own() -> None:
    told = {
        "facts": [
            {"id": "a", "kind": "field", "value": "Final", "sealed": "Status?", "right": True},
            {"id": "b", "kind": "sentence", "value": SENTENCE, "sealed": "Limit?"},
            {"id": "c", "kind": "field", "value": "Draft"},
        ]
    }

    said = {
        "a": "Final and more",
        "b": "limit a keeper of walruses sets for a line of animals: never more than 40 entries",
    }

    assert study_row.sealed_right(told, said) == {"a": False, "b": True}
    assert study_row.own_right(told) == {"a": True}


def test_what_a_model_said_is_not_asked_again(tmp_path: Path) -> None:
    first = study_row.answers(tmp_path, "one model", {"q": "How many?"}, lambda question: "40")
    with (tmp_path / "answers.jsonl").open("a", encoding="utf-8") as file:
        file.write('{"by": "one model", "question": "cut sh')
    again = study_row.answers(tmp_path, "one model", {"q": "How many?", "r": "Who?"}, lambda question: "Ada")
    other = study_row.answers(tmp_path, "another model", {"q": "How many?", "r": "Who?"}, lambda question: "41")
    last = study_row.answers(tmp_path, "one model", {"r": "Who?"}, lambda question: "Bob")

    assert (first, again, other, last) == ({"q": "40"}, {"q": "40", "r": "Ada"}, {"q": "41", "r": "41"}, {"r": "Ada"})


def test_facts_in_common_are_paired() -> None:
    first = {"a": True, "b": True, "c": False, "only here": True}
    second = {"a": True, "b": False, "c": False, "only there": True}

    found = study_without.paired(first, second)

    assert (found.only_first, found.only_second, found.chance) == (1, 0, 1.0)
    assert found.difference.value == pytest.approx(1 / 3)
    assert found.difference.n == 3


def test_ten_facts_that_only_one_study_has_right_are_no_chance() -> None:
    facts = [str(number) for number in range(10)]

    found = study_without.paired(dict.fromkeys(facts, True), dict.fromkeys(facts, False))

    assert found.chance == pytest.approx(2 / 2**10)


@pytest.mark.parametrize(
    "name", [name for name in study_without.NAMES if name not in (study_without.NOTHING, "reverse")]
)
def test_each_part_that_is_taken_away_changes_lessons_and_nothing_stays_changed(name: str) -> None:
    passages = {"limits": Passage("limits", "Walruses", ("Limits",), SENTENCE)}

    assert 0 < study_without.touched(name, PROSE, passages) <= 1
    assert study_without.touched(study_without.NOTHING, PROSE, passages) == 0


def test_where_no_title_leads_back_to_its_subject_no_lesson_is_reversed() -> None:
    titled = [
        Fact(f"{number:032x}", FactKind.FIELD, "PROP 7", 0, 1, "Walruses", "Title: Walruses", "PROP 7", "Title")
        for number in range(20)
    ]

    assert study_without.touched("reverse", FACTS, PASSAGES) == 0
    assert study_without.touched("reverse", titled, PASSAGES) > 0


@pytest.mark.parametrize(
    ("value", "others", "wanted"),
    [
        ("3.09", (), "3.10"),
        ("01-Mar-2019", (), "01-Mar-2020"),
        ("Final", ("final", "Draft"), "Draft"),
        ("x", ("X",), None),
    ],
)
def test_a_changed_value_is_of_the_same_sort(value: str, others: tuple[str, ...], wanted: str | None) -> None:
    assert study_update.another(value, others) == wanted


def test_changed_documents_lie_far_apart() -> None:
    assert study_update.spread(36, 4) == [0, 9, 18, 27]


def test_a_share_is_shown_with_its_interval() -> None:
    assert study_row.shown(Estimate(0.5, 0.25, 0.75, 10)) == "50.0% [25–75] of 10"
    assert study_row.shown(Estimate(0.0, None, None, 0)) == "–"
