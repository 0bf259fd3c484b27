"""A measurement: the circumstances, the questions, what was answered, and the figures made of it, as one noun.

It is what a report shows and what is kept as JSON. `published` is the part of it that may leave the machine: ids,
grades and figures, without a word of questions, answers, documents or places.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from byheart.cases import Case
from byheart.changes import Changes
from byheart.costs import Prices
from byheart.figures import Figures
from byheart.machine import Machine
from byheart.rows import Cold, Failure, LeftOut, Row, Upkeep, Verdict

# What a published row and case hold; everything else may quote a document or name a place.
_PUBLIC_OF_ROW = (
    *("case", "arm", "grade", "origin", "confidence", "rank", "seconds", "cpu_seconds", "joules", "stages"),
    *("tokens_in", "tokens_out", "has_conflict"),
)
_PUBLIC_OF_CASE = ("id", "book", "kind", "set", "is_held")
_PUBLIC_OF_SETTINGS = ("trust", "floor", "passages", "answer_tokens", "minutes", "threads", "seed")


@dataclass(frozen=True, slots=True)
class Studied:
    """The study that was asked: which, when, of how much, and how long it took with its test and calibration."""

    number: int
    made: str
    base: str
    facts_planned: int
    facts_mastered: int
    seconds: float
    threshold: float


@dataclass(frozen=True, slots=True)
class Run:
    """The circumstances of a measurement. `arms` tells in words what each arm is, `here` which run on this machine.

    `questions` are the files they came from; none if the library asked its own. `command` asks the same again.
    `watts` are those that energy is estimated with.
    """

    number: int
    began: str
    library: str
    documents: int
    passages: int
    questions: Sequence[str]
    command: str
    arms: Mapping[str, str]
    here: Sequence[str]
    left_out: Sequence[LeftOut]
    failures: Sequence[Failure]
    machine: Machine
    study: Studied | None
    settings: Mapping[str, Any]
    prices: Prices
    watts: float
    judge: str

    @property
    def files(self) -> list[str]:
        """The names of the files of questions: where they lie concerns nobody whom a page is shown."""
        return [Path(file).name for file in self.questions]


@dataclass(frozen=True, slots=True)
class Measured:
    """All of one measurement."""

    run: Run
    cases: Sequence[Case]
    rows: Sequence[Row]
    cold: Sequence[Cold]
    verdicts: Sequence[Verdict]
    figures: Figures
    upkeep: Upkeep | None
    changes: Changes | None


def as_data(measured: Measured) -> dict[str, Any]:
    """Plain data that holds all of it."""
    return asdict(measured)


def published(measured: Measured) -> dict[str, Any]:
    """Plain data with ids, grades and figures only."""
    data = asdict(measured)
    run, upkeep, study = data["run"], data["upkeep"], data["run"]["study"]
    return {
        "run": {
            **{key: run[key] for key in ("began", "documents", "passages", "here", "machine", "prices", "watts")},
            "study": study and study | {"base": Path(study["base"]).name},
            "model": Path(run["settings"]["model"]).name,
            "settings": {key: run["settings"][key] for key in _PUBLIC_OF_SETTINGS},
            "are_drawn": not run["questions"],
            "left_out": [one["name"] for one in run["left_out"]],
            "failures": [{key: one[key] for key in ("case", "arm")} for one in run["failures"]],
        },
        "cases": [{key: case[key] for key in _PUBLIC_OF_CASE} for case in data["cases"]],
        "rows": [{key: row[key] for key in _PUBLIC_OF_ROW} for row in data["rows"]],
        "cold": data["cold"],
        "verdicts": [{key: one[key] for key in ("case", "arm", "is_right")} for one in data["verdicts"]],
        "figures": data["figures"],
        "upkeep": upkeep and {key: value for key, value in upkeep.items() if key != "changed"},
    }
