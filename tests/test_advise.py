"""Made-up libraries whose right advice is plain, and what is told where facts or figures are missing."""

import itertools
import re
from datetime import date, timedelta
from pathlib import Path

import pytest

from byheart import counsel
from byheart.advise import advise, covering
from byheart.errors import UsageError
from byheart.grounds import Asked, Findings, Grounds, Held, Wishes
from byheart.outcomes import Logged, Way
from byheart.rules import RULES
from byheart.types import Origin

TODAY = date(2026, 11, 24)
LONG_AGO = TODAY - timedelta(days=700)
PAGE = Path(__file__).parents[1] / "docs" / "advise.md"

SECONDS = {"memory": 0.1, "documents": 3.0, "both": 0.2}


def held(location, **known):
    """A document of twenty facts that has stood unchanged for long."""
    return Held(location, **{"added": [LONG_AGO], "passages": 10, "facts": 20, "seconds": 30.0, **known})


def ten_that_never_change(**known):
    return [held(f"/shelf/rules/{number}.md", book="rules", **known) for number in range(10)]


def measured(right, *, book="rules", location="", seconds=SECONDS, money=None, **known):
    """What a measurement found: for each arm, which of the questions about `book` it had right."""
    asked = [
        Asked(f"{book}-{number}", arm, location, book, is_right, seconds[arm], seconds[arm], money and money[arm])
        for arm, are_right in right.items()
        for number, is_right in enumerate(are_right)
    ]
    return Findings(1, ["questions.jsonl"], asked, **known)


def shares(memory, documents, both, n=40):
    """So many of `n` questions right: always the first ones."""
    counts = {"memory": memory, "documents": documents, "both": both}
    return {arm: [number < count for number in range(n)] for arm, count in counts.items()}


def logged(sources, *, question="What is the limit of part {}?"):
    """A question an hour about each of `sources`, in turn."""
    return [
        Logged(
            f"2026-11-{1 + number // 24:02}T{number % 24:02}:00:00Z",
            question.format(number),
            Origin.DOCUMENTS,
            0.9,
            3.0,
            (source,),
        )
        for number, source in enumerate(sources)
    ]


def grounds(documents, **known):
    wishes = Wishes(**{key: known.pop(key) for key in Wishes.__slots__ if key in known})
    return Grounds(documents, wishes, TODAY, known.pop("room", 10.0), looked_through=len(documents), **known)


def only(advice):
    """The one row of an advice that treats all documents alike."""
    (row,) = advice.advised
    return row


def told(advice):
    return " ".join(counsel.told(advice, has_styles=False).split())


def missing(advice):
    return {one.remedy for one in advice.missing}


# ── libraries whose right advice is plain ──


def test_ten_documents_that_never_change_and_are_asked_all_day_are_studied():
    advice = advise(grounds(ten_that_never_change(), a_day=200))
    row = only(advice)
    assert (row.way, row.place, row.documents) == (Way.BOTH, "/shelf/rules", 10)
    assert row.figure == "200 questions a day"
    assert advice.commands == ["byheart study /shelf/rules --minutes 10"]


def test_what_a_study_saves_is_told_in_days():
    findings = measured(shares(30, 30, 30))
    documents = [*ten_that_never_change(), held("/shelf/rules/known.md", book="rules", is_studied=True, is_core=True)]
    advice = advise(grounds(documents, a_day=110, findings=findings))
    row = next(row for row in advice.advised if row.rule == "repaid")
    # 10 a day of each save 2.8 s each, so 30 s of study are saved in 30 / 28 days.
    assert "100.0 questions a day save 2.80 s each, the study takes 5.0 min: repaid after 1.1 days" in row.figure
    slow = advise(grounds(documents, a_day=1, findings=findings))
    assert {row.rule for row in slow.advised} == {"not repaid", "studied already"}
    saves_nothing = measured(shares(30, 30, 30), seconds=SECONDS | {"both": 3.1})
    row = next(
        row for row in advise(grounds(documents, a_day=110, findings=saves_nothing)).advised if row.documents > 1
    )
    assert (row.rule, row.figure) == ("not repaid", "a question from both takes no less time than looking it up")


def test_a_handful_of_questions_does_not_tell_what_a_study_saves():
    documents = [*ten_that_never_change(), held("/shelf/rules/known.md", book="rules", is_studied=True, is_core=True)]
    advice = advise(grounds(documents, a_day=110, findings=measured(shares(3, 3, 3, n=4))))
    assert {row.rule for row in advice.advised} == {"asked often", "studied already"}
    assert any("4 measured questions are about what is studied, 20 would tell" in one.what for one in advice.missing)


def test_the_news_of_the_day_are_indexed_only():
    days = [TODAY - timedelta(days=ago) for ago in range(30, -1, -1)]
    today = held("/news/today.html", added=days)
    advice = advise(grounds([today], a_day=500))
    assert only(advice).way is Way.INDEX
    assert only(advice).rule == "changes too often"
    assert only(advice).figure == "a new text every 1.0 days"


def test_a_folder_into_which_a_dated_text_comes_every_day_is_news_too():
    documents = [
        held(f"/news/{day}.html", added=[TODAY], dated=TODAY - timedelta(days=day), facts=5) for day in range(60)
    ]
    assert only(advise(grounds(documents, a_day=500))).rule == "changes too often"
    archive = [held(f"/news/{day}.html", added=[TODAY], dated=LONG_AGO - timedelta(days=day)) for day in range(60)]
    assert only(advise(grounds(archive, a_day=500))).way is Way.BOTH


def test_a_document_that_was_corrected_once_is_no_news():
    corrected = held("/shelf/rules.md", added=[TODAY - timedelta(days=2), TODAY])
    assert only(advise(grounds([corrected], a_day=50))).way is Way.BOTH


def test_what_changes_is_studied_where_that_is_measured_to_pay():
    weekly = [TODAY - timedelta(days=7 * ago) for ago in range(10, -1, -1)]
    documents = [
        held("/shelf/rules/plan.md", added=weekly, book="rules"),
        held("/shelf/rules/known.md", book="rules", is_studied=True, is_core=True),
    ]
    findings = measured(shares(30, 30, 30))
    advice = {row.place: row for row in advise(grounds(documents, a_day=1000, findings=findings)).advised}
    assert advice["/shelf/rules/plan.md"].rule == "repaid"
    advice = {row.place: row for row in advise(grounds(documents, a_day=2, findings=findings)).advised}
    assert advice["/shelf/rules/plan.md"].rule == "changes too often"
    assert "repaid after 10.7 days" in advice["/shelf/rules/plan.md"].figure


def test_what_it_took_to_study_a_change_again_counts_for_what_changes():
    weekly = [TODAY - timedelta(days=7 * ago) for ago in range(10, -1, -1)]
    documents = [held("/shelf/rules/plan.md", added=weekly, book="rules"), *studied()]
    findings = measured(shares(30, 30, 30), studied_seconds=3000.0, searchable_seconds=1.5)
    advice = advise(grounds(documents, a_day=110, findings=findings))
    row = next(row for row in advice.advised if row.place == "/shelf/rules/plan.md")
    assert row.rule == "changes too often"
    assert "repaid after 107 days" in row.figure
    assert "a change is searchable after 1.50 s, studied again after 50.0 min" in advice.notes


def manuals(**known):
    return [held(f"/manuals/{number // 100}/{number}.pdf", **known) for number in range(5000)]


def test_five_thousand_manuals_are_indexed_only_until_the_log_tells_what_is_asked():
    advice = advise(grounds(manuals(), a_day=1000))
    row = only(advice)
    assert (row.way, row.rule, row.documents) == (Way.INDEX, "more than the minutes hold", 5000)
    assert "100,000 facts take 1.7 d of study, 10 min are given; what is asked is not known" in row.figure
    assert advice.commands == []
    assert "log = true in byheart.toml" in missing(advice)


def test_of_five_thousand_manuals_those_that_are_asked_again_and_again_are_studied():
    asked = ["/manuals/3/333.pdf", "/manuals/4/444.pdf"]
    log = logged(itertools.islice(itertools.cycle(asked), 60), question="What is the limit?")
    advice = advise(grounds(manuals(), log=log))
    assert advice.core == asked
    assert len(advice.reference) == 4998
    assert advice.commands == ["byheart study /manuals/3/333.pdf /manuals/4/444.pdf --minutes 10"]
    assert "59 of 60 logged questions were asked before" in told(advice)


def test_the_minutes_go_to_what_is_asked_most():
    often, seldom = "/manuals/1/100.pdf", "/manuals/2/200.pdf"
    log = logged([often] * 40 + [seldom] * 10, question="What is the limit?")
    advice = advise(grounds(manuals(seconds=500.0), log=log, room=8.0))
    assert advice.core == [often]


def test_a_field_tablet_without_network_gets_both():
    advice = advise(grounds(ten_that_never_change(), is_offline=True))
    assert only(advice).way is Way.BOTH
    assert "without a network is not measured" in only(advice).figure


def test_offline_the_worthiest_facts_are_taught_though_few_of_them_fit():
    advice = advise(grounds(manuals(), is_offline=True))
    assert only(advice).way is Way.BOTH
    assert advice.prospects[0].study_minutes == 10


def test_a_tablet_that_cannot_reach_its_index_is_taught_and_asked_from_memory():
    reached = {"chroma": "http://index.example:8000"}
    advice = advise(grounds(ten_that_never_change(), is_offline=True, reached=reached))
    assert only(advice).way is Way.STUDY
    assert 'chroma = "http://index.example:8000"' in only(advice).figure
    assert advice.commands == ["byheart study /shelf/rules --minutes 10", "byheart ask --from memory"]


def test_offline_what_was_answered_with_the_network_cut_is_the_figure():
    findings = measured(shares(30, 30, 30), offline={"memory": 3, "documents": 2}, asked_offline=3)
    advice = advise(grounds(ten_that_never_change(), is_offline=True, findings=findings))
    assert only(advice).figure == "same answers with the network cut, of 3: memory 3, documents 2"


def test_a_prototype_looks_up_first():
    advice = advise(grounds(ten_that_never_change(), a_day=5))
    assert (only(advice).way, only(advice).rule) == (Way.INDEX, "look up first")
    assert {"byheart measure questions.jsonl", "log = true in byheart.toml"} <= missing(advice)
    assert not advice.commands


def test_a_prototype_studies_what_its_log_shows_to_be_asked_again():
    log = logged(["/shelf/rules/3.md"] * 40, question="What is the limit?")
    advice = advise(grounds(ten_that_never_change(), log=log))
    assert advice.core == ["/shelf/rules/3.md"]
    never_twice = logged(["/shelf/rules/3.md"] * 40)
    assert not advise(grounds(ten_that_never_change(), log=never_twice)).core


# ── what was measured ──


def studied(**known):
    return ten_that_never_change(is_studied=True, is_core=True, **known)


def test_a_book_on_which_memory_is_worse_is_indexed_only():
    advice = advise(grounds(studied(), findings=measured(shares(10, 30, 30))))
    assert (only(advice).way, only(advice).rule) == (Way.INDEX, "worse with memory")
    assert only(advice).figure == "rules: documents 30, memory 10 of 40 right"
    assert advice.commands == ["byheart add /shelf/rules --reference"]


def test_a_difference_that_chance_makes_decides_nothing():
    advice = advise(grounds(studied(), findings=measured(shares(27, 30, 30))))
    assert only(advice).rule == "studied already"


def test_where_both_are_measured_better_memory_alone_may_be_worse():
    advice = advise(grounds(studied(), findings=measured(shares(10, 25, 35))))
    assert (only(advice).way, only(advice).rule) == (Way.BOTH, "more right with both")
    assert only(advice).figure == "rules: both 35, documents 25 of 40 right"
    assert not advice.is_study_due


def test_few_questions_on_a_book_are_judged_with_those_on_all_studied_books():
    other = held("/shelf/tales/1.md", book="tales", is_studied=True, is_core=True)
    few = measured(shares(1, 3, 3, n=5), book="tales")
    findings = Findings(1, [], [*measured(shares(10, 30, 30)).asked, *few.asked])
    advice = advise(grounds([*studied(), other], findings=findings))
    assert only(advice).documents == 11
    assert "all studied books: documents 33, memory 11 of 45 right" in only(advice).figure


def test_another_book_keeps_its_own_figures():
    other = [held(f"/shelf/tales/{n}.md", book="tales", is_studied=True, is_core=True) for n in range(3)]
    worse, better = measured(shares(10, 30, 30)), measured(shares(35, 20, 35), book="tales")
    both = Findings(1, [], [*worse.asked, *better.asked])
    advice = advise(grounds([*studied(), *other], findings=both))
    assert {(row.place, row.way) for row in advice.advised} == {
        ("/shelf/rules", Way.INDEX),
        ("/shelf/tales", Way.BOTH),
    }
    # What does harm in the weights is taken out of them.
    assert advice.is_study_due
    assert advice.commands == ["byheart add /shelf/rules --reference", "byheart study /shelf/tales --minutes 10"]


def test_what_a_plan_would_bring_is_computed_question_by_question():
    other = [held(f"/shelf/tales/{n}.md", book="tales", is_studied=True, is_core=True) for n in range(3)]
    worse, better = measured(shares(10, 30, 30)), measured(shares(35, 20, 35), book="tales")
    advice = advise(grounds([*studied(), *other], findings=Findings(1, [], [*worse.asked, *better.asked])))
    plan, indexed, memory, both = advice.prospects
    # Documents on the one book, both on the other.
    assert plan.right.value == pytest.approx((30 + 35) / 80)
    assert [round(one.right.value * 80) for one in (indexed, memory, both)] == [50, 45, 65]
    assert plan.right.low < plan.right.value < plan.right.high
    # What is looked up then is first recalled.
    assert plan.p95 == pytest.approx(3.1)
    assert (indexed.p50, memory.p50, both.p50) == (3.0, 0.1, 0.2)
    assert advice.cost_unit == "processor seconds an answer"


def test_costs_are_told_in_money_where_prices_were_measured():
    money = {"memory": 0.001, "documents": 0.02, "both": 0.002}
    advice = advise(grounds(studied(), findings=measured(shares(30, 30, 30), money=money)))
    assert [round(one.cost, 3) for one in advice.prospects[1:]] == [20.0, 1.0, 2.0]
    assert advice.cost_unit == "money for 1,000 answers"


# ── limits ──


def test_a_latency_that_looking_up_exceeds_wants_a_study():
    findings = measured(shares(30, 30, 30))
    advice = advise(grounds(ten_that_never_change(), latency=0.5, findings=findings))
    assert (only(advice).way, only(advice).rule) == (Way.BOTH, "limits want memory")
    assert only(advice).figure == "--latency 500 ms is exceeded by documents 3.00 s"
    strict = advise(grounds(ten_that_never_change(), latency=0.15, findings=findings))
    assert (only(strict).way, only(strict).rule) == (Way.STUDY, "limits rule out looking up")


def test_without_a_network_memory_that_is_measured_to_be_worse_is_not_wanted():
    worse = measured(shares(5, 35, 30))
    assert only(advise(grounds(studied(), is_offline=True, findings=worse))).rule == "worse with memory"
    # Looking up is ruled out: what memory has is better than nothing.
    assert only(advise(grounds(studied(), latency=0.5, findings=worse))).rule == "limits want memory"
    alike = advise(grounds(studied(), is_offline=True, findings=measured(shares(30, 30, 30))))
    assert only(alike).rule == "limits want memory"


def test_what_was_measured_on_questions_of_its_own_is_said_to_be_easier():
    own = Findings(3, [], measured(shares(30, 30, 30)).asked)
    assert (
        "report 3 asked byheart's own questions, which are easier than people's"
        in advise(grounds(studied(), findings=own)).notes
    )


def test_memory_that_a_study_exceeds_leaves_the_index():
    peaks = {"memory": 400_000_000, "documents": 200_000_000, "both": 500_000_000}
    advice = advise(grounds(studied(), memory=3e8, findings=measured(shares(30, 30, 30), peaks=peaks)))
    assert (only(advice).way, only(advice).rule) == (Way.INDEX, "limits rule out a study")
    assert only(advice).figure == "--memory 300 MB is exceeded by memory 400 MB, both 500 MB"


def test_limits_that_contradict_each_other_are_both_named():
    peaks = {"memory": 400_000_000, "documents": 200_000_000, "both": 500_000_000}
    findings = measured(shares(30, 30, 30), peaks=peaks)
    with pytest.raises(UsageError, match="--latency 500 ms and --memory 300 MB contradict each other") as error:
        advise(grounds(studied(), latency=0.5, memory=3e8, a_day=10, findings=findings))
    assert "documents 3.00 s" in str(error.value)
    assert "memory 400 MB" in str(error.value)


def test_a_limit_that_nothing_meets_is_named_alone():
    with pytest.raises(UsageError, match=r"--latency 10 ms cannot be met: .*memory 100 ms"):
        advise(grounds(studied(), latency=0.01, memory=1e9, findings=measured(shares(30, 30, 30))))
    with pytest.raises(UsageError, match=r"--offline cannot be met: .*server"):
        advise(grounds(studied(), is_offline=True, reached={"server": "http://model.example/v1"}))


def test_what_changes_too_often_for_memory_is_told_to_miss_the_limit():
    daily = [TODAY - timedelta(days=ago) for ago in range(9, -1, -1)]
    documents = [*studied(), held("/shelf/news.md", added=daily)]
    advice = advise(grounds(documents, latency=0.15, findings=measured(shares(30, 30, 30))))
    assert any(note.startswith("1 document cannot be answered from within these limits") for note in advice.notes)


# ── what is never studied, and what is missing ──


def test_licences_older_texts_and_documents_without_facts_are_never_studied():
    documents = [
        *ten_that_never_change(),
        held("/shelf/rules/LICENSE", is_licence=True),
        held("/shelf/rules/old.md", is_superseded=True),
        held("/shelf/rules/empty.md", facts=0, seconds=0.0),
    ]
    advice = advise(grounds(documents, a_day=200))
    rows = {row.rule: row for row in advice.advised}
    assert rows["nothing to teach"].figure == "1 a licence, 1 an older text of its work, 1 without a fact"
    assert set(advice.reference) == {f"/shelf/rules/{name}" for name in ("LICENSE", "old.md", "empty.md")}
    # They may lie in the folder that is named: a study passes them over.
    assert advice.commands == ["byheart study /shelf/rules --minutes 10"]


def test_an_empty_library_is_filled_first():
    advice = advise(grounds([]))
    assert not advice.advised
    assert missing(advice) == {"byheart add FOLDER"}
    assert "no document is held yet" in told(advice)


def test_without_a_report_nothing_is_expected():
    advice = advise(grounds(ten_that_never_change(), a_day=200))
    assert {one.right for one in advice.prospects} == {None}
    assert "what to expect" not in told(advice)
    assert "byheart measure questions.jsonl" in missing(advice)


def test_a_report_of_another_study_tells_only_of_documents():
    documents = measured({"documents": [True] * 30 + [False] * 10}, is_outdated=True)
    advice = advise(grounds(studied(), findings=documents, has_study=True))
    assert only(advice).rule == "studied already"
    assert any("report 1 asked another one" in one.what for one in advice.missing)
    assert [one.right is not None for one in advice.prospects] == [False, True, False, False]


def test_before_the_first_study_what_it_would_bring_is_missing():
    advice = advise(grounds(ten_that_never_change(), a_day=5, findings=measured({"documents": [True] * 30})))
    asked = "byheart measure questions.jsonl --arm memory --arm documents --arm both"
    assert f"byheart study FOLDER, then {asked}" in missing(advice)


def test_the_measurement_that_a_limit_needs_is_named():
    findings = measured(shares(30, 30, 30))
    advice = advise(grounds(studied(), memory=1e9, money=1.0, is_offline=True, findings=findings))
    assert {
        "byheart measure questions.jsonl",
        "byheart measure questions.jsonl --hour PRICE",
        "byheart measure questions.jsonl --table",
    } <= missing(advice)


def test_where_no_study_can_be_forecast_its_remedy_is_told():
    documents = [held(f"/shelf/{n}.md", seconds=None) for n in range(3)]
    advice = advise(grounds(documents, a_day=100, no_forecast=("torch is not installed", "pip install it")))
    assert "pip install it" in missing(advice)
    assert advice.prospects[0].study_minutes is None


# ── folders and the page ──


def test_folders_are_named_where_all_in_them_are_alike():
    chosen = ["/a/b/c/1", "/a/b/c/2", "/a/b/d/3", "/a/e/4"]
    assert covering(chosen, {"/a/e/5"}) == {"/a/b/c/1": "/a/b", "/a/b/c/2": "/a/b", "/a/b/d/3": "/a/b", "/a/e/4": ""}
    assert set(covering(chosen, set()).values()) == {"/a"}


def test_paths_are_written_as_a_shell_takes_them():
    documents = [held("/my shelf/a b.md"), held("/my shelf/LICENSE", is_licence=True)]
    advice = advise(grounds(documents, a_day=100))
    assert advice.commands == ["byheart study '/my shelf/a b.md' --minutes 10"]


def test_the_page_holds_the_rules_of_the_code_in_their_order():
    page = PAGE.read_text(encoding="utf-8")
    rows = re.findall(r"(?m)^\| \d+ \| (.+?) \| (.+?) \| (.+?) \|$", page)
    assert rows == [(rule.name, rule.way.value, rule.why) for rule in RULES]
