"""Rounds of lessons: fresh each time, more of what is not known, rest for what is, the same by the same seed."""

import json
from collections import Counter

from byheart.curriculum import FactCurriculum
from byheart.types import Fact, FactKind, Passage

TOPICS = "walrus lantern umbrella gherkin trombone saddle compass anvil".split()


def fact(number: int, attribute: str, value: str) -> Fact:
    name = f"{number}-{attribute}"
    return Fact(
        f"{name:0>32}".encode().hex()[-32:],
        FactKind.FIELD,
        f"passage {number}",
        0,
        1,
        value,
        "",
        f"PROP {number}",
        attribute,
    )


FACTS = [fact(number, "Status", "Final") for number in range(4)]
FACTS += [fact(number, "Title", f"Handling of {TOPICS[number]} objects") for number in range(4)]
PASSAGES = {
    f"passage {number}": Passage(f"passage {number}", f"PROP {number}", (), f"All there is on {TOPICS[number]}. " * 9)
    for number in range(4)
}


def curriculum(**options) -> FactCurriculum:
    return FactCurriculum(FACTS, PASSAGES, **{"seed": 1} | options)


def lessons_of(made, fact: Fact) -> int:
    return sum(lesson.fact == fact.id and not lesson.is_open_book for lesson in made)


def grade(made: FactCurriculum, *wrong: Fact) -> None:
    made.graded([fact not in wrong for fact in FACTS])


def test_every_fact_is_taught_in_every_rendering_of_the_first_round():
    taught = curriculum(renderings=5).round(0)
    assert Counter(lesson.fact for lesson in taught if not lesson.is_open_book) == {fact.id: 5 for fact in FACTS}


def test_rounds_are_worded_afresh():
    made = curriculum()
    first = [lesson.prompt for lesson in made.round(0)]
    grade(made, *FACTS)
    assert [lesson.prompt for lesson in made.round(1)] != first


def test_probes_are_never_taught():
    made = curriculum()
    probes = {probe.prompt for probe in made.probes()}
    taught = {lesson.prompt for number in range(30) for lesson in made.round(number)}
    assert not probes & taught


def test_right_twice_running_is_mastered_and_once_is_not():
    made = curriculum()
    grade(made, FACTS[0])
    assert not made.mastered()
    grade(made, FACTS[0], FACTS[1])
    assert made.mastered() == {fact.id for fact in FACTS[2:]}


def test_what_is_not_known_is_taught_more_than_what_was_right_once():
    made = curriculum(renderings=4)
    grade(made, FACTS[0])
    taught = made.round(1)
    assert (lessons_of(taught, FACTS[0]), lessons_of(taught, FACTS[1])) == (4, 2)


def test_mastered_facts_rest_and_come_back_at_growing_intervals():
    made = curriculum()
    taught_in = []
    for number in range(24):
        if lessons_of(made.round(number), FACTS[1]):
            taught_in.append(number)
        grade(made, FACTS[0])
    assert taught_in == [0, 1, 3, 6, 11, 20]


def test_a_mastered_fact_that_was_forgotten_is_taught_in_full_again():
    made = curriculum()
    for _ in range(3):
        grade(made, FACTS[0])
    grade(made, FACTS[1])
    assert FACTS[1].id not in made.mastered()
    assert lessons_of(made.round(4), FACTS[1]) == lessons_of(made.round(0), FACTS[1])


def test_nothing_is_left_when_all_is_mastered():
    made = curriculum()
    grade(made)
    assert made.round(1)
    grade(made)
    assert made.round(2) == []


def test_open_book_lessons_make_up_their_share_of_the_text_spread_over_the_round():
    taught = curriculum(renderings=40, open_book=0.25).round(0)
    text = sum(len(lesson.prompt) for lesson in taught)
    opened = [place for place, lesson in enumerate(taught) if lesson.is_open_book]
    assert 0.15 < sum(len(taught[place].prompt) for place in opened) / text < 0.35
    assert min(opened) < len(taught) / 2 < max(opened)


def test_no_open_book_lessons_without_a_share():
    assert not any(lesson.is_open_book for lesson in curriculum(open_book=0.0).round(0))


def test_the_turns_of_a_fact_are_spread_over_the_round():
    taught = [lesson.fact for lesson in curriculum(renderings=3, open_book=0.0).round(0)]
    parts = [taught[start : start + len(FACTS)] for start in range(0, len(taught), len(FACTS))]
    assert all(set(part) == {fact.id for fact in FACTS} for part in parts)


def test_the_same_seed_and_grades_give_the_same_lessons():
    one, other, third = curriculum(), curriculum(), curriculum(seed=2)
    for made in (one, other, third):
        grade(made, FACTS[3])
    assert one.round(1) == other.round(1) != third.round(1)


def test_it_goes_on_from_its_state_as_if_never_interrupted():
    made, later = curriculum(), curriculum()
    for wrong in (FACTS[:2], FACTS[:1], FACTS[2:3]):
        grade(made, *wrong)
    later.restore(json.loads(json.dumps(made.state())))
    assert later.mastered() == made.mastered()
    assert later.round(3) == made.round(3)
    grade(made)
    grade(later)
    assert later.round(4) == made.round(4)


def test_what_is_known_from_the_start_rests_and_comes_back_a_few_at_a_time():
    known = frozenset(fact.id for fact in FACTS[1:])
    made = curriculum(known=known)
    assert made.mastered() == known
    taught = {lesson.fact for lesson in made.round(0) if not lesson.is_open_book}
    assert FACTS[0].id in taught
    assert 0 < len(taught & known) < len(known) / 2


def test_what_was_known_and_is_forgotten_is_taught_again():
    made = curriculum(known=frozenset(fact.id for fact in FACTS[1:]))
    grade(made, FACTS[5])
    assert lessons_of(made.round(1), FACTS[5]) == 3


def test_nothing_is_taught_when_all_is_known_from_the_start():
    assert curriculum(known=frozenset(fact.id for fact in FACTS)).round(0) == []
