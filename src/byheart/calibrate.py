"""What a taught model's confidence is worth: questions it was never trained on, asked and graded, to a calibration.

Takes the facts of a study and the model that serves it; gives the gates for recall and reading, the threshold that
keeps the promise, and the figures that show it. Facts are split once, by their identity, into those that fit,
those that set the threshold and those that test it, so no answer serves twice. It trains nothing.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from time import perf_counter

from byheart import lessons, prompts, reliability
from byheart.agreement import is_value, says
from byheart.confidence import (
    RECALL_FEATURES,
    UNTAUGHT_READER,
    Calibration,
    Gate,
    reading_features,
    recall_features,
)
from byheart.ports import Model
from byheart.types import Fact, Hit, Passage, Surroundings

# More questions cost time and move no figure by more than its own uncertainty.
_MOST_FACTS = 500
_MOST_READINGS = 160

# Fewer questions than this in hard forms say nothing: where there are few facts, each is asked more often.
_FEWEST_HARD = 64

# Fewer readings than this say less than the reader's gate that comes with byheart.
_FEWEST_READINGS = 24

# Strictest first; the first value at which the bound fails ends the search.
_GRID = (0.99, 0.98, 0.97, 0.96, 0.95, 0.94, 0.92, 0.9, 0.88, 0.85, 0.8, 0.75, 0.7)


class Part(Enum):
    """What an answer is used for."""

    FIT = "fit"
    THRESHOLD = "threshold"
    TEST = "test"


# Where the sample is too small to promise anything, byheart answers less from memory.
_UNPROMISED = 0.95

_PARTS = (Part.FIT, Part.FIT, Part.THRESHOLD, Part.TEST)


@dataclass(frozen=True, slots=True)
class Question:
    """A question that training never saw; `fact` and `value` are None where nothing that was taught answers it."""

    text: str
    part: Part
    fact: str | None = None
    value: str | None = None
    is_sealed: bool = False


@dataclass(frozen=True, slots=True)
class Graded:
    """A question asked: the features of the draft, and whether it was right."""

    question: Question
    features: tuple[float, ...]
    is_right: bool
    said: str

    @property
    def is_declined(self) -> bool:
        """Whether nothing was said, or that the passages do not tell."""
        return not self.said or is_value(self.said, prompts.NOT_TOLD)

    @property
    def has_source(self) -> bool:
        """Whether a recall recites a studied fact: without one it is never given from memory."""
        return bool(self.features[RECALL_FEATURES.index("recites a near fact")])


@dataclass(frozen=True, slots=True)
class Examiner:
    """What questions are asked with: the taught model, the base it was made from (if that can be asked), the ledger's
    look around, and search."""

    model: Model
    base: Model | None
    look_around: Callable[[str], Surroundings]
    search: Callable[[str, int], list[Hit]]
    passages: int
    tokens: int
    timeout: float


def questions(facts: Sequence[Fact], passages: Mapping[str, Passage], seed: int) -> list[Question]:
    """Sealed and hard forms of `facts`, and as many questions again about what was never taught."""
    rng = random.Random(seed)
    chosen = list(facts) if len(facts) <= _MOST_FACTS else rng.sample(list(facts), _MOST_FACTS)
    asked: list[Question] = []
    # In the order of their identities, which is as good as chance, so that even few facts serve all three ends.
    for place, fact in enumerate(sorted(chosen, key=lambda fact: fact.id)):
        passage, part = passages[fact.passage], _PARTS[place % 4]
        asked.append(Question(lessons.sealed(fact, passage).prompt, part, fact.id, fact.value, is_sealed=True))
        hard = {lessons.hard(fact, passage, rng).prompt: None for _ in range(1 + _FEWEST_HARD // len(chosen))}
        asked += [Question(prompt, part, fact.id, fact.value) for prompt in hard]
    unknown = lessons.unknown(facts, rng, len(asked))
    return asked + [Question(text, _PARTS[place % 4]) for place, text in enumerate(unknown)]


def reading_questions(
    taught: Sequence[Fact], spare: Sequence[Fact], passages: Mapping[str, Passage], seed: int
) -> list[Question]:
    """Questions to look up, every third of them about nothing that is held.

    They are about facts that were not taught, as far as there are any: what is known by heart is not read. And they
    are questions, as people put them to documents, not gaps to fill.
    """
    rng = random.Random(seed)
    known = [
        question
        for fact in rng.sample(list(spare), len(spare)) or rng.sample(list(taught), len(taught))
        if (question := _sealed_question(fact, passages[fact.passage])).text.endswith("?")
    ][: 2 * _MOST_READINGS // 3]
    unknown = [Question(text, Part.FIT) for text in lessons.unknown([*taught, *spare], rng, len(known) // 2 + 1)]
    rng.shuffle(asked := known + unknown)
    return asked


def _sealed_question(fact: Fact, passage: Passage) -> Question:
    return Question(lessons.sealed(fact, passage).prompt, Part.FIT, fact.id, fact.value, is_sealed=True)


def recall_all(asked: Sequence[Question], examiner: Examiner, *, watch: Callable[[int], None]) -> list[Graded]:
    """Each question asked of memory alone, and graded word for word."""
    graded = []
    for done, question in enumerate(asked):
        watch(done)
        draft = examiner.model.complete(prompts.recall(question.text), tokens=examiner.tokens, timeout=examiner.timeout)
        features = recall_features(question.text, draft, examiner.look_around(question.text))
        is_right = question.value is not None and is_value(draft.text, question.value)
        graded.append(Graded(question, features, is_right, draft.text))
    return graded


def read_all(
    asked: Sequence[Question], examiner: Examiner, *, seconds: float, watch: Callable[[int], None]
) -> dict[str, list[Graded]]:
    """What each reader (the taught model, and its base) makes of each question, as many as `seconds` allow."""
    readers = [examiner.model, *([examiner.base] if examiner.base else [])]
    graded: dict[str, list[Graded]] = {reader.name: [] for reader in readers}
    begun = perf_counter()
    for done, question in enumerate(asked):
        if perf_counter() - begun > seconds:
            break
        watch(done)
        hits = examiner.search(question.text, examiner.passages)
        for reader in readers if hits else ():
            draft = reader.complete(prompts.read(question.text, hits), tokens=examiner.tokens, timeout=examiner.timeout)
            is_right = question.value is not None and says(draft.text, question.value)
            features = reading_features(question.text, draft, hits)
            graded[reader.name].append(Graded(question, features, is_right, draft.text))
    return graded


def better_reader(readings: Mapping[str, Sequence[Graded]]) -> str:
    """The reader with more right answers, or else more right declines; the first where they are equal."""

    def score(name: str) -> tuple[int, int]:
        declined = sum(one.is_declined for one in readings[name] if one.question.value is None)
        return sum(one.is_right for one in readings[name]), declined

    return max(readings, key=score)


def calibrated(
    weights: str, recalls: Sequence[Graded], readings: Mapping[str, Sequence[Graded]], *, trust: float
) -> Calibration:
    """The calibration of the model `weights`, and of the better reader among `readings`."""
    from byheart.backends import logistic

    recall = _fitted([graded for graded in recalls if graded.question.part is Part.FIT])
    reader = better_reader(readings)
    answered = [graded for graded in readings[reader] if not graded.is_declined]
    reading = _fitted(answered) if answered else UNTAUGHT_READER
    if len(answered) < _FEWEST_READINGS:
        # Too few to tell: the reader whose gate comes with byheart is the untaught one, which is the last.
        reader, reading = list(readings)[-1], UNTAUGHT_READER
    sure = [(recall.probability(graded.features), graded) for graded in recalls]
    setting = [pair for pair in sure if pair[1].question.part is Part.THRESHOLD]
    testing = [pair for pair in sure if pair[1].question.part is Part.TEST]
    promised = _threshold(setting, 1 - trust)
    threshold = _UNPROMISED if promised is None else promised
    accepted = [graded for p, graded in testing if p >= max(trust, threshold) and graded.has_source]
    wrong = sum(not graded.is_right for graded in accepted)
    figures = {
        "questions": len(recalls),
        "tested": len(testing),
        "accepted": len(accepted),
        "accepted wrong": wrong,
        "most wrong": logistic.most_wrong(wrong, len(accepted)) if accepted else 1.0,
        "auroc": logistic.auroc([p for p, _ in testing], [graded.is_right for _, graded in testing]),
        "calibration error": reliability.calibration_error([(p, graded.is_right) for p, graded in testing]),
        "readings": len(readings[reader]),
        "readings right": sum(graded.is_right for graded in readings[reader]),
    }
    return Calibration(weights, reader, recall, reading, threshold, promised is not None, figures)


def _fitted(graded: Sequence[Graded]) -> Gate:
    from byheart.backends import logistic

    return logistic.fit([one.features for one in graded], [one.is_right for one in graded])


def _threshold(answers: Sequence[tuple[float, Graded]], allowed: float) -> float | None:
    """The loosest threshold at which the share of wrong answers is still bounded by `allowed`; None if none is."""
    from byheart.backends.logistic import most_wrong

    found = None
    for threshold in _GRID:
        accepted = [graded for p, graded in answers if p >= threshold and graded.has_source]
        # With fewer answers than this not even a spotless record could show it: no test, so no failure either.
        if most_wrong(0, max(len(accepted), 1)) > allowed:
            continue
        if most_wrong(sum(not graded.is_right for graded in accepted), len(accepted)) > allowed:
            break
        found = threshold
    return found
