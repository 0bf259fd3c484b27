"""What to expect of a plan and of its alternatives, computed question by question from what was measured.

Takes how each document is to be held, gives shares, seconds and costs: for each measured question, the answer that
the arm gave which answers for documents held like its own. Arms that were not measured leave gaps, not guesses.
"""

from __future__ import annotations

import statistics
from collections.abc import Mapping, Sequence, Set
from dataclasses import replace

from byheart import reliability
from byheart.considered import ARM_OF, Considered, money_for_1000
from byheart.grounds import Asked, Findings, Grounds
from byheart.outcomes import Prospect, Way

_ALTERNATIVES = {Way.INDEX: "all index only", Way.STUDY: "all studied, memory alone", Way.BOTH: "both for all"}


def prospects(considered: Considered, ways: Mapping[str, Way]) -> tuple[Prospect, ...]:
    """The plan that `ways` is (by location), and the three ways to treat all documents alike."""
    grounds = considered.grounds
    minutes = _minutes(grounds, ways)
    plan = _prospect(
        "this plan",
        _of_plan(grounds, ways),
        grounds.findings,
        set(ways.values()),
        None if minutes is None else min(minutes, grounds.minutes),
    )
    alternatives = [
        _prospect(
            name,
            _same_questions(grounds.findings, ARM_OF[way]),
            grounds.findings,
            {way},
            _minutes(grounds, dict.fromkeys(ways, way)),
        )
        for way, name in _ALTERNATIVES.items()
    ]
    return (plan, *alternatives)


def cost_unit(findings: Findings | None) -> str:
    """What costs are told in: money where the measurement had prices, else processor seconds."""
    is_priced = findings is not None and any(one.money is not None for one in findings.asked)
    return "money for 1,000 answers" if is_priced else "processor seconds an answer"


def _prospect(
    name: str, answers: Sequence[Asked], findings: Findings | None, ways: Set[Way], study_minutes: float | None
) -> Prospect:
    if findings is None or not answers:
        return Prospect(name, None, None, None, None, None, study_minutes)
    seconds = [one.seconds for one in answers]
    arms = {arm for way in ways if (arm := ARM_OF[way]) in findings.peaks}
    money = money_for_1000(answers)
    return Prospect(
        name,
        reliability.share(sum(one.is_right for one in answers), len(answers)),
        statistics.median(seconds),
        reliability.nineteen_of_twenty(seconds),
        statistics.mean(one.cpu_seconds for one in answers) if money is None else money,
        max((findings.peaks[arm] for arm in arms), default=None),
        study_minutes,
    )


def _same_questions(findings: Findings | None, arm: str) -> list[Asked]:
    """The answers of `arm` to the questions that all measured arms of byheart's were asked."""
    if findings is None:
        return []
    asked = [set(found) for one in ARM_OF.values() if (found := findings.arm(one))]
    common = set.intersection(*asked) if asked else set()
    return [one for case, one in findings.arm(arm).items() if case in common]


def _of_plan(grounds: Grounds, ways: Mapping[str, Way]) -> list[Asked]:
    """For each question the answer that the plan gives; none where an arm that it needs was not measured."""
    chosen = set(ways.values())
    by_arm = {way: {one.case: one for one in _same_questions(grounds.findings, arm)} for way, arm in ARM_OF.items()}
    if not chosen or any(not by_arm[way] for way in chosen):
        return []
    # Whatever is studied is asked first, so what is looked up then takes a recall more.
    recall = 0.0
    if chosen > {Way.INDEX} and by_arm[Way.STUDY]:
        recall = statistics.median(one.seconds for one in by_arm[Way.STUDY].values())
    # What is about no document meets all sides.
    elsewhere = Way.BOTH if len(chosen) > 1 and by_arm[Way.BOTH] else min(chosen)
    answers: list[Asked] = []
    for case, one in by_arm[min(chosen)].items():
        of_book = {ways[held.location] for held in grounds.documents if one.book and held.book == one.book}
        way = ways.get(one.location) or (of_book.pop() if len(of_book) == 1 else elsewhere)
        answer = by_arm[way][case]
        answers.append(replace(answer, seconds=answer.seconds + recall) if way is Way.INDEX else answer)
    return answers


def _minutes(grounds: Grounds, ways: Mapping[str, Way]) -> float | None:
    """The minutes that it takes to teach all that is to be studied and is not yet."""
    due = [
        one
        for one in grounds.documents
        if one.is_teachable and ways[one.location] is not Way.INDEX and (one.has_moved or not one.is_studied)
    ]
    if any(one.seconds is None for one in due):
        return None
    return sum(one.seconds or 0 for one in due) / 60
