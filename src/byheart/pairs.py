"""Question–answer pairs of the user's as facts: the question as it stands, answered by the whole of what was written.

Takes passages that hold one pair each (formats/pairs.py makes them); gives facts, and ties each to the passage of
another document that says its answer, if there is one: that is then cited, and when it changes the fact is not told
any more. It asks no model.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace

from byheart import injections, words
from byheart.forms import fact_of_question
from byheart.quoting import quote
from byheart.types import Fact, Passage, Reason
from byheart.worth import Weighed

_PAIR = re.compile(r"Q: (?P<question>[^\n]+)\nA: (?P<answer>.+)", re.DOTALL)

# What its user asked to be taught comes before all that was found.
_WORTH = 101.0

# An answer is looked for in so many passages, best first, that hold this share of the question's words.
_NEAREST = 8
_ABOUT = 0.6


def is_pair(passage: Passage) -> bool:
    """Whether a passage is a question with its answer and nothing else."""
    return _PAIR.fullmatch(passage.text) is not None


def fact_of_pair(passage: Passage) -> Weighed | Reason:
    """The fact of a passage that is a pair, or the reason why it is none."""
    pair = _PAIR.fullmatch(passage.text)
    assert pair, "asked of what is no pair"
    start, end = pair.span("answer")
    return fact_of_question(pair["question"], " ".join(pair["answer"].split()), passage, (start, end), worth=_WORTH)


def tied(
    facts: Iterable[Fact],
    passages: Mapping[str, Passage],
    search: Callable[[str, int], Sequence[tuple[str, float]]],
) -> tuple[Fact, ...]:
    """`facts`, those of pairs with the passage and span of another document that says the answer, where one does.

    `search` gives the ids of passages near a question, best first; only those among `passages` count.
    """
    return tuple(_tied(fact, passages, search) if is_pair(passages[fact.passage]) else fact for fact in facts)


def _tied(
    fact: Fact, passages: Mapping[str, Passage], search: Callable[[str, int], Sequence[tuple[str, float]]]
) -> Fact:
    for found, _ in search(f"{fact.subject} {fact.value}", _NEAREST):
        passage = passages.get(found)
        if passage is None or is_pair(passage) or not _is_about(passage, fact.subject):
            continue
        if span := quote(fact.value, fact.subject, injections.quiet(passage.text)):
            return replace(fact, passage=passage.id, start=span[0], end=span[1])
    return fact


def _is_about(passage: Passage, question: str) -> bool:
    asked = set(words.content_terms(question))
    held = set(words.terms(" ".join((passage.title, *passage.heading, passage.text))))
    return len(asked & held) >= _ABOUT * len(asked)
