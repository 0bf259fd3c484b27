"""Which lessons come next: rounds of fresh renderings, more of what is not known yet, rest for what is.

Takes facts, their passages and a seed; gives lessons round by round, and keeps book of which facts were answered
right. The same seed and the same grades give the same lessons. It deliberately words no lesson (lessons.py does) and
trains nothing: a trainer asks for a round, teaches it, tests the probes and reports back.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import asdict, dataclass

from byheart import lessons
from byheart.types import Fact, Lesson, Passage

# Right in this many successive tests is mastered: once may be luck.
_MASTERED = 2

# Rounds after which a mastered fact is taught once more; the last repeats.
_REST = (1, 2, 4, 8)

# Rounds over which facts that are known from the start are tested anew.
_SPREAD = 4

# The share (0 to 1) of replay in the text of a round.
_REPLAY = 0.15

# Passages an open-book lesson may take its distractor from.
_DISTRACTORS = 4

# What the chat frame around a prompt takes, in characters; an open-book lesson has it once in a thousand.
_FRAME = 30


@dataclass(frozen=True, slots=True)
class _Progress:
    """How far one fact is: successive right tests, and for mastered ones, how often it came back and when it will."""

    right: int = 0
    returns: int = 0
    due: int = 0


class FactCurriculum:
    """Rounds over `facts`, by spaced repetition: an implementation of `ports.Curriculum`.

    A fact that was answered wrong gets `renderings` lessons a round, one that was answered right half as many. One
    that is mastered rests, and returns after 1, 2, 4, then every 8 rounds so that it does not fade. Open-book lessons
    of the facts of the round are mixed in until they make up `open_book` (0 to 1) of the text; what else their
    passages say, `spare` facts among it, is asked in the same breath. `known` are the ids of the facts that the weights
    hold when the training begins. `replay` is what the model said before, mixed in so that it goes on saying so.
    """

    def __init__(
        self,
        facts: Sequence[Fact],
        passages: Mapping[str, Passage],
        *,
        seed: int,
        renderings: int = 3,
        open_book: float = 1 / 3,
        known: Set[str] = frozenset(),
        spare: Sequence[Fact] = (),
        replay: Sequence[Lesson] = (),
    ) -> None:
        self._facts = tuple(facts)
        self._passages = passages
        self._seed = seed
        self._renderings = renderings
        self._open_book = open_book
        self._replay = replay
        # What is known already comes back in the first rounds, a few at a time, so that it does not fade.
        self._progress = {
            fact.id: _Progress(_MASTERED, 1, place % _SPREAD) if fact.id in known else _Progress()
            for place, fact in enumerate(self._facts)
        }
        self._rounds = 0
        self._asked_of: dict[str, list[Fact]] = {}
        for fact in (*self._facts, *spare):
            self._asked_of.setdefault(fact.passage, []).append(fact)

    def round(self, number: int) -> list[Lesson]:
        """The lessons of round `number`, in the order to teach them; none when every fact is mastered."""
        if len(self.mastered()) == len(self._facts):
            return []
        rng = random.Random(f"{self._seed}/{number}")
        closed = [lessons.lesson(fact, self._passages[fact.passage], rng) for fact in self._turns(number, rng)]
        opened = self._opened(closed, rng)
        return _spread(_spread(closed, opened), self._replayed(_characters([*closed, *opened]), rng))

    def probes(self) -> list[Lesson]:
        return [lessons.probe(fact, self._passages[fact.passage]) for fact in self._facts]

    def replayed(self) -> list[Lesson]:
        return list(self._replay)

    def graded(self, right: Sequence[bool]) -> None:
        """Takes whether each probe was answered right after the round that was taught last."""
        self._rounds += 1
        for fact, is_right in zip(self._facts, right, strict=True):
            self._progress[fact.id] = self._after(self._progress[fact.id], is_right=is_right)

    def mastered(self) -> frozenset[str]:
        """The ids of the facts whose probes were answered right in two successive tests, the last one among them."""
        return frozenset(fact for fact, progress in self._progress.items() if progress.right >= _MASTERED)

    def state(self) -> dict[str, object]:
        return {"rounds": self._rounds, "facts": {fact: asdict(progress) for fact, progress in self._progress.items()}}

    def restore(self, state: Mapping[str, object]) -> None:
        kept = state["facts"]
        assert isinstance(kept, Mapping)
        self._rounds = int(str(state["rounds"]))
        self._progress = {fact.id: _Progress(**kept.get(fact.id, {})) for fact in self._facts}

    def _turns(self, number: int, rng: random.Random) -> list[Fact]:
        """The facts of a round, each as often as it is rendered, the turns of one fact far apart."""
        turns: list[Fact] = []
        for turn in range(self._renderings):
            taken = [fact for fact in self._facts if turn < self._count(self._progress[fact.id], number)]
            rng.shuffle(taken)
            turns += taken
        return turns

    def _count(self, progress: _Progress, number: int) -> int:
        if progress.right >= _MASTERED:
            return int(number >= progress.due)
        return (self._renderings + 1) // 2 if progress.right else self._renderings

    def _after(self, progress: _Progress, *, is_right: bool) -> _Progress:
        if not is_right:
            return _Progress()
        right = progress.right + 1
        if right < _MASTERED:
            return _Progress(right)
        # Rounds that were taught are numbered from 0, so the next one has the number of rounds behind it.
        was_taught = right == _MASTERED or progress.due < self._rounds
        if not was_taught:
            return _Progress(right, progress.returns, progress.due)
        rest = _REST[min(progress.returns, len(_REST) - 1)]
        return _Progress(right, progress.returns + 1, self._rounds + rest)

    def _replayed(self, characters: int, rng: random.Random) -> list[Lesson]:
        """Replay lessons enough for their share of a round of so many characters."""
        taken: list[Lesson] = []
        for lesson in rng.sample(self.replayed(), len(self._replay)):
            if _characters(taken) >= _REPLAY * characters:
                break
            taken.append(lesson)
        return taken

    def _opened(self, closed: Sequence[Lesson], rng: random.Random) -> list[Lesson]:
        """Open-book lessons of the facts in `closed`, enough for their share of the text."""
        by_id = {fact.id: fact for fact in self._facts}
        facts = [by_id[fact] for fact in dict.fromkeys(lesson.fact for lesson in closed)]
        shelf = list(dict.fromkeys(fact.passage for fact in self._facts))
        wanted = _characters(closed) * self._open_book / max(1 - self._open_book, 0.01)
        opened: list[Lesson] = []
        for fact in rng.sample(facts, len(facts)):
            if _characters(opened) >= wanted:
                break
            others = [self._passages[other] for other in rng.sample(shelf, min(_DISTRACTORS, len(shelf)))]
            also = [other for other in self._asked_of[fact.passage] if other.id != fact.id]
            strange = [(rng.choice(self._asked_of[other.id]), other) for other in others if other.id != fact.passage]
            passage = self._passages[fact.passage]
            opened.append(lessons.open_book(fact, passage, others, rng, also=also, strangers=strange))
        return opened


def _spread(one: Sequence[Lesson], other: Sequence[Lesson]) -> list[Lesson]:
    """Both in their order, mixed at even distances: every stretch of the round is the same mixture."""
    places = [((place + 0.5) / len(some), lesson) for some in (one, other) for place, lesson in enumerate(some)]
    return [lesson for _, lesson in sorted(places, key=lambda placed: placed[0])]


def _characters(made: Iterable[Lesson]) -> int:
    # Characters, not tokens: a curriculum knows no tokenizer, and only their proportion matters.
    return sum(
        len(asked) + len(completion) + _FRAME
        for lesson in made
        for asked, completion in ((lesson.prompt, lesson.completion), *lesson.then)
    )
