"""The rules of advice: each has a name, what it advises, why in words, when it applies, and the figure it rests on.

`RULES` are tried in order for each document; the first that applies decides. docs/advise.md holds the same table.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from byheart import units
from byheart.considered import Considered
from byheart.grounds import ENOUGH_LOGGED, Held
from byheart.outcomes import Way

# A study that takes longer to be repaid is none that anyone waits for.
_SOON_DAYS = 30.0

# From so many questions a day on, or questions of one document that were asked before, a study is worth its minutes.
_MANY_A_DAY = 20
_MANY_REPEATS = 3

Documents = Sequence[Held]


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule: what it advises, why, for which documents, and on which figure."""

    name: str
    way: Way
    why: str
    applies: Callable[[Held, Considered], bool]
    figure: Callable[[Documents, Considered], str]


# ── when they apply ──


def _is_worse_with_memory(document: Held, considered: Considered) -> bool:
    against = considered.compared(document, "documents", "memory")
    both = considered.compared(document, "both", "documents")
    # What memory gets wrong does no harm where it is not sure of it, so `both` has the last word.
    is_worse = bool(against and against.is_better and (both is None or both.right <= both.other_right))
    return is_worse and Way.INDEX not in considered.ruled_out


def _is_more_right_with_both(document: Held, considered: Considered) -> bool:
    pairs = considered.compared(document, "both", "documents")
    return pairs is not None and pairs.is_better


def _is_repaid(document: Held, considered: Considered) -> bool:
    days = considered.repaid_days(document)
    return days is not None and days <= _SOON_DAYS


def _is_asked_often(document: Held, considered: Considered) -> bool:
    grounds = considered.grounds
    if grounds.is_logged:
        return grounds.repeats[document.location] >= _MANY_REPEATS
    return grounds.a_day is not None and grounds.a_day >= _MANY_A_DAY


# ── the figures they rest on ──


def _span(values: Sequence[float | None], unit: str) -> str:
    known = sorted(value for value in values if value is not None and math.isfinite(value))
    if not known:
        return ""
    low, high = (f"{value:,.1f}" if value < 100 else f"{value:,.0f}" for value in (known[0], known[-1]))
    return f"{low} {unit}" if low == high else f"{low} to {high} {unit}"


def _not_taught(documents: Documents, considered: Considered) -> str:
    counts = {
        "a licence": sum(one.is_licence for one in documents),
        "an older text of its work": sum(one.is_superseded and not one.is_licence for one in documents),
        "without a fact": sum(one.facts == 0 and not one.is_superseded and not one.is_licence for one in documents),
    }
    return ", ".join(f"{count:,} {what}" for what, count in counts.items() if count)


def _changes(documents: Documents, considered: Considered) -> str:
    changed = f"a new text every {_span([considered.grounds.interval(one) for one in documents], 'days')}"
    days = [considered.repaid_days(one) for one in documents]
    if None in days:
        return changed
    return f"{changed}, repaid after {_span(days, 'days') or 'no time at all: a study saves nothing'}"


def _room(documents: Documents, considered: Considered) -> str:
    grounds = considered.grounds
    facts, seconds = (sum(getattr(one, what) or 0 for one in considered.due) for what in ("facts", "seconds"))
    told = f"{facts:,.0f} facts take {units.seconds(seconds)} of study, {grounds.minutes:g} min are given"
    if not grounds.is_logged:
        return f"{told}; what is asked is not known"
    return f"{told}; {sum(grounds.logged[one.location] for one in documents)} of {len(grounds.log)} questions are here"


def _limited_to_index(documents: Documents, considered: Considered) -> str:
    return considered.limited(Way.STUDY, Way.BOTH)


def _limited_to_memory(documents: Documents, considered: Considered) -> str:
    return considered.limited(Way.INDEX, Way.BOTH)


def _wants_memory(documents: Documents, considered: Considered) -> str:
    if limited := considered.limited(Way.INDEX):
        return limited
    findings = considered.grounds.findings
    if findings and findings.offline:
        same = ", ".join(f"{arm} {count}" for arm, count in findings.offline.items())
        return f"same answers with the network cut, of {findings.asked_offline}: {same}"
    return "whether both sides answer alike without a network is not measured (byheart measure --table)"


def _told_apart(arm: str, other: str) -> Callable[[Documents, Considered], str]:
    def told(documents: Documents, considered: Considered) -> str:
        # Documents of several books may share the rule: each book has its own figures.
        found = dict.fromkeys(pairs for one in documents if (pairs := considered.compared(one, arm, other)))
        return "; ".join(
            f"{pairs.about}: {arm} {pairs.right}, {other} {pairs.other_right} of {pairs.n} right" for pairs in found
        )

    return told


def _repaid(documents: Documents, considered: Considered) -> str:
    saved, days = considered.saved_seconds or 0.0, [considered.repaid_days(one) for one in documents]
    if saved <= 0:
        return "a question from both takes no less time than looking it up"
    a_day = sum(considered.grounds.asked_a_day(one) or 0 for one in documents)
    seconds = sum(one.seconds or 0 for one in documents)
    asked = f"{a_day:,.1f} questions a day save {units.seconds(saved)} each, the study takes {units.seconds(seconds)}"
    return f"{asked}: repaid after {_span(days, 'days') or 'no time: nothing is asked here'}"


def _often(documents: Documents, considered: Considered) -> str:
    grounds = considered.grounds
    if grounds.is_logged:
        again = sum(grounds.repeats[one.location] for one in documents)
        return f"{again} of {len(grounds.log)} logged questions were asked before"
    return f"{grounds.a_day:g} questions a day"


def _studied(documents: Documents, considered: Considered) -> str:
    return f"{len(documents):,} of them are in the study in use"


def _little(documents: Documents, considered: Considered) -> str:
    grounds = considered.grounds
    asked = "questions a day are not known" if grounds.a_day is None else f"{grounds.a_day:g} questions a day"
    logged = f"{len(grounds.log)} logged (of {ENOUGH_LOGGED} that would tell)" if not grounds.is_logged else ""
    measured = "no measurement tells what a study brings here"
    return ", ".join(part for part in (measured, asked, logged) if part)


WORSE_WITH_MEMORY = Rule(
    "worse with memory",
    Way.INDEX,
    "measured on its book: documents are right more often than memory, and both no more often than documents",
    _is_worse_with_memory,
    _told_apart("documents", "memory"),
)

RULES = (
    Rule(
        "nothing to teach",
        Way.INDEX,
        "a licence, an older text of a work, or a document without a fact is never studied",
        lambda document, considered: not document.is_teachable,
        _not_taught,
    ),
    Rule(
        "limits rule out a study",
        Way.INDEX,
        "with a study, answers would exceed the latency, memory or money that you gave",
        lambda document, considered: Way.BOTH in considered.ruled_out and Way.INDEX not in considered.ruled_out,
        _limited_to_index,
    ),
    Rule(
        "changes too often",
        Way.INDEX,
        "it changes before a study of it is repaid, or (where that was not measured) once a week or more often",
        lambda document, considered: considered.changes_too_often(document),
        _changes,
    ),
    Rule(
        "more than the minutes hold",
        Way.INDEX,
        "the minutes go to what is asked most; to nothing, where that is not known and a tenth would not fit",
        lambda document, considered: document.location not in considered.fitting,
        _room,
    ),
    Rule(
        "limits rule out looking up",
        Way.STUDY,
        "looking up exceeds what you gave, or reaches for another machine: memory alone does not",
        lambda document, considered: {Way.INDEX, Way.BOTH} <= considered.ruled_out,
        _limited_to_memory,
    ),
    WORSE_WITH_MEMORY,
    Rule(
        "limits want memory",
        Way.BOTH,
        "without a network, or where only looking everything up exceeds what you gave, memory answers first",
        lambda document, considered: considered.wants_memory,
        _wants_memory,
    ),
    Rule(
        "more right with both",
        Way.BOTH,
        "measured on its book: both are right more often than documents alone",
        _is_more_right_with_both,
        _told_apart("both", "documents"),
    ),
    Rule(
        "studied already",
        Way.BOTH,
        "the study in use holds it, and nothing that was measured speaks against it",
        lambda document, considered: document.is_studied,
        _studied,
    ),
    Rule(
        "repaid",
        Way.BOTH,
        "the seconds that the study takes are saved within a month of questions",
        _is_repaid,
        _repaid,
    ),
    Rule(
        "not repaid",
        Way.INDEX,
        "the seconds that the study takes are not saved within a month of questions",
        lambda document, considered: considered.repaid_days(document) is not None,
        _repaid,
    ),
    Rule(
        "asked often",
        Way.BOTH,
        "it stays as it is, and 3 logged questions about it were asked before; without a log, 20 a day or more",
        _is_asked_often,
        _often,
    ),
    Rule(
        "look up first",
        Way.INDEX,
        "nothing that is known speaks for a study yet, and looking up needs none",
        lambda document, considered: True,
        _little,
    ),
)
