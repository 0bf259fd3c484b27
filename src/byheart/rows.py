"""Rows: what one arm answered to one case, graded, with what it took; and the journal that keeps them as they come.

A measurement that is killed loses at most the answer under way: the journal is a line a row, written at once, and a
line that was not finished is dropped when it is opened again. Nothing here asks, grades or adds up.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from byheart.grading import Grade

# A library keeps its measurements in REPORTS/N/, each with all that it found in REPORT.
REPORTS = "reports"
REPORT = "report.json"


@dataclass(frozen=True, slots=True)
class Row:
    """One arm's answer to one case.

    `origin` is "" for arms that are not byheart's, `confidence` None for those that give none. `seconds` are those
    of the caller, `stages` the arm's own; `cpu_seconds` those of this process. `rank` (from 1) is the place of the
    first passage that holds the quote among those the arm would read; 0: not among them; None: it looks nothing up,
    or no quote is known. `cited` are the places it names.
    """

    case: str
    arm: str
    grade: Grade
    said: str
    seconds: float
    cpu_seconds: float
    joules: float | None
    stages: Mapping[str, float]
    tokens_in: int
    tokens_out: int
    origin: str = ""
    confidence: float | None = None
    rank: int | None = None
    cited: tuple[str, ...] = ()
    why: str = ""
    has_conflict: bool = False


@dataclass(frozen=True, slots=True)
class Cold:
    """One question answered by a process of its own, from its start to its end."""

    arm: str
    case: str
    seconds: float
    cpu_seconds: float | None
    peak_bytes: int | None


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the model at the address `judge` said of one answer; `is_right` None: neither yes nor no."""

    case: str
    arm: str
    judge: str
    is_right: bool | None


@dataclass(frozen=True, slots=True)
class Failure:
    """A question that an arm could not be asked, and why: its row is missing."""

    case: str
    arm: str
    why: str


@dataclass(frozen=True, slots=True)
class LeftOut:
    """An arm that cannot run here: why, and what to do about it."""

    name: str
    why: str
    remedy: str


@dataclass(frozen=True, slots=True)
class Upkeep:
    """What the library holds and weighs, what a question takes with the network cut, and what a change of one document
    costs. Seconds are None where that side does not exist or was not measured; `was_recited` tells whether memory told
    the old value before the change."""

    documents: int
    passages: int
    index_bytes: int
    weights_bytes: int
    facts_found: int
    facts_taught: int
    study_seconds: float
    search_seconds: float
    answered_offline: Mapping[str, int]
    asked_offline: int
    connections_tried: int
    changed: str
    searchable_seconds: float | None
    forgotten_seconds: float | None
    studied_seconds: float | None
    says_the_new: bool | None
    was_recited: bool = True


Record = Row | Cold | Verdict | Failure | Upkeep

_KINDS: Mapping[str, type[Record]] = {
    "row": Row,
    "cold": Cold,
    "verdict": Verdict,
    "failure": Failure,
    "upkeep": Upkeep,
}


@dataclass(slots=True)
class Journal:
    """The records of one measurement, in a file that grows by a line with each."""

    path: Path
    records: list[Record] = field(default_factory=list)

    @classmethod
    def open(cls, path: Path) -> Journal:
        """The journal in `path`, with what is in it already; a last line that was cut off is dropped."""
        journal = cls(path)
        if path.is_file():
            whole, _, cut = path.read_bytes().rpartition(b"\n")
            if cut:
                path.write_bytes(whole + b"\n" if whole else b"")
            journal.records = [_record(json.loads(line)) for line in whole.splitlines() if line]
        return journal

    def note(self, record: Record) -> None:
        """Keeps `record`, on disk before anything else happens."""
        name = next(name for name, kind in _KINDS.items() if isinstance(record, kind))
        with self.path.open("a", encoding="utf-8") as file:
            file.write(json.dumps({name: asdict(record)}, ensure_ascii=True) + "\n")
        self.records.append(record)

    def rows(self) -> list[Row]:
        return [record for record in self.records if isinstance(record, Row)]

    def cold(self) -> list[Cold]:
        return [record for record in self.records if isinstance(record, Cold)]

    def verdicts(self, judge: str) -> list[Verdict]:
        return [record for record in self.records if isinstance(record, Verdict) and record.judge == judge]

    def upkeep(self) -> Upkeep | None:
        """What keeping the library costs, if that was measured to its end."""
        return next((record for record in self.records if isinstance(record, Upkeep)), None)

    def failures(self) -> list[Failure]:
        """The questions that could not be asked, the last reason of each, and were not asked since."""
        asked = {(row.arm, row.case) for row in self.rows()}
        asked |= {(cold_name(one.arm), one.case) for one in self.cold()}
        failed = {(one.arm, one.case): one for one in self.records if isinstance(one, Failure)}
        return [failure for key, failure in failed.items() if key not in asked]


def cold_name(arm: str) -> str:
    """What an arm is called where a process of its own could not be asked."""
    return f"{arm} cold"


def _record(line: Mapping[str, Any]) -> Record:
    ((name, values),) = line.items()
    if name == "row":
        values |= {"grade": Grade(values["grade"]), "cited": tuple(values["cited"])}
    return _KINDS[name](**values)
