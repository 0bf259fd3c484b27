"""A teacher model's help with lessons: rewrites of facts, implications, and short questions with their answers.

Takes facts, worthiest first, and a model; gives, passage by passage, what is worth teaching, and how much of what was
dropped for which reason. One rule: an answer must stand in its passage, and the teacher must give it again when it is
asked its own question. What was given for a passage is kept in a file of its own, so nothing is asked twice.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

from byheart import injections, prompts, records
from byheart.agreement import answers_differ
from byheart.errors import ModelUnavailable
from byheart.forms import fact_of_question
from byheart.gaps import gap_of, retold
from byheart.grading import declines
from byheart.pairs import is_pair
from byheart.ports import Model
from byheart.questions import BLANK, asked, gives_away
from byheart.quoting import quote
from byheart.types import LONG_KINDS, Fact, Hit, Passage, Reason
from byheart.wordings import ANSWER, is_of_subject
from byheart.words import content_terms

# Statements of one request, and tokens of its answer; more of either and small models lose the thread.
_MOST_STATEMENTS = 6
_TOKENS = 400
_ANSWER_TOKENS = 48

_PAIR = re.compile(
    r"^[\W\d]*Q(?:uestion)?[\W\d]*?:[*\s]*(?P<question>[^\n]+?)[*\s]*\n[\W\d]*A(?:nswer)?[\W\d]*?:[*\s]*(?P<answer>[^\n]+)",
    re.MULTILINE | re.IGNORECASE,
)
_NUMBERED = re.compile(r"^\W*(?P<number>\d+)[.):]\s+(?P<text>\S.+)$", re.MULTILINE)


Span = tuple[int, int]


@dataclass(slots=True)
class Given:
    """What a teacher gave for a passage and what it took, in the form in which it is kept.

    `rewrites` are the id of a fact and its statement in other words, `pairs` a question, its answer, and where in the
    passage that stands.
    """

    passage: str
    teacher: str
    rewrites: list[tuple[str, str]] = field(default_factory=list)
    pairs: list[tuple[str, str, int, int]] = field(default_factory=list)
    dropped: dict[str, int] = field(default_factory=dict)
    requests: int = 0
    tokens_in: int = 0
    tokens_out: int = 0
    seconds: float = 0.0


def consult(
    folder: Path,
    model: Model,
    facts: Sequence[Fact],
    passages: Mapping[str, Passage],
    *,
    timeout: float,
    watch: Callable[[int, int], None],
) -> None:
    """Asks about the passages of `facts`, in their order, and keeps in `folder` what is given; once for each passage.

    A teacher that cannot be asked is ModelUnavailable; what it gave before stays.
    """
    folder.mkdir(parents=True, exist_ok=True)
    wanted = [passage for passage in dict.fromkeys(fact.passage for fact in facts) if not is_pair(passages[passage])]
    for place, passage in enumerate(wanted):
        watch(place, len(wanted))
        path = folder / f"{_digest(passage, model.name, *_prompts())}.json"
        if path.is_file():
            continue
        try:
            said = _given(model, passages[passage], [fact for fact in facts if fact.passage == passage], timeout)
        except ModelUnavailable as error:
            raise ModelUnavailable(
                f"the teacher cannot be asked: {error}",
                hint="see that a server answers at the address after --teacher (http://host/v1#model); "
                "what was given so far is kept: the same command goes on, and without --teacher it is taught",
            ) from error
        records.write(path, asdict(said))


def kept(folder: Path, passages: Mapping[str, Passage]) -> list[Given]:
    """All that was given for `passages`, by whichever teacher."""
    found = [record for path in sorted(folder.glob("*.json")) if (record := records.read(path))]
    return [Given(**record) for record in found if record["passage"] in passages]


def helped(facts: Sequence[Fact], given: Sequence[Given], passages: Mapping[str, Passage]) -> tuple[Fact, ...]:
    """`facts` with their rewrites, and after the first one of each passage what a teacher asks about it."""
    rewrites: dict[str, dict[str, None]] = {}
    added: dict[str, list[Fact]] = {}
    known = {_key(fact.subject, fact.value) for fact in facts if fact.attribute == ANSWER}
    for one in given:
        for retold_fact, text in one.rewrites:
            rewrites.setdefault(retold_fact, {})[text] = None
        for question, answer, start, end in one.pairs:
            made = fact_of_question(question, answer, passages[one.passage], (start, end))
            if not isinstance(made, Reason) and _key(question, answer) not in known:
                known.add(_key(question, answer))
                added.setdefault(one.passage, []).append(made.fact)
    told: list[Fact] = []
    for fact in facts:
        told += [replace(fact, rewrites=tuple(rewrites.get(fact.id, ()))), *added.pop(fact.passage, ())]
    return tuple(told)


def account(given: Sequence[Given]) -> dict[str, object]:
    """What was kept and dropped, by reason, and what all of it cost; empty if there is nothing."""
    if not given:
        return {}
    return {
        "teachers": sorted({one.teacher for one in given}),
        "passages": len({one.passage for one in given}),
        "rewrites": sum(len(one.rewrites) for one in given),
        "questions": sum(len(one.pairs) for one in given),
        "dropped": dict(sorted(sum((Counter(one.dropped) for one in given), Counter()).items())),
        "requests": sum(one.requests for one in given),
        "tokens in": sum(one.tokens_in for one in given),
        "tokens out": sum(one.tokens_out for one in given),
        "seconds": round(sum(one.seconds for one in given), 1),
    }


# ── one passage ──


@dataclass(frozen=True, slots=True)
class _Sitting:
    """A teacher with one passage: what is asked is counted, what is dropped has its reason."""

    model: Model
    hit: Hit
    timeout: float
    given: Given

    def say(self, prompt: str, tokens: int = _TOKENS) -> str:
        draft = self.model.complete(prompt, tokens=tokens, timeout=self.timeout)
        self.given.requests += 1
        self.given.tokens_in += draft.tokens_in
        self.given.tokens_out += len(draft.tokens)
        self.given.seconds += draft.seconds
        return draft.text

    def drop(self, reason: Reason) -> None:
        self.given.dropped[reason.value] = self.given.dropped.get(reason.value, 0) + 1

    def keep(self, question: str, answer: str, key: tuple[str, ...], seen: set[tuple[str, ...]]) -> Span | None:
        """Where the passage says the answer to a question, if that is worth keeping; `seen` are the keys of others."""
        found = Reason.REPEATED if key in seen else self._judged(question, answer)
        seen.add(key)
        if not isinstance(found, Reason):
            return found
        self.drop(found)
        return None

    def _judged(self, question: str, answer: str) -> Span | Reason:
        span = quote(answer, question, self.hit.text)
        if span is None:
            return Reason.NOT_SAID
        if gives_away(question, answer):
            return Reason.GIVEN_AWAY
        again = self.say(prompts.read(question, [self.hit]), _ANSWER_TOKENS)
        return Reason.INCONSISTENT if declines(again) or answers_differ(again, answer) else span


def _given(model: Model, passage: Passage, facts: Sequence[Fact], timeout: float) -> Given:
    text = injections.quiet(passage.text)
    hit = Hit(text, 0.0, "", passage.heading, 0, len(text), title=passage.title, passage=passage.id)
    sitting = _Sitting(model, hit, timeout, Given(passage.id, model.name))
    if short := [fact for fact in facts if fact.kind not in LONG_KINDS][:_MOST_STATEMENTS]:
        _take_rewrites(sitting, short)
    _take_pairs(sitting, facts)
    return sitting.given


def _take_rewrites(sitting: _Sitting, facts: Sequence[Fact]) -> None:
    said = sitting.say(prompts.rewrites(sitting.hit, [(fact.statement, fact.value) for fact in facts]))
    lines = [(int(line["number"]), line["text"].strip()) for line in _NUMBERED.finditer(said)]
    seen = {_key(fact.statement) for fact in facts}
    for number, text in lines or [(0, "")]:
        if not 0 < number <= len(facts):
            sitting.drop(Reason.NO_FORM)
            continue
        fact = facts[number - 1]
        gap = retold(fact, text)
        if gap.text.count(BLANK) != 1:
            sitting.drop(Reason.NOT_SAID)
        elif sitting.keep(asked(gap), fact.value, _key(text), seen):
            sitting.given.rewrites.append((fact.id, text))


def _take_pairs(sitting: _Sitting, facts: Sequence[Fact]) -> None:
    own = [fact for fact in facts if not is_of_subject(fact)]
    seen = {_key(fact.subject if fact.attribute == ANSWER else asked(gap_of(fact))) for fact in own}
    for request in (prompts.implications(sitting.hit), prompts.quiz(sitting.hit)):
        pairs = _PAIR.findall(sitting.say(request))
        if not pairs:
            sitting.drop(Reason.NO_FORM)
        for question, said in pairs:
            answer = said.strip("* ")
            if span := sitting.keep(question, answer, _key(question), seen):
                sitting.given.pairs.append((question, answer, *span))


def _key(*texts: str) -> tuple[str, ...]:
    """What texts say but for their little words, by which near-duplicates are known."""
    return tuple(term for text in texts for term in (*content_terms(text), ""))


def _prompts() -> tuple[str, ...]:
    """The words that a teacher is asked in: with other ones it would answer otherwise."""
    nothing = Hit("", 0.0, "", (), 0, 0)
    return prompts.rewrites(nothing, []), prompts.implications(nothing), prompts.quiz(nothing)


def _digest(*texts: str) -> str:
    return hashlib.sha256("\x1f".join(texts).encode()).hexdigest()[:32]
