"""Questions whose answer was never taught: what a confidence must learn to doubt.

Takes the facts of a study; gives near misses (known subjects asked for attributes that they do not have, subjects that
look like known ones) and questions about something else altogether. Each is checked against the facts, so that none is
answered by one of them by accident. None is ever trained on.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Sequence

from byheart.questions import Gap, asked, blank
from byheart.types import Fact, FactKind
from byheart.wordings import (
    ALIKE,
    SELDOM_GIVEN,
    UNRELATED,
    UNRELATED_WORDS,
    Attribute,
    is_of_subject,
    known_attribute,
    spoken,
    spoken_attribute,
)


def near_misses(facts: Sequence[Fact], rng: random.Random, count: int) -> list[str]:
    """At most `count` different questions that sound as if one of `facts` answered them, and none does."""
    held = _Held(facts)
    return _made(held.makers, rng, count) if held.makers else []


def unrelated(rng: random.Random, count: int) -> list[str]:
    """At most `count` different questions about something else altogether."""
    return _made([_unrelated], rng, count)


def _made(makers: Sequence[Callable[[random.Random], str]], rng: random.Random, count: int) -> list[str]:
    made: dict[str, None] = {}
    for _ in range(count * 10):
        if len(made) == count:
            break
        if question := rng.choice(makers)(rng):
            made[question] = None
    return list(made)


def _unrelated(rng: random.Random) -> str:
    words = {name: rng.choice(choices) for name, choices in UNRELATED_WORDS.items()}
    return rng.choice(UNRELATED).format(**words)


class _Held:
    """What is taught, looked up fast, and the ways to ask for what is not."""

    def __init__(self, facts: Sequence[Fact]) -> None:
        self._of_subject = [fact for fact in facts if is_of_subject(fact) and fact.kind is not FactKind.TABLE]
        self._of_sentences = [fact for fact in facts if not is_of_subject(fact)]
        self._attributes: dict[str, set[str]] = {}
        for fact in self._of_subject:
            self._attributes.setdefault(fact.subject, set()).add(known_attribute(fact.attribute))
        self._text = "\n".join(f"{fact.subject}\n{fact.statement}\n{fact.value}" for fact in facts).lower()
        self._terms = sorted({term for fact in facts if (term := _term_of(fact))})
        self.makers: list[Callable[[random.Random], str]] = []
        if self._terms:
            self.makers += [self._seldom_given]
        if self._of_sentences:
            self.makers += [self._invented_term] * 2
        if self._of_subject:
            self.makers += [self._attribute_not_held, self._invented_subject] * 2

    def _attribute_not_held(self, rng: random.Random) -> str:
        """ "Who sponsored PEP 8?" where no sponsor is given, though other subjects have one."""
        fact, other = rng.choice(self._of_subject), rng.choice(self._of_subject)
        asked_for, has = known_attribute(other.attribute), self._attributes[fact.subject]
        if (
            fact.kind is not other.kind
            or asked_for in has
            or any(asked_for in alike and alike & has for alike in ALIKE)
        ):
            return ""
        return _worded(fact.subject, spoken(other), rng)

    def _invented_subject(self, rng: random.Random) -> str:
        """ "When was PEP 9731 created?" where there is no such PEP."""
        fact = rng.choice(self._of_subject)
        subject = self._lookalike(fact.subject, rng)
        return _worded(subject, spoken(fact), rng) if subject else ""

    def _invented_term(self, rng: random.Random) -> str:
        """A question that a fact answers, but for one term of it, which is not known."""
        fact = rng.choice(self._of_sentences)
        question = asked(Gap(blank(fact.statement, fact.value), fact.attribute, fact.subject))
        terms = [term for term in _SPECIFIC.findall(question) if question.count(term) == 1]
        invented = self._lookalike(term, rng) if terms and (term := rng.choice(terms)) else ""
        return question.replace(term, invented) if invented else ""

    def _seldom_given(self, rng: random.Random) -> str:
        """ "What is the mailing list of os.scandir?" """
        return _worded(rng.choice(self._terms), spoken_attribute(rng.choice(SELDOM_GIVEN)), rng)

    def _lookalike(self, term: str, rng: random.Random) -> str:
        """A term like `term` that nothing taught mentions; empty if none comes to mind."""
        numbered = re.fullmatch(r"([A-Za-z]+ )(\d+)", term)
        if numbered:
            number = rng.choice((rng.randrange(1, 10 ** len(numbered[2])), rng.randrange(1000, 10_000)))
            invented = f"{numbered[1]}{number}"
        elif code := re.fullmatch(r"([\w.]*?)(\w+)(\(\))?", term):
            is_class = code[2][:1].isupper()
            ending = rng.choice(("Proxy", "View", "Pool", "Guard") if is_class else ("_all", "_safe", "_once", "_lazy"))
            invented = f"{code[1]}{code[2]}{ending}{code[3] or ''}"
        else:
            return ""
        return "" if re.search(rf"(?<!\w){re.escape(invented.lower())}(?!\w)", self._text) else invented


_SPECIFIC = re.compile(
    r"\b(?:PEP \d+|(?:\w{2,}\.)*\w*(?:_\w|[a-z][A-Z])\w*(?:\(\))?|\w{2,}(?:\.[a-z]\w+)+(?:\(\))?|\w+\(\))(?!\w)"
)


def _term_of(fact: Fact) -> str:
    if is_of_subject(fact):
        return fact.subject if fact.kind is not FactKind.TABLE else ""
    return fact.value if fact.kind is not FactKind.NUMBER and re.fullmatch(r"[\w.]{3,}(?:\(\))?", fact.value) else ""


def _worded(subject: str, wordings: Attribute, rng: random.Random) -> str:
    if rng.random() < 0.3:
        return rng.choice(wordings.named).format(n=rng.choice(wordings.names), s=subject)
    return rng.choice([question for family in wordings.questions for question in family]).format(s=subject)
