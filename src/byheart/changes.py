"""What changed since an earlier measurement, by the questions that both asked.

Takes the rows of now and the JSON of an earlier report, whole or published; gives the differences with intervals, and
every answer whose grade is another.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

from byheart.backends import resampling
from byheart.errors import UsageError
from byheart.grading import Grade
from byheart.outcomes import Estimate
from byheart.rows import Row


@dataclass(frozen=True, slots=True)
class Regraded:
    """An answer that is graded otherwise than before."""

    case: str
    arm: str
    before: Grade
    now: Grade


@dataclass(frozen=True, slots=True)
class ArmChange:
    """One arm on the questions that both measurements asked: `right` is the share right now less that before."""

    arm: str
    n: int
    right: Estimate
    better: int
    worse: int
    p50_before: float
    p50_now: float


@dataclass(frozen=True, slots=True)
class Changes:
    """What differs from the measurement that `began` then; `otherwise` names circumstances that are not the same."""

    began: str
    otherwise: Sequence[str]
    arms: Mapping[str, ArmChange]
    regraded: Sequence[Regraded]


def loaded(path: Path) -> dict[str, Any]:
    """An earlier report; UsageError when `path` holds none."""
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
        _ = data["run"]["began"], [(row["case"], row["arm"], Grade(row["grade"])) for row in data["rows"]]
    except OSError as error:
        raise UsageError(f"{path}: cannot be read ({error.strerror})", hint=_HINT) from error
    except (ValueError, KeyError, TypeError) as error:
        raise UsageError(f"{path} is no report of byheart measure", hint=_HINT) from error
    return dict(data)


_HINT = "byheart measure --against reports/1/report.json"


def since(earlier: Mapping[str, Any], rows: Sequence[Row], circumstances: Mapping[str, Any], *, seed: int) -> Changes:
    """How `rows` differ from those of `earlier`; `circumstances` is the run of now, as plain data."""
    before = {(row["arm"], row["case"]): row for row in earlier["rows"]}
    pairs = [(row, before[row.arm, row.case]) for row in rows if (row.arm, row.case) in before]
    names = dict.fromkeys(row.arm for row, _ in pairs)
    return Changes(
        earlier["run"]["began"],
        [key for key in ("machine", "study", "settings") if _differs(earlier["run"].get(key), circumstances.get(key))],
        {name: _of_arm(name, [pair for pair in pairs if pair[0].arm == name], seed) for name in names},
        [
            Regraded(row.case, row.arm, Grade(then["grade"]), row.grade)
            for row, then in pairs
            if then["grade"] != row.grade
        ],
    )


def _of_arm(name: str, pairs: Sequence[tuple[Row, Mapping[str, Any]]], seed: int) -> ArmChange:
    moves = [int(row.grade is Grade.RIGHT) - int(then["grade"] == Grade.RIGHT) for row, then in pairs]
    return ArmChange(
        name,
        len(pairs),
        resampling.mean([float(move) for move in moves], seed=seed),
        sum(move > 0 for move in moves),
        sum(move < 0 for move in moves),
        median(then["seconds"] for _, then in pairs),
        median(row.seconds for row, _ in pairs),
    )


def _differs(before: Any, now: Any) -> bool:
    """Whether circumstances differ in what both tell; how busy the machine was is another matter."""
    if not isinstance(before, Mapping) or not isinstance(now, Mapping):
        return bool(before != now)
    return any(before[key] != now[key] for key in before.keys() & now.keys() if key != "load")
