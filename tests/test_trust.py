"""The figures that trust is measured by, on made-up answers whose figures are plain; and the whole of it in RAM."""

import json
from argparse import Namespace

import numpy
import pytest

import byheart
import trust
import trust_changed
from byheart import reliability
from byheart.backends import logistic
from byheart.confidence import BEFOREHAND_FEATURES, RECALL_FEATURES
from byheart.examine import Graded, Part, Question, Sort
from byheart.grading import Grade
from byheart.outcomes import Estimate
from byheart.types import Origin
from conftest import make_studied, write_proposal
from trust_answers import Answers
from trust_figures import (
    Asked,
    Given,
    auroc,
    band,
    calibration_error,
    is_beyond,
    of_declining,
    of_gate,
    of_promise,
    of_sides,
    of_time,
    resampled,
    splits,
)
from trust_findings import Finding, Section, Target, table


def recall(name, evidence, *, is_right, sort=Sort.SEALED, part=Part.TEST, fact=None):
    """A recall whose features are all the same number, and which recites a studied fact."""
    features = [evidence] * len(RECALL_FEATURES)
    features[RECALL_FEATURES.index("recites a near fact")] = 1.0
    value = None if sort is Sort.NEAR else "yes"
    question = Question(name, sort, part, fact, value)
    return Graded(question, tuple(features), is_right, "yes", (evidence,) * len(BEFOREHAND_FEATURES))


def given(grade, origin, *, confidence=0.5, is_due=False, withheld=None):
    return Given(Grade(grade), Origin(origin), confidence, is_due, withheld and Grade(withheld))


def asked(memory, documents, both, *, is_due=False, withheld=None):
    """Each side by its grade; "" said nothing. `both` also tells who spoke: "right from memory"."""
    said, _, origin = both.partition(" from ")
    declined = "right" if is_due else "declined"
    return Asked(
        given(memory or declined, "memory" if memory else "none", is_due=is_due),
        given(documents or declined, "documents" if documents else "none", is_due=is_due),
        given(said or declined, origin or "none", is_due=is_due, withheld=withheld),
    )


def by_name(findings):
    return {one.what.strip(): one for one in findings}


# ── the gate ──


def test_a_gate_that_is_certain_and_right_has_no_room_for_error():
    assert band([0.0] * 20 + [1.0] * 20, seed=0) == 0


def test_the_band_of_even_odds_is_that_of_a_thrown_coin():
    # The share of heads in 400 throws has a standard deviation of 0.025, and 95 % lie within 1.96 of them.
    assert band([0.5] * 400, seed=0) == pytest.approx(0.049, abs=0.004)


def test_errors_and_ranks_are_those_of_the_library():
    pairs = [(0.03 + 0.045 * n, n % 3 == 0) for n in range(21)]
    table = numpy.asarray(pairs, dtype=float)
    assert calibration_error(table) == pytest.approx(reliability.calibration_error(pairs))
    assert auroc(table) == pytest.approx(logistic.auroc(*zip(*pairs, strict=True)))
    assert auroc(table[table[:, 1] > 0]) == 0.5


def test_the_gate_is_judged_by_what_it_was_not_fitted_to():
    unseen = [recall(f"known {n}", 0.9, is_right=True) for n in range(9)]
    unseen.append(recall("wrong", 0.9, is_right=False))
    unseen += [recall(f"near {n}", 0.1, is_right=False, sort=Sort.NEAR) for n in range(10)]
    fitted = [recall(f"fitted {n}", 0.9, is_right=False, part=Part.FIT) for n in range(50)]
    found = by_name(of_gate([*unseen, *fitted], lambda features: features[0], seed=0))
    # A right answer is above each of 10 near misses and level with the wrong one.
    assert found["AUROC on unseen questions"].found.value == pytest.approx(10.5 / 11)
    assert found["AUROC on unseen questions"].found.n == 20
    # 10 are right in 90 % as they say, and 10 of those that say 10 % in none.
    assert found["calibration error on them, 10 bins"].found.value == pytest.approx(0.05)


def test_what_is_alike_is_resampled_together():
    apart = resampled(numpy.mean, [[1.0], [0.0]] * 50, seed=0)
    together = resampled(numpy.mean, [[1.0] * 25, [0.0] * 25] * 2, seed=0)
    assert (apart.value, apart.n) == (together.value, together.n) == (0.5, 100)
    assert together.high - together.low > 2 * (apart.high - apart.low)


# ── the promise ──


@pytest.mark.parametrize(("wrong", "is_broken"), [(10, False), (15, False), (16, True)])
def test_a_promise_is_broken_where_chance_does_not_explain_the_wrong_ones(wrong, is_broken):
    # Of 100 at a tenth: 15 or more in 7.3 % of cases, 16 or more in 4.0 %.
    assert is_beyond(wrong, 100, 0.1) is is_broken


def test_nothing_sure_breaks_no_promise():
    assert not is_beyond(0, 0, 0.1)


def test_a_gate_that_tells_right_from_wrong_keeps_its_promise_in_every_split():
    known = [recall(f"known {n}", 1.0, is_right=True, fact=f"f{n}") for n in range(150)]
    others = [recall(f"near {n}", 0.0, is_right=False, sort=Sort.NEAR) for n in range(150)]
    found = splits([*known, *others], trust=0.9, seed=0, count=5)
    assert all(one.tested == 150 and one.wrong == 0 for one in found)
    # Only with 29 sure answers, all right, can the threshold promise 90 %; about 25 set it.
    assert sum(one.sure for one in found) == pytest.approx(5 * 75, abs=30)


def test_wrong_answers_that_look_like_right_ones_are_not_said_to_be_sure():
    mixed = [recall(f"known {n}", 1.0, is_right=n % 2 == 0, fact=f"f{n}") for n in range(300)]
    assert all(one.sure == 0 and not one.is_promised for one in splits(mixed, trust=0.9, seed=0, count=5))


def test_wordings_of_one_fact_are_never_on_both_sides_of_a_split():
    many = [recall(f"wording {n}", 1.0, is_right=True, fact="one") for n in range(100)]
    single = [recall(f"known {n}", 1.0, is_right=True, fact=f"f{n}") for n in range(59)]
    tested = {one.tested for one in splits([*many, *single], trust=0.9, seed=0, count=20)}
    assert tested == {30, 129}


def test_natural_questions_are_counted_apart():
    natural = [recall(f"natural {n}", 1.0, is_right=True, fact=f"n{n}", sort=Sort.NATURAL) for n in range(60)]
    sealed = [recall(f"sealed {n}", 1.0, is_right=True, fact=f"s{n}") for n in range(60)]
    wrong = [recall(f"near {n}", 0.0, is_right=False, sort=Sort.NEAR) for n in range(120)]
    found = splits([*natural, *sealed, *wrong], trust=0.9, seed=0, count=3)
    assert all(0 < one.natural < one.sure for one in found)


def test_too_few_answers_are_said_to_be_too_few():
    (finding,) = of_promise([recall("one", 1.0, is_right=True)], trust=0.9, seed=0, count=2)
    assert finding.found is None
    assert "fewer than" in finding.note


# ── both sides, and none ──


def test_declining_a_question_is_right_where_the_best_candidate_was_wrong():
    found = by_name(
        of_declining(
            [
                *[asked("wrong", "", "", is_due=True)] * 3,
                asked("wrong", "wrong", "wrong from documents", is_due=True),
                asked("wrong", "wrong", "", withheld="wrong"),
                asked("right", "wrong", "", withheld="right"),
                # No recall was waited for: what memory says alone is what was withheld.
                asked("wrong", "", ""),
                asked("right", "", ""),
                asked("", "", ""),
                asked("right", "right", "right from memory"),
            ]
        )
    )
    recalled = found["recall: of what has no answer here, declined"].found
    precise = found["precision: declined rightly"].found
    assert (recalled.value, recalled.n) == (0.75, 4)
    assert (precise.value, precise.n) == (pytest.approx(5 / 8), 8)


def test_together_is_compared_with_the_better_side_question_by_question():
    core = [
        *[asked("right", "wrong", "right from memory")] * 3,
        *[asked("wrong", "right", "right from documents")] * 5,
        asked("right", "wrong", "wrong from documents"),
        asked("wrong", "wrong", ""),
    ]
    found = by_name(of_sides(core, seed=0))
    assert found["answered from memory"].found.value == 0.3
    assert found["of these, right"].found.value == 1.0
    assert found["right, together"].found.value == 0.8
    assert found["together above documents alone, the better"].found.value == pytest.approx(0.3)
    assert found["together above memory alone"].found.value == pytest.approx(0.4)
    assert found["harm: right from memory alone, not together"].found.value == pytest.approx(0.1)


def test_without_an_answer_from_memory_there_is_no_time_to_tell():
    assert of_time([], seed=0).found is None
    found = of_time([Given(Grade.RIGHT, Origin.MEMORY, 0.9, False, added=0.004, load=1.0)] * 10, seed=0)
    assert found.found.value == 0.004
    assert found.is_met


# ── what is shown and kept ──


def test_a_figure_that_was_not_measured_meets_nothing_and_fails_nothing():
    assert Finding("what", None, target=Target("≥", 0.5)).is_met is None
    assert Finding("what", Estimate(0.0, None, None, 0), target=Target("≥", 0.5)).is_met is None
    assert Finding("what", Estimate(0.5, None, None, 9), target=Target("≥", 0.5)).is_met
    assert Finding("what", Estimate(0.5, None, None, 9), target=Target("≤", 0.4)).is_met is False


def test_the_table_tells_figure_interval_target_and_whether_it_was_met():
    findings = [
        Finding("wrong", Estimate(0.125, 0.1, 0.2, 1200), "share", Target("≤", 0.1), "few"),
        Finding("more", Estimate(0.052, 0.01, 0.09, 20), "points", Target("≥", 0.05)),
        Finding("less", None, note="nothing there"),
    ]
    lines = table([Section("all", findings)]).splitlines()
    assert lines[3].split() == "wrong (1) 12.5 % 10.0 % – 20.0 % 1,200 ≤ 10.0 % NO".split()
    assert lines[4].split() == "more +5.2 points +1.0 points – +9.0 points 20 ≥ +5.0 points yes".split()
    assert lines[5].split() == "less (2) not measured".split()
    assert lines[-2:] == ["(1) few", "(2) nothing there"]


def test_an_answer_is_asked_for_once_and_again_where_a_kill_cut_it_short(tmp_path):
    path = tmp_path / "out" / "answers.jsonl"
    Answers(path).once("a", lambda: {"grade": "right"})
    with path.open("a", encoding="utf-8") as cut_short:
        cut_short.write('{"of": "b", "gra')
    again = Answers(path)
    assert again.once("a", lambda: {"grade": "wrong"})["grade"] == "right"
    assert "b" not in again
    assert again.once("b", lambda: {"grade": "wrong"})["grade"] == "wrong"
    assert Answers(path)["b"]["grade"] == "wrong"


def test_a_studied_library_is_measured_and_asked_nothing_twice(tmp_path, capsys):
    made = make_studied(tmp_path)
    questions = [
        {"id": "q1", "question": "Which Python version did PROP 101 target?", "answer": "3.2"},
        {"id": "q2", "question": "What is the umbrella limit?", "answer": "42"},
        {"id": "q3", "question": "How long do you boil lentils?", "answer": None},
    ]
    file, out = tmp_path / "questions.jsonl", tmp_path / "out"
    file.write_text("".join(f"{json.dumps(question)}\n" for question in questions), encoding="utf-8")
    options = Namespace(questions=[file], out=out, limit=None, splits=2, injections=2)

    def measured():
        with byheart.open(made) as library:
            return trust.measured(library, options)

    first = measured()
    (kept,) = out.iterdir()
    before = kept.read_text(encoding="utf-8")
    assert "of the 1,000 that are wanted" in table(first)
    assert by_name(first[1].findings)["right, together"].found.n == 2
    assert by_name(first[3].findings)["injections that succeed"].found.value == 0
    assert not [word for word in ("umbrella", "PROP", "lentils", "3.2") if word in before]
    assert measured() == first
    assert kept.read_text(encoding="utf-8") == before
    assert "study 1" in capsys.readouterr().out


def test_changed_documents_are_followed_and_asked_about_once(tmp_path):
    versions, questions = tmp_path / "versions", []
    for name in ("old", "new"):
        (versions / name).mkdir(parents=True)
    for number in range(6):
        old, new = f"3.{number + 1}", f"3.{number + 1 + 20 * (number < 3)}"
        write_proposal(versions / "old", number, version=old)
        write_proposal(versions / "new", number, version=new)
        if old != new:
            asked_for = f"Which Python version did PROP {number + 100} target?"
            questions.append({"id": f"q{number}", "question": asked_for, "answer": new, "old_answer": old})
    file, toml = tmp_path / "changed.jsonl", tmp_path / "byheart.toml"
    file.write_text("".join(f"{json.dumps(question)}\n" for question in questions), encoding="utf-8")
    toml.write_text('model = "memory"\nembedder = "memory"\n', encoding="utf-8")
    given = {"versions": versions, "questions": [file], "out": tmp_path / "out", "minutes": 1.0}
    options = Namespace(**given, settings=toml, limit=None)
    first = trust_changed.measured(options)
    kept = {path: path.read_bytes() for path in (tmp_path / "out").glob("*.jsonl")}
    found = {section.heading: by_name(section.findings) for section in first}
    assert found["replaced: new texts"]["of these, out of date"].found.value == 0
    assert found["replaced: new texts"]["changed facts recited from memory"].found.value == 0
    assert found["replaced: new texts"]["unchanged facts still from memory"].found.value == 1
    for name in ("replaced", "beside"):
        assert found[f"{name}: old texts again"]["of these, right today"].found.value == 1
    assert trust_changed.measured(options) == first
    assert {path: path.read_bytes() for path in (tmp_path / "out").glob("*.jsonl")} == kept
