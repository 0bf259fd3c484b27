"""How probable it is that a draft is right: evidence of one model call and of the ledger to a number.

Takes drafts, surroundings and hits; gives features, and through a `Gate` fitted elsewhere a probability. A gate
is plain numbers, so asking needs no scikit-learn; it belongs to exactly the weights it was fitted on. Nothing here
runs a model or decides what to do with the number.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from byheart.agreement import says
from byheart.gaps import values_of
from byheart.gate import Gate
from byheart.grading import gives
from byheart.scales import A_SECOND, Scales
from byheart.types import LONG_KINDS, Draft, Fact, FactKind, Hit, Surroundings, Taught
from byheart.words import names, terms, whole_words

# The name of the reader that quotes a sentence: it has no weights to be named by.
EXTRACTIVE = "extractive"

# A study knows no later day than its own.
_PRESENT = frozenset("now today currently current latest newest recent recently nowadays still yet".split())

# A logarithm of 0 would outweigh everything else.
_LEAST = -25.0

RECALL_FEATURES = (
    "sum of log-probabilities",
    "smallest log-probability",
    "smallest margin",
    "tokens",
    "recites a near fact",
    "rank of that fact",
    "is mastered",
    "its score as a share of the best",
    "question's words in that fact",
    "question's words in the nearest fact",
    "names in the question that fact lacks",
    "words never taught",
    "names never taught",
    "asks for the present",
)
# What the ledger knows before anything is recalled.
BEFOREHAND_FEATURES = (
    "nearest fact is mastered",
    "question's words in the nearest fact",
    "names in the question that the nearest fact lacks",
    "words never taught",
    "names never taught",
    "asks for the present",
)
READING_FEATURES = (
    "sum of log-probabilities",
    "smallest log-probability",
    "smallest margin",
    "tokens",
    "stands in a passage",
    "score of the best passage",
    "lead of the best passage",
    "question's words in the passage",
    "is complete",
)


# For the reader that quotes a sentence: pages of Python's own language reference and library, whose facts were asked by
# their sealed forms; 902 questions, 889 answered, 453 right; AUROC
# 0.86 on the half kept aside (benchmarks/untaught_reader.py).
SENTENCE_READER = Gate(
    means=(-0.852, -0.852, 0.233, 0.693, 0.993, 1.662, 1.000, 0.726, 0.982),
    scales=(0.627, 0.627, 0.168, 1.000, 0.082, 0.420, 1.000, 0.265, 0.133),
    weights=(0.166, 0.166, 0.854, 0.000, -0.420, 0.623, 0.000, 0.707, -0.260),
    intercept=-0.331,
)

# For a library that was never studied: the stock model reading pages of Python's own language reference, whose facts
# were asked by their sealed forms: 60 answers, 7 right, AUROC 0.86 on the same answers (benchmarks/untaught_reader.py).
UNTAUGHT_READER = Gate(
    means=(-14.561, -2.024, 0.192, 3.134, 0.017, 1.674, 1.000, 0.750, 0.883),
    scales=(7.401, 0.518, 0.243, 0.452, 0.128, 0.377, 1.000, 0.242, 0.321),
    weights=(0.656, -1.421, 1.276, 0.051, -0.589, -0.100, 0.000, 1.462, 0.835),
    intercept=-3.290,
)


@dataclass(frozen=True, slots=True)
class Calibration:
    """What was fitted for one study: gates for recall and reading, and the threshold that keeps the promise.

    `weights` names the model the numbers hold for, `reader` the one that reads: the same, or its base where that
    reads better. `is_promised` tells whether the share of wrong answers above
    `threshold` is bounded at 95 % on questions as people ask them: renderings are easier, and promise nothing of those.
    Where too few such questions were asked, the threshold is a strict one.
    `beforehand` tells from the ledger alone whether a recall would be right, which takes `recall_seconds`; `scales`
    weigh the two sides, where enough questions were put to both.
    """

    weights: str
    reader: str
    recall: Gate
    reading: Gate
    threshold: float
    is_promised: bool
    figures: Mapping[str, float] = field(default_factory=dict)
    beforehand: Gate | None = None
    recall_seconds: float = 0.0
    scales: Scales | None = None

    def as_data(self) -> dict[str, Any]:
        """Plain data for a study's record."""
        return asdict(self)

    def is_worth_recalling(self, question: str, surroundings: Surroundings) -> bool:
        """Whether a recall is likely enough to be right to be waited for."""
        if self.beforehand is None:
            return True
        likely = self.beforehand.probability(beforehand_features(question, surroundings))
        return likely > A_SECOND * self.recall_seconds

    def gate_for(self, reader: str) -> Gate:
        """The gate for what `reader` reads: the fitted one if it is of this reader."""
        return self.reading if reader == self.reader else gate_of(reader)

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> Calibration:
        """The calibration that `as_data` wrote down."""
        return cls(
            data["weights"],
            data["reader"],
            recall=Gate.from_data(data["recall"]),
            reading=Gate.from_data(data["reading"]),
            threshold=data["threshold"],
            is_promised=data["is_promised"],
            figures=data["figures"],
            beforehand=Gate.from_data(data["beforehand"]) if data.get("beforehand") else None,
            recall_seconds=data.get("recall_seconds", 0.0),
            scales=Scales.from_data(data["scales"]) if data.get("scales") else None,
        )


def gate_of(reader: str) -> Gate:
    """The gate that comes with byheart for a reader by its name."""
    return SENTENCE_READER if reader == EXTRACTIVE else UNTAUGHT_READER


def recited(text: str, surroundings: Surroundings) -> Taught | None:
    """The nearest studied fact whose value `text` gives; None when a recall recites none of them."""
    return next((taught for taught in surroundings.taught if _gives(text, taught.fact)), None)


def beforehand_features(question: str, surroundings: Surroundings) -> tuple[float, ...]:
    """What the ledger knows of a question, in the order of BEFOREHAND_FEATURES."""
    nearest = surroundings.taught[0] if surroundings.taught else None
    return (
        float(nearest is not None and nearest.mastered),
        _covered(question, _wording(nearest)) if nearest else 0.0,
        _lacking(question, _wording(nearest)) if nearest else 1.0,
        surroundings.unknown_words,
        surroundings.unknown_names,
        _asks_for_present(question),
    )


def recall_features(question: str, draft: Draft, surroundings: Surroundings) -> tuple[float, ...]:
    """The evidence for a recall, in the order of RECALL_FEATURES."""
    fact = recited(draft.text, surroundings)
    nearest = surroundings.taught[0] if surroundings.taught else None
    rank = surroundings.taught.index(fact) if fact else len(surroundings.taught)
    return (
        *_certainty(draft),
        float(fact is not None),
        1 / (1 + rank),
        float(fact is not None and fact.mastered),
        fact.score / nearest.score if fact and nearest and nearest.score else 0.0,
        _covered(question, _wording(fact)) if fact else 0.0,
        _covered(question, _wording(nearest)) if nearest else 0.0,
        _lacking(question, _wording(fact)) if fact else 1.0,
        surroundings.unknown_words,
        surroundings.unknown_names,
        _asks_for_present(question),
    )


def reading_features(question: str, draft: Draft, hits: Sequence[Hit]) -> tuple[float, ...]:
    """The evidence for a reading, in the order of READING_FEATURES."""
    place = standing(draft.text, hits)
    cited = hits[place if place is not None else 0]
    lead = hits[0].score - hits[1].score if len(hits) > 1 else 1.0
    return (
        *_certainty(draft),
        float(place is not None),
        hits[0].score,
        lead,
        _covered(question, " ".join((cited.title, *cited.heading, cited.text))),
        float(draft.is_complete),
    )


def standing(text: str, hits: Sequence[Hit]) -> int | None:
    """The place among `hits` of the first passage in which `text` stands word for word; None if in none."""
    return next((place for place, hit in enumerate(hits) if says(hit.text, text, within=len(hit.text))), None)


def _gives(text: str, fact: Fact) -> bool:
    """Whether `text` gives a fact: the whole value, or a part of it that was taught as an answer."""
    if gives(text, fact.value, in_gist=fact.kind in LONG_KINDS):
        return True
    # To find the parts of a sentence takes a millisecond, so it is only done where the words stand in it.
    is_part = fact.kind is FactKind.SENTENCE and text.strip(" .").lower() in fact.statement.lower()
    return is_part and any(gives(text, part, in_gist=False) for part in values_of(fact))


def _certainty(draft: Draft) -> tuple[float, float, float, float]:
    logprobs = [token.logprob for token in draft.tokens] or [_LEAST]
    # The sum, not the mean: dividing by length makes a long wrong answer look as sure as a short right one.
    return (
        max(sum(logprobs), _LEAST),
        max(min(logprobs), _LEAST),
        min((token.margin for token in draft.tokens), default=0.0),
        math.log1p(len(draft.tokens)),
    )


def _wording(taught: Taught) -> str:
    fact = taught.fact
    return " ".join(
        (fact.subject, fact.attribute, fact.statement, taught.asked_as, taught.revision.title, *taught.heading)
    )


def _covered(question: str, text: str) -> float:
    """The share (0 to 1) of the question's content words that stand in `text`; a name counts once, not by its parts."""
    wanted, held = set(whole_words(question)), set(terms(text))
    return sum(word in held or held.issuperset(word.split(".")) for word in wanted) / len(wanted) if wanted else 0.0


def _asks_for_present(question: str) -> float:
    return float(bool(_PRESENT & set(question.lower().rstrip("?").split())))


def _lacking(question: str, text: str) -> float:
    """The share (0 to 1) of the question's names that `text` lacks; 0 where it has none."""
    wanted = set(names(question))
    return len(wanted - set(terms(text))) / len(wanted) if wanted else 0.0
