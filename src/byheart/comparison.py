"""Memory, documents or both: the table that settles fine-tuning or retrieval, with one library's own figures.

Takes what was measured, gives rows of text: right, speed, offline, cost of a change, large data. What was not measured
is said to be so.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from byheart import units
from byheart.figures import ArmFigures
from byheart.measurement import Measured
from byheart.rows import Upkeep

SIDES = ("memory", "documents", "both")
_NOT_MEASURED = "not measured"
_ORIGINS = {"memory": "answered from memory", "documents": "looked up", "none": "declined"}


@dataclass(frozen=True, slots=True)
class Compared:
    """One row of the table: what is compared, and what each side does, by its name."""

    what: str
    sides: Mapping[str, str]


def compared(measured: Measured) -> tuple[Compared, ...]:
    """The rows of the table; none where upkeep was not measured."""
    upkeep = measured.upkeep
    if upkeep is None:
        return ()
    arms = measured.figures.arms
    speed = {side: _speed(arms[side]) if side in arms else _NOT_MEASURED for side in SIDES}
    right = {side: _right(arms[side]) if side in arms else _NOT_MEASURED for side in SIDES}
    offline = {side: _offline(upkeep, side) for side in SIDES}
    return (
        Compared("right", right),
        Compared("inference speed", speed),
        Compared("offline ability", offline),
        Compared("update cost", _update(upkeep)),
        Compared("large data", _large(measured, upkeep)),
    )


def _right(arm: ArmFigures) -> str:
    share = arm.main.share
    bounds = units.interval(share.low, share.high)
    return f"{units.share(share.value)} of {share.n}" + (f" [{bounds}]" if bounds else "")


def _speed(arm: ArmFigures) -> str:
    cold = f"; {units.seconds(arm.cold.p50)} as a process of its own" if arm.cold else ""
    memory = f"; {units.size(arm.cost.peak_bytes)} of memory" if arm.cost.peak_bytes else ""
    return f"{units.seconds(arm.seconds.p50)} an answer (p50), {units.seconds(arm.seconds.p95)} (p95){cold}{memory}"


def _offline(upkeep: Upkeep, side: str) -> str:
    if side not in upkeep.answered_offline:
        return _NOT_MEASURED
    needs = {
        "memory": f"needs {units.size(upkeep.weights_bytes)} of weights",
        "documents": f"needs {units.size(upkeep.index_bytes)} of index and a model",
        "both": f"needs {units.size(upkeep.weights_bytes + upkeep.index_bytes)}",
    }
    same = f"{upkeep.answered_offline[side]} of {upkeep.asked_offline} answered the same with the network cut"
    tried = f" ({upkeep.connections_tried} connections were tried)" if upkeep.connections_tried else ""
    return f"{same}{tried}; {needs[side]}"


def _update(upkeep: Upkeep) -> dict[str, str]:
    if not upkeep.changed:
        nothing = "not measured: no value in a text file could be changed"
        return dict.fromkeys(SIDES, nothing)
    searchable = f"searchable after {units.seconds(upkeep.searchable_seconds)}"
    if upkeep.searchable_seconds is None:
        searchable = "not among the ten best passages after the change"
    if upkeep.studied_seconds is None:
        return {"memory": _NOT_MEASURED, "documents": searchable, "both": searchable}
    forgotten = f"not recited any more after {units.seconds(upkeep.forgotten_seconds)}"
    if upkeep.forgotten_seconds is None:
        forgotten = "the old value was still recited"
    elif not upkeep.was_recited:
        forgotten = "the old value was not recited before the change either"
    knows = "and then says the new value" if upkeep.says_the_new else "and does not say the new value yet"
    studied = f"studied again after {units.seconds(upkeep.studied_seconds)}, {knows}"
    return {
        "memory": f"{forgotten}; {studied}",
        "documents": searchable,
        "both": f"{searchable}; until it is studied again it is looked up",
    }


def _large(measured: Measured, upkeep: Upkeep) -> dict[str, str]:
    memory = _NOT_MEASURED
    if upkeep.facts_taught:
        taught = (
            f"{units.count(upkeep.facts_taught)} of {units.count(upkeep.facts_found)} facts found are in the weights"
        )
        memory = f"{taught}, for {units.seconds(upkeep.study_seconds)} of study; an answer takes the same however many"
    found = measured.figures.arms["documents"].retrieval if "documents" in measured.figures.arms else None
    ten = f", the right passage among 10 in {units.share(found.within['10'].value)}" if found else ""
    held = f"{units.count(upkeep.documents)} documents, {units.count(upkeep.passages)} passages"
    documents = f"{held}, each searched in {units.seconds(upkeep.search_seconds)}{ten}"
    both = _NOT_MEASURED
    if "both" in measured.figures.arms:
        origins = measured.figures.arms["both"].origins
        parts = [f"{count} {_ORIGINS[origin]}" for origin, count in origins.items()]
        both = f"of {sum(origins.values())} questions {', '.join(parts)}"
    return {"memory": memory, "documents": documents, "both": both}
