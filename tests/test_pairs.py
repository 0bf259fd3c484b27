"""A file of questions and answers is a document like any other, and its pairs are lessons as they stand."""

import json
import random

import pytest

import byheart
from byheart import examine, facts, lessons, pairs, passages, read
from byheart.errors import BadQuestions, UsageError
from byheart.examine import Sort
from byheart.types import Passage

WARM = {"question": "How long does a closed pouch stay warm?", "answer": "two hours"}
BRASS = {"question": "What is the zip made of?", "answer": "brass from Dover"}
TOLD = Passage("care", "Pouches", ("Care",), "A closed pouch stays warm for two hours, whatever the wind.")


@pytest.fixture
def file(tmp_path):
    """Writes a file of pairs."""

    def write(*rows, name="faq.jsonl"):
        path = tmp_path / name
        path.write_text("".join(f"{row if isinstance(row, str) else json.dumps(row)}\n" for row in rows))
        return path

    return write


def passages_of(path):
    return [placed.passage for placed in passages.split(read.read(path))]


def facts_of(path):
    return facts.find([passages_of(path)])


def test_each_pair_is_a_passage_and_a_fact_whose_span_is_the_answer(file):
    path = file(WARM, BRASS)
    held, found = {passage.id: passage for passage in passages_of(path)}, facts_of(path).facts
    assert {(fact.subject, fact.value) for fact in found} == {tuple(pair.values()) for pair in (WARM, BRASS)}
    assert all(held[fact.passage].text[fact.start : fact.end] == fact.value for fact in found)
    assert {held[fact.passage].heading for fact in found} == {(fact.subject,) for fact in found}


def test_csv_says_the_same_as_json(file):
    table = file("question,answer", f"{WARM['question']},{WARM['answer']}", name="faq.csv")
    assert [fact.id for fact in facts_of(table).facts] == [fact.id for fact in facts_of(file(WARM)).facts]


def test_what_differs_in_little_words_is_taught_once(file):
    found = facts_of(file(WARM, {**WARM, "question": "How long will the closed pouch stay warm?"}))
    assert len(found.facts) == 1
    assert found.dropped == {"said before": 1}


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        ((WARM, BRASS, {**WARM, "answer": "three hours"}), ("line 3", "line 1", "'three hours'", "'two hours'")),
        ((WARM, {"question": "Why?", "answer": None}), ("line 2", "no answer")),
        (("{", WARM), ("line 1", "not JSON")),
    ],
)
def test_a_file_that_cannot_be_taught_names_itself_and_the_lines(home, file, rows, told):
    path = file(*rows)
    with byheart.open(home) as library, pytest.raises(BadQuestions) as refused:
        library.study(pairs=path, minutes=1)
    assert all(words in str(refused.value) for words in (path.name, *told))


def test_a_table_of_something_else_is_refused(home, file):
    with byheart.open(home) as library, pytest.raises(BadQuestions, match="columns question and answer"):
        library.study(pairs=file("name,size", "pouch,3", name="sizes.csv"), minutes=1)


def test_a_file_within_the_library_is_refused(home):
    (home / "faq.jsonl").write_text(json.dumps(WARM))
    with byheart.open(home) as library, pytest.raises(UsageError, match="lies in the library"):
        library.study(pairs=home / "faq.jsonl", minutes=1)


def test_a_pair_is_tied_to_the_passage_that_holds_its_answer(file):
    path = file(WARM, BRASS)
    held = {passage.id: passage for passage in [*passages_of(path), TOLD]}
    found = pairs.tied(facts_of(path).facts, held, lambda question, k: [("elsewhere", 2.0), (TOLD.id, 1.0)])
    warm, brass = sorted(found, key=lambda fact: fact.value, reverse=True)
    assert warm.passage == TOLD.id
    assert TOLD.text[warm.start : warm.end] == "two hours"
    assert pairs.is_pair(held[brass.passage])


def test_a_passage_about_something_else_holds_no_answer(file):
    path = file(WARM)
    other = Passage("x", "Trains", (), "The train to Perth takes two hours.")
    held = {passage.id: passage for passage in [*passages_of(path), other]}
    (fact,) = pairs.tied(facts_of(path).facts, held, lambda question, k: [("x", 1.0)])
    assert fact.passage != "x"


def many(count):
    return [
        {"question": f"Which colour has the {n}th pouch of the shop?", "answer": f"shade {n}"} for n in range(count)
    ]


def test_a_share_of_the_pairs_is_never_taught_in_its_own_words_and_asked_as_natural_questions(file):
    path = file(*many(24))
    held, found = {passage.id: passage for passage in passages_of(path)}, facts_of(path).facts
    asked = examine.questions(found, [], held, seed=0)
    natural = {question.fact: question for question in asked if question.sort is Sort.NATURAL}
    assert 3 < len(natural) < 16
    rng = random.Random(1)
    for fact in found:
        passage = held[fact.passage]
        taught = {lessons.lesson(fact, passage, rng).prompt for _ in range(200)}
        taught |= {lessons.open_book(fact, passage, [TOLD], rng).prompt.rpartition("\n")[2] for _ in range(20)}
        assert (fact.subject in taught) == (fact.id not in natural)
        assert fact.id not in natural or natural[fact.id].text == fact.subject


def test_pairs_are_studied_cited_taught_again_and_forgotten_like_any_document(home, file):
    path = file(BRASS, *many(18))
    with byheart.open(home) as library:
        planned = library.forecast(pairs=path, minutes=30).plan.facts
        assert library.status().documents == 0
        record = library.study(pairs=path, minutes=30)
        assert record.facts_planned == len(planned) == 19
        assert record.details["natural asked"] >= 3
        answer = library.ask(BRASS["question"])
        assert answer.text == BRASS["answer"]
        assert answer.citations[0].source == path.as_posix()
        file({**BRASS, "answer": "tin"}, *many(18))
        library.add([path])
        assert [taught.fact.value for taught in library.status().stale] == [BRASS["answer"]]
        library.forget([path])
        assert library.ask(BRASS["question"]).text != BRASS["answer"]
