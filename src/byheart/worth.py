"""What a fact is worth, and the order in which facts are taught.

Takes facts; gives numbers, and the worthiest first, spread over passages and sentences.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from byheart.questions import BLANK
from byheart.types import Fact, FactKind, Passage
from byheart.wordings import ATTRIBUTES, known_attribute


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
        return 14.5 if re.search(r"\w\w|[2-9]", fact.value) and fact.value not in _SWITCHES else 9.0
    return 13.0 if fact.kind is FactKind.DEFINITION else 10.0


def worth_of_term(fact: Fact, passage: Passage, question: str, *, is_marked: bool) -> float:
    """The worth of a value of few words in a sentence."""
    words = len(fact.statement.split())
    worth = 4.0 + 2 * is_marked + 2 * (not fact.subject)
    worth += _WORTH_OF_SORT.get(fact.attribute, 1.0)
    worth += 2 * bool(_SAYS_MUCH.search(question)) + 2 * (8 <= words <= 28) - 2 * (words > 35)
    worth += question.startswith(BLANK) or bool(re.search(rf"{BLANK}\W*$", question))
    return worth + _of_place(passage, question)


def worth_of_clause(fact: Fact, passage: Passage, question: str) -> float:
    """The worth of the part of a sentence that answers the other part."""
    words = len(fact.statement.split())
    worth = 6.0 + 2 * (not fact.subject) + 2 * (8 <= words <= 28) - 2 * (words > 35)
    worth += 2 * bool(_SAYS_MUCH.search(fact.statement))
    return worth + _of_place(passage, fact.statement)


def worth_of_answer(fact: Fact, passage: Passage) -> float:
    """The worth of the sentence that answers a heading, or that describes a term."""
    return 12.0 + 2.0 * (fact.attribute == "answer") + _of_place(passage, fact.value)


def worth_of_code(fact: Fact, passage: Passage) -> float:
    """The worth of a line of code, or of what it prints."""
    worth = 9.0 + 2.0 * (fact.kind is FactKind.CODE) + 2.0 * (fact.attribute == "exception")
    return worth - 2.0 * (fact.value in _SWITCHES) + _of_place(passage, "")


def _of_place(passage: Passage, said: str) -> float:
    worth = -2.0 * bool(re.search(r"\b(?:this|these|those|I|my)\b|for (?:example|instance)|e\.g\.", said))
    worth -= 4 * any(_ASIDE.search(heading) for heading in passage.heading)
    return worth


def worthiest_first(weighed: Iterable[Weighed]) -> list[Fact]:
    """By worth, less with each worthier fact of the same passage, so that no passage crowds out the others.

    Equals stand in an order by chance (their identity), so that the first documents do not crowd out the last.
    """
    taken: Counter[str] = Counter()
    said: Counter[tuple[str, int]] = Counter()
    placed = []
    for one in sorted(weighed, key=lambda one: (-one.worth, one.fact.id)):
        fact, worth = one.fact, one.worth
        if fact.kind is not FactKind.FIELD:
            worth -= 0.7 * taken[fact.passage] + 2.0 * said[fact.passage, one.place]
            taken[fact.passage] += 1
            said[fact.passage, one.place] += 1
        placed.append((-worth, fact.id, fact))
    return [fact for _, _, fact in sorted(placed, key=lambda one: one[:2])]


# What people ask of a document first.
_FIRST = ("title", "status", "created", "python-version", "author", "first author")
_SWITCHES = ("None", "True", "False")
_WORTH_OF_SORT = {"number": -4.0, "phrase": -4.0, "name": -2.0, "date": 2.0, "version": 2.0, "Python version": 2.0}
_SAYS_MUCH = re.compile(
    r"\b(?:is|are) (?:an?|the|called|known|named|used|defined|equivalent)\b|\b(?:returns?|raises?|means|defaults?|must"
    r"|should|requires?|introduced|added|deprecated|removed|replaced?|instead|called|only|never|always|creates?|allows?"
    r"|accepts?)\b"
)
_ASIDE = re.compile(
    r"acknowledg|reference|footnote|change|copyright|rejected|licen[cs]e|contribut|further|resources", re.I
)
