import pytest

from byheart.grade import Grade, gives, grade


@pytest.mark.parametrize(
    ("said", "answer", "aliases"),
    [
        ("json.dumps", "json.dumps()", ()),
        ("Use `json.dumps()`.", "json.dumps", ()),
        ("It is an interactive shell that…", "the interactive shell", ()),
        ("__post_init__()", "__post_init__", ()),
        ("post_init", "__post_init__", ()),
        ("version 3.10", "3.10", ()),
        ("a Rust core", "in Rust", ("Rust",)),
        ("from_attributes=True", "from_attributes", ()),
        ("the class is defined at that time", "when the class is defined", ()),
    ],
)
def test_a_right_answer_is_right_whatever_its_form(said, answer, aliases):
    assert grade(said, answer, aliases) is Grade.RIGHT


@pytest.mark.parametrize(
    ("said", "answer"),
    [
        ("3.1", "3.10"),
        ("3.10", "3.1"),
        ("it is allowed to import star from modules", "it is not allowed to import star from modules"),
        ("up to 30 digits may be given here", "up to 40 digits may be given here"),
        ("dumps all", "dump"),
        (" ".join(["word"] * 30) + " Final", "Final"),
    ],
)
def test_another_answer_is_wrong(said, answer):
    assert grade(said, answer) is Grade.WRONG


def test_a_passage_pasted_around_the_value_is_no_answer():
    assert grade("The documents tell " + "many other things " * 12 + "and Rust", "Rust") is Grade.WRONG


def test_no_answer_is_declined():
    assert grade(" ", "Final") is Grade.DECLINED


def test_the_old_value_is_old_unless_it_is_said_to_be_past():
    assert grade("dict()", "model_dump()", old_answer="dict()") is Grade.OLD
    assert grade("dict() or model_dump()", "model_dump()", old_answer="dict()") is Grade.OLD
    assert grade("model_dump(), formerly dict()", "model_dump()", old_answer="dict()") is Grade.RIGHT
    assert grade("model_dump()", "model_dump()", old_answer="dump()") is Grade.RIGHT


def test_a_short_value_is_given_word_for_word():
    assert gives("The 3.10.", "3.10", in_gist=False)
    assert not gives("Python 3.10", "3.10", in_gist=False)


@pytest.mark.parametrize(
    ("said", "is_enough"),
    [
        ("Tuples can be keys because they are immutable", True),
        ("tuples are immutable, so they can be keys", True),
        ("Tuples can not be keys because they are mutable", False),
        ("Lists are mutable", False),
    ],
)
def test_of_a_sentence_most_is_enough(said, is_enough):
    assert gives(said, "Tuples can be keys because they are immutable", in_gist=True) is is_enough


@pytest.mark.parametrize("said", ["It takes 30 seconds at most", "It takes seconds at most"])
def test_every_number_of_a_sentence_must_be_said(said):
    assert not gives(said, "It takes 20 seconds at most", in_gist=True)
