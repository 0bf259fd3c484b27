"""The corridor: a question walks forward through look around, recall, route, search, read and resolve to one Answer.

Takes a question and a `Desk` (the open parts of a library); gives an Answer, whichever exit was taken. This module
alone knows the order of the stages. It trains nothing, writes nothing but the record of a conflict, and a part
that is missing or down changes the route, never the kind of result.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial

from byheart import account, lookup, prompts
from byheart.confidence import RECALL_FEATURES, Calibration, recall_features, recited
from byheart.desk import Course, Desk
from byheart.editions import Named, cited
from byheart.errors import (
    ByheartError,
    LibraryBusy,
    LibraryDamaged,
    ModelMissing,
    ModelUnavailable,
    NothingStudied,
    StoreUnavailable,
    UsageError,
)
from byheart.lookup import Read
from byheart.resolve import Settlement, is_newer, settle
from byheart.route import has_moved, route
from byheart.scales import LEAST_RECALLED, Scales
from byheart.types import (
    Answer,
    Claim,
    Conflict,
    Draft,
    Hit,
    Origin,
    Route,
    Side,
    Step,
    Support,
    Surroundings,
    Taught,
)

# How many of the passages nearest to a question are shown when it is not answered.
_SHOWN = 3

# Why a question cannot be looked up.
_UNAVAILABLE = (StoreUnavailable, ModelUnavailable, ModelMissing)

_MOVED = "the documents have moved since the study"


@dataclass(frozen=True, slots=True)
class Recalled:
    """What memory gave: the draft, how probable it is right, and the studied fact it recites, if any."""

    draft: Draft
    confidence: float
    fact: Taught | None
    surroundings: Surroundings


def ask(question: str, desk: Desk, *, side: Side | None = None) -> Answer:
    """The answer to `question`; `side` "memory" gives the recall ungated, "documents" what reading finds."""
    question = question.strip()
    if not question:
        raise UsageError("the question is empty", hint='byheart ask "Which …?"')
    return _with_caveat(_answered(question, desk, side), desk)


def _answered(question: str, desk: Desk, side: Side | None) -> Answer:
    course = Course()
    if desk.lost and side != "documents":
        course.steps.append(account.lost(desk.lost))
    if side == "documents" or (desk.calibration is None and side is None):
        return _from_documents(question, desk, course)
    if desk.calibration is None:
        raise desk.lost or NothingStudied(desk.ledger.folder)
    with course.stage("look around"):
        surroundings = desk.ledger.look_around(question)
        course.steps.append(account.looked_around(surroundings))
    gone: ByheartError | None = None
    if side is None and not desk.calibration.is_worth_recalling(question, surroundings):
        course.steps.append(account.not_recalled())
        try:
            return _read_alone(question, desk, course)
        except _UNAVAILABLE as error:
            # Without the documents, memory is asked after all.
            gone = error
    try:
        recalled = recall(question, surroundings, desk, desk.calibration, course)
    except ModelUnavailable as error:
        if side == "memory" or gone or desk.reader() is desk.model():
            why = "; ".join(str(part) for part in (gone, error, error.hint) if part)
            return _declined(question, course, why, (), ())
        # Who reads is another one, which may be there.
        course.steps.append(account.silent(error))
        return _from_documents(question, desk, course)
    if side == "memory":
        return _from_memory(question, recalled, desk, course, "recalled, not checked (memory was asked for)")
    return _routed(question, recalled, desk, desk.calibration, course, gone)


def recall(question: str, surroundings: Surroundings, desk: Desk, calibration: Calibration, course: Course) -> Recalled:
    """What memory says to `question`, and how probable it is that it is right."""
    with course.stage("recall"):
        draft = desk.model().complete(
            prompts.recall(question), tokens=desk.settings.answer_tokens, timeout=desk.settings.timeout
        )
        course.drafts.append(draft)
    with course.stage("confidence"):
        features = recall_features(question, draft, surroundings)
        fact = recited(draft.text, surroundings)
        course.steps.append(account.recalled(draft, fact, dict(zip(RECALL_FEATURES, features, strict=True))))
        confidence = calibration.recall.probability(features) if draft.text else 0.0
        return Recalled(draft, confidence, fact, surroundings)


def _routed(
    question: str,
    recalled: Recalled,
    desk: Desk,
    calibration: Calibration,
    course: Course,
    gone: ByheartError | None,
) -> Answer:
    """The answer by what was recalled; `gone` tells why the documents, asked already, could not be."""
    with course.stage("look around"):
        named = desk.ledger.editions.named(question)
    moved = _is_out_of_date(recalled, named)
    threshold = max(desk.settings.trust, calibration.threshold)
    scales = calibration.scales
    gain = scales.gain(recalled.confidence) if scales else 0.0
    course.steps.append(account.sure(recalled.confidence, threshold, gain=gain, moved=_MOVED if moved else ""))
    # What recites no studied fact has no passage to show for itself.
    is_trusted = not moved and recalled.fact is not None
    way = partial(route, probability=recalled.confidence, threshold=threshold, can_be_trusted=is_trusted)
    is_gain = scales is not None and scales.is_worth_looking_up(recalled.confidence)
    if way(can_look_up=True, is_gain=is_gain) is Route.ANSWER:
        return _from_memory(question, recalled, desk, course, "answered from memory")
    try:
        reading = _said_today(recalled, threshold, named, course) or _read(question, desk, course, named, gone)
    except _UNAVAILABLE as error:
        if way(can_look_up=False) is Route.ANSWER:
            return _from_memory(question, recalled, desk, course, f"answered from memory; not looked up: {error}")
        reason = f"{_MOVED}; " if moved else ""
        withheld = () if moved else _claims(_memory_claim(recalled, desk))
        return _declined(question, course, f"{reason}it could not be looked up: {error}", withheld, ())
    with course.stage("resolve"):
        settlement = _settled(recalled, reading, desk, named, scales, is_stale=moved)
    if settlement.winner is Origin.MEMORY:
        answer = _from_memory(question, recalled, desk, course, settlement.rule, confidence=settlement.confidence)
    elif settlement.winner is Origin.DOCUMENTS and reading.claim:
        answer = _looked_up(question, reading.claim, course, settlement.rule, confidence=settlement.confidence)
    else:
        reasons = (_lost(recalled, named), _why_not(reading, settlement.rule))
        withheld = _claims(*settlement.candidates, reading.made_up)
        answer = _declined(question, course, "; ".join(filter(None, reasons)), withheld, reading.hits)
    return _on_record(answer, _conflict(settlement, reading), desk)


def _read(question: str, desk: Desk, course: Course, named: Named, gone: ByheartError | None) -> Read:
    """What the documents say; where they could not be asked, they are not asked again."""
    if gone:
        raise gone
    return lookup.read(question, desk, course, named)


def _is_out_of_date(recalled: Recalled, named: Named) -> bool:
    """Whether documents have moved away from what was recalled, or the question is about another text of its work."""
    fact = recalled.fact
    if fact and fact.work in named.works:
        is_another = fact.revision.source not in named.sources
        return is_another or fact.support not in (Support.STILL, Support.SUPERSEDED)
    return has_moved(fact, recalled.surroundings)


def _lost(recalled: Recalled, named: Named) -> str:
    """What has become of what memory would have said, in words; nothing where it would not have spoken anyway."""
    fact = recalled.fact
    if fact is None or fact.work in named.works or recalled.confidence < LEAST_RECALLED:
        return ""
    return "" if fact.support is Support.STILL else account.moved(fact)


def _said_today(recalled: Recalled, threshold: float, named: Named, course: Course) -> Read | None:
    """What stands today in the very sentence that memory is sure of, where the ledger knows it: no need to read."""
    fact = recalled.fact
    if fact is None or recalled.confidence < threshold or fact.work in named.works:
        return None
    if fact.support not in (Support.CHANGED, Support.SUPERSEDED):
        return None
    return lookup.instead_of(fact, recalled.confidence, course)


def _settled(
    recalled: Recalled, reading: Read, desk: Desk, named: Named, scales: Scales | None, *, is_stale: bool
) -> Settlement:
    """Who wins, and the candidates there were."""
    fact = recalled.fact
    # A question that names a version is about that text: no other one is the newer or older of it.
    is_comparable = fact is not None and fact.work not in named.works
    newer = bool(is_comparable and reading.claim and _is_newer(reading, recalled, desk))
    # What documents have moved away from may be compared with what is read, but never given.
    memory = None if is_stale and not newer else _memory_claim(recalled, desk)
    return settle(memory, reading.claim, floor=desk.settings.floor, is_reading_newer=newer, scales=scales)


def _is_newer(reading: Read, recalled: Recalled, desk: Desk) -> bool:
    """Whether what was read is of a newer text: of the work that memory holds, or on the same subject and attribute."""
    fact = recalled.fact
    if fact is None:
        return False
    if reading.hit is None:
        # Taken from the sentence that the fact was learned from.
        return True
    return is_newer(reading.hit, fact) or lookup.is_on_the_same(fact, reading.hit, desk)


def _conflict(settlement: Settlement, reading: Read) -> Conflict | None:
    """What was said differently and settled: between the sides, and among the passages where they speak."""
    if settlement.conflict:
        others = reading.conflict.others if reading.conflict else ()
        return replace(settlement.conflict, others=others)
    return reading.conflict if settlement.winner is Origin.DOCUMENTS else None


def _from_documents(question: str, desk: Desk, course: Course) -> Answer:
    try:
        return _read_alone(question, desk, course)
    except _UNAVAILABLE as error:
        return _declined(question, course, f"it could not be looked up: {error}; {error.hint}", (), ())


def _read_alone(question: str, desk: Desk, course: Course) -> Answer:
    """What the documents alone answer; one of _UNAVAILABLE is raised where they cannot."""
    reading = lookup.read(question, desk, course, desk.ledger.editions.named(question))
    claim = reading.claim
    if claim and claim.confidence >= desk.settings.floor:
        answer = _looked_up(question, claim, course, "read in the documents", confidence=claim.confidence)
        return _on_record(answer, reading.conflict, desk)
    why = f"reading is {claim.confidence:.0%} sure, {desk.settings.floor:.0%} wanted" if claim else ""
    return _declined(question, course, _why_not(reading, why), _claims(claim, reading.made_up), reading.hits)


def _why_not(reading: Read, rule: str) -> str:
    """Why nothing is answered, in words."""
    if reading.made_up:
        return "what was read stands in no passage"
    if reading.claim:
        return rule
    return "the passages found do not tell" if reading.hits else "no passage was found"


def _from_memory(
    question: str, recalled: Recalled, desk: Desk, course: Course, why: str, *, confidence: float | None = None
) -> Answer:
    if not recalled.draft.text:
        return _declined(question, course, "memory said nothing", (), ())
    claim = Claim(
        recalled.draft.text,
        recalled.confidence if confidence is None else confidence,
        desk.ledger.studies.learned_from(recalled.fact) if recalled.fact else None,
    )
    return _answer(question, claim, Origin.MEMORY, course, why)


def _looked_up(question: str, claim: Claim, course: Course, why: str, *, confidence: float) -> Answer:
    return _answer(question, replace(claim, confidence=confidence), Origin.DOCUMENTS, course, why)


def _declined(question: str, course: Course, why: str, withheld: tuple[Claim, ...], nearest: Sequence[Hit]) -> Answer:
    best = max((claim.confidence for claim in withheld), default=0.0)
    declined = _answer(question, Claim("", best, None), Origin.NONE, course, why)
    return replace(declined, citations=tuple(cited(hit) for hit in nearest[:_SHOWN]), withheld=withheld)


def _answer(question: str, claim: Claim, origin: Origin, course: Course, why: str) -> Answer:
    steps = (*course.steps, Step("answer" if claim.text else "not known", why))
    return Answer(
        question,
        claim.text,
        origin,
        claim.confidence,
        (claim.citation,) if claim.citation else (),
        course.seconds(),
        dict(course.stages),
        account.lines(steps),
        tokens_in=sum(draft.tokens_in for draft in course.drafts),
        tokens_out=sum(len(draft.tokens) for draft in course.drafts),
        steps=steps,
    )


def _on_record(answer: Answer, conflict: Conflict | None, desk: Desk) -> Answer:
    """`answer` with the conflict that was settled, which is also written down."""
    if conflict is None:
        return answer
    steps = [*answer.steps, Step("conflict", conflict.told)]
    try:
        desk.ledger.conflicts.log(answer.question, conflict, seen=datetime.now(UTC).isoformat())
    except (LibraryBusy, LibraryDamaged) as error:
        # A library that cannot be written to can still be asked.
        steps.append(Step("record", f"not written down: {error}"))
    return replace(answer, conflict=conflict, steps=tuple(steps), why=account.lines(steps))


def _with_caveat(answer: Answer, desk: Desk) -> Answer:
    """`answer`, which says so where the version or date that was asked for is not held."""
    nearest = answer.citations[0] if answer.citations else None
    wanted = desk.ledger.editions.missing(answer.question, nearest.source) if nearest else ""
    if not (nearest and wanted):
        return answer
    caveat = account.missing(wanted, nearest.edition if answer.text else "")
    # What was decided stays the last step.
    steps = (*answer.steps[:-1], Step("edition", caveat), *answer.steps[-1:])
    return replace(answer, caveat=caveat, steps=steps, why=account.lines(steps))


def _claims(*claims: Claim | None) -> tuple[Claim, ...]:
    """Those of `claims` that were made, surest first."""
    return tuple(sorted((claim for claim in claims if claim), key=lambda claim: -claim.confidence))


def _memory_claim(recalled: Recalled, desk: Desk) -> Claim | None:
    if not recalled.draft.text:
        return None
    citation = desk.ledger.studies.learned_from(recalled.fact) if recalled.fact else None
    return Claim(recalled.draft.text, recalled.confidence, citation)
