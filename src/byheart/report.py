"""What was measured, as one HTML page that stands alone: plots, tables, every question with all its answers.

Takes a measurement, gives the page's text; drawings, style and script are in it, so it needs no network and no other
file. It computes no figure; what it shows is in `report.json` beside it. Its words and looks are in `page/`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from byheart import pages, units
from byheart.backends import vegalite
from byheart.cases import Case
from byheart.comparison import SIDES, compared
from byheart.figures import Tally, beside
from byheart.grading import Grade
from byheart.measurement import Measured
from byheart.plots import STAGES, plots
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
    return pages.page(
        _TEMPLATE,
        run=measured.run,
        figures=measured.figures,
        arms=measured.figures.arms,
        plots=[(plot, vegalite.svg(plot.spec)) for plot in plots(measured)],
        pairs=[pair for pair in (beside(measured.figures, *names) for names in _PAIRS) if pair],
        groups=_groups(measured),
        stages=STAGES,
        asked=_asked(measured),
        sides=SIDES,
        compared=compared(measured),
        changes=measured.changes,
        headlines=_headlines(measured),
        due=sum(case.is_to_be_declined for case in measured.cases),
        grades=[grade.value for grade in Grade],
    )


def _asked(measured: Measured) -> list[Asked]:
    by_case: dict[str, list[Row]] = {}
    for row in measured.rows:
        by_case.setdefault(row.case, []).append(row)
    return [Asked(case, by_case[case.id]) for case in measured.cases if case.id in by_case]


def _groups(measured: Measured) -> list[tuple[str, dict[str, dict[str, Tally]]]]:
    """Tallies by what questions are grouped by, by group and by arm; what is one group only is left out."""
    found: list[tuple[str, dict[str, dict[str, Tally]]]] = []
    for name in ("book", "kind", "set"):
        groups: dict[str, dict[str, Tally]] = {}
        for arm in measured.figures.arms.values():
            by_group: Mapping[str, Tally] = {"book": arm.by_book, "kind": arm.by_kind, "set": arm.by_set}[name]
            for group, tally in by_group.items():
                groups.setdefault(group, {})[arm.arm] = tally
        if len(groups) > 1:
            found.append((name, groups))
    return found


def _headlines(measured: Measured) -> list[tuple[str, str]]:
    """The few figures that are told first: each a number, and what it is of."""
    figures = measured.figures
    told: list[tuple[str, str]] = []
    if first := next((figures.arms[name] for name in ("both", "documents", "memory") if name in figures.arms), None):
        share = first.main.share
        bounds = units.interval(share.low, share.high)
        of = "" if share.n == first.total.n else f"; {units.share(first.total.share.value)} of all {first.total.n}"
        told.append((units.share(share.value), f"right with {first.arm} ({bounds}, n {share.n}){of}"))
    if memory := figures.arms.get("memory"):
        told.append((units.seconds(memory.seconds.p50), "an answer from memory (p50)"))
    for arm in ("memory", "documents"):
        if pair := beside(figures, arm, "usual"):
            told.append((units.times(pair.times_as_fast.value), f"as fast as the usual pipeline: {arm}"))
    reached = [(one.questions, one.other) for one in figures.break_even if one.arm == "both" and one.questions]
    if reached:
        questions, other = min(reached)
        told.append((units.count(questions), f"questions until the study is repaid, against {other}"))
    return told
