"""The ways to ask for a fact in words of its own sentence: each with another part of it as the gap.

Takes a fact, or a sentence as plain text; gives gaps, each with the words that fill it. A value of few words leaves one
gap, where it stood. A sentence is asked for part by part: what it is about, what it says of that, why, when, how, by
what means, and the code, names, numbers and versions in it.
"""

from __future__ import annotations

import hashlib
from dataclasses import replace
from functools import lru_cache

from byheart.candidates import candidates
from byheart.clauses import cuts, goal_asked
from byheart.questions import BLANK, Gap, blank, described, gives_away, keywords
from byheart.structures import as_value
from byheart.types import Fact, FactKind
from byheart.vocabulary import TRIVIAL_VALUES
from byheart.wordings import ANSWER, STATEMENT, is_of_subject, spoken

# One in so many rewrites is left out of training: it is asked when confidence is calibrated.
_LEFT_OUT = 5


@lru_cache(maxsize=20_000)
def gaps(sentence: str, context: str = "") -> tuple[Gap, ...]:
    """The gaps of a sentence that is asked for in `context`, none twice; none if no part of it can be asked for."""
    found = [Gap(blank(cut.statement, cut.value), cut.sort, cut.value, question=cut.question) for cut in cuts(sentence)]
    words = [(sentence[one.start : one.end], one.sort) for one in candidates(sentence, 0, len(sentence))]
    parts = [Gap(blank(sentence, word), sort, as_value(word)) for word, sort in words]
    told = [replace(gap, context=context) for gap in (*found, *parts) if gap.text.count(BLANK) == 1]
    asking = [gap for gap in told if len(keywords(gap)) > 1]
    return tuple(dict.fromkeys([gap for gap in asking if _is_answer(gap)] or asking))


def words_of(fact: Fact) -> list[str]:
    """The content words of all that a fact says, in order."""
    if fact.attribute == ANSWER:
        return keywords(Gap(fact.subject, ANSWER, fact.value))
    if fact.kind is FactKind.SENTENCE:
        return keywords(Gap(fact.statement, STATEMENT, fact.value, fact.subject))
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
    return Gap(blank(text, fact.value), sort, fact.value, fact.subject)


def is_only_asked(fact: Fact) -> bool:
    """Whether no part of an answer can be asked for: then there are no other words for it than its question's."""
    return fact.attribute == ANSWER and len(_own_ways(fact)) == 1


def values_of(fact: Fact) -> tuple[str, ...]:
    """All that is taught as an answer of a fact: its value, and of a sentence its parts."""
    parts = () if is_of_subject(fact) else (gap.value for gap in ways_of(fact))
    return tuple(dict.fromkeys((fact.value, *parts)))


def _is_answer(gap: Gap) -> bool:
    """Whether the words of a gap say something, and the words around it do not say it already."""
    value = gap.value.lower()
    return (
        value not in TRIVIAL_VALUES
        and value != gap.sort
        and (len(value) > 1 or not value.isalpha())
        and not gives_away(f"{gap.text} {gap.context}", gap.value)
    )


def _digest(text: str) -> int:
    return int(hashlib.sha256(text.encode()).hexdigest()[:8], 16)


def _own_ways(fact: Fact) -> tuple[Gap, ...]:
    if fact.kind is FactKind.SENTENCE:
        if fact.attribute == ANSWER:
            whole = Gap(f"{fact.subject} {BLANK}", ANSWER, fact.value, question=fact.subject)
            return (whole, *gaps(fact.statement))
        return gaps(fact.statement, fact.subject)
    if fact.kind is FactKind.DEFINITION:
        description = described(BLANK, fact.statement.removeprefix(f"{fact.value}: "))
        return (Gap(blank(description, fact.value), fact.attribute, fact.value),)
    gap = Gap(blank(fact.statement, fact.value), fact.attribute, fact.value, fact.subject)
    if fact.kind is FactKind.CODE:
        lead = fact.statement.removesuffix(fact.value).rstrip(": ")
        gap = replace(gap, question=goal_asked(lead) or f"{lead}: which line of code?")
    return (gap,)
