import pytest

from byheart import changes, costs
from byheart.backends import resampling
from byheart.cases import Case
from byheart.costs import Prices
from byheart.errors import UsageError
from byheart.figures import NOT_HELD, Terms, beside, figures
from byheart.grading import Grade
from byheart.rows import Cold, Row, Verdict

CASES = [
    *(Case(f"peps-{n}", "?", "yes", book="peps", kind="fact") for n in range(4)),
    *(Case(f"faq-{n}", "?", "yes", book="faq", kind="how-to") for n in range(2)),
    Case("nothing", "?", None),
]


def row(case, arm, grade, *, seconds=1.0, **more):
    given = {"cpu_seconds": 2.0, "joules": None, "stages": {}, "tokens_in": 100, "tokens_out": 10} | more
    return Row(case, arm, Grade(grade), given.pop("said", "yes"), seconds, **given)


def terms(**more):
    given = {"seed": 0, "prices": Prices(), "processors": 2, "here": ("memory", "both", "usual"), "study_seconds": None}
    return Terms(**(given | more))


def found(rows, *, cold=(), verdicts=(), **more):
    return figures(CASES, rows, cold, verdicts, terms(**more))


def test_answers_are_counted_in_all_by_book_and_by_kind():
    rows = [row("peps-0", "memory", "right"), row("peps-1", "memory", "wrong"), row("faq-0", "memory", "old")]
    arm = found(rows).arms["memory"]
    assert (arm.total.n, arm.total.right, arm.total.wrong, arm.total.old) == (3, 1, 1, 1)
    assert arm.total.share.value == pytest.approx(1 / 3)
    assert arm.by_book["peps"].share.value == 0.5
    assert set(arm.by_kind) == {"fact", "how-to"}


def test_what_these_documents_do_not_hold_is_one_group_and_no_part_of_the_main_figure():
    cases = [
        *CASES,
        Case("gap-0", "?", "44", book="far", kind="fact", set="gap", is_held=False),
        Case("gap-1", "?", "45", book="farther", kind="how-to", set="gap", is_held=False),
    ]
    rows = [row("peps-0", "both", "right"), row("nothing", "both", "wrong")]
    rows += [row(f"gap-{n}", "both", "declined", said="") for n in range(2)]
    arm = figures(cases, rows, (), (), terms()).arms["both"]
    assert (arm.total.n, arm.total.right) == (4, 1)
    assert (arm.main.n, arm.main.right) == (1, 1)
    assert (set(arm.by_book), set(arm.by_kind)) == ({"peps", NOT_HELD}, {"fact", NOT_HELD})
    assert (arm.by_book[NOT_HELD].n, arm.by_set["gap"].n) == (2, 2)
    assert (arm.declining.due, arm.declining.rightly) == (3, 2)


def test_where_nothing_is_answered_by_the_documents_the_main_figure_is_of_all():
    assert found([row("nothing", "both", "right", said="")]).arms["both"].main.n == 1


def test_declining_is_right_where_nothing_answers_and_counted_against_what_was_due():
    rows = [
        row("nothing", "both", "right", said=""),
        row("peps-0", "both", "declined", said=""),
        row("peps-1", "both", "right"),
    ]
    declining = found(rows).arms["both"].declining
    assert (declining.due, declining.declined, declining.rightly) == (1, 2, 1)
    assert declining.precision.value == 0.5
    assert declining.recall.value == 1.0


def test_declining_has_no_recall_where_nothing_was_due():
    declining = found([row("peps-0", "both", "right")]).arms["both"].declining
    assert declining.precision is None
    assert declining.recall is None


def test_confidence_is_judged_by_the_answers_that_were_given():
    rows = [
        row("peps-0", "memory", "right", confidence=1.0),
        row("peps-1", "memory", "wrong", confidence=1.0),
        row("peps-2", "memory", "declined", confidence=0.2, said=""),
    ]
    calibrated = found(rows).arms["memory"].calibrated
    assert calibrated.n == 2
    assert calibrated.error == 0.5
    assert calibrated.curve[-1].coverage == pytest.approx(2 / 3)
    assert found([row("peps-0", "usual", "right")]).arms["usual"].calibrated is None


def test_a_passage_counts_where_its_rank_is_among_the_first():
    rows = [row(f"peps-{n}", "documents", "right", rank=rank) for n, rank in enumerate((1, 4, 0))]
    retrieval = found([*rows, row("nothing", "documents", "right", rank=None)]).arms["documents"].retrieval
    assert retrieval.n == 3
    assert [retrieval.within[k].value for k in ("1", "3", "5")] == pytest.approx([1 / 3, 1 / 3, 2 / 3])
    assert retrieval.mean_reciprocal_rank.value == pytest.approx((1 + 1 / 4) / 3)


def test_seconds_are_told_by_stage_with_nought_where_a_stage_was_not_needed():
    rows = [
        row("peps-0", "both", "right", seconds=1.0, stages={"recall": 1.0}),
        row("peps-1", "both", "right", seconds=3.0, stages={"recall": 1.0, "read": 2.0}),
    ]
    arm = found(rows).arms["both"]
    assert (arm.seconds.p50, arm.stages["recall"].mean, arm.stages["read"].mean) == (2.0, 1.0, 1.0)


def test_two_arms_are_compared_question_by_question_and_told_of_either():
    rows = [row(f"peps-{n}", "memory", "right", seconds=1.0) for n in range(4)]
    rows += [row(f"peps-{n}", "usual", "wrong", seconds=10.0) for n in range(4)]
    measured = found(rows)
    ours = beside(measured, "memory", "usual")
    theirs = beside(measured, "usual", "memory")
    assert (ours.right.value, ours.times_as_fast.value) == (1.0, 10.0)
    assert (theirs.right.value, theirs.times_as_fast.value) == (-1.0, 0.1)
    assert (theirs.right.low, theirs.right.high) == (-ours.right.high, -ours.right.low)
    assert beside(measured, "memory", "baseline") is None


def test_looking_up_helps_where_it_turns_wrong_into_right_and_harms_the_other_way():
    before = [row(f"peps-{n}", "memory", grade) for n, grade in enumerate(("wrong", "right", "right"))]
    after = [row(f"peps-{n}", "both", grade) for n, grade in enumerate(("right", "wrong", "right"))]
    (effect,) = found([*before, *after]).looking_up
    assert (effect.helped, effect.harmed) == (1, 1)
    assert (effect.helped_share.value, effect.harmed_share.value) == (1.0, 0.5)


def test_the_overhead_of_both_is_that_on_what_it_answers_from_memory():
    rows = [row(f"peps-{n}", "memory", "right", seconds=1.0) for n in range(3)]
    rows += [row("peps-0", "both", "right", seconds=1.1, origin="memory")]
    rows += [row(f"peps-{n}", "both", "right", seconds=9.0, origin="documents") for n in (1, 2)]
    assert found(rows).overhead.value == pytest.approx(1.1)


def test_a_judge_that_agrees_beyond_chance_has_a_kappa_above_nought():
    rows = [row(f"peps-{n}", "both", grade) for n, grade in enumerate(("right", "right", "wrong", "wrong"))]
    said = (True, False, False, False)
    verdicts = [Verdict(f"peps-{n}", "both", "a judge", is_right) for n, is_right in enumerate(said)]
    judged = found(rows, verdicts=[*verdicts, Verdict("faq-0", "both", "a judge", None)]).arms["both"].judged
    assert judged.share.value == 0.75
    assert judged.kappa == pytest.approx(0.5)
    assert judged.unclear == 1


# ── intervals ──


def test_intervals_hold_the_figure_and_shrink_with_more_questions():
    few = resampling.share([True, False] * 5, seed=0)
    many = resampling.share([True, False] * 200, seed=0)
    assert few.low < few.value < few.high
    assert many.high - many.low < few.high - few.low
    assert resampling.share([True, False] * 5, seed=0) == few


def test_answers_that_are_all_alike_still_have_an_interval():
    assert resampling.share([True] * 12, seed=0).low < 0.8
    assert resampling.share([False] * 12, seed=0).high > 0.2


def test_one_question_has_no_interval_and_none_has_no_figure():
    assert resampling.mean([0.5], seed=0).low is None
    assert resampling.share([], seed=0).n == 0


# ── costs ──


def test_energy_is_measured_where_the_machine_tells_and_estimated_from_watts_where_not():
    told = costs.cost([row("peps-0", "memory", "right", joules=5.0)], [], Prices(), 2, is_here=True)
    assert (told.joules, told.is_energy_measured) == (5.0, True)
    estimated = costs.cost([row("peps-0", "memory", "right")], [], Prices(watts=30.0), 2, is_here=True)
    # Two processor seconds of a machine whose two processors together draw 30 W.
    assert (estimated.joules, estimated.is_energy_measured) == (30.0, False)
    elsewhere = costs.cost([row("peps-0", "baseline", "right")], [], Prices(), 2, is_here=False)
    assert (elsewhere.joules, elsewhere.machine_money) == (None, None)


def test_money_is_that_of_the_machine_or_of_an_api():
    rows = [row("peps-0", "memory", "right", seconds=3.6)]
    cost = costs.cost(rows, [], Prices(hour=1.0, million_in=2.0, million_out=10.0), 2, is_here=True)
    assert cost.machine_money == pytest.approx(1.0)
    assert cost.api_money == pytest.approx(1000 * (100 * 2 + 10 * 10) / 1e6)
    assert costs.cost(rows, [], Prices(), 2, is_here=True).machine_money is None


def test_the_most_memory_is_that_of_the_largest_process():
    cold = [Cold("memory", "peps-0", 1.0, 1.0, 100), Cold("memory", "peps-1", 1.0, 1.0, 300)]
    assert found([row("peps-0", "memory", "right")], cold=cold).arms["memory"].cost.peak_bytes == 300


def arms_in_seconds(**seconds):
    return [row(f"peps-{n}", arm, "right", seconds=taken) for arm, taken in seconds.items() for n in range(4)]


def test_a_study_is_repaid_when_what_it_saved_reaches_what_it_took():
    (even,) = found(arms_in_seconds(both=1.0, usual=11.0), study_seconds=500.0).break_even
    assert (even.arm, even.other, even.unit, even.one_time) == ("both", "usual", "seconds", 500.0)
    assert even.questions == 50
    assert (even.low, even.high) == (50, 50)


def test_a_study_that_saves_nothing_is_never_repaid():
    (even,) = found(arms_in_seconds(both=3.0, usual=2.0), study_seconds=500.0).break_even
    assert even.questions is None
    assert found(arms_in_seconds(both=3.0, usual=2.0)).break_even == []


def test_a_study_is_repaid_in_money_where_an_hour_has_a_price():
    (even,) = found(arms_in_seconds(both=1.0, usual=11.0), study_seconds=500.0, prices=Prices(hour=7.2)).break_even
    assert (even.unit, even.one_time) == ("money", pytest.approx(1.0))
    assert even.questions == pytest.approx(50)


def test_a_server_whose_price_is_not_known_is_not_compared_in_money():
    rows = arms_in_seconds(both=1.0, baseline=11.0)
    assert found(rows, study_seconds=500.0, prices=Prices(hour=7.2)).break_even == []
    priced = Prices(hour=7.2, million_in=30.0, million_out=0.0)
    (even,) = found(rows, study_seconds=500.0, prices=priced).break_even
    # 100 tokens at 30 for a million, against a second at 7.2 an hour.
    assert even.saved.value == pytest.approx(0.003 - 0.002)


# ── since an earlier run ──


def earlier(*rows, **run):
    return {
        "run": {"began": "2026-01-01T00:00", **run},
        "rows": [{"case": one.case, "arm": one.arm, "grade": one.grade.value, "seconds": one.seconds} for one in rows],
    }


def test_changes_are_told_for_the_questions_in_common():
    before = earlier(row("peps-0", "both", "wrong", seconds=4.0), row("peps-1", "both", "right", seconds=4.0))
    now = [row("peps-0", "both", "right"), row("peps-1", "both", "right"), row("peps-2", "both", "wrong")]
    told = changes.since(before, now, {}, seed=0)
    both = told.arms["both"]
    assert (both.n, both.right.value, both.better, both.worse) == (2, 0.5, 1, 0)
    assert (both.p50_before, both.p50_now) == (4.0, 1.0)
    (regraded,) = told.regraded
    assert (regraded.case, regraded.before, regraded.now) == ("peps-0", Grade.WRONG, Grade.RIGHT)


def test_other_circumstances_are_named_but_not_how_busy_the_machine_was():
    before = earlier(machine={"processor": "a", "load": 0.1}, settings={"trust": 0.9})
    told = changes.since(before, [], {"machine": {"processor": "a", "load": 3}, "settings": {"trust": 0.8}}, seed=0)
    assert told.otherwise == ["settings"]


@pytest.mark.parametrize("text", ["", "[]", '{"rows": []}', '{"run": {"began": ""}, "rows": [{"case": "a"}]}'])
def test_what_is_no_report_cannot_be_compared_with(tmp_path, text):
    path = tmp_path / "report.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(UsageError, match="no report of byheart measure"):
        changes.loaded(path)
    with pytest.raises(UsageError, match="cannot be read"):
        changes.loaded(tmp_path / "nowhere.json")
