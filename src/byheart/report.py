"""What was measured, as one HTML page that stands alone: plots, tables, every question with all its answers.

Takes a measurement, gives the page's text; drawings, style and script are in it, so it needs no network and no other
file. It computes no figure; what it shows is in `report.json` beside it. Its words and looks are in `page/`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from statistics import median

import jinja2

from byheart import units
from byheart.backends import vegalite
from byheart.backends.resampling import Estimate
from byheart.cases import Case
from byheart.comparison import SIDES, compared
from byheart.figures import Difference
from byheart.grading import Grade
from byheart.measurement import Measured
from byheart.plots import plots
from byheart.rows import Row

_TEMPLATE = "report.html"

# Ours against what it is compared with: the pairs a reader asks for first.
_PAIRS = (
    ("both", "usual"),
    ("documents", "usual"),
    ("memory", "usual"),
    ("both", "documents"),
    ("both", "memory"),
    ("memory", "untaught"),
    ("both", "baseline"),
)


@dataclass(frozen=True, slots=True)
class Asked:
    """A question with the answers of all arms, in their order."""

    case: Case
    rows: Sequence[Row]

    @property
    def grades(self) -> str:
        """The arms and grades by which the page sifts questions."""
        return " ".join(f"{row.arm}-{row.grade.value}" for row in self.rows)


def page(measured: Measured) -> str:
    """The page."""
    environment = jinja2.Environment(
        loader=jinja2.FunctionLoader(_part), autoescape=True, trim_blocks=True, lstrip_blocks=True
    )
    for name in ("share", "interval", "points", "seconds", "times", "size", "energy", "money", "count"):
        environment.filters[name] = getattr(units, name)
    return environment.get_template(_TEMPLATE).render(
        run=measured.run,
        figures=measured.figures,
        arms=measured.figures.arms,
        plots=[(plot, vegalite.svg(plot.spec)) for plot in plots(measured)],
        pairs=_pairs(measured),
        asked=_asked(measured),
        sides=SIDES,
        compared=compared(measured),
        changes=measured.changes,
        headlines=_headlines(measured),
        grades=[grade.value for grade in Grade],
        median=median,
    )


def _part(name: str) -> str:
    """A file of the page: template, style or script."""
    return (files("byheart") / "page" / name).read_text(encoding="utf-8")


def _asked(measured: Measured) -> list[Asked]:
    by_case: dict[str, list[Row]] = {}
    for row in measured.rows:
        by_case.setdefault(row.case, []).append(row)
    return [Asked(case, by_case[case.id]) for case in measured.cases if case.id in by_case]


def _pairs(measured: Measured) -> list[Difference]:
    """The differences that readers ask for, each told of the first of its pair."""
    found = {(one.arm, one.other): one for one in measured.figures.differences}
    told = []
    for arm, other in _PAIRS:
        if (arm, other) in found:
            told.append(found[arm, other])
        elif (other, arm) in found:
            told.append(_turned(found[other, arm]))
    return told


def _turned(difference: Difference) -> Difference:
    right, speed = difference.right, difference.times_as_fast

    def inverse(value: float | None) -> float | None:
        return 1 / value if value else None

    return Difference(
        difference.other,
        difference.arm,
        Estimate(-right.value, _minus(right.high), _minus(right.low), right.n),
        Estimate(inverse(speed.value) or 0.0, inverse(speed.high), inverse(speed.low), speed.n),
    )


def _minus(value: float | None) -> float | None:
    return None if value is None else -value


def _headlines(measured: Measured) -> list[Mapping[str, str]]:
    """The few figures that are told first: a number, and what it is of."""
    arms = measured.figures.arms
    told: list[Mapping[str, str]] = []
    first = next((arms[name] for name in ("both", "documents", "memory") if name in arms), None)
    if first:
        bounds = units.interval(first.total.share.low, first.total.share.high)
        told.append(
            {"figure": units.share(first.total.share.value), "of": f"right with {first.arm} ({bounds}, n {first.total.n})"}
        )
    if "memory" in arms:
        told.append({"figure": units.seconds(arms["memory"].seconds.p50), "of": "an answer from memory (p50)"})
    for arm in ("memory", "documents"):
        for pair in measured.figures.differences:
            if {pair.arm, pair.other} == {arm, "usual"}:
                one = pair if pair.arm == arm else _turned(pair)
                told.append(
                    {"figure": units.times(one.times_as_fast.value), "of": f"as fast as the usual pipeline, {arm}"}
                )
    reached = [one for one in measured.figures.break_even if one.arm == "both" and one.questions is not None]
    if reached:
        soonest = min(reached, key=lambda one: one.questions or 0.0)
        told.append(
            {"figure": units.count(soonest.questions), "of": f"questions until the study is repaid, against {soonest.other}"}
        )
    return told
