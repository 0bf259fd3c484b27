"""Who wins when memory and documents have both spoken: a rule, and its record.

Takes two claims and what is known of their dates; gives the winner, its confidence and the rule in words. It asks
no model and reads no document. The newer text wins only between texts of one work, and only when the reading
clears its own floor; otherwise the better calibrated side does.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from byheart.agreement import answers_differ
from byheart.types import Claim, Conflict, Hit, Origin, Revision, Support, Taught

# Two sides that agree are surer than each, but they share the document they come from: never certain.
_SUREST = 0.99


@dataclass(frozen=True, slots=True)
class Settlement:
    """The side that speaks (none when neither is good enough), how sure it is, and why."""

    winner: Origin
    confidence: float
    rule: str
    conflict: Conflict | None = None


def settle(memory: Claim | None, reading: Claim | None, *, floor: float, is_reading_newer: bool) -> Settlement:
    """The winner among what memory recalled and what reading found; None stands for a side that said nothing.

    A claim of memory's is only passed if documents have not moved away from it, or if both are to be compared:
    `is_reading_newer` says that the passage read is a newer text of the work the memory came from: what memory holds
    of the older one neither speaks nor makes surer.
    """
    if memory and reading and answers_differ(memory.text, reading.text):
        # A guess is no side: where memory would not have spoken by itself, there is nothing to settle.
        if memory.confidence < floor <= reading.confidence and not is_reading_newer:
            return settle(None, reading, floor=floor, is_reading_newer=False)
        return _of_two(memory, reading, floor=floor, is_reading_newer=is_reading_newer)
    if memory and reading and not is_reading_newer:
        together = min(_SUREST, 1 - (1 - memory.confidence) * (1 - reading.confidence))
        if together < floor:
            return Settlement(Origin.NONE, together, "memory and documents say the same, but neither is sure")
        surer = Origin.MEMORY if memory.confidence > reading.confidence else Origin.DOCUMENTS
        return Settlement(surer, together, "memory and documents say the same; the surer side's words")
    if reading and reading.confidence >= floor:
        return Settlement(Origin.DOCUMENTS, reading.confidence, "read in the documents")
    if memory and memory.confidence >= floor and not is_reading_newer:
        return Settlement(Origin.MEMORY, memory.confidence, "the documents found do not tell; memory does")
    best = max((claim.confidence for claim in (memory, reading) if claim), default=0.0)
    return Settlement(Origin.NONE, best, "neither memory nor documents are sure enough")


def is_newer(read: Hit, learned: Taught) -> bool:
    """Whether the text of `read` is newer than what was `learned`, both being texts of one work.

    Within a source the revision added later is newer, whatever its header says, unless it still says what was
    learned. Across sources of one title a version, else a date, must say so. Texts of different works are never
    newer than each other.
    """
    if read.source == learned.revision.source:
        return learned.support is not Support.STILL and read.added > learned.revision.added
    return _speaks_of_later(read, learned.revision)


def _speaks_of_later(read: Hit, learned: Revision) -> bool:
    if not read.title or read.title != learned.title:
        return False
    if read.version and learned.version:
        return _version(read.version) > _version(learned.version)
    return bool(read.dated and learned.dated) and str(read.dated) > str(learned.dated)


def _of_two(memory: Claim, reading: Claim, *, floor: float, is_reading_newer: bool) -> Settlement:
    if is_reading_newer:
        if reading.confidence >= floor:
            return _won(Origin.DOCUMENTS, memory, reading, "newer text of the same work wins")
        return Settlement(Origin.NONE, reading.confidence, "memory is out of date, and reading is not sure enough")
    winner = Origin.MEMORY if memory.confidence > reading.confidence else Origin.DOCUMENTS
    if max(memory.confidence, reading.confidence) < floor:
        return Settlement(
            Origin.NONE, max(memory.confidence, reading.confidence), "memory and documents differ, and neither is sure"
        )
    return _won(winner, memory, reading, "the surer side wins; no date settles it")


def _won(winner: Origin, memory: Claim, reading: Claim, rule: str) -> Settlement:
    confidence = memory.confidence if winner is Origin.MEMORY else reading.confidence
    return Settlement(winner, confidence, rule, Conflict(memory, reading, winner, rule))


def _version(text: str) -> tuple[int, ...]:
    return tuple(int(part) for part in re.findall(r"\d+", text))
