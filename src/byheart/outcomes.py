"""The nouns of what verbs give back: what was added, studied, exported, how far it is, and how a library stands."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any, Literal

from byheart.types import Fact, Origin, Taught

# How a study is exported, and at which precision its matrices are written.
Form = Literal["gguf", "ollama", "hf"]


Precision = Literal["q8_0", "f16"]


@dataclass(frozen=True, slots=True)
class Skipped:
    """A file that could not be made searchable, and why."""

    source: str
    reason: str


@dataclass(frozen=True, slots=True)
class Adding:
    """What a progress bar shows while documents are read: how many of how many, and which one is next."""

    done: int
    total: int
    source: str


@dataclass(frozen=True, slots=True)
class Added:
    """What one `add` did, by source."""

    new: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    unchanged: tuple[str, ...] = ()
    withdrawn: tuple[str, ...] = ()
    skipped: tuple[Skipped, ...] = ()
    passages_embedded: int = 0
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class StudyRecord:
    """The short of one study, as the ledger keeps it."""

    number: int
    base: str
    weights: str
    made: str
    is_in_use: bool
    facts_planned: int
    facts_mastered: int
    minutes: float
    details: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Status:
    """What a library holds, what is in the weights, and what moved since.

    `stale` are the facts that documents no longer say; `new_passages` counts what the study in use did not see of core
    documents, and `new_facts` are what the next study would find in them, worthiest first. `usage` is None where the
    question log is off, `page` empty where the study in use has drawn none.
    """

    folder: str
    documents: int
    passages: int
    skipped: Sequence[Skipped]
    study: StudyRecord | None
    studies: int
    core_documents: int
    stale_facts: int
    stale_sources: Sequence[str]
    unstudied_sources: Sequence[str]
    stale: Sequence[Taught] = ()
    new_passages: int = 0
    new_facts: Sequence[Fact] = ()
    usage: Usage | None = None
    page: str = ""


@dataclass(frozen=True, slots=True)
class Studying:
    """What a progress bar shows while a study is made: the stage in words, and how far it is in it."""

    stage: str
    done: float
    total: float
    seconds_left: float | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Base:
    """A base model as others know it: its name, licence and Hugging Face id; either of the last is empty if unknown."""

    name: str
    licence: str = ""
    repository: str = ""


@dataclass(frozen=True, slots=True)
class Exporting:
    """What a progress bar shows while a study is exported: the stage in words, and how far it is in it."""

    stage: str
    done: int
    total: int


@dataclass(frozen=True, slots=True)
class Exported:
    """What an export wrote, and how it answered.

    Of the `asked` mastered questions it answered `agreed` as the study does, `identical` of them word for word.
    """

    folder: str
    form: Form
    precision: Precision
    study: int
    bytes: int
    asked: int
    agreed: int
    identical: int


@dataclass(frozen=True, slots=True)
class TrainingProgress:
    """What a progress bar shows while training."""

    seconds: float
    seconds_left: float
    round: int
    mastered: int
    facts: int
    loss: float


@dataclass(frozen=True, slots=True)
class Round:
    """How a training stood after a round and its test: seconds and tokens are counted from the beginning.

    `test_seconds` is what this test took of them. `products` are the floating-point operations a second that the
    machine reached just then in matrix products of the model's shapes, in its precision. None where there is none.
    """

    seconds: float
    test_seconds: float
    tokens: int
    mastered: int
    loss: float | None = None
    products: float | None = None


@dataclass(frozen=True, slots=True)
class TrainingResult:
    """What a finished training reports; `weights` is the GGUF file that is served.

    `operations` are the floating-point operations that teaching a token takes, None where that is not known;
    `precision` is that of the arithmetic. `stays` is the share of the way from the base to what was taught at which the
    weights are.
    """

    weights: Path
    seconds: float
    tokens: int
    rounds: int
    history: tuple[Round, ...] = ()
    operations: float | None = None
    precision: str = ""
    stays: float = 1.0

    def as_data(self) -> dict[str, Any]:
        """Plain data, without the place of the weights."""
        return {name: value for name, value in asdict(self).items() if name != "weights"}

    @classmethod
    def from_data(cls, weights: Path, data: Mapping[str, Any]) -> TrainingResult:
        """The result that `as_data` wrote down; an older one does not tell how the training went."""
        return cls(
            weights,
            data["seconds"],
            data["tokens"],
            data["rounds"],
            tuple(Round(**row) for row in data.get("history", ())),
            data.get("operations"),
            data.get("precision", ""),
            data.get("stays", 1.0),
        )


@dataclass(frozen=True, slots=True)
class Measuring:
    """What a progress bar shows while a library is measured: the stage in words, and how far it is in it."""

    stage: str
    done: float
    total: float
    note: str = ""


@dataclass(frozen=True, slots=True)
class Estimate:
    """A figure over `n` questions with the 95 % interval from `low` to `high`; None where there is none."""

    value: float
    low: float | None
    high: float | None
    n: int


@dataclass(frozen=True, slots=True)
class Logged:
    """A question as the log keeps it, where the user has turned it on.

    `sources` are the locations of the documents that the answer cites; `asked` is an ISO time in UTC. `agrees` tells
    whether a sure answer from memory was also read from the documents, and alike; None where that was not tried, or
    nothing was read. `read_confidence` is how probable it was that this reading is right, None where no study measured
    that. `weights` names the study that was in use, empty if there was none; `is_sure` tells that memory answered and
    nothing was looked up.
    """

    asked: str
    question: str
    origin: Origin
    confidence: float
    seconds: float
    sources: tuple[str, ...]
    agrees: bool | None = None
    weights: str = ""
    is_sure: bool = False
    read_confidence: float | None = None


@dataclass(frozen=True, slots=True)
class Promise:
    """What a calibration promises of sure answers: right in a share of at least `trust`.

    They are those whose probability is at least `threshold`: `sure` of the `tested` questions of its examination.
    """

    threshold: float
    trust: float
    sure: int
    tested: int


@dataclass(frozen=True, slots=True)
class Pace:
    """The share of questions that ended in one way, and the seconds they took: the median, and 19 of 20 took less."""

    share: Estimate
    p50: float
    p95: float


@dataclass(frozen=True, slots=True)
class Drift:
    """What has moved off what a calibration promised, in words, and what to do about it."""

    told: str
    remedy: str


@dataclass(frozen=True, slots=True)
class Usage:
    """How a library answers in use, from the rows of its log since the study in use.

    `agreement` is the share of spot checks in which the documents said what memory had said. It is a noisy label: its
    reader errs too, so the calibration promises only `promised_agreement` of those whose reader it has measured, and
    nothing (None) where there are none. `threshold` is the one in force, which spot
    checks may have raised above the calibrated one; `needed` is about how many questions it takes to tell that only
    half as many answers are sure as promised. `trouble` tells why the log cannot be written.
    """

    questions: int
    origins: Mapping[Origin, Pace]
    sure: Estimate
    promised_sure: Estimate | None
    agreement: Estimate
    promised_agreement: float | None
    calibrated_threshold: float | None
    threshold: float | None
    needed: int | None
    drifts: Sequence[Drift]
    trouble: str = ""


class Way(StrEnum):
    """How a document is best held: taught and asked from memory alone, looked up alone, or both."""

    STUDY = "study"
    INDEX = "index only"
    BOTH = "both"


@dataclass(frozen=True, slots=True)
class Advised:
    """What is advised for the `documents` of `all_there` at `place`, by which rule, and the figure that it rests on."""

    place: str
    documents: int
    all_there: int
    passages: int
    way: Way
    rule: str
    reason: str
    figure: str


@dataclass(frozen=True, slots=True)
class Prospect:
    """What is to be expected of a plan or an alternative, computed from measured answers; None: not measured.

    `cost` is in the unit of the advice, `study_minutes` what it takes to teach what is not known yet.
    """

    name: str
    right: Estimate | None
    p50: float | None
    p95: float | None
    cost: float | None
    peak_bytes: int | None
    study_minutes: float | None


@dataclass(frozen=True, slots=True)
class Missing:
    """A figure that advice would need, and the command that settles it."""

    what: str
    remedy: str


@dataclass(frozen=True, slots=True)
class Advice:
    """What to do with a library.

    `core` are the locations to be studied, `reference` those to be looked up alone; `is_study_due` tells whether the
    study in use does not hold the former already, and `minutes` how long it may take. `cost_unit` says in words what
    the prospects' costs are. `notes` say what the figures do not.
    """

    advised: Sequence[Advised]
    prospects: Sequence[Prospect]
    cost_unit: str
    notes: Sequence[str]
    commands: Sequence[str]
    missing: Sequence[Missing]
    core: Sequence[str]
    reference: Sequence[str]
    is_study_due: bool
    minutes: float
