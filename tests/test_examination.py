"""A study calibrated anew with its user's own questions."""

import json

import pytest

import byheart
from byheart import examine
from byheart.confidence import Calibration
from byheart.errors import BadQuestions, NothingStudied, UsageError
from byheart.examine import Notes, Sort
from byheart.workshop import NOTES
from conftest import make_studied


@pytest.fixture
def studied_home(tmp_path):
    return make_studied(tmp_path)


@pytest.fixture
def questions(tmp_path):
    """Twelve questions of a user's: eight about what was studied, two of them with a wrong answer, and four others."""
    rows = [
        {"question": f"{wording} proposal PROP {number}?", "answer": answer}
        for number, version in ((101, "3.2"), (102, "3.3"))
        for wording, answer in (
            ("Which Python-Version has", version),
            ("Python-Version wanted by", version),
            ("The Python-Version of", version),
            ("Created when, the", "never"),
        )
    ]
    rows += [{"question": f"How heavy is a {animal}?", "answer": None} for animal in ("whale", "wren", "newt", "yak")]
    path = tmp_path / "asked.jsonl"
    path.write_text("".join(f"{json.dumps(row)}\n" for row in rows), encoding="utf-8")
    return path


def test_a_users_own_questions_are_asked_and_count_as_natural(studied_home, questions):
    with byheart.open(studied_home) as library:
        before = library.ledger.studies.in_use().details["calibration"]
        record = library.calibrate([questions])
        assert library.ledger.studies.in_use() == record
        assert library.parts.calibration() == Calibration.from_data(record.details["calibration"])
    right, asked = record.details["calibration"]["figures"]["right by sort"]["asked"]
    assert asked == 12
    assert 0 < right < 12
    assert record.details["calibration"]["recall"] != before["recall"]
    assert record.details["calibration"]["figures"]["natural"]["tested"] == 3


def test_what_was_asked_is_not_asked_again(studied_home, questions):
    with byheart.open(studied_home) as library:
        first = library.calibrate([questions])
        library.parts.model_of = no_model_that_can_be_asked(library.parts.model_of)
        assert library.calibrate([questions]).details["calibration"] == first.details["calibration"]


def no_model_that_can_be_asked(model_of):
    def opened(path):
        model = model_of(path)
        model.complete = lambda *given, **options: pytest.fail("asked again")
        return model

    return opened


def test_a_library_without_a_study_has_nothing_to_calibrate(home, questions):
    with byheart.open(home) as library, pytest.raises(NothingStudied):
        library.calibrate([questions])


def test_a_study_whose_notes_are_gone_is_told_apart(studied_home, questions):
    (studied_home / "studies" / "1" / NOTES).unlink()
    with byheart.open(studied_home) as library, pytest.raises(UsageError, match="not kept"):
        library.calibrate([questions])


def test_notes_of_an_older_form_are_refused_and_left_as_they_are(studied_home, questions):
    notes = studied_home / "studies" / "1" / NOTES
    first, *rest = notes.read_text(encoding="utf-8").split("\n")
    older = "\n".join([json.dumps({"weights": json.loads(first)["weights"]}), *rest])
    notes.write_text(older, encoding="utf-8")
    with byheart.open(studied_home) as library, pytest.raises(UsageError, match="not kept"):
        library.calibrate([questions])
    assert notes.read_text(encoding="utf-8") == older


def test_a_file_that_holds_no_questions_changes_nothing(studied_home, tmp_path):
    path = tmp_path / "asked.jsonl"
    path.write_text('{"ask": 1}\n', encoding="utf-8")
    with byheart.open(studied_home) as library:
        before = library.ledger.studies.in_use()
        with pytest.raises(BadQuestions, match="line 1"):
            library.calibrate([path])
        assert library.ledger.studies.in_use() == before


def test_notes_keep_a_users_question_with_its_references(tmp_path):
    case = examine.Case("1", "Which?", "3.10", aliases=("three ten",), old_answer="3.9")
    (question,) = examine.own_questions([case])
    assert (question.sort, question.value, question.aliases, question.old_value) == (
        Sort.ASKED,
        "3.10",
        ("three ten",),
        "3.9",
    )
    notes = Notes(tmp_path / "notes.jsonl", "weights")
    notes.note(examine.MEMORY, examine.Graded(question, (1.0,), is_right=True, said="three ten"))
    assert Notes(tmp_path / "notes.jsonl", "weights").answers(examine.MEMORY)[0].question == question
