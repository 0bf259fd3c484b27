"""The reader that quotes: the sentence that holds most of the question, word for word."""

import pytest

from byheart import prompts
from byheart.backends.extractive import ExtractiveReader
from byheart.types import Hit

TEXT = """The lantern protocol was added late.

Wicks are trimmed by ``trim_wick()``, which returns the length that is left.
Its default is 40 millimetres. Oil is refilled by `pour`.

- A dry lantern raises ``NoOilError``.
- A lantern in the rain hisses.
"""


def read(question, *texts, tokens=48):
    hits = [Hit(text, 1.0, "a.rst", ("Wicks",), 0, len(text), title="Lanterns") for text in texts]
    return ExtractiveReader().complete(prompts.read(question, hits), tokens=tokens, timeout=1)


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("Which function trims wicks?", "Wicks are trimmed by trim_wick(), which returns the length that is left."),
        ("What does a dry lantern raise?", "- A dry lantern raises NoOilError."),
        ("By what is oil refilled?", "Oil is refilled by pour."),
    ],
)
def test_the_sentence_that_holds_most_of_the_question_is_quoted(question, expected):
    assert read(question, TEXT).text.removeprefix("- ") == expected.removeprefix("- ")


def test_a_sentence_goes_on_from_the_one_before():
    assert read("What is the default for wicks?", TEXT).text == "Its default is 40 millimetres."


def test_the_better_of_two_passages_is_quoted_and_their_places_are_not():
    other = "Anvils are cast in sand. An anvil weighs 90 pounds."
    assert read("What does an anvil weigh?", TEXT, other).text == "An anvil weighs 90 pounds."


def test_more_of_the_question_makes_surer():
    sure, unsure = (
        read("What does an anvil weigh?", "An anvil weighs 90 pounds."),
        read("anvil taxes?", "Anvil: 90 taxis."),
    )
    assert sum(token.logprob for token in sure.tokens) > sum(token.logprob for token in unsure.tokens)


def test_what_holds_nothing_of_the_question_does_not_tell():
    assert read("How long do you boil lentils?", TEXT).text == prompts.NOT_TOLD


def test_what_only_repeats_the_question_is_no_answer():
    assert read("What is a lantern?", "What is a lantern?\n\nA lantern is a lamp in a case.").text == (
        "A lantern is a lamp in a case."
    )


def test_a_long_sentence_is_cut_and_says_so():
    long = "The lantern is " + "very " * 80 + "bright."
    draft = read("How is the lantern?", long, tokens=20)
    assert len(draft.text.split()) == 20
    assert not draft.is_complete


def test_closed_book_it_knows_nothing():
    assert ExtractiveReader().complete("Who wrote Hamlet?", tokens=9, timeout=1).text == prompts.NOT_TOLD


FUNCTION = """.. function:: trim_wick(lamp, *, limit=40)

   Cut the wick of a lantern to a length that burns well.
"""


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("What does trim_wick do?", "Cut the wick of a lantern to a length that burns well."),
        ("What is the default of limit in trim_wick?", ".. function:: trim_wick(lamp, *, limit=40)"),
    ],
)
def test_a_signature_is_quoted_only_where_it_is_asked_for(question, expected):
    assert read(question, FUNCTION).text == expected
