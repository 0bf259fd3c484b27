"""Watching a library in use, on the backends in RAM."""

import json
import shutil
import sqlite3
from dataclasses import replace

import pytest

import byheart
from byheart import arms, spotcheck, watch
from byheart.confidence import gate_of
from byheart.errors import StoreUnavailable
from byheart.log import FILE
from byheart.settings import FILE as SETTINGS
from byheart.types import Origin
from conftest import make_library, make_shelf, write_proposal

QUESTION = "Which Python version did PROP 103 target?"
UNKNOWN = "How long do you boil lentils with rhubarb and goulash?"


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    folder = tmp_path_factory.mktemp("made")
    make_shelf(folder)
    home = make_library(folder)
    with (home / SETTINGS).open("a", encoding="utf-8") as settings:
        settings.write("log = true\ncheck_every = 1\n")
    with byheart.open(home) as library:
        library.add([folder / "shelf"], core=True)
        library.study(minutes=4)
    return folder


@pytest.fixture
def watched(made, tmp_path):
    shutil.copytree(made, tmp_path, dirs_exist_ok=True)
    with byheart.open(tmp_path / "library") as library:
        with library.ledger.writing() as connection:
            connection.execute("UPDATE source SET location = replace(location, ?, ?)", (str(made), str(tmp_path)))
        yield library


def test_what_was_asked_and_answered_is_logged(watched):
    answer = watched.ask(QUESTION)
    watched.ask(UNKNOWN)
    known, unknown = watched.logged()
    assert (known.question, known.origin, known.confidence) == (QUESTION, Origin.MEMORY, answer.confidence)
    assert known.sources == (answer.citations[0].source,)
    assert known.is_sure
    assert (unknown.origin, unknown.sources, unknown.is_sure) == (Origin.NONE, (), False)
    assert {known.weights, unknown.weights} == {watched.status().study.weights}


def test_private_questions_and_those_to_one_side_are_not_logged(watched):
    watched.ask(QUESTION, side="memory")
    watched.watch.is_on = False
    watched.ask(QUESTION)
    assert watched.logged() == []


def test_the_log_is_off_until_asked_for(home, shelf):
    with byheart.open(home) as library:
        library.add([shelf])
        library.ask(QUESTION)
        assert library.status().usage is None
    assert not (home / FILE).exists()


def test_a_sure_answer_is_checked_after_it_was_given(watched):
    watched.ask(QUESTION)
    watched.ask(UNKNOWN)
    assert [row.agrees for row in watched.logged()] == [None, None]
    assert watched.check() == 1
    assert [row.agrees for row in watched.logged()] == [True, None]
    assert watched.check() == 0
    assert watched.status().usage.agreement.n == 1


def test_leaving_the_library_checks_what_is_due(watched):
    with byheart.open(watched.folder) as library:
        library.ask(QUESTION)
    assert watched.logged()[0].agrees is True


def contradicted(library, monkeypatch, times):
    """Asks until so many sure answers were checked, each time contradicted."""
    monkeypatch.setattr("byheart.spotcheck.agreed", lambda answer, desk: (False, 0.9))
    for _ in range(times):
        library.ask(QUESTION)
        library.check()


def test_contradicted_answers_raise_the_threshold_in_use_and_the_next_study_undoes_it(watched, tmp_path, monkeypatch):
    before = watched.desk().calibration.threshold
    contradicted(watched, monkeypatch, 30)
    raised = watched.desk().calibration.threshold
    assert raised > before
    assert watched.ask(QUESTION).steps[2].figures["threshold"] == raised
    told = watched.status().usage
    assert (told.threshold, len(told.drifts)) == (raised, 1)
    write_proposal(tmp_path / "shelf", 3, version="3.99")
    watched.add([tmp_path / "shelf"])
    watched.study(minutes=4)
    assert watched.desk().calibration.threshold <= before
    watched.use(1)
    assert watched.desk().calibration.threshold == raised


def test_emptying_the_log_does_not_loosen_the_threshold(watched, monkeypatch):
    contradicted(watched, monkeypatch, 30)
    raised = watched.desk().calibration.threshold
    watched.empty_log()
    watched.ask(QUESTION)
    watched.check()
    assert watched.desk().calibration.threshold == raised == watched.status().usage.threshold


def test_a_log_that_cannot_be_written_is_told_in_status_and_the_answer_is_given(watched):
    (watched.folder / FILE).mkdir()
    assert watched.ask(QUESTION).text == "3.4"
    assert FILE in watched.status().usage.trouble


def test_a_log_that_is_locked_delays_an_answer_for_a_moment_at_most(watched):
    watched.ask(QUESTION)
    other = sqlite3.connect(watched.folder / FILE, isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    assert watched.ask(QUESTION).text == "3.4"
    other.close()
    assert len(watched.logged()) == 1


def test_a_session_leaves_no_more_to_check_than_takes_some_seconds(watched):
    for _ in range(watch._MOST_CHECKS + 5):
        watched.ask(QUESTION)
    assert watched.check() == watch._MOST_CHECKS


@pytest.fixture
def within(watched, monkeypatch):
    """The watched library is the current folder."""
    monkeypatch.chdir(watched.folder)


@pytest.mark.usefixtures("within")
def test_the_log_is_shown_as_a_table_as_json_and_emptied(run):
    assert run("log") == (0, "nothing was logged\n", "")
    assert run("ask", QUESTION)[0] == 0
    assert run("ask", UNKNOWN)[0] == 3
    run("ask", "--private", QUESTION)
    _, out, _ = run("log")
    head, known, unknown = out.splitlines()
    assert head.split() == ["asked", "answered", "sure", "took", "checked", "question"]
    assert "from memory" in known
    assert "agrees" in known
    assert "not known" in unknown
    assert [row["question"] for row in json.loads(run("log", "--json", "-n", "1")[1])] == [UNKNOWN]
    assert run("log", "--empty") == (0, "the question log is empty\n", "")
    assert run("log")[1] == "nothing was logged\n"


@pytest.mark.usefixtures("within")
def test_questions_cannot_steer_the_terminal_on_which_the_log_is_shown(run, watched):
    watched.ask(f"{QUESTION}\x1b[2J")
    assert "\x1b[2J" not in run("log")[1]


@pytest.mark.usefixtures("within")
def test_status_tells_how_the_library_does_in_use(run):
    run("ask", typed=f"{QUESTION}\n{UNKNOWN}\n")
    _, out, _ = run("status")
    lines = [line.strip() for line in out.splitlines()]
    assert any(line.startswith("from memory") and "50 %" in line and "median" in line for line in lines)
    assert any(line.startswith("checked") and "1 sure answer" in line for line in lines)
    assert json.loads(run("status", "--json")[1])["usage"]["origins"]["memory"]["share"]["value"] == 0.5


@pytest.mark.usefixtures("within")
def test_checks_without_a_log_are_refused(run, watched):
    (watched.folder / SETTINGS).write_text("check_every = 5\n", encoding="utf-8")
    code, _, err = run("status")
    assert code == 2
    assert "check_every is noted in the log" in err


def test_a_reading_is_held_against_memory_only_where_the_study_measured_its_reader(watched):
    answer, desk = watched.ask(QUESTION), watched.desk()
    desk, reader = replace(desk, settings=replace(desk.settings, floor=0.0)), desk.reader().name
    measured = replace(desk.calibration, reader=reader, reading=replace(gate_of(reader), intercept=1.0))
    assert spotcheck.agreed(answer, replace(desk, calibration=measured))[1] > 0.5
    shipped = replace(measured, reading=gate_of(reader))
    assert spotcheck.agreed(answer, replace(desk, calibration=shipped)) == (True, None)


def test_a_part_that_is_down_ends_the_checks_and_nothing_fails(watched, monkeypatch):
    def down(question, *, k):
        raise StoreUnavailable("the index is gone")

    watched.ask(QUESTION)
    monkeypatch.setattr(watched, "search", down)
    assert watched.check() == 0
    assert watched.logged()[0].agrees is None


def test_a_measurement_stays_out_of_the_log(watched):
    with arms.opened(watched, ["both", "documents"], baseline="", cache=watched.folder / "reports") as bench:
        for arm in bench.arms:
            assert arm.ask(QUESTION).text == "3.4"
    assert "--private" in bench.arms[0].alone
    assert watched.logged() == []
