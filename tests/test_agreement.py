"""Same answer or not: numbers, dates, versions and negations exactly, then containment, then half of the words."""

import calendar
import json
from pathlib import Path

import pytest

import byheart
from byheart.agreement import answers_differ, is_value, says

# Pairs of answers in the words of people and models, half of them not looked at while the rules were written.
PAIRS = [json.loads(line) for line in Path(__file__).with_name("pairs.jsonl").read_text(encoding="utf-8").splitlines()]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("3.10", "Python 3.10"),
        ("3.10", "It targets Python 3.10."),
        ("12-Sep-2020", "2020-09-12"),
        ("7 October 2025", "October 7, 2025"),
        ("Oct 7th, 2025", "2025-10-07"),
        ("json.dumps()", "`json.dumps`"),
        ("__post_init__", "the __post_init__ method"),
        ("three", "3"),
        ("Guido van Rossum", "Guido van Rossum and Ivan Levkivskyi"),
        ("an iterator", "Iterator."),
        ("as variable-length arrays", "variable-length arrays"),
        ("{}", "{}"),
        ("2.1", "v2.1.0"),
        ("10.100", "10.100.0.0"),
        ("only on Linux", "Linux"),
        ("neither lists nor tuples", "not lists or tuples"),
    ],
)
def test_the_same_said_otherwise_does_not_differ(one, other):
    assert not answers_differ(one, other)
    assert not answers_differ(other, one)


@pytest.mark.parametrize("number", range(1, 13))
def test_a_date_is_the_same_however_its_month_is_written(number):
    month = calendar.month_name[number]
    written = f"2015-{number:02}-05"
    for said in (f"5 {month} 2015", f"{month} 5th, 2015", f"5-{month[:3]}-2015"):
        assert not answers_differ(said, written)
        assert answers_differ(said, f"2015-{number % 12 + 1:02}-05")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("3.10", "3.1"),
        ("3.10", "3.11"),
        ("Python 3.10", "Python 3.11"),
        ("12-Sep-2020", "12-Sep-2021"),
        ("7 October 2025", "7 November 2025"),
        ("Final", "Draft"),
        ("it is ordered", "it is not ordered"),
        ("set()", "dict()"),
        ("set()", "{}"),
        ("70", "80"),
        ("three arguments", "four arguments"),
        ("", "Final"),
        ("3.0.1", "3.0"),
        ("2.10", "2.1.0"),
        ("None", "not None"),
        ("it may be nothing", "it may not be nothing"),
        ("only on Linux", "on Linux and Windows"),
        ("lists only", "lists, tuples and sets"),
    ],
)
def test_what_says_something_else_differs(one, other):
    assert answers_differ(one, other)
    assert answers_differ(other, one)


@pytest.mark.parametrize(
    ("text", "value"),
    [("The version is 3.10.", "3.10"), ("Use json.dumps() here", "json.dumps"), ("an Iterator", "the iterator")],
)
def test_a_value_is_found_word_for_word(text, value):
    assert says(text, value)


@pytest.mark.parametrize(
    ("text", "value"), [("3.11", "3.1"), ("finally", "final"), ("a b", ""), ("x " * 40 + "y", "y")]
)
def test_a_value_that_does_not_stand_there_is_not_found(text, value):
    assert not says(text, value)


def test_only_the_bare_value_is_the_value():
    assert is_value("3.10.", "3.10")
    assert not is_value("Python 3.10", "3.10")


@pytest.mark.parametrize("half", ["developed on", "reported"])
def test_people_and_the_rule_agree_on_most_pairs(half):
    pairs = [pair for pair in PAIRS if pair["half"] == half]
    right = [pair for pair in pairs if answers_differ(pair["one"], pair["other"]) is pair["differ"]]
    assert len(pairs) >= 240
    assert len(right) >= 0.95 * len(pairs)


def test_the_order_of_two_answers_makes_no_difference():
    turned = [pair for pair in PAIRS if answers_differ(pair["one"], pair["other"]) is not _turned(pair)]
    assert not turned


def _turned(pair):
    return answers_differ(pair["other"], pair["one"])


@pytest.mark.parametrize(
    ("one", "other", "differ"),
    [
        ("io.StringIO", "StringIO", False),
        ("where", "numpy.where", False),
        ("json.dump", "pickle.dump", True),
        ("x > y", "x < y", True),
        ("[1, 2, 3]", "[3, 2, 1]", True),
        ("http://a.org/x", "http://a.org/y", True),
        ("No", "it does not", False),
        ("No", "3.10", True),
    ],
)
def test_code_and_bare_denials_are_compared_as_what_they_are(one, other, differ):
    assert answers_differ(one, other) is differ


def test_it_is_public():
    assert byheart.answers_differ is answers_differ
