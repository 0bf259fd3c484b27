"""The documents' side of the corridor: search, read, and say only what stands in a passage.

Takes a question and a desk; gives what was read as a claim with the exact span that says it, and what other passages
say against it. Which texts may be read is decided here: those a question names, else the newest of each work, and none
that only speaks to its reader. It knows nothing of memory.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from byheart import account, injections, prompts, quoting, resolve, rivals, works
from byheart.confidence import READING_FEATURES, gate_of, reading_features
from byheart.desk import Course, Desk
from byheart.editions import Named, cited
from byheart.rivals import Rival
from byheart.types import Claim, Conflict, Draft, Hit, Taught
from byheart.wordings import is_of_subject
from byheart.words import content_terms

# How many passages are found; the best are read, and so many are heard on whether they say the same.
_FOUND = 30
_HEARD = 10


@dataclass(frozen=True, slots=True)
class Read:
    """What the documents gave: the passages that may be read, best first, and the claim made from one of them.

    `claim` is None where they do not tell; `made_up` is what was read and stands in none of them. `conflict` tells
    where passages contradict each other.
    """

    hits: Sequence[Hit]
    claim: Claim | None = None
    hit: Hit | None = None
    made_up: Claim | None = None
    conflict: Conflict | None = None


def read(question: str, desk: Desk, course: Course, named: Named) -> Read:
    """What the documents say to `question`: found, read, quoted, and compared with what other passages say."""
    with course.stage("search"):
        found = desk.search(question, _FOUND)
        allowed = [hit for hit in found if _is_allowed(hit, named)]
        # The version has done its work: what is asked of the text that it named holds no other word for it.
        question = named.question if allowed and allowed[0].work in named.works else question
        hits = _readable(question, allowed, desk.settings.passages + _HEARD)
        course.steps.append(account.searched(found, allowed))
    if not hits:
        return Read(())
    shown = hits[: desk.settings.passages]
    with course.stage("read"):
        prompt = prompts.read(question, [replace(hit, text=hit.text.replace(injections.BLANK, "")) for hit in shown])
        draft = desk.reader().complete(prompt, tokens=desk.settings.answer_tokens, timeout=desk.settings.timeout)
        course.drafts.append(draft)
    if not draft.text or prompts.NOT_TOLD.rstrip(".").lower() in draft.text.lower():
        course.steps.append(account.read("", None, 0.0, {}))
        return Read(hits)
    with course.stage("confidence"):
        return _judged(question, draft, shown, hits, found, desk, course, named)


def instead_of(taught: Taught, confidence: float, course: Course) -> Read | None:
    """What is said today in the sentence of a fact that memory is sure of; None where that is not plain."""
    if taught.instead is None:
        return None
    course.steps.append(account.changed(taught, taught.instead))
    return Read((), replace(taught.instead, confidence=confidence))


def is_on_the_same(taught: Taught, hit: Hit, desk: Desk) -> bool:
    """Whether a passage of another work, of a later date, states the same attribute of the same subject."""
    fact, dated = taught.fact, taught.revision.dated
    if not (is_of_subject(fact) and works.is_later(hit.dated, dated) and hit.work != taught.work):
        return False
    # Loaded only here: it takes longer than an answer from memory.
    from byheart import facts

    # The first passage of a document says what the others are about.
    passages = [placed.passage for placed in desk.ledger.passages(hit.source)]
    chosen = [passage for place, passage in enumerate(passages) if place == 0 or passage.id == hit.passage]
    wanted = (fact.subject.lower(), fact.attribute.lower())
    found = facts.find([chosen]).facts
    return any((one.subject.lower(), one.attribute.lower()) == wanted for one in found if one.passage == hit.passage)


def _judged(
    question: str,
    draft: Draft,
    shown: Sequence[Hit],
    hits: Sequence[Hit],
    found: Sequence[Hit],
    desk: Desk,
    course: Course,
    named: Named,
) -> Read:
    reader = desk.reader().name
    gate = desk.calibration.gate_for(reader) if desk.calibration else gate_of(reader)
    features = reading_features(question, draft, shown)
    confidence = gate.probability(features)
    place = quoting.quoted(draft.text, question, shown)
    told = dict(zip(READING_FEATURES, features, strict=True))
    course.steps.append(account.read(draft.text, place[0] if place else None, confidence, told))
    if place is None:
        return Read(hits, made_up=Claim(draft.text, confidence, None))
    whole = {(hit.source, hit.start): hit for hit in found}
    quoted = Rival(place[0], draft.text, place[1])

    def heard(among: Sequence[Hit]) -> tuple[Claim, list[Claim]]:
        given, said = rivals.sayings(question, quoted, among)
        return _claim(given, confidence, whole), [_claim(one, confidence, whole) for one in said]

    winner, conflict = resolve.outvoted(*heard(hits))
    if conflict is None:
        older = [hit for hit in found if hit.work == quoted.hit.work and hit.is_superseded and not named.works]
        winner, against = heard(older)
        conflict = resolve.superseded(winner, against)
    hit = whole[winner.citation.source, winner.citation.start] if winner.citation else None
    return Read(hits, winner, hit, conflict=conflict)


def _claim(said: Rival, confidence: float, whole: Mapping[tuple[str, int], Hit]) -> Claim:
    """What a passage says, cited as the passage is: without what was left out for reading."""
    return Claim(said.value, confidence, cited(whole[said.hit.source, said.hit.start], span=said.span))


def _is_allowed(hit: Hit, named: Named) -> bool:
    """Whether a passage is of a text that may be read: the one a question names, else the newest of its work."""
    return hit.source in named.sources if hit.work in named.works else not hit.is_superseded


def _readable(question: str, allowed: Sequence[Hit], most: int) -> list[Hit]:
    """At most `most` passages that are read for `question`, best first, without what speaks to their reader.

    A passage that was found for such words, and not for what it says of its matter, comes last.
    """
    wanted = set(content_terms(question))
    fit: list[Hit] = []
    unfit: list[Hit] = []
    for hit in allowed:
        title, *heading = map(injections.quiet, (hit.title, *hit.heading))
        quiet = replace(hit, text=injections.quiet(hit.text), title=title, heading=tuple(heading))
        has_lost = len(wanted & _terms(quiet)) < len(wanted & _terms(hit))
        if quiet.text.strip():
            (unfit if has_lost else fit).append(quiet)
        if len(fit) == most:
            break
    return [*fit, *unfit][:most]


def _terms(hit: Hit) -> set[str]:
    return set(content_terms(" ".join((hit.title, *hit.heading, hit.text))))
