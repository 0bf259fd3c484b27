"""Where an answer stands in a passage: allowing for form, and for nothing else."""

import pytest

from byheart.quoting import quote, quoted
from byheart.types import Hit

TEXT = """The ``--app`` option says how to load the application. It supports MySQL 8.0.11 and higher. Bash (4.4 and up),
Zsh, Fish, and PowerShell are known. Time zone support is not enabled by default. It was made on 12-Sep-2020 in three
steps. Call `model_dump()` for a dict. Each connection raises a TimeoutError when it has waited for 30 seconds."""


@pytest.mark.parametrize(
    ("answer", "question", "says"),
    [
        ("8.0.11", "What is the lowest MySQL version it supports?", "8.0.11"),
        ("It supports MySQL 8.0.11.", "What is the lowest MySQL version it supports?", "It supports MySQL 8.0.11"),
        ("MySQL from 8.0.11", "What is the lowest MySQL version it supports?", "8.0.11"),
        ("Bash, Zsh, Fish and PowerShell", "Which shells?", "Bash (4.4 and up),\nZsh, Fish, and PowerShell"),
        ("2020-09-12", "When was it made?", "12-Sep-2020"),
        ("3", "In how many steps was it made?", "three"),
        ("the --app option", "How is it told what to load?", "--app`` option"),
        ("model_dump", "Which method gives a dict?", "model_dump()"),
        ("raising a TimeoutError", "What happens in the end?", "raises a TimeoutError"),
        ("thirty seconds", "How long does it wait?", "30 seconds"),
        ("not enabled by default", "Is time zone support on?", "not enabled by default"),
    ],
)
def test_the_exact_stretch_is_found_whatever_its_form(answer, question, says):
    start, end = quote(answer, question, TEXT)
    assert TEXT[start:end] == says


@pytest.mark.parametrize(
    "answer",
    ["42", "8.0.1", "8.0.12", "model_dump_json", "enabled by default", "Bash and Nushell", "in four steps", "", "Yes"],
)
def test_what_stands_nowhere_is_not_quoted(answer):
    assert quote(answer, "What is it?", TEXT) is None


def test_words_strewn_over_a_passage_are_no_quotation():
    assert quote("MySQL steps connection", "What?", TEXT) is None


def test_of_several_places_the_one_nearest_to_the_question_is_marked():
    filler = "Words of no matter stand here and there. " * 6
    text = f"The lantern limit is 40. {filler}The walrus limit is 40."
    start, _ = quote("40", "What is the walrus limit?", text)
    assert start == text.rindex("40")


def test_the_first_passage_that_says_it_is_cited():
    hits = [Hit("Nothing.", 2.0, "a", (), 0, 8), Hit("It is 40.", 1.0, "b", (), 0, 9), Hit("40", 0.5, "c", (), 0, 2)]
    hit, span = quoted("40", "What is it?", hits)
    assert (hit.source, span) == ("b", (6, 8))
