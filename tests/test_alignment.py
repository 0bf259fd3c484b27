"""Whether a sentence or line of an older text still stands in a newer one, and what stands instead."""

import pytest

from byheart.alignment import evidence, instead, stands


def said(text, value, *, is_prose=True, beside=()):
    start = text.index(value)
    return evidence(text, start, start + len(value), is_prose=is_prose, beside=beside)


def replaced(text, value, newer, *, is_prose=True):
    start = text.index(value)
    return [found.value for found in instead(text, start, start + len(value), newer, is_prose=is_prose)]


def test_the_evidence_of_a_value_is_its_sentence_or_its_line():
    assert said("One. The limit is 40 entries. Two.", "40") == "The limit is 40 entries."
    assert said("One. Forty is the limit. Two.", "Forty") == "Forty is the limit."
    assert said("Status: Final\nType: Process", "Final", is_prose=False) == "Status: Final"


def test_what_stands_twice_is_told_apart_by_the_lines_before_it():
    text = "foo()\nadded in 3.5\nbar()\nadded in 3.5\n"
    assert said(text, "3.5", is_prose=False) == "foo()\nadded in 3.5"
    assert said("bar()\nadded in 3.5", "3.5", is_prose=False, beside=["foo()\nadded in 3.5"]) == "bar()\nadded in 3.5"


def test_a_sentence_stands_however_its_lines_are_broken():
    assert stands("The limit is 40 entries.", "So. The limit\nis 40  entries. Yes.", is_prose=True)
    assert not stands("The limit is 40 entries.", "The limit is 50 entries.", is_prose=True)


def test_a_line_stands_only_as_a_whole():
    assert stands("limit: 1", "a\n  limit:  1\nb", is_prose=False)
    assert not stands("limit: 1", "limit: 10", is_prose=False)
    assert not stands("limit: 1", "limit: 1 or 2", is_prose=False)


@pytest.mark.parametrize(
    ("old", "value", "new", "now"),
    [
        ("It needs MySQL 5.6 and higher.", "5.6", "First. It needs MySQL 8.0.11 and higher. Last.", "8.0.11"),
        (
            "Use the `dict()` method for a mapping.",
            "dict()",
            "Use the `model_dump()` method for a mapping.",
            "model_dump()",
        ),
        ("The ``FLASK_APP`` name says what to load.", "FLASK_APP", "The ``--app`` name says what to load.", "--app"),
        ("Python 3.7+ is needed by it.", "3.7", "Python 3.9+ is needed by it.", "3.9+"),
    ],
)
def test_a_sentence_that_differs_only_at_the_value_tells_the_new_one(old, value, new, now):
    assert replaced(old, value, new) == [now]


@pytest.mark.parametrize(
    "new",
    [
        "It wants Postgres 14 and newer.",
        "It needs MySQL 5.6 and higher.",
        "It needs SQLite 3.8 and higher.",
        "It needs MySQL and higher.",
        "It needs MySQL [8.0](notes.md#8) and higher.",
    ],
)
def test_a_sentence_that_differs_elsewhere_or_nowhere_tells_nothing(new):
    assert replaced("It needs MySQL 5.6 and higher.", "5.6", new) == []


def test_a_line_may_have_changed_elsewhere_too():
    old, new = "pack(items, limit=27, depth=2)", "pack(items, limit=30, depth=3)"
    assert replaced(old, "27", new, is_prose=False) == ["30"]
    assert replaced("Status: Accepted", "Accepted", "Title: X\nStatus: Final", is_prose=False) == ["Final"]


def test_too_few_words_around_a_value_tell_nothing():
    assert replaced("Default: 10.", "10", "Version: 10. Default: 20.") == []
