"""What was measured against what was aimed at: a table for people, and plain data.

Takes estimates; gives findings and their lines. It measures nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

from byheart import units
from byheart.outcomes import Estimate

Unit = Literal["", "share", "points", "seconds"]


@dataclass(frozen=True, slots=True)
class Target:
    """What a figure is to be: at least, or at most, so much."""

    sign: Literal["≥", "≤"]
    bound: float


@dataclass(frozen=True, slots=True)
class Finding:
    """A figure with its target; `found` None: it could not be measured, and `note` tells why.

    Without a target it is only told.
    """

    what: str
    found: Estimate | None
    unit: Unit = ""
    target: Target | None = None
    note: str = ""

    @property
    def is_met(self) -> bool | None:
        """Whether the figure itself, not its interval, keeps to the target; None where that cannot be told."""
        if self.found is None or self.target is None or not self.found.n:
            return None
        bound, value = self.target.bound, self.found.value
        return value >= bound if self.target.sign == "≥" else value <= bound

    def as_data(self) -> dict[str, Any]:
        """Plain data for a line of JSON."""
        return {**asdict(self), "is_met": self.is_met}


@dataclass(frozen=True, slots=True)
class Section:
    """Findings under one heading."""

    heading: str
    findings: Sequence[Finding]


def table(sections: Sequence[Section]) -> str:
    """The findings as lines of text, their notes below."""
    rows: list[tuple[str, ...]] = []
    notes: list[str] = []
    for section in sections:
        rows.append((section.heading, "", "", "", "", ""))
        for one in section.findings:
            mark = ""
            if one.note:
                notes.append(one.note)
                mark = f" ({len(notes)})"
            rows.append((f"  {one.what}{mark}", *_cells(one)))
    header = ("", "found", "95 % interval", "n", "target", "met")
    widths = [max(len(row[place]) for row in (header, *rows)) for place in range(len(header))]
    lines = ["  ".join(_aligned(row, widths)).rstrip() for row in (header, *rows)]
    rule = "─" * max(map(len, lines))
    return "\n".join([lines[0], rule, *lines[1:], rule, *(f"({n}) {note}" for n, note in enumerate(notes, start=1))])


def _cells(finding: Finding) -> tuple[str, str, str, str, str]:
    found, target = finding.found, finding.target
    wanted = f"{target.sign} {_shown(target.bound, finding.unit)}" if target else ""
    if found is None or not found.n:
        return "not measured", "", "0" if found else "", wanted, ""
    is_bounded = found.low is not None and found.high is not None
    interval = f"{_shown(found.low, finding.unit)} – {_shown(found.high, finding.unit)}" if is_bounded else ""
    met = {True: "yes", False: "NO", None: ""}[finding.is_met]
    return _shown(found.value, finding.unit), interval, f"{found.n:,}", wanted, met


def _shown(value: float | None, unit: Unit) -> str:
    if value is None:
        return units.NONE
    if unit == "seconds":
        return units.seconds(value)
    if unit == "":
        return f"{value:.3f}"
    return f"{value * 100:{'+' if unit == 'points' else ''}.1f} {'points' if unit == 'points' else '%'}"


def _aligned(row: Sequence[str], widths: Sequence[int]) -> list[str]:
    """Words to the left, figures to the right."""
    pads = (str.ljust, str.rjust, str.rjust, str.rjust, str.rjust, str.ljust)
    return [pad(cell, width) for pad, cell, width in zip(pads, row, widths, strict=True)]
