"""The ways to ask for a fact in words of its own sentence: each with another part of it as the gap.

Takes a fact, or a sentence as plain text; gives gaps. A value of few words leaves one gap, where it stood. A sentence
that is itself the answer is asked for by any of its parts: what it says of its subject, why, when, how, by what means,
and the code and versions in it.
"""

from __future__ import annotations

import hashlib
from dataclasses import replace
from functools import lru_cache

from byheart.candidates import candidates
from byheart.clauses import PREDICATE, cuts, goal_asked
from byheart.questions import BLANK, Gap, blank, described, keywords
from byheart.types import Fact, FactKind
from byheart.wordings import ANSWER, is_of_subject, spoken

# Sorts of words that make no question which a person would put, unless there is no other.
_UNTOLD = frozenset(("name", "phrase", "number", "PEP", "RFC"))

# One in so many rewrites is left out of training: it is asked when confidence is calibrated.
_LEFT_OUT = 5


@lru_cache(maxsize=20_000)
def gaps(sentence: str, context: str = "") -> tuple[Gap, ...]:
    """The gaps of a sentence that is asked for in `context`, none twice; none if no part of it can be asked for."""
    found = [Gap(blank(cut.statement, cut.value), cut.sort, question=cut.question) for cut in cuts(sentence)]
    words = candidates(sentence, 0, len(sentence))
    parts = [Gap(blank(sentence, sentence[one.start : one.end]), one.sort) for one in words]
    told = [replace(gap, context=context) for gap in (*found, *parts) if gap.text.count(BLANK) == 1]
    asking = [gap for gap in told if len(keywords(gap)) > 1]
    plain = [gap for gap in asking if gap.question or gap.sort not in _UNTOLD or gap.sort == PREDICATE]
    return tuple(dict.fromkeys(plain or asking))


def words_of(fact: Fact) -> list[str]:
    """The content words by which a fact is called to mind, in order."""
    if fact.attribute == ANSWER:
        return keywords(Gap(fact.subject, ""))
    if fact.kind is FactKind.SENTENCE:
        return keywords(Gap(fact.statement, "", fact.subject))
    return keywords(gap_of(fact))


def gap_of(fact: Fact) -> Gap:
    """The gap of a fact that stays the same; of a sentence that answers a heading, the heading's question."""
    ways = _own_ways(fact)
    return ways[0] if fact.attribute == ANSWER else ways[int(fact.id[:8], 16) % len(ways)]


def ways_of(fact: Fact) -> tuple[Gap, ...]:
    """All gaps of a fact that is asked for in words of its sentence, or of what a teacher has made of it."""
    return (*_own_ways(fact), *rewritten(fact))


def rewritten(fact: Fact, *, are_left_out: bool = False) -> tuple[Gap, ...]:
    """The gaps of a teacher's rewrites of a fact: those that are trained, or the share that never is."""
    taken = [text for text in fact.rewrites if (_digest(text) % _LEFT_OUT == 0) == are_left_out]
    return tuple(retold(fact, text) for text in taken)


def retold(fact: Fact, text: str) -> Gap:
    """The gap of a fact in a statement in other words."""
    sort = spoken(fact).names[0] if is_of_subject(fact) else fact.attribute
    return Gap(blank(text, fact.value), sort, fact.subject)


def is_only_asked(fact: Fact) -> bool:
    """Whether no part of an answer can be asked for: then there are no other words for it than its question's."""
    return fact.attribute == ANSWER and len(_own_ways(fact)) == 1


def _digest(text: str) -> int:
    return int(hashlib.sha256(text.encode()).hexdigest()[:8], 16)


def _own_ways(fact: Fact) -> tuple[Gap, ...]:
    if fact.kind is FactKind.SENTENCE:
        if fact.attribute == ANSWER:
            ways = gaps(fact.statement)
            first = ways[0] if ways else Gap(f"{fact.subject} {BLANK}", ANSWER)
            return (replace(first, question=fact.subject), *ways)
        return gaps(fact.statement, fact.subject)
    if fact.kind is FactKind.DEFINITION:
        description = described(BLANK, fact.statement.removeprefix(f"{fact.value}: "))
        return (Gap(blank(description, fact.value), fact.attribute),)
    gap = Gap(blank(fact.statement, fact.value), fact.attribute, fact.subject)
    if fact.kind is FactKind.CODE:
        lead = fact.statement.removesuffix(fact.value).rstrip(": ")
        gap = replace(gap, question=goal_asked(lead) or f"{lead}: which line of code?")
    return (gap,)
