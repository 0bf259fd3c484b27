"""Passages to facts: what is said in them that is worth learning, worthiest first.

Takes documents as their passages in order; gives facts, and counts by reason of what was left out. A fact is kept if
one value of few words answers a question that a person can understand without the text at hand. It writes no
question (lessons.py does) and asks no model.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from byheart import structures
from byheart.forms import fact_of_answer, facts_of_heading, facts_of_saying, sayings_of
from byheart.gaps import ways_of
from byheart.headings import answers
from byheart.pairs import fact_of_pair, is_pair
from byheart.prose import facts_of_prose
from byheart.questions import about
from byheart.structures import Described
from byheart.types import Fact, FactKind, Passage, Reason
from byheart.wordings import ANSWER, is_of_subject
from byheart.words import content_terms
from byheart.worth import Weighed, worthiest_first


@dataclass(frozen=True, slots=True)
class Found:
    """The facts of documents, worthiest first, and how many were dropped, by reason."""

    facts: tuple[Fact, ...]
    dropped: Mapping[str, int]


def find(documents: Iterable[Sequence[Passage]]) -> Found:
    """The facts of `documents`, each given as its passages in order."""
    dropped: Counter[str] = Counter()
    weighed: list[Weighed] = []
    for passages in documents:
        for judged in _facts_of(passages):
            if isinstance(judged, Reason):
                dropped[judged] += 1
            else:
                weighed.append(judged)
    kept = _told_apart(weighed, dropped)
    return Found(tuple(worthiest_first(kept)), {str(reason): count for reason, count in sorted(dropped.items())})


def _facts_of(passages: Sequence[Passage]) -> Iterator[Weighed | Reason]:
    """What the passages of one document say, judged."""
    asked = [passage for passage in passages if is_pair(passage)]
    yield from map(fact_of_pair, asked)
    passages = [passage for passage in passages if passage not in asked] if asked else passages
    name = next((name for name in map(structures.identity, passages[:1]) if name), "")
    carried: Described | None = None
    for number, passage in enumerate(passages):
        described = structures.objects(passage.text, carried)
        carried = structures.unfinished(passage.text, described)
        sayings = sayings_of(passage, name, described, is_first=number == 0)
        context = about(passage, name)
        for saying in sayings:
            yield from facts_of_saying(passage, saying, context)
        yield from facts_of_heading(passage, context)
        taken = [(saying.start, saying.end) for saying in sayings]
        yield from facts_of_prose(passage, name, described, taken)
    yield from map(fact_of_answer, answers(passages))


# ── all together ──


def _told_apart(weighed: Sequence[Weighed], dropped: Counter[str]) -> list[Weighed]:
    """Facts without those that another one repeats, and without those whose question another one answers otherwise.

    Of two answers to the question of a heading the worthier one stays: both are right.
    """
    values: defaultdict[tuple[str, ...], set[str]] = defaultdict(set)
    asking = {one.fact.id: _questions(one.fact) for one in weighed}
    for one in weighed:
        for question in asking[one.fact.id]:
            values[question].add(one.fact.value.lower())
    kept: dict[str, Weighed] = {}
    asked: set[tuple[str, ...]] = set()
    answered: set[tuple[str, ...]] = set()
    for one in sorted(weighed, key=lambda one: -one.worth):
        questions = asking[one.fact.id]
        has_rivals = all(len(values[question]) > 1 for question in questions)
        if one.fact.id in kept or (one.fact.attribute == ANSWER and _answer(one.fact) in answered):
            dropped[Reason.REPEATED] += 1
        elif has_rivals and (one.fact.attribute != ANSWER or questions[0] in asked):
            dropped[Reason.AMBIGUOUS] += 1
        else:
            kept[one.fact.id] = one
            asked.update(questions)
            answered.add(_answer(one.fact))
    return list(kept.values())


def _answer(fact: Fact) -> tuple[str, ...]:
    """What a question and its answer say, by which near-duplicates are known."""
    return (*content_terms(fact.subject), "", *content_terms(fact.value))


def _questions(fact: Fact) -> list[tuple[str, ...]]:
    """The ways to ask for a fact; one that another fact answers otherwise in each of them is ambiguous."""
    if is_of_subject(fact) or fact.attribute == ANSWER:
        return [(fact.subject.lower(), fact.attribute.lower())]
    # A sentence is no rival to the word in it.
    extent = "whole" if fact.kind is FactKind.SENTENCE else "part"
    return [(extent, gap.context.lower(), gap.text.lower()) for gap in ways_of(fact)]
