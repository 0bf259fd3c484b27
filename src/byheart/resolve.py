"""Who wins when memory and documents have both spoken, or passages contradict each other: a rule, and its record.

Takes claims and what is known of their texts; gives the winner, its confidence and the rule, in words too. It asks no
model and reads no document. The newer text wins only between texts of one work, or of one subject and attribute, and
only when the reading clears its own floor; otherwise the better calibrated side does.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from byheart.agreement import answers_differ
from byheart.scales import LEAST_RECALLED, SUREST, Scales
from byheart.types import Citation, Claim, Conflict, Hit, Origin, Support, Taught
from byheart.words import content_terms

# A sentence has more content words than this; two that contradict each other share at least this part of them.
_SHORT = 4
_SHARED = 0.5


class Rule(StrEnum):
    """What settled an answer."""

    READ = "read in the documents"
    RECALLED = "the documents found do not tell; memory does"
    AGREED = "memory and documents say the same"
    NEWER = "newer text wins"
    SURER = "the surer side wins; no date settles it"
    ASIDE = "memory and documents tell different things of it; the surer one is given"
    MOST = "most sources win"
    NEAREST = "sources are divided; the passage nearest to the question is given"
    OUT_OF_DATE = "memory is out of date, and reading is not sure enough"
    UNSURE = "neither memory nor documents are sure enough"
    UNREAD = "the documents are not sure enough"


@dataclass(frozen=True, slots=True)
class Settlement:
    """The side that speaks (none when neither is good enough), how sure it is, and why.

    `candidates` are the claims that could have been given, as sure as they are beside each other.
    """

    winner: Origin
    confidence: float
    rule: Rule
    candidates: tuple[Claim, ...] = ()
    conflict: Conflict | None = None


def settle(
    memory: Claim | None,
    reading: Claim | None,
    *,
    floor: float,
    is_reading_newer: bool,
    scales: Scales | None = None,
) -> Settlement:
    """The winner among what memory recalled and what reading found; None stands for a side that said nothing.

    A claim of memory's is only passed if documents have not moved away from it, or if both are to be compared:
    `is_reading_newer` says that the passage read is a newer text of the work the memory came from: what memory holds
    of the older one neither speaks nor makes surer. A side that would not speak alone settles nothing, but that a
    recall which shows its passage may confirm a reading. Where both would, and no date settles it, `scales` say what
    each is worth beside the other; without them each is worth its own probability, and two that agree err
    independently.
    """
    least = max(floor, LEAST_RECALLED)
    is_read = reading is not None and reading.confidence >= floor
    if memory and is_reading_newer:
        if not reading or not answers_differ(memory.text, reading.text):
            memory = None
        elif is_read:
            return _won(Origin.DOCUMENTS, memory, reading, Rule.NEWER)
        else:
            return Settlement(Origin.NONE, reading.confidence, Rule.OUT_OF_DATE, (reading,))
    is_recalled = memory is not None and memory.confidence >= least
    if memory and reading:
        if not answers_differ(memory.text, reading.text):
            if is_recalled or memory.citation:
                return _agreed(memory, reading, floor, scales)
        elif is_recalled and is_read and scales:
            worth = scales.apart(memory.confidence, reading.confidence)
            memory, reading = replace(memory, confidence=worth[0]), replace(reading, confidence=worth[1])
            is_recalled, is_read = worth[0] >= least, worth[1] >= floor
    return _surer(memory if is_recalled else None, reading if is_read else None) or _unsure(memory, reading)


def _agreed(memory: Claim, reading: Claim, floor: float, scales: Scales | None) -> Settlement:
    """Both sides say the same: in the words of the surer one."""
    origin, surer = _better(memory, reading)
    both = scales.together if scales else lambda recalled, read: min(SUREST, 1 - (1 - recalled) * (1 - read))
    together = replace(surer, confidence=both(memory.confidence, reading.confidence))
    if together.confidence < floor:
        return Settlement(Origin.NONE, together.confidence, Rule.UNSURE, (together,))
    return Settlement(origin, together.confidence, Rule.AGREED)


def _surer(memory: Claim | None, reading: Claim | None) -> Settlement | None:
    """The surer of the sides that would speak and do not say the same; None where neither would."""
    if memory and reading:
        origin, surer = _better(memory, reading)
        if _speak_of_other_things(memory.text, reading.text):
            return Settlement(origin, surer.confidence, Rule.ASIDE)
        return _won(origin, memory, reading, Rule.SURER)
    if reading:
        return Settlement(Origin.DOCUMENTS, reading.confidence, Rule.READ)
    return Settlement(Origin.MEMORY, memory.confidence, Rule.RECALLED) if memory else None


def _unsure(memory: Claim | None, reading: Claim | None) -> Settlement:
    candidates = tuple(claim for claim in (memory, reading) if claim)
    best = max((claim.confidence for claim in candidates), default=0.0)
    return Settlement(Origin.NONE, best, Rule.UNSURE if memory else Rule.UNREAD, candidates)


def _better(memory: Claim, reading: Claim) -> tuple[Origin, Claim]:
    is_memory = memory.confidence > reading.confidence
    return (Origin.MEMORY, memory) if is_memory else (Origin.DOCUMENTS, reading)


def is_newer(read: Hit, learned: Taught) -> bool:
    """Whether the text of `read` is a newer text of the work that was `learned` from, and no longer says so.

    Within a source that is the revision added later, whatever its header says. Across the sources of a work it is the
    text that none supersedes: by version, date or declaration, never by the day it was added. Where the text learned
    from is gone, the one that the work goes on in is newer.
    """
    if learned.support is Support.STILL or read.work != learned.work or read.is_superseded:
        return False
    return read.source != learned.revision.source or read.added > learned.revision.added


def outvoted(given: Claim, others: Sequence[Claim]) -> tuple[Claim, Conflict | None]:
    """What passages say that contradict each other, `given` being the one that was read: the claim that wins.

    Claims of `others` that say the same are voices for it. Each source has one voice; where voices are even, the
    passage that was found nearest to the question is given.
    """
    groups: list[list[Claim]] = [[given]]
    for claim in others:
        group = next((group for group in groups if not _contradict(group[0], claim)), None)
        if group is None:
            groups.append([claim])
        else:
            group.append(claim)
    if len(groups) == 1:
        return given, None
    voices = [len({claim.citation.source for claim in group if claim.citation}) for group in groups]
    most = max(voices)
    is_settled = voices.count(most) == 1
    winner = groups[voices.index(most)][0] if is_settled else given
    against = tuple(group[0] for group in groups if group[0] is not winner)
    rule = Rule.MOST if is_settled else Rule.NEAREST
    counted = "; ".join(f"{_sources(count)} {_short(group[0])}" for count, group in zip(voices, groups, strict=True))
    conflict = Conflict(None, winner, Origin.DOCUMENTS, rule, f"{counted}. {_sentence(rule)}", against)
    return winner, conflict


def superseded(given: Claim, older: Sequence[Claim]) -> Conflict | None:
    """The record of an answer that older texts of its work contradict; None where they do not."""
    against = tuple(claim for claim in older if _contradict(claim, given))
    if not against:
        return None
    told = _told_by_time(against[0], given)
    return Conflict(None, given, Origin.DOCUMENTS, Rule.NEWER, told, against)


def _contradict(one: Claim, other: Claim) -> bool:
    """Whether two passages differ at the value: what else their sentences say is the same."""
    return one.text != other.text and answers_differ(_short(one), _short(other))


def _speak_of_other_things(one: str, other: str) -> bool:
    """Whether two whole sentences share so few words that neither can contradict the other."""
    first, second = set(content_terms(one)), set(content_terms(other))
    fewer = min(len(first), len(second))
    return fewer > _SHORT and len(first & second) < _SHARED * fewer


def _won(winner: Origin, memory: Claim, reading: Claim, rule: Rule) -> Settlement:
    confidence = memory.confidence if winner is Origin.MEMORY else reading.confidence
    if rule is Rule.NEWER:
        told = _told_by_time(memory, reading)
    else:
        told = f"Memory says {_told(memory)}; the documents say {_told(reading)}. {_sentence(rule)}"
    return Settlement(winner, confidence, rule, conflict=Conflict(memory, reading, winner, rule, told))


def _told_by_time(older: Claim, newer: Claim) -> str:
    """ "The 1.10 text said Config; the 2.13 one says model_config. Newer text wins." """
    then, now = _named(older.citation, newer.citation), _named(newer.citation, older.citation)
    said = f"The {then[0]} said {_short(older)}" if then else f"It said {_short(older)}"
    says = f"the {now[1]} says {_short(newer)}" if now else f"now it says {_short(newer)}"
    return f"{said}; {says}. {_sentence(Rule.NEWER)}"


def _named(citation: Citation | None, beside: Citation | None) -> tuple[str, str] | None:
    """What a text is called when it is named first, and when it is named after another one."""
    if citation is None:
        return None
    if citation.edition and not (beside and beside.edition == citation.edition):
        return f"{citation.edition} text", f"{citation.edition} one"
    if not citation.added:
        return None
    day, other = citation.added[:10], (beside.added[:10] if beside else "")
    when = day if day != other else f"{day} {citation.added[11:19]}"
    return f"text read on {when}", f"one read on {when}"


def _told(claim: Claim) -> str:
    return f"{_short(claim)} ({claim.confidence:.0%} sure)"


def _short(claim: Claim) -> str:
    """What a claim says, in the words of its passage where those are fewer."""
    cited = claim.citation
    quoted = " ".join(cited.text[slice(*cited.span)].split()) if cited and cited.span else ""
    return quoted if 0 < len(quoted) < len(claim.text) else claim.text.rstrip(".")


def _sources(count: int) -> str:
    return "1 source says" if count == 1 else f"{count} sources say"


def _sentence(rule: Rule) -> str:
    return f"{rule[0].upper()}{rule[1:]}."
