"""The nouns of byheart: frozen data that the stages hand to each other.

Nothing here computes, opens or imports a backend. Offsets are characters (Python string indices) into
the text that is named; times are seconds; log-probabilities are natural logarithms.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Literal

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
    """A passage found for a question, with the place it is cited by. A higher score is better.

    `work` is the number of the work it is a text of, `edition` what tells this text from its others (a version, a date
    or a word like "old"; empty where nothing does); `is_superseded` is true where the library holds a newer one.
    """

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
    work: int = 0
    edition: str = ""
    is_superseded: bool = False


class FactKind(StrEnum):
    """The form in which a document states a fact."""

    FIELD = "field"
    DEFINITION = "definition"
    TABLE = "table"
    SIGNATURE = "signature"
    TERM = "term"
    NUMBER = "number"
    OUTPUT = "output"
    SENTENCE = "sentence"
    CODE = "code"


LONG_KINDS = frozenset((FactKind.SENTENCE, FactKind.CODE))
"""Facts whose value is a sentence or a line of code: whoever says most of it is right (`grading.gives`)."""


class Reason(StrEnum):
    """Why something that looked like a fact was left out."""

    AMBIGUOUS = "ambiguous"
    LEANING = "leaning on context"
    LISTED = "one of a list"
    TRIVIAL = "trivial"
    TOO_LONG = "too long"
    NO_WORDS = "no words left"
    GIVEN_AWAY = "given away by the question"
    ADDRESS = "an address"
    TWICE = "twice in its sentence"
    REPEATED = "said before"
    NO_SPAN = "not one stretch of the text"
    NO_FORM = "not as it was asked for"
    NOT_SAID = "not said by the passage"
    INCONSISTENT = "answered otherwise when asked again"


@dataclass(frozen=True, slots=True)
class Fact:
    """A value with the passage, and the exact span in its text, that says it.

    A value has 1 to 6 words; of the LONG_KINDS it is a sentence or a line of code, of at most 60 tokens, and a sentence
    is also asked for part by part (`gaps.values_of`). `statement` is the sentence or line that holds the value, as
    plain text that can stand alone. `subject` and `attribute` are filled for structured facts ("PEP 634",
    "Python-Version"). Of a sentence that answers a heading the subject is the heading's question, and so is a pair's of
    its answer, which may be shorter; of other prose it is what must be said along with the sentence, or empty.
    `rewrites` are the statement in a teacher's words, each holding the value once.
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
    rewrites: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Lesson:
    """A prompt (the user's turn) and its completion: one rendering of a fact, or a passage to read.

    `then` are further turns of the same conversation: more questions about the passage, each with its completion.
    `in_gist` tells that whoever says most of the completion is right (`grading.gives`).
    """

    prompt: str
    completion: str
    fact: str
    is_open_book: bool = False
    then: tuple[tuple[str, str], ...] = ()
    in_gist: bool = False


@dataclass(frozen=True, slots=True)
class Learned:
    """A fact that a study planned, whether it was mastered, and the words in which training asked for it."""

    fact: Fact
    is_mastered: bool
    asked_as: str = ""


class Support(StrEnum):
    """What the documents of today say of something that was learned from them.

    Superseded is what its own text still says, and the newer text of the same work does not.
    """

    STILL = "still says so"
    SUPERSEDED = "has changed in a newer text"
    CHANGED = "has changed"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class Citation:
    """The place an answer rests on: `text` is `start` to `end` of the source, `span` what in `text` says the answer.

    `edition` tells which of a work's texts it is, `added` when byheart read it (ISO time). For memory, `support` tells
    what that text says today.
    """

    source: str
    title: str
    heading: tuple[str, ...]
    start: int
    end: int
    text: str
    version: str | None = None
    dated: str | None = None
    support: Support | None = None
    added: str = ""
    edition: str = ""
    span: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True)
class Claim:
    """What one side said, with the text it rests on and how probable it is that it is right."""

    text: str
    confidence: float
    citation: Citation | None


@dataclass(frozen=True, slots=True)
class Taught:
    """A fact that the weights in use were taught, and what today's documents say of it.

    `score` is the word search's, higher is better; `mastered` tells whether its probe was answered right
    in two successive tests. `revision` is the text it was learned from, `place` where its passage began there.
    `asked_as` are the words in which training asked for it, beside its own. `work` is the number of its work,
    `stands_in` the source that says it today; `instead` is what a text says in its place, where that is plain.
    """

    fact: Fact
    score: float
    mastered: bool
    support: Support
    revision: Revision
    heading: tuple[str, ...] = ()
    place: int = 0
    asked_as: str = ""
    work: int = 0
    edition: str = ""
    stands_in: str = ""
    instead: Claim | None = None


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
class Conflict:
    """What was said differently, by memory and documents or by documents among themselves, and who won.

    `memory` is None where only documents disagree; `others` are the claims of passages that say otherwise than
    `documents`. `rule` is the rule that settled it, `told` the whole of it in words.
    """

    memory: Claim | None
    documents: Claim
    winner: Origin
    rule: str
    told: str = ""
    others: tuple[Claim, ...] = ()


@dataclass(frozen=True, slots=True)
class Step:
    """What one stage of an answer saw and decided, in words, with the figures behind it."""

    stage: str
    said: str
    figures: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Answer:
    """What the user gets.

    `text` is empty when `origin` is none. `confidence` (0 to 1) is the probability that `text` is right;
    for none, that the best withheld candidate is. `stages` gives the seconds each stage took, `seconds`
    their total. `why` tells how the answer came about, a line a stage; `steps` are the same as data. `caveat`
    tells that the version or date which `question` names is not held, and what was answered for; else it is empty.
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
    steps: tuple[Step, ...] = ()
    caveat: str = ""

    @property
    def reason(self) -> str:
        """What the last stage decided: the shortest `why`."""
        return self.steps[-1].said if self.steps else self.why
