"""Questions that training never saw, put to a taught model and graded, so that its confidence can be calibrated.

Takes the facts of a study and the model that serves it; gives each answer with its evidence and whether it was right.
A third of the questions are about what was taught, a third about something that only looks like it, a third about
what was not. Facts are split once into those that fit a gate, those that set its threshold and those that test it, so
no answer serves twice. What was asked is written down at once: an examination that was killed goes on. It fits nothing.
"""

from __future__ import annotations

import hashlib
import json
import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from enum import StrEnum
from functools import cache
from pathlib import Path
from time import perf_counter

from byheart import lessons, prompts
from byheart.agreement import is_value, says
from byheart.cases import Case
from byheart.confidence import (
    READING_FEATURES,
    RECALL_FEATURES,
    beforehand_features,
    reading_features,
    recall_features,
    standing,
)
from byheart.grading import Grade, gives, grade
from byheart.ports import Model
from byheart.types import Fact, Hit, Lesson, Passage, Surroundings

# Each planned fact is asked by its sealed form, but for very large studies, where a sample says as much.
_MOST_SEALED = 2000

# Questions of each third. More cost time and move no figure by more than its own uncertainty.
_THIRD = 500

# Wordings of one fact beside its sealed one; where there are few facts, each is asked more often.
_MOST_HARD = 8

_MOST_READINGS = 160

# In the notes: that memory was asked, and not a reader.
MEMORY = "memory"

# Fewer readings than this say less than the reader's gate that comes with byheart.
FEWEST_READINGS = 24

# The form of the notes; those in another one are not read.
_FORM = 2

# After so many readings it is plain how slow a reader is.
_TRIED = 3


class Part(StrEnum):
    """What an answer is used for."""

    FIT = "fit"
    THRESHOLD = "threshold"
    TEST = "test"
    REPORT = "report"


class Sort(StrEnum):
    """How a question stands to what was taught."""

    SEALED = "sealed"
    """a taught fact, in the words kept out of training"""
    NATURAL = "natural"
    """a taught fact, as a person or a teacher asks for it: a question of a document's, a pair's or a rewrite's own"""
    HARD = "hard"
    """a taught fact, in few words or other ones"""
    NEAR = "near miss"
    """a known subject asked for what it does not have, or a subject that only looks like a known one"""
    UNTAUGHT = "untaught"
    """a fact of the documents that was not taught"""
    UNRELATED = "unrelated"
    ASKED = "asked"
    """a question of the user's own, whatever it is about"""


_PARTS = (Part.FIT, Part.FIT, Part.THRESHOLD, Part.TEST)


@dataclass(frozen=True, slots=True)
class Question:
    """A question that training never saw; `fact` and `value` are None where no fact answers it.

    `in_gist` tells that whoever says most of `value` is right, `is_sealed` that it is the fact's sealed form. A
    question of the user's own may have `aliases` for its value, and an `old_value` that was right once.
    """

    text: str
    sort: Sort
    part: Part
    fact: str | None = None
    value: str | None = None
    in_gist: bool = False
    is_sealed: bool = False
    aliases: tuple[str, ...] = ()
    old_value: str = ""

    @property
    def is_natural(self) -> bool:
        """Whether a person asked it, or a teacher, and not a template."""
        return self.sort in (Sort.NATURAL, Sort.ASKED)

    @property
    def is_taught(self) -> bool:
        return self.sort in (Sort.SEALED, Sort.NATURAL, Sort.HARD)


@dataclass(frozen=True, slots=True)
class Graded:
    """A question asked: the features of the draft, whether it was right, and the seconds it took.

    `beforehand` is what the ledger knew before a recall. `is_found`: of a reading, whether one of its passages says the
    value.
    """

    question: Question
    features: tuple[float, ...]
    is_right: bool
    said: str
    beforehand: tuple[float, ...] = ()
    seconds: float = 0.0
    is_found: bool = False

    @property
    def is_declined(self) -> bool:
        """Whether nothing was said, or that the passages do not tell."""
        return not self.said or is_value(self.said, prompts.NOT_TOLD)

    @property
    def is_quoted(self) -> bool:
        """Whether a reading says what stands in a passage: else it is never given."""
        return not self.is_declined and bool(self.features[READING_FEATURES.index("stands in a passage")])

    @property
    def has_source(self) -> bool:
        """Whether a recall recites a studied fact: without one it is never given from memory."""
        return bool(self.features[RECALL_FEATURES.index("recites a near fact")])


@dataclass(frozen=True, slots=True)
class Examiner:
    """What questions are asked with: the taught model, all that may read, the one to fall back on last, the ledger's
    look around, search, and the notes of what was asked before."""

    model: Model
    readers: Sequence[Model]
    look_around: Callable[[str], Surroundings]
    search: Callable[[str, int], list[Hit]]
    passages: int
    tokens: int
    timeout: float
    notes: Notes


class Notes:
    """What was asked and graded so far, a line of JSON each in `path`: readable, and good for another try.

    Notes about another model than `weights`, or in an older form, are begun anew; a line that a kill cut short is asked
    again.
    """

    def __init__(self, path: Path, weights: str) -> None:
        self._path = path
        lines = _lines(path)
        heading = _heading(weights)
        if lines[:1] != [heading]:
            lines = [heading]
        path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
        self._kept = {(asked, graded.question.text): graded for asked, graded in map(_noted, lines[1:])}

    def known(self, asked: str, question: Question) -> Graded | None:
        """The graded answer of `asked` (a side and a model) to `question`, if it is noted."""
        kept = self._kept.get((asked, question.text))
        return replace(kept, question=question) if kept and kept.question.value == question.value else None

    def answers(self, asked: str) -> list[Graded]:
        """All that `asked` (a side or a model) has answered."""
        return [graded for (who, _), graded in self._kept.items() if who == asked]

    def note(self, asked: str, graded: Graded) -> Graded:
        """Writes down an answer."""
        with self._path.open("a", encoding="utf-8") as notes:
            notes.write(json.dumps({"asked": asked, **asdict(graded)}, ensure_ascii=False) + "\n")
        self._kept[asked, graded.question.text] = graded
        return graded


def noted_recalls(path: Path, weights: str) -> list[Graded] | None:
    """What memory was asked, as noted in `path`; None where the notes are not about `weights`, or in an older form."""
    lines = _lines(path)
    if lines[:1] != [_heading(weights)]:
        return None
    return [graded for asked, graded in map(_noted, lines[1:]) if asked == MEMORY]


def questions(
    taught: Sequence[Fact], untaught: Sequence[Fact], passages: Mapping[str, Passage], seed: int
) -> list[Question]:
    """The sealed form of each taught fact, hard forms of some, and as many questions that no taught fact answers."""
    rng = random.Random(seed)
    # In the order of their identities, which is as good as chance, so that even few facts serve all ends.
    chosen = sorted(rng.sample(list(taught), min(len(taught), _MOST_SEALED)), key=lambda fact: fact.id)
    part_of = {fact.id: _PARTS[place % 4] for place, fact in enumerate(chosen)}
    known: dict[str, Question] = {}
    for fact in chosen:
        part = part_of[fact.id] if len(known) < _THIRD else Part.REPORT
        natural = lessons.natural(fact, passages[fact.passage])
        sealed = lessons.sealed(fact, passages[fact.passage])
        question = _about(fact, sealed, Sort.NATURAL if sealed in natural else Sort.SEALED, part)
        known.setdefault(question.text, replace(question, is_sealed=True))
        for lesson in natural if part is not Part.REPORT else ():
            question = _about(fact, lesson, Sort.NATURAL, part)
            known.setdefault(question.text, question)
    for fact in rng.sample(chosen, len(chosen)) * _MOST_HARD:
        if len(known) >= _THIRD:
            break
        question = _about(fact, lessons.hard(fact, passages[fact.passage], rng), Sort.HARD, part_of[fact.id])
        known.setdefault(question.text, question)
    third = min(len(known), _THIRD)
    near = [Question(text, Sort.NEAR, Part.FIT) for text in lessons.near_misses(taught, rng, third)]
    elsewhere = [
        _about(fact, lessons.sealed(fact, passages[fact.passage]), Sort.UNTAUGHT, Part.FIT)
        for fact in rng.sample(list(untaught), min(len(untaught), third // 2))
    ]
    unrelated = [Question(text, Sort.UNRELATED, Part.FIT) for text in lessons.unrelated(rng, third - len(elsewhere))]
    others = [question for question in (*near, *elsewhere, *unrelated) if question.text not in known]
    asked = [*known.values()]
    for place, question in enumerate(rng.sample(others, len(others))):
        asked.append(replace(question, part=_PARTS[place % 4]))
    return rng.sample(asked, len(asked))


def reading_questions(
    taught: Sequence[Fact],
    untaught: Sequence[Fact],
    passages: Mapping[str, Passage],
    seed: int,
    *,
    most: int = _MOST_READINGS,
) -> list[Question]:
    """Questions to look up, every third of them about nothing that is held.

    They are about facts that were not taught, as far as there are any: what is known by heart is not read. And they
    are questions, as people put them to documents, not gaps to fill.
    """
    rng = random.Random(seed)
    sort, facts = (Sort.UNTAUGHT, list(untaught)) if untaught else (Sort.SEALED, list(taught))
    known = [
        question
        for fact in rng.sample(facts, len(facts))
        if (question := _about(fact, lessons.sealed(fact, passages[fact.passage]), sort, Part.FIT)).text.endswith("?")
    ][: 2 * most // 3]
    half = len(known) // 4 + 1
    near = [Question(text, Sort.NEAR, Part.FIT) for text in lessons.near_misses([*taught, *untaught], rng, half)]
    far = [Question(text, Sort.UNRELATED, Part.FIT) for text in lessons.unrelated(rng, half)]
    asked = known + near + far
    return rng.sample(asked, len(asked))


def for_both(recalls: Sequence[Graded]) -> list[Question]:
    """Of the questions that memory was asked, those that fitted no gate: what is put to both sides weighs them."""
    return [graded.question for graded in recalls if graded.question.part in (Part.THRESHOLD, Part.TEST)]


def own_questions(cases: Sequence[Case]) -> list[Question]:
    """A user's questions with their answers, split as those of the examination are."""
    ordered = sorted(cases, key=lambda case: hashlib.sha256(case.question.encode()).digest())
    return [
        Question(
            case.question,
            Sort.ASKED,
            _PARTS[place % 4],
            value=None if case.is_to_be_declined else case.answer,
            aliases=case.aliases,
            old_value=case.old_answer,
        )
        for place, case in enumerate(ordered)
    ]


def recall_all(
    asked: Sequence[Question], examiner: Examiner, *, seconds: float, watch: Callable[[int, int], None]
) -> list[Graded]:
    """Each question asked of memory alone, and graded word for word; after `seconds` sealed forms only."""
    graded = []
    begun = perf_counter()
    for done, question in enumerate(asked):
        watch(done, len(asked))
        noted = examiner.notes.known(MEMORY, question)
        if noted is None and perf_counter() - begun > seconds and not question.is_sealed:
            continue
        graded.append(noted or examiner.notes.note(MEMORY, _recalled(question, examiner)))
    return graded


def read_all(
    asked: Sequence[Question], examiner: Examiner, *, seconds: float, watch: Callable[[int, int], None]
) -> dict[str, list[Graded]]:
    """What each reader makes of the questions, as many as its share of `seconds` allows.

    A reader that would not come through FEWEST_READINGS of them in that time is left after the first few.
    """
    share = seconds / len(examiner.readers)
    found = cache(lambda text: _found(text, examiner))
    graded: dict[str, list[Graded]] = {}
    for place, reader in enumerate(examiner.readers):
        begun, read, kept = perf_counter(), 0, graded.setdefault(reader.name, [])
        for done, question in enumerate(asked):
            spent = perf_counter() - begun
            if spent > share or (read >= _TRIED and spent / read * FEWEST_READINGS > share):
                break
            watch(place * len(asked) + done, len(examiner.readers) * len(asked))
            noted = examiner.notes.known(reader.name, question)
            if noted is None and (hits := found(question.text)).passages:
                read += 1
                noted = examiner.notes.note(reader.name, _read(question, hits, reader, examiner))
            if noted:
                kept.append(noted)
    return graded


def _lines(path: Path) -> list[str]:
    """The whole lines of notes."""
    # Not splitlines: it also cuts at separators that may stand within a text of JSON.
    lines = path.read_text(encoding="utf-8").split("\n") if path.is_file() else []
    return [line for line in lines if line.endswith("}")]


def _heading(weights: str) -> str:
    return json.dumps({"weights": weights, "form": _FORM})


def _noted(line: str) -> tuple[str, Graded]:
    """Who was asked, and the graded answer, as `Notes.note` wrote them down."""
    row = json.loads(line)
    question = Question(**row["question"])
    return row["asked"], Graded(
        replace(question, sort=Sort(question.sort), part=Part(question.part), aliases=tuple(question.aliases)),
        tuple(row["features"]),
        row["is_right"],
        row["said"],
        tuple(row["beforehand"]),
        row["seconds"],
        row["is_found"],
    )


def _about(fact: Fact, lesson: Lesson, sort: Sort, part: Part) -> Question:
    return Question(lesson.prompt, sort, part, fact.id, lesson.completion, lesson.in_gist)


def _recalled(question: Question, examiner: Examiner) -> Graded:
    surroundings = examiner.look_around(question.text)
    begun = perf_counter()
    draft = examiner.model.complete(prompts.recall(question.text), tokens=examiner.tokens, timeout=examiner.timeout)
    seconds = perf_counter() - begun
    features = recall_features(question.text, draft, surroundings)
    is_right = question.value is not None and _gives(draft.text, question, question.value)
    beforehand = beforehand_features(question.text, surroundings)
    return Graded(question, features, is_right, draft.text, beforehand, seconds)


@dataclass(frozen=True, slots=True)
class _Found:
    """The passages for a question, and the seconds it took to find them."""

    passages: Sequence[Hit]
    seconds: float


def _found(text: str, examiner: Examiner) -> _Found:
    begun = perf_counter()
    passages = examiner.search(text, examiner.passages)
    return _Found(passages, perf_counter() - begun)


def _read(question: Question, hits: _Found, reader: Model, examiner: Examiner) -> Graded:
    begun = perf_counter()
    draft = reader.complete(
        prompts.read(question.text, hits.passages), tokens=examiner.tokens, timeout=examiner.timeout
    )
    is_right = question.value is not None and _tells(draft.text, question, question.value)
    is_found = question.value is not None and standing(question.value, hits.passages) is not None
    features, seconds = reading_features(question.text, draft, hits.passages), hits.seconds + perf_counter() - begun
    return Graded(question, features, is_right, draft.text, seconds=seconds, is_found=is_found)


def _gives(said: str, question: Question, value: str) -> bool:
    """Whether what was recalled is `value`; a user's own question has the references that its user gave."""
    if question.sort is Sort.ASKED:
        return grade(said, value, question.aliases, old_answer=question.old_value) is Grade.RIGHT
    return gives(said, value, in_gist=question.in_gist)


def _tells(read: str, question: Question, value: str) -> bool:
    """Whether what was read says `value`: a short one may stand in a sentence."""
    is_whole = question.in_gist or question.sort is Sort.ASKED
    return _gives(read, question, value) if is_whole else says(read, value)
