"""A whole measurement on the backends in RAM: what is asked, kept, taken up again, compared and published."""

import itertools
import json
import re
import shlex
import shutil
import signal
import subprocess
import sys
from collections import Counter
from itertools import pairwise
from pathlib import Path

import pytest

import byheart
from byheart import cases, measure, measurement, tables
from byheart.errors import BadQuestions, ModelUnavailable, UsageError
from byheart.measure import Order
from byheart.rows import Cold, Failure, Journal, cold_name
from conftest import make_library, make_studied
from test_house import wordy
from test_openai import RIGHT, answering, serving

OWN = ("memory", "documents", "both", "untaught", "usual")
QUICK = Order(cold=0)


def saying(reply):
    return {"choices": [{"message": {"content": reply}, "finish_reason": "stop"}]}


YES, NO = saying("Yes."), saying("No.")
FULL = answering({"error": "full"}, 503)


def breaking_down(said, *, after):
    """How a server behaves that answers `said` so many times, and then refuses."""
    behaviours = itertools.chain(itertools.repeat(answering(said), after), itertools.repeat(FULL))
    return lambda handler: next(behaviours)(handler)


QUESTIONS = [
    {"id": "version", "question": "PROP 101 Python-Version", "answer": "3.2", "kind": "field"},
    {"id": "title", "question": "What is the Title of PROP 102?", "answer": "Handling of umbrella objects"},
    {"id": "lentils", "question": "How long do lentils boil?", "answer": None, "set": "unanswerable"},
    {
        "id": "elsewhere",
        "question": "What is the trombone limit?",
        "answer": "44",
        "source": "other/prop-0104.rst",
        "quote": "The trombone limit is 44 entries.",
    },
    {
        "id": "held",
        "question": "What is the lantern limit?",
        "answer": "41",
        "source": "shelf/prop-0101.rst",
        "quote": "The lantern limit is 41 entries.",
    },
]


@pytest.fixture(scope="module")
def learned(tmp_path_factory):
    """A library whose study is in use, in a folder with its documents and a file of questions."""
    place = tmp_path_factory.mktemp("measured")
    make_studied(place)
    lines = "".join(json.dumps(question) + "\n" for question in QUESTIONS)
    (place / "questions.jsonl").write_text(lines, encoding="utf-8")
    return place


@pytest.fixture(scope="module")
def answered(learned):
    """What a measurement of it found, and the folder that the report lies in."""
    with byheart.open(learned / "library") as library:
        return measure.measure(library, [learned / "questions.jsonl"], QUICK)


def drawn(found, folder):
    """The text of the page."""
    return measure.draw(found, folder).read_text(encoding="utf-8")


@pytest.fixture
def studied(learned, tmp_path):
    """A copy of the library, without reports."""
    return shutil.copytree(learned / "library", tmp_path / "library", ignore=shutil.ignore_patterns("reports"))


def run(home, learned, order=QUICK, **options):
    with byheart.open(home) as library:
        return measure.measure(library, [learned / "questions.jsonl"], order, **options)


def test_every_arm_is_asked_every_question_once(answered):
    found, _ = answered
    asked = Counter((row.arm, row.case) for row in found.rows)
    assert set(asked.values()) == {1}
    assert set(asked) == {(arm, question["id"]) for arm in OWN for question in QUESTIONS}
    assert list(found.figures.arms) == list(OWN)


def test_no_two_answers_in_a_row_are_to_the_same_question(answered):
    _, folder = answered
    rows = Journal.open(folder / "rows.jsonl").rows()
    assert all(one.case != other.case for one, other in pairwise(rows))


def test_answers_are_graded_and_come_with_what_they_took(answered):
    found, _ = answered
    row = next(row for row in found.rows if (row.arm, row.case) == ("memory", "version"))
    assert (row.grade, row.said, row.origin) == ("right", "3.2", "memory")
    assert row.seconds >= sum(row.stages.values())
    assert row.tokens_in > 0
    declined = next(row for row in found.rows if (row.arm, row.case) == ("both", "lentils"))
    assert (declined.grade, declined.said) == ("right", "")


def test_passages_are_ranked_where_the_documents_hold_the_quote(answered):
    found, _ = answered
    ranks = {(row.arm, row.case): row.rank for row in found.rows}
    assert ranks["documents", "held"] == 1
    assert ranks["usual", "held"] >= 1
    assert ranks["documents", "elsewhere"] is None
    assert ranks["memory", "held"] is None


def test_what_the_documents_do_not_hold_is_to_be_declined(answered):
    found, _ = answered
    assert [case.id for case in found.cases if case.is_to_be_declined] == ["lentils", "elsewhere"]
    assert found.figures.arms["documents"].declining.due == 2


def test_the_report_lies_beside_the_page_and_names_its_circumstances(answered, learned):
    found, folder = answered
    assert folder.parent.name == "reports"
    data = json.loads((folder / "report.json").read_text(encoding="utf-8"))
    assert {"machine", "study", "settings", "arms"} <= set(data["run"])
    assert data["run"]["settings"]["seed"] == 0
    assert data["run"]["machine"]["packages"]["byheart"]
    assert data["run"]["questions"] == [str(learned / "questions.jsonl")]
    asked = shlex.join(["byheart", "measure", str(learned / "questions.jsonl")])
    assert data["run"]["command"] == " ".join([asked, *(f"--arm {arm}" for arm in OWN)])
    page = drawn(found, folder)
    assert str(learned) not in page
    assert "What is the lantern limit?" in page
    assert "http" not in page.replace("http://www.w3.org/", "")


def test_what_was_answered_is_not_asked_again(studied, learned):
    first, folder = run(studied, learned)
    stages = []
    again, same = run(studied, learned, watch=lambda event: stages.append(event.stage))
    assert same == folder
    assert again.rows == first.rows
    assert "asking" not in stages


def test_a_killed_measurement_goes_on_where_it_stopped(studied, learned):
    program = (
        "import os, signal, sys, byheart; from pathlib import Path; from byheart import measure\n"
        "def watch(event):\n"
        "    if event.stage == 'asking' and event.done == 7: os.kill(os.getpid(), signal.SIGKILL)\n"
        "with byheart.open(sys.argv[1]) as library:\n"
        "    measure.measure(library, [Path(sys.argv[2])], measure.Order(cold=0), watch=watch)\n"
    )
    killed = subprocess.run([sys.executable, "-c", program, studied, learned / "questions.jsonl"], check=False)
    assert killed.returncode == -signal.SIGKILL
    journal = studied / "reports" / "1" / "rows.jsonl"
    before = journal.read_bytes()
    assert before.count(b"\n") == 7
    # As if it had been killed within a line.
    journal.write_bytes(before + b'{"row": {"case": "ver')
    found, folder = run(studied, learned)
    assert folder.name == "1"
    assert journal.read_bytes().startswith(before)
    assert Counter((row.arm, row.case) for row in found.rows).total() == len(OWN) * len(QUESTIONS)


def test_other_settings_or_the_wish_to_ask_again_begin_anew(studied, learned):
    assert run(studied, learned)[1].name == "1"
    assert run(studied, learned, Order(cold=0, is_anew=True))[1].name == "2"
    with (studied / "byheart.toml").open("a", encoding="utf-8") as settings:
        settings.write("trust = 0.8\n")
    assert run(studied, learned)[1].name == "3"


def test_a_library_that_was_never_studied_says_what_memory_needs(tmp_path, learned):
    home = make_library(tmp_path)
    with byheart.open(home) as library:
        library.add([learned / "shelf"])
    found, folder = run(home, learned)
    assert list(found.figures.arms) == ["documents", "untaught", "usual"]
    assert {(one.name, one.remedy) for one in found.run.left_out} == {
        ("memory", "byheart study"),
        ("both", "byheart study"),
    }
    assert "byheart study" in drawn(found, folder)
    assert "memory was left out" in tables.measured(found, has_styles=False)


def test_where_no_arm_can_run_the_first_remedy_is_named(home, learned):
    with pytest.raises(UsageError, match="nothing can be measured here") as error:
        run(home, learned, Order(arms=("memory", "documents"), cold=0))
    assert error.value.hint == "byheart study"


def test_without_a_file_the_library_asks_its_own_questions_and_says_that_they_are_easier(studied):
    with byheart.open(studied) as library:
        found, folder = measure.measure(library, [], Order(cold=0, most=6, arms=("memory", "documents")))
    assert len(found.cases) == 6
    assert {case.set for case in found.cases} == {"sealed"}
    assert all(case.is_held for case in found.cases)
    assert "easier" in drawn(found, folder)
    assert "easier" in tables.measured(found, has_styles=False)


def test_a_library_that_knows_nothing_needs_a_file(home):
    with byheart.open(home) as library, pytest.raises(UsageError, match="no questions were named"):
        measure.measure(library, [], QUICK)


def test_some_questions_are_taken_evenly():
    asked = tuple(cases.Case(str(n), "?", "!") for n in range(10))
    assert [case.id for case in measure.some(asked, 3)] == ["0", "3", "6"]
    assert measure.some(asked, 99) == asked


def test_bad_questions_end_it_before_anything_is_opened(studied, tmp_path):
    (tmp_path / "bad.jsonl").write_text("{", encoding="utf-8")
    with byheart.open(studied) as library, pytest.raises(BadQuestions):
        measure.measure(library, [tmp_path / "bad.jsonl"], QUICK)
    assert not (studied / "reports").exists()


def test_what_changed_since_an_earlier_report_is_told(studied, learned, answered):
    _, before = answered
    shutil.copy(before / "report.json", studied.parent / "before.json")
    data = json.loads((studied.parent / "before.json").read_text(encoding="utf-8"))
    for row in data["rows"]:
        row["grade"] = "wrong"
    (studied.parent / "before.json").write_text(json.dumps(data), encoding="utf-8")
    found, folder = run(studied, learned, Order(cold=0, against=studied.parent / "before.json"))
    right = found.figures.arms["memory"].total.right
    assert right > 0
    assert found.changes.arms["memory"].better == right
    assert "What changed since" in drawn(found, folder)


def test_a_report_is_not_compared_with_itself(studied, learned):
    _, folder = run(studied, learned)
    before = (folder / "report.json").read_bytes()
    with pytest.raises(UsageError, match="compared with itself") as error:
        run(studied, learned, Order(cold=0, against=folder / "report.json"))
    assert "--anew" in error.value.hint
    assert (folder / "report.json").read_bytes() == before
    found, again = run(studied, learned, Order(cold=0, against=folder / "report.json", is_anew=True))
    assert again.name == "2"
    assert found.changes


def test_what_the_documents_do_not_answer_is_told_apart(answered):
    found, folder = answered
    memory = found.figures.arms["memory"]
    assert (memory.main.n, memory.total.n) == (3, 5)
    said = tables.measured(found, has_styles=False)
    assert "right: of the 3 questions that these documents answer" in said
    assert "of all" in said
    assert "3 of which these documents answer" in drawn(found, folder)


def cells(said, arm):
    row = next(line for line in said.splitlines() if line.startswith(f" {arm} "))
    return re.split("  +", row.strip())


@pytest.mark.parametrize("columns", [60, 80, 110])
def test_no_figure_is_cut_however_narrow_the_terminal(answered, monkeypatch, columns):
    found, _ = answered
    monkeypatch.setenv("COLUMNS", "110")
    whole = tables.measured(found, has_styles=False)
    monkeypatch.setenv("COLUMNS", str(columns))
    said = tables.measured(found, has_styles=False)
    assert "…" not in said
    assert max(map(len, said.splitlines())) <= columns
    for arm in OWN:
        of_whole = iter(cells(whole, arm))
        shown = cells(said, arm)
        assert len(shown) >= 4
        assert all(cell in of_whole for cell in shown)
    assert ("no room here for energy" in " ".join(said.split())) == (columns < 110)


def test_what_is_published_holds_ids_grades_and_figures_alone(answered, learned):
    found, _ = answered
    text = json.dumps(measurement.published(found), default=str)
    assert '"id": "version"' in text
    said = {row.said for row in found.rows if len(row.said) > 4}
    asked = {text for case in found.cases for text in (case.question, case.quote, case.source) if text}
    assert not [one for one in said | asked | {str(learned)} if one in text]
    assert not list(wordy(json.loads(text)))


def test_a_server_is_a_baseline_and_a_judge(studied, learned):
    with serving(answering(RIGHT | {"usage": {"prompt_tokens": 21, "completion_tokens": 4}})) as address:
        order = Order(arms=("memory", "baseline"), cold=0, baseline=f"{address}#mine", judge=address)
        found, _ = run(studied, learned, order)
    baseline = found.figures.arms["baseline"]
    assert {row.said for row in found.rows if row.arm == "baseline"} == {"3.10"}
    assert (baseline.cost.tokens_in, baseline.cost.tokens_out) == (21, 4)
    assert baseline.cost.joules is None
    # It says "3.10" when it is asked for yes or no.
    assert {verdict.is_right for verdict in found.verdicts} == {None}
    assert baseline.judged is None


def test_a_server_that_breaks_down_is_told_with_how_much_it_was_not_asked(studied, learned):
    # Answers when it is looked for, to warm up, and to one question.
    with serving(breaking_down(RIGHT, after=3)) as address:
        found, folder = run(studied, learned, Order(arms=("memory", "baseline"), cold=0, baseline=address))
    assert found.figures.arms["baseline"].total.n == 1
    said = tables.measured(found, has_styles=False)
    assert "baseline: 4 questions not asked" in said
    assert found.run.command in " ".join(said.split())
    assert "4 questions not asked" in drawn(found, folder)
    assert "n" in said.splitlines()[2].split()


def test_a_baseline_without_an_address_is_told_how_to_name_one(studied, learned):
    with pytest.raises(UsageError, match="no address was given") as error:
        run(studied, learned, Order(arms=("baseline",), cold=0))
    assert "--baseline http" in error.value.hint
    found, _ = run(studied, learned, Order(arms=("memory", "baseline"), cold=0))
    assert [one.name for one in found.run.left_out] == ["baseline"]


def test_a_judge_that_is_not_there_is_told_of_before_anything_is_asked(studied, learned):
    stages = []
    with pytest.raises(ModelUnavailable, match="nothing answers at") as error:
        run(studied, learned, Order(cold=0, judge="http://127.0.0.1:9/v1"), watch=lambda now: stages.append(now.stage))
    assert error.value.hint == "start the server, or leave --judge out"
    assert not stages


def test_a_judge_that_breaks_down_costs_its_opinion_alone(studied, learned):
    with serving(breaking_down(YES, after=3)) as address:
        found, _ = run(studied, learned, Order(arms=("memory",), cold=0, judge=address))
    assert found.figures.arms["memory"].total.n == 5
    assert found.figures.arms["memory"].judged.n == 2
    assert "judge: 3 questions not asked" in tables.measured(found, has_styles=False)


def test_a_judge_that_comes_later_or_after_another_asks_no_arm_again(studied, learned):
    first, folder = run(studied, learned, Order(arms=("memory",), cold=0))
    with serving(answering(YES)) as one, serving(answering(NO)) as other:
        judged = []
        for address in (one, other, one):
            order = Order(arms=("memory",), cold=0, judge=address)
            found, same = run(studied, learned, order, watch=lambda now: judged.append(now.stage))
            assert same == folder
            assert found.rows == first.rows
            assert {verdict.is_right for verdict in found.verdicts} == {address == one}
            assert one not in json.dumps(measurement.published(found), default=str)
    assert "asking" not in judged
    assert judged.count("asking the judge") == 2 * len(QUESTIONS)


@pytest.mark.parametrize(("reply", "is_right"), [("Yes.", True), ("no, it does not", False)])
def test_a_judge_is_held_against_the_rule(studied, learned, reply, is_right):
    with serving(answering(saying(reply))) as address:
        found, _ = run(studied, learned, Order(arms=("memory",), cold=0, judge=address))
    judged = found.figures.arms["memory"].judged
    right = found.figures.arms["memory"].total.share.value
    assert judged.n == len(QUESTIONS)
    assert judged.share.value == pytest.approx(right if is_right else 1 - right)


def test_an_arm_that_fails_again_and_again_is_left_and_asked_again_the_next_time(studied, learned):
    asked = 0

    def behave(handler):
        nonlocal asked
        asked += 1
        # Answers when it is looked for, and to warm up.
        (answering(RIGHT) if asked <= 2 or is_mended else FULL)(handler)

    is_mended = False
    with serving(behave) as address:
        order = Order(arms=("memory", "baseline"), cold=0, baseline=address)
        found, folder = run(studied, learned, order)
        assert asked == 5
        # The two that it was not even asked for are missing too.
        assert len(found.run.failures) == 5
        assert "baseline: 5 questions not asked, the last because" in tables.measured(found, has_styles=False)
        assert "full" in found.run.failures[-1].why
        assert "baseline" not in found.figures.arms
        assert "5 questions not asked" in drawn(found, folder)
        is_mended = True
        found, again = run(studied, learned, order)
    assert again == folder
    assert not found.run.failures
    assert found.figures.arms["baseline"].total.n == len(QUESTIONS)


def test_where_no_question_was_answered_the_reason_is_told(studied, learned):
    with (
        serving(breaking_down(RIGHT, after=1)) as address,
        pytest.raises(ModelUnavailable, match=r"no question was answered: .*full"),
    ):
        run(studied, learned, Order(arms=("baseline",), cold=0, baseline=address))


def test_a_server_that_is_not_there_is_left_out(studied, learned):
    found, _ = run(studied, learned, Order(arms=("memory", "baseline"), cold=0, baseline="http://127.0.0.1:9/v1"))
    (left_out,) = found.run.left_out
    assert left_out.name == "baseline"
    assert "nothing answers at" in left_out.why


@pytest.mark.real
def test_cold_answers_are_those_of_whole_processes(studied, learned):
    found, _ = run(studied, learned, Order(arms=("memory", "usual"), cold=1))
    for arm in ("memory", "usual"):
        figures = found.figures.arms[arm]
        assert figures.cold.p50 > figures.seconds.p50
        assert figures.cost.peak_bytes > 10_000_000
    assert not found.run.failures


@pytest.mark.real
def test_a_change_of_a_document_is_measured_on_a_copy(studied, learned):
    before = {path: path.read_bytes() for path in (learned / "shelf").iterdir()}
    with byheart.open(studied) as library:
        held = library.status()
        found, folder = measure.measure(
            library,
            [learned / "questions.jsonl"],
            Order(arms=("memory", "documents", "both"), cold=0, with_upkeep=True),
        )
        assert library.status() == held
    assert {path: path.read_bytes() for path in (learned / "shelf").iterdir()} == before
    upkeep = found.upkeep
    assert upkeep.changed.startswith("shelf/prop-01")
    assert upkeep.searchable_seconds > 0
    assert upkeep.was_recited
    assert upkeep.forgotten_seconds > 0
    assert upkeep.studied_seconds > 0
    assert upkeep.asked_offline == 3
    assert set(upkeep.answered_offline.values()) == {3}
    assert upkeep.connections_tried == 0
    assert "offline ability" in drawn(found, folder)
    assert "searchable after" in tables.measured(found, has_styles=False)


def test_an_arm_that_does_not_exist_is_refused(studied, learned):
    with pytest.raises(UsageError, match='there is no arm "memroy"') as error:
        run(studied, learned, Order(arms=("memroy",)))
    assert "untaught" in error.value.hint


def test_a_failure_is_told_until_its_question_was_asked(tmp_path, answered):
    row = answered[0].rows[0]
    journal = Journal.open(tmp_path / "rows.jsonl")
    journal.note(Failure(row.case, row.arm, "down"))
    journal.note(Failure(row.case, cold_name(row.arm), "slow"))
    assert [failure.why for failure in journal.failures()] == ["down", "slow"]
    journal.note(row)
    assert [failure.why for failure in journal.failures()] == ["slow"]
    journal.note(Cold(row.arm, row.case, 1.0, None, None))
    assert not Journal.open(tmp_path / "rows.jsonl").failures()


def test_the_journal_gives_back_what_was_noted(answered, tmp_path):
    found, folder = answered
    shutil.copy(folder / "rows.jsonl", tmp_path / "rows.jsonl")
    journal = Journal.open(tmp_path / "rows.jsonl")
    assert sorted(journal.rows(), key=lambda row: (row.arm, row.case)) == sorted(
        found.rows, key=lambda row: (row.arm, row.case)
    )
    assert Path(tmp_path / "rows.jsonl").read_bytes() == (folder / "rows.jsonl").read_bytes()
