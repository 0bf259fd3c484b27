"""The nouns of byheart: frozen data that the stages hand to each other.

Nothing here computes, opens or imports a backend. Offsets are characters (Python string indices) into
the text that is named; times are seconds; log-probabilities are natural logarithms.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any, Literal

Side = Literal["memory", "documents"]


class Origin(StrEnum):
    """Which side an answer came from."""

    MEMORY = "memory"
    DOCUMENTS = "documents"
    NONE = "none"


class Holding(StrEnum):
    """How a document is held. Everything is indexed; core documents may also be studied."""

    CORE = "core"
    REFERENCE = "reference"


class BlockKind(StrEnum):
    """The role that a stretch of a document plays."""

    HEADING = "heading"
    PROSE = "prose"
    CODE = "code"
    LIST = "list"
    TABLE = "table"
    FIELDS = "fields"
    DEFINITION = "definition"


@dataclass(frozen=True, slots=True)
class Block:
    """A stretch of a document's text with one role, under one heading path (outermost heading first)."""

    kind: BlockKind
    start: int
    end: int
    heading: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Document:
    """What reading one file gives: its text, and the structure found in it.

    `text[block.start:block.end]` is each block, in order and without overlap. `version` and `dated`
    (ISO date) are what the text or its path says it speaks of, never a file time.
    """

    text: str
    title: str
    blocks: tuple[Block, ...]
    version: str | None = None
    dated: str | None = None
    is_licence: bool = False


@dataclass(frozen=True, slots=True)
class Passage:
    """A stretch of text that is read and cited. `id` is the digest of title, heading path and text."""

    id: str
    title: str
    heading: tuple[str, ...]
    text: str


@dataclass(frozen=True, slots=True)
class Placed:
    """A passage with the place where it stands in a document's text: `text[start:end]`."""

    passage: Passage
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Revision:
    """One text of one source. `digest` is that of the file's bytes; `added` is when byheart read it (ISO time)."""

    source: str
    digest: str
    title: str
    version: str | None
    dated: str | None
    added: str


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage found for a question, with the place it is cited by. A higher score is better."""

    text: str
    score: float
    source: str
    heading: tuple[str, ...]
    start: int
    end: int
    title: str = ""
    passage: str = ""
    version: str | None = None
    dated: str | None = None
    added: str = ""


class FactKind(StrEnum):
    """The form in which a document states a fact."""

    FIELD = "field"
    DEFINITION = "definition"
    TABLE = "table"
    SIGNATURE = "signature"
    TERM = "term"
    NUMBER = "number"


@dataclass(frozen=True, slots=True)
class Fact:
    """A value (1 to 6 words) with the passage, and the exact span in its text, that says it.

    `statement` is the sentence or line that holds the value, as plain text. `subject` and `attribute`
    are filled for structured facts ("PEP 634", "Python-Version") and may be empty for prose.
    """

    id: str
    kind: FactKind
    passage: str
    start: int
    end: int
    value: str
    statement: str
    subject: str = ""
    attribute: str = ""


@dataclass(frozen=True, slots=True)
class Lesson:
    """A prompt (the user's turn) and its completion: one rendering of a fact, or a passage to read.

    `then` are further turns of the same conversation: more questions about the passage, each with its completion.
    """

    prompt: str
    completion: str
    fact: str
    is_open_book: bool = False
    then: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Learned:
    """A fact that a study planned, whether it was mastered, and the words in which training asked for it."""

    fact: Fact
    is_mastered: bool
    asked_as: str = ""


class Support(StrEnum):
    """What the documents of today say of something that was learned from them."""

    STILL = "still says so"
    CHANGED = "has changed"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class Taught:
    """A fact that the weights in use were taught, and what today's documents say of it.

    `score` is the word search's, higher is better; `mastered` tells whether its probe was answered right
    in two successive tests. `revision` is the text it was learned from, `place` where its passage began there.
    `asked_as` are the words in which training asked for it, beside its own.
    """

    fact: Fact
    score: float
    mastered: bool
    support: Support
    revision: Revision
    heading: tuple[str, ...] = ()
    place: int = 0
    asked_as: str = ""


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What the ledger alone says about a question, before any model is asked.

    `taught`: studied facts near the question, best first. `moved`: passages near the question that came into
    a studied document after the study, best first. `unknown_words`: the share (0 to 1) of the question's
    content words that no studied fact holds; `unknown_names`: that of its names, which tell one thing from another.
    """

    taught: tuple[Taught, ...] = ()
    moved: tuple[Hit, ...] = ()
    unknown_words: float = 0.0
    unknown_names: float = 0.0


@dataclass(frozen=True, slots=True)
class Token:
    """One generated token: its log-probability, and how far (in log-probability) the runner-up was behind."""

    text: str
    logprob: float
    margin: float


@dataclass(frozen=True, slots=True)
class Draft:
    """What one model call gave."""

    text: str
    tokens: tuple[Token, ...]
    tokens_in: int
    seconds: float
    is_complete: bool = True


class Route(StrEnum):
    """Where a question goes after the recall."""

    ANSWER = "answer"
    LOOK_UP = "look up"
    DECLINE = "decline"


@dataclass(frozen=True, slots=True)
class Citation:
    """The place an answer rests on. For memory, `support` tells what that text says today."""

    source: str
    title: str
    heading: tuple[str, ...]
    start: int
    end: int
    text: str
    version: str | None = None
    dated: str | None = None
    support: Support | None = None


@dataclass(frozen=True, slots=True)
class Claim:
    """What one side said, with the text it rests on and how probable it is that it is right."""

    text: str
    confidence: float
    citation: Citation | None


@dataclass(frozen=True, slots=True)
class Conflict:
    """Memory and documents said different things; `rule` is the rule that settled it, in words."""

    memory: Claim
    documents: Claim
    winner: Origin
    rule: str


@dataclass(frozen=True, slots=True)
class Answer:
    """What the user gets.

    `text` is empty when `origin` is none. `confidence` (0 to 1) is the probability that `text` is right;
    for none, that the best withheld candidate is. `stages` gives the seconds each stage took, `seconds`
    their total. `why` tells in one sentence how the answer came about.
    """

    question: str
    text: str
    origin: Origin
    confidence: float
    citations: tuple[Citation, ...]
    seconds: float
    stages: Mapping[str, float]
    why: str
    conflict: Conflict | None = None
    withheld: tuple[Claim, ...] = ()
    tokens_in: int = 0
    tokens_out: int = 0


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
    """What a library holds, what is in the weights, and what moved since."""

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


@dataclass(frozen=True, slots=True)
class Studying:
    """What a progress bar shows while a study is made: the stage in words, and how far it is in it."""

    stage: str
    done: float
    total: float
    seconds_left: float | None = None
    note: str = ""


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
class TrainingProgress:
    """What a progress bar shows while training."""

    seconds: float
    seconds_left: float
    round: int
    mastered: int
    facts: int
    loss: float


@dataclass(frozen=True, slots=True)
class TrainingResult:
    """What a finished training reports; `weights` is the GGUF file that is served."""

    weights: Path
    seconds: float
    tokens: int
    rounds: int
