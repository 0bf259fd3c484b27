"""What was measured, as tables for a terminal: the arms beside each other, and memory against documents.

Takes a measurement, gives text drawn by rich, with or without styles. It prints nothing and computes nothing anew; the
page tells more.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable

from rich import box
from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from byheart import units
from byheart.comparison import SIDES, compared
from byheart.drawing import FigureTable, drawn, sentence
from byheart.figures import ArmFigures, beside
from byheart.measurement import Measured
from byheart.outcomes import Estimate
from byheart.shown import count


def measured(found: Measured, *, has_styles: bool) -> str:
    """The figures of a measurement: a line an arm, how arms differ, and what is missing."""
    parts: list[RenderableType] = [_heading(found), _arms(found)]
    parts += [sentence(text) for text in _sentences(found)]
    if found.upkeep:
        parts.append(_sides(found))
    return drawn(parts, has_styles=has_styles)


def _heading(found: Measured) -> Text:
    run = found.run
    asked = len({row.case for row in found.rows})
    where = f"from {', '.join(run.files)}" if run.questions else "of its own, easier than people's"
    study = f"study {run.study.number}" if run.study else "nothing studied"
    return Text(f"{count(asked, 'question')} {where} · {count(run.documents, 'document')}, {study}", style="dim")


def _arms(found: Measured) -> FigureTable:
    arms = found.figures.arms.values()
    # A column in which all arms are alike tells nothing.
    dull = set()
    if all(arm.main.n == arm.total.n for arm in arms):
        dull.add("of all")
    if len({arm.total.n for arm in arms}) == 1:
        dull.add("n")
    rows = [{name: cell for name, cell in _cells(arm).items() if name not in dull} for arm in arms]
    return FigureTable(
        rows, ("energy", "tokens", "cold", "p95", "old", "wrong", "declined", "p50"), "the page tells it"
    )


def _cells(arm: ArmFigures) -> dict[str, str | Text]:
    right, total = arm.main.share, arm.total
    return {
        "arm": Text(arm.arm, style="bold"),
        "right": units.share(right.value),
        "95 %": Text(units.interval(right.low, right.high), style="dim"),
        "of all": units.share(total.share.value),
        "n": units.count(total.n),
        "wrong": units.count(total.wrong),
        "old": units.count(total.old),
        "declined": units.count(total.declined),
        "p50": units.seconds(arm.seconds.p50),
        "p95": units.seconds(arm.seconds.p95),
        "cold": units.seconds(arm.cold.p50 if arm.cold else None),
        "tokens": f"{units.count(arm.cost.tokens_in)}+{units.count(arm.cost.tokens_out)}",
        "energy": units.energy(arm.cost.joules),
    }


def _sentences(found: Measured) -> Iterable[str]:
    run, figures = found.run, found.figures
    due = sum(case.is_to_be_declined for case in found.cases)
    if 0 < due < len(found.cases):
        answered = count(len(found.cases) - due, "question")
        yield f"right: of the {answered} that these documents answer; of all: with the {due} that they do not"
    for side in SIDES:
        if one := beside(figures, side, "usual"):
            fast = f"{units.times(one.times_as_fast.value)} as fast{_bounds(one.times_as_fast, units.times)}"
            right = f"{units.points(one.right.value)} points right{_bounds(one.right, units.points)}"
            yield f"{side} against the usual pipeline: {fast}, {right}"
    for effect in figures.looking_up:
        if (effect.before, effect.after) == ("memory", "both"):
            yield f"looking up helped {effect.helped} and harmed {effect.harmed} of {effect.n} answers"
    for even in figures.break_even:
        if even.arm == "both" and even.questions is not None:
            yield f"the study is repaid after {units.count(even.questions)} questions, against {even.other}"
    if found.changes:
        for name, change in found.changes.arms.items():
            right = f"{units.points(change.right.value)} points right{_bounds(change.right, units.points)}"
            yield f"since {found.changes.began[:10]}, {name}: {right}, {change.better} better, {change.worse} worse"
    if any(arm.cost.joules is not None and not arm.cost.is_energy_measured for arm in figures.arms.values()):
        yield f"energy is estimated from processor seconds and {run.watts:g} W: this machine tells none"
    for left_out in run.left_out:
        remedy = f" ({left_out.remedy})" if left_out.remedy else ""
        yield f"{left_out.name} was left out: {left_out.why}{remedy}"
    reasons = {one.arm: one.why for one in run.failures}
    for name, n in Counter(one.arm for one in run.failures).items():
        yield f"{name}: {count(n, 'question')} not asked, the last because: {reasons[name]}"
    if run.failures:
        yield f"to ask what is missing: {run.command}"


def _bounds(estimate: Estimate, told: Callable[[float | None], str]) -> str:
    return "" if estimate.low is None else f" [{told(estimate.low)} to {told(estimate.high)}]"


def _sides(found: Measured) -> Table:
    sides = Table(box=box.SIMPLE, pad_edge=False, header_style="dim")
    sides.add_column("", no_wrap=True)
    for side in SIDES:
        sides.add_column(side, ratio=1)
    for row in compared(found):
        sides.add_row(Text(row.what, style="bold"), *(row.sides[side] for side in SIDES))
    return sides
