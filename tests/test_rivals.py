"""What other passages say in the place of an answer: the same, something else, or nothing to the matter."""

import pytest

from byheart.rivals import Rival, sayings
from byheart.types import Hit

QUESTION = "How many entries may the walrus table hold?"


def hit(text, source, *, heading=("Walrus",)):
    return Hit(text, 1.0, source, heading, 0, len(text), "Limits", f"{source}/{text}")


def cited(text, value, source="a.md"):
    start = text.index(value)
    return Rival(hit(text, source), value, (start, start + len(value)))


def said(read, *others):
    return [(found.hit.source, found.value) for found in sayings(QUESTION, read, others)[1]]


READ = cited("The walrus table may hold 40 entries.", "40")


def test_a_sentence_that_is_else_the_same_says_otherwise():
    assert said(READ, hit("So: the end. The walrus table may hold 50 entries.", "b.md")) == [("b.md", "50")]


def test_the_same_sentence_elsewhere_agrees():
    assert said(READ, hit("Before it. The walrus table may hold 40 entries. After it.", "b.md")) == [("b.md", "40")]


def test_a_reworded_sentence_with_another_number_says_otherwise():
    assert said(READ, hit("A walrus table can hold no more than 60 entries.", "b.md")) == [("b.md", "60")]


def test_another_subject_is_no_rival_even_under_the_same_words():
    assert said(READ, hit("The lantern table may hold 50 entries.", "b.md", heading=("Lantern",))) == []
    assert (
        said(cited("It may hold 40 entries.", "40"), hit("It may hold 50 entries.", "b.md", heading=("Lantern",))) == []
    )


def test_a_passage_that_says_nothing_to_it_is_silent():
    assert (
        said(READ, hit("The walrus table is made of oak.", "b.md"), hit("No table may hold two chairs.", "c.md")) == []
    )


def test_the_passage_itself_is_not_heard_again():
    assert said(READ, READ.hit) == []


DESIGNED = "The walrus protocol was designed by Ann Holm in 1994."


def heard(question, read, telling, other):
    """Where a sentence that was given whole is contradicted by another one, and by what."""
    start = read.index(telling)
    given, found = sayings(
        question, Rival(hit(read, "a.md"), read, (start, start + len(telling))), [hit(other, "b.md")]
    )
    differing = [rival for rival in found if rival.value != read]
    return [(read[slice(*given.span)], one.hit.text[slice(*one.span)], one.value) for one in differing]


@pytest.mark.parametrize(
    ("question", "read", "telling", "other", "pair"),
    [
        (
            "Who designed the walrus protocol?",
            DESIGNED,
            "Ann Holm in 1994",
            "The walrus protocol was designed by Bob Stone in 1994.",
            ("Ann Holm", "Bob Stone"),
        ),
        (
            "Who designed the walrus protocol?",
            DESIGNED,
            "Ann Holm in 1994",
            "In 1994\nthe walrus protocol was designed by Guido van Rossum.",
            ("Ann Holm", "Guido van Rossum"),
        ),
        (
            "Who designed the walrus protocol?",
            "Ann Holm designed the walrus protocol in Oslo.",
            "Ann Holm designed the walrus protocol in Oslo",
            "Bob Stone designed the walrus protocol in Oslo.",
            ("Ann Holm", "Bob Stone"),
        ),
        ("When was the walrus made?", "The walrus was made in 1994.", "1994", "The walrus was made in 1996.", None),
        (
            "What is the table of the walrus made of?",
            "The table of the walrus is made of oak.",
            "oak",
            "The table of the walrus is made of pine.",
            None,
        ),
        (
            "What is the walrus limit for each user?",
            "The walrus limit is 40 entries for each user.",
            "40 entries",
            "Each user has a walrus limit of 50 entries.",
            ("40", "50"),
        ),
        (
            "What does dict() become?",
            "In the walrus `dict()` becomes `model_dump()` for every mapping.",
            "`model_dump()` for every mapping",
            "In the walrus, `dict()` becomes `dump()` for every mapping.",
            ("model_dump", "dump"),
        ),
    ],
)
def test_a_sentence_given_whole_is_contradicted_at_a_value(question, read, telling, other, pair):
    ((mine, theirs, sentence),) = heard(question, read, telling, other)
    assert pair is None or (mine.strip("`()"), theirs.strip("`()")) == pair
    assert sentence == " ".join(other.replace("`", "").split())


@pytest.mark.parametrize(
    ("question", "other"),
    [
        ("Who designed the walrus protocol?", "The walrus protocol was described by Bob Stone in 1994."),
        ("Who designed the walrus protocol?", "The lantern protocol was designed by Bob Stone in 1994."),
        ("Who designed the walrus protocol?", "The walrus protocol was designed by a team of 7."),
        ("What of the walrus protocol?", "The walrus protocol was drafted by Ann Holm in 1994."),
        ("What of the walrus protocol?", "The walrus protocol was tested by Bob Stone in 1995."),
        ("What of the walrus protocol?", "The walrus protocol was designed in Oslo by Ann Holm in 1994."),
    ],
)
def test_a_paraphrase_or_a_sentence_about_something_else_contradicts_nothing(question, other):
    assert heard(question, DESIGNED, "Ann Holm in 1994", other) == []


def test_the_same_sentence_with_its_words_in_another_order_agrees():
    read = Rival(hit(DESIGNED, "a.md"), DESIGNED, (36, 52))
    _, found = sayings("Who designed the walrus protocol?", read, [hit(f"So. {DESIGNED}", "b.md")])
    assert [one.value for one in found] == [DESIGNED]
    turned = "In 1994 the walrus protocol was designed by Ann Holm."
    assert [one.value for one in sayings("Who designed it?", read, [hit(turned, "b.md")])[1]] == [DESIGNED]
