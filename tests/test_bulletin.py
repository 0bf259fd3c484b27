import re
from dataclasses import replace
from pathlib import Path

import pytest

from byheart import bulletin
from byheart.outcomes import Status, StudyRecord
from conftest import plain

STUDY = StudyRecord(2, "base", "w", "2026-11-24T05:00:00+00:00", True, 175, 171, 9.8)
STATUS = Status("/my-books", 36, 1203, (), STUDY, 2, 36, 0, (), ())


pytestmark = pytest.mark.usefixtures("terminal")


def test_a_finished_study_tells_how_it_stood_the_test():
    tested = replace(STUDY, details={"sealed asked": 175, "sealed right": 168})
    assert "171 of 175 facts mastered (98 %)" in bulletin.studied(tested, Path("/my-books/studies/2/page.html"))
    assert "168 of 175 right (96 %)" in bulletin.studied(tested, Path("/my-books/studies/2/page.html"))


def test_status_tells_what_is_in_the_weights_and_what_changed():
    stale = replace(STATUS, stale_facts=2, stale_sources=["/books/peps/pep-0634.rst"])
    said = plain(bulletin.status(stale))
    assert "study 2 of 2, 2026-11-24: 171 of 175 facts mastered" in said
    assert "2 facts in peps/pep-0634.rst: looked up until studied again" in said


@pytest.mark.parametrize(
    ("state", "step"),
    [
        (replace(STATUS, documents=0, study=None, core_documents=0), "byheart add FOLDER"),
        (replace(STATUS, study=None, core_documents=0), "byheart study FOLDER"),
        (replace(STATUS, study=None), "byheart study"),
        (replace(STATUS, stale_facts=1), "byheart study"),
        (STATUS, ""),
    ],
)
def test_status_names_the_next_step(state, step):
    assert bulletin.next_step(state).startswith(step)
    assert bool(bulletin.next_step(state)) == bool(step)


def test_a_finished_study_ends_with_its_page():
    assert bulletin.studied(STUDY, Path("/my-books/studies/2/page.html")).endswith(": /my-books/studies/2/page.html")


def test_status_shows_the_short_of_the_page():
    details = {
        "sealed asked": 175,
        "sealed right": 168,
        "general": 70,
        "general kept": 68,
        "tokens": 172_904,
        "tokens a second": 100.0,
        "operations a token": 6e8,
        "products a second": 1e11,
        "precision": "bfloat16",
    }
    proven = replace(STATUS, study=replace(STUDY, details=details), page="/my-books/studies/2/page.html")
    said = " ".join(plain(bulletin.status(proven)).split())
    assert "in words never taught: 168 of 175 right (96 %); general questions kept: 68 of 70" in said
    assert "172,904 tokens, 100 a second, 60 % of this machine's rate in bfloat16" in said
    assert "its page /my-books/studies/2/page.html" in said


def test_status_of_a_study_that_recorded_less_is_silent_about_the_rest():
    said = plain(bulletin.status(STATUS))
    assert "171 of 175" in said
    assert not re.search("never taught|tokens|page", said)


@pytest.mark.parametrize(
    ("is_promised", "told"),
    [
        (True, "at least 90% are right, by a 95 % bound on questions as people ask them"),
        (
            False,
            "(4 tested); of those made by template 100 were answered at 92% sure, 97 of them right",
        ),
    ],
)
def test_a_finished_study_promises_only_what_holds_for_peoples_questions(is_promised, told):
    measured = {"natural": {"tested": 4}, "renderings": {"accepted": 100, "accepted wrong": 3}}
    calibration = {"threshold": 0.92, "is_promised": is_promised, "figures": measured}
    tested = replace(STUDY, details={"trust": 0.9, "calibration": calibration})
    assert told in bulletin.studied(tested, Path("page.html"))
