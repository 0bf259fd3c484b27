"""Text to search terms: stems, identifiers whole and split, versions whole."""

import pytest

from byheart import words


@pytest.mark.parametrize(
    ("one", "other"),
    [("operators", "operator"), ("assigned", "assigning"), ("Generators", "generator"), ("libraries", "library")],
)
def test_forms_of_a_word_are_one_term(one, other):
    assert words.terms(one) == words.terms(other)


@pytest.mark.parametrize(
    ("identifier", "parts"),
    [
        ("str.set_xlabel", {"str.set_xlabel", "str", "set_xlabel", "set", "xlabel"}),
        ("__init__", {"__init__", "init"}),
        ("collections.abc", {"collections.abc", "collections", "abc"}),
        ("ThreadPoolExecutor", {"threadpoolexecutor", "thread", "pool", "executor"}),
        ("HTTPServer", {"httpserver", "http", "server"}),
        ("sys.version_info", {"sys.version_info", "sys", "version_info", "version", "info"}),
    ],
)
def test_an_identifier_is_found_whole_and_by_its_parts(identifier, parts):
    assert parts <= set(words.terms(identifier))


@pytest.mark.parametrize("number", ["3.10", "3", "0.1.2", "2019"])
def test_a_version_or_number_stays_whole(number):
    assert words.terms(f"Python {number}.") == ["python", number]


def test_terms_come_in_the_order_of_the_text_and_as_often():
    assert words.terms("to be or not to be") == "to be or not to be".split()


def test_punctuation_and_markup_leave_no_term():
    assert words.terms(":func:`len` -> **int**, (see below)...") == words.terms("func len int see below")


def test_a_question_keeps_the_words_that_say_what_it_is_about():
    assert words.content_terms("What is the status of PEP 634?") == ["status", "pep", "634"]


def test_a_question_of_common_words_alone_keeps_them():
    assert words.content_terms("Who is who?") == ["who", "is", "who"]


@pytest.mark.parametrize("text", ["", "?!", "—", "\n\t"])
def test_no_words_give_no_terms(text):
    assert words.terms(text) == []
    assert words.content_terms(text) == []


@pytest.mark.parametrize("text", ["naïve café", "Füße", "数字 данные", "x² ½", "_ __ ..", "a.b..c"])
def test_any_script_can_be_searched(text):
    assert all(term.strip() and " " not in term for term in words.terms(text))


def test_a_name_is_one_word_of_a_question():
    assert words.whole_words("What is the licence fee of difflib.get_close_matches?") == [
        "licenc",
        "fee",
        "difflib.get_close_matches",
    ]
