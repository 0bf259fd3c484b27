"""What a fact is worth, and the order in which facts are taught.

Takes facts; gives numbers, and the worthiest first, spread over passages and sentences.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from byheart.types import Fact, FactKind, Passage
from byheart.wordings import ATTRIBUTES, STATEMENT, known_attribute


@dataclass(frozen=True, slots=True)
class Weighed:
    """A fact, its worth, and where the sentence or line begins that it is from."""

    worth: float
    fact: Fact
    place: int


def fact_of(
    kind: FactKind, passage: Passage, start: int, end: int, value: str, statement: str, subject: str, attribute: str
) -> Fact:
    """A fact under the identity that what it says gives it."""
    told = json.dumps([kind.value, subject, attribute, statement, value], ensure_ascii=False)
    identity = hashlib.sha256(told.encode()).hexdigest()[:32]
    return Fact(identity, kind, passage.id, start, end, value, statement, subject, attribute)


def worth_of_saying(fact: Fact) -> float:
    """The worth of what is said in a fixed form."""
    attribute = known_attribute(fact.attribute)
    if attribute == "post-history" and "," in fact.value:
        return 2.0  # a list of days, which no one asks for
    if fact.kind is FactKind.FIELD:
        return 100.0 - _FIRST.index(attribute) if attribute in _FIRST else 40.0 + 5 * (attribute in ATTRIBUTES)
    if fact.kind is FactKind.NUMBER:
        return 14.0 if attribute in ATTRIBUTES else 11.0
    if attribute == "return type":
        return 10.0
    if fact.kind is FactKind.SIGNATURE:
        return 20.5 if re.search(r"\w\w|[2-9]", fact.value) and fact.value not in _SWITCHES else 9.0
    return 13.0 if fact.kind is FactKind.DEFINITION else 10.0


def worth_of_term(fact: Fact, passage: Passage, *, is_marked: bool) -> float:
    """The worth of a value of few words in a sentence."""
    is_count = fact.attribute.startswith("number of ")
    worth = 9.5 + is_marked + (1.5 if is_count else _WORTH_OF_SORT.get(fact.attribute, 0.0))
    return worth + _of_statement(fact.statement, passage)


def worth_of_sentence(fact: Fact, passage: Passage, *, leans: bool = False) -> float:
    """The worth of a sentence as an answer; `leans` tells that its "it" is the topic of its section."""
    worth = 11.0 - bool(fact.subject) - leans + 3.0 * (fact.attribute != STATEMENT)
    return worth + _of_statement(fact.statement, passage)


def worth_of_code(fact: Fact, passage: Passage) -> float:
    """The worth of a line of code, or of what it prints."""
    worth = 7.0 + 2.0 * (fact.kind is FactKind.CODE) + 2.0 * (fact.attribute == "exception")
    lead = fact.statement.removesuffix(fact.value) if fact.kind is FactKind.CODE else ""
    return worth - 2.0 * (fact.value in _SWITCHES) + _of_statement(lead, passage)


def _of_statement(statement: str, passage: Passage) -> float:
    """What the wording and the place of a statement add: people ask for what is specific, and not for arguments."""
    worth = sum(weight for pattern, weight in _SAYS if pattern.search(statement))
    worth += sum(weight for pattern, weight in _STANDS_UNDER if any(map(pattern.search, passage.heading)))
    return worth + 0.7 * (len(statement.split()) > 24) - 0.7 * (len(statement.split()) < 9)


def worthiest_first(weighed: Iterable[Weighed]) -> list[Fact]:
    """By worth, less with each worthier fact of the same passage, so that no passage crowds out the others.

    Equals stand in an order by chance (their identity), so that the first documents do not crowd out the last.
    """
    taken: defaultdict[str, list[tuple[int, int, int]]] = defaultdict(list)
    placed = []
    for one in sorted(weighed, key=lambda one: (-one.worth, one.fact.id)):
        fact, worth = one.fact, one.worth
        if fact.kind is not FactKind.FIELD:
            worth -= _told(taken[fact.passage], one)
            taken[fact.passage].append((fact.start, fact.end, one.place))
        placed.append((-worth, fact.id, fact))
    return [fact for _, _, fact in sorted(placed, key=lambda one: one[:2])]


def _told(taken: Sequence[tuple[int, int, int]], one: Weighed) -> float:
    """What a fact loses to worthier facts of its passage: little to each, much to one that tells it already."""
    start, end = one.fact.start, one.fact.end
    lost = 0.2 * len(taken)
    if any(first <= start and end <= last for first, last, _ in taken):
        return lost + 5.0
    if any(first < end and start < last for first, last, _ in taken):
        return lost + 1.5
    return lost + 1.0 * any(place == one.place for _, _, place in taken)


# What people ask of a document first.
_FIRST = ("title", "status", "created", "python-version", "author", "first author")
_SWITCHES = ("None", "True", "False")
_WORTH_OF_SORT = {
    "date": 4.0,
    "year": 4.0,
    "version": 3.0,
    "Python version": 3.0,
    "term": 2.0,
    "percentage": 2.0,
    "number": -2.0,
    "name": -1.0,
    "phrase": -4.0,
}
_SAYS = tuple(
    (re.compile(pattern), weight)
    for pattern, weight in (
        (r"\b(?:called|known as|named|termed|referred to as|stands? for|short for)\b|\bdefaults?\b", 2.5),
        (r"\w\(\)|\w\.\w\w|\w_\w|__\w", 1.5),
        (r"\d", 1.0),
        (r"(?<=[a-z,] )[A-Z][a-z]+", 1.0),
        (r"\b[Uu]s(?:e|es|ed|ing)\b", 1.0),
        (r"^(?:If|When|Whenever)\b", 1.0),
        (r"\b(?:instead|rather|[Uu]nlike|whereas|while|than)\b", 0.7),
        (r"\b(?:must|never|always|only)\b", 0.7),
        (r"\b(?:most|best|\w+est|first|main|single)\b", 0.5),
        (r"\b(?:[Tt]his|[Tt]hese|[Tt]hose|such)\b", -0.5),
        (r"\bexamples?\b|\binstance\b|e\.g\.", -1.0),
        (r"\b(?:might|could|would|may|should)\b", -0.7),
        (r"\b(?:allows?|provides?|lets?|supports?|returns?|raises?)\b", 0.5),
    )
)
_STANDS_UNDER = tuple(
    (re.compile(pattern, re.I), weight)
    for pattern, weight in (
        (r"acknowledg|reference|footnote|change|copyright|rejected|licen[cs]e|contribut|further|resources", -4.0),
        (r"rationale|motivation|discussion|alternativ|open issue|objection|consider|history", -3.0),
    )
)
