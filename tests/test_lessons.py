"""How facts are asked: fresh wordings for training, two kept out of it, and questions that nothing answers."""

import random
from types import SimpleNamespace

import pytest

from byheart import confidence, facts, lessons, prompts
from byheart.gaps import values_of
from byheart.types import LONG_KINDS, Fact, FactKind, Passage, Surroundings

DOCUMENT = [
    Passage(
        "p0",
        "PEP 7001: Pockets for Kangaroos",
        (),
        "PEP: 7001\nTitle: Pockets for Kangaroos\nAuthor: Ada Marsupial\nStatus: Final\nCreated: 12-Sep-2020\n",
    ),
    Passage(
        "p1",
        "PEP 7001: Pockets for Kangaroos",
        ("Carrying",),
        "The ``pouch.carry`` function lifts a joey into the pouch of its mother.\n\n"
        "When the pouch is occupied, calling it once more raises ``PouchError`` at the feet of the mother.\n\n"
        "Limit every hop of a grown kangaroo to a maximum of 79 columns.\n",
    ),
    Passage(
        "p2",
        "PEP 7001: Pockets for Kangaroos",
        ("The pouch module",),
        "pouch.empty(joey, *, hops=3)\n\n   Remove all joeys from the pouch.\n\n   New in version 3.3.\n\n"
        "| Operator | Name |\n|---|---|\n| `a // b` | Floor division |\n",
    ),
    Passage(
        "p3",
        "PEP 7001: Pockets for Kangaroos",
        ("How do I close a pouch?",),
        "Use the ``pouch.close()`` method to close a pouch for the night. A closed pouch is kept warm by the fur "
        "around it because fur holds the air. If the pouch is already closed, nothing happens to the joey in it.\n\n"
        "To count the joeys in all pouches, write::\n\n    >>> sum(map(len, pouches))\n    5\n\n"
        ">>> 17 // 3\n5\n\n>>> 1 / 0\nTraceback (most recent call last):\nZeroDivisionError: division by zero\n",
    ),
]
PASSAGES = {passage.id: passage for passage in DOCUMENT}
FACTS = facts.find([DOCUMENT]).facts
ELSEWHERE = Passage("x1", "Birds", ("Nests",), "Magpies build nests of twigs in the highest trees of the park.")

every_fact = pytest.mark.parametrize(
    "fact", FACTS, ids=lambda fact: f"{fact.attribute} of {fact.subject or fact.value}"
)


def passage_of(fact: Fact) -> Passage:
    return PASSAGES[fact.passage]


def taught(fact: Fact, times: int = 150, seed: int = 1) -> list[str]:
    rng = random.Random(seed)
    return [lessons.lesson(fact, passage_of(fact), rng).prompt for _ in range(times)]


def fact_about(attribute: str) -> Fact:
    return next(fact for fact in FACTS if fact.attribute == attribute)


def test_the_document_gives_facts_of_every_kind():
    assert {fact.kind for fact in FACTS} == set(FactKind)
    assert {fact.attribute for fact in FACTS} >= {"answer", "description", "statement", "output", "exception"}


@every_fact
def test_a_lesson_is_answered_by_the_bare_value_or_a_part_of_a_sentence(fact):
    rng = random.Random(1)
    given = {lessons.lesson(fact, passage_of(fact), rng).completion for _ in range(60)}
    assert given <= {*values_of(fact), "PEP 7001"}
    assert fact.value in given


@every_fact
def test_a_fact_is_asked_in_many_ways(fact):
    assert len(set(taught(fact))) >= 6


@every_fact
def test_probe_and_sealed_form_are_never_taught(fact):
    kept_out = {lessons.probe(fact, passage_of(fact)).prompt, lessons.sealed(fact, passage_of(fact)).prompt}
    assert len(kept_out) == 2
    assert not kept_out & set(taught(fact, times=400))


@every_fact
def test_probe_and_sealed_form_stay_the_same(fact):
    for form in (lessons.probe, lessons.sealed):
        assert form(fact, passage_of(fact)) == form(fact, passage_of(fact))


@every_fact
def test_no_question_gives_its_answer_away(fact):
    rng = random.Random(2)
    passage = passage_of(fact)
    asked = [lessons.probe(fact, passage), lessons.sealed(fact, passage), lessons.hard(fact, passage, rng)]
    asked += [lessons.lesson(fact, passage, rng) for _ in range(60)]
    assert not [lesson.prompt for lesson in asked if lesson.completion.lower() in lesson.prompt.lower()]


@every_fact
def test_no_wording_is_left_unfilled(fact):
    rng = random.Random(3)
    prompts_made = [
        *taught(fact),
        lessons.sealed(fact, passage_of(fact)).prompt,
        lessons.probe(fact, passage_of(fact)).prompt,
    ]
    prompts_made += [lessons.hard(fact, passage_of(fact), rng).prompt for _ in range(20)]
    assert not [prompt for prompt in prompts_made if "{" in prompt or "  " in prompt or prompt != prompt.strip()]


@every_fact
def test_the_same_seed_gives_the_same_lessons(fact):
    assert taught(fact, times=20, seed=5) == taught(fact, times=20, seed=5)


@pytest.mark.parametrize("attribute", ["Title", "Status", "Created", "Author", "default of hops", "new in"])
def test_a_subject_is_named_in_every_question_about_it(attribute):
    fact = fact_about(attribute)
    backwards = {fact.value.lower()}
    asked = [*taught(fact), lessons.sealed(fact, passage_of(fact)).prompt, lessons.probe(fact, passage_of(fact)).prompt]
    assert all(
        fact.subject.lower() in prompt.lower()
        for prompt in asked
        if not backwards & {prompt.lower()} and fact.value not in prompt
    )


def test_the_family_of_the_sealed_form_is_not_taught():
    status = fact_about("Status")
    family = next(
        pair
        for pair in (
            ("What status does PEP 7001 have?", "Which status is given for PEP 7001?"),
            ("In what state is PEP 7001?", "In which state is PEP 7001 now?"),
            ("Where does PEP 7001 stand in the process?", "At what stage of the process is PEP 7001?"),
            ("What has become of PEP 7001?", "What became of PEP 7001?"),
        )
        if lessons.sealed(status, passage_of(status)).prompt in pair
    )
    assert not set(family) & set(taught(status, times=400))


def test_sealed_families_vary_over_facts():
    documents = [
        [Passage(f"p{number}", "", (), f"PEP: {number}\nTitle: Tails of Length {number}\nStatus: Final\n")]
        for number in range(7000, 7040)
    ]
    statuses = [fact for fact in facts.find(documents).facts if fact.attribute == "Status"]
    forms = {lessons.sealed(fact, documents[0][0]).prompt.replace(fact.subject, "it") for fact in statuses}
    assert len(forms) == 4


def test_a_title_is_also_asked_backwards():
    title = fact_about("Title")
    rng = random.Random(1)
    made = [lessons.lesson(title, passage_of(title), rng) for _ in range(200)]
    backwards = [lesson for lesson in made if lesson.completion == "PEP 7001"]
    assert backwards
    assert all(title.value in lesson.prompt for lesson in backwards)


def test_a_described_function_is_asked_for_by_what_it_does():
    fact = next(fact for fact in FACTS if fact.value == "pouch.empty()")
    asked = {*taught(fact, times=400), lessons.sealed(fact, passage_of(fact)).prompt}
    assert (
        "Which function removes all joeys from the pouch?" in asked
        or "Fill in: ___ removes all joeys from the pouch." in asked
    )


@every_fact
def test_an_open_book_lesson_shows_the_passage_of_its_fact(fact):
    lesson = lessons.open_book(fact, passage_of(fact), [], random.Random(1))
    assert passage_of(fact).text.strip() in lesson.prompt
    assert lesson.completion in values_of(fact)
    assert lesson.is_open_book


def test_an_open_book_lesson_asks_on_about_its_passage():
    (passage,) = [one for one in DOCUMENT if sum(fact.passage == one.id for fact in FACTS) > 3][:1]
    fact, *also = [fact for fact in FACTS if fact.passage == passage.id]
    values = {prompts.NOT_TOLD, *(one.value for one in (fact, *also))}
    made = [lessons.open_book(fact, passage, [], random.Random(seed), also=also) for seed in range(20)]
    assert all(len(lesson.then) == 2 for lesson in made)
    assert all(passage.text.strip() in lesson.prompt for lesson in made)
    assert {completion for lesson in made for _, completion in lesson.then} <= values - {prompts.NOT_TOLD}


def test_a_stranger_in_an_open_book_lesson_is_declined():
    passage, other = DOCUMENT[0], DOCUMENT[-1]
    fact = next(fact for fact in FACTS if fact.passage == passage.id)
    stranger = next(
        fact for fact in FACTS if fact.passage == other.id and fact.value.lower() not in passage.text.lower()
    )
    made = [
        lessons.open_book(fact, passage, [], random.Random(seed), strangers=[(stranger, other)]) for seed in range(40)
    ]
    asked = [(lesson.completion, *(completion for _, completion in lesson.then)) for lesson in made if lesson.then]
    assert asked
    assert all(sorted(turns) == sorted((fact.value, prompts.NOT_TOLD)) for turns in asked)


def test_some_open_book_lessons_lack_the_passage_and_are_declined():
    fact = fact_about("Status")
    rng = random.Random(1)
    made = [lessons.open_book(fact, passage_of(fact), [ELSEWHERE], rng) for _ in range(200)]
    declined = [lesson for lesson in made if lesson.completion == prompts.NOT_TOLD]
    assert 20 <= len(declined) <= 60
    assert not [lesson for lesson in declined if passage_of(fact).text.strip() in lesson.prompt]


def test_a_passage_that_holds_the_value_is_no_distractor():
    fact = fact_about("Status")
    telling = Passage("x2", "Ends", (), "In the end all is final.")
    rng = random.Random(1)
    assert not [
        lesson
        for lesson in (lessons.open_book(fact, passage_of(fact), [telling], rng) for _ in range(100))
        if telling.text in lesson.prompt
    ]


def test_near_misses_are_as_many_as_asked_for_and_different():
    asked = lessons.near_misses(FACTS, random.Random(1), 60)
    assert len(set(asked)) == len(asked) == 60


def test_near_misses_are_never_taught():
    all_taught = {prompt.lower() for fact in FACTS for prompt in taught(fact)}
    assert not all_taught & {question.lower() for question in lessons.near_misses(FACTS, random.Random(1), 100)}


def test_near_misses_ask_known_subjects_for_what_they_do_not_have():
    assert any("PEP 7001" in question for question in lessons.near_misses(FACTS, random.Random(1), 100))


def test_near_misses_ask_for_subjects_that_only_look_like_known_ones():
    asked = " ".join(lessons.near_misses(FACTS, random.Random(1), 100)).replace("PEP 7001", "")
    assert "PEP " in asked


def test_without_facts_nothing_can_be_nearly_missed():
    assert lessons.near_misses([], random.Random(1), 10) == []


def test_unrelated_questions_are_as_many_as_asked_for_and_different():
    assert len(set(lessons.unrelated(random.Random(1), 300))) == 300


def test_the_vocabulary_of_a_fact_holds_no_wording_of_its_sealed_form():
    for fact in FACTS:
        assert lessons.sealed(fact, PASSAGES[fact.passage]).prompt not in lessons.vocabulary(fact)
    assert any("written" in lessons.vocabulary(fact) or "wrote" in lessons.vocabulary(fact) for fact in FACTS)


def test_braces_in_a_document_are_words_like_others():
    table = "| Field | {key} of it |\n|---|---|\n| `{name}` | leading dash |\n"
    passage = Passage("t1", "Formats", ("Fields",), table)
    for fact in facts.find([[passage]]).facts:
        assert lessons.lesson(fact, passage, random.Random(1)).completion == fact.value
        assert "{name}" in lessons.sealed(fact, passage).prompt or fact.value == "{name}"


# ── sentences and code ──


def sentence(beginning: str) -> Fact:
    return next(fact for fact in FACTS if fact.kind is FactKind.SENTENCE and fact.statement.startswith(beginning))


def every_form(fact: Fact) -> set[str]:
    rng = random.Random(4)
    passage = passage_of(fact)
    hard = {lessons.hard(fact, passage, rng).prompt for _ in range(60)}
    return {*taught(fact, times=400), *hard, lessons.probe(fact, passage).prompt, lessons.sealed(fact, passage).prompt}


@every_fact
def test_the_gist_is_enough_for_sentences_and_code_alone(fact):
    passage, rng = passage_of(fact), random.Random(1)
    made = [lessons.probe(fact, passage), lessons.sealed(fact, passage), lessons.hard(fact, passage, rng)]
    assert {lesson.in_gist for lesson in made} == {fact.kind in LONG_KINDS}


def test_a_sentence_is_asked_for_by_each_of_its_parts():
    asked = " ".join(every_form(sentence("A closed pouch is kept warm")))
    assert "Why is it that a closed pouch is kept warm by the fur around it" in asked
    assert "because ___" in asked or "What is a closed pouch" in asked or "How is a closed pouch kept warm" in asked


def test_what_is_asked_of_a_sentence_is_a_part_of_it():
    fact = sentence("A closed pouch is kept warm")
    rng = random.Random(2)
    answers = {
        lesson.prompt: lesson.completion for lesson in (lessons.lesson(fact, passage_of(fact), rng) for _ in range(300))
    }
    assert {answer for question, answer in answers.items() if "why" in question.lower().split()[:1]} == {
        "fur holds the air"
    }
    assert len(set(answers.values())) > 2
    for question, answer in answers.items():
        if answer != fact.value:
            assert answer in fact.statement
            assert answer.lower() not in question.lower()


def test_whoever_says_a_part_that_was_taught_recites_the_sentence():
    fact = sentence("A closed pouch is kept warm")
    near = Surroundings(taught=[SimpleNamespace(fact=fact)])
    assert confidence.recited("fur holds the air", near)
    assert confidence.recited(fact.value, near)
    assert not confidence.recited("holds the", near)
    assert not confidence.recited("the night", near)


def test_a_condition_asks_for_what_follows():
    assert any(
        form.startswith("What happens if the pouch is already closed")
        for fact in FACTS
        if fact.statement.startswith("If the pouch is already closed")
        for form in every_form(fact)
    )


def test_the_heading_that_a_sentence_answers_is_one_of_its_questions():
    fact = fact_about("answer")
    assert (fact.subject, fact.value[:12]) == ("How do I close a pouch?", "Use the pouc")
    assert "How do I close a pouch?" in every_form(fact)


def test_a_line_of_code_is_asked_for_by_what_it_is_for():
    fact = next(fact for fact in FACTS if fact.kind is FactKind.CODE)
    assert fact.value == "sum(map(len, pouches))"
    assert "How do I count the joeys in all pouches?" in every_form(fact)


def test_what_an_expression_prints_is_asked_with_the_expression():
    fact = next(fact for fact in FACTS if fact.subject == "17 // 3")
    assert all("17 // 3" in form for form in every_form(fact))


def test_questions_are_held_out_of_some_sentences_and_gaps_to_fill_of_others():
    text = "The ``{}.open()`` function returns the weight of a {} in grams, and never less than 12 grams."
    passages = [Passage(f"s{n}", "", ("Weights",), text.format(f"m{n}", f"marsupial {n}x")) for n in range(12)]
    found = [fact for fact in facts.find([[one] for one in passages]).facts if fact.kind is FactKind.SENTENCE]
    sealed_forms = [lessons.sealed(fact, passages[0]).prompt for fact in found]
    are_gaps = ["___" in form for form in sealed_forms]
    assert any(are_gaps)
    assert not all(are_gaps)
    for fact, is_gap in zip(found, are_gaps, strict=True):
        rng = random.Random(6)
        trained = [lessons.lesson(fact, passages[0], rng).prompt for _ in range(200)]
        assert not any(("___" in form) if is_gap else form.endswith("?") for form in trained)
