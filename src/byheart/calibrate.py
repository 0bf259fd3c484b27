"""What a taught model's confidence is worth: graded answers to questions it was never trained on, to a calibration.

Takes what the examination gave; gives the gates for recall and reading, the threshold that keeps the promise, and the
figures that show it. One part of the answers fits, another sets the threshold, a third tests. It asks no model.
"""

from __future__ import annotations

import statistics
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from byheart import reliability, weigh
from byheart.backends import logistic
from byheart.confidence import UNTAUGHT_READER, Calibration, gate_of
from byheart.examine import FEWEST_READINGS, Graded, Part, Sort
from byheart.gate import Gate

# Strictest first; the first value at which the bound fails ends the search.
_GRID = (0.99, 0.98, 0.97, 0.96, 0.95, 0.94, 0.92, 0.9, 0.88, 0.85, 0.8, 0.75, 0.7)

# Where the sample is too small to promise anything, byheart answers less from memory; where too much of what would be
# accepted was wrong, nothing.
_UNPROMISED = 0.95
_NEVER = 1.0


def better_reader(readings: Mapping[str, Sequence[Graded]]) -> str:
    """The reader with more right answers, or else more right declines; the first where they are equal.

    Compared are those with enough readings, on the questions that all of them read; where none has, it is the last.
    """
    compared = {name: read for name, read in readings.items() if len(read) >= FEWEST_READINGS}
    if not compared:
        return list(readings)[-1]
    shared = set.intersection(*({one.question for one in read} for read in compared.values()))

    def score(name: str) -> tuple[int, int]:
        read = [one for one in compared[name] if one.question in shared]
        return sum(one.is_right for one in read), sum(one.is_declined for one in read if one.question.value is None)

    return max(compared, key=score)


def calibrated(
    weights: str, recalls: Sequence[Graded], readings: Mapping[str, Sequence[Graded]], *, trust: float
) -> Calibration:
    """The calibration of the model `weights`, and of the better reader among `readings`."""
    fit = [graded for graded in recalls if graded.question.part is Part.FIT]
    recall = _fitted(fit)
    reader = better_reader(readings)
    answered = [graded for graded in readings[reader] if not graded.is_declined]
    reading = _fitted(answered) if answered else UNTAUGHT_READER
    if len(answered) < FEWEST_READINGS:
        reading = gate_of(reader)
    sure = [(recall.probability(graded.features), graded) for graded in recalls]
    setting = [pair for pair in sure if pair[1].question.part is Part.THRESHOLD]
    origins = _by_origin(setting)
    promised, rendered = found = [_threshold(answers, 1 - trust) for answers in origins]
    threshold = max(
        _cautious(answers, 1 - trust) if one is None else one for one, answers in zip(found, origins, strict=True)
    )
    testing = [pair for pair in sure if pair[1].question.part is Part.TEST]
    natural, renderings = (_kept(answers, max(trust, threshold)) for answers in _by_origin(testing))
    figures = {
        **_figures(testing, max(trust, threshold)),
        "promised for renderings": rendered is not None,
        "natural": natural,
        "renderings": renderings,
        "questions": len(recalls),
        "right by sort": _by_sort(recalls),
        "readings": len(readings[reader]),
        "readings right": sum(graded.is_right for graded in readings[reader]),
        "read by passages": _by_passages(readings[reader]),
    }
    return Calibration(
        weights,
        reader,
        recall,
        reading,
        threshold,
        promised is not None,
        figures,
        beforehand=logistic.fit([one.beforehand for one in fit], [one.is_right for one in fit]),
        recall_seconds=statistics.median(one.seconds for one in recalls),
    )


def weighed(
    calibration: Calibration, recalls: Sequence[Graded], readings: Sequence[Graded], *, floor: float
) -> Calibration:
    """`calibration` with scales, fitted on `readings` of questions that memory was asked too, if they suffice."""
    asked = weigh.asked_both(calibration, recalls, readings)
    scales = weigh.fitted(asked, floor=floor)
    if scales is None:
        return calibration
    figures = {**calibration.figures, **weigh.figures(asked, scales, floor=floor)}
    return replace(calibration, scales=scales, figures=figures)


def tried(recall: Gate, recalls: Sequence[Graded]) -> dict[str, object]:
    """What the gate made of the answers that test it, surest first, in columns: digits are yes (1) or no (0)."""
    answers = [graded for graded in recalls if graded.question.part is Part.TEST]
    ordered = sorted(((round(recall.probability(one.features), 4), one) for one in answers), key=lambda pair: -pair[0])
    return {
        "probabilities": [probability for probability, _ in ordered],
        "right": "".join(str(int(one.is_right)) for _, one in ordered),
        "recites a studied fact": "".join(str(int(one.has_source)) for _, one in ordered),
    }


def _by_origin(answers: Sequence[tuple[float, Graded]]) -> tuple[list[tuple[float, Graded]], ...]:
    """The answers to questions as people ask them, and those to questions made by template."""
    return tuple([pair for pair in answers if pair[1].question.is_natural is natural] for natural in (True, False))


def _figures(tested: Sequence[tuple[float, Graded]], threshold: float) -> dict[str, Any]:
    """How well the gate does on answers it never saw."""
    pairs = [(p, graded.is_right) for p, graded in tested]
    near = [pair for pair in tested if pair[1].question.is_taught or pair[1].question.sort is Sort.NEAR]
    return {
        **_kept(tested, threshold),
        "auroc": logistic.auroc([p for p, _ in pairs], [is_right for _, is_right in pairs]),
        "auroc on near misses": logistic.auroc([p for p, _ in near], [graded.is_right for _, graded in near]),
        "calibration error": reliability.calibration_error(pairs),
        "reliability": [(one.n, one.probability, one.right) for one in reliability.bins(pairs)],
    }


def _kept(tested: Sequence[tuple[float, Graded]], threshold: float) -> dict[str, Any]:
    """How many of the answers would be given from memory, and how many of them are wrong: at most, at 95 %, a share."""
    accepted = [graded for p, graded in tested if p >= threshold and graded.has_source]
    wrong = sum(not graded.is_right for graded in accepted)
    return {
        "tested": len(tested),
        "accepted": len(accepted),
        "accepted wrong": wrong,
        "most wrong": logistic.most_wrong(wrong, len(accepted)) if accepted else 1.0,
    }


def _by_sort(recalls: Sequence[Graded]) -> dict[str, tuple[int, int]]:
    """How many of each sort were answered right, and asked."""
    asked = {sort: [graded.is_right for graded in recalls if graded.question.sort is sort] for sort in Sort}
    return {sort.value: (sum(right), len(right)) for sort, right in asked.items() if right}


def _by_passages(readings: Sequence[Graded]) -> dict[str, tuple[int, int]]:
    """How many readings were right, and how many there were: of passages that say the value, and of others, where it is
    right to say that they do not tell."""
    told = [one.is_right for one in readings if one.is_found]
    untold = [one.is_declined for one in readings if not one.is_found]
    return {"with the answer": (sum(told), len(told)), "without it": (sum(untold), len(untold))}


def _fitted(graded: Sequence[Graded]) -> Gate:
    return logistic.fit([one.features for one in graded], [one.is_right for one in graded])


def _cautious(answers: Sequence[tuple[float, Graded]], allowed: float) -> float:
    """The threshold where nothing is promised: the loosest at which what was wrong is no more than `allowed` explains.

    Few answers show little: at 95 %, two of two that were wrong are too many, one of five is not.
    """
    found = _NEVER
    for threshold in (value for value in _GRID if value >= _UNPROMISED):
        accepted = [graded for p, graded in answers if p >= threshold and graded.has_source]
        right = sum(graded.is_right for graded in accepted)
        if accepted and 1 - logistic.most_wrong(right, len(accepted)) > allowed:
            break
        found = threshold
    return found


def _threshold(answers: Sequence[tuple[float, Graded]], allowed: float) -> float | None:
    """The loosest threshold at which the share of wrong answers is still bounded by `allowed`; None if none is."""
    found = None
    for threshold in _GRID:
        accepted = [graded for p, graded in answers if p >= threshold and graded.has_source]
        # With fewer answers than this not even a spotless record could show it: no test, so no failure either.
        if logistic.most_wrong(0, max(len(accepted), 1)) > allowed:
            continue
        if logistic.most_wrong(sum(not graded.is_right for graded in accepted), len(accepted)) > allowed:
            break
        found = threshold
    return found
