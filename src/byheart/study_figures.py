"""What a study came to, in figures with their intervals: what its page and its JSON show.

Takes a study's record and what its file tells beyond it; gives figures. An older record tells less: what it lacks is
None, never nought. It draws nothing.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import PurePosixPath
from typing import Any

from byheart import reliability
from byheart.confidence import EXTRACTIVE
from byheart.outcomes import Estimate, Round, StudyRecord
from byheart.reliability import Bin, Covered

Data = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Group:
    """Some of the planned facts: how many were mastered, and the share right in words never taught."""

    name: str
    planned: int
    mastered: int
    sealed: Estimate


@dataclass(frozen=True, slots=True)
class Speed:
    """How fast lessons were taught, the tests left out, and how fast the machine multiplied matrices beside it.

    `operations` a token and `products` a second are in floating-point operations; None where they are not known.
    """

    tokens_a_second: float
    operations: float | None
    products: float | None
    precision: str

    @property
    def share(self) -> float | None:
        """The share (0 to 1) of the machine's matrix products that the lessons came to."""
        if self.operations is None or self.products is None:
            return None
        return self.tokens_a_second * self.operations / self.products


@dataclass(frozen=True, slots=True)
class Energy:
    """What the study drew: measured, or `watts` of a machine with all its `processors` busy, all the time."""

    joules: float
    is_measured: bool
    watts: float
    processors: int


@dataclass(frozen=True, slots=True)
class Kept:
    """What the model still could after it was taught.

    `general` is the share of the questions right before that still are; `honesty` tells how well the probability of an
    answer tells such questions from those that nothing answers (AUROC), before and after.
    """

    general: Estimate
    honesty: tuple[float, float]


@dataclass(frozen=True, slots=True)
class Gate:
    """What the gate is worth on questions that neither fitted it nor set its threshold.

    `accepted` of the `tested` would be given from memory, `wrong` of them are not right, at most a share of
    `most_wrong` by a bound at 95 %. `trust` is what was wanted, `promise` tells in words what is kept. `curve` is of
    answers that recite a studied fact: no other is ever given from memory.
    """

    threshold: float
    trust: float | None
    promise: str
    tested: int
    accepted: int
    wrong: int
    most_wrong: float
    auroc: float
    auroc_near: float | None
    error: float
    bins: Sequence[Bin] | None
    curve: Sequence[Covered] | None


@dataclass(frozen=True, slots=True)
class Unlearned:
    """A fact that was not learned: how it was asked for, what is right, and what the model says; None if not asked."""

    question: str
    value: str
    said: str | None
    is_mastered: bool


@dataclass(frozen=True, slots=True)
class StudyFigures:
    """All of it; a field that may be None is, where the study's byheart did not record it.

    `by_sort` are the shares right of the examination's questions by their sort; of `near miss`, `untaught` and
    `unrelated` ones nobody taught the answer. `reader` is who reads, and `reading` the shares right where a passage
    that was read says the answer, and where none does.
    """

    number: int
    base: str
    made: str
    upon: int | None
    planned: int
    mastered: int
    found: int | None
    struck: int
    dropped: Mapping[str, int]
    sealed: Estimate
    documents: int
    by_document: Sequence[Group] | None
    by_kind: Sequence[Group]
    rounds: int
    tokens: int
    training_seconds: float
    testing_seconds: float
    history: Sequence[Round]
    speed: Speed | None
    by_sort: Mapping[str, Estimate]
    reader: str
    readings: Estimate
    reading: Mapping[str, Estimate]
    kept: Kept | None
    gate: Gate
    energy: Energy | None
    machine: Data | None
    unlearned: Sequence[Unlearned]


def figures(record: StudyRecord, told: Data) -> StudyFigures:
    """The figures of a study by its record and by what its file tells."""
    details = record.details
    facts: Sequence[Data] = told["facts"]
    measured: Data = details["calibration"]["figures"]
    return StudyFigures(
        record.number,
        PurePosixPath(record.base).name,
        record.made,
        details.get("taught upon"),
        record.facts_planned,
        record.facts_mastered,
        details.get("facts found"),
        details.get("struck", 0),
        details.get("dropped", {}),
        _sealed(facts),
        details["documents"],
        _by_document(facts, told["sources"]) if "sources" in told else None,
        sorted(_grouped(facts, lambda fact: str(fact["kind"])), key=lambda group: -group.planned),
        details["rounds"],
        details["tokens"],
        details["training seconds"],
        details["testing seconds"],
        [Round(**row) for row in told.get("history", ())],
        speed(details),
        {sort: reliability.share(*counts) for sort, counts in measured.get("right by sort", {}).items()},
        _reader(details["calibration"]),
        reliability.share(measured["readings right"], measured["readings"]),
        {about: reliability.share(*counts) for about, counts in measured.get("read by passages", {}).items()},
        _kept(details),
        _gate(details, told.get("gate")),
        _energy(details),
        told.get("machine"),
        [_unlearned(fact) for fact in facts if not fact["mastered"] or not fact.get("right", True)],
    )


def speed(details: Data) -> Speed | None:
    """How fast lessons were taught, from the details of a study's record; None where that was not recorded."""
    if details.get("tokens a second") is None:
        return None
    return Speed(
        details["tokens a second"], details["operations a token"], details["products a second"], details["precision"]
    )


def as_data(found: StudyFigures) -> dict[str, Any]:
    """The figures as plain data that every reader of JSON understands: what is no number is null."""
    shares = {"share": found.speed.share} if found.speed else {}
    data = asdict(found)
    data["speed"] = {**data["speed"], **shares} if found.speed else None
    return {name: _finite(value) for name, value in data.items()}


def _finite(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {name: _finite(held) for name, held in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(held) for held in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


def _sealed(facts: Sequence[Data]) -> Estimate:
    """The share right of those that were asked for in words never taught."""
    asked = [bool(fact["right"]) for fact in facts if "right" in fact]
    return reliability.share(sum(asked), len(asked))


def _grouped(facts: Sequence[Data], name: Callable[[Data], str]) -> list[Group]:
    groups: dict[str, list[Data]] = {}
    for fact in facts:
        groups.setdefault(name(fact), []).append(fact)
    return [
        Group(name, len(held), sum(bool(fact["mastered"]) for fact in held), _sealed(held))
        for name, held in groups.items()
    ]


def _by_document(facts: Sequence[Data], sources: Sequence[str]) -> list[Group]:
    """Every document that was studied, in its order, also one of which no fact was planned."""
    found = {group.name: group for group in _grouped(facts, lambda fact: sources[fact["source"]])}
    empty = reliability.share(0, 0)
    return [found.get(source, Group(source, 0, 0, empty)) for source in sources]


def _reader(calibration: Data) -> str:
    if calibration["reader"] == calibration["weights"]:
        return "the taught model"
    return "the one that quotes a sentence" if calibration["reader"] == EXTRACTIVE else "the untaught model"


def _kept(details: Data) -> Kept | None:
    if not details.get("general"):
        return None
    honesty = (details["honesty before"], details["honesty after"])
    return Kept(reliability.share(details["general kept"], details["general"]), honesty)


def _gate(details: Data, tried: Data | None) -> Gate:
    calibration: Data = details["calibration"]
    measured: Data = calibration["figures"]
    binned = [Bin(probability, right, n) for n, probability, right in measured.get("reliability", ())]
    return Gate(
        calibration["threshold"],
        details.get("trust"),
        promise(details),
        measured["tested"],
        measured["accepted"],
        measured["accepted wrong"],
        measured["most wrong"],
        measured["auroc"],
        measured.get("auroc on near misses"),
        measured["calibration error"],
        binned or None,
        _curve(tried) if tried else None,
    )


def promise(details: Data) -> str:
    """What is promised of answers from memory, in words; empty where the study's byheart did not record it."""
    calibration = details.get("calibration", {})
    measured: Data = calibration.get("figures", {})
    if "natural" not in measured:
        return ""
    trust = details["trust"]
    sure = max(trust, calibration["threshold"])
    if calibration["is_promised"]:
        return (
            f"of the answers given from memory (at {sure:.0%} sure) at least {trust:.0%} are right, by a 95 % bound on "
            "questions as people ask them"
        )
    kept, natural = measured["renderings"], measured["natural"]["tested"]
    accepted, right = kept["accepted"], kept["accepted"] - kept["accepted wrong"]
    return (
        f"nothing is promised: too few questions as people ask them ({natural} tested); of those made by template "
        f"{accepted} were answered at {sure:.0%} sure, {right} of them right; byheart study --calibrate QUESTIONS"
    )


def _curve(tried: Data) -> list[Covered]:
    answers = zip(tried["probabilities"], tried["right"], tried["recites a studied fact"], strict=True)
    pairs = [(probability, right == "1") for probability, right, recites in answers if recites == "1"]
    return reliability.curve(pairs, len(tried["right"]))


def _energy(details: Data) -> Energy | None:
    if "watts" not in details:
        return None
    seconds = details["training seconds"] + details["testing seconds"]
    measured = details["joules"]
    joules = details["watts"] * seconds if measured is None else measured
    return Energy(joules, measured is not None, details["watts"], details["processors"])


def _unlearned(fact: Data) -> Unlearned:
    asked = fact.get("sealed") or ", ".join(filter(None, (fact["subject"], fact["attribute"]))) or "not asked"
    return Unlearned(asked, fact.get("wanted", fact["value"]), fact.get("said"), fact["mastered"])
