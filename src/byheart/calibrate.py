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

from byheart import lessons, prompts
from byheart.agreement import is_value, says
from byheart.confidence import RECALL_FEATURES, Calibration, Gate, reading_features, recall_features
from byheart.ports import Model
from byheart.types import Fact, Hit, Passage, Surroundings

# More questions cost time and move no figure by more than its own uncertainty.
_MOST_FACTS = 500
_MOST_READINGS = 160

# Strictest first; the first value at which the bound fails ends the search.
_GRID = (0.99, 0.98, 0.97, 0.96, 0.95, 0.94, 0.92, 0.9, 0.88, 0.85, 0.8, 0.75, 0.7)


class Part(Enum):
    """What an answer is used for."""

    FIT = "fit"
    THRESHOLD = "threshold"
    TEST = "test"


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
    def has_source(self) -> bool:
        """Whether a recall recites a studied fact: without one it is never given from memory."""
        return bool(self.features[RECALL_FEATURES.index("recites a near fact")])


@dataclass(frozen=True, slots=True)
class Examiner:
    """What questions are asked with: the model, the ledger's look around, and search."""

    model: Model
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
    for fact in chosen:
        passage = passages[fact.passage]
        part = _part(fact.id)
        asked.append(Question(lessons.sealed(fact, passage).prompt, part, fact.id, fact.value, is_sealed=True))
        asked.append(Question(lessons.hard(fact, passage, rng).prompt, part, fact.id, fact.value))
    unknown = lessons.unknown(facts, rng, len(asked))
    return asked + [Question(text, _PARTS[place % 4]) for place, text in enumerate(unknown)]


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


def read_all(asked: Sequence[Question], examiner: Examiner, *, watch: Callable[[int], None]) -> list[Graded]:
    """Each question looked up and read; those that the reader declines are left out: they have no answer to grade."""
    graded = []
    for done, question in enumerate(asked):
        watch(done)
        hits = examiner.search(question.text, examiner.passages)
        if not hits:
            continue
        draft = examiner.model.complete(
            prompts.read(question.text, hits), tokens=examiner.tokens, timeout=examiner.timeout
        )
        if draft.text and not is_value(draft.text, prompts.NOT_TOLD):
            is_right = question.value is not None and says(draft.text, question.value)
            graded.append(Graded(question, reading_features(question.text, draft, hits), is_right, draft.text))
    return graded


def to_read(asked: Sequence[Question], seed: int) -> list[Question]:
    """The questions that are worth the time of reading: a sample, two of three of them answerable."""
    rng = random.Random(seed)
    known = [question for question in asked if question.is_sealed]
    unknown = [question for question in asked if question.value is None]
    most = min(_MOST_READINGS, len(known) + len(known) // 2)
    return rng.sample(known, min(len(known), 2 * most // 3)) + rng.sample(unknown, min(len(unknown), most // 3))


def calibrated(
    weights: str, recalls: Sequence[Graded], readings: Sequence[Graded], *, trust: float, reader: Gate
) -> Calibration:
    """The calibration of `weights`; `reader` serves where too few readings were made to fit one."""
    from byheart.backends import logistic

    recall = _fitted([graded for graded in recalls if graded.question.part is Part.FIT])
    if len(readings) >= 30:
        reader = _fitted(readings)
    sure = [(recall.probability(graded.features), graded) for graded in recalls]
    setting = [pair for pair in sure if pair[1].question.part is Part.THRESHOLD]
    testing = [pair for pair in sure if pair[1].question.part is Part.TEST]
    promised = _threshold(setting, 1 - trust)
    threshold = _GRID[2] if promised is None else promised
    accepted = [graded for p, graded in testing if p >= max(trust, threshold) and graded.has_source]
    wrong = sum(not graded.is_right for graded in accepted)
    figures = {
        "questions": float(len(recalls)),
        "tested": float(len(testing)),
        "accepted": float(len(accepted)),
        "accepted wrong": float(wrong),
        "most wrong": logistic.most_wrong(wrong, len(accepted)) if accepted else 1.0,
        "auroc": logistic.auroc([p for p, _ in testing], [graded.is_right for _, graded in testing]),
        "calibration error": _calibration_error(testing),
        "readings": float(len(readings)),
        "readings right": float(sum(graded.is_right for graded in readings)),
    }
    return Calibration(weights, recall, reader, threshold, promised is not None, figures)


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


def _calibration_error(answers: Sequence[tuple[float, Graded]], bins: int = 10) -> float:
    """The mean distance between probability and share right, over `bins` bins of equal width."""
    error = 0.0
    for place in range(bins):
        inside = [(p, graded.is_right) for p, graded in answers if min(int(p * bins), bins - 1) == place]
        if inside:
            error += abs(sum(p for p, _ in inside) - sum(right for _, right in inside))
    return error / max(len(answers), 1)


def _part(identity: str) -> Part:
    """Half of the facts fit, a quarter sets the threshold, a quarter tests; a fact stays where it is."""
    return _PARTS[int(identity[:8], 16) % 4]
