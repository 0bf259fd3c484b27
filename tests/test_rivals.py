"""What other passages say in the place of an answer: the same, something else, or nothing to the matter."""

from byheart.rivals import Rival, sayings
from byheart.types import Hit

QUESTION = "How many entries may the walrus table hold?"


def hit(text, source, *, heading=("Walrus",)):
    return Hit(text, 1.0, source, heading, 0, len(text), "Limits", f"{source}/{text}")


def cited(text, value, source="a.md"):
    start = text.index(value)
    return Rival(hit(text, source), value, (start, start + len(value)))


def said(read, *others):
    return [(found.hit.source, found.value) for found in sayings(QUESTION, read, others)]


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
