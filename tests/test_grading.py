import pytest

from byheart.grading import Grade, gives, grade


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


@pytest.mark.parametrize(
    "said",
    [
        " ",
        "Not in the documents.",
        "The documents do not say which it is.",
        "I'm sorry, but I don't know.",
        "The provided context doesn’t mention it.",
        "I cannot answer that from the text.",
        "Not known",
    ],
)
def test_no_answer_and_words_that_say_so_are_declined(said):
    assert grade(said, "Final") is Grade.DECLINED
    assert grade(said, None) is Grade.RIGHT


@pytest.mark.parametrize(
    "said", ["Final, as the documents do not say otherwise", "Notebook", "unknown exceptions", "No"]
)
def test_an_answer_that_only_sounds_like_a_decline_is_an_answer(said):
    assert grade(said, "Draft") is Grade.WRONG
    assert grade(said, None) is Grade.WRONG


def test_a_right_answer_that_begins_with_doubt_is_right():
    assert grade("I don't know for sure, but Final", "Final") is Grade.RIGHT


@pytest.mark.parametrize(
    ("said", "answer"),
    [
        # A number within another one, a name within another one.
        ("It takes 100 entries", "10"),
        ("int64", "int"),
        ("Python 3.11", "Python 3.1"),
        # The right words, but not all of what is exact.
        ("returns None in version 3.9 and later", "returns None from version 3.8 on"),
        ("it can be used with a lock", "it cannot be used without a lock"),
        # Half of what is asked for.
        ("git", "git, mercurial and subversion"),
    ],
)
def test_what_only_looks_like_the_reference_is_wrong(said, answer):
    assert grade(said, answer) is Grade.WRONG


@pytest.mark.parametrize(
    ("said", "answer"),
    [
        ("THE FINAL", "final"),
        ("“json.dumps”", "json.dumps()"),
        ("v3.10", "v3.10"),
        ("Git, Mercurial, and Subversion.", "git, mercurial and subversion"),
        ("It does not return a value", "doesn't return a value"),
        ("{}", "{}"),
    ],
)
def test_another_spelling_of_the_reference_is_right(said, answer):
    assert grade(said, answer) is Grade.RIGHT


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
