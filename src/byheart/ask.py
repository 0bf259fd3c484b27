"""The corridor: a question walks forward through look around, recall, route, search, read and resolve to one Answer.

Takes a question and a `Desk` (the open parts of a library); gives an Answer, whichever exit was taken. This module
alone knows the order of the stages. It trains nothing, writes nothing but the record of a conflict, and a part
that is missing or down changes the route, never the kind of result.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from byheart import prompts
from byheart.confidence import (
    UNTAUGHT_READER,
    Calibration,
    reading_features,
    recall_features,
    recited,
    standing,
)
from byheart.errors import LibraryBusy, ModelMissing, ModelUnavailable, NothingStudied, StoreUnavailable, UsageError
from byheart.ledger import Ledger
from byheart.ports import Model
from byheart.resolve import Settlement, is_newer, settle
from byheart.route import has_moved, route
from byheart.settings import Settings
from byheart.types import (
    Answer,
    Citation,
    Claim,
    Conflict,
    Draft,
    Hit,
    Origin,
    Route,
    Side,
    Surroundings,
    Taught,
)

# How many of the passages nearest to a question are shown when it is not answered.
_SHOWN = 3


@dataclass(frozen=True, slots=True)
class Desk:
    """What a question is answered with.

    `model` recalls and `reader` reads, often the same one; they and `search` open what they need when they are first
    called. `calibration` is None for a library that was never studied: it has no memory to ask.
    """

    ledger: Ledger
    settings: Settings
    model: Callable[[], Model]
    reader: Callable[[], Model]
    search: Callable[[str, int], list[Hit]]
    calibration: Calibration | None


@dataclass(frozen=True, slots=True)
class Recalled:
    """What memory gave: the draft, how probable it is right, and the studied fact it recites, if any."""

    draft: Draft
    confidence: float
    fact: Taught | None
    surroundings: Surroundings


@dataclass(frozen=True, slots=True)
class Read:
    """What the documents gave: passages best first, the draft made from them, and how probable it is right."""

    hits: Sequence[Hit]
    draft: Draft | None
    confidence: float
    cited: Hit | None


@dataclass(slots=True)
class _Clock:
    """Seconds by stage."""

    started: float = field(default_factory=time.perf_counter)
    stages: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        begun = time.perf_counter()
        try:
            yield
        finally:
            self.stages[name] = self.stages.get(name, 0.0) + time.perf_counter() - begun

    def seconds(self) -> float:
        return time.perf_counter() - self.started


def ask(question: str, desk: Desk, *, side: Side | None = None) -> Answer:
    """The answer to `question`; `side` "memory" gives the recall ungated, "documents" what reading finds."""
    question = question.strip()
    if not question:
        raise UsageError("the question is empty", hint='byheart ask "Which …?"')
    clock = _Clock()
    if side == "documents" or (desk.calibration is None and side is None):
        return _from_documents(question, desk, clock)
    if desk.calibration is None:
        raise NothingStudied(desk.ledger.folder)
    try:
        recalled = recall(question, desk, desk.calibration, clock)
    except ModelUnavailable as error:
        # The same model would read: there is nothing to fall back to.
        return _declined(question, clock, f"{error}; {error.hint}", (), ())
    if side == "memory":
        return _from_memory(question, recalled, desk, clock, "recalled, not checked (memory was asked for)")
    return _routed(question, recalled, desk, desk.calibration, clock)


def recall(question: str, desk: Desk, calibration: Calibration, clock: _Clock | None = None) -> Recalled:
    """What memory says to `question`, and how probable it is that it is right."""
    clock = clock or _Clock()
    with clock.stage("look around"):
        surroundings = desk.ledger.look_around(question)
    with clock.stage("recall"):
        draft = desk.model().complete(
            prompts.recall(question), tokens=desk.settings.answer_tokens, timeout=desk.settings.timeout
        )
    with clock.stage("confidence"):
        confidence = calibration.recall.probability(recall_features(question, draft, surroundings))
        return Recalled(draft, confidence if draft.text else 0.0, recited(draft.text, surroundings), surroundings)


def read(question: str, desk: Desk, clock: _Clock | None = None) -> Read:
    """What the documents say to `question`: found, read, and how probable it is that it is right."""
    clock = clock or _Clock()
    with clock.stage("search"):
        hits = desk.search(question, max(desk.settings.passages, _SHOWN))
    if not hits:
        return Read((), None, 0.0, None)
    shown = hits[: desk.settings.passages]
    with clock.stage("read"):
        draft = desk.reader().complete(
            prompts.read(question, shown), tokens=desk.settings.answer_tokens, timeout=desk.settings.timeout
        )
    if not draft.text or draft.text.rstrip(".") == prompts.NOT_TOLD.rstrip("."):
        return Read(hits, replace(draft, text=""), 0.0, None)
    with clock.stage("confidence"):
        gate = desk.calibration.reading if desk.calibration else UNTAUGHT_READER
        confidence = gate.probability(reading_features(question, draft, shown))
        place = standing(draft.text, shown)
    return Read(hits, draft, confidence, shown[place or 0])


def _routed(question: str, recalled: Recalled, desk: Desk, calibration: Calibration, clock: _Clock) -> Answer:
    moved = has_moved(recalled.fact, recalled.surroundings)
    threshold = max(desk.settings.trust, calibration.threshold)
    way = route(
        probability=recalled.confidence,
        threshold=threshold,
        # What recites no studied fact has no passage to show for itself.
        can_be_trusted=not moved and recalled.fact is not None,
        can_look_up=True,
    )
    sure = f"{recalled.confidence:.0%} sure, {threshold:.0%} wanted"
    if way is Route.ANSWER:
        return _from_memory(question, recalled, desk, clock, f"recalled: {sure}")
    try:
        reading = read(question, desk, clock)
    except (StoreUnavailable, ModelUnavailable, ModelMissing) as error:
        reason = "the documents have moved since the study" if moved else sure
        withheld = () if moved else _claims(_memory_claim(recalled, desk))
        return _declined(question, clock, f"{reason}; it could not be looked up: {error}", withheld, ())
    with clock.stage("resolve"):
        settlement, withheld = _settled(recalled, reading, desk, is_stale=moved)
    why = f"{'documents moved since the study' if moved else sure}; {settlement.rule}"
    if settlement.winner is Origin.MEMORY:
        answer = _from_memory(question, recalled, desk, clock, why, confidence=settlement.confidence)
    elif settlement.winner is Origin.DOCUMENTS:
        answer = _looked_up(question, reading, clock, why, confidence=settlement.confidence)
    else:
        answer = _declined(question, clock, why, withheld, reading.hits)
    answer = _counted(answer, recalled.draft, reading.draft)
    return _on_record(answer, settlement.conflict, desk) if settlement.conflict else answer


def _settled(recalled: Recalled, reading: Read, desk: Desk, *, is_stale: bool) -> tuple[Settlement, tuple[Claim, ...]]:
    """Who wins, and the candidates there were."""
    memory = _memory_claim(recalled, desk)
    found = _reading_claim(reading)
    newer = bool(recalled.fact and reading.cited and is_newer(reading.cited, recalled.fact))
    # What documents have moved away from may be compared with what is read, but never given.
    unusable = is_stale and not (found and newer)
    settlement = settle(None if unusable else memory, found, floor=desk.settings.floor, is_reading_newer=newer)
    return settlement, _claims(None if is_stale else memory, found)


def _from_documents(question: str, desk: Desk, clock: _Clock) -> Answer:
    try:
        reading = read(question, desk, clock)
    except (StoreUnavailable, ModelUnavailable, ModelMissing) as error:
        return _declined(question, clock, f"it could not be looked up: {error}; {error.hint}", (), ())
    claim = _reading_claim(reading)
    if claim and claim.confidence >= desk.settings.floor:
        return _counted(
            _looked_up(question, reading, clock, "read in the documents", confidence=claim.confidence), reading.draft
        )
    why = "the passages found do not tell" if reading.hits else "no passage was found"
    if claim:
        why = f"reading is {claim.confidence:.0%} sure, {desk.settings.floor:.0%} wanted"
    return _counted(_declined(question, clock, why, _claims(claim), reading.hits), reading.draft)


def _from_memory(
    question: str, recalled: Recalled, desk: Desk, clock: _Clock, why: str, *, confidence: float | None = None
) -> Answer:
    if not recalled.draft.text:
        return _declined(question, clock, "memory said nothing", (), ())
    cited = _learned_from(recalled.fact, desk) if recalled.fact else None
    answer = Answer(
        question,
        recalled.draft.text,
        Origin.MEMORY,
        recalled.confidence if confidence is None else confidence,
        (cited,) if cited else (),
        clock.seconds(),
        dict(clock.stages),
        why,
    )
    return _counted(answer, recalled.draft)


def _looked_up(question: str, reading: Read, clock: _Clock, why: str, *, confidence: float) -> Answer:
    text = reading.draft.text if reading.draft else ""
    citations = (_citation(reading.cited),) if reading.cited else ()
    return Answer(question, text, Origin.DOCUMENTS, confidence, citations, clock.seconds(), dict(clock.stages), why)


def _declined(question: str, clock: _Clock, why: str, withheld: tuple[Claim, ...], nearest: Sequence[Hit]) -> Answer:
    return Answer(
        question,
        "",
        Origin.NONE,
        max((claim.confidence for claim in withheld), default=0.0),
        tuple(_citation(hit) for hit in nearest[:_SHOWN]),
        clock.seconds(),
        dict(clock.stages),
        why,
        withheld=withheld,
    )


def _counted(answer: Answer, *drafts: Draft | None) -> Answer:
    """`answer` with the tokens of the model calls that led to it."""
    made = [draft for draft in drafts if draft]
    return replace(
        answer,
        tokens_in=sum(draft.tokens_in for draft in made),
        tokens_out=sum(len(draft.tokens) for draft in made),
    )


def _on_record(answer: Answer, conflict: Conflict, desk: Desk) -> Answer:
    try:
        desk.ledger.log_conflict(answer.question, conflict, seen=datetime.now(UTC).isoformat())
    except LibraryBusy:
        return replace(answer, conflict=conflict, why=f"{answer.why}; not recorded: the library is being written to")
    return replace(answer, conflict=conflict)


def _claims(*claims: Claim | None) -> tuple[Claim, ...]:
    """Those of `claims` that were made, surest first."""
    return tuple(sorted((claim for claim in claims if claim), key=lambda claim: -claim.confidence))


def _memory_claim(recalled: Recalled, desk: Desk) -> Claim | None:
    if not recalled.draft.text:
        return None
    citation = _learned_from(recalled.fact, desk) if recalled.fact else None
    return Claim(recalled.draft.text, recalled.confidence, citation)


def _reading_claim(reading: Read) -> Claim | None:
    if reading.draft is None or not reading.draft.text or reading.cited is None:
        return None
    return Claim(reading.draft.text, reading.confidence, _citation(reading.cited))


def _learned_from(taught: Taught, desk: Desk) -> Citation:
    passage = desk.ledger.studies.passage(taught)
    revision = taught.revision
    return Citation(
        revision.source,
        passage.title,
        passage.heading,
        taught.place,
        taught.place + len(passage.text),
        passage.text,
        revision.version,
        revision.dated,
        taught.support,
    )


def _citation(hit: Hit) -> Citation:
    return Citation(hit.source, hit.title, hit.heading, hit.start, hit.end, hit.text, hit.version, hit.dated)
