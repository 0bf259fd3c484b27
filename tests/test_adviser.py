"""What advice rests on, gathered from a library on the backends in RAM: its history, its facts, its newest report."""

import json
import shutil
from datetime import UTC, date, datetime

import pytest

import byheart
from byheart import adviser, measure
from byheart.errors import ModelMissing
from byheart.grounds import Wishes
from byheart.measure import Order
from byheart.parts import Parts
from byheart.settings import Settings
from conftest import make_library, write_proposal

TODAY = datetime.now(UTC).date()
QUESTIONS = [
    {"id": "one", "question": "PROP 101 Python-Version", "answer": "3.2", "source": "shelf/prop-0101.rst"},
    {"id": "two", "question": "PROP 102 Status", "answer": "Rejected", "source": "shelf/prop-0102.rst"},
    {"id": "none", "question": "How long do lentils boil?", "answer": None},
]


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A library of two studied proposals that was measured, and a third that was not studied."""
    place = tmp_path_factory.mktemp("advised")
    home, shelf = make_library(place), place / "shelf"
    shelf.mkdir()
    for number in (1, 2):
        write_proposal(shelf, number)
    (place / "questions.jsonl").write_text("".join(json.dumps(one) + "\n" for one in QUESTIONS), encoding="utf-8")
    with byheart.open(home) as library:
        library.add([shelf])
        library.study([shelf])
        library.add([write_proposal(shelf, 3)])
        order = Order(arms=("memory", "documents", "both"), cold=0)
        measure.measure(library, [place / "questions.jsonl"], order)
    return place


@pytest.fixture
def opened(made, tmp_path):
    """A copy of the library, opened."""
    with byheart.open(shutil.copytree(made / "library", tmp_path / "library")) as library:
        yield library


def gathered(library, **wishes):
    return adviser.gathered(library, Wishes(**wishes), today=TODAY)


def test_documents_come_with_their_texts_and_what_a_study_would_find(opened, made):
    held = {one.location.rpartition("/")[2]: one for one in gathered(opened).documents}
    assert [one.is_studied for one in held.values()] == [True, True, False]
    assert all(one.facts > 0 and one.seconds > 0 for one in held.values())
    # What the weights hold already takes less.
    assert held["prop-0101.rst"].seconds < held["prop-0103.rst"].seconds / 2
    assert {one.book for one in held.values()} == {"shelf"}
    assert [one.added for one in held.values()] == [[TODAY]] * 3


def test_every_text_that_came_is_in_the_history(home, shelf):
    with byheart.open(home) as library:
        library.add([shelf])
        library.add([write_proposal(shelf, 5, status="Withdrawn")])
        library.add([write_proposal(shelf, 5, status="Final")])
        counts = [len(one.added) for one in gathered(library).documents]
        assert counts == [1, 1, 1, 1, 1, 3, 1, 1, 1, 1, 1, 1]
        library.forget([shelf / "prop-0105.rst"])
        assert len(library.ledger.history()) == 11


def test_the_newest_report_is_read(opened, made):
    findings = gathered(opened).findings
    assert (findings.number, findings.is_outdated) == (1, False)
    assert findings.files == [str((made / "questions.jsonl").resolve())]
    assert findings.command.startswith(f"byheart measure {findings.files[0]} --arm")
    right = {(one.arm, one.case): one.is_right for one in findings.asked}
    assert set(right) == {(arm, case) for arm in ("memory", "documents", "both") for case in ("one", "two", "none")}
    assert right["memory", "one"]
    located = {one.case: one.location.rpartition("/")[2] for one in findings.asked}
    assert located == {"one": "prop-0101.rst", "two": "prop-0102.rst", "none": ""}
    assert {one.money for one in findings.asked} == {None}


def test_prices_of_the_report_are_taken(opened, made):
    order = Order(arms=("memory", "documents", "both"), cold=0, prices=measure.Prices(hour=3.6))
    found, _ = measure.measure(opened, [made / "questions.jsonl"], order)
    each = {one.arm: one.money for one in gathered(opened).findings.asked}
    assert each["both"] == pytest.approx(found.figures.arms["both"].cost.machine_money / 1000)


def test_a_report_of_another_study_tells_of_documents_only(opened):
    opened.study(minutes=1)
    findings = gathered(opened).findings
    assert findings.is_outdated
    assert {one.arm for one in findings.asked} == {"documents"}


def test_a_measurement_that_was_stopped_is_passed_over(opened):
    (opened.folder / "reports" / "2").mkdir()
    assert gathered(opened).findings.number == 1


def test_a_newer_report_that_tells_less_is_passed_over(opened, made):
    measure.measure(opened, [made / "questions.jsonl"], Order(arms=("memory",), cold=0))
    measure.measure(opened, [], Order(arms=("memory", "documents", "both"), cold=0))
    assert gathered(opened).findings.number == 1
    measure.measure(
        opened, [made / "questions.jsonl"], Order(arms=("memory", "documents", "both"), cold=0, is_anew=True)
    )
    assert gathered(opened).findings.number > 1


def test_in_a_large_library_facts_are_estimated_from_a_sample(home, shelf, monkeypatch):
    with byheart.open(home) as library:
        library.add([shelf])
        passages = library.status().passages
        monkeypatch.setattr(adviser, "_MOST_READ", passages // 4)
        known = gathered(library)
        assert known.looked_through == 3
        assert all(one.facts > 0 and one.seconds > 0 for one in known.documents)
        notes = adviser.advice(library, Wishes()).notes
    assert "facts and minutes of study are estimated from 3 of 12 documents" in notes


@pytest.mark.parametrize(
    "trouble", [ModuleNotFoundError("No module", name="torch"), ModelMissing("no m", hint="fetch")]
)
def test_where_no_study_can_be_made_the_reason_is_told(home, shelf, monkeypatch, trouble):
    def refuse(parts, upon=None):
        raise trouble

    monkeypatch.setattr(Parts, "trainer", refuse)
    with byheart.open(home) as library:
        library.add([shelf])
        known = gathered(library)
    assert known.documents[0].seconds is None
    assert known.no_forecast in {("torch is not installed", 'pip install "byheart[study]"'), ("no m", "fetch")}


@pytest.mark.parametrize(
    ("address", "is_elsewhere"),
    [
        ("", False),
        ("http://127.0.0.1:8000", False),
        ("http://[::1]:8000", False),
        ("http://localhost:11434/v1", False),
        ("http://192.168.1.4:8000", True),
        ("https://models.example/v1", True),
    ],
)
def test_only_what_is_on_another_machine_needs_a_network(address, is_elsewhere):
    assert bool(adviser._reached(Settings(chroma=address))) == is_elsewhere


def test_a_day_is_read_where_a_document_tells_one():
    assert adviser._day("2024-05-31") == date(2024, 5, 31)
    assert adviser._day("2024") is None
    assert adviser._day(None) is None
