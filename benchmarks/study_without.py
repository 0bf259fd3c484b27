"""What each part of the recipe is worth: the same study with one of them taken away, judged on sealed forms, paired.

Takes the name of a part; changes, while a study runs, the function that makes it, and nothing in byheart itself. Both
studies plan the same facts for the same minutes, so each fact is a pair.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any
from unittest.mock import patch

from scipy.stats import binomtest

from byheart import curriculum, lessons, plan, questions, study
from byheart.backends import resampling
from byheart.curriculum import FactCurriculum
from byheart.outcomes import Estimate
from byheart.types import Fact, Lesson, Passage

# The whole recipe, in the same minutes.
NOTHING = "nothing"

Families = Callable[..., Mapping[str, lessons.Wording]]


@dataclass(frozen=True, slots=True)
class Paired:
    """Two studies on the facts that both were asked: how many only one of them answered right, the difference of the
    shares right (first less second), and how probable so uneven a split would be by chance (McNemar's exact test)."""

    only_first: int
    only_second: int
    difference: Estimate
    chance: float


def paired(first: Mapping[str, bool], second: Mapping[str, bool]) -> Paired:
    """`first` and `second` tell of each fact, by id, whether it was answered right."""
    both = sorted(first.keys() & second.keys())
    only_first = sum(first[fact] and not second[fact] for fact in both)
    only_second = sum(second[fact] and not first[fact] for fact in both)
    apart = only_first + only_second
    difference = resampling.mean([float(first[fact]) - float(second[fact]) for fact in both], seed=0)
    return Paired(only_first, only_second, difference, binomtest(only_first, apart).pvalue if apart else 1.0)


@contextmanager
def taken_away(name: str, *, facts: int | None = None) -> Iterator[None]:
    """While this holds, a study is taught without the part of that name, and plans so many `facts`, if it is told."""
    with ExitStack() as stack:
        stack.enter_context(_PARTS[name]())
        if facts is not None:
            stack.enter_context(patch.object(plan, "affordable", lambda whole, tokens: facts))
        yield


def touched(name: str, facts: Sequence[Fact], passages: Mapping[str, Passage]) -> float:
    """The share (0 to 1) of the lessons of the first rounds that would be others, or none, without the part `name`."""
    own, without = (_first_rounds(part, facts, passages) for part in (NOTHING, name))
    kept = set(without)
    return sum(lesson not in kept for lesson in own) / len(own)


def _first_rounds(part: str, facts: Sequence[Fact], passages: Mapping[str, Passage]) -> list[Lesson]:
    """Two rounds of lessons with every probe answered right, as repetition then begins to be spaced; with replay."""
    replayed = [Lesson(f"Hello, number {place}", "Hello.", "") for place in range(len(facts))]
    with taken_away(part):
        made = study.FactCurriculum(facts, passages, seed=0, replay=replayed)
        rounds = made.round(0)
        made.graded([True] * len(facts))
        return [*rounds, *made.round(1)]


# ── the parts ──


@contextmanager
def _whole() -> Iterator[None]:
    yield


@contextmanager
def _in_lessons(*changes: tuple[Any, str, object]) -> Iterator[None]:
    """The functions that word lessons are changed while a round is made: what is only asked stays as it is."""
    made = FactCurriculum.round

    def round(self: FactCurriculum, number: int) -> list[Lesson]:
        with ExitStack() as stack:
            for module, name, change in changes:
                stack.enter_context(patch.object(module, name, change))
            return made(self, number)

    with patch.object(curriculum.FactCurriculum, "round", round):
        yield


def _word_dropping() -> Any:
    def whole_words(words: Sequence[str], rng: random.Random, share: float) -> list[str]:
        return list(words)

    def whole_question(question: str, sort: str, rng: random.Random, share: float) -> str:
        return question

    def whole_task(task: str, rng: random.Random) -> str:
        return task

    return _in_lessons(
        (lessons, "_sample", whole_words),
        (questions, "thinned", whole_question),
        (lessons, "_thinned_around_gap", whole_task),
    )


def _reverse() -> Any:
    return _in_lessons((lessons, "_reversed", lambda fact, rng: None))


def _statements() -> Any:
    """Neither statements that the value ends nor the beginnings of sentences are taught."""

    def without(families: Families, left_out: str) -> Families:
        def others(*given: Any, **options: Any) -> Mapping[str, lessons.Wording]:
            return {name: made for name, made in families(*given, **options).items() if name != left_out}

        return others

    return _in_lessons(
        (lessons, "_families_of_subject", without(lessons._families_of_subject, "stated")),
        (lessons, "_families_of_gap", without(lessons._families_of_gap, "begun")),
    )


def _given(**changed: Any) -> Any:
    """The curriculum of a study gets other arguments."""

    def made(*given: Any, **options: Any) -> FactCurriculum:
        return FactCurriculum(*given, **{**options, **changed})

    return patch.object(study, "FactCurriculum", made)


def _repetition() -> Any:
    """Every fact comes as often in every round, whether it is known or not, until all are mastered."""
    return patch.object(FactCurriculum, "_count", lambda self, progress, number: self._renderings)


_PARTS: Mapping[str, Callable[[], Any]] = {
    NOTHING: _whole,
    "word-dropping": _word_dropping,
    "reverse": _reverse,
    "statements": _statements,
    "open-book": lambda: _given(open_book=0.0),
    "replay": lambda: _given(replay=()),
    "repetition": _repetition,
}
NAMES = tuple(_PARTS)
