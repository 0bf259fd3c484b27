import pytest

from byheart.grading import Grade, grade


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
